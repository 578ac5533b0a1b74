"""What the Qwen3 alignment service answers, and whether that can be an answer to what it was asked.

A server is another program, of another version, with a model that repairs its own output. So nothing of an answer is
used before all of it was found to be possible: our lines, our words, in our order, at times that exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lyric_timing.sheet import Line
from sow_analysis.engines.protocols import AlignedWord, TextWindow
from sow_analysis.errors import AnalysisError

TOLERANCE = 0.5
"""Seconds that a time may lie outside of its window or of the recording; it is then moved to the edge. The model's
times come in steps of 0.08 s, and sound may be padded."""
_ROUNDING = 0.002
"""Seconds by which times that follow each other may be out of order."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Qwen3AnswerError(AnalysisError):
    """The Qwen3 server answered with something that cannot be an answer to what it was asked."""

    code = "qwen3_answer_invalid"


class _Document(BaseModel):
    """What newer servers add is ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _Word(_Document):
    text: str
    time_seconds: Seconds
    end_seconds: Seconds
    confidence: Share


class _Line(_Document):
    window: Annotated[int, Field(ge=0)]
    time_seconds: Seconds
    end_seconds: Seconds
    text: str
    confidence: Share
    words: list[_Word]


class _Answer(_Document):
    lines: list[_Line]


def read_answer(body: bytes, windows: Sequence[TextWindow], duration: float) -> tuple[tuple[AlignedWord, ...], ...]:
    """For each window, for each of its words, where it is sung.

    Args:
        body: of the server's answer.
        windows: what it was asked.
        duration: of the recording, in seconds.

    Raises:
        Qwen3AnswerError: the answer cannot be right; the message says which line.
    """
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise _wrong(f"{where}: {first['msg']}" if where else first["msg"]) from None
    asked = [(number, line) for number, window in enumerate(windows) for line in window.lines]
    if len(answer.lines) != len(asked):
        raise _wrong(f"{len(answer.lines)} lines came back of {len(asked)}")
    found: list[list[AlignedWord]] = [[] for _ in windows]
    for place, ((number, line), given) in enumerate(zip(asked, answer.lines, strict=True)):
        where = f"line {place + 1}"
        _compare(where, number, line, given)
        words = found[number]
        for j, word in enumerate(given.words):
            here = f"{where}, word {j + 1}"
            start, end = _times(here, word, windows[number], duration)
            if words and word.time_seconds < words[-1].start - _ROUNDING:
                raise _wrong(f"{here} starts before the word before it")
            words.append(AlignedWord(start, end, word.confidence))
    return tuple(tuple(words) for words in found)


def _compare(where: str, window: int, asked: Line, given: _Line) -> None:
    if given.window != window:
        raise _wrong(f"{where} came back in window {given.window} in place of {window}")
    if given.text != asked.text:
        raise _wrong(f"{where} is not the line that was sent")
    if [word.text for word in given.words] != [word.text for word in asked.words]:
        raise _wrong(f"{where} has other words than the {len(asked.words)} that were sent")
    if given.end_seconds < given.time_seconds:
        raise _wrong(f"{where} ends before it starts")


def _times(where: str, word: _Word, window: TextWindow, duration: float) -> tuple[float, float]:
    """The word's start and end, within its window and the recording."""
    start, end = word.time_seconds, word.end_seconds
    if end < start:
        raise _wrong(f"{where} ends before it starts")
    last = min(window.end, duration)
    if start < window.start - TOLERANCE or end > last + TOLERANCE:
        raise _wrong(f"{where} is at {start:.2f}-{end:.2f} s, outside of its window {window.start:.2f}-{last:.2f} s")
    return min(max(start, window.start), last), min(max(end, window.start), last)


def _wrong(what: str) -> Qwen3AnswerError:
    return Qwen3AnswerError(f"The Qwen3 server's answer cannot be right: {what}.")
