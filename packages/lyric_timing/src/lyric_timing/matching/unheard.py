"""Lines that nobody heard: which of them were sung all the same, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from lyric_timing.matching.clock import VoiceClock
from lyric_timing.matching.grammar import prints_repeats
from lyric_timing.matching.passes import ALIKE, Pace, Pass, syllables_of
from lyric_timing.sheet import LyricSheet

_NOTHING = 0.1
"""Confidence below which a pass was not heard."""
_USUAL = 0.5
"""Where most lines have less, as few words were heard at all, these limits are lower by as much."""
_WEAK = 0.25
"""Confidence below which a pass beside a jump is no evidence of one more singing of its line."""
_TIGHT = 0.5
"""Share of the usual time that is room enough for a line that is sung nowhere else."""
_ROOM = 0.7
"""The same for one more singing of a line."""
_WALKED_ROOM = 0.4
"""The same amid lines that are sung once more without a jump."""
_SPARE = 3.0
"""More than this multiple of the usual time, and something else went by there."""
_FIRST_TIME = 2.5
"""The same where lines are due for the first time."""
_MURMURED = 0.4
"""Share of the usual time of unheard lines in which something was heard after all."""
_PAUSE = 2.0
_FEW = 3
"""Lines in a row that may have been sung once more though none of them was heard."""
_LONG_RUN = 4
"""Lines in a row that may be left out together though they are no whole section."""
_FASTEST = 8.0
"""Words per second that nobody exceeds for long."""
_INSTANT = 1e-6
_SCRAP = 0.5
"""Seconds of singing before a silence, or after, that belong to the neighbour."""
_SLACK = 2.0
"""Seconds by which the times of heard words may be wrong."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A pass with the time that it can fill."""

    sung: Pass
    start: float
    end: float


@dataclass
class _Slot:
    """The time before a heard pass, or after the last, and the unheard passes in it, in order."""

    before: Placed | None
    after: Placed | None
    start: float
    end: float
    seconds: float
    """Of possible singing."""
    passes: list[Pass]

    @property
    def lines(self) -> list[int]:
        return [p.line for p in self.passes]

    def add(self, run: Sequence[int]) -> None:
        """Puts lines in a row where their neighbours on the sheet want them; else last."""
        lines = self.lines
        if run[0] - 1 in lines:
            at = lines.index(run[0] - 1) + 1
        elif run[-1] + 1 in lines:
            at = lines.index(run[-1] + 1)
        else:
            at = 0 if self.before and self.before.sung.line == run[0] - 1 else len(lines)
        self.passes[at:at] = [Pass(line) for line in run]


def place(
    passes: Sequence[Pass],
    sheet: LyricSheet,
    duration: float,
    clock: VoiceClock,
    murmurs: Sequence[tuple[float, float]] = (),
) -> list[Placed]:
    """All that was sung, in order: the passes that were heard and those that must have gone by unheard.

    `murmurs` tells when something was heard that was not understood, (start, end) in order of start.
    Never empty for a sheet with lines; see `lyric_timing.roadmap` for the rules.
    """
    filler = _Filler(_without_weak_edges(passes), sheet, duration, clock)
    filler.fill_first_time(murmurs)
    filler.fill_walks()
    filler.fill_orphans()
    out: list[Placed] = []
    for slot in filler.slots:
        out += filler.spread(slot)
        if slot.after:
            out.append(slot.after)
    return out


def _without_weak_edges(passes: Sequence[Pass]) -> list[Pass]:
    """Drops passes that nothing speaks for, and those beside a jump that hardly anything speaks for (at an end, if the
    line is sung elsewhere too). A jump to a dropped pass counts for the next."""
    usual = median(p.confidence for p in passes) if passes else 0.0
    share = min(1.0, usual / _USUAL)
    kept: list[Pass] = []
    jumped = False
    for this in passes:
        if this.confidence < _NOTHING * share:
            jumped |= this.jumped
            continue
        kept.append(_led_by_jump(this) if jumped else this)
        jumped = False
    at = 0
    while at < len(kept):
        this, before = kept[at], kept[at - 1] if at else None
        after = kept[at + 1] if at + 1 < len(kept) else None
        enters = before is not None and (this.jumped or this.line <= before.line)
        leaves = after is not None and (after.jumped or after.line <= this.line)
        at_end = before is None or after is None
        elsewhere = any(p.line == this.line for p in kept[:at]) or any(p.line == this.line for p in kept[at + 1 :])
        if this.confidence < _WEAK * share and (enters or leaves or at_end) and (elsewhere or this.jumped or leaves):
            if after and this.jumped:
                kept[at + 1] = _led_by_jump(after)
            del kept[at]
            at = max(0, at - 1)
        else:
            at += 1
    return kept


def _led_by_jump(this: Pass) -> Pass:
    return replace(this, hearings=(replace(this.hearings[0], jumped=True), *this.hearings[1:]))


