"""Many songs through the Analysis Service: which files belong together, and keeping it busy until all are done.

Nothing is remembered between two runs but the sidecar files themselves: a song that has its sidecars is done. One that
was submitted by a run that ended early is submitted again, which gives the same job while it is open, and its kept
result after that.

A song's analysis is asked for when its lyrics are written: they tell its sections, and stay whatever becomes of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from stream_of_worship.admin import media
from stream_of_worship.admin.errors import ServiceBusyError, ServiceKeyError, ServiceUnreachableError

if TYPE_CHECKING:
    from stream_of_worship.admin.client import Job

LYRICS_SUFFIXES = (".txt", ".cho", ".chordpro", ".chopro", ".crd", ".pro")
"""The first that exists is taken. LRC and the like are none of them: those are what comes out."""
ANALYSIS = ".analysis.json"
"""What the name of an analysis ends with."""
POLL = 0.5
"""Seconds between two looks at the jobs."""


class Step(StrEnum):
    """What a song may need a job for."""

    LYRICS = "lyrics"
    ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True)
class Song:
    """A recording, its lyrics, and the files that shall lie beside them: timed lyrics, and maybe an analysis."""

    audio: Path
    lyrics: Path
    sidecars: tuple[Path, ...]
    analysis: Path | None = None

    def files(self, step: Step) -> tuple[Path, ...]:
        """What a step shall bring."""
        if step is Step.LYRICS:
            return self.sidecars
        return () if self.analysis is None else (self.analysis,)


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds. `alone` are recordings without lyrics, `doubled` those whose name another has too."""

    songs: tuple[Song, ...]
    alone: tuple[Path, ...]
    doubled: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """A song, what is still to be done for it, and what this run has got of it."""

    song: Song
    steps: tuple[Step, ...]
    """One after the other; the first is the one that is at work, or that failed."""
    jobs: Mapping[Step, Job] = field(default_factory=dict[Step, "Job"])
    written: tuple[Path, ...] = ()

    @property
    def job(self) -> Job:
        """The job of the first step, which must have been submitted."""
        return self.jobs[self.steps[0]]

    def with_job(self, job: Job) -> Work:
        """With this as the job of the first step."""
        return replace(self, jobs={**self.jobs, self.steps[0]: job})

    def with_written(self, paths: tuple[Path, ...]) -> Work:
        """With the first step behind it, which gave these files."""
        return replace(self, steps=self.steps[1:], written=self.written + paths)


class State(StrEnum):
    """How it went with a song."""

    WRITTEN = "written"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one song."""

    work: Work
    state: State
    error: Exception | None = None


@dataclass
class Batch:
    """Works a list of songs off.

    Args:
        submit: sends what the first step of a song needs to the service.
        look: asks for a job anew.
        write: writes what a step's completed job gave; returns the files.
        parallel: jobs that are open at once.
        tell: called with each song's outcome.
        moving: called with the songs at work.
        sleep: waits so many seconds.
    """

    submit: Callable[[Work], Job]
    look: Callable[[Job], Job]
    write: Callable[[Work], tuple[Path, ...]]
    parallel: int
    tell: Callable[[Outcome], None]
    moving: Callable[[Sequence[Work]], None]
    sleep: Callable[[float], None]
    open: list[Work] = field(default_factory=list["Work"])
    queue: list[Work] = field(default_factory=list["Work"])

    def run(self, works: Iterable[Work]) -> None:
        """Goes on after a song that fails. When the service is gone for good, the rest is told to be not tried."""
        self.queue = list(works)
        try:
            while self.queue or self.open:
                while self.queue and len(self.open) < self.parallel:
                    if not self._begin(self.queue[0]):
                        break
                    self.queue.pop(0)
                self.moving(self.open)
                if self.open:
                    self.sleep(POLL)
                self._look_around()
        except (ServiceUnreachableError, ServiceKeyError) as error:
            for work in (*self.open, *self.queue):
                self.tell(Outcome(work, State.NOT_TRIED, error))

    def _begin(self, work: Work) -> bool:
        """Submits a song; False if the service has no room until one of the open jobs is done."""
        try:
            self.open.append(work.with_job(self.submit(work)))
        except (ServiceUnreachableError, ServiceKeyError):
            raise
        except ServiceBusyError as error:
            if self.open:
                return False
            self.tell(Outcome(work, State.FAILED, error))
        except Exception as error:
            self.tell(Outcome(work, State.FAILED, error))
        return True

    def _look_around(self) -> None:
        for at, work in reversed(list(enumerate(self.open))):
            try:
                work = work.with_job(self.look(work.job))
                self.open[at] = work
                if not work.job.is_final:
                    continue
                work = work.with_written(self.write(work))
            except (ServiceUnreachableError, ServiceKeyError):
                raise
            except Exception as error:
                del self.open[at]
                self.tell(Outcome(work, State.FAILED, error))
            else:
                del self.open[at]
                if work.steps:
                    self.queue.insert(0, work)
                else:
                    self.tell(Outcome(work, State.WRITTEN))


def steps(song: Song, *, force: bool) -> tuple[Step, ...]:
    """What is to be done for a song: all that it lacks, or with `force` all that is wanted."""
    return tuple(step for step in Step if any(force or not path.exists() for path in song.files(step)))


def find_songs(folder: Path, suffixes: Sequence[str], *, recursive: bool, analysis: bool = False) -> Folder:
    """Pairs the recordings in `folder` with the lyrics of the same name beside them.

    Args:
        folder: to look in.
        suffixes: of the sidecars, such as `.lrc`.
        recursive: whether to look in its folders too.
        analysis: whether each song shall have one.

    Raises:
        OSError: it cannot be read.
    """
    songs: list[Song] = []
    alone: list[Path] = []
    doubled: list[Path] = []
    folders = [folder, *(path for path in sorted(folder.rglob("*")) if path.is_dir())] if recursive else [folder]
    for each in folders:
        files = sorted(path for path in each.iterdir() if path.is_file() and not path.name.startswith("."))
        texts = {(name(path), path.suffix.lower()): path for path in reversed(files)}
        taken: set[str] = set()
        for audio in files:
            if audio.suffix.lower() not in media.SUFFIXES:
                continue
            key = name(audio)
            lyrics = next((texts[key, suffix] for suffix in LYRICS_SUFFIXES if (key, suffix) in texts), None)
            if lyrics is None:
                alone.append(audio)
            elif key in taken:
                doubled.append(audio)
            else:
                taken.add(key)
                sidecars = tuple(audio.with_suffix(suffix) for suffix in suffixes)
                songs.append(Song(audio, lyrics, sidecars, audio.with_suffix(ANALYSIS) if analysis else None))
    return Folder(tuple(songs), tuple(alone), tuple(doubled))


def name(path: Path) -> str:
    """A file's name without its suffix, so that two that people hold for the same are the same."""
    return unicodedata.normalize("NFC", path.stem).casefold()
