"""A model that answers at once and can be made to stop, to fail and to run out of memory; and an easy way to align."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qwen3_align.alignment.aligned import AlignedLine, AlignedWord, Alignment
from qwen3_align.alignment.windows import Window
from qwen3_align.clips import SAMPLE_RATE, Clip, Predictor, Samples, UnitTime
from qwen3_align.errors import AlignError, TextUnusableError
from qwen3_align.protocols import ModelFacts, Progress
from qwen3_align.text.printed import phrases_of, read_lines


def clip(seconds: float, *units: str) -> Clip:
    """Silence with these words in it."""
    return Clip(np.zeros(round(seconds * SAMPLE_RATE), np.float32), units or ("la",), "English")


@dataclass
class FakeModel:
    """Spreads the units of a clip evenly over it. One second is one token."""

    memory: int = 1000
    """Tokens that a padded batch may have."""
    batches: list[list[float]] = field(default_factory=list[list[float]])
    """The seconds of the clips of every forward run that was tried."""
    prepared: list[float] = field(default_factory=list[float])
    calls: list[str] = field(default_factory=list[str])
    """What was done with the model as a whole."""
    on_load: Callable[[Progress], None] = lambda _progress: None
    on_forward: Callable[[Sequence[Clip]], None] = lambda _clips: None
    loaded: bool = False
    threads: set[str] = field(default_factory=set[str])

    def describe(self) -> ModelFacts:
        return ModelFacts("fake/model", "main", *(("cpu", "float32") if self.loaded else (None, None)))

    def load(self, progress: Progress) -> None:
        self.calls.append("load")
        progress("download", 0.5)
        self.on_load(progress)
        self.loaded = True

    def unload(self) -> None:
        self.calls.append("unload")
        self.loaded = False

    def warm_up(self, seconds: float) -> None:
        self.calls.append(f"warm up {seconds:g}")

    def tokens(self, clip: Clip) -> int:
        return max(1, round(clip.seconds))

    def prepare(self, clip: Clip) -> Clip:
        assert self.loaded
        if clip.units == ("unpreparable",):
            raise ValueError("no features")
        self.prepared.append(clip.seconds)
        return clip

    def forward(self, batch: Sequence[Clip]) -> Sequence[Clip]:
        assert self.loaded
        self.threads.add(threading.current_thread().name)
        self.batches.append([clip.seconds for clip in batch])
        self.on_forward(batch)
        if max(clip.seconds for clip in batch) * len(batch) > self.memory:
            raise MemoryError
        if any(clip.units == ("poison",) for clip in batch):
            raise RuntimeError("a kernel failed")
        return batch

    def decode(self, prepared: Clip, answer: Clip) -> tuple[UnitTime, ...]:
        assert prepared is answer
        step = prepared.seconds / len(prepared.units)
        return tuple(UnitTime(i * step, (i + 1) * step, 0.9) for i in range(len(prepared.units)))


class Gate:
    """Holds whoever passes, in a thread, until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, *_arguments: object) -> None:
        self.reached.set()
        assert self._open.wait(10)

    def open(self) -> None:
        self._open.set()


async def align_evenly(
    samples: Samples,
    lines: Sequence[str],
    language: str,
    predictor: Predictor,
    *,
    windows: Sequence[Window] | None = None,
) -> Alignment:
    """Asks about each line as one clip: all share the time alike."""
    if language == "tlh":
        raise LanguageError("The model does not know the language 'tlh'. It knows English (en).")
    if windows is None and not phrases_of(read_lines(lines, "English")):
        raise TextUnusableError("The lyrics hold no word that can be sung.")
    seconds = len(samples) / SAMPLE_RATE
    placed: list[tuple[str, float, float]] = []
    for window in windows or [Window(0, seconds, tuple(lines))]:
        step = (window.end - window.start) / len(window.lines)
        placed += [
            (text, window.start + i * step, window.start + (i + 1) * step) for i, text in enumerate(window.lines)
        ]
    clips = [clip(end - start, *text.split()) for text, start, end in placed]
    answers = await predictor.predict(clips)
    found: list[AlignedLine] = []
    for (text, start, end), answer in zip(placed, answers, strict=True):
        timed = zip(text.split(), answer, strict=True)
        words = tuple(AlignedWord(word, start + t.start, start + t.end, t.confidence) for word, t in timed)
        found.append(AlignedLine(text, start, end, 0.9, words))
    return Alignment(tuple(found), "English", ("It was easy.",))


class LanguageError(AlignError):
    code = "language_unsupported"
