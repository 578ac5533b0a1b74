"""The service's calls, one method each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import ValidationError

from stream_of_worship.admin.client.connection import API, CONNECT_SECONDS, PROBE_SECONDS, Connection
from stream_of_worship.admin.client.documents import (
    Document,
    Job,
    JobPage,
    LyricsVersion,
    LyricsVersions,
    Readiness,
    Stem,
    StemList,
    Upload,
)
from stream_of_worship.admin.client.events import follow
from stream_of_worship.admin.errors import JobCancelledError, JobFailedError, NotOnServiceError, ServiceError

D = TypeVar("D", bound=Document)

HASH = re.compile(r"[0-9a-f]{64}")
CHUNK = 256 * 1024

Sent = Callable[[int, int], None]
"""Called with the bytes that are sent and the bytes that there are."""


@dataclass(frozen=True, slots=True)
class LrcRequest:
    """What to time, and how."""

    audio_url: str
    lyrics_text: str
    content_hash: str | None = None
    song_title: str | None = None
    youtube_url: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    label: str | None = None
    """What lists call a song that has no title."""

    def body(self) -> dict[str, Any]:
        """As the service takes it; what is not known is left out."""
        named = {
            "content_hash": self.content_hash,
            "song_title": self.song_title,
            "youtube_url": self.youtube_url,
            "label": self.label,
        }
        return {
            "audio_url": self.audio_url,
            "lyrics_text": self.lyrics_text,
            **{name: value for name, value in named.items() if value is not None},
            "options": {name: value for name, value in self.options.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """What to analyse."""

    audio_url: str
    content_hash: str | None = None
    label: str | None = None
    """What lists call the song."""
    full: bool = False
    """Separate the voice first."""
    stems: bool = False
    """Keep the song's stems."""
    stem_model: str | None = None
    """What separates; None takes the service's default."""
    force: bool = False
    """Do it anew, even if it was done before."""

    def body(self) -> dict[str, Any]:
        """As the service takes it; what is not known is left out."""
        named = {"content_hash": self.content_hash, "label": self.label}
        return {
            "audio_url": self.audio_url,
            **{name: value for name, value in named.items() if value is not None},
            "options": {
                "tier": "full" if self.full else "fast",
                "generate_stems": self.stems,
                "stem_model": self.stem_model,
                "force": self.force,
            },
        }


@dataclass(frozen=True, slots=True)
class Lyrics:
    """Timed lyrics in one format, and the version that they are."""

    text: str
    etag: str | None


