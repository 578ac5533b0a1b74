"""Whisper as evidence: hears what is sung, without knowing the lyrics (Radford et al., 2022).

The recording is heard in pieces of singing, several at once: a quarter of the time that it takes one by one, and a
loop that the model falls into in one piece does not reach the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from lyric_timing.heard import Heard, Token
from sow_analysis.engines.protocols import Fraction, Samples, Span
from sow_analysis.engines.whisper_model import WhisperLoader

PIECE_SECONDS = 25.0
"""Whisper hears 30 s at once; what stands at the very end of these is often lost."""
_AT_ONCE = 8
_MOST_TOKENS = 200
"""In one piece. Nobody sings more; loops would go on to twice as many."""
_BEAMS = 5


class WhisperEvidence:
    """Hears words with their times and probabilities."""

    name = "whisper"

    def __init__(self, loader: WhisperLoader) -> None:
        self._loader = loader

    def available(self) -> str | None:
        return self._loader.available()

    def hear(self, samples: Samples, pieces: Sequence[Span], language: str | None, progress: Fraction) -> Heard:
        """What is sung in these pieces of the recording.

        Raises:
            ModelUnavailableError: the model is not on disk, or cannot be read.
            EngineUnavailableError: Whisper does not know the language.
        """
        from faster_whisper import BatchedInferencePipeline

        loaded = self._loader.load()
        code = loaded.language(language) if language else None
        pipeline = BatchedInferencePipeline(loaded.faster)
        tokens: list[Token] = []
        for first in range(0, len(pieces), _AT_ONCE):
            segments, info = pipeline.transcribe(
                samples,
                language=code,
                beam_size=_BEAMS,
                batch_size=_AT_ONCE,
                clip_timestamps=[{"start": start, "end": end} for start, end in pieces[first : first + _AT_ONCE]],
                max_new_tokens=_MOST_TOKENS,
                without_timestamps=False,
                word_timestamps=True,
            )
            code = code or info.language
            for segment in segments:
                for word in segment.words or ():
                    if text := word.word.strip():
                        tokens.append(Token(text, float(word.start), float(word.end), float(word.probability)))
            progress(min(1.0, (first + _AT_ONCE) / len(pieces)))
        tokens.sort(key=lambda token: token.start)
        return Heard(tuple(tokens), self.name, code)
