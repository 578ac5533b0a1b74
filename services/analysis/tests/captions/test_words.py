"""From a track's bytes to heard words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fake_youtube import Said, json3, srv1, srv3
from hypothesis import given, settings
from hypothesis import strategies as st

from lyric_timing.heard import Heard
from sow_analysis.captions import YouTubeError
from sow_analysis.captions.cleaning import clean
from sow_analysis.captions.timedtext import Part, Phrase, read_track
from sow_analysis.captions.tokens import heard_of


def heard(data: bytes, language: str = "en", *, automatic: bool = False) -> Heard:
    return heard_of(clean(read_track(data)), language, automatic=automatic)


def words(*phrases: str, language: str = "en") -> list[str]:
    """What remains of phrases that are shown one after the other."""
    said = [(3.0 * at, 2.0, text) for at, text in enumerate(phrases)]
    return [token.text for token in heard(json3(*said), language).tokens]


def times(heard: Heard) -> list[tuple[str, float, float]]:
    return [(token.text, round(token.start, 3), round(token.end, 3)) for token in heard.tokens]


ROLLING: list[Said] = [
    (1.0, 5.0, [("holy", 0.0), (" holy", 0.6), (" holy", 1.2)]),
    (3.0, 0.01, "\n"),
    (3.0, 5.0, [("holy", 0.0), (" holy", 0.6), (" holy", 1.2)]),
]


@pytest.mark.parametrize("form", [json3, srv3])
def test_words_have_the_times_of_an_automatic_track(form: type):
    assert times(heard(form(*ROLLING), automatic=True)) == [
        ("holy", 1.0, 1.6), ("holy", 1.6, 2.2), ("holy", 2.2, 3.0),
        ("holy", 3.0, 3.6), ("holy", 3.6, 4.2), ("holy", 4.2, 6.2),
    ]  # fmt: skip


def test_words_without_times_share_their_phrase_by_syllables():
    assert times(heard(json3((10.0, 2.0, "O holy night")))) == [
        ("O", 10.0, 10.5), ("holy", 10.5, 11.5), ("night", 11.5, 12.0)
    ]  # fmt: skip


@pytest.mark.parametrize("form", [json3, srv1, srv3])
def test_all_forms_of_a_track_say_the_same(form: type):
    assert times(heard(form((1.0, 2.0, "Rock & <i>roll</i>"), (4.0, 1.0, "it's")))) == [
        ("Rock", 1.0, 1.667), ("&", 1.667, 2.333), ("roll", 2.333, 3.0), ("it's", 4.0, 5.0)
    ]  # fmt: skip


def test_words_do_not_linger_as_long_as_the_screen_does():
    phrases = [(4.0 * at, 2.0, "one two three four") for at in range(5)]
    tokens = heard(json3(*phrases, (20.0, 30.0, "five six"))).tokens
    assert tokens[-1].end == pytest.approx(21.5)


def test_phrases_that_overlap_do_not_make_words_overlap():
    tokens = heard(json3((1.0, 6.0, "sing to him"), (3.0, 6.0, "sing for joy"))).tokens
    assert all(one.end <= after.start + 1e-9 for one, after in pairwise(tokens))


def test_a_track_without_lengths_has_words_of_usual_length():
    tokens = heard(json3((1.0, 0.0, "sing"), (2.0, 0.0, "on"))).tokens
    assert [token.end > token.start for token in tokens] == [True, True]


def test_chinese_is_split_into_characters():
    assert words("♪ 奇異恩典，何等甘甜 ♪", language="zh-Hant") == ["奇", "異", "恩", "典，", "何", "等", "甘", "甜"]


def test_machines_are_believed_less_than_people():
    sung = json3((1.0, 2.0, "Amen"))
    assert heard(sung, automatic=True).tokens[0].probability < heard(sung).tokens[0].probability


@pytest.mark.parametrize(
    "phrase",
    [
        "[Music]",
        "[ Música ]",
        "(upbeat music)",
        "(applause)",
        "(Audience cheering)",
        "♪",
        "♪♪♪ ♫",
        "【音樂】",
        "（掌聲）",
        "(間奏)",
        "[Verse 1]",
        "(x2)",
        "🎵",
        "作詞：王小明",
        "Lyrics by: Jane Doe",
        "Words and music by Jane Doe",
        "© 2019 Some Publishing",
        "<c></c>",
        "- ",
        ">>",
    ],
)
def test_what_nobody_sings_is_dropped(phrase: str):
    assert words(phrase) == []


@pytest.mark.parametrize(
    "phrase",
    [
        "♪ sing to him ♪",
        "♪sing to him♪",
        '<i>sing</i> to <font color="#fff">him</font>',
        "{\\an8}sing to him",
        ">> sing to him",
        "- sing to him",
        "JANE DOE: sing to him",
        "Congregation: sing to him",
        "男：sing to him",
        "[Music] sing to him [Applause]",
        "# sing to him #",
        "sing\u200b to\u200e him",
        "sing\nto him",
        "<00:01.200><c>sing</c> to him",
        "(Choir) sing to him",
    ],
)
def test_what_is_sung_is_kept(phrase: str):
    assert words(phrase) == ["sing", "to", "him"]


def test_a_second_voice_in_parentheses_is_sung():
    assert words("I will rise (I will rise)") == ["I", "will", "rise", "(I", "will", "rise)"]
    assert words("(let the choir sing)") == ["(let", "the", "choir", "sing)"]


def test_what_looks_like_a_speaker_but_is_a_line_is_kept():
    assert words("Jesus: name above all names") == ["Jesus:", "name", "above", "all", "names"]


def test_a_mark_that_reaches_over_words_with_times_is_dropped():
    track = json3((1.0, 4.0, [("[soft", 0.0), (" music]", 0.5), (" sing", 1.0)]))
    assert times(heard(track, automatic=True)) == [("sing", 2.0, 4.0)]


def test_lines_that_roll_over_the_screen_count_once():
    rolling = json3(
        (0.0, 2.0, "sing to him"), (2.0, 0.01, "sing to him"), (2.01, 2.0, "sing to him\nnew every day"),
        (4.01, 0.01, "new every day"), (4.02, 2.0, "new every day\nsing to him"),
    )  # fmt: skip
    assert [t.text for t in heard(rolling).tokens] == ["sing", "to", "him", "new", "every", "day", "sing", "to", "him"]


def test_a_line_that_is_sung_twice_counts_twice():
    assert words("holy holy", "holy holy") == ["holy"] * 4
    assert words("holy\nholy", "holy\nworthy") == ["holy", "holy", "holy", "worthy"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"<html><body>Sorry</body></html>",
        b"{",
        b"[]",
        b"{}x",
        b'{"events": {"a": 1}}',
        b'{"events": [{"tStartMs": "soon"}]}',
        b'{"events": [{"tStartMs": 1, "segs": [{"utf8": 7}]}]}',
        b"<transcript><text start='x'>a</text></transcript>",
        b"<transcript><text start='1'>a</transcript>",
        b"<transcript><text>a</text></transcript>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE t [<!ENTITY a "aaaa">]><transcript><text start="1">&a;</text></transcript>',
        b"{" + b'"a":{' * 100_000,
    ],
)
def test_what_cannot_be_read_is_told(data: bytes):
    with pytest.raises(YouTubeError):
        read_track(data)


def test_absurdly_many_phrases_are_refused():
    with pytest.raises(YouTubeError, match="10001 phrases"):
        read_track(json3(*[(1.0, 1.0, "a")] * 10_000))


def test_impossible_times_are_left_out():
    track = json3((-5.0, 1.0, "early"), (1e9, 1.0, "late"), (2.0, -3.0, "amen"))
    assert [phrase.text for phrase in read_track(track)] == ["amen"]
    assert read_track(b'{"events": [{"tStartMs": NaN, "segs": [{"utf8": "a"}]}]}') == ()


texts = st.text(st.sampled_from("ab 神♪[]()<>:-\n{}男\u200b"), max_size=12)
seconds = st.floats(0, 100)
phrases = st.lists(
    st.builds(
        lambda start, length, parts: Phrase(start, start + length, tuple(parts)),
        seconds,
        seconds,
        st.lists(st.builds(Part, texts, st.none() | seconds), max_size=4),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(phrases)
def test_whatever_comes_words_are_in_order(phrases: list[Phrase]):
    phrases.sort(key=lambda phrase: phrase.start)
    tokens = heard_of(clean(phrases), "zh", automatic=False).tokens
    assert all(token.start <= token.end for token in tokens)
    assert all(one.end <= after.start for one, after in pairwise(tokens))
