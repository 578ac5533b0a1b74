"""Every format: what is written is read back, and lyrics never turn into markup."""

import json
import math
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.errors import FormatError
from lyric_timing.formats import FORMATS, format_for, read, write
from lyric_timing.formats.text import GUARD, clean
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

RESOLUTION = {"lrc": 0.01, "elrc": 0.01, "srt": 0.001, "vtt": 0.001, "ass": 0.01, "ttml": 0.001, "json": 0.0}
WORD_ENDS = {"ass", "ttml", "json"}
NASTY = [
    "[00:01]", "[00:01.00]", "[ti:Evil]", "[offset:900]", "<00:01.00>", "<00:00:01.000>", "<b>bold</b>", "&",
    "&amp;", "&lt;",
    "-->", "00:00:01,000 --> 00:00:02,000", "1:2:3.4 5:6:7.8", "{\\k50}", "{\\an8}", "{", "}", "\\N", "\\h", "\\",
    "]]>",
    "<!--", "<3", "NOTE", "WEBVTT", "STYLE", "1999", "a  b", "\x00", "\x1b[0m", "\n\n2\n", "\u2028", "\ud800", "\uffff",
    GUARD, "[" + GUARD + "00:01]", "{" + GUARD + "\\k1}", "\u3000", "Dialogue: 0,x", ",,", '"', "'", "<", "[", "{\\p1}",
]  # fmt: skip
SONG = TimedLyrics(
    lines=(
        TimedLine(
            "Holy, holy!",
            1.0,
            2.5,
            (TimedWord("Holy,", 1.0, 1.6, 0.9, "whisper-align"), TimedWord("holy!", 1.75, 2.5, 0.5, "pocketsphinx")),
            0.7,
            "whisper-align",
            0,
            "Chorus",
        ),
        TimedLine("祢 是王", 8.0, 9.5, tuple(TimedWord(c, 8.0 + i / 2, 8.5 + i / 2) for i, c in enumerate("祢是王"))),
        TimedLine("No words here", 12.0, 13.0, section="Outro"),
    ),
    duration=20.0,
    title="Holy & <true>",
    artist="We",
    album="One",
    language="en",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_song_survives_each_format(name: str) -> None:
    again = read(write(SONG, name), name)
    assert [line.text for line in again.lines] == [line.text for line in SONG.lines]
    for line, expected in zip(again.lines, SONG.lines, strict=True):
        assert line.start == expected.start
        found = [(word.text, word.start) for word in line.words]
        assert found == ([(word.text, word.start) for word in expected.words] if FORMATS[name].carries_words else [])
    if name in WORD_ENDS:
        assert [w.end for w in again.lines[0].words] == [1.6, 2.5]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_recognised_by_its_text_and_by_its_suffix(name: str) -> None:
    text = write(SONG, name)
    assert read("\ufeff" + text.replace("\n", "\r\n")) == read(text, name)
    assert format_for(Path("x/Song.v2" + FORMATS[name].suffix.upper())) == name
    assert FORMATS[name].can_read


def test_json_keeps_everything_and_has_the_layout_that_scorers_read() -> None:
    text = write(SONG, "json")
    assert read(text) == SONG
    data = json.loads(text)
    assert data["version"] == 1
    assert data["lines"][0]["words"][1] == {
        "text": "holy!", "start": 1.75, "end": 2.5, "confidence": 0.5, "source": "pocketsphinx"
    }  # fmt: skip


def test_ttml_is_xml_that_carries_sections_title_and_language() -> None:
    root = ElementTree.fromstring(write(SONG, "ttml"))
    assert root.tag == "{http://www.w3.org/ns/ttml}tt"
    assert root.get("{http://music.apple.com/lyric-ttml-internal}timing") == "Word"
    again = read(write(SONG, "ttml"))
    assert [line.section for line in again.lines] == ["Chorus", None, "Outro"]
    assert (again.title, again.language, again.duration) == (SONG.title, "en", 20.0)


@pytest.mark.parametrize("name", ["vtt", "ass", "ttml", "json"])
def test_sections_survive_whatever_they_are_called(name: str) -> None:
    headings = ("Chorus", "]", "--> {\\k5} <b>", "a\nb, c", None, "NOTE [x]", None, "副歌", "Verse 1")
    lines = tuple(TimedLine("la", float(i), i + 0.5, section=heading) for i, heading in enumerate(headings))
    again = read(write(TimedLyrics(lines), name), name)
    assert [line.text for line in again.lines] == ["la"] * len(lines)
    expected = [heading and " ".join(heading.split()) for heading in headings]
    assert [line.section and " ".join(line.section.split()) for line in again.lines] == expected


@pytest.mark.parametrize(("name", "note"), [("vtt", "\nNOTE [Chorus]\n"), ("ass", "Comment:")])
def test_players_do_not_show_sections(name: str, note: str) -> None:
    assert write(SONG, name).count(note) >= 1
    assert "[Chorus]" not in write(SONG, "lrc") + write(SONG, "srt")


def test_ass_fills_words_and_waits_in_the_pauses() -> None:
    line = TimedLine("Oh love", 1.0, 3.0, (TimedWord("Oh", 1.25, 1.5), TimedWord("love", 2.0, 3.0)))
    assert r"{\k25}{\kf25}Oh {\k50}{\kf100}love" in write(TimedLyrics((line,)), "ass")


def test_vtt_stamps_each_word_but_one_that_starts_with_its_cue() -> None:
    cue = "00:00:01.000 --> 00:00:02.500\nHoly, <00:00:01.750>holy!\n"
    assert cue in write(SONG, "vtt")


def test_vtt_takes_a_line_of_one_word_as_a_line() -> None:
    line = TimedLine("Gloria", 1.0, 3.0, (TimedWord("Gloria", 1.0, 3.0),))
    assert read(write(TimedLyrics((line,)), "vtt")).lines[0].words == ()


def test_a_line_whose_words_do_not_make_up_its_text_is_printed_without_word_times() -> None:
    line = TimedLine("Oh love", 1.0, 3.0, (TimedWord("Oh", 1.0, 1.5), TimedWord("hate", 2.0, 3.0)))
    for name in set(FORMATS) - {"json"}:
        (again,) = read(write(TimedLyrics((line,)), name)).lines
        assert (again.text, again.words) == ("Oh love", ())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("time", [math.nan, math.inf, -0.5])
def test_a_time_that_no_player_understands_is_refused(name: str, time: float) -> None:
    with pytest.raises(FormatError, match="time"):
        write(TimedLyrics((TimedLine("la", 1.0, 2.0, (TimedWord("la", time, 2.0),)),)), name)
    with pytest.raises(FormatError, match="duration"):
        write(TimedLyrics((), duration=time), name)


@pytest.mark.parametrize(("name", "hours"), [("ass", 10), ("srt", 100)])
def test_a_time_beyond_the_format_is_refused(name: str, hours: int) -> None:
    with pytest.raises(FormatError, match=f"{hours} hours"):
        write(TimedLyrics((TimedLine("la", 1.0, hours * 3600.0),)), name)


def test_names_and_suffixes_that_are_not_known_are_refused_with_those_that_are() -> None:
    with pytest.raises(FormatError, match="known: lrc, elrc"):
        write(SONG, "docx")
    with pytest.raises(FormatError, match=r"\.lrc, \.elrc"):
        format_for("song.docx")
    with pytest.raises(FormatError, match="none of the known"):
        read("Just\nsome words")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("lrc", "words", "no timed line"),
        ("srt", "words", "no cue"),
        ("vtt", "WEBVTT\n\nNOTE nothing", "no cue"),
        ("ass", "[Script Info]\n", "no dialogue"),
        ("ass", "[Events]\nDialogue: 0,x,y,Default,,0,0,0,,la", "damaged"),
        ("ttml", "<tt", "well-formed"),
        ("ttml", "<tt>\ud800</tt>", "well-formed"),
        ("ttml", "<tt/>", "no paragraph"),
        ("ttml", "<!DOCTYPE x [<!ENTITY a 'b'>]><tt/>", "document type"),
        ("ttml", "<p>" * 5000 + "</p>" * 5000, "too deeply"),
        ("ttml", "<d>" * 5000 + "</d>" * 5000, "too deeply"),
        ("json", "{", "not valid JSON"),
        ("json", "[" * 100_000, "not valid JSON"),
        ("json", "[]", "expected an object at the top"),
        ("json", "{}", "'lines' is missing"),
        ("json", '{"lines": [{"text": "a"}]}', "'start' is missing at lines[0]"),
        ("json", '{"lines": [{"text": "a", "start": NaN}]}', "finite number"),
        ("json", '{"lines": [{"text": "a", "start": true}]}', "finite number"),
        ("json", '{"lines": [{"text": 1, "start": 1}]}', "must be text"),
        ("json", '{"lines": 3}', "must be a list"),
        ("json", '{"lines": [], "version": 99}', "Update"),
        ("json", '{"lines": [], "version": "1"}', "whole number"),
    ],
)
def test_unusable_files_are_refused_with_the_reason(name: str, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=re.escape(message)):
        read(text, name)


