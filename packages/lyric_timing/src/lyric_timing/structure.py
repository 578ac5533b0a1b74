"""The sections of a song as its words tell them: which lines are verse, chorus, bridge.

Headings say it best. Without them repeats do: a chorus is the passage whose words come back most while others have new
words between. What cannot be told so has no function; none is made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lyric_timing.repeats import PAUSE_SECONDS, Passage, group, line_ids, passages, syllables
from lyric_timing.sheets.headings import read_heading
from lyric_timing.timed import TimedLine, TimedLyrics

SungFunction = Literal["intro", "verse", "pre-chorus", "chorus", "bridge", "interlude", "outro", "tag"]

_PRINTED = 0.95
"""Confidence of what a heading says; of what repeats say, it is below, and was set by hand."""
_CHORUS_OFTEN, _CHORUS_TWICE, _VERSE, _PRE_CHORUS, _BRIDGE, _TAG, _METRE = 0.85, 0.65, 0.65, 0.6, 0.5, 0.4, 0.35
_SAME_METRE = 0.15
"""Verses have the same syllables in each line but for this part."""
_FUNCTIONS: dict[str | None, SungFunction] = {
    "verse": "verse", "rap": "verse", "chorus": "chorus", "hook": "chorus", "prechorus": "pre-chorus",
    "bridge": "bridge", "intro": "intro", "outro": "outro", "interlude": "interlude", "tag": "tag",
}  # fmt: skip
_Verdict = tuple[SungFunction | None, float]


@dataclass(frozen=True, slots=True)
class SungPart:
    """Lines that are sung as one section."""

    start: float
    """Seconds: where its first line begins ..."""
    end: float
    """... and its last one ends."""
    function: SungFunction | None
    """None where nothing tells it."""
    name: str | None
    """The heading as printed, if there is one."""
    confidence: float
    """0 to 1, of the function; 0 where there is none."""
    lines: tuple[int, int]
    """First index into `TimedLyrics.lines`, and the one after the last."""


def parts_of(lyrics: TimedLyrics) -> tuple[SungPart, ...]:
    """The song's sections in order; each line of the lyrics is in one.

    Lines with a heading (`TimedLine.section`) are told by it, the others by their repeats (see `repeats`).
    """
    ids = line_ids(lyrics.lines, lyrics.language)
    out: list[SungPart] = []
    for first, end in _runs(lyrics.lines):
        lines = lyrics.lines[first:end]
        name = lines[0].section
        if name is not None:
            function = function_of(name)
            confidence = _PRINTED if function else 0.0
            cuts = _restarts(lines, ids[first:end])
            out += [_part(lyrics, first + a, first + b, (function, confidence), name) for a, b in cuts]
        else:
            found = passages(lines, ids[first:end])
            told = _joined([(p, *verdict) for p, verdict in zip(found, _verdicts(found, lines), strict=True)], lines)
            out += [_part(lyrics, first + a, first + b, verdict, None) for a, b, verdict in told]
    return tuple(out)


def function_of(heading: str) -> SungFunction | None:
    """What a heading such as `Verse 2`, `副歌` or `Estribillo` stands for; None when it is not known."""
    read = read_heading(f"[{heading}]")
    return None if read is None else _FUNCTIONS.get(read.kind)


def with_parts(lyrics: TimedLyrics, parts: Sequence[SungPart]) -> TimedLyrics:
    """The lyrics with a section for each line that has none, by its part: `Verse 1`, `Chorus`, ...

    Verses get numbers when there is more than one; one that is sung again keeps its own. Lines of parts without
    function stay without section.
    """
    ids = line_ids(lyrics.lines, lyrics.language)
    verses = [part for part in parts if part.function == "verse"]
    numbers: dict[int, int] = {}
    names: dict[tuple[int, int], str] = {}
    for part, passage in zip(verses, group([part.lines for part in verses], ids), strict=True):
        number = numbers.setdefault(passage.group, len(numbers) + 1)
        names[part.lines] = f"Verse {number}"
    if len(numbers) == 1:
        names = dict.fromkeys(names, "Verse")
    lines = list(lyrics.lines)
    for part in parts:
        if part.function is not None:
            name = part.name or names.get(part.lines) or part.function.capitalize()
            for at in range(*part.lines):
                lines[at] = lines[at] if lines[at].section else replace(lines[at], section=name)
    return replace(lyrics, lines=tuple(lines))


def _runs(lines: Sequence[TimedLine]) -> Iterator[tuple[int, int]]:
    """Stretches of lines under one heading."""
    first = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or (lines[at].section or None) != (lines[first].section or None):
            yield first, at
            first = at


def _restarts(lines: Sequence[TimedLine], ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The lines under one heading, cut where they begin anew and at long pauses."""
    first = 0
    for at in range(1, len(lines) + 1):
        anew = at - first >= 2 and list(ids[at : at + 2]) == list(ids[first : first + 2])
        if at == len(lines) or anew or lines[at].start - lines[at - 1].end >= PAUSE_SECONDS:
            yield first, at
            first = at


