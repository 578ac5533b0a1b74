from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.errors import LyricsError
from lyric_timing.formats import FORMATS, write
from lyric_timing.parsing import parse_sheet, read_sheet
from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLine, TimedLyrics

Sections = list[tuple[str | None, list[str]]]


def sections(text: str) -> Sections:
    return outline(parse_sheet(text))


def outline(sheet: LyricSheet) -> Sections:
    return [(section.name, [line.text for line in section.lines]) for section in sheet.sections]


def test_stanzas_between_empty_lines_are_sections():
    assert sections("one\ntwo\n\n\n  three\nfour  \n") == [(None, ["one", "two"]), (None, ["three", "four"])]


def test_headings_name_sections_and_are_never_sung():
    assert sections("[Verse 1: Anna]\none\n[Chorus]\ntwo\nBridge:\nthree\n副歌\nfour") == [
        ("Verse 1", ["one"]),
        ("Chorus", ["two"]),
        ("Bridge", ["three"]),
        ("副歌", ["four"]),
    ]


def test_a_line_that_begins_like_a_heading_is_sung():
    assert sections("Bridge over the stream\nChorus of angels") == [
        (None, ["Bridge over the stream", "Chorus of angels"])
    ]


def test_a_heading_alone_repeats_the_section_of_its_name():
    text = "[Verse 1]\none\n\n[Chorus]\ntwo\nthree\n\n[Verse 2]\nfour\n\n[Chorus]\n\n[Bridge]\nfive\n[Chorus]"
    chorus = ("Chorus", ["two", "three"])
    assert sections(text) == [
        ("Verse 1", ["one"]),
        chorus,
        ("Verse 2", ["four"]),
        chorus,
        ("Bridge", ["five"]),
        chorus,
    ]


def test_the_latest_section_of_the_name_is_repeated():
    text = "[Chorus 1]\none\n[Chorus 2]\ntwo\n[Chorus 1]\n[Chorus]\n[Final Chorus]"
    names = ["Chorus 1", "Chorus 2", "Chorus 1", "Chorus", "Final Chorus"]
    assert sections(text) == list(zip(names, [["one"], ["two"], ["one"], ["two"], ["two"]], strict=True))


def test_a_section_may_be_called_before_it_is_written():
    assert sections("[Chorus]\n[Verse]\none\n[Chorus]\ntwo") == [
        ("Chorus", ["two"]),
        ("Verse", ["one"]),
        ("Chorus", ["two"]),
    ]


def test_an_empty_verse_and_an_instrumental_repeat_nothing():
    assert sections("[Verse 1]\none\n[Guitar Solo]\n[Verse 2]\n[Outro]") == [("Verse 1", ["one"])]


def test_a_chorus_called_between_unnamed_verses_is_repeated():
    text = "one\ntwo\n\nChorus:\npraise\n\nthree\n\nChorus\n\nfour\n\n(Repeat chorus)\nfive"
    chorus = ["praise"]
    assert sections(text) == [
        (None, ["one", "two"]),
        ("Chorus", chorus),
        (None, ["three"]),
        ("Chorus", chorus),
        (None, ["four"]),
        ("Repeat chorus", chorus),
        (None, ["five"]),
    ]


def test_a_heading_may_be_followed_by_an_empty_line():
    assert sections("Verse 1\n\none\n\ntwo\n\nChorus\n\nthree") == [("Verse 1", ["one", "two"]), ("Chorus", ["three"])]
    assert sections("Chorus\n\none\ntwo\n\nthree\n\nChorus\n\none\nfour")[-1] == ("Chorus", ["one", "four"])


def test_a_heading_with_a_count_is_sung_so_often():
    assert sections("[Chorus x2]\none\n[Verse]\ntwo\n[Chorus x3]") == [
        *[("Chorus", ["one"])] * 2,
        ("Verse", ["two"]),
        *[("Chorus", ["one"])] * 3,
    ]


def test_a_count_on_a_line_of_its_own_repeats_the_section():
    assert sections("one\ntwo\n(x2)\nthree") == [(None, ["one", "two"])] * 2 + [(None, ["three"])]
    assert sections("[Chorus]\n(x3)\none") == [("Chorus", ["one"])] * 3


def test_a_count_behind_a_line_repeats_the_line():
    assert sections("one (x2)\n哈利路亞 x3\nthree (x99)") == [(None, ["one", "one", *["哈利路亞"] * 3, "three"])]


def test_words_behind_a_heading_are_sung():
    assert sections("Chorus: Praise him\nall day") == [("Chorus", ["Praise him", "all day"])]


def test_chords_are_dropped_and_the_text_stays():
    text = "Intro: G C D\n\nVerse 1\nC   G/B    Am7\nAmazing  day\nG C\n[G]How [C]sweet it [Am]is\n[D] [G]\n"
    assert sections(text) == [("Verse 1", ["Amazing  day", "How sweet it is"])]


