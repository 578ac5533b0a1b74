"""The whole way, by processes: the command, the Analysis Service, the alignment service, timed lyrics.

The aligner has a tiny model that counts instead of listening: its times are known, and wrong.
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from aligning import Aligner, build_counting_model
from serving import Server

from lyric_timing import formats

EXAMPLE = Path(__file__).parents[1] / "examples" / "morning_light"
Start = Callable[..., Server]


@pytest.fixture(scope="module")
def counting_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_counting_model(tmp_path_factory.mktemp("model"), 0.16)


@pytest.fixture(scope="module")
def make_aligner(counting_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Aligner]]:
    made: list[Aligner] = []

    def make(model: Path | str = counting_model, **env: str) -> Aligner:
        made.append(Aligner(tmp_path_factory.mktemp("aligner"), model, **env))
        return made[-1]

    yield make
    for aligner in made:
        aligner.kill()


@pytest.fixture(scope="module")
def aligner(make_aligner: Callable[..., Aligner]) -> Aligner:
    aligner = make_aligner()
    aligner.wait_until("ready")
    return aligner


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Start]:
    """Starts an Analysis Service that knows an aligner."""
    servers: list[Server] = []

    def start(url: str, **env: str) -> Server:
        own = {
            "SOW_ANALYSIS_DATA_DIR": str(tmp_path / "data"),
            "SOW_ANALYSIS_CACHE_DIR": str(tmp_path / "cache"),
            "SOW_ANALYSIS_QWEN3_URL": url,
        }
        servers.append(Server(tmp_path, own | env))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        assert server.process is not None
        server.process.kill()
        server.process.wait()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A copy of the sample recording, with its lyrics beside it as song.txt."""
    shutil.copy(EXAMPLE / "lyrics.txt", tmp_path / "song.txt")
    return Path(shutil.copy(EXAMPLE / "audio.ogg", tmp_path / "song.ogg"))


def submit(server: Server, song: Path, engines: str) -> Any:
    return server.json("submit", song, song.with_suffix(".txt"), "--engines", engines)


def done(server: Server, job: Any) -> Any:
    result = server.sow("status", job["id"], "--watch")
    assert result.returncode == 0, result.stderr
    return server.json("status", job["id"])


def turn_of_qwen3(job: Any) -> tuple[str, str | None]:
    """How its first one ended, and why."""
    attempt = next(attempt for attempt in job["attempts"] if attempt["engine"] == "qwen3")
    assert attempt["step"] == "align"
    return attempt["outcome"], attempt.get("reason")


