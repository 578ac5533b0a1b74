from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import anyio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singing import Ear, Song, align, make_song, share_within

from qwen3_align.alignment import align_song
from qwen3_align.alignment.aligned import Alignment
from qwen3_align.alignment.limits import Limits
from qwen3_align.alignment.windows import Window
from qwen3_align.clips import SAMPLE_RATE, Clip, UnitTime
from qwen3_align.errors import TextUnusableError, UnsupportedLanguageError
from qwen3_align.text.printed import is_visible, read_lines


def _check(alignment: Alignment, lines: Sequence[str], seconds: float) -> None:
    """What holds for every answer."""
    assert [line.text for line in alignment.lines] == [line for line in lines if is_visible(line)]
    for line, printed in zip(alignment.lines, read_lines(lines, alignment.language), strict=True):
        assert [word.text for word in line.words] == [word.text for word in printed.words]
        assert (line.start, line.end) == (line.words[0].start, line.words[-1].end)
        assert all(0 <= word.confidence <= 1 for word in line.words)
        assert line.confidence == pytest.approx(np.mean([word.confidence for word in line.words]), abs=1e-3)
    words = [word for line in alignment.lines for word in line.words]
    assert all(0 <= word.start < word.end <= seconds for word in words)
    assert all(before.end <= after.start for before, after in pairwise(words))


@pytest.mark.parametrize(
    ("seconds", "shape"),
    [
        (20, {}),
        (240, {"intro": 10}),
        (240, {"intro": 10, "repeats": False}),
        (240, {"intro": 40}),
        (300, {"intro": 40, "breaks": [60]}),
        (300, {"intro": 40, "breaks": [60, 20], "quiet": True}),
        (1200, {"intro": 40, "breaks": [60, 60, 30]}),
        (600, {"intro": 5, "breaks": [60, 20], "repeats": False}),
    ],
    ids=str,
)
def test_words_are_where_they_are_sung(seconds: float, shape: dict[str, object]) -> None:
    song = make_song(1, seconds, **shape)

    alignment = align(song)

    _check(alignment, song.lines, song.seconds)
    assert share_within(alignment, song) >= 0.97


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "ear",
    [
        {"pile_sureness": (0.5, 0.9)},
        {"stretches": True, "pile_sureness": (0.05, 0.3)},
        {"sureness": 0.15},
    ],
    ids=["sure of its piles", "draws out what is not sung", "unsure of all"],
)
def test_it_does_not_matter_how_the_model_fails(seed: int, ear: dict[str, object]) -> None:
    song = make_song(seed, 240, intro=20, breaks=[20])

    assert share_within(align(song, Ear(song, seed, **ear)), song) >= 0.97


def test_a_stretch_that_the_model_cannot_hear_does_not_spoil_what_follows() -> None:
    song = make_song(2, 600)
    deaf = (200, 290)

    alignment = align(song, Ear(song, deaf=[deaf]))

    heard = [
        abs(word.start - start) <= 0.3
        for line, sung in zip(alignment.lines, song.sung, strict=True)
        for word, (start, _) in zip(line.words, sung.spans, strict=True)
        if not deaf[0] - 5 <= start <= deaf[1] + 5
    ]
    assert np.mean(heard) >= 0.97
    assert any("not heard" in warning for warning in alignment.warnings)


def test_lines_that_are_not_sung_leave_the_others_in_place() -> None:
    song = make_song(3, 240)
    unsung = [f"These words nobody sings {'so' * i}" for i in range(1, 9)]
    lines = [*song.lines[:20], *unsung, *song.lines[20:]]

    alignment = align(song, lines=lines)

    _check(alignment, lines, song.seconds)
    sung = Alignment((*alignment.lines[:20], *alignment.lines[28:]), alignment.language)
    assert share_within(sung, song) >= 0.97
    assert max(line.confidence for line in alignment.lines[20:28]) < 0.2


def test_text_that_is_not_in_the_recording_comes_back_as_a_guess() -> None:
    song = make_song(4, 240)

    alignment = align(song, Ear(song, hears=False))

    _check(alignment, song.lines, song.seconds)
    assert max(line.confidence for line in alignment.lines) < 0.2
    assert alignment.warnings


def test_text_without_line_breaks_is_timed_as_well() -> None:
    song = make_song(5, 240)
    text = " ".join(song.lines)

    alignment = align(song, lines=[text])

    _check(alignment, [text], song.seconds)
    truth = [start for line in song.sung for start, _ in line.spans]
    found = [word.start for word in alignment.lines[0].words]
    assert np.mean(np.abs(np.subtract(found, truth)) <= 0.3) >= 0.97


def test_one_word_is_enough() -> None:
    song = make_song(6, 30)
    first = song.lines[0].split()[0]

    _check(align(song, lines=[first]), [first], song.seconds)


def test_a_short_recording_is_one_question_and_a_long_one_several_of_bounded_length() -> None:
    short, long = make_song(7, 50), make_song(7, 1200)
    ears = Ear(short, wrong=0), Ear(long)

    align(short, ears[0])
    align(long, ears[1])

    assert ears[0].asked == [[50.0]]
    assert max(seconds for call in ears[1].asked for seconds in call) <= Limits().longest_seconds
    assert sum(seconds for call in ears[1].asked for seconds in call) < 1.5 * long.seconds