def test_json_reads_the_least_that_a_prediction_holds() -> None:
    (line,) = read('{"lines": [{"text": "a", "start": 1, "extra": {}}]}').lines
    assert line == TimedLine("a", 1.0, 1.0)


def test_srt_from_elsewhere_loses_its_tags_and_line_breaks() -> None:
    text = "7\n00:00:05,000 --> 00:00:06,000\n{\\an8}<i>Two</i> words\n<font color=red>on two lines</font>\n\n"
    text += "8\n00:00:01,500 --> 00:00:02,000\n1999\n"
    assert [(line.start, line.text) for line in read(text).lines] == [(1.5, "1999"), (5.0, "Two words on two lines")]


def test_vtt_from_elsewhere_loses_notes_styles_identifiers_and_tags() -> None:
    text = """WEBVTT - song
Kind: captions

STYLE
::cue { color: red }

NOTE a remark

intro
00:01.000 --> 00:02.500 align:start
<v Anna>Fish &amp; <b>chips</b>
- again

00:03.000 --> 00:04.000
Oh<00:00:03.250><c> my</c><00:03.500><c> love</c>
"""
    first, second = read(text).lines
    assert (first.text, first.start, first.end, first.words) == ("Fish & chips - again", 1.0, 2.5, ())
    assert [(w.text, w.start, w.end) for w in second.words] == [
        ("Oh", 3.0, 3.25),
        ("my", 3.25, 3.5),
        ("love", 3.5, 4.0),
    ]


