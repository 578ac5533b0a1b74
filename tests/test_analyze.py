"""`sow analyze` and `sow show`, through their door: here, by a service, and as a picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import resvg_py
from fake_service import FakeService
from rich.text import Text

from lyric_timing.timed import TimedLine, TimedLyrics
from music_analysis import (
    Beat,
    Key,
    KeyAlternative,
    KeySegment,
    Loudness,
    MusicAnalysis,
    Section,
    Tempo,
    TempoAlternative,
    TimeSignature,
    VocalActivity,
    VocalSpan,
    Waveform,
)
from song_audio.errors import AudioUnreadableError
from sow_analysis.music import Listened, Wanted
from stream_of_worship.admin import png
from stream_of_worship.admin.music_report import summary
from stream_of_worship.admin.picture import draw
from stream_of_worship.admin.services import Services

Sow = Any

WALTZ = MusicAnalysis(
    duration_seconds=65.0,
    loudness=Loudness(-14.25, 6.1, -0.3),
    waveform=Waveform(2, (-0.5,) * 130, (0.25,) * 130),
    tempo=Tempo(90.0, 0.71, 0.8, (TempoAlternative(180.0, 0.2),)),
    beats=tuple(Beat(i * 2 / 3, i % 3 + 1) for i in range(90)),
    time_signature=TimeSignature(3, 4, 0.6),
    key=Key(
        "Eb", "major", 0.9, (KeyAlternative("C", "minor", 0.2),),
        (KeySegment(0.0, 40.0, "Eb", "major"), KeySegment(40.0, 65.0, "F", "major")),
    ),
    vocal_activity=VocalActivity("fake", (VocalSpan(25.0, 38.0),)),
)  # fmt: skip
HUSH = MusicAnalysis(3.0, Loudness(None, None, None), Waveform(20, (), ()))


class FakeEar:
    """Stands for the analysis: gives or raises what it is told."""

    def __init__(self) -> None:
        self.result: MusicAnalysis | Exception = WALTZ
        self.wanted: list[Wanted] = []

    def __call__(self, audio: Path, progress: Callable[[str, float], None], wanted: Wanted) -> Listened:
        self.wanted.append(wanted)
        progress("analyse", 0.5)
        if wanted.stems is not None:
            (wanted.stems / "vocals.flac").write_bytes(b"la")
            (wanted.stems / "accompaniment.flac").write_bytes(b"boom")
        if isinstance(self.result, Exception):
            raise self.result
        return Listened(self.result, ("2 packets are damaged",))


@pytest.fixture
def ear() -> FakeEar:
    return FakeEar()


@pytest.fixture
def sow(ear: FakeEar, sow: Sow) -> Sow:
    sow.services = Services(analyse=ear)
    return sow


@pytest.fixture
def remote(remote: Sow, service: FakeService) -> Sow:
    service.analysis = WALTZ.to_json().encode()
    return remote


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "waltz.analysis.json"
    path.write_text(WALTZ.to_json(), encoding="utf-8")
    return path


TABLE = """\
  duration        1:05
  tempo           90.0 beats a minute (71 % sure), or 180.0
                  it changes: 80 % of the beats keep to that
  time signature  3/4 (60 % sure)
  key             Eb major (90 % sure), or C minor
                  it modulates: Eb major from 0:00, F major from 0:40
  loudness        -14.2 LUFS, range 6.1 LU, true peak -0.3 dBTP
  voice           0:13, 20 % of the song
