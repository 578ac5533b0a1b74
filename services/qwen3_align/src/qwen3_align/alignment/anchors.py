"""What an answer for one clip says of where its text is sung: up to where it holds, where singing begins again."""

from __future__ import annotations

from dataclasses import dataclass

from qwen3_align.alignment.judgement import is_believable, piles_in
from qwen3_align.alignment.song import Found, Stretch
from qwen3_align.clips import UnitTime

_CLEAR_SECONDS = 1.5
"""A phrase that ends nearer to the clip's end may go on after it."""
_HOLE_PHRASES = 3
_LEAST_BELIEVED = 0.6
"""Of the phrases before an anchor."""
_ONSET_UNITS = 3


@dataclass(frozen=True)
class Reading:
    """An answer and what is to be believed of it."""

    asked: Stretch
    heard: Found
    """By phrase, for all of them."""
    piles: dict[int, list[bool]]
    sure: float
    """The confidence from which a unit is believed."""

    @classmethod
    def of(cls, asked: Stretch, heard: Found, sure: float) -> Reading:
        return cls(asked, heard, piles_in(heard), sure)

    def anchor(self, *, over_holes: bool) -> int | None:
        """The last phrase that is believed, ends clear of the clip's end, and has mostly believed phrases before it.

        A hole of several phrases that are not believed ends the search, unless it may go `over_holes`: either they are
        not sung, or what follows was taken for a repeat of it that is sung earlier, which the next clip shows.
        """
        anchor: int | None = None
        believed = number = hole = 0
        needed = 1
        for i in self.asked.phrases:
            holds = is_believable(self.heard[i], self.piles[i], self.sure)
            hole = 0 if holds else hole + 1
            if hole >= _HOLE_PHRASES:
                if not over_holes:
                    break
                believed = number = 0
                needed = _HOLE_PHRASES
                continue
            believed, number = believed + holds, number + 1
            clear = self.heard[i][-1].end <= self.asked.end - _CLEAR_SECONDS
            if holds and clear and believed >= max(needed, _LEAST_BELIEVED * number):
                anchor = i
        return anchor

    def onset(self, first: int) -> float | None:
        """When the phrases from `first` on begin to be sung in the clip: the first of several sure units in a row."""
        row: list[UnitTime] = []
        for i in range(first, self.asked.last):
            for time, pile in zip(self.heard[i], self.piles[i], strict=True):
                row = [*row, time] if not pile and time.confidence >= self.sure else []
                if len(row) == _ONSET_UNITS:
                    return row[0].start
        return None
