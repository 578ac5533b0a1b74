"""What an error from further in means for the caller."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from lyric_timing.errors import LyricTimingError
from song_audio.errors import CodedError
from sow_analysis.api.codes import PROBLEMS
from sow_analysis.failures import failure_of
from sow_analysis.worker import EngineFailedError


def add_own_handlers(app: FastAPI) -> None:
    """Have the errors of the service and of its engines answered as problems."""

    @app.exception_handler(EngineFailedError)
    async def _engine(_request: Request, error: EngineFailedError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return PROBLEMS.answer_known(error.failure.code, error.failure.message)

    @app.exception_handler(CodedError)
    async def _coded(_request: Request, error: CodedError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return PROBLEMS.answer_known(error.code, str(error))

    @app.exception_handler(LyricTimingError)
    async def _lyrics(_request: Request, error: LyricTimingError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        failure = failure_of(error)
        return PROBLEMS.answer(failure.code, failure.message)
