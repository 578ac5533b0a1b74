"""Fakes for tests and benchmarks of whatever uses the service. They are quick, and give the same for the same input.

Name the function in the settings: SOW_ANALYSIS_PIPELINE=sow_analysis.testing:fake_generate_lrc
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path

from lyric_timing.heard import Heard
from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from song_audio.errors import AudioSilentError
from sow_analysis.caches.keys import TranscriptionKey
from sow_analysis.chain import Chain
from sow_analysis.errors import ModelUnavailableError
from sow_analysis.lrc import ENGINES, STEPS, Attempt, LrcOptions, LrcResult, Outcome, Progress, Stage
from sow_analysis.memory import Memory
from sow_analysis.reach import NO_REACH, Reach

FAKE_SECONDS = "SOW_FAKE_SECONDS"
"""The environment variable that says how long each song takes; 0 by default."""
_SECONDS_PER_LINE = 2.0
_TICK = 0.05


def fake_generate_lrc(
    audio: Path,
    sheet: LyricSheet,
    options: LrcOptions,
    progress: Progress,
    *,
    memory: Memory | None = None,
    reach: Reach = NO_REACH,
) -> LrcResult:
    """Time the lines two seconds apart, without listening. In `memory`, each recording was silent.

    The song's title may ask for something else: `fake:seconds=3` to take so long, `fake:crash` for the process to die,
    `fake:silent` for an error that stays, `fake:unavailable` for one that can pass, `fake:bug` for one nobody foresaw.
    The servers in `reach` are said to have served, and are asked nothing; captions give or raise what they have.
    """
    order, _, value = (sheet.title or "").removeprefix("fake:").partition("=")
    order = order if (sheet.title or "").startswith("fake:") else ""
    seconds = float(value) if order == "seconds" else float(os.environ.get(FAKE_SECONDS, "0"))
    began = time.monotonic()
    progress(Stage.DECODE, 1.0)
    if order == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == "silent":
        raise AudioSilentError(f"{audio.name} is silent: there is nothing to hear in it.")
    if order == "unavailable":
        raise ModelUnavailableError("The model is not to be had.")
    if order == "bug":
        raise ZeroDivisionError("a secret of the program")
    if memory is not None:
        key = TranscriptionKey(hashlib.sha256(audio.read_bytes()).hexdigest(), "fake", None, "mix")
        if memory.recall(key) is None:
            memory.keep(key, Heard((), "fake"))
    while (gone := time.monotonic() - began) < seconds:
        progress(Stage.ALIGN, gone / seconds)
        time.sleep(min(_TICK, seconds - gone))
    progress(Stage.ALIGN, 1.0)
    lines = tuple(_line(number, sheet) for number in range(len(sheet.lines)))
    lyrics = TimedLyrics(
        lines, len(lines) * _SECONDS_PER_LINE, sheet.title, sheet.artist, language=options.language or sheet.language
    )
    progress(Stage.VERIFY, 1.0)
    chain = Chain(ENGINES, None, reach.engines)
    url, captions = options.youtube_url, reach.captions
    if url is not None and captions is not None and options.use_captions:
        chain.turn("hear", "youtube-captions", lambda: captions.hear(url, options.language))
    asked = {"llm": options.use_llm and reach.llm, "qwen3": options.use_qwen3 and reach.qwen3}
    for engine in (name for name, server in asked.items() if server):
        chain.turn(STEPS[engine], engine, lambda: None)
    fake = Attempt("align", "fake", Outcome.SERVED, seconds)
    return LrcResult(lyrics, 1.0, (), (*chain.attempts, fake), ())


def _line(number: int, sheet: LyricSheet) -> TimedLine:
    line, start = sheet.lines[number], number * _SECONDS_PER_LINE
    each = _SECONDS_PER_LINE / len(line.words)
    words = tuple(
        TimedWord(word.text, start + i * each, start + (i + 1) * each, 1.0, "fake") for i, word in enumerate(line.words)
    )
    section = sheet.sections[sheet.section_of_line[number]].name
    return TimedLine(line.text, start, start + _SECONDS_PER_LINE, words, 1.0, "fake", number, section)
