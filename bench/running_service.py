"""Starts, kills and questions a real Analysis Service, for the benchmarks beside this file."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

SERVE = "from sow_analysis.server import serve; from sow_analysis.settings import Settings; serve(Settings())"
WORK = "from sow_analysis.server import work; from sow_analysis.settings import Settings; work(Settings())"
FINAL = ("completed", "failed", "cancelled")


def free_port() -> int:
    """Give a port of loopback that is free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tone(number: int = 0) -> bytes:
    """Give a WAV file of one second, a different one for each number."""
    samples = (int(8000 * math.sin(i * (0.2 + number / 1000))) for i in range(8000))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


@dataclass
class Process:
    """One process of the service. `folder` holds its data and its log, and outlives it."""

    folder: Path
    code: str = SERVE
    settings: dict[str, str] = field(default_factory=dict[str, str])
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "service.db"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "SOW_ANALYSIS_DATA_DIR": str(self.folder),
            "SOW_ANALYSIS_CACHE_DIR": str(self.folder / "cache"),
            "SOW_ANALYSIS_PORT": str(self.port),
            "SOW_ANALYSIS_PIPELINE": "sow_analysis.testing:fake_generate_lrc",
            "SOW_ANALYSIS_MAX_QUEUE_DEPTH": "100000",
            "SOW_ANALYSIS_LOG_LEVEL": "WARNING",
            **self.settings,
        }
        with (self.folder / f"log-{self.port}").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-c", self.code], env=environment, stdout=log, stderr=log)

    def wait_until_ready(self, seconds: float = 60.0) -> None:
        """Wait until it says that it can work."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"the service ended; see {self.folder}/log-{self.port}")
            time.sleep(0.02)
        raise RuntimeError("the service did not become ready")

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, and to this process alone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def memory_mb(self) -> float:
        """Give the resident memory of the process itself, without its engines'."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def upload(url: str, audio: bytes) -> str:
    """Upload a recording; give its URL for jobs."""
    answer = httpx2.post(f"{url}/api/v1/audio", content=audio, headers={"X-Filename": "tone.wav"}, timeout=60)
    answer.raise_for_status()
    return answer.json()["audio_url"]


def request(audio_url: str, number: int | str, **more: object) -> dict[str, object]:
    """Make a job's request that no other number makes."""
    return {"audio_url": audio_url, "lyrics_text": f"Morning light number {number}\nOver sea and stone\n", **more}


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    """Ask the service's database, past the service."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(query).fetchall()


def count_open(database: Path) -> int:
    """Count the jobs that are not in a final state."""
    marks = ",".join(f"'{status}'" for status in FINAL)
    return int(str(rows(database, f"SELECT count(*) FROM jobs WHERE status NOT IN ({marks})")[0][0]))


def percentile(values: list[float], share: float) -> float:
    """Give the value below which that share of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def show(**figures: object) -> None:
    """Print figures, one JSON object a line."""
    print(json.dumps(figures), flush=True)
