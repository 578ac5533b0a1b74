"""The search through the lyrics: the best path, whatever is kept in memory on the way."""

from collections.abc import Sequence

import numpy as np
import pytest

from sow_analysis.acoustic import viterbi
from sow_analysis.acoustic.graph import LyricGraph, build_graph
from sow_analysis.acoustic.sphinx_model import load_model
from sow_analysis.acoustic.viterbi import INNER_REST_NATS, NEVER, Block, Grammar, Path, search

ONE, TWO, THREE = (("W", "AH", "N"),), (("T", "UW"),), (("TH", "R", "IY"), ("F", "R", "IY"))
LINES = [[ONE, TWO], [THREE, ONE, TWO]]


@pytest.fixture(scope="module")
def graph() -> LyricGraph:
    return build_graph(load_model(), LINES)


def blocks(graph: LyricGraph, frames: int, seed: int, size: int = 37) -> list[Block]:
    rng = np.random.default_rng(seed)
    states = rng.normal(-3, 2, (frames, len(graph.senones))).astype(np.float32)
    rests = rng.normal(-3, 2, frames).astype(np.float32)
    return [(states[i : i + size], rests[i : i + size]) for i in range(0, frames, size)]


def singing(graph: LyricGraph, plan: Sequence[tuple[int | None, int]]) -> list[Block]:
    """Scores that speak for one word, or for rest, after another: (word, frames)."""
    frames = sum(length for _, length in plan)
    states = np.full((frames, len(graph.senones)), -9.0, np.float32)
    rests = np.full(frames, -9.0, np.float32)
    at = 0
    for word, length in plan:
        if word is None:
            rests[at : at + length] = 0
        else:
            states[at : at + length, graph.word_of_state == word] = 0
        at += length
    return [(states, rests)]


def score_of(path: Path, graph: LyricGraph, scores: Sequence[Block]) -> float:
    """The score of a path without jumps, from its states alone."""
    states, rests = np.concatenate([b[0] for b in scores]), np.concatenate([b[1] for b in scores])
    inner = set(range(graph.n_words + 1)) - set(graph.line_starts.tolist()) - {graph.n_words}
    total, word = 0.0, -1
    for frame, state in enumerate(path.states.tolist()):
        if state >= 0:
            word = int(graph.word_of_state[state])
            total += float(states[frame, state])
        else:
            total += float(rests[frame]) - INNER_REST_NATS * (word + 1 in inner)
    return total


@pytest.mark.parametrize("seed", range(5))
def test_every_word_is_visited_once_in_order_and_the_score_is_that_of_the_path(graph: LyricGraph, seed: int):
    scores = blocks(graph, 200, seed)
    path = search(graph, scores)
    assert path is not None
    assert [visit.word for visit in path.visits] == list(range(5))
    edges = [edge for visit in path.visits for edge in (visit.start, visit.end)]
    assert edges == sorted(edges)
    assert path.score == pytest.approx(score_of(path, graph, scores), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_the_path_is_the_same_when_little_may_be_kept(graph: LyricGraph, seed: int, monkeypatch: pytest.MonkeyPatch):
    scores = blocks(graph, 300, seed)
    grammar = Grammar(np.full(6, 4.0), np.full(6, 4.0))
    paths = [search(graph, scores), search(graph, scores, grammar)]
    monkeypatch.setattr(viterbi, "_CHOICE_BYTES", 500)
    for whole, again in zip(paths, [search(graph, scores), search(graph, scores, grammar)], strict=True):
        assert whole is not None
        assert again is not None
        assert whole.visits == again.visits
        assert whole.score == again.score
        assert whole.states.tolist() == again.states.tolist()


def test_words_are_found_where_the_sound_speaks_for_them(graph: LyricGraph):
    plan = [(None, 20), (0, 15), (1, 12), (None, 30), (2, 15), (3, 20), (4, 9), (None, 5)]
    path = search(graph, singing(graph, plan))
    assert path is not None
    assert [(v.start, v.end) for v in path.visits] == [(20, 35), (35, 47), (77, 92), (92, 112), (112, 121)]


def test_there_is_no_path_through_less_sound_than_the_words_need(graph: LyricGraph):
    assert search(graph, blocks(graph, 10, 0)) is None


def test_with_a_grammar_a_line_may_be_sung_again(graph: LyricGraph):
    starts, ends = graph.line_starts, graph.line_ends
    leave, enter = np.full(6, NEVER), np.full(6, NEVER)
    leave[ends], enter[starts] = 10.0, 10.0
    plan = [(0, 15), (1, 12), (None, 30), (0, 15), (1, 20), (None, 9)]
    path = search(graph, singing(graph, plan), Grammar(leave, enter))
    assert path is not None
    assert [visit.word for visit in path.visits] == [0, 1, 0, 1]


def test_a_pause_comes_between_lines_rather_than_inside_one(graph: LyricGraph):
    plan = [(0, 15), (1, 12), (2, 15), (3, 20), (4, 9)]
    (states, rests) = singing(graph, plan)[0]
    rests[:] = 0.1  # rest always fits a little better
    path = search(graph, [(np.minimum(states, 0.0), rests)])
    assert path is not None
    assert path.visits[0].end >= path.visits[1].start - 1
