"""The process that does the work: takes one task after the other over a socket, and dies with its parent.

Each message is a line of JSON. In: `{"task": NAME, "arguments": {...}}`. Out: `{"progress": [stage, share]}` any number
of times, then `{"result": {...}}` or `{"failure": {...}, "trace": "..."}`. JSON and not pickle, since this process
opens files that nobody has vouched for: whoever takes it over must not get at the parent.

    python -m sow_analysis.child SOCKET_NUMBER MEMORY_BYTES
"""

from __future__ import annotations

import json
import os
import queue
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pkgutil import resolve_name
from typing import Any

from sow_analysis.failures import failure_of

TASKS = {
    "time_lyrics": "sow_analysis.child.tasks:time_lyrics",
    "analyse": "sow_analysis.child.tasks:analyse",
    "probe": "sow_analysis.child.tasks:probe",
}
"""What can be asked for. Loaded on first use: decoding a header takes no neural network."""

_NICENESS = 10
"""Answering callers goes before computing."""
_PROGRESS_SECONDS = 0.1


def main(number: int, memory: int) -> None:
    """Serve until the parent closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then decides
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with socket.socket(fileno=number) as connection:
        requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(connection, requests), daemon=True).start()
        while True:
            request: dict[str, Any] = json.loads(requests.get())
            _send(connection, _answer(connection, request))


def _read(connection: socket.socket, requests: queue.SimpleQueue[bytes]) -> None:
    """Pass requests on; when the parent is gone, end at once, whatever the main thread does."""
    try:
        with connection.makefile("rb") as lines:
            for line in lines:
                requests.put(line)
    finally:
        os._exit(0)


def _answer(connection: socket.socket, request: dict[str, Any]) -> dict[str, Any]:
    told: tuple[str, float] = ("", 0.0)

    def progress(stage: str, share: float) -> None:
        nonlocal told
        now = time.monotonic()
        if stage != told[0] or now - told[1] >= _PROGRESS_SECONDS:
            told = (stage, now)
            _send(connection, {"progress": [stage, round(share, 4)]})

    try:
        task: Callable[..., dict[str, Any]] = resolve_name(TASKS[request["task"]])
        return {"result": task(progress=progress, **request["arguments"])}
    except Exception as error:
        return {"failure": asdict(failure_of(error)), "trace": traceback.format_exc()}


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message, default=float).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
