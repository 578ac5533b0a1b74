"""Captions get the times at which their words were heard."""

from __future__ import annotations

from itertools import pairwise

from lyric_timing.heard import Heard, Token
from lyric_timing.synthetic import Ear, hear, make_song
from sow_analysis.captions import lend_times


def said(*words: tuple[str, float], language: str = "en") -> Heard:
    """Captions whose words have a share of their phrase."""
    return Heard(tuple(Token(word, at, at + 0.3, timed=False) for word, at in words), "captions", language)


def heard(*words: tuple[str, float], language: str = "en") -> Heard:
    return Heard(tuple(Token(word, at, at + 0.3, 0.7) for word, at in words), "ear", language)


def told(captions: Heard) -> list[tuple[str, float, bool]]:
    return [(token.text, round(token.start, 3), token.timed) for token in captions.tokens]


def test_words_that_were_heard_are_timed_and_others_stay_between_them():
    captions = said(("Morning", 1.0), ("has", 1.5), ("broken", 2.0), ("today", 2.5))
    lent = lend_times(captions, heard(("morning", 1.4), ("spoken", 2.1), ("today", 3.0)))
    assert told(lent) == [("Morning", 1.4, True), ("has", 1.5, False), ("broken", 2.0, False), ("today", 3.0, True)]
    late = lend_times(captions, heard(("morning", 2.2), ("today", 2.3)))
    assert told(late) == [("Morning", 2.2, True), ("has", 2.2, False), ("broken", 2.2, False), ("today", 2.3, True)]


def test_a_word_that_is_sung_again_and_again_keeps_its_turn():
    captions = said(("holy", 1.0), ("holy", 1.5), ("holy", 2.0), ("Lord", 2.5))
    lent = lend_times(captions, heard(("holy", 1.3), ("holy", 2.1), ("holy", 2.9), ("lord", 3.6)))
    assert told(lent) == [("holy", 1.3, True), ("holy", 2.1, True), ("holy", 2.9, True), ("Lord", 3.6, True)]


def test_what_is_far_off_lends_nothing():
    captions = said(("Hallelujah", 10.0))
    assert lend_times(captions, heard(("hallelujah", 20.0))) == captions
    assert lend_times(captions, heard()) == captions


def test_characters_get_the_times_of_the_words_that_they_were_heard_in():
    captions = said(("奇", 1.0), ("異", 1.2), ("恩", 1.4), ("典", 1.6), language="zh")
    lent = lend_times(captions, Heard((Token("奇异", 1.5, 2.1), Token("恩典", 2.1, 2.7)), "ear", "zh"))
    assert told(lent) == [("奇", 1.5, True), ("異", 1.8, True), ("恩", 2.1, True), ("典", 2.4, True)]


def test_time_never_goes_back():
    for seed in range(10):
        song = make_song(seed)
        captions = hear(song, Ear(), seed)
        tokens = lend_times(captions, hear(song, Ear(), seed + 1)).tokens
        assert [token.text for token in tokens] == [token.text for token in captions.tokens]
        assert all(one.start <= after.start for one, after in pairwise(tokens))
        assert all(token.start <= token.end for token in tokens)
