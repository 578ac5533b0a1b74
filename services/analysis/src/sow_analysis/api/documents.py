"""What callers send and get, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lyric_timing.language import language_code
from sow_analysis.captions.video import video_id, watch_url
from sow_analysis.jobs import Job, JobKind, JobStatus
from sow_analysis.songs import Origin, StoredStem, VersionInfo

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_JOB = "0193a0e1c9b57e60a1b2c3d4e5f60718"
_SCHEMES = ("http", "https", "s3", "sow")


def _audio_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise ValueError(f"must be an address that begins with {', '.join(f'{scheme}://' for scheme in _SCHEMES)}")
    return value


def _youtube_url(value: str) -> str:
    """The address of one video, in one form."""
    video = video_id(value)
    if video is None:
        raise ValueError("must be the address of one video on YouTube")
    return watch_url(video)


def _language(value: str) -> str | None:
    code = language_code(value)
    if code is not None and not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        raise ValueError("must be a code of two letters, such as en, zh or fr")
    return code


class Strict(BaseModel):
    """What a caller sends. Unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LrcJobOptions(Strict):
    """How to time the lyrics. The defaults are right for most songs."""

    language: Annotated[str, Field(max_length=32), AfterValidator(_language)] | None = Field(
        default=None, description="Sung language, such as `en` or `zh`. Default: found out."
    )
    whisper_model: str = Field(default="base", pattern=r"^[\w.-]{1,64}$", description="Whisper model to listen with.")
    engines: list[Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]] | None = Field(
        default=None, max_length=16, description="Only these engines may serve. Default: all that can."
    )
    use_qwen3: bool = Field(
        default=True, description="Whether a Qwen3 alignment service may serve, where the service knows one."
    )
    max_qwen3_duration: float | None = Field(
        default=None,
        gt=0,
        description="Longer recordings are not sent to it, in seconds. The service's own limit holds.",
    )
    use_captions: bool = Field(default=True, description="Whether the captions of `youtube_url` may serve.")
    force_whisper: bool = Field(
        default=False, description="Whether to go by what is heard in the recording alone, and ask YouTube nothing."
    )
    use_vocals_stem: bool = Field(
        default=False,
        description="Whether Whisper listens to the separated voice. "
        "Lines are timed no worse then, but sure ones are more often wrong.",
    )
    use_llm: bool = Field(
        default=True, description="Whether a language model may choose lines, where the service knows one."
    )
    llm_model: str | None = Field(
        default=None, pattern=r"^[\w.:/@-]{1,128}$", description="Its name on that server. Default: the service's."
    )
    force: bool = Field(default=False, description="Whether the result replaces lyrics that were edited by hand.")
    use_cache: bool = Field(default=True, description="Whether a result that was worked out before will do.")


class SongJobRequest(Strict):
    """What every job wants to know: which recording it is about."""

    audio_url: Annotated[str, Field(max_length=4096), AfterValidator(_audio_url)] = Field(
        description="Where the recording is: as POST /audio answered, or http, https or s3."
    )
    content_hash: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="SHA-256 of the recording. One that differs fails the job."
    )
    label: str | None = Field(
        default=None,
        max_length=300,
        description="What lists call a song that has no title, such as its file's name. The result does not show it.",
    )


class LrcJobRequest(SongJobRequest):
    """A recording, and the words that are sung in it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "audio_url": f"sow://audio/{HASH}",
                    "content_hash": HASH,
                    "lyrics_text": "[Verse 1]\nMorning light is breaking\nOver sea and stone\n",
                    "song_title": "Morning Light",
                    "options": {"language": "en"},
                }
            ]
        },
    )

    lyrics_text: str = Field(min_length=1, description="Plain text, one sung line per line; LRC and ChordPro will do.")
    song_title: str | None = Field(default=None, max_length=300)
    youtube_url: Annotated[str, Field(max_length=300), AfterValidator(_youtube_url)] | None = Field(
        default=None, description="A video of this recording, whose captions may help."
    )
    options: LrcJobOptions = LrcJobOptions()


class AnalysisJobOptions(Strict):
    """How to analyse a song."""

    tier: Literal["fast", "full"] = Field(
        default="fast",
        description="How much to find out. `full` separates the voice first, and so is surer of where somebody "
        "sings; it takes beats and sections from the music models, if the host has set them up.",
    )
    generate_stems: bool = Field(default=False, description="Whether to keep the song's stems.")
    stem_model: str | None = Field(
        default=None,
        pattern=r"^[\w.-]{1,64}$",
        description="What separates: `spleeter-2stems`, `htdemucs` or `demucs`, if offered. Default: the first one.",
    )
    force: bool = Field(default=False, description="Whether to do it anew for a recording of which it was done before.")


class AnalysisJobRequest(SongJobRequest):
    """A recording to analyse."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"audio_url": f"sow://audio/{HASH}", "content_hash": HASH, "options": {"tier": "fast"}}]
        },
    )

    options: AnalysisJobOptions = AnalysisJobOptions()


