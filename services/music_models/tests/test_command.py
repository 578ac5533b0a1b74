"""The command as another program runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile

from music_models.answers import Answers
from music_models.cli import run

COMMAND = [str(Path(sys.executable).with_name("music-models"))]


@pytest.fixture
def ask(tmp_path: Path):
    """Run the command in this process; its status, and its answers."""

    def asked(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
        with (file := tmp_path / "answers").open("wb") as opened:
            status = run([str(one) for one in arguments], Answers(opened.fileno()))
        return status, [json.loads(line) for line in file.read_text().splitlines()]

    return asked


def test_stems_are_written_and_structure_is_found_from_them(ask: Any, song: Path, models: Path, tmp_path: Path):
    folder = tmp_path / "stems"
    status, answers = ask("separate", song, folder, "--model", models / "separator", "--device", "cpu")
    assert status == 0
    assert answers[-1]["result"]["files"] == [
        str(folder / f"{name}.flac") for name in ("drums", "bass", "other", "vocals")
    ]
    assert sorted(file.suffix for file in folder.iterdir()) == [".flac"] * 4
    assert soundfile.info(folder / "bass.flac").frames == 6 * 44_100
    status, answers = ask("structure", song, "--stems", folder, "--model", models / "structure")
    assert status == 0
    assert set(answers[-1]["result"]) == {"engine", "model", "bpm", "beats", "downbeats", "beat_positions", "segments"}
    assert set(answers[-1]["result"]["segments"][0]) == {"start", "end", "label"}
    assert all(list(answer) == ["progress"] for answer in answers[:-1])


def test_errors_have_a_code_and_a_message(ask: Any, models: Path, tmp_path: Path):
    (file := tmp_path / "text.mp3").write_text("no sound")
    status, answers = ask("structure", file, "--model", models / "structure", "--separator", models / "separator")
    assert status == 1
    assert answers[-1]["error"]["code"] == "audio_unreadable"
    assert "text.mp3" in answers[-1]["error"]["message"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."), "out_of_memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 9 GiB"), "out_of_memory"),
        (RuntimeError("shape"), "unexpected"),
    ],
)
def test_faults_of_torch_are_told_apart(
    error: Exception, code: str, ask: Any, song: Path, models: Path, monkeypatch: pytest.MonkeyPatch
):
    from music_models import separation

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(separation, "_apply", fail)
    status, answers = ask("separate", song, song.parent / "stems", "--model", models / "separator")
    assert (status, answers[-1]["error"]["code"]) == (1, code)


def test_check_says_what_is_installed_and_what_is_missing(ask: Any, models: Path, tmp_path: Path):
    there = ("--separator", models / "separator")
    status, answers = ask("check", "--model", models / "structure", *there)
    assert (status, answers[-1]["result"]["ready"]) == (0, True)
    assert answers[-1]["result"]["installed"]["allin1"] == "1.1.0"
    status, answers = ask("check", "--model", tmp_path / "none", *there)
    assert (status, answers[-1]["result"]["ready"]) == (1, False)
    assert "no folder" in answers[-1]["result"]["checkpoints"][str(tmp_path / "none")]


def test_what_libraries_print_does_not_reach_the_answers(tmp_path: Path):
    code = (
        "import os; from music_models.answers import claim_standard_output as claim; a = claim();"
        "print('from python', flush=True); os.system('echo from a child'); a.result({'ready': True})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"result": {"ready": True}}
    assert "from python" in done.stderr
    assert "from a child" in done.stderr


def test_a_signal_ends_it_at_once_and_leaves_no_stem_in_part(song: Path, models: Path, tmp_path: Path):
    arguments = ["separate", str(song), str(tmp_path / "stems"), "--model", str(models / "separator")]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert "progress" in json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM
    assert not list(tmp_path.rglob("*.flac"))


def test_nobody_to_answer_to_ends_the_work(song: Path, models: Path):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with pytest.raises(SystemExit):
            run(["separate", str(song), "/nowhere", "--model", str(models / "separator")], Answers(writer))
    finally:
        os.close(writer)


def test_attended_it_ends_with_the_program_that_holds_its_input_open(song: Path, models: Path, tmp_path: Path):
    arguments = ["separate", "--attended", str(song), str(tmp_path / "stems"), "--model", str(models / "separator")]
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        process.stdin.close()
        assert process.wait() == 1
    assert not list(tmp_path.rglob("*.flac"))


def test_variables_name_other_models_for_programs_that_give_no_options(
    ask: Any, models: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MUSIC_MODELS_STRUCTURE", str(models / "structure"))
    monkeypatch.setenv("MUSIC_MODELS_SEPARATOR", str(models / "separator"))
    assert ask("check")[0] == 0
