"""What the lyrics and the sound together say of a song's sections.

The sheet knows that this is the second chorus and when it is sung, but not when it begins: singers come in before the
bar or after it. The sound knows where something begins, but not what it is. So every sung section keeps its name and
begins where the sound has a boundary, or else at a bar; and what lies between is what nobody sings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from music_analysis.document import MusicAnalysis, Section, SectionFunction
from music_analysis.grid import Grid, letter_of

WITH_LYRICS = "+lyrics"
"""What is added to the name of the engine that found the sections in the sound."""

_INSTRUMENTAL: tuple[SectionFunction, ...] = ("intro", "instrumental", "interlude", "solo", "outro", "break")
_SHORTEST_SECONDS = 1.0
_LEAST_BARS = 1.5  # without singing that are a section
_INTERLUDE_BARS = 8.5  # that an interlude has at most
_REACH = 0.4  # of the way to the neighbours by which a start may move at most
_EARLY = 0.15  # of a bar by which a section may end before its last word does
_LATE = 1.05  # bars that it may end after
_SAME_BARS = 3.0  # by which a section may lie elsewhere than the lyrics that it came from
_ON_BOUNDARY, _ON_BAR, _ANYWHERE = 1.0, 0.9, 0.7
_UNSUNG = 0.6


@dataclass(frozen=True, slots=True)
class SungSection:
    """A section as the lyrics tell it: from its first word to its last."""

    start_seconds: float
    end_seconds: float
    function: SectionFunction | None
    name: str | None
    confidence: float


def with_lyrics(analysis: MusicAnalysis, sung: Sequence[SungSection]) -> MusicAnalysis:
    """The same analysis with the sections that lyrics and sound agree upon.

    Takes no sound and next to no time, and may be called again when the lyrics change. Nothing changes where `sung` is
    empty, or where the sections are these lyrics' already. Sung sections shorter than a second are passed over; of two
    that overlap, the first ends where the second begins.
    """
    told = _told(sung, analysis.duration_seconds)
    if not told or _has(analysis, told):
        return analysis
    stretches = _stretches(analysis, told)
    groups = _groups(stretches, analysis.sections)
    sections = tuple(
        replace(section, group=group, start_seconds=round(section.start_seconds, 3), end_seconds=round(end, 3))
        for section, group, end in zip(
            stretches, groups, [*(s.start_seconds for s in stretches[1:]), analysis.duration_seconds], strict=True
        )
    )
    engine = analysis.section_engine.removesuffix(WITH_LYRICS) + WITH_LYRICS
    return replace(analysis, sections=sections, section_engine=engine)


def _told(sung: Sequence[SungSection], duration: float) -> list[SungSection]:
    """In order, inside the song, apart, and long enough to be told apart."""
    told: list[SungSection] = []
    for section in sorted(sung, key=lambda section: (section.start_seconds, section.end_seconds)):
        start, end = max(0.0, section.start_seconds), min(duration, section.end_seconds)
        if told and start - told[-1].start_seconds < _SHORTEST_SECONDS:
            start = told[-1].end_seconds
        if end - start < _SHORTEST_SECONDS:
            continue
        if told:
            told[-1] = replace(told[-1], end_seconds=min(told[-1].end_seconds, start))
        told.append(replace(section, start_seconds=start, end_seconds=end))
    return told


def _has(analysis: MusicAnalysis, told: Sequence[SungSection]) -> bool:
    """Whether the analysis has these sections, and but for them only such as have no name."""
    if not analysis.section_engine.endswith(WITH_LYRICS):
        return False
    slack = _SAME_BARS * Grid.of(analysis.beats).bar_seconds
    rest = list(told)
    for section in analysis.sections:
        if rest and _is(section, rest[0], slack):
            rest.pop(0)
        elif section.name is not None:
            return False
    return not rest


def _is(section: Section, sung: SungSection, slack: float) -> bool:
    near = abs(section.start_seconds - sung.start_seconds) <= slack
    return near and section.name == sung.name and sung.function in (None, section.function)


def _stretches(analysis: MusicAnalysis, told: Sequence[SungSection]) -> list[Section]:
    """The whole song in order; the ends and groups do not hold yet."""
    grid, sound = Grid.of(analysis.beats), analysis.sections
    least = _LEAST_BARS * grid.bar_seconds
    edges = [section.start_seconds for section in sound[1:]]
    starts = [_start(told, index, edges, grid, analysis.duration_seconds) for index in range(len(told))]
    out: list[Section] = []
    silent_from = 0.0
    for index, section in enumerate(told):
        start, sure = starts[index]
        if start - silent_from >= least:
            out.append(_unsung(analysis, silent_from, start, "intro" if index == 0 else None, grid))
        elif index == 0:
            start = 0.0
        end = starts[index + 1][0] if index + 1 < len(told) else analysis.duration_seconds
        silent_from = min(_end(section, edges, grid), end)
        function = section.function or _heard(sound, start, silent_from)
        confidence = round(sure * section.confidence, 3)
        out.append(Section(start, silent_from, "", function, section.name, confidence))
    if analysis.duration_seconds - silent_from >= least:
        out.append(_unsung(analysis, silent_from, analysis.duration_seconds, "outro", grid))
    return out


def _start(
    told: Sequence[SungSection], index: int, edges: Sequence[float], grid: Grid, duration: float
) -> tuple[float, float]:
    """Where a sung section begins, at a boundary of the sound, a bar or its first word; and how sure that is."""
    section = told[index]
    at = section.start_seconds
    before = told[index - 1].start_seconds if index else -1.0
    after = told[index + 1].start_seconds if index + 1 < len(told) else duration
    reach = min(grid.bar_seconds, _REACH * (at - before), _REACH * (min(after, section.end_seconds) - at))
    bar = grid.nearest(at)
    boundary = min(edges, key=lambda edge: abs(edge - at), default=None)
    for place, sure in ((boundary, _ON_BOUNDARY), (bar, _ON_BAR)):
        if place is not None and abs(place - at) <= reach:
            return place, sure
    return at, _ANYWHERE


def _end(section: SungSection, edges: Sequence[float], grid: Grid) -> float:
    """Where a sung section ends, if silence follows: at the first boundary or bar after its last word, or nearly."""
    at = section.end_seconds
    first = max(at - _EARLY * grid.bar_seconds, (section.start_seconds + at) / 2)
    last = at + _LATE * grid.bar_seconds
    for places in (edges, grid.starts.tolist()):
        inside = [place for place in places if first <= place <= last]
        if inside:
            return inside[0]
    return at


def _unsung(analysis: MusicAnalysis, start: float, end: float, function: SectionFunction | None, grid: Grid) -> Section:
    """A stretch of which the lyrics say nothing. If there is a voice after all, nobody knows what it is."""
    voice = _voice_share(analysis, start, end)
    heard = max(analysis.sections, key=lambda section: _overlap(section, start, end), default=None)
    if voice is not None and voice > 0.5:
        return Section(start, end, "", None, None, round(_UNSUNG * (1 - voice), 3))
    if function is None:
        function = "interlude" if end - start <= _INTERLUDE_BARS * grid.bar_seconds else "instrumental"
        if heard and heard.function in ("solo", "break"):
            function = heard.function
    return Section(start, end, "", function, None, round(_UNSUNG if voice is None else 1 - voice, 3))


def _voice_share(analysis: MusicAnalysis, start: float, end: float) -> float | None:
    if analysis.vocal_activity is None:
        return None
    spans = analysis.vocal_activity.spans
    return sum(max(0.0, min(end, s.end_seconds) - max(start, s.start_seconds)) for s in spans) / (end - start)


def _overlap(section: Section, start: float, end: float) -> float:
    return min(end, section.end_seconds) - max(start, section.start_seconds)


def _heard(sound: Sequence[Section], start: float, end: float) -> SectionFunction | None:
    """What an engine that knows of choruses calls most of a sung stretch."""
    longest = max(sound, key=lambda section: _overlap(section, start, end), default=None)
    if longest is None or longest.function in _INSTRUMENTAL or _overlap(longest, start, end) < (end - start) / 2:
        return None
    return longest.function


def _groups(stretches: Sequence[Section], sound: Sequence[Section]) -> list[str]:
    """Letters: sung sections of one function share theirs; others have that of what they sound like, if anything."""
    likest = [_likest(section, sound) for section in stretches]
    owners: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for section, letter in zip(stretches, likest, strict=True):
        if letter and section.function and section.function not in _INSTRUMENTAL:
            owners[letter][section.function] += section.end_seconds - section.start_seconds
    kinds: list[str] = []
    for index, (section, letter) in enumerate(zip(stretches, likest, strict=True)):
        if section.function and section.function not in _INSTRUMENTAL:
            kinds.append(section.function)
        elif letter and letter in owners:
            kinds.append(max(owners[letter], key=owners[letter].__getitem__))
        elif letter:
            kinds.append(f"sounds like {letter}")
        else:
            kinds.append(section.function or f"alone {index}")
    order = list(dict.fromkeys(kinds))
    return [letter_of(order.index(kind)) for kind in kinds]


def _likest(section: Section, sound: Sequence[Section]) -> str | None:
    """The letter of the sound that most of a stretch has."""
    shares: dict[str, float] = defaultdict(float)
    for other in sound:
        shares[other.group] += max(0.0, _overlap(other, section.start_seconds, section.end_seconds))
    letter = max(shares, key=shares.__getitem__, default=None)
    long = letter is not None and shares[letter] >= (section.end_seconds - section.start_seconds) / 2
    return letter if long else None
