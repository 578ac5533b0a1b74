"""Whisper elsewhere: transcription by any server that speaks OpenAI's protocol, for hosts without a model of their own.

A song is sent in pieces of singing, several at once: each piece is a small file, a call that fails costs only its
piece, and a loop that the model falls into in one does not reach the next. Some servers give a time for each word,
some for each segment, some none at all; what is asked for is the best that the server has shown to understand. Without
times the pieces are cut shorter, so that a word's share of its piece is not far from where it is sung.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import anyio

from lyric_timing.heard import Heard, Token
from lyric_timing.language import language_code
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.protocols import Fraction, Samples, Span
from sow_analysis.engines.transcript import Transcript, read_transcript
from sow_analysis.openai_api import Allowance, ApiAnswerError, ApiClient, ApiError, ApiUnavailableError, Budget, Send
from sow_analysis.openai_api.errors import ApiFormError, ApiPausedError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_RATE = 16_000
_SHORTEST_PIECE = 0.1
"""Seconds; nobody sings a word in less, and some servers refuse less."""
_LONGEST_PIECE = 60.0
"""Seconds: a FLAC file of at most 2 MB. Longer pieces are cut."""
_LONGEST_UNTIMED_PIECE = 8.0
_BASE_SECONDS, _SECONDS_PER_SECOND = 20.0, 2.0
"""One call may take the first, and the second for each second of its piece."""
_MOST_BYTES_PER_SECOND, _MOST_BYTES = 20_000, 500_000
_FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"]},
    {"response_format": "verbose_json"},
    {"response_format": "json"},
)
"""From the best on. OpenAI's newer models know only the last one."""
_UNTIMED = len(_FORMS) - 1
_MOST_FAILED = 0.5
"""Share of the pieces without an answer up to which the rest is evidence worth having."""
_HOPELESS = 2
"""So many pieces without an answer and none with one, and the rest is not tried."""
_WORKERS = 8
"""Pieces that are made ready at once; how many are on their way at once is for the gate to say."""
_Failure = ApiError | ApiPausedError


@dataclass
class _Hearing:
    """One song, being heard."""

    waiting: list[Span]
    """Pieces, the next one last."""
    tokens: list[Token] = field(default_factory=list[Token])
    languages: list[str] = field(default_factory=list[str])
    done: int = 0
    failures: list[_Failure] = field(default_factory=list[_Failure])
    """One for each piece without an answer."""

    @property
    def share(self) -> float:
        return self.done / max(1, self.done + len(self.waiting))

    def add(self, piece: Span, heard: Transcript) -> None:
        start = piece[0]
        self.tokens += [replace(token, start=start + token.start, end=start + token.end) for token in heard.tokens]
        if heard.language and heard.tokens:
            self.languages.append(heard.language)