def wait_for_call(aligner: Aligner) -> None:
    """Until somebody has connected to a frozen aligner."""
    port = int(aligner.url.rpartition(":")[2])
    deadline = time.monotonic() + 60
    while not any(
        each.status == psutil.CONN_ESTABLISHED and each.raddr and each.raddr.port == port
        for each in psutil.net_connections("tcp4")
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_lyrics_get_their_times_from_the_aligner(aligner: Aligner, serve: Start, song: Path):
    server = serve(aligner.url)
    result = server.sow("submit", song, song.with_suffix(".txt"), "--engines", "qwen3", "--wait")
    assert result.returncode == 0, result.stderr
    (job,) = server.json("jobs")
    assert turn_of_qwen3(server.json("status", job["id"]))[0] == "served"
    timed = formats.read(song.with_suffix(".lrc").read_text(encoding="utf-8"), "lrc")
    printed = [line for line in song.with_suffix(".txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert [line.text for line in timed.lines] == printed
    assert [line.start for line in timed.lines] == sorted(line.start for line in timed.lines)
    assert "qwen3" in server.sow("status", job["id"]).stdout


@pytest.mark.slow
def test_times_that_contradict_the_sound_are_not_heeded(aligner: Aligner, serve: Start, song: Path):
    server = serve(aligner.url)
    job = done(server, submit(server, song, "qwen3,pocketsphinx"))
    outcome, reason = turn_of_qwen3(job)
    assert outcome == "rejected"
    assert "of where they surely are" in (reason or "")


@pytest.mark.slow
def test_an_aligner_that_is_down_costs_the_song_nothing(serve: Start, song: Path, tmp_path: Path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        server = serve(f"http://127.0.0.1:{held.getsockname()[1]}")
        job = done(server, submit(server, song, "qwen3,pocketsphinx"))
        assert turn_of_qwen3(job)[0] == "unavailable"
        assert "qwen3" in server.sow("doctor").stdout


@pytest.mark.slow
def test_an_aligner_that_still_loads_is_done_without(
    make_aligner: Callable[..., Aligner], serve: Start, song: Path, tmp_path: Path
):
    with socket.create_server(("127.0.0.1", 0)) as silent_hub:
        hub = f"http://127.0.0.1:{silent_hub.getsockname()[1]}"
        loading = make_aligner("somebody/aligner", HF_ENDPOINT=hub)
        loading.wait_until("loading")
        server = serve(loading.url)
        outcome, reason = turn_of_qwen3(done(server, submit(server, song, "qwen3,pocketsphinx")))
        assert outcome == "unavailable"
        assert "still loads its model" in (reason or "")


@pytest.mark.slow
def test_an_aligner_that_is_killed_at_work_is_done_without(
    make_aligner: Callable[..., Aligner], serve: Start, song: Path
):
    victim = make_aligner()
    victim.wait_until("ready")
    server = serve(victim.url)
    victim.freeze()
    job = submit(server, song, "qwen3,pocketsphinx")
    wait_for_call(victim)
    victim.kill()
    assert turn_of_qwen3(done(server, job))[0] == "unavailable"


@pytest.mark.slow
def test_an_aligner_that_never_answers_is_done_without_in_time(
    make_aligner: Callable[..., Aligner], serve: Start, song: Path
):
    frozen = make_aligner()
    frozen.wait_until("ready")
    server = serve(frozen.url, SOW_ANALYSIS_QWEN3_BASE_SECONDS="1", SOW_ANALYSIS_QWEN3_SECONDS_PER_SECOND="0.01")
    frozen.freeze()
    outcome, reason = turn_of_qwen3(done(server, submit(server, song, "qwen3,pocketsphinx")))
    assert outcome == "unavailable"
    assert "within" in (reason or "")


@pytest.mark.slow
def test_an_aligner_that_is_full_is_done_without(make_aligner: Callable[..., Aligner], serve: Start, song: Path):
    full = make_aligner(SOW_QWEN3_MAX_OPEN_REQUESTS="1")
    full.wait_until("ready")
    head = ["POST /api/v1/align HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: 9"]
    with socket.create_connection(("127.0.0.1", int(full.url.rpartition(":")[2]))) as occupied:
        occupied.sendall("\r\n".join([*head, "", ""]).encode())
        deadline = time.monotonic() + 30
        while not full.get("/health").json()["queue"]["requests"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        server = serve(full.url)
        outcome, reason = turn_of_qwen3(done(server, submit(server, song, "qwen3,pocketsphinx")))
    assert outcome == "unavailable"
    assert "as many as are allowed" in (reason or "")


@pytest.mark.slow
def test_a_cancelled_job_ends_the_work_of_the_aligner(make_aligner: Callable[..., Aligner], serve: Start, song: Path):
    busy = make_aligner()
    busy.wait_until("ready")
    server = serve(busy.url)
    busy.freeze()
    job = submit(server, song, "qwen3,pocketsphinx")
    wait_for_call(busy)
    assert server.json("cancel", job["id"])["status"] == "cancelled"
    busy.thaw()
    deadline = time.monotonic() + 30
    while 'sow_qwen3_requests_total{outcome="cancelled"} 1.0' not in (told := busy.get("/metrics").text):
        assert time.monotonic() < deadline, told
        time.sleep(0.05)
