"""Through a long stretch clip by clip, when nobody knows which words are sung in which clip.

Each clip gets a little more text than it should hold. What is believable up to the last phrase that ends clear of the
clip's end (the anchor) is kept; the next clip begins just before that phrase and is given it again, so that two clips
bear witness to it. Where the text does not move, as in an instrumental, time moves alone. Where neither helps, a longer
clip is tried once, and then the phrases that should have been sung there are left for the repair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qwen3_align.clips import Predictor, UnitTime
from qwen3_align.judgement import is_believable, mean_confidence, piles_in, sure_from
from qwen3_align.limits import Limits
from qwen3_align.song import Found, Song, Stretch, Times, clip_of, read_answer, unit_count

_CUT_SHARE = 0.25
"""The clip ends at the quietest moment of so much of its last part."""
_SURPLUS, _SPARE_UNITS = 1.25, 8
_CLEAR_SECONDS = 1.5
"""A phrase that ends nearer to the clip's end may go on after it."""
_LEAD_SECONDS = 0.5
"""What a clip has before its first word."""
_OVERLAP_SECONDS = 8.0
"""A phrase that begins at the end of a clip began at most so long before it."""
_LEAST_MOVE = 5.0
_HOLE_PHRASES = 3
_LEAST_BELIEVED = 0.6
"""Of the phrases before an anchor."""
_LONG_BREAK = 15.0
_LEAST_SURE_UNITS = 3
_SAME_SECONDS = 0.4
_CONTRADICTED = 0.5
"""What is left of the confidence of a phrase that two clips place differently."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Where the walk stands."""

    at: float
    phrase: int
    tries: int = 0
    """Clips that were asked from here and gave nothing."""
    idle: float = 0.0
    """Seconds in which no text was found before this."""


async def walk(song: Song, stretch: Stretch, predictor: Predictor, limits: Limits) -> Found:
    """Places the phrases of the stretch; those that are missing in the result have not been found."""
    found: Found = {}
    step = _Step(stretch.start, stretch.first)
    while step.phrase < stretch.last and step.at < stretch.end:
        asked = _next_clip(song, stretch, step, limits)
        (answer,) = await predictor.predict([clip_of(song, asked)])
        heard = read_answer(song, asked, answer)
        if asked.end >= stretch.end:
            _merge(found, heard)
            break
        step = _advance(song, asked, heard, found, step)
    return found


def _next_clip(song: Song, stretch: Stretch, step: _Step, limits: Limits) -> Stretch:
    seconds = limits.longest_seconds if step.tries else limits.clip_seconds
    start = _after_silence(song, step.at, stretch.end)
    end = stretch.end
    if end - start > seconds:
        end = song.loudness.quietest(start + (1 - _CUT_SHARE) * seconds, start + seconds)
    rest = unit_count(song, replace(stretch, first=step.phrase))
    missed = max(0.0, step.idle - limits.clip_seconds)
    wanted = _SPARE_UNITS + _SURPLUS * rest * (end - start + missed) / (stretch.end - start)
    most = limits.units_per_second * (end - start)
    units, last = 0, step.phrase
    while last < stretch.last and (end >= stretch.end or units < wanted):
        units += len(song.phrases[last].units)
        if units > most and last > step.phrase:
            break
        last += 1
    return Stretch(start, end, step.phrase, last)


def _after_silence(song: Song, at: float, end: float) -> float:
    """The moment before the sound begins again, if there is silence now."""
    for silence, sound in song.silences:
        if silence <= at < sound < end:
            return max(at, sound - _LEAD_SECONDS)
    return at


def _advance(song: Song, asked: Stretch, heard: Found, found: Found, step: _Step) -> _Step:
    """Keeps what can be believed, and says where to go on."""
    piles = piles_in(heard)
    sure = sure_from(time for times in heard.values() for time in times)
    believed = {i: is_believable(times, piles[i], sure) for i, times in heard.items()}
    anchor = _anchor(asked, heard, believed, over_holes=step.tries > 0)
    moves = anchor is not None and (anchor > asked.first or anchor not in found)
    sung_until, following = asked.start, asked.first
    if anchor is not None:
        _merge(found, {i: heard[i] for i in range(asked.first, anchor + 1)})
        sung_until, following = heard[anchor][-1].end, anchor + 1
    resumed = asked.end - _OVERLAP_SECONDS
    onset = _onset(heard, piles, sure, following)
    if onset is not None:
        resumed = min(resumed, onset - _LEAD_SECONDS)
    idle = resumed - sung_until
    if anchor is not None and moves and idle < _LONG_BREAK:
        return _Step(max(step.at, _before(heard, anchor, asked)), anchor)
    if idle >= _LEAST_MOVE:
        return _Step(resumed, following, idle=idle if moves else step.idle + idle)
    if not step.tries:
        return replace(step, tries=1)
    return _Step(asked.end, _skipped(song, asked, following))


def _anchor(asked: Stretch, heard: Found, believed: dict[int, bool], *, over_holes: bool) -> int | None:
    """The last phrase that is believed, ends clear of the clip's end, and has mostly believed phrases before it.

    A hole of several phrases that are not believed ends the search, unless it may go `over_holes`: either they are not
    sung, or what follows was taken for a repeat of it that is sung earlier, which the next clip shows.
    """
    anchor: int | None = None
    count = number = hole = 0
    needed = 1
    for i in asked.phrases:
        hole = 0 if believed[i] else hole + 1
        if hole >= _HOLE_PHRASES:
            if not over_holes:
                break
            count = number = 0
            needed = _HOLE_PHRASES
            continue
        count, number = count + believed[i], number + 1
        clear = heard[i][-1].end <= asked.end - _CLEAR_SECONDS
        if believed[i] and clear and count >= max(needed, _LEAST_BELIEVED * number):
            anchor = i
    return anchor


def _before(heard: Found, anchor: int, asked: Stretch) -> float:
    """Where a clip begins whose first phrase is the anchor: before it, but not within the phrase before it."""
    start = heard[anchor][0].start
    earlier = heard[anchor - 1][-1].end if anchor > asked.first else asked.start
    return min(start, max(earlier, start - _LEAD_SECONDS))


def _onset(heard: Found, piles: dict[int, list[bool]], sure: float, first: int) -> float | None:
    """When the phrases from `first` on begin to be sung in the clip: the first of several sure units in a row."""
    row: list[UnitTime] = []
    for i in range(first, max(heard) + 1):
        for time, pile in zip(heard[i], piles[i], strict=True):
            row = [*row, time] if not pile and time.confidence >= sure else []
            if len(row) == _LEAST_SURE_UNITS:
                return row[0].start
    return None


def _skipped(song: Song, asked: Stretch, following: int) -> int:
    """The phrase to go on with when nothing could be made of a clip: as many are left out as it should have held."""
    expected = (unit_count(song, asked) - _SPARE_UNITS) / _SURPLUS
    at = following
    while at + 1 < asked.last and expected > 0:
        expected -= len(song.phrases[at].units)
        at += 1
    return max(at, following + 1)


def _merge(found: Found, heard: Found) -> None:
    """Of a phrase that two clips placed, keeps the surer times; where they differ, less sure ones."""
    for i, times in heard.items():
        found[i] = _agreed(found[i], times) if i in found else times


def _agreed(one: Times, other: Times) -> Times:
    better = max(one, other, key=mean_confidence)
    return tuple(
        time if abs(a.start - b.start) <= _SAME_SECONDS else replace(time, confidence=_CONTRADICTED * time.confidence)
        for time, a, b in zip(better, one, other, strict=True)
    )