def _windows(song: Song, size: int = 4) -> list[Window]:
    stanzas = [song.sung[at : at + size] for at in range(0, len(song.sung), size)]
    return [
        Window(
            max(0.0, stanza[0].spans[0][0] - 0.5),
            min(song.seconds, stanza[-1].spans[-1][1] + 0.5),
            tuple(line.text for line in stanza),
        )
        for stanza in stanzas
    ]


def test_windows_are_asked_together() -> None:
    song = make_song(8, 240, intro=40, breaks=[30])
    windows = _windows(song)
    ear = Ear(song, wrong=0)

    alignment = align(song, ear, lines=(), windows=windows)

    _check(alignment, song.lines, song.seconds)
    assert share_within(alignment, song) >= 0.97
    assert len(ear.asked[0]) == len(windows)
    assert len(ear.asked) <= 2


def test_what_is_wrong_in_windows_is_asked_again_together() -> None:
    song = make_song(9, 240)
    ear = Ear(song, wrong=0.2)

    alignment = align(song, ear, lines=(), windows=_windows(song))

    assert len(ear.asked) == 2
    assert share_within(alignment, song) >= 0.94


def test_a_window_that_is_longer_than_a_clip_may_be_is_walked_through() -> None:
    song = make_song(10, 400)
    middle = len(song.sung) // 2
    border = song.sung[middle].spans[0][0] - 0.2
    windows = [Window(0, border, song.lines[:middle]), Window(border, song.seconds, song.lines[middle:])]
    ear = Ear(song)

    alignment = align(song, ear, lines=(), windows=windows)

    assert share_within(alignment, song) >= 0.97
    assert max(seconds for call in ear.asked for seconds in call) <= Limits().longest_seconds


def test_a_window_without_anything_to_sing_is_not_asked_about() -> None:
    song = make_song(11, 60)
    windows = [Window(0, 2, ("♪", "***")), *_windows(song)]

    alignment = align(song, lines=(), windows=windows)

    assert [line.text for line in alignment.lines[:2]] == ["♪", "***"]
    assert all(line.confidence == 0 and line.end <= 2.2 for line in alignment.lines[:2])


def test_a_line_of_signs_has_the_time_of_what_follows() -> None:
    song = make_song(12, 40)

    alignment = align(song, lines=[*song.lines[:2], "♪ ♪", *song.lines[2:]])

    signs, following = alignment.lines[2:4]
    assert signs.confidence == 0
    assert 0 <= following.start - signs.start <= 0.1


@pytest.mark.parametrize("lines", [[], [""], ["♪", "—", "🙂"], ["\u0301"]])
def test_without_a_word_to_sing_there_is_an_error(lines: list[str]) -> None:
    with pytest.raises(TextUnusableError, match="no word"):
        align(make_song(13, 20), lines=lines)


def test_more_text_than_can_be_sung_is_an_error() -> None:
    song = make_song(13, 20)

    with pytest.raises(TextUnusableError, match="The recording has 20"):
        align(song, lines=["all these words in so short a time"] * 400)
    with pytest.raises(TextUnusableError, match="Window 2"):
        align(song, windows=[Window(0, 5, ("a word",)), Window(5, 6, ("words " * 30,))])
    with pytest.raises(TextUnusableError):
        anyio.run(align_song, np.zeros(0, np.float32), ["word"], "en", Ear(song))


def test_text_of_400_lines_is_placed() -> None:
    song = make_song(14, 1500)
    assert len(song.lines) >= 400

    assert share_within(align(song), song) >= 0.97


def test_a_language_that_the_model_does_not_know_is_an_error() -> None:
    song = make_song(15, 20)

    with pytest.raises(UnsupportedLanguageError):
        anyio.run(align_song, song.samples, song.lines, "nl", Ear(song))


class _Babbler:
    """Answers anything that has the shape of an answer."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    async def predict(self, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        return [self._answer(clip) for clip in clips]

    def _answer(self, clip: Clip) -> tuple[UnitTime, ...]:
        reach = self._rng.choice([0.0, 0.5, 1.0, 1.0, 5.0]) * clip.seconds
        times = sorted(self._rng.uniform(0, reach) for _ in range(2 * len(clip.units)))
        if self._rng.random() < 0.3:
            times = [round(time, 0) for time in times]
        return tuple(
            UnitTime(start, end, self._rng.choice([0.0, 0.05, 0.5, 1.0]))
            for start, end in zip(times[::2], times[1::2], strict=True)
        )


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(["Holy, holy", "我愛你 forever", "♪", "", "a", "word " * 40, "[Chorus]"]), max_size=30),
    st.floats(20, 300),
    st.integers(0, 10**6),
)
def test_whatever_the_model_says_every_line_comes_back_in_order(lines: list[str], seconds: float, seed: int) -> None:
    lines = ["Amazing grace", *lines]
    samples = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    if sum(line.unit_count for line in read_lines(lines, "Chinese")) > 25 * seconds:
        return

    alignment = anyio.run(align_song, samples, lines, "Chinese", _Babbler(seed))

    _check(alignment, lines, len(samples) / SAMPLE_RATE)