def test_the_alphabet_is_sung():
    assert sections("A B C\nD E F G\nnow I know") == [(None, ["A B C", "D E F G", "now I know"])]


def test_chordpro_is_understood():
    sheet = parse_sheet(
        "{title: My song}\n{artist: Me}\n# a remark\n{soc}\n[G]Praise [C]him\n{eoc}\n\nA [D]verse\n\n{chorus}\n"
    )
    assert (sheet.title, sheet.artist) == ("My song", "Me")
    assert outline(sheet) == [("Chorus", ["Praise him"]), (None, ["A verse"]), ("Chorus", ["Praise him"])]


def test_stanza_numbers_become_names():
    text = "1. I sing\nall day\n\nRefrain:\nla la\n\n2. You sing\n\n3\nWe sing"
    assert sections(text) == [
        ("1", ["I sing", "all day"]),
        ("Refrain", ["la la"]),
        ("2", ["You sing"]),
        ("3", ["We sing"]),
    ]


def test_a_number_that_counts_no_stanza_is_sung():
    assert sections("99 balloons\n\n3 little birds\n\n2. chance") == [
        (None, ["99 balloons"]),
        (None, ["3 little birds"]),
        (None, ["2. chance"]),
    ]


def test_credits_are_no_lyrics():
    sheet = parse_sheet(
        "歌名：河\n作詞：某人\n作曲：某人\n\n我在河邊\n\nCCLI Song # 123\n© 1999 Someone\nAll rights reserved."
    )
    assert sheet.title == "河"
    assert outline(sheet) == [(None, ["我在河邊"])]


def test_the_title_above_named_verses_is_no_lyric():
    sheet = parse_sheet("River song\n\nVerse 1\nI sing\n\nChorus\nla la")
    assert sheet.title == "River song"
    assert outline(sheet) == [("Verse 1", ["I sing"]), ("Chorus", ["la la"])]


def test_a_known_title_above_the_words_is_no_lyric():
    assert outline(parse_sheet("RIVER SONG!\n\nI sing\nall day", title="River Song")) == [(None, ["I sing", "all day"])]


def test_a_first_line_under_no_heading_is_sung():
    assert sections("Ooh\n\nI sing\nall day")[0] == (None, ["Ooh"])
    assert sections("Ooh\n[Verse 1]\n") == [(None, ["Ooh"])]


@pytest.mark.parametrize("mark", ["♪", "---", "* * *", "...", "♪♪ ~"])
def test_a_line_of_marks_ends_a_stanza(mark: str):
    assert sections(f"one\n{mark}\ntwo") == [(None, ["one"]), (None, ["two"])]


def test_lrc_is_taken_as_lyrics_in_sung_order():
    text = (
        "[ti:River]\r\n[ar:Me]\r\n[00:10.00][00:30.00]la la\r\n[00:20.00]I sing\r\n[00:24.00]\r\n[00:40.00]the end\r\n"
    )
    sheet = parse_sheet(text)
    assert (sheet.title, sheet.artist) == ("River", "Me")
    assert outline(sheet) == [(None, ["la la", "I sing"]), (None, ["la la", "the end"])]


def test_the_title_sung_as_the_first_line_of_an_lrc_stays():
    text = "[ti:River]\n[00:10.00]River\n[00:12.00]\n[00:20.00]River flow"
    assert sections(text) == [(None, ["River"]), (None, ["River flow"])]


def test_enhanced_lrc_is_taken_as_lyrics():
    assert sections("[00:10.00]<00:10.00>I <00:10.50>sing\n[00:20.00]<00:20.00>我<00:21.00>唱") == [
        (None, ["I sing", "我唱"])
    ]


def test_subtitles_are_taken_as_lyrics():
    cues = ["1\n00:00:01,000 --> 00:00:02,000\nI sing\n", "2\n00:00:03,000 --> 00:00:04,000\nall day\n"]
    assert sections("\n".join(cues)) == [(None, ["I sing", "all day"])]
    web = "WEBVTT\n\n00:01.000 --> 00:02.000\nI <b>sing</b>\n\n00:03.000 --> 00:04.000\nall day\n"
    assert sections(web) == [(None, ["I sing", "all day"])]


@pytest.mark.parametrize("name", FORMATS)
def test_what_this_package_writes_can_serve_as_lyrics(name: str):
    lines = (TimedLine("I sing", 1.0, 2.0), TimedLine("我在河邊", 3.0, 4.0))
    text = write(TimedLyrics(lines), name)
    assert [line.text for line in parse_sheet(text).lines] == ["I sing", "我在河邊"]


