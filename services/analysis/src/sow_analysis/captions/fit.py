"""Fits captions to the recording: they are of a video, and a video may be another performance of the song.

What another ear heard in the recording itself is the measure. It need not have heard much, nor well: see `anchors` for
how a line is drawn through what both have in common, and `parts` for videos that have a verse more or less.

What cannot be told is not made up: with too little heard, or an ear that was lost, captions stay as they are and the
verdict says so. They are refused on evidence only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lyric_timing.heard import Heard, Token
from sow_analysis.captions.anchors import Anchors, Line, Unit, units_of
from sow_analysis.captions.parts import Part, cut

_FEWEST_CAPTIONS, _FEWEST_HEARD = 8, 12
"""Words with which a comparison begins to mean something."""
_ENOUGH = 30
"""Words on both sides from which it means something that nothing fits."""
_LEAST_SUPPORT, _SOME_SUPPORT = 3.0, 2.0
"""See `Anchors.support`. With hearings made up from 14 songs, none of the 182 pairs of different songs had 2, and each
song had 3 or more of itself with two words in three wrong."""
_LEAST_SHARE = 0.1
"""Of the words that could fit, those that do."""
_SAME_SONG = 0.15
"""Of the words, those in a run of three that is heard somewhere."""
_SURE_EAR = 0.35
"""Mean probability of what was heard, below which the ear was lost."""
_AS_GOOD = 0.9
_SAME_PLACE = 1.0
_SAME_HEARD = 0.7
_UNMOVED = 0.4
"""Seconds that captions may be off without being moved: people set them by hand, and so does the other ear err."""
_LEAST_KEPT = 0.4
_LEAST_EXPLAINED = 0.4
_REACH = 3.0
_AFTER_THE_END, _MOST_AFTER_THE_END = 2.0, 0.1


class Verdict(StrEnum):
    """What became of the captions."""

    FIT = "fit"
    MOVED = "moved"
    PARTS = "parts"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Captions in seconds of the recording: `offset + seconds / tempo` is where a moment of the video is."""

    heard: Heard | None
    """None when they are refused."""
    offset: float
    """Seconds; of the longest part, where there are several."""
    tempo: float
    """How much faster the recording is than the video: 1.03 is 3 % faster."""
    reason: str
    """For the user, in a few words."""
    verdict: Verdict


def fit_captions(captions: Heard, heard: Heard, duration: float) -> Fitted:
    """Check captions (seconds of the video) with what was `heard` in the recording, all of it or some windows, and move
    them to where they belong. `duration` is the recording's, in seconds.
    """
    here, there = units_of(captions), units_of(heard)
    if len(here) < _FEWEST_CAPTIONS or len(there) < _FEWEST_HEARD:
        return _unknown(captions, duration, "too little was heard to check the captions")
    anchors = Anchors.of(here, there)
    line = anchors.best_line()
    if line is None or not _holds(anchors, line, here, there):
        return _mismatch(captions, heard, anchors, line, duration)
    chosen = _unambiguous(anchors, line)
    if chosen is None:
        return _refused("the captions fit at several places, so that none can be told to be right")
    parts = cut(anchors, chosen, here, there)
    if not _explains(parts, anchors, here, there):
        return _refused("the captions are of another performance of the song")
    return _placed(captions, here, parts, duration)


def unchecked(captions: Heard, duration: float) -> Fitted:
    """Judge captions where nothing was heard to check them with: at least they must not go on after the recording."""
    return _unknown(captions, duration, "nothing was heard to check the captions")


def _unknown(captions: Heard, duration: float, why: str) -> Fitted:
    after = [token for token in captions.tokens if token.start > duration + _AFTER_THE_END]
    if not captions.tokens:
        return _refused("the captions are empty")
    if len(after) > _MOST_AFTER_THE_END * len(captions.tokens):
        beyond = captions.tokens[-1].start - duration
        return _refused(f"the captions go on for {beyond:.0f} s after the recording's end: of another performance")
    return Fitted(_within(captions, captions.tokens, duration), 0.0, 1.0, f"{why}: kept as they are", Verdict.UNKNOWN)


def _refused(why: str) -> Fitted:
    return Fitted(None, 0.0, 1.0, f"{why}: refused", Verdict.REFUSED)


def _holds(anchors: Anchors, line: Line, here: Sequence[Unit], there: Sequence[Unit]) -> bool:
    """Whether enough lies on the line, by number and by share of what could."""
    if anchors.support(line) < _LEAST_SUPPORT:
        return False
    on = anchors.only(anchors.on(line))
    moved, known = line.at(np.array([unit.time for unit in here])), np.array([unit.time for unit in there])
    ears = np.searchsorted(known, moved + _REACH) > np.searchsorted(known, moved - _REACH)
    said = np.searchsorted(moved, known + _REACH) > np.searchsorted(moved, known - _REACH)
    of_captions = on.captions_in(len(here)).sum() / max(1, ears.sum())
    of_heard = on.heard_in(len(there)).sum() / max(1, said.sum())
    return max(of_captions, of_heard) >= _LEAST_SHARE


