"""What the commands that speak to the Analysis Service have in common."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from song_audio.errors import AudioNotFoundError
from stream_of_worship.admin import background
from stream_of_worship.admin.errors import ServiceError, StillRunningError
from stream_of_worship.admin.progress import JobProgress
from stream_of_worship.admin.shell import Shell

if TYPE_CHECKING:
    from stream_of_worship.admin.client import AnalysisClient, Job

T = TypeVar("T")

DEFAULT_SERVER = "http://127.0.0.1:8000"
ID = re.compile("[0-9A-Za-z_-]{1,64}")
"""Of a job."""

Server = Annotated[
    str, typer.Option("--server", envvar="SOW_SERVER", metavar="URL", help="Address of the Analysis Service.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def connected(shell: Shell, server: str) -> AnalysisClient:
    """A client that tells of its waits on stderr."""
    return shell.services.connect(server, shell.tell)


def doing(job: Job) -> str:
    """What a job is about: its stage while it is worked on, else its status."""
    return (job.stage or job.status) if job.status == "processing" else job.status


def watch(shell: Shell, service: AnalysisClient, job: Job, timeout: float | None = None) -> Job:
    """Shows a job's progress on stderr until it has ended.

    Raises:
        StillRunningError: `timeout` seconds are over. That changes nothing about the job.
    """
    last = job
    with JobProgress(shell.err) as bar:

        def work(check: Callable[[], None]) -> Job:
            nonlocal last
            for last in service.follow(job):
                check()
                bar(doing(last), last.progress)
            return last

        try:
            return background.run(work, timeout)
        except background.TimeUpError:
            raise StillRunningError(f"job {job.id} is still {last.status} after {timeout:g} s") from None


def sending(shell: Shell, audio: Path, send: Callable[[Callable[[int, int], None]], Job]) -> Job:
    """Runs `send`, which tells how many bytes of a recording it has sent, and shows that on stderr."""
    return transferring(shell, "Sending the recording", audio.stat().st_size, send)


def transferring(shell: Shell, title: str, size: int, transfer: Callable[[Callable[[int, int], None]], T]) -> T:
    """Runs `transfer`, which tells how many of so many bytes are through, and shows that on stderr."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=shell.err,
        disable=not shell.err.is_terminal,
    )
    if not shell.err.is_terminal:
        shell.tell(f"{title} ...")
    with bar:
        task = bar.add_task(title, total=size)

        def work(check: Callable[[], None]) -> T:
            def through(done: int, total: int) -> None:
                check()
                bar.update(task, completed=done, total=total)

            return transfer(through)

        return background.run(work)


def echo(document: object) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def hash_of(audio: Path) -> str:
    """The content hash under which the service knows a recording."""
    digest = hashlib.sha256()
    with audio.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def local_hash(song: str) -> str | None:
    """The content hash that `song` is, or that the file of that name has; None if it is neither."""
    if re.fullmatch("[0-9a-f]{64}", song):
        return song
    return hash_of(Path(song)) if Path(song).is_file() else None


def content_hash(service: AnalysisClient, song: str) -> str:
    """The content hash of a song that is named by its file, by that hash, or by a job about it.

    Raises:
        NotOnServiceError: it is none of these.
    """
    found = local_hash(song)
    if found is None and not ID.fullmatch(song):
        raise AudioNotFoundError(f"{song} does not exist, and is neither a content hash nor a job's ID.")
    return found or hash_in(service.job(song))


def hash_in(job: Job) -> str:
    """The recording that the job is about.

    Raises:
        ServiceError: the service does not say.
    """
    if job.content_hash is None:
        raise ServiceError(f"the service does not say which recording job {job.id} is about")
    return job.content_hash


def suggestion(*words: str, server: str = DEFAULT_SERVER) -> str:
    """A command for the user to type, for the same service."""
    named = () if server == DEFAULT_SERVER else ("--server", server)
    return shlex.join(["sow", *words, *named])