class ApiTranscription:
    """Hears words by asking a server.

    Args:
        client: of the server.
        model: its name for the model, such as `whisper-1`.
        allowance: the most that one song may spend, and never more than its length should take.
    """

    name = "transcription-api"

    def __init__(self, client: ApiClient, model: str, *, allowance: Allowance | None = None) -> None:
        self._client = client
        self._model = model
        self._allowance = allowance
        self._form = 0
        self.missed = 0
        """Pieces of the last song without an answer: what was heard of that song is not whole, and not to be kept."""

    def available(self) -> str | None:
        """None when the server may be asked, else why not. Asks nobody."""
        return self._client.why_not()

    def hear(self, samples: Samples, pieces: Sequence[Span], language: str | None, progress: Fraction) -> Heard:
        """What is sung in these pieces of the recording. Not to be called in an event loop.

        Raises:
            ApiError, ApiPausedError: the server transcribed less than half of them.
        """
        longest = _LONGEST_UNTIMED_PIECE if self._form == _UNTIMED else _LONGEST_PIECE
        end = samples.size / _RATE
        within = [(max(0.0, a), min(b, end)) for a, b in pieces if min(b, end) - max(0.0, a) >= _SHORTEST_PIECE]
        hearing = _Hearing(list(reversed(cut_pieces(within, longest))))
        code = language_code(language)
        anyio.run(self._hear, hearing, samples, code, progress)
        self.missed = len(hearing.failures)
        if hearing.failures and self.missed >= _MOST_FAILED * (self.missed + hearing.done):
            raise hearing.failures[-1]
        common = max(sorted(set(hearing.languages)), key=hearing.languages.count, default=None)
        tokens = sorted(hearing.tokens, key=lambda token: token.start)
        return Heard(tuple(tokens), self.name, code or language_code(common))

    async def _hear(self, hearing: _Hearing, samples: Samples, language: str | None, progress: Fraction) -> None:
        budget = Budget(_allowance_for(hearing.waiting, self._allowance))

        async def work(api: AsyncOpenAI, *, until_answered: bool = False) -> None:
            while hearing.waiting and not (until_answered and hearing.done):
                await self._next(api, hearing, samples, language, budget)
                progress(hearing.share)

        async with self._client.opened() as api:
            # One alone first: it finds out whether the key is good, and which form the server understands.
            await work(api, until_answered=True)
            async with anyio.create_task_group() as group:
                for _ in range(min(_WORKERS, len(hearing.waiting))):
                    group.start_soon(work, api)

    async def _next(
        self, api: AsyncOpenAI, hearing: _Hearing, samples: Samples, language: str | None, budget: Budget
    ) -> None:
        piece = hearing.waiting.pop()
        form = self._form
        if form == _UNTIMED and piece[1] - piece[0] > _LONGEST_UNTIMED_PIECE:
            hearing.waiting += reversed(cut_pieces([piece], _LONGEST_UNTIMED_PIECE))
            return
        try:
            hearing.add(piece, await self._transcribe(api, samples, piece, language, budget))
            hearing.done += 1
        except ApiFormError as error:
            if form == _UNTIMED:
                _give_up(hearing, error)
            else:
                self._form = max(self._form, form + 1)
                hearing.waiting.append(piece)
        except (ApiAnswerError, ApiUnavailableError) as error:
            hearing.failures.append(error)
            if not hearing.done and len(hearing.failures) >= _HOPELESS:
                _give_up(hearing, error)
        except (ApiError, ApiPausedError) as error:
            _give_up(hearing, error)

    async def _transcribe(
        self, api: AsyncOpenAI, samples: Samples, piece: Span, language: str | None, budget: Budget
    ) -> Transcript:
        start, end = piece
        seconds = end - start
        audio = flac_of(samples[round(start * _RATE) : round(end * _RATE)])
        body = await self._client.call(
            api,
            self._request(audio, language, _FORMS[self._form]),
            budget,
            seconds=_BASE_SECONDS + _SECONDS_PER_SECOND * seconds,
            most_bytes=_MOST_BYTES + round(_MOST_BYTES_PER_SECOND * seconds),
        )
        return read_transcript(body, seconds, language)

    def _request(self, audio: bytes, language: str | None, form: Mapping[str, Any]) -> Send:
        def send(api: AsyncOpenAI) -> Any:
            create: Any = api.audio.transcriptions.with_streaming_response.create  # its overloads know no such options
            return create(
                model=self._model,
                file=("piece.flac", audio, "audio/flac"),
                temperature=0,
                **({"language": language} if language else {}),
                **form,
            )

        return send


def cut_pieces(pieces: Sequence[Span], longest: float) -> list[Span]:
    """The same stretches, in even parts of at most `longest` seconds."""
    cut: list[Span] = []
    for start, end in pieces:
        count = max(1, math.ceil((end - start) / longest))
        edges = [start + (end - start) * i / count for i in range(count)] + [end]
        cut += pairwise(edges)
    return cut


def _give_up(hearing: _Hearing, error: _Failure) -> None:
    """Nobody need ask for the rest: the answer would be the same."""
    hearing.failures += [error] * max(1, len(hearing.waiting))
    hearing.waiting.clear()


def _allowance_for(pieces: Sequence[Span], most: Allowance | None) -> Allowance:
    """Two calls for each piece, cut as short as may be, and as long as one call after the other may take."""
    shortest = cut_pieces(pieces, _LONGEST_UNTIMED_PIECE)
    seconds = sum(end - start for start, end in pieces)
    own = Allowance(calls=2 * len(shortest) + len(_FORMS), seconds=_BASE_SECONDS + _SECONDS_PER_SECOND * seconds)
    return (
        own if most is None else replace(most, calls=min(own.calls, most.calls), seconds=min(own.seconds, most.seconds))
    )
