"""How the service is set up: environment variables that begin with SOW_ANALYSIS_, each with a default that works."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import Self

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sow_analysis.captions.options import HOME, WebOptions
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.lrc import ENGINES
from sow_analysis.openai_api import Allowance, ApiMisconfiguredError, ApiSetup
from sow_web.loopback import is_loopback
from sow_web.values import Secret

PREFIX = "SOW_ANALYSIS_"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


def _names(value: str, kind: str, known: Collection[str]) -> str:
    """A list of names, each of them known, without its spaces.

    Raises:
        ValueError: one is not known.
    """
    names = [name for part in value.split(",") if (name := part.strip())]
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"there is no {kind} {unknown[0]!r}; there are: {', '.join(known)}")
    return ",".join(names)


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip() or None if secret is not None else None


class Settings(BaseSettings):
    """Everything that can be set. Nothing has to be."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    # Where to listen
    host: str = Field(default="127.0.0.1", description="Address to listen on. All but loopback need an API key.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    api_key: Secret = Field(
        default=None,
        description="The key that callers send as `Authorization: Bearer KEY`. Without one, only loopback is served.",
    )

    # Where things are kept
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("stream-of-worship"),
        description="Folder for the database and the objects, where those are not set apart.",
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Default: a file in the data folder.",
    )
    queue_url: str = Field(
        default="memory://", repr=False, description="`memory://`, or `redis://HOST:PORT/0` for several machines."
    )
    storage_url: str = Field(
        default="", description="`file:///FOLDER` or `s3://BUCKET/PREFIX`. Default: `objects` in the data folder."
    )
    storage_endpoint: str | None = Field(
        default=None,
        description="Address of an S3 server that is not Amazon's, such as `https://ACCOUNT.r2.cloudflarestorage.com`.",
    )
    storage_region: str = Field(default="auto", description="Region of the S3 bucket.")
    storage_key_id: str | None = Field(default=None, description="Access key id for the S3 bucket.")
    storage_secret: Secret = Field(default=None, description="Secret access key for the S3 bucket.")
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("stream-of-worship") / "analysis",
        description="Folder of the caches of transcriptions and results. It may be deleted at any time.",
    )
    cache_max_bytes: int = Field(
        default=2_000_000_000, ge=0, description="Room for the caches, in bytes; the entries used longest ago go first."
    )

    # What is accepted
    max_upload_bytes: int = Field(default=500_000_000, gt=0, description="Largest recording accepted, in bytes.")
    max_lyrics_bytes: int = Field(default=100_000, gt=0, description="Longest lyrics accepted, in bytes of UTF-8.")
    max_audio_seconds: float = Field(default=3600, gt=0, description="Longest recording that is accepted, in seconds.")
    max_queue_depth: int = Field(
        default=1000, gt=0, description="Jobs that may be open at once; then callers are told to come back later."
    )
    fetch_seconds: float = Field(default=300, gt=0, description="Time to fetch a recording, in seconds.")
    fetch_private: bool = Field(
        default=False, description="Whether recordings may be fetched from private networks and this machine."
    )

    # How work is done
    lrc_concurrency: int = Field(default=2, ge=1, description="Songs whose lyrics are timed at once in each process.")
    analysis_concurrency: int = Field(default=1, ge=1, description="Songs that are analysed at once in each process.")
    stem_models: str = Field(
        default="spleeter-2stems",
        description="The models that may separate songs into stems, separated by commas: `spleeter-2stems`, "
        "`htdemucs` and, with the music models, `demucs`; see analysis.md.",
    )
    job_seconds: float = Field(default=3600, gt=0, description="Time that one run of a job may take, in seconds.")
    lease_seconds: float = Field(
        default=10, gt=0, description="A job whose worker is silent for so long is given to another, in seconds."
    )
    heartbeat_seconds: float = Field(
        default=1,
        gt=0,
        description="How often a worker says that it is alive and looks for a cancellation, in seconds.",
    )
    poll_seconds: float = Field(
        default=1, gt=0, description="How often open jobs are looked for that the queue may have lost, in seconds."
    )
    sweep_seconds: float = Field(
        default=60, gt=0, description="How often every open job is put into the queue again, in seconds."
    )
    max_attempts: int = Field(default=3, ge=1, description="Runs of a job that fails for a reason that can pass.")
    retry_seconds: float = Field(default=5, gt=0, description="Pause before a second run, in seconds; then it doubles.")
    retry_max_seconds: float = Field(default=300, gt=0, description="Longest pause between two runs, in seconds.")
    max_lost_leases: int = Field(
        default=10,
        ge=1,
        description="How often a job's worker may vanish before the job is taken for the cause and fails.",
    )
    keep_finished_jobs_days: float = Field(
        default=30,
        ge=0,
        description="How long jobs are kept that have ended, with their events, in days; 0 keeps all. Lyrics stay.",
    )
    child_max_jobs: int = Field(
        default=50, ge=1, description="Jobs that one engine process does before a fresh one takes its place."
    )
    child_max_bytes: int | None = Field(
        default=None, gt=0, description="Memory that one engine process may use, in bytes. Default: no limit."
    )
    shutdown_seconds: float = Field(
        default=5, ge=0, description="Time for jobs to finish when the service stops; then they go back to the queue."
    )
    pipeline: str = Field(
        default="sow_analysis.pipeline:generate_lrc",
        pattern=r"^[\w.]+:\w+$",
        description="The function that times lyrics; `sow_analysis.testing:fake_generate_lrc` is a fake for tests.",
    )

    engines: str = Field(
        default="",
        description="The engines that may serve at all, separated by commas; see engines.md. Default: all.",
    )

    # The Qwen3 alignment service
    qwen3_url: str | None = Field(
        default=None,
        description="Address of a Qwen3 alignment service, such as `http://gpu:8001`. Default: songs do without one.",
    )
    qwen3_api_key: Secret = Field(default=None, description="The key of the Qwen3 alignment service.")
    qwen3_connect_seconds: float = Field(
        default=3,
        gt=0,
        description="Time until a connection to it stands, in seconds. A machine that is off costs this.",
    )
    qwen3_base_seconds: float = Field(
        default=60, gt=0, description="Time that it may take for a song of no length, in seconds."
    )
    qwen3_seconds_per_second: float = Field(
        default=3, ge=0, description="Time that it may take more for each second of singing, in seconds."
    )
    qwen3_max_seconds: float = Field(
        default=1800, gt=0, description="Longest recording that is sent to it, in seconds; longer ones do without."
    )

    qwen3_use_proxies: bool = Field(
        default=False, description="Whether it is reached through the proxies of the environment, such as HTTP_PROXY."
    )

    # allin1 and Demucs
    music_models: str = Field(
        default="",
        description="The command of the music models, such as `services/music_models/.venv/bin/music-models`, split as "
        "in a shell. Default: none; see use-allin1-and-demucs.md.",
    )

    # YouTube's captions
    youtube_captions: bool = Field(
        default=True, description="Whether the captions are fetched of videos that jobs name. Without one, nobody asks."
    )
    youtube_proxy: Secret = Field(
        default=None, description="Proxy that leads to YouTube, such as `http://USER:PASSWORD@HOST:PORT`."
    )
    youtube_base_url: str = Field(
        default=HOME, pattern="^https?://", description="Where YouTube is, for a mirror of your own."
    )
    youtube_concurrency: int = Field(default=1, ge=1, description="Requests to YouTube that are under way at once.")
    youtube_spacing_seconds: float = Field(
        default=1,
        ge=0,
        description="Least time from one request to YouTube to the next, in seconds; a song takes three.",
    )
    youtube_seconds: float = Field(
        default=180, gt=0, description="Time that the captions of one song may take, waits included, in seconds."
    )
    youtube_failures: int = Field(
        default=4, ge=1, description="Failures in a row after which YouTube is left in peace for a while."
    )
    youtube_pause_seconds: float = Field(
        default=300,
        gt=0,
        description="How long it is left in peace, in seconds; twice as long after each failed trial.",
    )

    # A language model, for lines in doubt
    llm_url: str | None = Field(
        default=None,
        description="Address of a server of language models that speaks OpenAI's protocol, such as "
        "`https://openrouter.ai/api/v1`. Default: songs do without one.",
    )
    llm_key: Secret = Field(default=None, description="The key of that server.")
    llm_model: str | None = Field(default=None, description="Its name for the model. Must be set with the address.")
    llm_at_once: int = Field(default=2, ge=1, description="Calls to it at once, from each engine process.")
    llm_spacing_seconds: float = Field(
        default=0, ge=0, description="Least time from one call to the next, in seconds, in each engine process."
    )
    llm_max_calls: int = Field(default=20, ge=1, description="Calls that one song may make, retries included.")
    llm_max_tokens: int = Field(default=40_000, ge=1, description="Tokens that one song may use.")
    llm_seconds: float = Field(default=120, gt=0, description="Time that it may take for one song, in seconds.")

    # Transcription elsewhere
    transcription_url: str | None = Field(
        default=None,
        description="Address of a server that transcribes by OpenAI's protocol, such as `https://api.openai.com/v1`. "
        "It is asked where Whisper cannot serve here. Default: songs do without one.",
    )
    transcription_key: Secret = Field(default=None, description="The key of that server.")
    transcription_model: str = Field(default="whisper-1", description="Its name for the model.")
    transcription_at_once: int = Field(default=2, ge=1, description="Calls to it at once, from each engine process.")
    transcription_spacing_seconds: float = Field(
        default=0, ge=0, description="Least time from one call to the next, in seconds, in each engine process."
    )
    transcription_max_calls: int = Field(default=500, ge=1, description="Calls that one song may make.")
    transcription_seconds: float = Field(
        default=900, gt=0, description="Time that it may take for one song, in seconds; for short songs it is less."
    )

    # What is told
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is told.")
    log_json: bool = Field(default=False, description="Whether log lines are JSON objects instead of text.")

    @field_validator("engines")
    @classmethod
    def _engines(cls, value: str) -> str:
        return _names(value, "engine", ENGINES)

    @field_validator("stem_models")
    @classmethod
    def _stem_models(cls, value: str) -> str:
        from sow_analysis.stems import STEM_MODELS  # not everyone who reads settings separates

        return _names(value, "stem model", STEM_MODELS)

    @field_validator("music_models")
    @classmethod
    def _command(cls, value: str) -> str:
        shlex.split(value)  # refuses a quotation that does not end
        return value.strip()

    @field_validator("llm_url", "transcription_url", "llm_model")
    @classmethod
    def _blank(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("qwen3_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return Qwen3Server(value).url if value else None

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        """Derive what hangs on the data folder, and refuse what contradicts itself."""
        try:
            _ = self.qwen3, self.llm, self.transcription  # refuse addresses and keys that cannot be any
            WebOptions(_revealed(self.youtube_proxy))
        except ApiMisconfiguredError as error:
            raise ValueError(str(error)) from None
        if "demucs" in self.separating and not self.music_models:
            raise ValueError(f"{PREFIX}STEM_MODELS names demucs; give its command in {PREFIX}MUSIC_MODELS")
        database_url = self.database_url or f"sqlite:///{self.data_dir.absolute() / 'service.db'}"
        scheme, _, rest = database_url.partition("://")
        object.__setattr__(self, "database_url", f"{_DRIVERS.get(scheme, scheme)}://{rest}")
        if not self.storage_url:
            object.__setattr__(self, "storage_url", (self.data_dir.absolute() / "objects").as_uri())
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError("heartbeat_seconds must be at most half of lease_seconds")
        return self

    @property
    def qwen3(self) -> Qwen3Server | None:
        """The Qwen3 alignment service, if one is configured."""
        if self.qwen3_url is None:
            return None
        return Qwen3Server(
            self.qwen3_url,
            _revealed(self.qwen3_api_key),
            connect_seconds=self.qwen3_connect_seconds,
            base_seconds=self.qwen3_base_seconds,
            seconds_per_second=self.qwen3_seconds_per_second,
            max_audio_seconds=self.qwen3_max_seconds,
            use_proxies=self.qwen3_use_proxies,
        )

    @property
    def llm(self) -> ApiSetup | None:
        """The server of language models, if one is configured."""
        if self.llm_url is None:
            return None
        if self.llm_model is None:
            raise ValueError(f"{PREFIX}LLM_URL is set, so {PREFIX}LLM_MODEL must name a model")
        allowance = Allowance(self.llm_max_calls, self.llm_max_tokens, self.llm_seconds)
        return ApiSetup(
            self.llm_url, self.llm_model, _revealed(self.llm_key), self.llm_at_once, self.llm_spacing_seconds, allowance
        )

    @property
    def transcription(self) -> ApiSetup | None:
        """The server that transcribes, if one is configured."""
        if self.transcription_url is None:
            return None
        return ApiSetup(
            self.transcription_url,
            self.transcription_model,
            _revealed(self.transcription_key),
            self.transcription_at_once,
            self.transcription_spacing_seconds,
            Allowance(calls=self.transcription_max_calls, seconds=self.transcription_seconds),
        )

    @property
    def enabled(self) -> tuple[str, ...] | None:
        """The engines that may serve at all; None is all."""
        return tuple(self.engines.split(",")) if self.engines else None

    @property
    def separating(self) -> tuple[str, ...]:
        """The models that may separate songs into stems; the first is taken where a job names none."""
        return tuple(self.stem_models.split(",")) if self.stem_models else ()

    @property
    def music_models_command(self) -> tuple[str, ...]:
        """The command of the music models; empty where there is none."""
        return tuple(shlex.split(self.music_models))

    @property
    def listens_on_loopback(self) -> bool:
        """Whether nobody outside of this machine can reach the service."""
        return is_loopback(self.host)