class AnalysisClient:
    """The Analysis Service, seen from here. To be used as a context manager.

    Every method raises a `ServiceError` of the kind that fits when the service cannot be reached or refuses.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.server = connection.server
        self.sends_in_clear = connection.sends_in_clear

    def __enter__(self) -> Self:
        self._connection.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)

    def upload(self, audio: Path, sent: Sent = lambda _done, _total: None) -> Upload:
        """Sends a recording. The service knows it by its content, so sending it twice does no harm.

        Raises:
            OSError: the file cannot be read.
        """
        size = audio.stat().st_size

        def once() -> httpx2.Response:
            with audio.open("rb") as file:
                return self._connection.once(
                    "POST",
                    f"{API}/audio",
                    content=pieces(file, size, sent),
                    timeout=httpx2.Timeout(PROBE_SECONDS, connect=CONNECT_SECONDS),
                    headers={
                        "Content-Type": "application/octet-stream",
                        "Content-Length": str(size),
                        "X-Filename": quote(audio.name),
                    },
                )

        return read(Upload, self._connection.retrying(once))

    def submit_lrc(self, request: LrcRequest) -> Job:
        """Asks for timed lyrics. The same request while its job is open gives that job."""
        return read(Job, self._connection.send("POST", f"{API}/jobs/lrc", json=request.body()))

    def submit_analysis(self, request: AnalysisRequest) -> Job:
        """Asks for an analysis. The same request while its job is open gives that job."""
        return read(Job, self._connection.send("POST", f"{API}/jobs/analyze", json=request.body()))

    def analysis(self, content_hash: str) -> bytes:
        """The document of a song's analysis."""
        return self._connection.send("GET", f"{API}/songs/{content_hash}/analysis").content

    def stems(self, content_hash: str) -> list[Stem]:
        """The stems that the service has of a song."""
        return read(StemList, self._connection.send("GET", f"{API}/songs/{content_hash}/stems")).stems

    def download_stem(self, stem: Stem, destination: Path, received: Sent = lambda _done, _total: None) -> None:
        """Writes a stem to a file. What is there of it when this fails is for the caller to delete.

        Raises:
            OSError: the file cannot be written.
        """
        self._connection.download(stem.url, destination, lambda done: received(done, stem.size))

    def jobs(self, *, limit: int, **filters: str | None) -> list[Job]:
        """The newest jobs, newest first, at most `limit`."""
        found: list[Job] = []
        after: str | None = None
        while len(found) < limit:
            asked = {**filters, "limit": str(min(limit - len(found), 100)), "after": after}
            params = {name: value for name, value in asked.items() if value is not None}
            page = read(JobPage, self._connection.send("GET", f"{API}/jobs", params=params))
            found += page.jobs
            after = page.next
            if after is None or not page.jobs:
                break
        return found[:limit]

    def job(self, job_id: str) -> Job:
        """One job as it is now."""
        return read(Job, self._connection.send("GET", f"{API}/jobs/{quote(job_id, safe='')}"))

    def follow(self, job: Job) -> Iterator[Job]:
        """`job`, and again after each change, until it is in a final state; through broken connections too."""
        return follow(self._connection, job)

    def cancel(self, job_id: str) -> Job:
        """Cancels a job for good; one that has ended stays as it is."""
        return read(Job, self._connection.send("POST", f"{API}/jobs/{quote(job_id, safe='')}/cancel"))

    def lyrics(self, content_hash: str, format_name: str, version: int | None = None) -> Lyrics:
        """The current lyrics of a song, or an older version of them."""
        params = {} if version is None else {"version": str(version)}
        response = self._connection.send("GET", f"{API}/songs/{content_hash}/lyrics.{format_name}", params=params)
        return Lyrics(response.content.decode("utf-8"), response.headers.get("ETag"))

    def etag(self, content_hash: str) -> str | None:
        """Which version is the current one; None if there is none."""
        try:
            return self.lyrics(content_hash, "json").etag
        except NotOnServiceError:
            return None

    def put_lyrics(self, content_hash: str, text: str, media_type: str, *, etag: str | None) -> LyricsVersion:
        """Makes `text` the current version and returns that.

        Args:
            content_hash: of the recording.
            text: the lyrics as edited.
            media_type: says which format they are in.
            etag: the version that was edited; None if there was none, `*` to replace whatever is there.

        Raises:
            EditedMeanwhileError: the current version is another.
        """
        condition = {"If-None-Match": "*"} if etag is None else {"If-Match": etag}
        response = self._connection.send(
            "PUT",
            f"{API}/songs/{content_hash}/lyrics",
            repeatable=False,
            content=text.encode("utf-8"),
            headers={"Content-Type": media_type, **condition},
        )
        return read(LyricsVersion, response)

    def versions(self, content_hash: str) -> list[LyricsVersion]:
        """Every kept version of a song's lyrics."""
        return read(
            LyricsVersions, self._connection.send("GET", f"{API}/songs/{content_hash}/lyrics/versions")
        ).versions

    def health(self) -> Document:
        """That it is there."""
        return read(Document, self._connection.send("GET", "/health"))

    def ready(self) -> Readiness:
        """Whether it can work, and how each thing is that it depends on."""
        return read(Readiness, self._connection.send("GET", "/health/ready", accept=(503,)))


def completed(job: Job) -> Job:
    """`job`, if it ended well.

    Raises:
        JobFailedError, JobCancelledError: it did not.
    """
    if job.status == "failed":
        fault = job.error
        told = fault.message if fault and fault.message else "the service gave no reason"
        raise JobFailedError(told, fault.code if fault else None)
    if job.status == "cancelled":
        raise JobCancelledError(f"job {job.id} was cancelled")
    return job


def read(kind: type[D], response: httpx2.Response) -> D:
    """The document in an answer.

    Raises:
        ServiceError: it is not one.
    """
    try:
        return kind.model_validate(response.json())
    except (ValueError, ValidationError) as error:
        raise ServiceError(f"{response.url} answered something else than an Analysis Service would") from error


def pieces(file: BufferedReader, size: int, sent: Sent) -> Iterator[bytes]:
    """A file piece by piece, and no more of it than was announced should it grow."""
    done = 0
    sent(0, size)
    while done < size and (piece := file.read(min(CHUNK, size - done))):
        yield piece
        done += len(piece)
        sent(done, size)
