"""How well a sung order fits what was heard, and heard words that have no times of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from lyric_timing import parse_sheet
from lyric_timing.fit import fit_of
from lyric_timing.heard import Heard, Token
from lyric_timing.roadmap import as_written, chart
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.synthetic import Ear, hear, make_song

SHEET = parse_sheet("Silver rivers wander down\nGolden harvest fills the barn\nWinter covers every roof", language="en")


def heard(*texts: str, timed: bool = True) -> tuple[Heard, float]:
    tokens: list[Token] = []
    now = 1.0
    for text in texts:
        for word in text.split():
            tokens.append(Token(word, now, now + 0.4, timed=timed))
            now += 0.5
        now += 1.0
    return Heard(tuple(tokens), "ear"), now


def order(lines: Sequence[int], duration: float) -> Roadmap:
    step = duration / len(lines)
    return Roadmap(
        tuple(
            SungLine(line, i * step, (i + 1) * step, (None,) * len(SHEET.lines[line].words), 0.0)
            for i, line in enumerate(lines)
        ),
        "test",
    )


def test_the_order_that_was_sung_fits_better_than_any_other():
    ear, duration = heard(*(SHEET.lines[i].text for i in (0, 1, 0, 2)))
    fits = {
        lines: fit_of(SHEET, [ear], order(lines, duration), duration=duration)
        for lines in ((0, 1, 0, 2), (0, 1, 2), (0, 1, 1, 2), (2, 0, 1, 0), (0, 1, 0, 2, 1))
    }
    best = fits[0, 1, 0, 2]
    assert all(fit.score < best.score for lines, fit in fits.items() if lines != (0, 1, 0, 2))
    assert all(fit.explained <= best.explained for fit in fits.values())


def test_heard_words_tell_which_line_explains_them():
    ear, duration = heard(SHEET.lines[0].text, "xylophone zebra", SHEET.lines[2].text)
    fit = fit_of(SHEET, [ear], order((0, 2), duration), duration=duration)
    assert [(word.text, word.line) for word in fit.words] == [
        ("silver", 0), ("rivers", 0), ("wander", 0), ("down", 0), ("xylophone", None), ("zebra", None),
        ("winter", 1), ("covers", 1), ("every", 1), ("roof", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_charted_order_keeps_its_onsets(seed: int):
    song = make_song(seed)
    ear = [hear(song, Ear(), seed)]
    roadmap = chart(song.printed, ear, duration=song.duration)
    fit = fit_of(song.printed, ear, roadmap, duration=song.duration)
    pairs = [
        (before, after)
        for one, other in zip(roadmap.lines, fit.roadmap.lines, strict=True)
        for before, after in zip(one.onsets, other.onsets, strict=True)
    ]
    assert [line.line for line in fit.roadmap.lines] == [line.line for line in roadmap.lines]
    same = sum(before == after for before, after in pairs)
    assert same > 0.9 * len(pairs)


def test_without_evidence_nothing_can_be_said():
    roadmap = as_written(SHEET, 10.0)
    fit = fit_of(SHEET, [], roadmap, duration=10.0)
    assert fit.score == -math.inf
    assert fit.roadmap == roadmap
    assert fit_of(SHEET, [heard("silver")[0]], Roadmap((), "test"), duration=10.0).score == -math.inf


def test_words_without_times_of_their_own_tell_the_order_and_no_onset():
    sung = (1, 0, 2)
    ear, duration = heard(*(SHEET.lines[i].text for i in sung), timed=False)
    roadmap = chart(SHEET, [ear], duration=duration)
    assert [line.line for line in roadmap.lines] == [*sung]
    assert {onset for line in roadmap.lines for onset in line.onsets} == {None}
    timed = replace(ear, tokens=tuple(replace(token, timed=True) for token in ear.tokens))
    assert all(onset is not None for line in chart(SHEET, [timed], duration=duration).lines for onset in line.onsets)