def _part(lyrics: TimedLyrics, first: int, end: int, verdict: _Verdict, name: str | None) -> SungPart:
    lines = lyrics.lines[first:end]
    last = max(max(line.start, line.end) for line in lines)
    return SungPart(min(line.start for line in lines), last, *(verdict[0], name, verdict[1]), (first, end))


def _verdicts(found: Sequence[Passage], lines: Sequence[TimedLine]) -> list[_Verdict]:
    groups = [passage.group for passage in found]
    chorus = _chorus(found)
    if chorus is None:
        return _strophes(found, lines)
    at = [i for i, own in enumerate(groups) if own == chorus]
    stretches = [i for i in at if i == 0 or groups[i - 1] != chorus]
    before = _before_chorus(groups, chorus)
    sure = _CHORUS_OFTEN if len(at) > 2 else _CHORUS_TWICE
    out: list[_Verdict] = [(None, 0.0)] * len(found)
    verses = [i for i, own in enumerate(groups) if own not in {chorus, before} and i < stretches[1]]
    for i, (own, passage) in enumerate(zip(groups, found, strict=True)):
        later = [j for j in stretches if j > i]
        if own == chorus:
            tag = i == len(found) - 1 and not passage.whole and i > 0 and groups[i - 1] == chorus
            out[i] = ("tag", _TAG) if tag else ("chorus", sure)
        elif own == before:
            out[i] = ("pre-chorus", _PRE_CHORUS)
        elif i in verses or own in {groups[j] for j in verses}:
            out[i] = ("verse", _VERSE)
        elif later and any(_same_metre(passage, found[j], lines) for j in verses):
            out[i] = ("verse", _METRE)
        elif len(later) > 0 and len(stretches) - len(later) >= 2 and _alone(groups, i):
            last = set(groups[later[0] : later[-1]]) <= set(groups[: i + 1])
            out[i] = ("bridge", _BRIDGE) if last else ("verse", _METRE)
    return out


def _chorus(found: Sequence[Passage]) -> int | None:
    """The group that comes back most, with other words between."""
    counts: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    firsts: dict[int, int] = {}
    for i, passage in enumerate(found):
        if i == 0 or found[i - 1].group != passage.group:
            counts[passage.group] += 1
        sizes[passage.group] = max(sizes[passage.group], passage.end - passage.first)
        firsts.setdefault(passage.group, i)
    again = [own for own, count in counts.items() if count > 1]
    new = any(count == 1 for count in counts.values())
    if not again or not (new or len(again) > 1):
        return None
    return max(again, key=lambda own: (counts[own], firsts[own] > 0, sizes[own], firsts[own]))


def _before_chorus(groups: Sequence[int], chorus: int) -> int | None:
    """The repeated group that the chorus always follows, and that something else comes before."""
    for own, count in Counter(groups).items():
        places = [i for i, other in enumerate(groups) if other == own]
        followed = all(groups[i + 1 : i + 2] == [chorus] for i in places)
        led = places[0] > 0 and groups[places[0] - 1] != chorus
        if own != chorus and count > 1 and followed and led:
            return own
    return None


def _alone(groups: Sequence[int], at: int) -> bool:
    """Whether this group is sung in one stretch only."""
    stretch = [i for i, own in enumerate(groups) if own == groups[at]]
    return stretch == list(range(stretch[0], stretch[-1] + 1))


def _strophes(found: Sequence[Passage], lines: Sequence[TimedLine]) -> list[_Verdict]:
    """Without a chorus: verses, if all have one metre and not the same words."""
    different = len({passage.group for passage in found})
    if different > 1 and all(_same_metre(found[0], other, lines) for other in found[1:]):
        return [("verse", _METRE)] * len(found)
    return [(None, 0.0)] * len(found)


def _same_metre(one: Passage, other: Passage, lines: Sequence[TimedLine]) -> bool:
    left, right = ([syllables(line) for line in lines[p.first : p.end]] for p in (one, other))
    if len(left) != len(right):
        return False
    apart = sum(abs(a - b) for a, b in zip(left, right, strict=True))
    return apart <= _SAME_METRE * sum(left)


def _joined(
    told: Sequence[tuple[Passage, SungFunction | None, float]], lines: Sequence[TimedLine]
) -> Iterator[tuple[int, int, _Verdict]]:
    """Neighbours of a verse that are pieces of one, made one: a verse that shares its first lines with another."""
    waiting: tuple[int, int, _Verdict] | None = None
    for passage, function, confidence in told:
        if waiting is not None:
            first, end, verdict = waiting
            short = min(end - first, passage.end - passage.first) <= 2
            pause = lines[passage.first].start - lines[end - 1].end >= PAUSE_SECONDS
            if function == verdict[0] == "verse" and short and not pause:
                waiting = (first, passage.end, verdict)
                continue
            yield waiting
        waiting = (passage.first, passage.end, (function, confidence))
    if waiting is not None:
        yield waiting
