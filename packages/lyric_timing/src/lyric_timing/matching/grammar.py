"""What a way through the sheet costs: the prior knowledge about how songs are sung and heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lyric_timing.sheet import Line, LyricSheet

Vector = NDArray[np.float64]
Positions = NDArray[np.intp]

_BLOCK_WORDS = 8


@dataclass(frozen=True, slots=True)
class Grammar:
    """Costs in units of one surely heard, telling word. All are 0 or more."""

    substitute: float = 0.25
    """A heard token stands for a word that it does not resemble. Below `insert`, so that misheard singing still moves
    the place in the song on, word for token."""
    insert: float = 0.3
    """A heard token belongs to no lyric word: an ad-lib, or the recogniser's invention."""
    delete: float = 0.25
    """A word was not heard, amid words that were."""
    hurry: float = 0.35
    """Added to `delete` for each word that there was no time to sing since the last token."""
    unheard: float = 1.0
    """A stretch of any length was not heard though there was time to sing it: once for the stretch,"""
    unheard_word: float = 0.01
    """and this for each of its words."""
    silent: float = 1.0
    """The share by which `unheard_word` is dearer in a long silence, in which not even a false word was heard."""
    late: float = 2.6
    """In place of `unheard`, where the time for the stretch lies before the few tokens just heard: these came late."""
    repeat_line: float = 2.2
    """From the end of a line to its own start."""
    repeat_section: float = 2.0
    """From the end of a section to its own start."""
    forward: float = 3.0
    """A skip to a later place."""
    backward: float = 3.0
    """A jump to an earlier place, a verse back to its chorus."""
    off_section: float = 0.6
    """Added for a jump that leaves a section before its end, and again for one that enters after its start; on a sheet
    of one section, never."""
    mid_line: float = 1.5
    """The most that is added for leaving a line before its end, and for entering one after its start."""
    written_out: float = 2.0
    """Factor of all jumps on a sheet that prints repeated blocks in full: there, repeats are hardly left out."""
    gap_relief: float = 0.4
    """The share by which jumps are cheaper after a long vocal gap, when the song may begin a new part."""
    gap_seconds: tuple[float, float] = (2.0, 6.0)
    """A gap or silence is long in no way up to the first, in every way from the second on."""
    unfinished: float = 2.5
    """The song ends before the last words of the sheet, and there was no time for them."""


@dataclass(frozen=True)
class Layout:
    """A sheet as positions 0 to W between its W words, and what jumps between them cost."""

    words: int
    line_starts: Positions
    """Position of each line's start, shape (lines + 1,); the last is W. A line ends where the next one starts."""
    section_starts: Positions
    """The same for sections."""
    line_of_word: Positions
    """Index of each word's line, shape (W,)."""
    leave: Vector
    """Cost of leaving at each position, shape (W + 1,)."""
    enter: Vector
    """Cost of entering at each position, shape (W + 1,)."""
    deleted: Vector
    """Cost of deleting all words before each position, shape (W + 1,)."""
    jump_factor: float


def lay_out(sheet: LyricSheet, grammar: Grammar, delete: Vector) -> Layout:
    """The layout of a sheet; `delete` is the cost of leaving out each word, shape (W,)."""
    lengths = [len(line.words) for line in sheet.lines]
    line_starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.intp)])
    first_lines = np.cumsum([0, *(len(section.lines) for section in sheet.sections)])
    section_starts = np.unique(line_starts[first_lines])
    deleted = np.concatenate([[0.0], np.cumsum(delete)])
    at_boundary = np.full(len(deleted), grammar.off_section)
    at_boundary[section_starts] = 0.0
    if len(section_starts) <= 2:
        at_boundary[:] = 0.0
    position = np.arange(len(deleted))
    line = np.searchsorted(line_starts, position, side="right") - 1
    before = line_starts[line]
    after = line_starts[np.minimum(np.where(before == position, line, line + 1), len(lengths))]
    return Layout(
        words=int(line_starts[-1]),
        line_starts=line_starts,
        section_starts=section_starts,
        line_of_word=np.repeat(np.arange(len(lengths), dtype=np.intp), lengths),
        leave=at_boundary[after] + np.minimum(grammar.mid_line, deleted[after] - deleted),
        enter=at_boundary[before] + np.minimum(grammar.mid_line, deleted - deleted[before]),
        deleted=deleted,
        jump_factor=grammar.written_out if prints_repeats(sheet.lines) else 1.0,
    )


def prints_repeats(lines: Sequence[Line]) -> bool:
    """Whether a block of two lines or more, and of 8 words or more, comes again further down."""
    texts = [tuple(word.normal for word in line.words) for line in lines]
    where: dict[tuple[str, ...], list[int]] = {}
    for j, text in enumerate(texts):
        for i in where.setdefault(text, []):
            same = next((n for n in range(j - i) if j + n >= len(texts) or texts[i + n] != texts[j + n]), j - i)
            if same >= 2 and sum(map(len, texts[j : j + same])) >= _BLOCK_WORDS:
                return True
        where[text].append(j)
    return False
