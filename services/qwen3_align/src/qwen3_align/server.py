"""Starts the service."""

from __future__ import annotations

from sow_web.logs import configure_logs
from sow_web.server import run

from qwen3_align.api import create_app
from qwen3_align.protocols import Align, Model
from qwen3_align.settings import Settings

_QUIET = ("httpx", "httpx2", "huggingface_hub", "transformers", "python_multipart")


def serve(settings: Settings, model: Model, align_song: Align) -> None:
    """Answer callers until SIGTERM or Ctrl-C.

    Raises:
        ServiceExposedError: it would listen beyond this machine without an API key.
        OSError: the address cannot be listened on.
    """
    configure_logs(settings.log_level, as_json=settings.log_json, quiet=_QUIET)
    run(
        create_app(settings, model, align_song),
        host=settings.host,
        port=settings.port,
        has_key=settings.api_key is not None,
        shutdown_seconds=settings.shutdown_seconds,
        on_shutdown=lambda: None,
    )
