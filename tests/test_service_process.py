"""`sow serve` as a process of its own, and the commands against it; only the listening is a fake."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import Server

from lyric_timing import formats

EXAMPLE = Path(__file__).parents[1] / "examples" / "morning_light"


@pytest.fixture(scope="module")
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def make(**env: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        own = {
            "SOW_ANALYSIS_DATA_DIR": str(folder / "data"),
            "SOW_ANALYSIS_CACHE_DIR": str(folder / "cache"),
            "SOW_ANALYSIS_PIPELINE": "sow_analysis.testing:fake_generate_lrc",
        }
        server = Server(folder, own | env)
        servers.append(server)
        server.start()
        return server

    yield make
    for server in servers:
        if server.process is not None:
            server.process.kill()
            server.process.wait()


@pytest.fixture(scope="module")
def server(make_server: Callable[..., Server]) -> Server:
    return make_server()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A copy of the sample recording, with its lyrics beside it as song.txt."""
    shutil.copy(EXAMPLE / "paper.txt", tmp_path / "song.txt")
    return Path(shutil.copy(EXAMPLE / "audio.ogg", tmp_path / "song.ogg"))


def test_a_song_is_submitted_watched_and_written(server: Server, song: Path):
    result = server.sow("submit", song, song.with_suffix(".txt"), "--wait", "--title", "fake:seconds=1")
    assert result.returncode == 0, result.stderr
    assert "timed by      fake" in result.stdout
    assert result.stderr.splitlines()[-1] == "Done ..."
    assert "Timing the words ..." in result.stderr
    assert song.with_suffix(".lrc").read_text().count("\n[") > 10


def test_a_song_is_analysed_and_shown(server: Server, song: Path):
    result = server.sow("analyze", song, "--remote")
    assert result.returncode == 0, result.stderr
    assert "133.4 beats a minute" in result.stdout
    assert "Analysing the music ..." in result.stderr
    (job,) = server.json("jobs", "--song", song, "--kind", "analysis")
    assert "4/4, C major" in server.sow("status", job["id"]).stdout
    assert server.json("show", song)["key"]["tonic"] == "C"
    assert server.sow("analyze", song, "--remote").returncode == 0


def test_a_job_is_watched_from_elsewhere(server: Server, song: Path):
    job = server.json("submit", song, song.with_suffix(".txt"), "--title", "fake:seconds=1.1")
    again = server.json("submit", song, song.with_suffix(".txt"), "--title", "fake:seconds=1.1")
    assert again["id"] == job["id"]
    result = server.sow("status", job["id"], "--watch")
    assert result.returncode == 0, result.stderr
    assert f"{job['id']}  completed\n" in result.stdout
    assert job["id"] in [each["id"] for each in server.json("jobs", "--song", song)]


def test_a_time_out_leaves_the_job_alone_and_a_cancel_ends_it(server: Server, song: Path):
    result = server.sow(
        "submit", song, song.with_suffix(".txt"), "--wait", "--timeout", "1", "--title", "fake:seconds=300"
    )
    assert result.returncode == 3
    assert "error (still_running)" in result.stderr
    job_id = result.stderr.split("Job ")[1].split()[0]
    assert server.json("status", job_id)["status"] == "processing"
    began = time.monotonic()
    assert server.json("cancel", job_id)["status"] == "cancelled"
    assert server.sow("status", job_id, "--watch").returncode == 1
    assert time.monotonic() - began < 5
    assert server.json("cancel", job_id)["status"] == "cancelled"


@pytest.mark.parametrize(("order", "exit_code", "name"), [("silent", 2, "audio_silent"), ("bug", 1, "job_failed")])
def test_a_job_that_fails_says_why(server: Server, song: Path, order: str, exit_code: int, name: str):
    result = server.sow("submit", song, song.with_suffix(".txt"), "--wait", "--title", f"fake:{order}")
    assert result.returncode == exit_code
    assert f"error ({name}): " in result.stderr
    assert "a secret of the program" not in result.stderr
    assert not song.with_suffix(".lrc").exists()


