"""The search finds the best way that its costs allow: it is checked against trying all of them."""

import itertools
import math

import numpy as np
import pytest

from lyric_timing.matching.decoder import Decoded, Emissions, Scores, Trellis, decode
from lyric_timing.matching.grammar import Grammar, Layout, lay_out
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.words import make_line

GRAMMAR = Grammar()


def sheet(*sections: str) -> LyricSheet:
    made = [tuple(line for text in section.split("/") if (line := make_line(text, "en"))) for section in sections]
    return LyricSheet(tuple(Section(None, lines) for lines in made), language="en")


def random_case(seed: int) -> tuple[Emissions, Layout]:
    rng = np.random.default_rng(seed)
    written = sheet("a b/c d e", "f/g h") if seed % 2 else sheet("a b c/d e/f g h")
    words = sum(1 for _ in written.words())
    tokens = int(rng.integers(1, 6))
    times = np.cumsum(rng.choice([0.1, 0.3, 3.0, 9.0], tokens + 1))
    emissions = Emissions(
        gain=rng.choice([-0.25, -0.1, 0.4, 1.0], (3, words)).astype(np.float32),
        row=rng.integers(0, 3, tokens),
        column=np.arange(words),
        weight=rng.choice([0.5, 1.0], tokens),
        sung=times,
        gaps=rng.choice([0.0, 3.0, 8.0], tokens),
        silence=rng.choice([0.0, 8.0], tokens + 1),
        fastest=4.0,
    )
    return emissions, lay_out(written, GRAMMAR, np.full(words, 0.2))


def best_score(emissions: Emissions, layout: Layout) -> float:
    """The score of the best way by trying every move between every two positions, one by one."""
    trellis = Trellis(emissions, layout, GRAMMAR)
    ends = {int(e): int(s) for e, s in zip(layout.line_starts[1:], layout.line_starts[:-1], strict=True)}
    parts = {int(e): int(s) for e, s in zip(layout.section_starts[1:], layout.section_starts[:-1], strict=True)}
    states = list(itertools.product((0, 1), range(layout.words + 1)))

    def cost(layer: int, p: int, q: int, i: int) -> float:
        """Of moving from p to q into the sung layer."""
        relief, words, budget = trellis.relief[i], q - p, trellis.budget[i]
        jump = GRAMMAR.forward if q >= p else GRAMMAR.backward
        costs = [layout.leave[p] + layout.enter[q] + jump * relief]
        if ends.get(p) == q:
            costs.append(GRAMMAR.repeat_line * relief)
        if len(parts) > 1 and parts.get(p) == q:
            costs.append(GRAMMAR.repeat_section * relief)
        if layer == 0 and words >= 0:
            costs.append(layout.deleted[q] - layout.deleted[p] + GRAMMAR.hurry * max(0, words - budget))
            if trellis.spare[i] and words <= trellis.spare[i]:
                costs.append(GRAMMAR.late + trellis.price[i] * words)
        return min([*costs, unheard(layer, p, q, i)])

    def unheard(layer: int, p: int, q: int, i: int) -> float:
        if not 0 <= q - p <= trellis.budget[i]:
            return math.inf
        return (0.0 if layer else GRAMMAR.unheard) + trellis.price[i] * (q - p)

    scores = dict.fromkeys(states, -math.inf)
    scores[0, 0] = 0.0
    for i in range(len(emissions.row)):
        insert = GRAMMAR.insert * emissions.weight[i]
        gain = emissions.gain[emissions.row[i]] * emissions.weight[i]
        reached = [max(s - cost(a, p, q, i) for (a, p), s in scores.items()) for q in range(layout.words + 1)]
        after = {(1, q): max(s - unheard(a, p, q, i) for (a, p), s in scores.items()) - insert for _, q in states}
        for q in range(layout.words + 1):
            matched = reached[q - 1] + float(gain[q - 1]) if q else -math.inf
            after[0, q] = max(reached[q] - insert, matched)
        scores = after
    last = Scores(*(np.array([scores[a, q] for q in range(layout.words + 1)]) for a in (0, 1)), np.zeros(0))
    return trellis.ending(last)[1] + GRAMMAR.insert * float(emissions.weight.sum())


