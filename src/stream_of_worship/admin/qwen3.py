"""The Qwen3 alignment server of `sow align`: its address by option or environment, its key by environment alone.

A key among the arguments would be seen by everyone who lists processes. The Analysis Service has settings of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from sow_analysis.engines.qwen3_server import Qwen3Server
from stream_of_worship.admin.errors import UsageError

URL, KEY = "SOW_QWEN3_URL", "SOW_QWEN3_API_KEY"

Qwen3Url = Annotated[
    str | None,
    typer.Option(
        "--qwen3-url",
        envvar=URL,
        metavar="URL",
        help="Address of a Qwen3 alignment server. Default: do without. Its key: SOW_QWEN3_API_KEY.",
        show_default=False,
    ),
]


def server_at(url: str | None, environment: Mapping[str, str] = os.environ) -> Qwen3Server | None:
    """The server at `url`, with the key of the environment; None without an address.

    Raises:
        UsageError: the address or the key is none.
    """
    if not url:
        return None
    try:
        return Qwen3Server(url, environment.get(KEY, "").strip() or None)
    except ValueError as error:
        raise UsageError(str(error)) from None
