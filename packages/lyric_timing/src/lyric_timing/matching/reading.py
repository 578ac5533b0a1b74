"""Reads one source: what its tokens say about a sheet, and the best way through it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from lyric_timing.heard import Heard
from lyric_timing.matching.clock import VoiceClock
from lyric_timing.matching.decoder import Decoded, Emissions, decode
from lyric_timing.matching.evidence import Evidence, Piece, gather, weigh
from lyric_timing.matching.grammar import Grammar, lay_out
from lyric_timing.matching.onsets import settle
from lyric_timing.matching.passes import ALIKE, Pass, group
from lyric_timing.sheet import LyricSheet
from lyric_timing.similarity import normal_similarity

_NEUTRAL = 0.45
"""Similarity at which a match is worth nothing."""
_LEAST_TELLING = 0.35
_VOICE_WEIGHT = 0.2
"""Weight from which a heard word counts as singing, when gaps are looked for."""
_STAND_IN_SECONDS = 3.0
"""Time without lyrics from one source in which another may stand in."""
_STAND_IN_MARGIN = 0.5
_LEAST_SCORE = 3.0
_LEAST_SCORE_PER_WORD = 0.25
"""Scores that words of another song hardly ever reach, in all and for each heard word."""


@dataclass(frozen=True)
class Lyrics:
    """What of a sheet is needed for each source."""

    sheet: LyricSheet
    normals: tuple[str, ...]
    """Distinct words."""
    column: NDArray[np.intp]
    """The distinct word of each word."""
    line_of_word: tuple[int, ...]
    first_word: tuple[int, ...]
    """Of each line, and the number of words."""

    def is_line_start(self, word: int) -> bool:
        """Whether a line of the sheet begins with this word."""
        return word == self.first_word[self.line_of_word[word]]

    @staticmethod
    def of(sheet: LyricSheet) -> Lyrics:
        written = [word.normal for _, _, word in sheet.words()]
        normals = tuple(sorted(set(written)))
        index = {normal: i for i, normal in enumerate(normals)}
        return Lyrics(
            sheet=sheet,
            normals=normals,
            column=np.array([index[w] for w in written], dtype=np.intp),
            line_of_word=tuple(i for i, _, _ in sheet.words()),
            first_word=(0, *accumulate(len(line.words) for line in sheet.lines)),
        )


@dataclass(frozen=True)
class Reading:
    """One source, decoded."""

    evidence: Evidence
    decoded: Decoded
    similarity: tuple[float, ...]
    """Of each match."""
    telling: tuple[float, ...]
    """How much each word of the sheet says about the place in the song, 0 to 1."""

    @property
    def explained(self) -> float:
        """How much of the sung words it tells."""
        return sum(
            s * self.telling[m.word] for m, s in zip(self.decoded.matches, self.similarity, strict=True) if s >= ALIKE
        )

    def lyric_pieces(self) -> list[Piece]:
        return [
            self.evidence.pieces[m.token]
            for m, s in zip(self.decoded.matches, self.similarity, strict=True)
            if s >= ALIKE
        ]

    def murmurs(self) -> list[tuple[float, float]]:
        """When something was heard that is no lyric word, in order of start: (start, end) in seconds."""
        matched = {m.token for m, s in zip(self.decoded.matches, self.similarity, strict=True) if s >= ALIKE}
        rest = [piece for i, piece in enumerate(self.evidence.pieces) if i not in matched]
        return sorted((piece.start, piece.end) for piece in [*rest, *self.evidence.loops])

    @property
    def is_this_song(self) -> bool:
        """Whether the words heard fit the sheet better than those of another song would."""
        score = self.decoded.score
        return score >= max(_LEAST_SCORE, _LEAST_SCORE_PER_WORD * float(self.evidence.weight.sum()))

    def passes(self, lyrics: Lyrics) -> list[Pass]:
        """Each singing of a line that something was heard of, in order, with settled onsets."""
        matches, pieces = self.decoded.matches, list(self.evidence.pieces)
        alike = [i for i, similarity in enumerate(self.similarity) if similarity >= ALIKE]
        begins = [lyrics.is_line_start(matches[i].word) for i in alike]
        settled = settle([pieces[matches[i].token] for i in alike], begins)
        latest = math.inf
        for i, piece in zip(reversed(alike), reversed(settled), strict=True):
            latest = min(latest, piece.start)
            pieces[matches[i].token] = replace(piece, start=latest)
        return group(
            matches, pieces, self.evidence.timed.tolist(), self.similarity,
            lyrics.line_of_word, lyrics.first_word, self.telling,
        )  # fmt: skip


def read_best(
    lyrics: Lyrics,
    heard: Sequence[Heard],
    duration: float | None,
    silences: Sequence[tuple[float, float]],
    grammar: Grammar,
) -> tuple[Reading | None, float, VoiceClock]:
    """Decodes every source; the one that explains most leads, and the others stand in where it heard no lyrics.

    Returns None without evidence; and the length of the recording, in seconds, with the clock that was used.
    """
    sheet = lyrics.sheet
    sources = [evidence for one in heard if (evidence := gather(one, sheet, duration)).pieces]
    length = duration if duration is not None else max((e.pieces[-1].end for e in sources), default=0.0)
    clock = VoiceClock(silences)
    readings = sorted((read(lyrics, e, grammar, length, clock) for e in sources), key=lambda r: -r.explained)
    if readings and (more := stand_ins(readings)):
        evidence = weigh([*readings[0].evidence.pieces, *more], sheet, duration)
        readings[0] = read(lyrics, evidence, grammar, length, clock)
    return (readings[0] if readings else None), length, clock


def read(lyrics: Lyrics, evidence: Evidence, grammar: Grammar, duration: float, clock: VoiceClock) -> Reading:
    """Decodes one source. `duration` is the length of the recording in seconds."""
    heard = [piece.normal for piece in evidence.pieces]
    distinct = sorted(set(heard))
    index = {normal: i for i, normal in enumerate(distinct)}
    row = np.array([index[h] for h in heard], dtype=np.intp)
    alike = normal_similarity(distinct, lyrics.normals, lyrics.sheet.language)
    count = np.bincount(lyrics.column, minlength=len(lyrics.normals))
    telling = _telling(lyrics.normals, count)
    density = min(1.0, float(evidence.weight.sum()) / len(lyrics.column))
    delete = (grammar.delete * density * telling)[lyrics.column]
    times = [*(piece.start for piece in evidence.pieces), duration]
    emissions = Emissions(
        gain=_gain(alike, telling, grammar.substitute),
        row=row,
        column=lyrics.column,
        weight=evidence.weight,
        sung=np.maximum.accumulate([clock.sung(time) for time in times]),
        silence=evidence.silence,
        gaps=_gaps(evidence),
        fastest=evidence.fastest,
    )
    decoded = decode(emissions, lay_out(lyrics.sheet, grammar, delete), grammar)
    similarity = tuple(float(alike[row[m.token], lyrics.column[m.word]]) for m in decoded.matches)
    return Reading(evidence, decoded, similarity, tuple(telling[lyrics.column].tolist()))


def _gain(alike: NDArray[np.float32], telling: NDArray[np.float64], substitute: float) -> NDArray[np.float32]:
    """Gain of a match by likeness: what the word tells at 1, 0 at the neutral point, −substitute at 0."""
    above = (alike - _NEUTRAL) / (1 - _NEUTRAL) * telling
    return np.where(alike >= _NEUTRAL, above, substitute * (alike / _NEUTRAL - 1)).astype(np.float32)


def _telling(normals: Sequence[str], count: NDArray[np.intp]) -> NDArray[np.float64]:
    """How much each distinct word says: rare and long ones most."""
    total = count.sum()
    rare = 1 - np.log(count) / math.log(total + 1)
    length = np.array([min(1.0, 0.35 + 0.15 * len(n)) if n.isascii() or len(n) > 1 else 0.8 for n in normals])
    return np.maximum(_LEAST_TELLING, rare) * length


def _gaps(evidence: Evidence) -> NDArray[np.float64]:
    """Seconds from the end of the last sung word before each heard word to its start."""
    gaps: list[float] = []
    voice_end = 0.0
    for piece, weight in zip(evidence.pieces, evidence.weight.tolist(), strict=True):
        gaps.append(max(0.0, piece.start - voice_end))
        if weight >= _VOICE_WEIGHT:
            voice_end = max(voice_end, piece.end)
    return np.array(gaps)


def stand_ins(readings: Sequence[Reading]) -> list[Piece]:
    """Lyric words of all but the first reading, from the most trusted down, where those before have none for long."""
    chosen: list[Piece] = []
    times = [piece.start for piece in readings[0].lyric_pieces()]
    for other in readings[1:]:
        edges = np.array([-math.inf, *sorted(times), math.inf])
        for piece in other.lyric_pieces() if other.is_this_song else []:
            k = int(np.searchsorted(edges, piece.start, side="right"))
            near = min(piece.start - edges[k - 1], edges[k] - piece.start)
            if edges[k] - edges[k - 1] > _STAND_IN_SECONDS and near > _STAND_IN_MARGIN:
                chosen.append(piece)
                times.append(piece.start)
    return chosen
