"""LRC: what is read, what is written, and that lyrics never become tags."""

import pytest

from lyric_timing.errors import FormatError
from lyric_timing.formats.lrc import looks_like_lrc, read_lrc, write_lrc
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord


def read(text: str) -> list[tuple[float, str]]:
    return [(line.start, line.text) for line in read_lrc(text).lines]


def words(text: str) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for line in read_lrc(text).lines for word in line.words]


def one_line(text: str, start: float = 1.0, end: float = 2.0) -> TimedLyrics:
    return TimedLyrics((TimedLine(text, start, end),))


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("[00:12.34]", 12.34),
        ("[0:12.3]", 12.3),
        ("[00:12.345]", 12.345),
        ("[00:01]", 1.0),
        ("[00:12,34]", 12.34),
        ("[00:01:23]", 83.0),
        ("[00:01:234]", 1.234),
        ("[01:02:03.5]", 3723.5),
        ("[100:00.00]", 6000.0),
        ("[00:75.00]", 75.0),
    ],
)
def test_reads_every_way_to_write_a_time(stamp: str, seconds: float) -> None:
    assert read(f"{stamp}Gloria") == [(seconds, "Gloria")]


def test_reads_the_third_number_as_hundredths_when_it_cannot_be_seconds() -> None:
    assert read("[00:01:75]One\n[00:03:20]Two") == [(1.75, "One"), (3.2, "Two")]


def test_reads_the_third_number_as_hundredths_when_lines_would_stand_minutes_apart() -> None:
    assert read("[00:10:00]One\n[00:14:50]Two\n[01:02:00]Three") == [(10.0, "One"), (14.5, "Two"), (62.0, "Three")]


def test_reads_hours_beside_other_stamps() -> None:
    assert read("[00:40]Early\n[01:00:00]Late") == [(40.0, "Early"), (3600.0, "Late")]


def test_repeats_a_line_at_each_of_its_stamps_in_order_of_time() -> None:
    assert read("[00:30.00] [00:10.00]Again\n[00:20.00]Between") == [
        (10.0, "Again"),
        (20.0, "Between"),
        (30.0, "Again"),
    ]


def test_moves_the_words_of_a_repeated_line_along_with_it() -> None:
    assert words("[00:10.00][00:30.00]<00:10.10>Hello <00:10.50>world<00:11.00>") == [
        ("Hello", 10.1, 10.5),
        ("world", 10.5, 11.0),
        ("Hello", 30.1, 30.5),
        ("world", 30.5, 31.0),
    ]


def test_an_empty_stamp_ends_the_line_before_it() -> None:
    first, second = read_lrc("[00:01.00]One\n[00:02.50]\n[00:10.00]Two").lines
    assert (first.end, second.start) == (2.5, 10.0)


def test_a_line_without_an_end_lasts_until_the_next_one() -> None:
    assert read_lrc("[00:01.00]One\n[00:04.00]Two").lines[0].end == 4.0


def test_two_texts_at_one_time_both_last_until_the_next_time() -> None:
    lines = read_lrc("[00:01.00]Amazing\n[00:01.00]奇异\n[00:04.00]Grace").lines
    assert [line.end for line in lines[:2]] == [4.0, 4.0]


def test_a_positive_offset_means_earlier() -> None:
    assert read("[offset: +500]\n[00:01.00]<00:01.20>One") == [(0.5, "One")]
    assert words("[offset:+500]\n[00:01.00]<00:01.20>One <00:01.40>day<00:02.00>")[0] == ("One", 0.7, 0.9)
    assert read("[offset:-500]\n[00:01.00]One") == [(1.5, "One")]
    assert read("[offset:9000]\n[00:01.00]One") == [(0.0, "One")]


def test_an_offset_that_is_no_number_counts_as_none() -> None:
    assert read("[offset: soon ]\n[00:01.00]One") == [(1.0, "One")]


def test_reads_what_is_known_of_the_song() -> None:
    lyrics = read_lrc(
        "\ufeff[ti: A title ]\r\n[AR:An artist]\r\n[al:Al]\r\n[lang:en]\r\n[length: 3:25.5]\r\n[00:01]One\r\n"
    )
    assert (lyrics.title, lyrics.artist, lyrics.album, lyrics.language) == ("A title", "An artist", "Al", "en")
    assert lyrics.duration == 205.5


def test_text_before_the_first_stamp_is_left_out_and_text_after_it_goes_on() -> None:
    assert read("Prelude\n[00:01.00]This is\none  line\n\n[00:05.00]Two") == [(1.0, "This is one line"), (5.0, "Two")]


