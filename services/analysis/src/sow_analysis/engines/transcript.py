"""Reads what a transcription server answers: words with times, else segments, else text; and believes what can be.

Times of words are those of the server. Words of a segment share its time by their letters, and words of mere text that
of the whole piece: they tell the order, and are marked as not timed, so that no alignment holds on to their onsets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from lyric_timing.heard import Token
from lyric_timing.words import split_words
from sow_analysis.openai_api.errors import ApiAnswerError

_SLACK = 1.0
"""Seconds by which times may lie after the end of a piece, or before the time before: servers round, and pad."""
_FASTEST = 12.0
"""Words, or CJK characters, per second that nobody sings; and a few more in any piece."""
_FEW_WORDS = 20
_UNKNOWN_PROBABILITY = 0.8
_UNTIMED_PROBABILITY = 0.6
_SILENT, _SILENT_LOGPROB = 0.6, -1.0
"""Whisper's own rule for what is no speech."""
_LOOP_RATIO = 2.4
"""Compression above which Whisper takes its own text for a loop."""
_LOOP_PROBABILITY = 0.2


class _Word(BaseModel):
    word: str
    start: float
    end: float


class _Segment(BaseModel):
    text: str
    start: float
    end: float
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    compression_ratio: float | None = None


class _Transcript(BaseModel):
    text: str
    language: str | None = None
    words: list[_Word] | None = Field(default=None)
    segments: list[_Segment] | None = Field(default=None)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in one piece, in seconds from its start."""

    tokens: tuple[Token, ...]
    language: str | None
    """As the server names it."""


def read_transcript(body: bytes, duration: float, language: str | None) -> Transcript:
    """The transcript of a piece of so many seconds, of a JSON answer.

    `language` is that of the song if it is known; it tells how words are counted.

    Raises:
        ApiAnswerError: it is none, or cannot be one of this piece.
    """
    try:
        given = _Transcript.model_validate_json(body)
    except ValidationError:
        raise ApiAnswerError("The server did not answer with a transcription. Is the address right?") from None
    sung = [segment for segment in given.segments or () if not _is_silence(segment)]
    if given.segments and not sung:
        return Transcript((), given.language)
    tokens = _of_words(given.words or (), sung, duration) or _of_segments(sung, duration, language)
    if not tokens:
        tokens = _shared_out(given.text, 0.0, duration, language, _UNTIMED_PROBABILITY)
    if len(tokens) > _FEW_WORDS + _FASTEST * duration:
        raise ApiAnswerError("The transcription has more words than anybody sings in that time.")
    return Transcript(tuple(tokens), given.language)


def _of_words(words: Sequence[_Word], segments: Sequence[_Segment], duration: float) -> list[Token]:
    """Nothing when not all the times can be right: then none of them is believed."""
    tokens: list[Token] = []
    latest = 0.0
    for word in words:
        if not _is_within(word.start, word.end, duration) or word.start < latest - _SLACK:
            return []
        latest = max(latest, word.start)
        if text := word.word.strip():
            end = min(word.end, duration)
            tokens.append(Token(text, min(latest, end), end, _probability_at(word, segments)))
    return tokens


def _of_segments(segments: Sequence[_Segment], duration: float, language: str | None) -> list[Token]:
    tokens: list[Token] = []
    latest = 0.0
    for segment in segments:
        if not _is_within(segment.start, segment.end, duration) or segment.start < latest - _SLACK:
            return []
        start, latest = max(latest, segment.start), max(latest, segment.end)
        end = min(latest, duration)
        probability = min(_probability(segment), _UNTIMED_PROBABILITY)
        tokens += _shared_out(segment.text, min(start, end), end, language, probability)
    return tokens


def _shared_out(text: str, start: float, end: float, language: str | None, probability: float) -> list[Token]:
    words = split_words(text, language)
    letters = sum(len(word.text) for word in words)
    tokens: list[Token] = []
    for word in words:
        after = start + (end - start) * len(word.text) / letters
        tokens.append(Token(word.text, start, after, probability, timed=False))
        start, letters = after, letters - len(word.text)
    return tokens


def _is_within(start: float, end: float, duration: float) -> bool:
    return math.isfinite(start) and math.isfinite(end) and 0 <= start <= end <= duration + _SLACK


def _is_silence(segment: _Segment) -> bool:
    silent, logprob = segment.no_speech_prob, segment.avg_logprob
    return silent is not None and logprob is not None and silent > _SILENT and logprob < _SILENT_LOGPROB


def _probability_at(word: _Word, segments: Sequence[_Segment]) -> float:
    middle = (word.start + word.end) / 2
    around = next((segment for segment in segments if segment.start <= middle <= segment.end), None)
    return _UNKNOWN_PROBABILITY if around is None else _probability(around)


def _probability(segment: _Segment) -> float:
    if segment.compression_ratio is not None and segment.compression_ratio > _LOOP_RATIO:
        return _LOOP_PROBABILITY
    logprob = segment.avg_logprob
    if logprob is None or not math.isfinite(logprob):
        return _UNKNOWN_PROBABILITY
    return math.exp(min(0.0, logprob))
