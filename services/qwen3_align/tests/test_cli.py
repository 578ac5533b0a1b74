"""The command, and the whole service as one process with a small model of the real classes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from fakes import FakeModel
from recordings import song

from qwen3_align import cli
from qwen3_align.settings import Settings


def test_the_help_names_every_command_and_where_to_read_on(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        cli.run(["--help"], lambda _settings: FakeModel())
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for word in ("serve", "check", "curl", "docs/qwen3-settings.md", "--device", "--offline"):
        assert word in told


def test_the_check_says_what_the_model_runs_on(capsys: pytest.CaptureFixture[str]):
    model = FakeModel()
    assert cli.run(["check", "--model", "some/model"], lambda _settings: model) == cli.OK
    told = capsys.readouterr().out
    assert "model    some/model" in told
    assert "on cpu with float32" in told
    assert re.search(r"speed .* times real time", told)
    assert re.search(r"memory .* GB", told)
    assert model.calls == ["load", "unload"]


def test_a_check_that_fails_says_why(capsys: pytest.CaptureFixture[str]):
    def fail(_progress: object) -> None:
        raise OSError("no space left")

    assert cli.run(["check"], lambda _settings: FakeModel(on_load=fail)) == cli.MACHINE
    assert "error (system_failed): no space left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--port", "many"], cli.BAD_USE, "SOW_QWEN3_PORT"),
        (["--device", "toaster"], cli.BAD_USE, "SOW_QWEN3_DEVICE"),
        (["--host", "0.0.0.0"], cli.MACHINE, "Set SOW_QWEN3_API_KEY"),
    ],
)
def test_wrong_settings_are_named(arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]):
    assert cli.run(arguments, lambda _settings: FakeModel()) == code
    assert told in capsys.readouterr().err


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOW_QWEN3_MODEL", "from/environment")
    seen: list[Settings] = []

    def make(settings: Settings) -> FakeModel:
        seen.append(settings)
        return FakeModel()

    cli.run(["check"], make)
    cli.run(["check", "--model", "from/option", "--offline"], make)
    assert [(settings.model, settings.offline) for settings in seen] == [
        ("from/environment", False), ("from/option", True)
    ]  # fmt: skip


def test_the_service_starts_answers_and_stops(counting_model_folder: Path, tmp_path: Path):
    environment = {**os.environ, "SOW_QWEN3_LOG_JSON": "1", "SOW_QWEN3_CACHE_DIR": str(tmp_path)}
    command = [
        sys.executable,
        "-m",
        "qwen3_align",
        "--port",
        "0",
        "--device",
        "cpu",
        "--model",
        str(counting_model_folder),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr
        try:
            lines = map(json.loads, process.stderr)
            address = next(line["address"] for line in lines if line["event"] == "serving")
            # The address is told before it is listened on.
            with httpx2.Client(base_url=address, transport=httpx2.HTTPTransport(retries=6), timeout=60) as client:
                assert client.get("/health").json()["status"] in ("loading", "ready")
                next(line for line in lines if line["event"] == "model_ready")
                form = {"files": {"audio": ("song.wav", song())}, "data": {"request": '{"lyrics_text": "la la\\nla"}'}}
                answer = client.post("/api/v1/align", **form)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert [line["text"] for line in found["lines"]] == ["la la", "la"]
            assert (found["model"]["device"], found["model"]["dtype"]) == ("cpu", "float32")
            process.send_signal(signal.SIGTERM)
            assert next(line for line in lines if line["event"] == "stopped")
            assert process.wait(30) == 0
        finally:
            process.kill()