def test_a_hand_edit_is_kept_until_somebody_says_otherwise(server: Server, song: Path):
    words = song.with_suffix(".txt")
    words.write_text("Only a line\nAnd another\n")
    song.write_bytes(song.read_bytes() + b"another recording")
    edit = song.with_suffix(".lrc")
    assert server.sow("submit", song, words, "--wait").returncode == 0
    assert server.sow("lyrics", "put", song, edit).returncode == 2  # it was not fetched as a version
    assert server.sow("lyrics", "get", song, "-o", edit, "--force").returncode == 0
    edit.write_text(edit.read_text().replace("Only a line", "Only one line"))
    assert server.sow("lyrics", "put", song, edit).returncode == 0
    assert server.sow("lyrics", "put", song, edit, "--if-match", '"1-0"').returncode == 2
    result = server.sow("submit", song, words, "--wait", "--force")
    assert "edited by hand" in result.stdout
    assert "Only one line" in edit.read_text()
    assert server.sow("submit", song, words, "--wait", "--force", "--redo").returncode == 0
    assert "Only a line" in edit.read_text()
    versions = server.json("lyrics", "versions", song)
    assert [version["source"] for version in versions] == ["job", "job", "hand", "job"]
    assert "Only one line" in server.sow("lyrics", "get", song, "--version", 2).stdout


@pytest.mark.parametrize("name", [name for name, form in formats.FORMATS.items() if form.can_read])
def test_lyrics_go_to_and_fro_in_every_format(server: Server, song: Path, name: str):
    words = song.with_suffix(".txt")
    words.write_text("晨光 is breaking\nOver sea & <stone>\n", encoding="utf-8")
    song.write_bytes(song.read_bytes() + name.encode())
    file = song.with_suffix(f".{name}")
    assert server.sow("submit", song, words, "-o", song.with_name("first.json")).returncode == 0
    assert server.sow("lyrics", "get", song, "-o", file).returncode == 0
    result = server.sow("lyrics", "put", song, file)
    assert result.returncode == 0, result.stderr
    assert "Stored as version 2" in result.stdout
    timed = formats.read(server.sow("lyrics", "get", song, "--format", "json").stdout, "json")
    assert [line.text for line in timed.lines] == ["晨光 is breaking", "Over sea & <stone>"]


@pytest.mark.slow
def test_a_batch_goes_on_after_the_service_was_killed(make_server: Callable[..., Server], song: Path):
    server = make_server(SOW_FAKE_SECONDS="0.4")
    folder = song.parent
    for n in range(6):
        shutil.copy(song, folder / f"song{n}.ogg")
        (folder / f"song{n}.ogg").write_bytes(song.read_bytes() + bytes([n]))
        (folder / f"song{n}.txt").write_text(f"Song number {n}\nSing it again\n")
    batch = subprocess.Popen(
        [sys.executable, "-m", "stream_of_worship", "batch", folder],
        env={**os.environ, **server.client_env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not list(folder.glob("*.lrc")):
        assert batch.poll() is None
        time.sleep(0.05)
    server.stop(signal.SIGKILL)
    server.start()
    out, err = batch.communicate(timeout=50)
    assert batch.returncode == 0, out + err
    assert "7 songs: 7 written\n" in out
    for n in range(6):
        assert f"Song number {n}" in (folder / f"song{n}.lrc").read_text()
    assert server.sow("batch", folder).stdout == "7 songs: 7 skipped\n"
    assert server.stop() == 0
    assert "shutdown complete" in (server.folder / "log").read_text()


def test_a_key_is_asked_for_and_a_limit_is_told(make_server: Callable[..., Server], song: Path):
    server = make_server(SOW_ANALYSIS_API_KEY="open sesame", SOW_ANALYSIS_MAX_UPLOAD_BYTES="1000")
    wrong = server.sow("jobs", SOW_ANALYSIS_API_KEY="open barley")
    assert (wrong.returncode, "open" in wrong.stderr) == (3, False)
    assert "error (service_key)" in wrong.stderr
    large = server.sow("submit", song, song.with_suffix(".txt"))
    assert large.returncode == 2, large.stderr
    assert "[too_large]" in large.stderr
    assert server.stop(signal.SIGINT) == 0


def test_the_doctor_is_content(server: Server):
    result = server.sow("doctor")
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[-1] == "All that is set up works"


def test_a_port_that_is_taken_is_told(server: Server):
    result = subprocess.run(
        [sys.executable, "-m", "stream_of_worship", "serve", "--port", str(server.port)],
        env={**os.environ, **server.env}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 3
    assert "error (system): " in result.stderr
    assert "Traceback" not in result.stderr
