"""Sections are told by headings, else by the words that come back, and what cannot be told is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.structure import function_of, parts_of, with_parts
from lyric_timing.synthetic import make_song
from lyric_timing.timed import TimedLine, TimedLyrics

VERSE_1 = ["Morning light is on the hill", "Every field is waiting still", "Birds begin to sing"]
VERSE_2 = ["Rivers run beneath the sun", "Open wide the gates, each one", "Let the towers ring"]
PRE = ["And I will not be silent", "No, I will not be still"]
CHORUS = ["We lift up our voices", "The whole earth rejoices", "Forever and ever", "Amen"]
BRIDGE = ["From the ends of the wide ocean", "To the snow upon the mountains", "You are near", "So near to me now"]


def timed(*sections: list[str], pause: float = 2.0, heading: str | None = None) -> TimedLyrics:
    """Each line takes 3 s, and `pause` seconds are between sections."""
    lines: list[TimedLine] = []
    now = 5.0
    for section in sections:
        for text in section:
            lines.append(TimedLine(text, now, now + 2.8, section=heading))
            now += 3.0
        now += pause
    return TimedLyrics(tuple(lines), language="en")


def functions(lyrics: TimedLyrics) -> list[str | None]:
    return [part.function for part in parts_of(lyrics)]


@pytest.mark.parametrize(
    ("heading", "function"),
    [
        ("Chorus", "chorus"), ("副歌", "chorus"), ("Estribillo 2", "chorus"), ("Hook", "chorus"), ("Verse 2", "verse"),
        ("Strophe", "verse"), ("主歌", "verse"), ("导歌", "pre-chorus"), ("Bridge x2", "bridge"), ("Tag", "tag"),
        ("Intro", "intro"), ("尾奏", "outro"), ("Solo", "interlude"), ("Part 2", None), ("Wind", None), ("]", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_heading_says_what_a_section_is(heading: str, function: str | None):
    assert function_of(heading) == function


def test_a_heading_counts_more_than_repeats_and_keeps_its_name():
    (part,) = parts_of(timed(VERSE_1, heading="副歌"))
    assert (part.function, part.name, part.lines) == ("chorus", "副歌", (0, 3))
    assert (part.start, part.end) == (5.0, pytest.approx(13.8))
    assert part.confidence > 0.9


def test_a_chorus_sung_twice_under_one_heading_is_two_sections():
    assert [part.lines for part in parts_of(timed(CHORUS, CHORUS, heading="Chorus"))] == [(0, 4), (4, 8)]


def test_words_that_come_back_between_new_ones_are_the_chorus():
    song = timed(VERSE_1, CHORUS, VERSE_2, CHORUS, BRIDGE, CHORUS, CHORUS)
    assert functions(song) == ["verse", "chorus", "verse", "chorus", "bridge", "chorus", "chorus"]


def test_what_always_leads_to_the_chorus_is_the_pre_chorus():
    song = timed(VERSE_1, PRE, CHORUS, VERSE_2, PRE, CHORUS, BRIDGE, CHORUS)
    assert functions(song) == ["verse", "pre-chorus", "chorus", "verse", "pre-chorus", "chorus", "bridge", "chorus"]


def test_a_first_verse_that_is_sung_again_is_no_pre_chorus():
    song = timed(VERSE_1, CHORUS, VERSE_1, CHORUS, BRIDGE, CHORUS)
    assert functions(song) == ["verse", "chorus", "verse", "chorus", "bridge", "chorus"]


def test_a_chorus_with_a_changed_word_is_the_same_chorus():
    other = [CHORUS[0], "The wide earth rejoices", *CHORUS[2:]]
    assert functions(timed(VERSE_1, CHORUS, VERSE_2, other)) == ["verse", "chorus", "verse", "chorus"]


def test_the_last_lines_of_the_chorus_once_more_at_the_end_are_a_tag():
    song = timed(VERSE_1, CHORUS, VERSE_2, CHORUS, CHORUS[2:])
    assert functions(song) == ["verse", "chorus", "verse", "chorus", "tag"]


def test_a_third_verse_in_the_metre_of_the_others_is_no_bridge():
    third = ["Evening falls upon the land", "All is resting in his hand", "Peace on everything"]
    song = timed(VERSE_1, CHORUS, VERSE_2, CHORUS, third, CHORUS)
    assert functions(song) == ["verse", "chorus", "verse", "chorus", "verse", "chorus"]


def test_strophes_of_one_metre_are_verses_but_not_surely():
    parts = parts_of(timed(VERSE_1, VERSE_2, pause=9.0))
    assert [part.function for part in parts] == ["verse", "verse"]
    assert max(part.confidence for part in parts) < 0.5


@pytest.mark.parametrize("sections", [[VERSE_1], [VERSE_1, VERSE_1], [VERSE_1, BRIDGE], [["Hallelujah"] * 12], []])
def test_what_cannot_be_told_is_left_open(sections: list[list[str]]):
    assert {part.function for part in parts_of(timed(*sections, pause=9.0))} <= {None}


def test_a_long_pause_parts_what_is_sung():
    assert [part.lines for part in parts_of(timed(VERSE_1, BRIDGE, pause=12.0))] == [(0, 3), (3, 7)]


def test_chinese_lyrics_are_told_by_their_repeats_in_either_script():
    verse_1, verse_2 = ["清晨的阳光照在山上", "每一片田野都在等候"], ["江河在日光之下奔流", "敞开大门迎接你的荣耀"]
    chorus = ["我们要高声歌唱", "全地都要欢呼", "你的爱永不改变"]
    traditional = ["我們要高聲歌唱", "全地都要歡呼", "祢的愛永不改變"]
    song = timed(verse_1, chorus, verse_2, traditional)
    assert functions(song) == ["verse", "chorus", "verse", "chorus"]


def sung(seed: int, language: str) -> tuple[TimedLyrics, list[str | None]]:
    """A made-up song without its headings, and what each line is."""
    song = make_song(seed, verses=2 + seed % 3, lines=4 + seed % 2, language=language)
    sheet = song.printed
    lines = tuple(TimedLine(sheet.lines[s.line].text, s.onsets[0], s.end) for s in song.sung)
    sections = [sheet.sections[sheet.section_of_line[s.line]].name or "" for s in song.sung]
    return TimedLyrics(lines, language=language), [function_of(section) for section in sections]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nearly_all_lines_of_songs_without_headings_get_their_function(language: str):
    right = total = 0
    for seed in range(1000, 1030):
        lyrics, truth = sung(seed, language)
        told = [part.function for part in parts_of(lyrics) for _ in range(*part.lines)]
        right += sum(a == b for a, b in zip(told, truth, strict=True))
        total += len(truth)
    assert right / total > 0.97


TEXTS = st.sampled_from([*VERSE_1, *CHORUS, *PRE, "主愛我", "", "...", "la la la"]) | st.text(max_size=12)
LINES = st.builds(
    TimedLine, TEXTS, st.floats(0, 300), st.floats(0, 300), section=st.sampled_from([None, None, "Chorus", "]", ""])
)


@given(st.lists(LINES, max_size=40))
def test_every_line_is_in_one_part_and_parts_are_in_order(lines: list[TimedLine]):
    lyrics = TimedLyrics(tuple(lines))
    parts = parts_of(lyrics)
    assert [at for part in parts for at in range(*part.lines)] == list(range(len(lines)))
    assert all(0 <= part.confidence <= 1 and part.start <= part.end for part in parts)
    assert all((part.confidence == 0) == (part.function is None) for part in parts)
    named = with_parts(lyrics, parts)
    assert all(new.section == old.section for new, old in zip(named.lines, lines, strict=True) if old.section)


def test_lines_get_the_names_of_their_parts_and_verses_keep_their_numbers():
    song = timed(VERSE_1, CHORUS, VERSE_2, CHORUS, BRIDGE, CHORUS, VERSE_1, CHORUS)
    named = with_parts(song, parts_of(song))
    names = list(dict.fromkeys((part.lines[0], named.lines[part.lines[0]].section) for part in parts_of(song)))
    assert [name for _, name in names] == [
        "Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Chorus", "Verse 1", "Chorus",
    ]  # fmt: skip


def test_a_heading_that_is_there_is_never_replaced():
    song = timed(VERSE_1, CHORUS, heading="Part A")
    assert with_parts(song, parts_of(song)) == song
