"""Whether a server that speaks OpenAI's protocol is there, and takes the key: for those who ask how the service is.

The list of its models is asked for, which costs nothing. The answer holds for a minute, since whoever watches a service
asks often, and a server of somebody else's may take that amiss.
"""

from __future__ import annotations

import time
from http import HTTPStatus

import anyio
import httpx2

from sow_analysis.openai_api.errors import ApiError, ApiRefusedError, ApiUnavailableError
from sow_analysis.openai_api.setup import ApiSetup

_SECONDS = 4.0
_HOLDS = 60.0
_checked: dict[ApiSetup, tuple[float, ApiError | None]] = {}
"""When a server was asked, and what was wrong."""


async def check_api(setup: ApiSetup) -> None:
    """Ask a server how it is, unless that is known.

    Raises:
        ApiUnavailableError: nobody answers there, or the server has trouble.
        ApiRefusedError: it does not accept the key.
    """
    asked, problem = _checked.get(setup, (float("-inf"), None))
    if time.monotonic() - asked > _HOLDS:
        problem = await _problem(setup)
        _checked[setup] = (time.monotonic(), problem)
    if problem is not None:
        raise problem.with_traceback(None)


async def _problem(setup: ApiSetup) -> ApiError | None:
    where = f"The server at {setup.shown}"
    headers = {"Authorization": f"Bearer {setup.api_key or 'none'}", "User-Agent": "sow-analysis"}
    try:
        with anyio.fail_after(_SECONDS):
            async with (
                httpx2.AsyncClient(timeout=None, follow_redirects=False) as http,
                http.stream("GET", f"{setup.shown}/models", headers=headers) as response,
            ):
                status = response.status_code
    except TimeoutError:
        return ApiUnavailableError(f"{where} did not answer within {_SECONDS:g} s.")
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return ApiUnavailableError(f"{where} cannot be reached ({type(error).__name__}). Is the address right?")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ApiRefusedError(f"{where} does not accept the key (status {status}). Is it right, and still valid?")
    if status >= 500 or 300 <= status < 400:
        return ApiUnavailableError(f"{where} answers with status {status}.")
    return None  # some servers have no such list, and work
