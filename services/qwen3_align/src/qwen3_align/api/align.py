"""The one thing that this service does."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from qwen3_align.alignment.aligned import Alignment
from qwen3_align.api.bodies import Asked, body_bytes, read_body
from qwen3_align.api.codes import PROBLEMS
from qwen3_align.api.connections import CallerGoneError, while_connected
from qwen3_align.api.context import Runtime
from qwen3_align.api.documents import AlignRequest, AlignResponse, LineDocument, ModelDocument, Question
from qwen3_align.service.admission import Ticket
from qwen3_align.settings import Settings
from song_audio.errors import CodedError
from song_audio.fetching import FetchLimits, fetch
from song_audio.recording import Recording, load_recording
from sow_web.problems import ProblemError

_CLIENT_CLOSED = 499
_FILE_NAME = "recording"
_ANSWERS = (
    "request_invalid",
    "bad_request",
    "too_large",
    "audio_too_long",
    "audio_not_found",
    "audio_unreadable",
    "audio_silent",
    "fetch_failed",
    "url_refused",
    "address_refused",
    "fetch_rejected",
    "fetch_too_large",
    "fetch_unavailable",
    "fetch_too_slow",
    "text_unusable",
    "language_unsupported",
    "windows_invalid",
    "unusable_clip",
    "model_loading",
    "model_failed",
    "model_not_loaded",
    "model_out_of_memory",
    "saturated",
)


def router(settings: Settings) -> APIRouter:
    """The route, with the size that its requests may have."""
    made = APIRouter(tags=["align"])
    made.add_api_route(
        "/align",
        align,
        methods=["POST"],
        response_model=AlignResponse,
        max_body_size=body_bytes(settings),
        responses=PROBLEMS.responses(*_ANSWERS),
        openapi_extra={"requestBody": _BODY},
    )
    return made


async def align(request: Request, runtime: Runtime) -> Any:
    """Say when each line and word of known lyrics is sung.

    Send a JSON document with the recording's `audio_url`, or a form (`multipart/form-data`) with the file in the part
    `audio` and the document, without `audio_url`, in the part `request`. The answer comes when it is done. A caller
    that breaks off ends the work.
    """
    began = time.monotonic()
    outcome = "internal_error"
    try:
        runtime.keeper.check()
        with (
            runtime.admission.enter() as ticket,
            tempfile.TemporaryDirectory(prefix="qwen3-align-", ignore_cleanup_errors=True) as folder,
        ):
            file = Path(folder) / _FILE_NAME
            asked = await read_body(request, file, runtime.settings)
            answer = await while_connected(request, _answer(runtime, asked, file, ticket))
        answer.elapsed_seconds = round(time.monotonic() - began, 3)
        runtime.metrics.request_answered(answer.elapsed_seconds, answer.duration_seconds)
        outcome = "answered"
    except (ProblemError, CodedError) as error:
        outcome = error.code
        raise
    except RequestValidationError:
        outcome = "request_invalid"
        raise
    except (CallerGoneError, ClientDisconnect):
        outcome = "cancelled"
        return Response(status_code=_CLIENT_CLOSED)
    finally:
        runtime.metrics.request_ended(outcome)
    return answer


async def _answer(runtime: Runtime, asked: Asked, file: Path, ticket: Ticket) -> AlignResponse:
    question = asked.question
    lines = [line.strip() for line in (question.lyrics_text or "").splitlines()]
    settings = runtime.settings
    if asked.audio_url is not None:
        limits = FetchLimits(
            max_bytes=settings.max_upload_bytes, seconds=settings.fetch_seconds, allow_private=settings.fetch_private
        )
        await fetch(asked.audio_url, file, limits=limits)
    recording = await _decode(runtime, file)
    runtime.admission.bring(ticket, recording.duration)
    windows = None if question.windows is None else [window.window() for window in question.windows]
    async with runtime.keeper.use(), runtime.batcher.caller() as predictor:
        alignment = await runtime.align(recording.samples, lines, question.language, predictor, windows=windows)
        facts = runtime.keeper.facts
    return AlignResponse(
        lines=_documents(alignment, question),
        language=alignment.language,
        duration_seconds=round(recording.duration, 3),
        model=ModelDocument.of(facts),
        elapsed_seconds=0,
        warnings=[*question.wishes(facts), *recording.warnings, *alignment.warnings],
    )


async def _decode(runtime: Runtime, file: Path) -> Recording:
    abandoned = threading.Event()

    def look_up(_share: float) -> None:
        if abandoned.is_set():
            raise CallerGoneError

    def load() -> Recording:
        return load_recording(file, max_seconds=runtime.settings.max_audio_seconds, progress=look_up)

    try:
        return await anyio.to_thread.run_sync(load, limiter=runtime.decoders, abandon_on_cancel=True)
    finally:
        abandoned.set()


def _documents(alignment: Alignment, question: Question) -> list[LineDocument]:
    places: Iterable[int | None] = _places(question, len(alignment.lines))
    return [LineDocument.of_line(line, place) for line, place in zip(alignment.lines, places, strict=True)]


def _places(question: Question, lines: int) -> Iterator[int | None]:
    """The window of each line: they come in the order of the windows."""
    if question.windows is None:
        yield from [None] * lines
        return
    for place, window in enumerate(question.windows):
        yield from [place] * len(window.lines)


def _schema(part: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{part.__name__}"}


_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": _schema(AlignRequest)},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["audio", "request"],
                "properties": {
                    "audio": {"type": "string", "format": "binary", "description": "The recording's bytes."},
                    "request": _schema(Question),
                },
            },
            "encoding": {"request": {"contentType": "application/json"}},
        },
    },
}
