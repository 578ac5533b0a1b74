"""The sung order of a recording: which line of the sheet is sung when, from what was heard of it.

**The question.** A sheet of W words on one side, T heard words with their times on the other. The sheet may leave out
repeats and hold verses that are not sung; what was heard may be wrong, or no lyric at all, or missing.

**States.** Position p = 0 … W between the words of the sheet, in one of two layers: *sung* (words around p are being
heard) and *unheard* (the song goes on, and nobody hears it).

**For each heard word** the position moves, at these costs (see `Grammar`), and then the word is explained:

- *walk*: on by n words, which were not heard: n × `delete`, and `hurry` more for each that there was no time to sing.
- *unheard stretch*: on by as many words as there was time for: `unheard` once, then next to nothing for each word. So a
  verse in which the recogniser slept is passed over where a minute went by, and not where a second did.
- *jump*: from p to q: leave(p) + enter(q) + `forward` or `backward`. The ends of sections and lines are the places to
  leave, their starts to enter; elsewhere the words that are cut off count, up to `mid_line`. From the end of a line or
  a section back to its own start has its own cost. A long vocal gap makes jumps cheaper; a sheet that prints its
  repeats makes them dearer. From a line to the next is no jump: they share a position.
- *match*: the word stands for the word after p. Gain by likeness: 1 for the same, less for alike, down to
  −`substitute`; more for telling words than for `the`, as a likelihood ratio would have it.
- *insertion*: the word is no lyric: −`insert`.

Each heard word has a weight by which gains and costs of explaining it are multiplied: little for the endless `oh oh oh`
of a recogniser that is lost, and for words that fall over each other, so that they drag nothing along.

**Search.** Viterbi over all positions, exact, O(T × W): `matching.decoder`.

**Several sources** are decoded one by one. The one whose words explain most leads; where it heard no lyrics, the words
of the next one stand in, and the whole is decoded again.

**After decoding**, each singing of a line is a pass (`matching.passes`). A line that no pass covers goes between its
neighbours on the sheet, where the time allows, at the song's own pace (`matching.unheard`). It is left out only where
sure evidence on both sides leaves no time for it and singers leave out such lines: a whole section, a long run, a line
that is sung elsewhere. One more singing of a line is never made up, unless it is amid lines that were heard once more
and always came with it. Hence a sheet as sung comes out as sung.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lyric_timing.heard import Heard
from lyric_timing.matching.grammar import Grammar
from lyric_timing.matching.passes import ALIKE, syllables_of
from lyric_timing.matching.reading import Lyrics, read_best
from lyric_timing.matching.unheard import Placed, place
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap, SungLine

__all__ = ["Grammar", "as_written", "chart"]

MATCHER = "matcher"
AS_WRITTEN = "as-written"
_DEFAULT_SECONDS = 0.35
"""For each syllable, where nothing is known of a recording, not even its length."""


def chart(
    sheet: LyricSheet,
    heard: Sequence[Heard],
    *,
    duration: float | None = None,
    silences: Sequence[tuple[float, float]] = (),
    grammar: Grammar | None = None,
) -> Roadmap:
    """The sung order by the model above. `duration` is the length of the recording in seconds; `silences` are stretches
    (start, end) in which surely nobody sings, where these are known: no unheard line is put there.

    Every line has times within [0, duration], in order of start; onsets only for words that were heard. Without
    evidence, or when what was heard is not this song, the result is `as_written`.
    """
    lyrics = Lyrics.of(sheet)
    reading, length, clock = read_best(lyrics, heard, duration, silences, grammar or Grammar())
    if reading is None or not reading.is_this_song:
        return as_written(sheet, duration)
    placed = place(reading.passes(lyrics), sheet, length, clock, reading.murmurs())
    return Roadmap(_sung_lines(placed, sheet), MATCHER)


def as_written(sheet: LyricSheet, duration: float | None = None) -> Roadmap:
    """Each line of the sheet once, by its length evenly over the recording; confidence 0."""
    syllables = [syllables_of(line.words) for line in sheet.lines]
    edges = np.concatenate([[0.0], np.cumsum(syllables)])
    edges *= _DEFAULT_SECONDS if duration is None else duration / max(1.0, edges[-1])
    if duration is not None:
        edges = np.minimum(edges, duration)
    return Roadmap(
        tuple(
            SungLine(i, float(edges[i]), float(edges[i + 1]), (None,) * len(line.words), 0.0)
            for i, line in enumerate(sheet.lines)
        ),
        AS_WRITTEN,
    )


def _sung_lines(placed: Sequence[Placed], sheet: LyricSheet) -> tuple[SungLine, ...]:
    lines: list[SungLine] = []
    for this in placed:
        onsets: list[float | None] = [None] * len(sheet.lines[this.sung.line].words)
        for hearing in this.sung.hearings:
            if hearing.timed and hearing.similarity >= ALIKE:
                onsets[hearing.word] = hearing.start
        confidence = min(1.0, max(0.0, this.sung.confidence))
        lines.append(SungLine(this.sung.line, this.start, this.end, tuple(onsets), confidence))
    return tuple(lines)