def test_ttml_from_elsewhere_is_read_with_its_ways_to_tell_time() -> None:
    text = """<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"><body>
      <div begin="10s"><p begin="1s" dur="2s">Relative</p></div>
      <div><p begin="1:22.889" end="1:26.859">
        <span begin="1:22.889" end="1:23.127">wor</span><span begin="1:23.127" end="1:23.938">ship</span>
        <span ttm:role="x-bg"><span begin="1:24.5" end="1:26.5">(oh)</span></span>
        <span ttm:role="x-translation">敬拜</span></p></div>
      <div><p begin="99.5" end="100.25">Bare<br/>seconds</p><p>Never</p></div></body></tt>"""
    first, second, third = read(text).lines
    assert (first.text, first.start, first.end) == ("Relative", 11.0, 13.0)
    assert [(w.text, w.start, w.end) for w in second.words] == [("worship", 82.889, 83.938), ("(oh)", 84.5, 86.5)]
    assert second.text == "worship (oh)"
    assert (third.text, third.start, third.end) == ("Bare seconds", 99.5, 100.25)


def test_ass_from_elsewhere_loses_its_effects() -> None:
    text = write(TimedLyrics((TimedLine("x", 1.0, 3.0),)), "ass").replace(
        ",x\n", r",{\fad(100,0)\k20}Je{\K30\i1}sus {\ko50}reigns\Nhere" + "\n"
    )
    (line,) = read(text).lines
    assert [(w.text, w.start, w.end) for w in line.words] == [("Jesus", 1.0, 1.5), ("reigns here", 1.5, 2.0)]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", [text for text in NASTY if clean(text)])