class StemDocument(BaseModel):
    """One stem of a song."""

    name: str = Field(description="Such as `vocals`.")
    model: str = Field(description="What made it.")
    size: int = Field(description="Of the file, in bytes.")
    url: str = Field(description="Where the FLAC file is, stereo at 44.1 kHz.")

    @classmethod
    def of(cls, stem: StoredStem) -> StemDocument:
        """What callers see of a stem."""
        url = f"/api/v1/songs/{stem.content_hash}/stems/{stem.name}?model={stem.model}"
        return cls(name=stem.name, model=stem.model, size=stem.size, url=url)


class StemList(BaseModel):
    """The stems of a song."""

    stems: list[StemDocument]


class UploadDocument(BaseModel):
    """An uploaded recording."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"audio_url": f"sow://audio/{HASH}", "content_hash": HASH, "duration_seconds": 213.4}]
        }
    )

    audio_url: str = Field(description="For the request of a job.")
    content_hash: str = Field(description="SHA-256 of the recording's bytes.")
    duration_seconds: float | None = Field(description="Null where only decoding could tell.")


class AttemptDocument(BaseModel):
    """One engine's turn at one step."""

    step: str
    engine: str
    outcome: str
    seconds: float
    reason: str | None = None


class FailureDocument(BaseModel):
    """Why the last run of a job failed."""

    code: str = Field(description="Stable.")
    message: str = Field(description="For the user.")
    can_pass: bool = Field(description="Whether trying again may help.")


class JobDocument(BaseModel):
    """A job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _JOB,
                    "kind": "lrc",
                    "status": "processing",
                    "stage": "align",
                    "progress": 0.61,
                    "run": 1,
                    "attempts": [],
                    "warnings": [],
                    "content_hash": HASH,
                    "song_title": "Morning Light",
                    "label": "morning_light.mp3",
                    "audio_url": f"sow://audio/{HASH}",
                    "created_at": "2026-11-24T09:00:00Z",
                    "started_at": "2026-11-24T09:00:01Z",
                    "updated_at": "2026-11-24T09:00:20Z",
                    "result": None,
                    "error": None,
                    "retry_at": None,
                    "finished_at": None,
                }
            ]
        }
    )

    id: str
    kind: JobKind
    status: JobStatus
    stage: str | None = Field(description="What is being done, while it is processed.")
    progress: float = Field(ge=0, le=1)
    run: int = Field(description="Which run of the job this is; 0 before the first.")
    attempts: list[AttemptDocument] = Field(description="The engines' turns, once it is completed.")
    warnings: list[str]
    content_hash: str | None
    song_title: str | None
    label: str | None = Field(description="As the request has it.")
    audio_url: str = Field(description="Without what may be secret in it.")
    result: dict[str, Any] | None
    error: FailureDocument | None = Field(description="Why it failed, or why the run before failed.")
    retry_at: datetime | None = Field(description="When the next run is due, while it waits.")
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> JobDocument:
        """What callers see of a job. The lyrics are not in it."""
        error = job.error
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            stage=job.stage if job.status is JobStatus.PROCESSING else None,
            progress=job.progress,
            run=job.attempt,
            attempts=[AttemptDocument.model_validate(attempt) for attempt in job.engines],
            warnings=list(job.warnings),
            content_hash=job.content_hash,
            song_title=job.request.get("song_title"),
            label=job.label,
            audio_url=without_secrets(job.request.get("audio_url", "")),
            result=dict(job.result) if job.result is not None else None,
            error=FailureDocument(code=error.code, message=error.message, can_pass=error.can_pass) if error else None,
            retry_at=moment(job.not_before) if job.status is JobStatus.WAITING else None,
            created_at=moment(job.created_at),
            started_at=moment(job.started_at) if job.started_at is not None else None,
            updated_at=moment(job.updated_at),
            finished_at=moment(job.finished_at) if job.finished_at is not None else None,
        )


class JobPage(BaseModel):
    """Some of the jobs, newest first."""

    jobs: list[JobDocument]
    next: str | None = Field(description="Send it as `after` to get the next page; null on the last one.")


class VersionDocument(BaseModel):
    """One version of a song's lyrics."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 2,
                    "etag": '"2-1f8b0a9c4d5e6f70"',
                    "source": "hand",
                    "job_id": None,
                    "is_current": True,
                    "created_at": "2026-11-24T09:03:00Z",
                }
            ]
        }
    )

    version: int
    etag: str
    source: Origin = Field(description="`hand` for an edit, `job` for a result.")
    job_id: str | None
    is_current: bool
    created_at: datetime

    @classmethod
    def of(cls, info: VersionInfo) -> VersionDocument:
        """What callers see of a version."""
        return cls(
            version=info.number,
            etag=info.etag,
            source=info.origin,
            job_id=info.job_id,
            is_current=info.is_current,
            created_at=moment(info.created_at),
        )


class VersionList(BaseModel):
    """Every version of a song's lyrics, newest first."""

    versions: list[VersionDocument]


class Health(BaseModel):
    """That the service is there."""

    status: str = "ok"
    version: str


class CheckDocument(BaseModel):
    """How one thing is that the service depends on."""

    ok: bool
    detail: str | None = None
    optional: bool = Field(default=False, description="Whether the service works without it, if less well.")


class Readiness(BaseModel):
    """Whether the service can work."""

    ready: bool
    checks: dict[str, CheckDocument]


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def without_secrets(url: str) -> str:
    """An address without user, password, query and fragment, where keys may be."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
