"""Qwen3-ForcedAligner as aligner: a model for timestamps that reads the text and listens at once (Qwen team, 2026).

It runs in a service of its own (services/qwen3_align), since it needs another set of libraries and gains most from
a GPU. This is its place among the engines of a song; `qwen3_client` speaks to the service.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Sequence
from functools import partial

from lyric_timing.language import language_code
from sow_analysis.engines import background_loop
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.protocols import AlignedWord, Fraction, Samples, TextWindow
from sow_analysis.engines.qwen3_client import Qwen3Client, Qwen3UnavailableError
from sow_analysis.engines.qwen3_server import NAME, Qwen3Server

LANGUAGES = ("zh", "en", "yue", "fr", "de", "it", "ja", "ko", "pt", "ru", "es")
"""What the model was trained on; it refuses all others."""
_SAMPLE_RATE = 16_000
_ENCODED = 0.05
"""Share of the work that is done once the recording is encoded."""
_USUAL_PACE = 0.2
"""Seconds for a second of sound, about the middle between a CPU and a GPU. Only the progress goes by it."""


class Qwen3Aligner:
    """Finds known words in windows of one recording, by one call for all of them.

    Args:
        server: where the service is. Aligners of the same server share its connections and its circuit breaker.
    """

    name = NAME
    hears_voice_too = False
    """The recording and its voice differ little to it, and each costs a call."""
    stretches_first_words = False
    is_calibrated = False

    def __init__(self, server: Qwen3Server) -> None:
        self._server = server
        self._encoded: tuple[Samples, bytes] | None = None

    def available(self) -> str | None:
        """None, or that the server has failed too often of late. Nothing is asked of it."""
        return _client(self._server).why_not()

    def align(
        self, samples: Samples, windows: Sequence[TextWindow], language: str, progress: Fraction
    ) -> tuple[tuple[AlignedWord | None, ...], ...]:
        """For each window, for each of its words, where it is sung. A word's confidence is the model's own.

        `progress` is called while the server works; if it raises, the call is cancelled. Windows without sound or
        without text are not sent, and their words are None.

        Raises:
            Qwen3UnavailableError: the model does not know the language, the recording is too long, or the server cannot
                serve.
            Qwen3AnswerError: the server's answer cannot be one to this question.
        """
        duration = len(samples) / _SAMPLE_RATE
        code = language_code(language) or language
        if code not in LANGUAGES:
            raise Qwen3UnavailableError(
                f"Qwen3 does not know the language {language!r}; it knows {', '.join(LANGUAGES)}."
            )
        if duration > self._server.max_audio_seconds:
            raise Qwen3UnavailableError(
                f"The recording lasts {duration:.0f} s; the Qwen3 server is sent {self._server.max_audio_seconds:g} s "
                "at most."
            )
        sent = [i for i, window in enumerate(windows) if window.lines and window.start < min(window.end, duration)]
        found: list[tuple[AlignedWord | None, ...]] = [(None,) * len(window.words) for window in windows]
        if sent:
            audio = self._encode(samples)
            asked = [windows[i] for i in sent]
            usual = _USUAL_PACE * sum(window.end - window.start for window in asked)
            began = time.monotonic()

            def tick() -> None:
                waited = time.monotonic() - began
                progress(_ENCODED + (1 - _ENCODED) * waited / (waited + usual))

            progress(_ENCODED)
            call = partial(_client(self._server).align, audio, asked, code, duration)
            for i, words in zip(sent, background_loop.run(call, tick), strict=True):
                found[i] = words
        progress(1.0)
        return tuple(found)

    def _encode(self, samples: Samples) -> bytes:
        """The last recording is kept: the same one may be asked about again."""
        if self._encoded is None or self._encoded[0] is not samples:
            self._encoded = (samples, flac_of(samples))
        return self._encoded[1]


_clients: dict[Qwen3Server, Qwen3Client] = {}
_making = threading.Lock()


def _client(server: Qwen3Server) -> Qwen3Client:
    """The one client of that server."""
    with _making:
        if server not in _clients:
            if not _clients:
                background_loop.portal()  # is opened first, so that it is closed last
                atexit.register(close_clients)
            _clients[server] = Qwen3Client(server)
        return _clients[server]


def close_clients() -> None:
    """Close all connections, and forget which servers failed. The next song makes new ones."""
    atexit.unregister(close_clients)
    with _making:
        while _clients:
            background_loop.portal().call(_clients.popitem()[1].aclose)
