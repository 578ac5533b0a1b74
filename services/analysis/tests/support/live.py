"""The service as processes of its own, which can be killed."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
from backends import environment

from sow_analysis.settings import Settings

_START = "from sow_analysis.server import {0}; from sow_analysis.settings import Settings; {0}(Settings())"


class Live:
    """A process that runs `serve` or `work`."""

    def __init__(self, settings: Settings, folder: Path, run: str = "serve") -> None:
        self._log = folder / f"{run}-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _START.format(run)], env=environment(settings), stdout=log, stderr=log
            )
        ready = r"address=http://127\.0\.0\.1:(\d+)(?s:.*)startup complete" if run == "serve" else r"working"
        deadline = time.monotonic() + 60
        while not (found := re.search(ready, _plain(self.log))):
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)
        self.url = f"http://127.0.0.1:{found[1]}" if found.groups() else ""

    @property
    def log(self) -> str:
        return self._log.read_text()

    def client(self) -> httpx2.Client:
        """A caller."""
        return httpx2.Client(base_url=f"{self.url}/api/v1", timeout=30, trust_env=False)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it politely."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextlib.contextmanager
def live(settings: Settings, folder: Path, run: str = "serve") -> Iterator[Live]:
    """A process of the service that is ended with the block."""
    made = Live(settings, folder, run)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.kill()


def until_ended(client: httpx2.Client, job_id: str, seconds: float = 60) -> dict[str, Any]:
    """Ask for a job until it has ended."""
    deadline = time.monotonic() + seconds
    while (job := client.get(f"/jobs/{job_id}").json())["finished_at"] is None:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
