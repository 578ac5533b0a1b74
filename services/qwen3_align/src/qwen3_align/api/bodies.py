"""Reads a request's body: one JSON document, or a form of a file and a JSON document about it.

Both come in pieces and are counted as they come. The file of a form goes to the disk, not into the memory.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from qwen3_align.api.documents import AlignRequest, Question
from qwen3_align.settings import Settings
from sow_web.problems import ProblemError

AUDIO_PART = "audio"
REQUEST_PART = "request"
_JSON_ROOM = 6
"""Bytes that one character of lyrics may take in JSON."""
_OTHER_BYTES = 1_000_000
"""Room for the times of many windows, and all else in a document."""

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks."""

    question: Question
    audio_url: str | None
    """Where the recording is; None if it was in the request, and so is in the file by now."""


def document_bytes(settings: Settings) -> int:
    """The most that the JSON document may have."""
    return settings.max_lyrics_bytes * _JSON_ROOM + _OTHER_BYTES


def body_bytes(settings: Settings) -> int:
    """The most that a whole request may have."""
    return settings.max_upload_bytes + document_bytes(settings)


async def read_body(request: Request, file: Path, settings: Settings) -> Asked:
    """Read it all.

    Args:
        request: its body was not touched yet.
        file: where to write the recording, if there is one in the request.
        settings: the limits.

    Raises:
        RequestValidationError: the document is not as it should be.
        ProblemError: a part is missing, or too large.
        ClientDisconnect: the caller broke off.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        question = await _read_form(request, file, settings)
        return Asked(_within(question, settings), None)
    document = _parsed(AlignRequest, await _read_document(request, document_bytes(settings)), ("body",))
    return Asked(_within(document, settings), document.audio_url)


async def _read_document(request: Request, limit: int) -> bytes:
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > limit:
            raise ProblemError("too_large", f"The JSON document is larger than {limit} bytes.")
    return bytes(held)


async def _read_form(request: Request, file: Path, settings: Settings) -> Question:
    limit = document_bytes(settings)
    async with request.form(max_files=2, max_fields=2, max_part_size=limit) as form:
        audio, document = form.get(AUDIO_PART), form.get(REQUEST_PART)
        if not isinstance(audio, UploadFile):
            raise _missing(AUDIO_PART, "send the recording as a file in the part `audio`")
        if document is None:
            raise _missing(REQUEST_PART, "send the JSON document in the part `request`")
        if (audio.size or 0) > settings.max_upload_bytes:
            raise ProblemError("too_large", f"The recording is larger than {settings.max_upload_bytes} bytes.")
        if isinstance(document, UploadFile):
            if (document.size or 0) > limit:
                raise ProblemError("too_large", f"The JSON document is larger than {limit} bytes.")
            text: bytes | str = await document.read()
        else:
            text = document
        question = _parsed(Question, text, ("body", REQUEST_PART))
        await anyio.to_thread.run_sync(_copy, audio, file)
    return question


def _copy(upload: UploadFile, file: Path) -> None:
    with file.open("wb") as copy:
        shutil.copyfileobj(upload.file, copy, 1 << 20)


def _parsed(kind: type[T], text: bytes | str, where: tuple[str, ...]) -> T:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        flaws = [{**flaw, "loc": (*where, *flaw["loc"])} for flaw in error.errors(include_input=False)]
        raise RequestValidationError(flaws) from error


def _missing(part: str, advice: str) -> RequestValidationError:
    return RequestValidationError([{"type": "missing", "loc": ("body", part), "msg": f"It is missing: {advice}."}])


def _within(question: Question, settings: Settings) -> Question:
    if question.text_bytes > (limit := settings.max_lyrics_bytes):
        raise ProblemError("too_large", f"The lyrics are longer than {limit} bytes.")
    return question
