"""How the service is set up: environment variables that begin with SOW_QWEN3_, each with a default that works."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sow_web.loopback import is_loopback
from sow_web.values import OptionalText, Secret

PREFIX = "SOW_QWEN3_"


class Settings(BaseSettings):
    """Everything that can be set. Nothing has to be."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    # Where to listen
    host: str = Field(default="127.0.0.1", description="Address to listen on. All but loopback need an API key.")
    port: int = Field(default=8001, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    api_key: Secret = Field(
        default=None,
        description="The key that callers send as `Authorization: Bearer KEY`. Without one, only loopback is served.",
    )

    # The model
    model: str = Field(
        default="Qwen/Qwen3-ForcedAligner-0.6B-hf",
        description="The model: its name on the hub, or a folder. The `-hf` layout is read as it is.",
    )
    revision: OptionalText = Field(
        default=None, description="Branch, tag or commit of the model on the hub. Default: its main branch."
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$",
        description="`auto` takes a GPU if there is one; else `cuda`, `cuda:1`, `mps` or `cpu`.",
    )
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="Kind of numbers. `auto` takes bfloat16 on CUDA and float32 elsewhere."
    )
    offline: bool = Field(default=False, description="Whether the hub is never asked: the model must be on disk.")
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("stream-of-worship") / "qwen3",
        description="Folder of the model, which is fetched into it: 2 GB. It may be deleted while the service is off.",
    )
    idle_unload_seconds: float = Field(
        default=0,
        ge=0,
        description="The model leaves the memory when nobody has needed it for so long, in seconds, and comes back "
        "with the next request; 0 keeps it.",
    )
    warm_up: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="Whether the model runs on silence of several lengths before it is ready. `auto`: on CUDA.",
    )
    threads: int | None = Field(
        default=None, ge=1, description="Threads that the model uses on the CPU. Default: as many as there are cores."
    )

    # What is accepted
    max_upload_bytes: int = Field(default=500_000_000, gt=0, description="Largest recording accepted, in bytes.")
    max_audio_seconds: float = Field(default=3600, gt=0, description="Longest recording that is accepted, in seconds.")
    max_lyrics_bytes: int = Field(default=100_000, gt=0, description="Longest lyrics accepted, in bytes of UTF-8.")
    fetch_seconds: float = Field(default=300, gt=0, description="Time to fetch a recording, in seconds.")
    fetch_private: bool = Field(
        default=False, description="Whether recordings may be fetched from private networks and this machine."
    )
    max_open_requests: int = Field(
        default=8, ge=1, description="Requests that may be open at once; then callers are told to come back later."
    )
    max_open_seconds: float = Field(
        default=7200, gt=0, description="Sound that may be in all open requests, in seconds. One alone may have more."
    )

    # How work is done
    max_batch_clips: int = Field(default=8, ge=1, description="Clips that go through the model together.")
    max_batch_tokens: int | None = Field(
        default=None,
        ge=1,
        description="Tokens that go through the model together, padding included: this bounds the memory; a second of "
        "sound with its words has about 15. Default: 8000 on CUDA, 2000 elsewhere.",
    )
    max_wait_ms: float = Field(
        default=20,
        ge=0,
        description="How long a batch waits for clips of other open requests, in milliseconds. A lone one never does.",
    )
    shutdown_seconds: float = Field(
        default=5, ge=0, description="Time for open requests to finish when the service stops, in seconds."
    )

    # What is told
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is told.")
    log_json: bool = Field(default=False, description="Whether log lines are JSON objects instead of text.")

    @property
    def listens_on_loopback(self) -> bool:
        """Whether nobody outside of this machine can reach the service."""
        return is_loopback(self.host)
