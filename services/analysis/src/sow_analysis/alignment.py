"""From a roadmap to a time for each word: every aligner has its say.

PocketSphinx searches the whole recording at once, led by what Whisper heard. What it finds is cut into windows, in
which Qwen3 and Whisper's cross-attention place the same words in their own ways; with that as hints the search is made
again. So each engine keeps the others from derailing, and where all are sure, they agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lyric_timing.heard import Heard
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap
from lyric_timing.timed import TimedLine, TimedWord
from lyric_timing.windows import Window, cut, repair_windows, suspects
from sow_analysis.chain import Chain
from sow_analysis.confidence import line_confidence, word_confidence
from sow_analysis.engines.pocketsphinx import PocketSphinx, SungWord
from sow_analysis.engines.protocols import AlignedWord
from sow_analysis.engines.whisper_align import WINDOW_SECONDS
from sow_analysis.engines.whisper_model import LONGEST_SECONDS
from sow_analysis.lrc import Progress
from sow_analysis.opinions import gather, surely_placed
from sow_analysis.song_search import Ears, Onsets, Opinion, SongSearch


@dataclass(frozen=True, slots=True)
class Alignment:
    """Timed lines in sung order, and what the user should know of them."""

    lines: tuple[TimedLine, ...]
    warnings: tuple[str, ...] = ()


def align(
    sheet: LyricSheet, roadmap: Roadmap, heard: Sequence[Heard], ears: Ears, chain: Chain, progress: Progress
) -> Alignment:
    """Gives every word of every sung line a time, by the engines that `chain` allows and that can serve."""
    search = chain.turn("align", PocketSphinx.name, lambda: SongSearch(sheet, roadmap, heard, ears, progress))
    if search is None or search.placed is None:
        warnings = () if search is None else ("The recording is too short to sing all these lyrics.",)
        return Alignment(_without_search(sheet, roadmap, ears, chain, progress), warnings)
    first = search.placed
    found = search.roadmap()
    opinions = gather(sheet, found, _windows(found, sheet, ears), ears, surely_placed(first), chain, progress)
    if opinions:
        first = chain.turn("align", PocketSphinx.name, lambda: search.again(opinions, progress)) or first
    return Alignment(_from_search(sheet, search.order, first, opinions, search.heard))


def _windows(roadmap: Roadmap, sheet: LyricSheet, ears: Ears) -> tuple[Window, ...]:
    return cut(
        roadmap, sheet, duration=ears.recording.duration, max_seconds=WINDOW_SECONDS, max_unsure_seconds=LONGEST_SECONDS
    )


def _without_search(
    sheet: LyricSheet, roadmap: Roadmap, ears: Ears, chain: Chain, progress: Progress
) -> tuple[TimedLine, ...]:
    """What the others make of it; lines whose times cannot be right are aligned anew between their neighbours."""
    heard = [line.onsets for line in roadmap.lines]
    opinions = gather(sheet, roadmap, _windows(roadmap, sheet, ears), ears, heard, chain, progress)
    lines = _from_opinions(sheet, roadmap, opinions)
    wrong = set(suspects(lines, roadmap))
    if not opinions or not wrong:
        return lines
    windows = repair_windows(roadmap, lines, sorted(wrong), duration=ears.recording.duration)
    repaired = _from_opinions(sheet, roadmap, gather(sheet, roadmap, windows, ears, heard, chain, progress))
    again = [repaired[i] if i in wrong else line for i, line in enumerate(lines)]
    still = set(suspects(again, roadmap))
    return tuple(line if i in still else again[i] for i, line in enumerate(lines))


def _from_search(
    sheet: LyricSheet,
    order: Sequence[int],
    placed: Sequence[Sequence[SungWord]],
    opinions: Sequence[Opinion],
    heard: Onsets | None = None,
) -> tuple[TimedLine, ...]:
    calibrated = [opinion.lines for opinion in opinions if opinion.calibrated]
    lines: list[TimedLine] = []
    for i, (line, words) in enumerate(zip(order, placed, strict=True)):
        timed = tuple(
            TimedWord(
                printed.text,
                word.start,
                word.end,
                word_confidence(word, [opinion[i][j] for opinion in calibrated]),
                PocketSphinx.name,
            )
            for j, (printed, word) in enumerate(zip(sheet.lines[line].words, words, strict=True))
        )
        follows = i == 0 or line == order[i - 1] + 1
        confidence = line_confidence(timed, None if heard is None else heard[i], follows=follows)
        lines.append(_timed_line(sheet, line, timed, confidence, PocketSphinx.name))
    return tuple(lines)


def _from_opinions(sheet: LyricSheet, roadmap: Roadmap, opinions: Sequence[Opinion]) -> tuple[TimedLine, ...]:
    """Without a search: the first opinion, else an even share of the line.

    The onset that was heard goes before opinions of aligners that stretch words over pauses, not before others.
    """
    lines: list[TimedLine] = []
    for i, sung in enumerate(roadmap.lines):
        printed = sheet.lines[sung.line].words
        step = (sung.end - sung.start) / len(printed)
        timed: list[TimedWord] = []
        for j, word in enumerate(printed):
            opinion, found = _first(opinions, i, j)
            onset = sung.onsets[j]
            if onset is not None and (opinion is None or opinion.stretched):
                end = found.end if found and found.end > onset else onset + step
                timed.append(TimedWord(word.text, onset, end, sung.confidence, roadmap.source))
            elif opinion is not None and found is not None:
                timed.append(TimedWord(word.text, found.start, found.end, found.confidence, opinion.engine))
            else:
                start = sung.start + j * step
                timed.append(TimedWord(word.text, start, start + step, 0.0, "interpolated"))
        source = opinions[0].engine if opinions else roadmap.source
        lines.append(_timed_line(sheet, sung.line, tuple(timed), line_confidence(timed), source))
    return tuple(lines)


def _first(opinions: Sequence[Opinion], line: int, word: int) -> tuple[Opinion | None, AlignedWord | None]:
    """The first opinion of a word, and whose it is."""
    for opinion in opinions:
        if (found := opinion.lines[line][word]) is not None:
            return opinion, found
    return None, None


def _timed_line(
    sheet: LyricSheet, line: int, words: tuple[TimedWord, ...], confidence: float, source: str
) -> TimedLine:
    return TimedLine(
        sheet.lines[line].text,
        words[0].start,
        words[-1].end,
        words,
        confidence,
        source,
        line,
        sheet.sections[sheet.section_of_line[line]].name,
    )