def test_lyrics_that_look_like_markup_stay_lyrics(name: str, text: str) -> None:
    lines = (TimedLine(text, 1.0, 2.0), TimedLine(f"oh {text}", 3.0, 4.0), TimedLine("end", 5.0, 6.0))
    again = read(write(TimedLyrics(lines, title=text), name), name)
    assert [(line.text, line.start) for line in again.lines] == [
        (line.text if name == "json" else clean(line.text), line.start) for line in lines
    ]


def test_guards_show_in_no_text_that_needs_none() -> None:
    for name in FORMATS:
        assert GUARD not in write(SONG, name)


def test_each_file_can_be_saved_as_utf8() -> None:
    for name in FORMATS:
        write(TimedLyrics((TimedLine("".join(NASTY), 1.0, 2.0),), title="".join(NASTY)), name).encode()


letters = st.text(st.characters(categories=("L", "N", "P", "S")) | st.sampled_from(" \t\n\x00\u3000\u2028[]<>{}\\&-"))
spellings = st.lists(st.sampled_from(NASTY) | letters, min_size=1, max_size=3).map("".join)


@st.composite
def songs(draw: st.DrawFn) -> TimedLyrics:
    """Lyrics as `verify` leaves them: words between white space, lines one after the other."""
    at = 0.0
    lines: list[TimedLine] = []
    for spoken in draw(st.lists(st.lists(spellings, min_size=1, max_size=4), min_size=1, max_size=4)):
        at += draw(st.floats(0.0, 10.0))
        words: list[TimedWord] = []
        for spelling in (word for part in spoken for word in clean(part).split()):
            words.append(TimedWord(spelling, at, end := at + draw(st.floats(0.06, 2.0))))
            at = end + draw(st.just(0.0) | st.floats(0.0, 2.0))
        if words:
            text = draw(st.sampled_from([" ", "  ", "\n", "\u3000"])).join(word.text for word in words)
            kept = tuple(words) if draw(st.booleans()) else ()
            lines.append(TimedLine(text, words[0].start, words[-1].end, kept))
        at += 0.1
    return TimedLyrics(tuple(lines))


@given(songs().filter(lambda song: song.lines), st.sampled_from(sorted(FORMATS)))
def test_text_and_times_come_back_within_the_resolution_of_the_format(song: TimedLyrics, name: str) -> None:
    again = read(write(song, name), name)
    near = RESOLUTION[name] + 1e-6
    assert len(again.lines) == len(song.lines)
    for line, expected in zip(again.lines, song.lines, strict=True):
        assert line.text == (expected.text if name == "json" else clean(expected.text))
        assert line.start == pytest.approx(expected.start, abs=near)
        if name not in ("lrc", "elrc"):
            assert line.end == pytest.approx(expected.end, abs=near)
        if not FORMATS[name].carries_words or (name == "vtt" and len(expected.words) == 1):
            assert line.words == ()
            continue
        assert [word.text for word in line.words] == [word.text for word in expected.words]
        assert [word.start for word in line.words] == pytest.approx([word.start for word in expected.words], abs=near)
        if name in WORD_ENDS:
            assert [word.end for word in line.words] == pytest.approx([word.end for word in expected.words], abs=near)
        assert all(this.end <= following.start + near for this, following in pairwise(line.words))


fragments = st.sampled_from(
    [
        *NASTY, write(SONG, "ass"), "[00:01.00]", "[1:2:3]", "<0:1>", "\n", "00:01.000 --> 00:02.000\n", "WEBVTT\n\n",
        "[Events]\n", "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\k5}a\n", "<tt><p begin='1s'>", "</p></tt>",
        "[offset:1e9]", "Style: a,b",
    ]
)  # fmt: skip


@given(st.lists(fragments | letters, max_size=6).map("".join), st.sampled_from(sorted(FORMATS)) | st.none())
def test_any_text_is_read_or_refused(text: str, name: str | None) -> None:
    try:
        lyrics = read(text, name)
    except FormatError:
        return
    assert lyrics.lines or name in ("json", None)
    for line in lyrics.lines:
        assert line.text == clean(line.text)
        assert line.start >= 0
