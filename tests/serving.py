"""`sow serve` as a process of its own, and the commands against it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from stream_of_worship.admin.cli import create_app
from stream_of_worship.admin.services import Services


@dataclass
class Server:
    """`sow serve` in folders of its own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        log = self.folder / "log"
        with log.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stream_of_worship", "serve", "--port", str(self.port)],
                env={**os.environ, **self.env}, stderr=err, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while "startup complete" not in (told := log.read_text()):
            assert self.process.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        match = re.search(r"http://127\.0\.0\.1:(\d+)", told)
        assert match, told
        self.port = int(match[1])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)

    @property
    def client_env(self) -> dict[str, str]:
        return {**self.env, "SOW_SERVER": f"http://127.0.0.1:{self.port}", "COLUMNS": "200"}

    def sow(self, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
        """A command, as a client in this process."""
        app = create_app(Services(state_folder=lambda: self.folder / "state"))
        runner = CliRunner(env={**self.client_env, **env})
        result = runner.invoke(app, [str(argument) for argument in arguments], prog_name="sow")
        return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: object) -> Any:
        result = self.sow(*arguments, "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)
