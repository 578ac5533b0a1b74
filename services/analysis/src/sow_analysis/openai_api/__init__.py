"""Calls to servers that speak OpenAI's protocol, made so that they cost a song little when they fail.

`Endpoint` says where a server is, `Budget` what one job may spend there, `Gate` keeps the calls of a whole process
apart, `ApiClient` makes them; `ApiSetup` is all of that as settings have it. Nothing here knows what is asked: that is
for the engines.
"""

from sow_analysis.openai_api.budget import Allowance, Budget
from sow_analysis.openai_api.check import check_api
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
from sow_analysis.openai_api.gate import Gate, gate_of
from sow_analysis.openai_api.setup import ApiSetup

__all__ = [
    "Allowance",
    "ApiAnswerError",
    "ApiBudgetSpentError",
    "ApiClient",
    "ApiError",
    "ApiMisconfiguredError",
    "ApiPausedError",
    "ApiRefusedError",
    "ApiSetup",
    "ApiUnavailableError",
    "Budget",
    "Endpoint",
    "Gate",
    "Send",
    "check_api",
    "gate_of",
]