class _Filler:
    def __init__(self, heard: Sequence[Pass], sheet: LyricSheet, duration: float, clock: VoiceClock) -> None:
        self.sheet, self.clock = sheet, clock
        self.pace = Pace(sheet.lines, heard, duration)
        self.written_out = prints_repeats(sheet.lines)
        self.known = {p.line for p in heard}
        self.slots: list[_Slot] = []
        placed = self._spans(heard, duration)
        for before, after in zip([None, *placed], [*placed, None], strict=True):
            start, end = before.end if before else 0.0, after.start if after else duration
            self.slots.append(self._slot(before, after, start, end, []))

    def _slot(self, before: Placed | None, after: Placed | None, start: float, end: float, passes: list[Pass]) -> _Slot:
        return _Slot(before, after, start, max(start, end), self.clock.between(start, end), passes)

    def _spans(self, heard: Sequence[Pass], duration: float) -> list[Placed]:
        """Each pass from its first word to its last, heard or not; no pass reaches into the words of another."""
        placed: list[Placed] = []
        for i, this in enumerate(heard):
            words = self.sheet.lines[this.line].words
            first, last = this.hearings[0], this.hearings[-1]
            start = first.start - syllables_of(words[: first.word]) * self.pace.within
            end = max(last.end, last.start) + syllables_of(words[last.word + 1 :]) * self.pace.within
            latest = heard[i + 1].hearings[0].start if i + 1 < len(heard) else duration
            start = min(first.start, max(start, placed[-1].end if placed else 0.0))
            start = max(start, placed[-1].start if placed else 0.0)
            placed.append(Placed(this, start, max(start, min(end, latest))))
        return placed

    def fill_first_time(self, murmurs: Sequence[tuple[float, float]]) -> None:
        """Sheets print in the order in which things are sung first. Where the song comes to a line for the first time,
        the lines above it were sung before, though they were heard only later: if something was heard there that was
        not understood, and it took about their time."""
        reached = -1
        for slot in self.slots[:-1]:
            assert slot.after
            above = range(reached + 1, slot.after.sung.line)
            if not self.known.isdisjoint(above) and _ROOM <= self._room(slot, above) <= _FIRST_TIME:
                heard = _covered(murmurs, slot.start, slot.end)
                if heard >= _MURMURED * self.pace.need(above):
                    slot.add(above)
                    self.known.update(above)
            reached = max(reached, slot.after.sung.line)

    def fill_walks(self) -> None:
        """Lines that the way through the sheet went over without a jump.

        Those that are sung nowhere else belong there; those that are, only where all of them fit in well.
        """
        at = 1
        while at < len(self.slots) - 1:
            slot = self.slots[at]
            assert slot.before
            assert slot.after
            first, last = slot.before.sung.line, slot.after.sung.line
            between = range(first + 1, last)
            if between and not slot.passes and not slot.after.sung.jumped:
                orphans = [line for line in between if line not in self.known]
                if orphans and self._too_many(between, slot):
                    at = self._release_beside(at, between)
                    slot = self.slots[at]
                room = self._room(slot, between)
                few = not orphans and len(between) <= _FEW
                precedent = orphans or self._sung_in_a_row(first, last)
                if precedent and (_WALKED_ROOM if few else _ROOM) <= room <= _SPARE:
                    slot.add(between)
                elif len(orphans) == len(between) and not self._left_out(orphans, at):
                    slot.add(orphans)
                elif room >= _TIGHT:
                    for run in _runs(orphans):
                        slot.add(run)
                self.known.update(slot.lines)
            at += 1

    def _sung_in_a_row(self, first: int, last: int) -> bool:
        """Whether all lines from the first to the last were sung without a break somewhere."""
        run = 0
        for slot in self.slots:
            for line in [*slot.lines, *([slot.after.sung.line] if slot.after else [])]:
                run = run + 1 if run and line == first + run else int(line == first)
                if run == last - first + 1:
                    return True
        return False

    def fill_orphans(self) -> None:
        """Lines that are sung nowhere else go where there is most room beside their neighbours on the sheet."""
        for run in _runs([line for line in range(len(self.sheet.lines)) if line not in self.known]):
            at = self._best_slot(run)
            if not self._left_out(run, at):
                self.slots[at].add(run)

    def _best_slot(self, run: Sequence[int]) -> int:
        """Beside a neighbour on the sheet, and where the sheet's order of first singing wants it, if there is room."""
        rooms = [self._room(slot, run) for slot in self.slots]
        beside = [at for at, slot in enumerate(self.slots) if self._is_beside(slot, run)]
        due = self._due(run)
        least = 0.0 if self.written_out else _ROOM
        if fitting := [at for at in due if at in beside and rooms[at] >= least]:
            return fitting[0]
        fitting = [at for at in beside if rooms[at] >= _ROOM] or [at for at in due if rooms[at] >= 1] or beside
        return max(fitting, key=lambda at: rooms[at])

    def _due(self, run: Sequence[int]) -> range:
        """Slots in which these lines should come, as sheets print in the order in which things are sung first: after
        the first singing of the line above, before the first of the line below."""
        lines = [slot.after.sung.line for slot in self.slots if slot.after]
        above = max((line for line in lines if line < run[0]), default=None)
        below = min((line for line in lines if line > run[-1]), default=None)
        first = 0 if above is None else lines.index(above) + 1
        last = len(lines) if below is None else lines.index(below)
        return range(first, (last if last >= first else len(lines)) + 1)

    def _is_beside(self, slot: _Slot, run: Sequence[int]) -> bool:
        first = slot.before.sung.line if slot.before else -1
        last = slot.after.sung.line if slot.after else len(self.sheet.lines)
        return run[0] - 1 in (first, *slot.lines) or run[-1] + 1 in (last, *slot.lines)

    def _room(self, slot: _Slot, run: Sequence[int]) -> float:
        """The time of a slot in multiples of what these lines, and those that are in it, usually take."""
        return slot.seconds / self.pace.need([*slot.lines, *run])

    def _too_many(self, run: Sequence[int], slot: _Slot, slack: float = 0.0) -> bool:
        words = sum(len(self.sheet.lines[line].words) for line in [*slot.lines, *run])
        return words > _FASTEST * (slot.seconds + slack)

    def _left_out(self, run: Sequence[int], at: int) -> bool:
        """Whether sure evidence on both sides leaves no time for these lines, and singers leave out such lines."""
        slot = self.slots[at]
        sure = all(side is None or side.sung.confidence >= ALIKE for side in (slot.before, slot.after))
        too_many = self._too_many(run, slot, _SLACK)
        if not self.written_out:
            too_many |= (slot.seconds + _SLACK) / self.pace.need([*slot.lines, *run]) < _TIGHT
        return sure and too_many and self._leavable(run)

    def _leavable(self, run: Sequence[int]) -> bool:
        sections = self.sheet.section_of_line
        touched = {sections[line] for line in run}
        if len(run) >= _LONG_RUN or (
            len(self.sheet.sections) > 1 and sum(section in touched for section in sections) == len(run)
        ):
            return True
        texts = [tuple(word.normal for word in line.words) for line in self.sheet.lines]
        sung = {texts[slot.after.sung.line] for slot in self.slots if slot.after}
        return all(texts[line] in sung for line in run)

    def _release_beside(self, at: int, run: Sequence[int]) -> int:
        """Where lines do not fit between two heard passes, but a long gap before or after one of these could hold all,
        that one was heard at the wrong time: it joins the lines, without its times. Returns the slot that has them."""
        options: list[tuple[float, int]] = []
        for index in (at - 1, at):
            one, two = self.slots[index], self.slots[index + 1]
            if one.after and (one.before or two.after):
                seconds = self.clock.between(one.start, two.end)
                lines = [*one.lines, one.after.sung.line, *two.lines, *run]
                options.append((seconds / self.pace.need(lines), index))
        room, index = max(options)
        if room < _ROOM:
            return at
        one, two = self.slots[index : index + 2]
        assert one.after
        loose = Pass(one.after.sung.line, (), one.after.sung.confidence / 2)
        passes = [*one.passes, loose, *two.passes]
        self.slots[index : index + 2] = [self._slot(one.before, two.after, one.start, two.end, passes)]
        return index

    def spread(self, slot: _Slot) -> list[Placed]:
        """A slot's lines over its time; before the first heard line, and after the last, close to it."""
        if not slot.passes:
            return []
        start, end = map(self.clock.sung, self.clock.trimmed(slot.start, slot.end, _SCRAP))
        need = self.pace.need(slot.lines)
        if slot.before is None and slot.after is not None:
            start = max(start, end - need)
        if slot.after is None and slot.before is not None:
            end = min(end, start + need)
        rate = max(0.0, end - start) / need
        placed: list[Placed] = []
        for this in slot.passes:
            end = start + rate * self.pace.need([this.line])
            first = min(max(self.clock.time(start), slot.start), slot.end)
            placed.append(Placed(this, first, min(max(self.clock.time(end - _INSTANT), first), slot.end)))
            start = end
        return placed


def _covered(murmurs: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """How many seconds from start to end these stretches take, with the short pauses between them."""
    seconds, last = 0.0, start
    for begins, ends in murmurs:
        begins, ends = max(begins, start), min(ends, end)
        if ends > last or (begins >= last and ends >= begins):
            since = last if begins - last <= _PAUSE and seconds else max(begins, last)
            seconds += max(0.0, ends - since)
            last = max(last, ends)
    return seconds


def _runs(lines: Sequence[int]) -> list[list[int]]:
    """Lines in a row, together."""
    runs: list[list[int]] = [[line] for line in lines[:1]]
    for before, line in pairwise(lines):
        if line == before + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs
