from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen3_align.text.languages import LANGUAGES
from qwen3_align.text.printed import is_visible, phrases_of, read_lines

_LINE = st.text(st.one_of(st.sampled_from("ab '’我愛の한ー１½—-…/♪🙂([]\u0301\u200d\u200b\u202e\t 0"), st.characters()))
_LINES = st.lists(st.one_of(_LINE, st.sampled_from(["Holy, holy", "", "♪", "我愛你 forever"])), max_size=8)


@settings(max_examples=300, deadline=None)
@given(_LINES, st.sampled_from(LANGUAGES))
def test_every_line_that_shows_anything_comes_back_in_order_once_each_time(lines: list[str], language: str) -> None:
    printed = read_lines(lines, language)

    assert [line.text for line in printed] == [line for line in lines if is_visible(line)]


@settings(max_examples=300, deadline=None)
@given(_LINE.filter(is_visible), st.sampled_from(LANGUAGES))
def test_words_hold_every_visible_character_once(text: str, language: str) -> None:
    (line,) = read_lines([text], language)

    joined = "".join(word.text for word in line.words)
    assert "".join(joined.split()) == "".join(text.split())
    assert all(word.text for word in line.words)


@settings(max_examples=200, deadline=None)
@given(_LINES, st.sampled_from(LANGUAGES))
def test_phrases_hold_every_unit_once(lines: list[str], language: str) -> None:
    printed = read_lines(lines, language)
    phrases = phrases_of(printed)

    assert [unit for phrase in phrases for unit in phrase.units] == [
        unit for line in printed for word in line.words for unit in word.units
    ]
    for phrase in phrases:
        assert phrase.units == tuple(unit for word in phrase.words for unit in word.units) != ()
        last = phrase.first_word + len(phrase.words)
        assert phrase.words == printed[phrase.line].words[phrase.first_word : last]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Holy, holy!", {"Holy,": ("Holy",), "holy!": ("holy",)}),
        ("我愛you forever", {"我": ("我",), "愛": ("愛",), "you": ("you",), "forever": ("forever",)}),
        ("you & me", {"you": ("you",), "&": ("and",), "me": ("me",)}),
        ("♪ la ♪", {"♪ la ♪": ("la",)}),
        ("♪♪", {"♪♪": ()}),
    ],
)
def test_a_line_has_its_words_with_what_the_model_reads(text: str, words: dict[str, tuple[str, ...]]) -> None:
    (line,) = read_lines([text], "English")

    assert {word.text: word.units for word in line.words} == words


def test_a_long_line_is_cut_into_phrases_of_about_the_same_length() -> None:
    (line,) = read_lines(["word " * 100], "English")

    lengths = [len(phrase.units) for phrase in phrases_of([line])]

    assert sum(lengths) == 100
    assert len(lengths) == 9
    assert max(lengths) == 12


def test_a_short_line_is_one_phrase() -> None:
    printed = read_lines(["Amazing grace, how sweet the sound", "我" * 12], "Chinese")

    assert [phrase.line for phrase in phrases_of(printed)] == [0, 1]


def test_headings_come_back_but_are_not_sung():
    lines = read_lines(["[Chorus]", "Sing", "Verse 2:", "Chorus: sing again", "副歌"], "English")
    assert [line.text for line in lines] == ["[Chorus]", "Sing", "Verse 2:", "Chorus: sing again", "副歌"]
    assert [line.unit_count > 0 for line in lines] == [False, True, False, True, False]
