"""A long recording is searched in parts, and gets the times that it would have as a whole."""

import csv
from pathlib import Path

import pytest

from lyric_timing import Heard, Roadmap, Token, chart, read_sheet
from song_audio.recording import load_recording
from sow_analysis import song_search
from sow_analysis.engines.pocketsphinx import PocketSphinx
from sow_analysis.lrc import Stage
from sow_analysis.song_search import Ears, SongSearch, _onsets

FOLDER = Path(__file__).parents[3] / "examples" / "morning_light"


def quiet(_stage: Stage, _share: float) -> None:
    pass


@pytest.fixture(scope="module")
def ears() -> Ears:
    recording = load_recording(FOLDER / "audio.ogg")
    return Ears(recording, None, (), PocketSphinx(), "en")


@pytest.fixture(scope="module")
def heard() -> Heard:
    """A perfect ear."""
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tokens = tuple(Token(row["word"], float(row["start"]), float(row["end"])) for row in rows)
    return Heard(tokens, "truth", "en")


def test_the_parts_of_a_long_recording_give_the_times_of_the_whole(
    ears: Ears, heard: Heard, monkeypatch: pytest.MonkeyPatch
):
    sheet = read_sheet(FOLDER / "lyrics.txt")
    roadmap = chart(sheet, [heard], duration=ears.recording.duration)
    whole = SongSearch(sheet, roadmap, [heard], ears, quiet)
    monkeypatch.setattr(song_search, "_WHOLE_SECONDS", 30.0)
    monkeypatch.setattr(song_search, "_PART_SECONDS", 30.0)
    parts = SongSearch(sheet, roadmap, [heard], ears, quiet)
    assert whole.placed is not None
    assert parts.placed is not None
    assert parts.order == whole.order
    assert parts.heard == whole.heard == tuple(line.onsets for line in roadmap.lines)
    apart = [
        abs(one.start - other.start)
        for line, same in zip(whole.placed, parts.placed, strict=True)
        for one, other in zip(line, same, strict=True)
    ]
    assert sum(seconds < 0.1 for seconds in apart) > 0.95 * len(apart)


def test_without_evidence_a_long_recording_is_not_cut(ears: Ears, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(song_search, "_WHOLE_SECONDS", 30.0)
    sheet = read_sheet(FOLDER / "lyrics.txt")
    search = SongSearch(sheet, chart(sheet, [], duration=ears.recording.duration), [], ears, quiet)
    assert search.placed is not None
    assert len(search.placed) == len(sheet.lines)
    assert search.heard is None


def test_what_was_heard_of_another_order_says_nothing_of_this_one():
    sheet = read_sheet(FOLDER / "lyrics.txt")
    order = tuple(reversed(range(len(sheet.lines))))
    unheard = _onsets(sheet, order, Roadmap((), "whisper"))
    assert [len(line) for line in unheard] == [len(sheet.lines[line].words) for line in order]
    assert {onset for line in unheard for onset in line} == {None}