@pytest.mark.parametrize("seed", range(40))
def test_no_way_is_better_than_the_one_found(seed: int) -> None:
    emissions, layout = random_case(seed)
    assert decode(emissions, layout, GRAMMAR).score == pytest.approx(best_score(emissions, layout))


@pytest.mark.parametrize("seed", range(10))
def test_a_song_decoded_in_blocks_comes_out_as_in_one(seed: int) -> None:
    emissions, layout = random_case(seed)
    two_tokens = 2 * (layout.words + 1)
    assert decode(emissions, layout, GRAMMAR, cells=two_tokens) == decode(emissions, layout, GRAMMAR)


def matched(decoded: Decoded) -> list[int]:
    return [match.word for match in decoded.matches]


def heard(written: LyricSheet, words: str, *, seconds: float = 0.5, gap_before: int | None = None) -> Decoded:
    """Decodes words (of one letter each) heard one after the other; a long gap lies before one of them."""
    sheet_words = [word.normal for _, _, word in written.words()]
    distinct = sorted(set(words))
    starts = np.arange(len(words) + 1) * seconds
    gaps = np.zeros(len(words))
    if gap_before is not None:
        starts[gap_before:] += 10
        gaps[gap_before] = 10
    emissions = Emissions(
        gain=np.array([[1.0 if a == b else -0.25 for b in sheet_words] for a in distinct], dtype=np.float32),
        row=np.array([distinct.index(word) for word in words]),
        column=np.arange(len(sheet_words)),
        weight=np.ones(len(words)),
        sung=starts,
        gaps=gaps,
        silence=np.zeros(len(words) + 1),
        fastest=4.0,
    )
    return decode(emissions, lay_out(written, GRAMMAR, np.full(len(sheet_words), 0.25)), GRAMMAR)


def test_a_repeated_section_is_gone_through_again() -> None:
    assert matched(heard(sheet("a b c/d e f", "g h"), "abcdefabcdefgh")) == [*range(6), *range(8)]


def test_the_jump_is_told_where_it_was_made() -> None:
    jumps = [match.token for match in heard(sheet("a b c/d e f", "g h"), "abcdefabcdefgh").matches if match.jumped]
    assert jumps == [6]


def test_a_section_that_was_left_out_is_skipped() -> None:
    assert matched(heard(sheet("a b c", "d e f g h i j k", "l m n"), "abclmn")) == [0, 1, 2, 11, 12, 13]


def test_one_false_word_is_no_reason_to_jump() -> None:
    assert matched(heard(sheet("a b c d/e f g h"), "abcdaefgh")) == list(range(8))


def test_of_two_equal_places_the_one_that_is_due_is_taken() -> None:
    assert matched(heard(sheet("a b c/x y z/a b c"), "abcxyzabc")) == list(range(9))


def test_a_verse_that_nobody_heard_is_passed_over_when_there_was_time() -> None:
    written = sheet("a b c/d e f g h i j k/a b c/l m")
    assert matched(heard(written, "abcabclm", gap_before=3)) == [0, 1, 2, 11, 12, 13, 14, 15]


def test_nothing_heard_is_nothing_decoded() -> None:
    empty = Emissions(
        np.zeros((0, 3), dtype=np.float32), np.zeros(0, dtype=np.intp), np.arange(3), np.zeros(0), np.ones(1),
        np.zeros(0), np.zeros(1), 4.0,
    )  # fmt: skip
    layout = lay_out(sheet("a b c"), GRAMMAR, np.full(3, 0.2))
    assert decode(empty, layout, GRAMMAR) == Decoded((), 0.0)
