"""The way of a song: decode, separate, hear, chart, choose, align, verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from lyric_timing.heard import Heard
from lyric_timing.roadmap import chart
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap
from lyric_timing.timed import TimedLyrics
from lyric_timing.verify import verify
from song_audio.recording import Recording, load_recording
from sow_analysis.alignment import Alignment, align
from sow_analysis.caches.keys import VoiceKey
from sow_analysis.chain import Chain, Remark
from sow_analysis.chooser import LlmChooser, Reconsidered, reconsider
from sow_analysis.confidence import DOUBTFUL, confidence_of, doubtful_lines
from sow_analysis.engines.pocketsphinx import PocketSphinx
from sow_analysis.engines.protocols import Aligner, Samples, Span
from sow_analysis.engines.qwen3 import Qwen3Aligner
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.engines.whisper_align import WhisperAligner
from sow_analysis.engines.whisper_model import WhisperLoader
from sow_analysis.errors import EngineUnavailableError
from sow_analysis.hearing import SEPARATING, Listening
from sow_analysis.lrc import ENGINES, STEPS, LrcOptions, LrcResult, Progress, Stage
from sow_analysis.memory import Memory, separator_version
from sow_analysis.models import ModelStore
from sow_analysis.openai_api import ApiSetup
from sow_analysis.reach import NO_REACH, Reach
from sow_analysis.separation import MODEL, Separator
from sow_analysis.singing import Voice
from sow_analysis.song_search import Ears

ALIGNERS = tuple(name for name, step in STEPS.items() if step == "align")


def generate_lrc(
    audio: Path,
    sheet: LyricSheet,
    options: LrcOptions,
    progress: Progress,
    *,
    memory: Memory | None = None,
    reach: Reach = NO_REACH,
) -> LrcResult:
    """Time the lyrics of one recording.

    Args:
        audio: the recording.
        sheet: its words.
        options: what the caller may choose.
        progress: called with the stage and its share; what it raises ends the work.
        memory: what was heard in the recording before is not listened to again.
        reach: who else may be asked. The host names them, never a caller.

    Raises:
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError, AudioSilentError: the recording is of no use.
        EngineUnavailableError: `options.engines` names one that does not exist, or leaves none that can align.
        ModelUnavailableError: there is no Whisper model of the name `options.whisper_model`.
    """
    chain = Chain(ENGINES, options.engines, reach.engines)
    qwen3 = _qwen3(options, reach)
    _check_aligners(chain, qwen3)
    _tell_of_absent(chain, options, reach)
    store = ModelStore()
    store.model(f"whisper-{options.whisper_model}")
    whisper = _whisper(f"whisper-{options.whisper_model}", store.root)

    recording = load_recording(audio, progress=lambda share: progress(Stage.DECODE, share))
    vocals = chain.turn("separate", Separator.name, lambda: _vocals(recording, store, memory, progress))
    voice = Voice.of(recording.samples, vocals)
    language = options.language or sheet.language
    listening = Listening(recording, vocals, voice, language, whisper, options, reach, memory, chain, progress)
    evidence = listening.evidence()

    progress(Stage.ROADMAP, 0.0)
    song = _Song(sheet, evidence, recording.duration, () if vocals is None else voice.silences())
    roadmap = _chosen(song, song.charted(), options, reach, chain, progress)

    language = language or next((heard.language for heard in evidence if heard.language), None)
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


@dataclass(frozen=True, slots=True)
class _Song:
    """What the sung order is worked out from."""

    sheet: LyricSheet
    evidence: Sequence[Heard]
    duration: float
    silences: Sequence[Span]

    def charted(self) -> Roadmap:
        return chart(self.sheet, self.evidence, duration=self.duration, silences=self.silences)


def _qwen3(options: LrcOptions, reach: Reach) -> Qwen3Server | None:
    """The server that may be asked for this song, if any."""
    server = reach.qwen3 if options.use_qwen3 else None
    if server is None or options.max_qwen3_duration is None:
        return server
    return replace(server, max_audio_seconds=min(server.max_audio_seconds, options.max_qwen3_duration))


def _check_aligners(chain: Chain, qwen3: Qwen3Server | None) -> None:
    aligners = [name for name in ALIGNERS if qwen3 or name != Qwen3Aligner.name]
    if not any(chain.allows(name) for name in aligners):
        raise EngineUnavailableError(f"None of these engines aligns here. Add one of: {', '.join(aligners)}.")


def _tell_of_absent(chain: Chain, options: LrcOptions, reach: Reach) -> None:
    """Record who is asked for by name, and is not there."""
    for name in options.engines or ():
        if not chain.allows(name):
            chain.absent(STEPS[name], name, "It is switched off here; SOW_ANALYSIS_ENGINES names those that may serve.")
    servers = ((Qwen3Aligner.name, reach.qwen3, options.use_qwen3), (LlmChooser.name, reach.llm, options.use_llm))
    for name, server, wanted in servers:
        if server is None and wanted and chain.names(name) and chain.allows(name):
            called = "language model" if name == LlmChooser.name else "Qwen3 server"
            chain.absent(STEPS[name], name, f"No {called} is set up; docs/settings.md says how to name one.")


@lru_cache(maxsize=1)
def _whisper(name: str, root: Path) -> WhisperLoader:
    """The model stays in memory for the next song of this process."""
    return WhisperLoader(name, store=ModelStore(root), allow_download=True)


def _vocals(recording: Recording, store: ModelStore, memory: Memory | None, progress: Progress) -> Samples:
    key = VoiceKey(recording.sha256, MODEL, separator_version())
    known = memory.recall_voice(key) if memory is not None else None
    if known is not None and known.size == recording.samples.size:
        return known
    store.get(MODEL, lambda here, total: progress(Stage.MODELS, here / max(total, 1)))
    vocals = Separator(store).vocals(
        recording.path,
        n_samples=len(recording.samples),
        progress=lambda share: progress(Stage.HEAR, SEPARATING * share),
    )
    return vocals if memory is None else memory.keep_voice(key, vocals)


def _chosen(
    song: _Song, charted: Roadmap, options: LrcOptions, reach: Reach, chain: Chain, progress: Progress
) -> Roadmap:
    """The order after a language model had its say, where one is set up."""
    setup = reach.llm if options.use_llm else None
    if setup is None:
        return charted
    chooser = _chooser(replace(setup, model=options.llm_model or setup.model))

    def work() -> Reconsidered:
        return reconsider(
            song.sheet,
            charted,
            song.evidence,
            chooser,
            lambda share: progress(Stage.ROADMAP, share),
            duration=song.duration,
            silences=song.silences,
        )

    told = chain.turn("choose", chooser.name, work, _remark)
    return charted if told is None else told.roadmap


@lru_cache(maxsize=4)
def _chooser(setup: ApiSetup) -> LlmChooser:
    """Stays for the next song of this process: it has learnt which form of request the server understands."""
    return LlmChooser(setup.client(), setup.model, allowance=setup.allowance)


def _remark(told: Reconsidered) -> Remark:
    if not told.asked:
        return Remark("Nothing was in doubt that it could help with, so it was not asked.")
    followed = f"{told.answered} of {told.asked} questions answered, {told.followed} answers followed."
    return Remark(f"{followed} {told.stopped}", can_pass=True) if told.stopped else Remark(followed)


def _timed(alignment: Alignment, sheet: LyricSheet, recording: Recording, language: str | None) -> TimedLyrics:
    return TimedLyrics(alignment.lines, recording.duration, sheet.title, sheet.artist, language=language)


def _warnings(recording: Recording, confidence: float, alignment: Alignment) -> tuple[str, ...]:
    warnings = [*recording.warnings, *alignment.warnings]
    if confidence < DOUBTFUL:
        warnings.append("The lyrics fit this recording badly. Are they the lyrics of this song, in the language sung?")
    return tuple(warnings)
