"""Many songs through the Analysis Service: which files belong together, and keeping it busy until all are done.

Nothing is remembered between two runs but the sidecar files themselves: a song that has its sidecars is done. One that
was submitted by a run that ended early is submitted again, which gives the same job while it is open, and its kept
result after that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from stream_of_worship.admin import media
from stream_of_worship.admin.errors import ServiceBusyError, ServiceKeyError, ServiceUnreachableError

if TYPE_CHECKING:
    from stream_of_worship.admin.client import Job

LYRICS_SUFFIXES = (".txt", ".cho", ".chordpro", ".chopro", ".crd", ".pro")
"""The first that exists is taken. LRC and the like are none of them: those are what comes out."""
POLL = 0.5
"""Seconds between two looks at the jobs."""


@dataclass(frozen=True, slots=True)
class Song:
    """A recording, its lyrics, and the files that shall lie beside them."""

    audio: Path
    lyrics: Path
    sidecars: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds. `alone` are recordings without lyrics, `doubled` those whose name another has too."""

    songs: tuple[Song, ...]
    alone: tuple[Path, ...]
    doubled: tuple[Path, ...]


class State(StrEnum):
    """How it went with a song."""

    WRITTEN = "written"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One song and how it went with it."""

    song: Song
    state: State
    written: tuple[Path, ...] = ()
    job: Job | None = None
    error: Exception | None = None


@dataclass
class Batch:
    """Works a list of songs off.

    Args:
        submit: sends a song to the service.
        look: asks for a job anew.
        write: writes what a completed job gave; returns the files.
        parallel: jobs that are open at once.
        tell: called with each song's outcome.
        moving: called with the songs at work and their jobs.
        sleep: waits so many seconds.
    """

    submit: Callable[[Song], Job]
    look: Callable[[Job], Job]
    write: Callable[[Song, Job], tuple[Path, ...]]
    parallel: int
    tell: Callable[[Outcome], None]
    moving: Callable[[Sequence[tuple[Song, Job]]], None]
    sleep: Callable[[float], None]
    open: list[tuple[Song, Job]] = field(default_factory=list["tuple[Song, Job]"])

    def run(self, songs: Iterable[Song]) -> None:
        """Goes on after a song that fails. When the service is gone for good, the rest is told to be not tried."""
        queue = list(songs)
        try:
            while queue or self.open:
                while queue and len(self.open) < self.parallel:
                    if not self._begin(queue[0]):
                        break
                    queue.pop(0)
                self.moving(self.open)
                if self.open:
                    self.sleep(POLL)
                self._look_around()
        except (ServiceUnreachableError, ServiceKeyError) as error:
            for song, job in self.open:
                self.tell(Outcome(song, State.NOT_TRIED, job=job, error=error))
            for song in queue:
                self.tell(Outcome(song, State.NOT_TRIED, error=error))

    def _begin(self, song: Song) -> bool:
        """Submits a song; False if the service has no room until one of the open jobs is done."""
        try:
            self.open.append((song, self.submit(song)))
        except (ServiceUnreachableError, ServiceKeyError):
            raise
        except ServiceBusyError as error:
            if self.open:
                return False
            self.tell(Outcome(song, State.FAILED, error=error))
        except Exception as error:
            self.tell(Outcome(song, State.FAILED, error=error))
        return True

    def _look_around(self) -> None:
        for at, (song, job) in reversed(list(enumerate(self.open))):
            try:
                job = self.look(job)
                self.open[at] = (song, job)
                if not job.is_final:
                    continue
                written = self.write(song, job)
            except (ServiceUnreachableError, ServiceKeyError):
                raise
            except Exception as error:
                outcome = Outcome(song, State.FAILED, job=job, error=error)
            else:
                outcome = Outcome(song, State.WRITTEN, written, job)
            del self.open[at]
            self.tell(outcome)


def find_songs(folder: Path, suffixes: Sequence[str], *, recursive: bool) -> Folder:
    """Pairs the recordings in `folder` with the lyrics of the same name beside them.

    Args:
        folder: to look in.
        suffixes: of the sidecars, such as `.lrc`.
        recursive: whether to look in its folders too.

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
                songs.append(Song(audio, lyrics, tuple(audio.with_suffix(suffix) for suffix in suffixes)))
    return Folder(tuple(songs), tuple(alone), tuple(doubled))


def name(path: Path) -> str:
    """A file's name without its suffix, so that two that people hold for the same are the same."""
    return unicodedata.normalize("NFC", path.stem).casefold()