"""


def test_a_song_is_told_as_a_table_and_nothing_is_written(sow: Sow, tone: Path):
    result = sow("analyze", tone)
    assert result.exit_code == 0, result.output
    assert result.stdout == TABLE + "warning: 2 packets are damaged\n"
    assert result.stderr == "Analysing the music ...\n"
    assert [path.name for path in tone.parent.iterdir()] == ["song.wav"]


def test_what_cannot_be_told_is_said_so_and_a_guess_is_called_one(sow: Sow, ear: FakeEar, tone: Path):
    ear.result = replace(HUSH, tempo=Tempo(120.0, 0.02, 1.0))
    guessed = sow("analyze", tone).stdout
    ear.result = HUSH
    silent = sow("analyze", tone).stdout
    assert "120.0 beats a minute (a guess: 2 % sure)" in guessed
    for words in ("no steady pulse", "too little is tonal", "it is silent", "no detector is installed"):
        assert words in silent


@pytest.mark.parametrize(
    ("arguments", "name", "is_jams"),
    [
        (("-o", "{}/a.json"), "a.json", False),
        (("-o", "{}/a.jams"), "a.jams", True),
        (("-o", "{}/"), "song.analysis.json", False),
        (("-o", "{}/", "--format", "jams"), "song.analysis.jams", True),
    ],
)
def test_everything_is_written_where_and_as_it_is_wanted(
    sow: Sow, tone: Path, tmp_path: Path, arguments: tuple[str, ...], name: str, is_jams: bool
):
    result = sow("analyze", tone, *(argument.format(tmp_path) for argument in arguments))
    assert result.exit_code == 0, result.output
    text = (tmp_path / name).read_text(encoding="utf-8")
    if is_jams:
        assert json.loads(text)["file_metadata"]["title"] == "song"
    else:
        assert MusicAnalysis.from_json(text) == WALTZ
    assert TABLE in result.stdout
    again = sow("analyze", tone, *(argument.format(tmp_path) for argument in arguments))
    assert (again.exit_code, "error (output_exists)" in again.stderr) == (2, True)


def test_json_goes_to_standard_output_alone(sow: Sow, tone: Path):
    result = sow("analyze", tone, "--json")
    assert MusicAnalysis.from_json(result.stdout) == WALTZ
    assert "warning: 2 packets are damaged" in result.stderr
    assert "annotations" in json.loads(sow("analyze", tone, "--json", "--format", "jams").stdout)
    assert MusicAnalysis.from_json(sow("analyze", tone, "-o", "-").stdout) == WALTZ


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("nothing.mp3",), "audio_not_found"),
        (("song.wav", "--format", "jams"), "usage"),
        (("song.wav", "--json", "-o", "-"), "usage"),
        (("song.wav", "-o", "song.wav", "--force"), "usage"),
        (("song.wav", "-o", "none/a.json"), "output_unwritable"),
    ],
)
def test_what_cannot_be_meant_is_told(
    sow: Sow, tone: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], name: str
):
    monkeypatch.chdir(tone.parent)
    result = sow("analyze", *arguments)
    assert f"error ({name})" in result.stderr
    assert result.exit_code in (2, 3)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


STEMS = {"vocals.flac": b"la", "accompaniment.flac": b"boom"}


def test_stems_are_written_all_or_none_and_not_over_others(sow: Sow, ear: FakeEar, tone: Path, tmp_path: Path):
    folder = tmp_path / "deep" / "stems"
    result = sow("analyze", tone, "--full", "--stems", folder)
    assert result.exit_code == 0, result.output
    assert files_in(folder) == STEMS
    assert ear.wanted[0].tier == "full"

    (folder / "vocals.flac").write_bytes(b"mine")
    again = sow("analyze", tone, "--stems", folder)
    assert (again.exit_code, "error (output_exists)" in again.stderr) == (2, True)
    assert len(ear.wanted) == 1
    assert files_in(folder) == {**STEMS, "vocals.flac": b"mine"}

    ear.result = AudioUnreadableError("It broke off.")
    assert sow("analyze", tone, "--stems", folder, "--force").exit_code == 2
    assert files_in(folder) == {**STEMS, "vocals.flac": b"mine"}


def test_stems_that_nobody_wants_are_cleared_away_by_the_command(sow: Sow, ear: FakeEar, tone: Path):
    assert sow("analyze", tone, "--full").exit_code == 0
    (wanted,) = ear.wanted
    assert wanted.stems is not None
    assert not wanted.stems.exists()


def test_stems_of_a_service_are_fetched(remote: Sow, service: FakeService, tone: Path, tmp_path: Path):
    service.stems = {
        ("spleeter-2stems", "vocals"): b"la",
        ("spleeter-2stems", "accompaniment"): b"boom",
        ("x", "y"): b"",
    }
    result = remote("analyze", tone, "--remote", "--full", "--stems", tmp_path / "stems")
    assert result.exit_code == 0, result.output
    assert files_in(tmp_path / "stems") == STEMS
    (request,) = service.submitted
    assert request["options"] == {"tier": "full", "generate_stems": True, "stem_model": None, "force": False}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(("--stem-model", "spleeter-2stems"), "--stems"), (("--full", "--stem-model", "x"), "spleeter-2stems")],
)
def test_a_stem_model_must_be_one_and_of_use(sow: Sow, ear: FakeEar, tone: Path, arguments: tuple[str, ...], word: str):
    result = sow("analyze", tone, *arguments)
    assert "error (usage)" in result.stderr
    assert word in result.stderr
    assert ear.wanted == []


def test_what_is_no_recording_is_told(sow: Sow, ear: FakeEar, sheet_file: Path):
    ear.result = AudioUnreadableError("lyrics.txt is a text file, not a recording.")
    result = sow("analyze", sheet_file)
    assert (result.exit_code, "error (audio_unreadable)" in result.stderr) == (2, True)


def test_a_service_does_it_and_keeps_it(remote: Sow, service: FakeService, tone: Path):
    result = remote("analyze", tone, "--remote", "--redo")
    assert result.exit_code == 0, result.output
    assert result.stdout == TABLE + "warning: 2 packets are damaged\n"
    (request,) = service.submitted
    assert request["options"] == {"tier": "fast", "generate_stems": False, "stem_model": None, "force": True}
    assert request["label"] == "song.wav"
    (job_id,) = service.jobs
    for song in (tone, request["content_hash"], job_id):
        shown = remote("show", song)
        assert (shown.exit_code, shown.stdout) == (0, TABLE), shown.output
    listed = remote("jobs", "--kind", "analysis")
    assert "analysis" in listed.stdout
    assert "There is no such job" in remote("jobs", "--kind", "lyrics").stderr


def test_who_names_a_server_means_it(remote: Sow, service: FakeService, tone: Path):
    assert remote("analyze", tone, "--server", service.url).exit_code == 0
    assert len(service.jobs) == 1


def test_a_song_that_was_not_analysed_is_told_with_what_to_do(remote: Sow, tone: Path):
    result = remote("show", tone)
    assert result.exit_code == 2
    assert "sow analyze AUDIO --remote" in result.stderr


def test_a_document_is_shown_again(sow: Sow, file: Path):
    assert sow("show", file).stdout == TABLE
    assert MusicAnalysis.from_json(sow("show", file, "--json").stdout) == WALTZ


def test_a_jams_file_is_not_shown_again_and_that_is_told(sow: Sow, tone: Path, tmp_path: Path):
    assert sow("analyze", tone, "-o", tmp_path / "song.jams").exit_code == 0
    result = sow("show", tmp_path / "song.jams")
    assert (result.exit_code, "is a JAMS file" in result.stderr) == (2, True)


def test_stems_cannot_go_into_a_file(sow: Sow, tone: Path):
    result = sow("analyze", tone, "--stems", tone)
    assert (result.exit_code, "it is not a folder" in result.stderr) == (3, True)


@pytest.mark.parametrize("text", ["{}", "no json", '{"version": 1, "lines": []}'])
def test_what_is_no_analysis_is_told(sow: Sow, tmp_path: Path, text: str):
    path = tmp_path / "other.json"
    path.write_text(text)
    result = sow("show", path)
    assert (result.exit_code, "error (analysis_unreadable)" in result.stderr) == (2, True)


def test_a_picture_shows_the_song_and_its_lines(sow: Sow, file: Path, tmp_path: Path):
    lyrics, picture = tmp_path / "song.lrc", tmp_path / "song.svg"
    lyrics.write_text("[ti:A <Waltz>]\n[00:25.00]Morning & light\n[00:38.00]Over the hills\n", encoding="utf-8")
    assert sow("show", file, "--picture", picture, "--lyrics", lyrics).exit_code == 0
    drawn = ElementTree.parse(picture).getroot()
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "A <Waltz> · 90 beats a minute · 3/4 · Eb major"
    assert texts[1:4] == ["0:00", "0:30", "1:00"]
    assert texts[-2:] == ["Morning & light", "Over the hills"]
    assert len(drawn.findall("*[@class='voice']")) == 2  # it goes over the end of a row
    assert len(drawn.findall("*[@class='wave']")) == 3


def test_a_line_that_begins_at_the_end_of_a_row_stands_where_it_has_room():
    line = TimedLine("Morning light", 29.8, 33.0, (), None, None, None, None)
    frame = ElementTree.fromstring(draw(WALTZ, TimedLyrics((line,)))).findall("{http://www.w3.org/2000/svg}svg")[-1]
    assert (frame.get("x"), float(frame.get("width", "0")) > 100) == ("48.0", True)


def test_a_picture_can_be_drawn_of_nothing_and_of_any_text():
    line = TimedLine("\x00\ufffe<b>", 1.0, 2.0, (), None, None, None, None)
    for lyrics in (None, TimedLyrics((line, replace(line, start=9.0)))):
        ElementTree.fromstring(draw(HUSH, lyrics, title="\x1b[31m"))


def test_a_picture_needs_force_to_be_replaced_and_a_name_that_says_its_kind(sow: Sow, file: Path, tmp_path: Path):
    picture = tmp_path / "song.svg"
    picture.write_text("mine")
    assert "error (output_exists)" in sow("show", file, "--picture", picture).stderr
    assert ".svg or .png" in sow("show", file, "--picture", tmp_path / "song.gif").stderr


def test_a_picture_can_be_an_image(sow: Sow, file: Path, tmp_path: Path):
    picture = tmp_path / "song.PNG"
    assert sow("show", file, "--picture", picture).exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")


def test_an_image_without_text_is_told(sow: Sow, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    without_fonts = partial(resvg_py.svg_to_bytes, skip_system_fonts=True)
    monkeypatch.setattr(resvg_py, "svg_to_bytes", without_fonts)
    told = sow("show", file, "--picture", tmp_path / "song.png").stderr
    assert "warning: no font was found, so the image has no text: install one, such as Noto Sans (" in told


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        (
            "清晨的",
            "no font here has 清晨的, so the image has boxes instead: install one, such as Noto Sans CJK (Debian, ",
        ),
        ("한국", "apt install fonts-noto-cjk"),
        ("\u12a0", "apt install fonts-noto-core"),
        ("清晨的阳光照在山上每一片田野", "清晨的阳光照在山上每一片 and 2 more letters, so"),
    ],
)
def test_an_image_whose_letters_no_font_has_is_told_and_what_to_install(
    sow: Sow, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, letters: str, told: str
):
    monkeypatch.setattr(png, "has_fonts", lambda: True)
    monkeypatch.setattr(png, "missing", lambda _: letters)
    result = sow("show", file, "--picture", tmp_path / "song.png")
    assert (result.exit_code, told in result.stderr) == (0, True), result.stderr


def test_letters_that_no_font_has_are_found_each_once(monkeypatch: pytest.MonkeyPatch):
    """A font that knows ASCII alone stands for those of this machine."""

    def drawn(*, svg_string: str) -> bytes:
        (text,) = ElementTree.fromstring(svg_string).iter("{http://www.w3.org/2000/svg}text")
        return "".join(letter if letter.isascii() else "\u25a1" for letter in text.text or "").encode()

    monkeypatch.setattr(resvg_py, "svg_to_bytes", drawn)
    line = TimedLine("Über 晨光，晨风 (1)", 1.0, 2.0)
    assert png.missing(draw(WALTZ, TimedLyrics((line,)), title="Waltz")) == "Ü晨光风"


def test_sections_are_in_the_table_and_in_the_picture():
    sections = (Section(0.0, 25.0, "A", "verse", "Verse [1]", 0.8), Section(25.0, 40.0, "B"))
    song = replace(WALTZ, sections=sections)
    rows = [Text.from_markup(row).plain for row in summary(song)]
    assert rows[-2:] == ["  sections         0:00 – 0:25   Verse [1] (80 % sure)", "                   0:25 – 0:40   B"]
    drawn = ElementTree.fromstring(draw(song))
    bands = drawn.findall("*[@class='section']")
    assert ["".join(band.itertext()) for band in bands] == ["Verse [1]Verse [1]", "BB", "BB"]  # B goes over a row's end
    assert len({band.find("{http://www.w3.org/2000/svg}rect").get("fill") for band in bands}) == 2


@pytest.mark.parametrize("command", ["show", "analyze"])
def test_timed_lyrics_tell_the_sections(sow: Sow, file: Path, tone: Path, tmp_path: Path, command: str):
    lyrics = tmp_path / "words.lrc"
    verse = "[Verse 1]\n[00:02.00]Morning light\n[00:08.00]On the hill\n[00:14.00]\n"
    lyrics.write_text(verse + "[Chorus]\n[00:16.00]We rise\n[00:24.00]And sing\n[00:34.00]\n", encoding="utf-8")
    result = sow(command, file if command == "show" else tone, "--lyrics", lyrics)
    assert result.exit_code == 0, result.output
    assert "Verse 1" in result.stdout
    assert "Chorus" in result.stdout