def test_sections_of_timed_lyrics_stay():
    lines = [TimedLine("I sing", 1.0, 2.0, section="Chorus"), TimedLine("all day", 3.0, 4.0)]
    assert sections(write(TimedLyrics(tuple(lines)), "json")) == [("Chorus", ["I sing"]), (None, ["all day"])]


@pytest.mark.parametrize("text", ["WEBVTT\n\nnothing", '{"no": "lyrics"}', "<tt><nothing"])
def test_a_broken_file_of_timed_lyrics_is_refused(text: str):
    with pytest.raises(LyricsError, match="timed lyrics"):
        parse_sheet(text)


def test_the_language_is_given_or_in_the_file_or_guessed():
    assert parse_sheet("3 fois", language="fr-CA").language == "fr"
    assert parse_sheet("[la:fr]\n[00:01.00]3 fois").language == "fr"
    assert parse_sheet("我在河邊唱歌").language == "zh"
    assert parse_sheet("la la la").language is None
    assert parse_sheet("3 fois", language="French").lines[0].words[0].normal == "trois"


def test_lines_repeated_share_one_object():
    lines = parse_sheet("[Chorus]\none\n[Verse]\ntwo\n[Chorus]").lines
    assert lines[0] is lines[2]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff"])
def test_empty_lyrics_are_refused(text: str):
    with pytest.raises(LyricsError, match="empty"):
        parse_sheet(text)


@pytest.mark.parametrize("text", ["[Chorus]", "♪\n---", "C  G/B  Am7", "[ti:River]\n[ar:Me]", "(x2)", "{title: River}"])
def test_lyrics_without_words_are_refused(text: str):
    with pytest.raises(LyricsError, match="no word"):
        parse_sheet(text)


def test_too_many_lines_are_refused():
    assert len(parse_sheet("la\n" * 20_000).lines) == 20_000
    with pytest.raises(LyricsError, match="20000 lines"):
        parse_sheet("la\n" * 20_001)
    with pytest.raises(LyricsError, match="repeats"):
        parse_sheet("la (x20)\n" * 1_001)


def test_too_much_text_is_refused():
    with pytest.raises(LyricsError, match="2 MB"):
        parse_sheet("我" * 700_000)


def test_odd_characters_do_no_harm():
    assert sections("I\x00 si\x07ng\ud800\r\nall\x85day\u2028long") == [(None, ["I sing\ufffd", "all", "day", "long"])]


def test_a_file_is_read_in_its_encoding(tmp_path: Path):
    file = tmp_path / "song.txt"
    file.write_bytes("[副歌]\r\n我在河邊唱歌\r\n".encode("gb18030"))
    assert outline(read_sheet(file)) == [("副歌", ["我在河邊唱歌"])]
    assert read_sheet(str(file), language="zh", title="河", artist="某人").title == "河"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(LyricsError, match=r"gone\.txt.*No such file"):
        read_sheet(tmp_path / "gone.txt")
    with pytest.raises(LyricsError, match="folder"):
        read_sheet(tmp_path)
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(LyricsError, match=r"empty\.txt: The lyrics are empty"):
        read_sheet(tmp_path / "empty.txt")


def visible(text: str) -> str:
    return "".join(text.split())


PIECES = st.sampled_from(
    [
        "[Chorus]", "[Chorus x2]", "Verse 1:", "Verse 2", "Repeat chorus", "(x2)", "Tag", "副歌", "[x]", "[Verse 1] la",
        "", " ", "♪", "1. la", "2. lo", "C  G/B", "G", "[G]la", "{soc}", "{title: x}", "{chorus}", "# x", "© x",
        "la (x3)", "[00:01.00]la", "[00:02.00][00:01.00]lo", "[ti:x]", "00:00:01,000 --> 00:00:02,000", "WEBVTT",
        '{"lines": 1}', "<tt>",
        "[Script Info]", "la",
        "我愛", "10 %",
    ]
)  # fmt: skip
SHEETS = st.lists(PIECES, max_size=12).map("\n".join) | st.text() | st.text("[]()x2:la\n 0.<>-{}#", max_size=60)


@given(SHEETS)
def test_any_text_is_a_sound_sheet_or_refused(text: str):
    try:
        sheet = parse_sheet(text)
    except LyricsError:
        return
    assert sheet.lines
    assert all(section.lines for section in sheet.sections)
    for line in sheet.lines:
        assert line.text == line.text.strip()
        assert line.words
        assert visible("".join(word.text for word in line.words)) == visible(line.text)


@given(
    st.lists(
        st.text("abcde我愛", min_size=1, max_size=8).filter(lambda text: text not in "abcd"), min_size=1, max_size=8
    )
)
def test_plain_lines_come_back_as_they_are(lines: list[str]):
    assert [line.text for line in parse_sheet("\n".join(lines)).lines] == lines
