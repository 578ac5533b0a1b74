"""What the service asks of its two other halves: the model, and the alignment of a song by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qwen3_align.alignment.aligned import Alignment
from qwen3_align.alignment.windows import Window
from qwen3_align.clips import Clip, Predictor, Samples, UnitTime

Progress = Callable[[str, float | None], None]
"""Told what is being done, such as `download`, and how far it is, 0 to 1, or None where nobody knows."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What answers: which weights, and what they run on. Device and dtype are None before it was first loaded."""

    id: str
    """The hub's name of it, or the folder."""
    revision: str | None = None
    """The commit if it is known, else what the settings ask for. None for a folder."""
    device: str | None = None
    dtype: str | None = None


class Model(Protocol):
    """The model. Every method blocks.

    `load`, `unload`, `warm_up` and `forward` are called from one thread and never at once. `tokens`, `prepare` and
    `decode` are called from any thread, several at once, and only while it is loaded.
    """

    def describe(self) -> ModelFacts:
        """What it is. Costs nothing, at any time, from any thread."""
        ...

    def load(self, progress: Progress) -> None:
        """Fetch what is missing and read it in. An error's text is shown to callers."""
        ...

    def unload(self) -> None:
        """Give all its memory back; `load` brings it again."""
        ...

    def warm_up(self, seconds: float) -> None:
        """Run once on sound of this length, so that no caller waits for what only the first run does."""
        ...

    def tokens(self, clip: Clip) -> int:
        """How long the clip is for the model: what a batch is padded to. Costs next to nothing."""
        ...

    def prepare(self, clip: Clip) -> Any:
        """Features and token ids of one clip."""
        ...

    def forward(self, batch: Sequence[Any]) -> Sequence[Any]:
        """One answer for each of these prepared clips.

        Raises:
            MemoryError: the batch does not fit into the memory.
        """
        ...

    def decode(self, prepared: Any, answer: Any) -> tuple[UnitTime, ...]:
        """The times that an answer to a prepared clip stands for."""
        ...


class Align(Protocol):
    """Aligns one song."""

    async def __call__(
        self,
        samples: Samples,
        lines: Sequence[str],
        language: str,
        predictor: Predictor,
        *,
        windows: Sequence[Window] | None = None,
    ) -> Alignment:
        """Time the lines, or those of the windows if there are any.

        Args:
            samples: the recording, mono, 16 kHz.
            lines: as they are printed, in sung order; empty if there are windows.
            language: `auto`, a code or a name.
            predictor: answers for clips.
            windows: stretches with their lines.

        Raises:
            AlignError: the language is not supported, or text or windows cannot be used.
        """
        ...
