"""`sow eval`, on real files."""

import json
from pathlib import Path
from typing import Any

import pytest

from lyric_timing import formats
from lyric_timing.timed import TimedLyrics

Sow = Any


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Two songs whose true times are those of the fixture `lyrics`; the second is in French."""
    folder = tmp_path / "songs"
    for name, language in (("first", "en"), ("second", "fr")):
        song = folder / name
        song.mkdir(parents=True)
        (song / "meta.json").write_text(json.dumps({"lang": language, "duration": 80.0}))
        (song / "words.csv").write_text(
            "word,start,end,line\nMorning,1.0,1.5,0\nlight,1.6,2.0,0\nOver,3.0,3.4,1\nthe,3.4,3.6,1\nhills,3.7,4.5,1\n"
        )
        (song / "lines.csv").write_text(
            "start,end,text\n1.0,2.0,Morning light\n3.0,4.5,Over the hills\n75.5,77.0,Morning light\n"
        )
    return folder


@pytest.fixture
def predictions(tmp_path: Path, lyrics: TimedLyrics) -> Path:
    """The first song exactly right, nothing for the second."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "first.json").write_text(formats.write(lyrics, "json"))
    return folder


def rows(shown: str) -> list[list[str]]:
    return [line.split() for line in shown.splitlines() if line.strip()]


def test_the_averages_are_shown_for_all_songs_and_each_language(sow: Sow, predictions: Path, songs: Path):
    result = sow("eval", predictions, songs)
    assert result.exit_code == 0, result.output
    assert rows(result.stdout) == [
        ["unit", "songs", "AAE", "s", "median", "s", "PCO", "%", "found", "%"],
        ["all", "word", "1", "0.000", "0.000", "100.0", "100.0"],
        ["all", "line", "1", "0.000", "0.000", "100.0", "100.0"],
        ["en", "word", "1", "0.000", "0.000", "100.0", "100.0"],
        ["en", "line", "1", "0.000", "0.000", "100.0", "100.0"],
    ]
    assert result.stderr == "No prediction for 1 song: second\n"


def test_each_song_is_shown_on_request(sow: Sow, predictions: Path, songs: Path):
    (predictions / "second.lrc").write_text("[00:01.50]Morning light\n[00:03.00]Over the hills\n")
    shown = rows(sow("eval", predictions, songs, "--per-song").stdout)
    assert shown[1:4] == [
        ["first", "word", "1", "0.000", "0.000", "100.0", "100.0"],
        ["first", "line", "1", "0.000", "0.000", "100.0", "100.0"],
        ["second", "line", "1", "11.500", "0.500", "33.3", "66.7"],
    ]


def test_songs_are_chosen_by_language_and_id(sow: Sow, predictions: Path, songs: Path):
    by_language = json.loads(sow("eval", predictions, songs, "--language", "fr, de", "--json").stdout)
    by_id = json.loads(sow("eval", predictions, songs, "--ids", "first", "--json").stdout)
    assert by_language["missing"] == ["second"]
    assert [song["id"] for song in by_id["songs"]] == ["first"]


def test_json_has_the_averages_and_the_songs(sow: Sow, predictions: Path, songs: Path):
    document = json.loads(sow("eval", predictions, songs, "--json").stdout)
    assert document["summary"]["all/word"] == {
        "songs": 1, "aae": 0.0, "median": 0.0, "pco": 1.0, "found": 1.0, "n": 5,
    }  # fmt: skip
    assert document["songs"][0]["line"]["pco"] == 1.0


@pytest.mark.parametrize("arguments", [["--ids", "third"], ["--language", "xx"]])
def test_a_choice_of_nothing_is_refused(sow: Sow, predictions: Path, songs: Path, arguments: list[str]):
    result = sow("eval", predictions, songs, *arguments)
    assert result.exit_code == 2
    assert "error (not_scorable): No s" in result.stderr


def test_a_missing_folder_and_a_damaged_file_are_named(sow: Sow, predictions: Path, songs: Path):
    missing = sow("eval", predictions / "nowhere", songs)
    (predictions / "first.json").write_text("{")
    damaged = sow("eval", predictions, songs)
    assert (missing.exit_code, damaged.exit_code) == (2, 2)
    assert "nowhere" in missing.stderr
    assert "first.json" in damaged.stderr
