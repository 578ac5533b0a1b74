"""Calls to servers that speak OpenAI's protocol, made so that they cost a song little when they fail.

`Endpoint` says where a server is, `Budget` what one job may spend there, `Gate` keeps the calls of a whole process
apart, `ApiClient` makes them. Nothing here knows what is asked: that is for the engines.
"""

from sow_analysis.openai_api.budget import Allowance, Budget
from sow_analysis.openai_api.client import ApiClient, Send
from sow_analysis.openai_api.endpoint import Endpoint
from sow_analysis.openai_api.errors import (
    ApiAnswerError,
    ApiBudgetSpentError,
    ApiError,
    ApiMisconfiguredError,
    ApiPausedError,
    ApiRefusedError,
    ApiUnavailableError,
)
from sow_analysis.openai_api.gate import Breaker, Gate, gate_of

__all__ = [
    "Allowance",
    "ApiAnswerError",
    "ApiBudgetSpentError",
    "ApiClient",
    "ApiError",
    "ApiMisconfiguredError",
    "ApiPausedError",
    "ApiRefusedError",
    "ApiUnavailableError",
    "Breaker",
    "Budget",
    "Endpoint",
    "Gate",
    "Send",
    "gate_of",
]
