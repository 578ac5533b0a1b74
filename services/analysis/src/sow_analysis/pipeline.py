"""The way of a song: decode, hear, chart, align, verify."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from lyric_timing.verify import verify
from sow_analysis.audio import Recording, load_recording
from sow_analysis.engines.pocketsphinx import PlacedWord, PocketSphinx, Sound
from sow_analysis.engines.protocols import Samples
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import Attempt, LrcOptions, LrcResult, Outcome, Progress, Stage
from sow_analysis.models import ModelStore
from sow_analysis.separation import MODEL, Separator

ENGINES = ("spleeter", "pocketsphinx")

_FIT_MIDDLE, _FIT_WIDTH = -4.0, 0.8
_DOUBTFUL = 0.4


def generate_lrc(audio: Path, sheet: LyricSheet, options: LrcOptions, progress: Progress) -> LrcResult:
    """Time the lyrics of one recording.

    Raises:
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError, AudioSilentError: the recording is of no use.
        EngineUnavailableError: `options.engines` names one that does not exist, or leaves none that can align.
    """
    unknown = sorted(set(options.engines or ()) - set(ENGINES))
    if unknown:
        raise EngineUnavailableError(f"There is no engine {unknown[0]!r}. There are: {', '.join(ENGINES)}.")
    engine = PocketSphinx()
    if options.engines is not None and engine.name not in options.engines:
        raise EngineUnavailableError(f"Without {engine.name} there is no engine that aligns.")
    recording = load_recording(audio, progress=lambda share: progress(Stage.DECODE, share))
    attempts: list[Attempt] = []
    vocals = None
    if options.engines is None or Separator.name in options.engines:
        vocals = _vocals(recording, attempts, progress)
    began = time.monotonic()
    language = options.language or sheet.language
    sound = Sound.of(recording.samples, vocals)
    placed = engine.place(sound, sheet, None, language, lambda share: progress(Stage.ALIGN, share))
    attempts.append(Attempt("align", engine.name, Outcome.SERVED, time.monotonic() - began))
    progress(Stage.VERIFY, 0.0)
    lines = _lines(placed, sheet, engine.name)
    lyrics = TimedLyrics(lines, recording.duration, sheet.title, sheet.artist, language=language)
    lyrics = verify(lyrics, recording.duration)
    progress(Stage.VERIFY, 1.0)
    confidences = [word.confidence or 0.0 for line in lyrics.lines for word in line.words]
    confidence = float(np.mean(confidences)) if confidences else 0.0
    warnings = list(recording.warnings)
    if confidence < _DOUBTFUL:
        warnings.append("The lyrics fit this recording badly. Are they the lyrics of this song?")
    doubtful = tuple(i for i, line in enumerate(lyrics.lines) if (line.confidence or 0.0) < _DOUBTFUL)
    return LrcResult(lyrics, confidence, doubtful, tuple(attempts), tuple(warnings))


def _vocals(recording: Recording, attempts: list[Attempt], progress: Progress) -> Samples | None:
    began = time.monotonic()
    store = ModelStore()
    outcome, reason, vocals = Outcome.SERVED, None, None
    try:
        store.get(MODEL, lambda here, total: progress(Stage.MODELS, here / max(total, 1)))
        vocals = Separator(store).vocals(
            recording.path, n_samples=len(recording.samples), progress=lambda share: progress(Stage.HEAR, share)
        )
    except ModelUnavailableError as error:
        outcome, reason = Outcome.UNAVAILABLE, str(error)
    attempts.append(Attempt("separate", Separator.name, outcome, time.monotonic() - began, reason))
    return vocals


def _lines(placed: Sequence[PlacedWord], sheet: LyricSheet, source: str) -> tuple[TimedLine, ...]:
    singing: list[int] = []
    for i, word in enumerate(placed):
        before = placed[i - 1] if i else None
        anew = before is None or before.line != word.line or before.word >= word.word
        singing.append((singing[-1] if singing else -1) + anew)
    lines: list[TimedLine] = []
    for _, group in groupby(zip(singing, placed, strict=True), key=lambda pair: pair[0]):
        words = [word for _, word in group]
        line = sheet.lines[words[0].line]
        timed = tuple(
            TimedWord(line.words[w.word].text, w.start, w.end, round(_confidence(w.fit), 3), source) for w in words
        )
        confidence = float(np.mean([w.confidence or 0.0 for w in timed]))
        section = sheet.sections[sheet.section_of_line[words[0].line]].name
        lines.append(
            TimedLine(line.text, words[0].start, words[-1].end, timed, round(confidence, 3), source, words[0].line, section)
        )
    return tuple(lines)


def _confidence(fit: float) -> float:
    return float(1 / (1 + np.exp(-(fit - _FIT_MIDDLE) / _FIT_WIDTH)))
