"""The alignment service as a process of its own environment, with a tiny model of the real classes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import httpx2

SERVICE = Path(__file__).parents[1] / "services" / "qwen3_align"
PYTHON = SERVICE / ".venv" / "bin" / "python"


def build_counting_model(folder: Path, seconds: float) -> Path:
    """A model whose times grow by so many seconds with each token of text, whatever the sound."""
    assert PYTHON.exists(), f"{SERVICE.name} has no environment: make test makes it"
    command = [str(PYTHON), "-m", "qwen3_align.building", str(folder), "--count", str(seconds)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


class Aligner:
    """`qwen3-align` on a free port."""

    def __init__(self, folder: Path, model: Path | str, **env: str) -> None:
        self._log = folder / f"aligner-{time.monotonic_ns()}.log"
        own = {"SOW_QWEN3_MODEL": str(model), "SOW_QWEN3_PORT": "0", "SOW_QWEN3_CACHE_DIR": str(folder / "qwen3")}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(PYTHON), "-m", "qwen3_align"], env={**os.environ, **own, **env}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while "startup complete" not in (told := re.sub(r"\x1b\[[0-9;]*m", "", self._log.read_text())):
            assert self.process.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        match = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert match, told
        self.url = match[0]

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.url}{path}", timeout=30, trust_env=False)

    def wait_until(self, status: str) -> None:
        """Until its model is so."""
        deadline = time.monotonic() + 60
        while (health := self.get("/health").json())["status"] != status:
            assert time.monotonic() < deadline, health
            time.sleep(0.05)

    def freeze(self) -> None:
        """From now on it takes connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
