"""`sow batch`: pairing, going on where it ended, and failures that do not stop the rest."""

from __future__ import annotations

import json
import socket
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from fake_service import Answer, FakeService, problem

from music_analysis import Loudness, MusicAnalysis, Waveform
from stream_of_worship.admin.batch import Folder, find_songs

Sow = Any


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def add_song(folder: Path, name: str, words: str = "Morning light\nOver the hills\n", suffix: str = ".wav") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}{suffix}").write_bytes(name.encode())
    (folder / f"{name}.txt").write_text(words, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "songs"
    for name in ("one", "two", "three"):
        add_song(made, name)
    return made


def found(folder: Path, *, recursive: bool = False) -> Folder:
    return find_songs(folder, [".lrc"], recursive=recursive)


def pairs(folder: Path, *, recursive: bool = False) -> list[tuple[str, str]]:
    return [(song.audio.name, song.lyrics.name) for song in found(folder, recursive=recursive).songs]


def test_a_recording_goes_with_the_lyrics_of_its_name(folder: Path):
    assert pairs(folder) == [("one.wav", "one.txt"), ("three.wav", "three.txt"), ("two.wav", "two.txt")]


def test_names_are_the_same_that_people_hold_for_the_same(tmp_path: Path):
    (tmp_path / f"{unicodedata.normalize('NFD', 'Café')}.MP3").write_bytes(b"x")
    (tmp_path / f"{unicodedata.normalize('NFC', 'café')}.txt").write_text("x")
    assert len(pairs(tmp_path)) == 1


def test_chord_sheets_are_lyrics_and_timed_lyrics_are_not(tmp_path: Path):
    for name in ("a.mp3", "a.cho", "b.mp3", "b.lrc"):
        (tmp_path / name).write_bytes(b"x")
    assert pairs(tmp_path) == [("a.mp3", "a.cho")]
    assert [path.name for path in found(tmp_path).alone] == ["b.mp3"]


def test_two_recordings_of_one_name_would_share_a_sidecar(tmp_path: Path):
    for name in ("a.mp3", "a.flac", "a.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert pairs(tmp_path) == [("a.flac", "a.txt")]
    assert [path.name for path in found(tmp_path).doubled] == ["a.mp3"]


def test_folders_in_it_are_looked_into_on_request(folder: Path):
    add_song(folder / "more", "four")
    (folder / ".hidden.wav").write_bytes(b"x")
    assert len(pairs(folder)) == 3
    assert len(pairs(folder, recursive=True)) == 4


def test_every_song_gets_its_sidecar(remote: Sow, folder: Path):
    result = remote("batch", folder)
    assert result.exit_code == 0, result.output
    assert {"one.lrc", "two.lrc", "three.lrc"} <= files(folder)
    assert sorted(result.stdout.splitlines())[:1] == ["3 songs: 3 written"]
    assert f"written    {folder / 'one.wav'}  80 % sure, 1 line to check\n" in result.stdout


def test_songs_go_by_their_files_names(remote: Sow, service: FakeService, folder: Path):
    remote("batch", folder)
    assert {request["label"] for request in service.submitted} == {"one.wav", "two.wav", "three.wav"}


def test_several_formats_at_once(remote: Sow, folder: Path):
    assert remote("batch", folder, "--format", "lrc, ass").exit_code == 0
    assert {"one.lrc", "one.ass", "two.lrc", "two.ass"} <= files(folder)


def test_the_same_command_goes_on_where_it_ended(remote: Sow, service: FakeService, folder: Path):
    remote("batch", folder)
    (folder / "two.lrc").unlink()
    service.submitted.clear()
    result = remote("batch", folder, "--json")
    assert len(service.submitted) == 1
    assert json.loads(result.stdout)["summary"] == {"written": 1, "skipped": 2, "failed": 0, "not tried": 0}
    assert remote("batch", folder).stdout == "3 songs: 3 skipped\n"


def test_a_sidecar_that_exists_is_not_overwritten_unless_told(remote: Sow, folder: Path):
    (folder / "one.lrc").write_text("by hand")
    remote("batch", folder, "--format", "lrc,srt")
    assert (folder / "one.lrc").read_text() == "by hand"
    assert (folder / "one.srt").exists()
    remote("batch", folder, "--force")
    assert "Morning light" in (folder / "one.lrc").read_text()


def test_a_song_that_fails_does_not_stop_the_others(remote: Sow, service: FakeService, folder: Path):
    add_song(folder, "bad", "fail me\n")
    add_song(folder, "empty", "\n")
    service.fails["fail me"] = {"code": "audio_silent", "message": "bad.wav is silent"}
    result = remote("batch", folder, "--parallel", 2)
    assert result.exit_code == 2
    assert {"one.lrc", "two.lrc", "three.lrc"} <= files(folder)
    assert f"failed     {folder / 'bad.wav'}  (audio_silent) bad.wav is silent\n" in result.stdout
    assert "(lyrics_unusable)" in result.stdout
    assert "5 songs: 3 written, 2 failed\nThe same command tries again what is missing.\n" in result.stdout


def test_the_exit_code_is_the_highest_of_the_songs(remote: Sow, service: FakeService, folder: Path):
    add_song(folder, "empty", "\n")
    service.answers("POST /api/v1/audio", Answer(500))
    assert remote("batch", folder).exit_code == 2
    service.fails["Morning"] = {"code": "model_unavailable", "message": "no model"}
    assert remote("batch", folder, "--force").exit_code == 3


def test_a_service_that_is_full_is_waited_for(remote: Sow, service: FakeService, folder: Path):
    full = problem(429, "queue_full", "Full.", {"Retry-After": "999"})
    service.answers("POST /api/v1/jobs/lrc", Answer(cut=True), problem(429, "queue_full", "", {"Retry-After": "0"}))
    assert remote("batch", folder).exit_code == 0
    service.answers("POST /api/v1/jobs/lrc", full)
    result = remote("batch", folder, "--force")
    assert (result.exit_code, "(service_busy)" in result.stdout) == (3, True)
    assert "2 written, 1 failed" in result.stdout


def test_with_a_service_that_is_gone_the_rest_is_not_tried(remote: Sow, service: FakeService, folder: Path):
    service.answers("POST *", *[Answer(cut=True)] * 100)
    result = remote("batch", folder)
    assert result.exit_code == 3
    assert "3 songs: 3 not tried\n" in result.stdout
    assert files(folder) == {f"{name}{suffix}" for name in ("one", "two", "three") for suffix in (".wav", ".txt")}


def test_nobody_at_the_address(remote: Sow, folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{taken.getsockname()[1]}"
        document = json.loads(remote("batch", folder, "--json", "--server", server).stdout)
    assert {song["error"]["code"] for song in document["songs"]} == {"service_unreachable"}


SONG = MusicAnalysis(60.0, Loudness(-14.0, 6.0, -0.3), Waveform(2, (-0.5,) * 120, (0.25,) * 120))
ANALYSES = {"one.analysis.json", "two.analysis.json", "three.analysis.json"}


@pytest.fixture
def analysing(remote: Sow, service: FakeService) -> Sow:
    service.analysis = SONG.to_json().encode()
    return remote


def kinds(service: FakeService) -> list[str]:
    return [job["kind"] for job in service.jobs.values()]


def test_songs_are_analysed_too_on_request_and_sent_once(analysing: Sow, service: FakeService, folder: Path):
    result = analysing("batch", folder, "--analyze", "--parallel", 1)
    assert result.exit_code == 0, result.output
    assert files(folder) >= {"one.lrc", "two.lrc", "three.lrc"} | ANALYSES
    assert MusicAnalysis.from_json((folder / "one.analysis.json").read_bytes()) == SONG
    assert kinds(service) == ["lrc", "analyze"] * 3
    assert service.requests.count("POST /api/v1/audio") == 3
    assert "3 songs: 3 written\n" in result.stdout
    assert analysing("batch", folder, "--analyze").stdout == "3 songs: 3 skipped\n"


def test_songs_that_were_timed_before_are_only_analysed(analysing: Sow, service: FakeService, folder: Path):
    analysing("batch", folder)
    (folder / "two.lrc").write_text("[00:01.00]By hand\n")
    result = analysing("batch", folder, "--analyze", "--json")
    assert kinds(service) == ["lrc"] * 3 + ["analyze"] * 3
    assert files(folder) >= ANALYSES
    assert "By hand" in (folder / "two.lrc").read_text()
    assert all(song["job"] is None and song["analysis_job"] for song in json.loads(result.stdout)["songs"])
    (folder / "two.analysis.json").unlink()
    analysing("batch", folder, "--analyze", "--redo")
    assert len(service.jobs) == 7
    assert service.submitted[-1]["options"]["force"]


def test_lyrics_that_were_timed_elsewhere_tell_the_sections(analysing: Sow, tmp_path: Path):
    add_song(tmp_path / "songs", "one")
    verse = "[Verse 1]\n[00:02.00]Morning light\n[00:08.00]On the hill\n[00:14.00]\n"
    (tmp_path / "songs" / "one.lrc").write_text(f"{verse}[Chorus]\n[00:16.00]We rise\n[00:24.00]And sing\n[00:34.00]\n")
    assert analysing("batch", tmp_path / "songs", "--analyze").exit_code == 0
    written = MusicAnalysis.from_json((tmp_path / "songs" / "one.analysis.json").read_bytes())
    assert {"verse", "chorus"} <= {section.function for section in written.sections or ()}


def test_an_analysis_that_fails_loses_no_lyrics_and_is_tried_again(analysing: Sow, service: FakeService, folder: Path):
    add_song(folder, "bad", "fail me\n")
    service.fails["fail me"] = {"code": "audio_silent", "message": "bad.wav is silent"}
    service.analysis_error = {"code": "audio_unreadable", "message": "It broke off."}
    result = analysing("batch", folder, "--analyze")
    assert result.exit_code == 2
    assert {"one.lrc", "two.lrc", "three.lrc"} <= files(folder)
    assert f"failed     {folder / 'one.wav'}  only its analysis: (audio_unreadable) It broke off.\n" in result.stdout
    assert f"failed     {folder / 'bad.wav'}  (audio_silent) bad.wav is silent\n" in result.stdout
    assert kinds(service).count("analyze") == 3

    service.analysis_error = None
    service.fails.clear()
    assert analysing("batch", folder, "--analyze").exit_code == 0
    assert files(folder) >= ANALYSES | {"bad.lrc", "bad.analysis.json"}


def test_a_service_that_goes_between_lyrics_and_analysis_leaves_the_lyrics(
    analysing: Sow, service: FakeService, folder: Path
):
    service.answers("POST /api/v1/jobs/analyze", *[Answer(cut=True)] * 100)
    document = json.loads(analysing("batch", folder, "--analyze", "--parallel", 1, "--json").stdout)
    assert document["summary"] == {"written": 0, "skipped": 0, "failed": 0, "not tried": 3}
    assert document["songs"][0]["written"] == [str(folder / "one.lrc")]
    assert (folder / "one.lrc").exists()


def test_what_has_no_lyrics_is_named(remote: Sow, folder: Path):
    (folder / "tune.mp3").write_bytes(b"x")
    result = remote("batch", folder)
    assert result.exit_code == 0
    assert "1 recording without lyrics: tune.mp3\n" in result.stdout


@pytest.mark.parametrize("arguments", [["nowhere"], ["."], ["songs", "--format", "doc"], ["songs", "--format", ","]])
def test_what_makes_no_sense_is_refused(
    remote: Sow, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
):
    monkeypatch.chdir(folder.parent)
    assert remote("batch", *arguments).exit_code == 2
