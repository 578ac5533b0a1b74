"""Through a long stretch clip by clip, when nobody knows which words are sung in which clip.

Each clip gets a little more text than it should hold. What is believable up to the last phrase that ends clear of the
clip's end (the anchor) is kept; the next clip begins just before that phrase and is given it again, so that two clips
bear witness to it. Where the text does not move, as in an instrumental, time moves alone. Where neither helps, a longer
clip is tried once, and then the phrases that should have been sung there are left for the repair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qwen3_align.alignment.anchors import Reading
from qwen3_align.alignment.judgement import level_of, mean_confidence, sure_from
from qwen3_align.alignment.limits import Limits
from qwen3_align.alignment.song import Found, Song, Stretch, Times, clip_of, read_answer, unit_count
from qwen3_align.clips import Predictor

_MOST_SOUND = 4.0
"""Times the length of the stretch that the model may be asked to hear. Answers that make sense need half of it."""
_SHORTEST = 0.5
"""Seconds; less gives the model nothing to hear."""
_CUT_SHARE = 0.25
"""The clip ends at the quietest moment of so much of its last part."""
_SURPLUS, _SPARE_UNITS = 1.25, 8
_LEAD_SECONDS = 0.5
"""What a clip has before its first word."""
_OVERLAP_SECONDS = 8.0
"""A phrase that begins at the end of a clip began at most so long before it."""
_LEAST_MOVE = 5.0
_LONG_BREAK = 15.0
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


async def walk(song: Song, stretch: Stretch, predictor: Predictor, limits: Limits, level: float = 0.0) -> Found:
    """Places the phrases of the stretch; those that are missing in the result have not been found.

    `level` is the confidence of what was well heard elsewhere in the song (`level_of`), by which the first clip is
    judged. Without it, what was made out of the noise of an intro is only told when singing has been heard; the walk
    then begins again where it stands.
    """
    found: Found = {}
    step = _Step(stretch.start, stretch.first)
    left = _MOST_SOUND * stretch.seconds + limits.longest_seconds
    while step.phrase < stretch.last and stretch.end - step.at > _SHORTEST and left > 0:
        asked = _next_clip(song, stretch, step, limits)
        left -= asked.seconds
        (answer,) = await predictor.predict([clip_of(song, asked)])
        heard = read_answer(song, asked, answer)
        level = max(level, level_of(heard))
        sure = sure_from(level_of(heard), level)
        if found and all(mean_confidence(times) < sure for times in found.values()):
            found.clear()
            step = _Step(asked.start, stretch.first)
        elif asked.end >= stretch.end:
            _merge(found, heard)
            break
        else:
            step = _advance(song, Reading.of(asked, heard, sure), found, step)
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


def _advance(song: Song, reading: Reading, found: Found, step: _Step) -> _Step:
    """Keeps what can be believed, and says where to go on."""
    asked, heard = reading.asked, reading.heard
    anchor = reading.anchor(over_holes=step.tries > 0)
    moves = anchor is not None and (anchor > asked.first or anchor not in found)
    sung_until, following = asked.start, asked.first
    if anchor is not None:
        _merge(found, {i: heard[i] for i in range(asked.first, anchor + 1)})
        sung_until, following = heard[anchor][-1].end, anchor + 1
    resumed = asked.end - _OVERLAP_SECONDS
    onset = reading.onset(following)
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


def _before(heard: Found, anchor: int, asked: Stretch) -> float:
    """Where a clip begins whose first phrase is the anchor: before it, but not within the phrase before it."""
    start = heard[anchor][0].start
    earlier = heard[anchor - 1][-1].end if anchor > asked.first else asked.start
    return min(start, max(earlier, start - _LEAD_SECONDS))


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
