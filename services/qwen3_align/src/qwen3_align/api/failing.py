"""What an error from further in means for the caller."""

from __future__ import annotations

import math

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from qwen3_align.api.codes import PROBLEMS
from qwen3_align.busy import BusyError
from song_audio.errors import CodedError


def add_own_handlers(app: FastAPI) -> None:
    """Have the errors of the service, and those of recordings, answered as problems."""

    @app.exception_handler(BusyError)
    async def _busy(_request: Request, error: BusyError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return PROBLEMS.answer(error.code, str(error), {"Retry-After": str(max(1, math.ceil(error.retry_seconds)))})

    @app.exception_handler(CodedError)
    async def _coded(_request: Request, error: CodedError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return PROBLEMS.answer_known(error.code, str(error))
