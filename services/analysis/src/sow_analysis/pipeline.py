"""The way of a song: decode, separate, hear, chart, align, verify."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lyric_timing.heard import Heard
from lyric_timing.roadmap import chart
from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLyrics
from lyric_timing.verify import verify
from song_audio.recording import Recording, load_recording
from sow_analysis.alignment import Alignment, align
from sow_analysis.caches.keys import TranscriptionKey
from sow_analysis.chain import Chain
from sow_analysis.confidence import DOUBTFUL, confidence_of, doubtful_lines
from sow_analysis.engines.pocketsphinx import PocketSphinx
from sow_analysis.engines.protocols import Aligner, Samples
from sow_analysis.engines.qwen3 import Qwen3Aligner
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.engines.whisper import PIECE_SECONDS, WhisperEvidence
from sow_analysis.engines.whisper_align import WhisperAligner
from sow_analysis.engines.whisper_model import WhisperLoader
from sow_analysis.errors import EngineUnavailableError
from sow_analysis.lrc import LrcOptions, LrcResult, Progress, Stage
from sow_analysis.memory import Memory, ear_version
from sow_analysis.models import ModelStore
from sow_analysis.separation import MODEL, Separator
from sow_analysis.singing import Voice
from sow_analysis.song_search import Ears

ENGINES = (Separator.name, WhisperEvidence.name, Qwen3Aligner.name, WhisperAligner.name, PocketSphinx.name)
"""Every engine, in the order of their turns."""
ALIGNERS = (Qwen3Aligner.name, WhisperAligner.name, PocketSphinx.name)
_SEPARATING, _HEARING = 0.4, 0.6
"""Shares of the time that listening takes."""


def generate_lrc(
    audio: Path,
    sheet: LyricSheet,
    options: LrcOptions,
    progress: Progress,
    *,
    memory: Memory | None = None,
    qwen3: Qwen3Server | None = None,
) -> LrcResult:
    """Time the lyrics of one recording.

    Args:
        audio: the recording.
        sheet: its words.
        options: what the caller may choose.
        progress: called with the stage and its share; what it raises ends the work.
        memory: what was heard in the recording before is not listened to again.
        qwen3: a server that may align too. The host names it, never a caller.

    Raises:
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError, AudioSilentError: the recording is of no use.
        EngineUnavailableError: `options.engines` names one that does not exist, or leaves none that can align.
        ModelUnavailableError: there is no Whisper model of the name `options.whisper_model`.
    """
    chain = Chain(ENGINES, options.engines)
    qwen3 = qwen3 if options.use_qwen3 else None
    aligners = [name for name in ALIGNERS if qwen3 or name != Qwen3Aligner.name]
    if not any(chain.allows(name) for name in aligners):
        raise EngineUnavailableError(f"None of these engines aligns here. Add one of: {', '.join(aligners)}.")
    if qwen3 is None and options.use_qwen3 and options.engines is not None:
        chain.turn("align", Qwen3Aligner.name, _no_qwen3)
    store = ModelStore()
    store.model(f"whisper-{options.whisper_model}")
    whisper = _whisper(f"whisper-{options.whisper_model}", store.root)

    recording = load_recording(audio, progress=lambda share: progress(Stage.DECODE, share))
    vocals = chain.turn("separate", Separator.name, lambda: _vocals(recording, store, progress))
    voice = Voice.of(recording.samples, vocals)
    language = options.language or sheet.language
    heard = chain.turn(
        "hear", WhisperEvidence.name, lambda: _heard(recording, voice, whisper, language, progress, memory)
    )

    progress(Stage.ROADMAP, 0.0)
    silences = () if vocals is None else voice.silences()
    evidence = [] if heard is None else [heard]
    roadmap = chart(sheet, evidence, duration=recording.duration, silences=silences)

    language = language or (heard.language if heard else None)
    others: tuple[Aligner, ...] = (WhisperAligner(whisper),)
    if qwen3 is not None:
        others = (Qwen3Aligner(qwen3), *others)
    ears = Ears(recording, vocals, others, PocketSphinx(), language)
    alignment = align(sheet, roadmap, evidence, ears, chain, progress)

    progress(Stage.VERIFY, 0.0)
    lyrics = verify(_timed(alignment, sheet, recording, language), recording.duration)
    confidence = confidence_of(lyrics)
    progress(Stage.VERIFY, 1.0)
    return LrcResult(
        lyrics, confidence, doubtful_lines(lyrics), chain.attempts, _warnings(recording, confidence, alignment)
    )


def _no_qwen3() -> None:
    """The turn of an engine that was asked for by name, and is not there."""
    raise EngineUnavailableError("No Qwen3 server is set up; docs/settings.md says how to name one.")


@lru_cache(maxsize=1)
def _whisper(name: str, root: Path) -> WhisperLoader:
    """The model stays in memory for the next song of this process."""
    return WhisperLoader(name, store=ModelStore(root), allow_download=True)


def _vocals(recording: Recording, store: ModelStore, progress: Progress) -> Samples:
    store.get(MODEL, lambda here, total: progress(Stage.MODELS, here / max(total, 1)))
    return Separator(store).vocals(
        recording.path,
        n_samples=len(recording.samples),
        progress=lambda share: progress(Stage.HEAR, _SEPARATING * share),
    )


def _heard(
    recording: Recording,
    voice: Voice,
    whisper: WhisperLoader,
    language: str | None,
    progress: Progress,
    memory: Memory | None,
) -> Heard:
    pieces = voice.pieces(PIECE_SECONDS)
    bounds = tuple(round(bound, 3) for piece in pieces for bound in piece)
    key = TranscriptionKey(recording.sha256, whisper.name, language, "mix", {"pieces": bounds}, ear_version())
    if memory is not None and (known := memory.recall(key)) is not None:
        progress(Stage.HEAR, 1.0)
        return known
    whisper.download(lambda here, total: progress(Stage.MODELS, here / max(total, 1)))
    heard = WhisperEvidence(whisper).hear(
        recording.samples,
        pieces,
        language,
        lambda share: progress(Stage.HEAR, _SEPARATING + _HEARING * share),
    )
    if memory is not None:
        memory.keep(key, heard)
    return heard


def _timed(alignment: Alignment, sheet: LyricSheet, recording: Recording, language: str | None) -> TimedLyrics:
    return TimedLyrics(alignment.lines, recording.duration, sheet.title, sheet.artist, language=language)


def _warnings(recording: Recording, confidence: float, alignment: Alignment) -> tuple[str, ...]:
    warnings = [*recording.warnings, *alignment.warnings]
    if confidence < DOUBTFUL:
        warnings.append("The lyrics fit this recording badly. Are they the lyrics of this song, in the language sung?")
    return tuple(warnings)
