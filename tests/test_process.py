"""`sow` as a process of its own: exit codes and signals."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sow_analysis.lrc import Stage
from stream_of_worship import __version__
from stream_of_worship.admin.progress import TITLES

HERE = Path(__file__).parent


def sow(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stream_of_worship", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def test_the_version():
    result = sow("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"sow {__version__}\n", "")


def test_help_is_quick_to_come_and_loads_no_model_library():
    program = (
        "import sys\n"
        "from stream_of_worship.admin.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'av', 'ctranslate2', 'faster_whisper', 'pocketsphinx', 'onnxruntime'}\n"
        "heavy |= {'fastapi', 'sqlalchemy', 'uvicorn', 'docket', 'stamina', 'pydantic_settings'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_bad_input_exits_with_2_and_says_why_on_stderr(tmp_path: Path, sheet_file: Path):
    result = sow("align", tmp_path / "nowhere.mp3", sheet_file)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error (audio_not_found): ")
    assert "Traceback" not in result.stderr


def test_an_unwritable_place_exits_with_3(tone: Path, sheet_file: Path):
    assert sow("align", tone, sheet_file, "-o", sheet_file / "song.lrc").returncode == 3


def test_a_wrong_option_exits_with_2():
    assert sow("align", "--fast").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("--version",), ("view", "song.lrc")])
def test_a_full_disk_behind_standard_output_exits_with_3(tmp_path: Path, arguments: tuple[str, ...]):
    (tmp_path / "song.lrc").write_text("[00:01.00]Morning light\n")
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "stream_of_worship", *arguments],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert result.returncode == 3
    assert result.stderr == "error (system): no space left on the disk\n"


@pytest.mark.skipif(os.name == "nt", reason="closes a pipe as POSIX does")
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path):
    lines = "".join(f"[{i // 60:02d}:{i % 60:02d}.00]line {i}\n" for i in range(5_000))
    (tmp_path / "long.lrc").write_text(lines)
    command = f"'{sys.executable}' -m stream_of_worship view '{tmp_path / 'long.lrc'}' | head -n 1"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.stdout == " 0:00.00  line 0\n"
    assert result.stderr == ""


@pytest.fixture
def start(tone: Path, sheet_file: Path) -> Iterator[Callable[[Stage], subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []

    def run_until(stage: Stage) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, HERE / "blocking_sow.py", stage, "align", tone, sheet_file],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        assert process.stderr is not None
        while TITLES[stage] not in (line := process.stderr.readline()):
            assert line, "it ended before it came to that stage"
        return process

    yield run_until
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize("stage", list(Stage))
def test_ctrl_c_in_any_stage_ends_it_with_130_and_leaves_nothing(
    start: Callable[[Stage], subprocess.Popen[str]], tmp_path: Path, stage: Stage
):
    process = start(stage)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err) == ("", "Stopped. Nothing was written.\n")
    assert {path.name for path in tmp_path.iterdir()} == {"song.wav", "lyrics.txt"}


@pytest.mark.skipif(os.name == "nt", reason="terminals of this kind are POSIX's")
@pytest.mark.parametrize(("how", "code"), [("q", 0), ("SIGINT", 130)])
def test_the_viewer_leaves_a_real_terminal_as_it_was(tmp_path: Path, how: str, code: int):
    import pty
    import termios

    (tmp_path / "song.lrc").write_text("[00:01.00]Morning light\n[00:59.00]Over the hills\n")
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-m", "stream_of_worship", "view", tmp_path / "song.lrc"],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    try:
        shown = read_until(ours, b"Morning light")
        if how == "q":
            os.write(ours, b"q")
        else:
            process.send_signal(signal.SIGINT)
        shown += read_until(ours, b"\x1b[?1049l")
        assert process.wait(30) == code
        assert b"\x1b[?1049h" in shown
        assert termios.tcgetattr(theirs) == before
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def read_until(terminal: int, mark: bytes) -> bytes:
    seen = b""
    while mark not in seen:
        seen += os.read(terminal, 65_536)
    return seen