def _explains(parts: Sequence[Part], anchors: Anchors, here: Sequence[Unit], there: Sequence[Unit]) -> bool:
    """Whether most of what both have in common is at the places where the parts have it."""
    phrases = anchors.only(anchors.words > 1)
    on = np.zeros(len(phrases.x), dtype=np.bool_)
    for part in parts:
        on |= phrases.on(part.line) & (phrases.caption >= part.first) & (phrases.caption < part.end)
    explained = phrases.only(on)
    shares = (
        explained.captions_in(len(here)).sum() / max(1, phrases.captions_in(len(here)).sum()),
        explained.heard_in(len(there)).sum() / max(1, phrases.heard_in(len(there)).sum()),
    )
    return max(shares) >= _LEAST_EXPLAINED


def _mismatch(captions: Heard, heard: Heard, anchors: Anchors, line: Line | None, duration: float) -> Fitted:
    here, there = units_of(captions), units_of(heard)
    sure = float(np.mean([token.probability for token in heard.tokens])) >= _SURE_EAR
    support = anchors.support(line) if line is not None else 0.0
    if min(len(here), len(there)) < _ENOUGH or not sure or support >= _SOME_SUPPORT:
        return _unknown(captions, duration, "what was heard is too little like the captions to check them")
    shared = anchors.only(anchors.words == 3).captions_in(len(here)).mean()
    if shared >= _SAME_SONG:
        return _refused("the captions are of another performance of the song")
    return _refused("the captions are of another song")


def _unambiguous(anchors: Anchors, best: Line) -> Line | None:
    """The best line, or the one of no change at all if that is as good; None if others are as good for what was heard.

    So it is when an ear heard one chorus alone of a song that has three.
    """
    support = anchors.support(best)
    near_zero = anchors.only(np.abs(anchors.y - anchors.x) <= _SAME_PLACE + _UNMOVED)
    if len(near_zero.x):
        unmoved = near_zero.best_offset(1.0)
        if abs(unmoved.offset) <= _SAME_PLACE and anchors.support(unmoved) >= _AS_GOOD * support:
            return unmoved if abs(best.offset) > _SAME_PLACE else best
    rest = anchors.only(~anchors.on(best))
    if not len(rest.x):
        return best
    other = rest.best_offset(best.slope)
    mine, its = set(anchors.heard[anchors.on(best)].tolist()), set(rest.heard[rest.on(other)].tolist())
    rivals = len(mine & its) >= _SAME_HEARD * len(mine) and abs(other.offset - best.offset) > _SAME_PLACE
    return None if rivals and anchors.support(other) >= _AS_GOOD * support else best


def _placed(captions: Heard, units: Sequence[Unit], parts: Sequence[Part], duration: float) -> Fitted:
    tokens: list[Token] = []
    for part in parts:
        line = part.line if _moves(part.line) else Line(0.0)
        first, last = units[part.first].token, units[part.end - 1].token
        tokens += [_moved(token, line) for token in captions.tokens[first : last + 1]]
    placed = _within(captions, tokens, duration)
    kept = len(placed.tokens) / len(captions.tokens)
    if kept < _LEAST_KEPT:
        return _refused("the captions are of another arrangement, of which too little is in the recording")
    main = max(parts, key=lambda part: part.matched).line
    main = main if _moves(main) else Line(0.0)
    offset, tempo = main.offset, 1 / main.slope
    left_out = len(captions.tokens) - len(placed.tokens)
    if len(parts) == 1 and parts[0].end - parts[0].first == len(units):
        verdict = Verdict.MOVED if _moves(main) else Verdict.FIT
        return Fitted(placed, offset, tempo, _described(main), verdict)
    moves = {f"{part.line.offset:+.1f} s": None for part in parts if _moves(part.line)}
    moved = f"parts moved by {', '.join(moves)}; " if moves else ""
    reason = f"the captions are of another arrangement: {moved}{left_out} words left out"
    return Fitted(placed, offset, tempo, reason, Verdict.PARTS)


def _moves(line: Line) -> bool:
    return abs(line.offset) > _UNMOVED or line.slope != 1.0


def _described(line: Line) -> str:
    offs: list[str] = []
    if line.slope != 1.0:
        offs.append(f"{abs(line.slope - 1):.1%} {'faster' if line.slope > 1 else 'slower'}".replace("%", " %"))
    if abs(line.offset) > _UNMOVED:
        offs.append(f"{abs(line.offset):.1f} s {'early' if line.offset > 0 else 'late'}")
    return f"the captions are {' and '.join(offs)}: moved" if offs else "the captions fit the recording"


def _moved(token: Token, line: Line) -> Token:
    start, end = line.at(np.array([token.start, token.end]))
    return replace(token, start=float(start), end=float(end))


def _within(captions: Heard, tokens: Iterable[Token], duration: float) -> Heard:
    """Only what is in the recording."""
    kept = [
        replace(token, start=max(0.0, token.start), end=min(token.end, duration))
        for token in tokens
        if token.end > 0 and token.start < duration
    ]
    return Heard(tuple(sorted(kept, key=lambda token: token.start)), captions.source, captions.language)
