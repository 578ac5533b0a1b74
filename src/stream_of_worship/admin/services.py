"""What the commands need from the rest of the system, in one place, so that a test can give them something else."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lyric_timing.sheet import LyricSheet
    from sow_analysis.lrc import LrcOptions, LrcResult, Progress
    from sow_analysis.models import ModelStore
    from stream_of_worship.admin.player.keyboard import Keyboard
    from stream_of_worship.admin.player.sound import Speaker


class Generate(Protocol):
    """Times the lyrics of one recording."""

    def __call__(self, audio: Path, sheet: LyricSheet, options: LrcOptions, progress: Progress, /) -> LrcResult: ...


# These imports take seconds and hundreds of megabytes, which `sow --help` should not cost.
def generate(audio: Path, sheet: LyricSheet, options: LrcOptions, progress: Progress) -> LrcResult:
    """The real pipeline."""
    from sow_analysis.pipeline import generate_lrc

    return generate_lrc(audio, sheet, options, progress)


def open_store() -> ModelStore:
    """The model store of this user."""
    from sow_analysis.models import ModelStore

    return ModelStore()


def open_speaker(audio: Path, speed: float) -> Speaker:
    """The first way of this machine to play `audio` aloud."""
    from stream_of_worship.admin.player.sound import open_speaker as find

    return find(audio, speed)


def open_keyboard() -> AbstractContextManager[Keyboard]:
    """The keys of this terminal."""
    from stream_of_worship.admin.player.keyboard import open_keyboard as find

    return find()


@dataclass(frozen=True)
class Services:
    """The real ones by default."""

    generate: Generate = generate
    open_store: Callable[[], ModelStore] = open_store
    open_speaker: Callable[[Path, float], Speaker] = open_speaker
    open_keyboard: Callable[[], AbstractContextManager[Keyboard]] = open_keyboard
    now: Callable[[], float] = time.monotonic
