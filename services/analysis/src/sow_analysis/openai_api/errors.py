"""Why a call to an API server brought nothing. The messages are for the user, and hold no key."""

from __future__ import annotations

from sow_analysis.errors import AnalysisError, EngineUnavailableError


class ApiError(AnalysisError):
    """Base class."""

    code = "api_failed"


class ApiMisconfiguredError(ApiError):
    """The address of an API server is none, or has a password in it."""

    code = "api_misconfigured"


class ApiUnavailableError(ApiError, EngineUnavailableError):
    """The server cannot be reached, is overloaded, broke off, or did not answer in time."""

    code = "api_unavailable"
    retryable = True


class ApiRefusedError(ApiError, EngineUnavailableError):
    """The server refuses what it was sent: the key, the model, the request."""

    code = "api_refused"


class ApiFormError(ApiRefusedError):
    """The server refuses the form of a request; a simpler one may pass."""


class ApiAnswerError(ApiError):
    """The answer cannot be one to what was asked."""

    code = "api_answer_unusable"


class ApiBudgetSpentError(ApiError):
    """What one job may spend on API calls is spent."""

    code = "api_budget_spent"


class ApiPausedError(EngineUnavailableError):
    """The server failed several times in a row and is left alone for a while."""

    code = "api_paused"
