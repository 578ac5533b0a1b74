"""What the commands need from the rest of the system, in one place, so that a test can give them something else."""

from __future__ import annotations

import os
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
    from sow_analysis.music import Listened, Wanted
    from sow_analysis.reach import Reach
    from sow_analysis.settings import Settings
    from stream_of_worship.admin.client import AnalysisClient
    from stream_of_worship.admin.player.keyboard import Keyboard
    from stream_of_worship.admin.player.sound import Speaker


class Generate(Protocol):
    """Times the lyrics of one recording."""

    def __call__(
        self,
        audio: Path,
        sheet: LyricSheet,
        options: LrcOptions,
        progress: Progress,
        /,
        *,
        reach: Reach,
    ) -> LrcResult: ...


class Connect(Protocol):
    """Makes a client of the Analysis Service at an address; it tells `notify` of every wait."""

    def __call__(self, server: str, notify: Callable[[str], None], /) -> AnalysisClient: ...


# These imports take seconds and hundreds of megabytes, which `sow --help` should not cost.
def generate(
    audio: Path,
    sheet: LyricSheet,
    options: LrcOptions,
    progress: Progress,
    *,
    reach: Reach,
) -> LrcResult:
    """The real pipeline."""
    from sow_analysis.pipeline import generate_lrc

    return generate_lrc(audio, sheet, options, progress, reach=reach)


def analyse(audio: Path, progress: Callable[[str, float], None], wanted: Wanted) -> Listened:
    """The real analysis of music."""
    from sow_analysis.music import analyse_recording

    return analyse_recording(audio, progress, wanted=wanted)


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


def connect(server: str, notify: Callable[[str], None]) -> AnalysisClient:
    """The service at `server`, with the key that the environment holds."""
    from stream_of_worship.admin.client import connect as make

    return make(server, os.environ.get("SOW_ANALYSIS_API_KEY"), notify=notify)


def serve(settings: Settings) -> None:
    """The whole service in this process, until it is told to stop."""
    from sow_analysis.server import serve as run

    run(settings)


def work(settings: Settings) -> None:
    """A worker without the API in this process, until it is told to stop."""
    from sow_analysis.server import work as run

    run(settings)


def state_folder() -> Path:
    """Where this user's commands remember things between two calls."""
    from platformdirs import user_state_path

    return user_state_path("stream-of-worship")


@dataclass(frozen=True)
class Services:
    """The real ones by default."""

    generate: Generate = generate
    analyse: Callable[[Path, Callable[[str, float], None], Wanted], Listened] = analyse
    open_store: Callable[[], ModelStore] = open_store
    open_speaker: Callable[[Path, float], Speaker] = open_speaker
    open_keyboard: Callable[[], AbstractContextManager[Keyboard]] = open_keyboard
    connect: Connect = connect
    serve: Callable[[Settings], None] = serve
    work: Callable[[Settings], None] = work
    state_folder: Callable[[], Path] = state_folder
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
