"""The sample songs say the same thing in each of their files."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/meta.json"))
HEADINGS = ("Verse", "Chorus", "主歌", "副歌")


@dataclass(frozen=True)
class Song:
    folder: Path
    meta: dict[str, object]
    lyrics: list[str]
    paper: list[str]
    words: list[dict[str, str]]
    lines: list[dict[str, str]]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def song(request: pytest.FixtureRequest) -> Song:
    folder: Path = request.param
    return Song(
        folder,
        json.loads((folder / "meta.json").read_text(encoding="utf-8")),
        (folder / "lyrics.txt").read_text(encoding="utf-8").splitlines(),
        (folder / "paper.txt").read_text(encoding="utf-8").splitlines(),
        rows(folder / "words.csv"),
        rows(folder / "lines.csv"),
    )


def duration(song: Song) -> float:
    return float(str(song.meta["duration"]))


def test_there_are_songs_in_english_in_mandarin_and_in_both():
    assert {folder.name for folder in FOLDERS} == {"morning_light", "chen_guang", "morning_light_bilingual"}


def test_the_audio_decodes_to_the_stated_duration(song: Song):
    with av.open(str(song.folder / str(song.meta["audio"]))) as file:
        decoded = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
    assert decoded == pytest.approx(duration(song), abs=0.02)


def test_the_audio_is_small(song: Song):
    assert (song.folder / "audio.ogg").stat().st_size < 700_000


def test_words_follow_one_another_within_the_recording(song: Song):
    times = [float(word[key]) for word in song.words for key in ("start", "end")]
    assert times == sorted(times)
    assert times[0] > 4
    assert times[-1] < duration(song)


def test_every_word_lasts(song: Song):
    assert all(0.05 <= float(word["end"]) - float(word["start"]) < 2 for word in song.words)


def test_words_tile_the_lines_as_sung(song: Song):
    sung = [""] * len(song.lyrics)
    for word in song.words:
        sung[int(word["line"])] += word["word"]
    assert sung == [line.replace(" ", "") for line in song.lyrics]


def test_a_line_lasts_from_its_first_word_to_its_last(song: Song):
    assert [line["text"] for line in song.lines] == song.lyrics
    for index, line in enumerate(song.lines):
        words = [word for word in song.words if word["line"] == str(index)]
        assert (line["start"], line["end"]) == (words[0]["start"], words[-1]["end"])


def test_mandarin_is_timed_by_the_character(song: Song):
    assert all(len(word["word"]) == 1 or word["word"].isascii() for word in song.words)


def test_the_sheet_prints_every_sung_line_once_under_headings(song: Song):
    headings = [line for line in song.paper if line.startswith("[")]
    printed = [line for line in song.paper if line and not line.startswith("[")]
    assert printed == list(dict.fromkeys(song.lyrics))
    assert len(printed) < len(song.lyrics)
    assert len(set(headings)) == len(headings) >= 3
    assert all(heading.strip("[]").startswith(HEADINGS) for heading in headings)


def test_there_is_an_interlude_without_singing(song: Song):
    gaps = [float(b["start"]) - float(a["end"]) for a, b in zip(song.lines, song.lines[1:], strict=False)]
    assert max(gaps) >= 5


def test_the_meta_data_counts_what_is_there(song: Song):
    assert song.meta["n_words"] == len(song.words)
    assert song.meta["n_lines"] == len(song.lines)
    assert song.meta["first_word"] == float(song.words[0]["start"])
    assert song.meta["last_word_end"] == float(song.words[-1]["end"])
    assert song.meta["licence"] == "Apache-2.0"
