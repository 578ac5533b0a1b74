"""Looks for times that cannot be right, and asks for those phrases again, between neighbours that can be trusted.

A second question helps because it is smaller: less sound, less text, and both ends known.
"""

from __future__ import annotations

from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.timed import TimedLine, TimedWord
from lyric_timing.windows import Spans, repair_windows, suspects
from qwen3_align.alignment.judgement import is_believable, level_of, mean_confidence, piles_in, sure_from
from qwen3_align.alignment.song import Found, Song, Stretch, Times
from qwen3_align.alignment.words import word_times
from qwen3_align.clips import UnitTime

_SHORTEST = 0.5
"""Seconds; less gives the model nothing to hear."""
_MOSTLY = 0.9
"""A second question with so much of the sound of the first would only be answered alike."""


def repairs(song: Song, stretch: Stretch, found: Found) -> tuple[Stretch, ...]:
    """The stretches within this one that are worth asking again."""
    doubtful = doubtful_phrases(song, stretch, found)
    if not doubtful:
        return ()
    lines = _lines(song, stretch, found)
    unheard = tuple(
        SungLine(i, line.start, line.end, (None,) * len(line.words), confidence=0.0) for i, line in enumerate(lines)
    )
    windows = repair_windows(
        Roadmap(unheard, "none"),
        lines,
        [i - stretch.first for i in doubtful],
        duration=stretch.seconds,
        gaps=_shifted(song.silences, stretch),
    )
    found_again = (
        Stretch(
            stretch.start + window.start,
            stretch.start + window.end,
            stretch.first + window.lines[0],
            stretch.first + window.lines[-1] + 1,
        )
        for window in windows
    )
    return tuple(again for again in found_again if _SHORTEST < again.seconds < _MOSTLY * stretch.seconds)


def doubtful_phrases(song: Song, stretch: Stretch, found: Found) -> tuple[int, ...]:
    """Phrases of the stretch that were not found, or not where they are said to be."""
    known = {i: found[i] for i in stretch.phrases if i in found}
    piles = piles_in(known)
    sure = sure_from(level_of(known))
    doubtful = {i for i in stretch.phrases if i not in known or not is_believable(known[i], piles[i], sure)}
    lines = _lines(song, stretch, found)
    doubtful |= {stretch.first + i for i in suspects(lines, silences=_shifted(song.silences, stretch))}
    return tuple(sorted(doubtful))


def accept(song: Song, stretch: Stretch, found: Found, again: Found) -> None:
    """Puts the phrases of the second answers into `found` that are better than what is there."""
    before = set(doubtful_phrases(song, stretch, found))
    tried = {**found, **again}
    after = set(doubtful_phrases(song, stretch, tried))
    for i, times in again.items():
        if i not in found or _worth(times, i in after) > _worth(found[i], i in before):
            found[i] = times


def _worth(times: Times, doubtful: bool) -> tuple[bool, float]:
    return not doubtful, mean_confidence(times)


def _lines(song: Song, stretch: Stretch, found: Found) -> list[TimedLine]:
    """The phrases as timed lines, in seconds of the stretch. One that is not found stands where the one before ends."""
    lines: list[TimedLine] = []
    at = stretch.start
    for i in stretch.phrases:
        phrase = song.phrases[i]
        times = found.get(i) or (UnitTime(at, at, 0.0),) * len(phrase.units)
        words = tuple(
            TimedWord(word.text, time.start - stretch.start, time.end - stretch.start)
            for word, time in zip(phrase.words, word_times(phrase, times), strict=True)
            if time is not None
        )
        at = max(at, times[-1].end)
        lines.append(TimedLine(" ".join(word.text for word in words), words[0].start, words[-1].end, words))
    return lines


def _shifted(spans: Spans, stretch: Stretch) -> Spans:
    return [(start - stretch.start, end - stretch.start) for start, end in spans if stretch.start < end]
