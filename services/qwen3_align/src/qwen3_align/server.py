"""Starts the service."""

from __future__ import annotations

import structlog

from qwen3_align.api import create_app
from qwen3_align.protocols import Align, Model
from qwen3_align.settings import Settings
from sow_web.logs import configure_logs
from sow_web.serving import address_of, listening, run

_QUIET = ("httpx", "httpx2", "huggingface_hub", "transformers", "python_multipart")
_log = structlog.stdlib.get_logger(__name__)


def serve(settings: Settings, model: Model, align_song: Align) -> None:
    """Answer callers until SIGTERM or Ctrl-C.

    Raises:
        ServiceExposedError: it would listen beyond this machine without an API key.
        OSError: the address cannot be listened on.
    """
    configure_logs(settings.log_level, as_json=settings.log_json, quiet=_QUIET)
    app = create_app(settings, model, align_song)
    with listening(settings.host, settings.port) as listener:
        _log.info("serving", address=address_of(listener), key="set" if settings.api_key else "none")
        run(app, listener, shutdown_seconds=settings.shutdown_seconds, stopping=lambda: None)
    _log.info("stopped")