def test_a_heading_between_lines_names_the_section() -> None:
    lines = read_lrc("[Verse 1]\n[00:01.00]One\n[Chorus]\n[00:05.00]Two").lines
    assert [(line.text, line.section) for line in lines] == [("One", "Verse 1"), ("Two", "Chorus")]


def test_a_stamp_inside_the_text_is_text() -> None:
    assert read("[00:00] This is [00:00:00] a line") == [(0.0, "This is [00:00:00] a line")]


def test_reads_words_tagged_in_either_bracket_and_with_spaces_anywhere() -> None:
    expected = [("Oh", 1.0, 1.5), ("love", 1.5, 2.0), ("me", 2.0, 2.4)]
    assert words("[00:01.00]<00:01.00>Oh <00:01.50>love <00:02.00>me<00:02.40>") == expected
    assert words("[00:01.00] <00:01.00> Oh <00:01.50> love <00:02.00> me <00:02.40>") == expected
    assert words("[00:01.00]Oh <00:01.50>love<00:02.00> me<00:02.40>") == expected
    assert words("[00:01.00]Oh [00:01.50]love [00:02.00]me[00:02.40]") == expected


def test_joins_syllables_but_keeps_chinese_characters_apart() -> None:
    assert words("[00:01.00]<00:01.00>wor<00:01.20>ship<00:02.00>") == [("worship", 1.0, 2.0)]
    assert words("[00:01.00]<00:01.00>耶<00:01.20>穌<00:02.00>") == [("耶", 1.0, 1.2), ("穌", 1.2, 2.0)]
    assert words("[00:01.00]<00:01.00>예<00:01.20>수<00:02.00>") == [("예수", 1.0, 2.0)]


def test_refuses_text_without_times() -> None:
    with pytest.raises(FormatError, match="no timed line"):
        read_lrc("Just\nwords")


def test_tells_lrc_from_a_plain_sheet() -> None:
    assert looks_like_lrc("[ti:x]\n[00:01.00]One\n[00:05.00]Two")
    assert not looks_like_lrc("[Chorus]\nOne\nTwo")
    assert not looks_like_lrc("[0:45] Guitar\nOne\nTwo\nThree")
    assert not looks_like_lrc("[ti:x]")
    assert not looks_like_lrc("")


def test_rounds_before_it_splits_minutes_from_seconds() -> None:
    assert "[01:00.00]One" in write_lrc(one_line("One", 59.996, 61.0))
    assert "[100:00.00]One" in write_lrc(one_line("One", 6000.0, 6001.0))


def test_writes_word_tags_only_in_enhanced_lrc() -> None:
    pair = (TimedWord("Oh", 1.0, 1.4), TimedWord("love", 1.5, 2.0))
    lyrics = TimedLyrics((TimedLine("Oh love", 1.0, 2.0, pair),))
    assert "[00:01.00]Oh love\n" in write_lrc(lyrics)
    assert "[00:01.00]<00:01.00>Oh <00:01.50>love<00:02.00>\n" in write_lrc(lyrics, words=True)


def test_marks_the_end_of_a_line_only_before_a_long_pause() -> None:
    lines = (TimedLine("One", 1.0, 3.0), TimedLine("Two", 3.5, 5.0), TimedLine("Three", 20.0, 22.0))
    stamps = [row for row in write_lrc(TimedLyrics(lines)).splitlines() if row.startswith("[0")]
    assert stamps == ["[00:01.00]One", "[00:03.50]Two", "[00:05.00]", "[00:20.00]Three", "[00:22.00]"]


def test_writes_lines_in_order_of_time_and_no_offset() -> None:
    text = write_lrc(TimedLyrics((TimedLine("Two", 3.0, 4.0), TimedLine("One", 1.0, 2.0))))
    assert text.index("One") < text.index("Two")
    assert "offset" not in text


@pytest.mark.parametrize(
    "text", ["[00:01]", "[ti:x]", "[offset:900] a", "<00:01.00>a", "a [00:05.00] b", "[ 00:01 ]", "[#:x]", "[00:01"]
)
def test_lyrics_that_look_like_tags_stay_lyrics(text: str) -> None:
    for enhanced in (False, True):
        written = write_lrc(one_line(text), words=enhanced)
        assert read(written) == [(1.0, text)]
        assert read_lrc(written).title is None


def test_a_title_cannot_add_lines() -> None:
    lyrics = TimedLyrics((TimedLine("One", 1.0, 2.0),), title="A]\n[00:09.00]Evil")
    again = read_lrc(write_lrc(lyrics))
    assert [line.text for line in again.lines] == ["One"]
    assert again.title == "A] [00:09.00]Evil"
