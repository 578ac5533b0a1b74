"""Which passages of a song's words come back: its lines cut into passages, and those with the same words grouped.

Two passages of the same words are a diagonal in the matrix that compares each line with each other. Where diagonals
begin and end, sections do: K. Watanabe et al., Modeling Discourse Segments in Lyrics Using Repeated Patterns, COLING
2016; M. Fell et al., Lyrics Segmentation, COLING 2018. They learn from such borders; here the borders are taken as they
are, since lyrics alone, without stanzas, need no more, and nothing has to be trained.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rapidfuzz.distance import Indel
from rapidfuzz.process import extractOne

from lyric_timing.normal import normalize
from lyric_timing.timed import TimedLine

PAUSE_SECONDS = 8.0
"""A silence of this length cuts any passage ..."""
_SHORT_PAUSE_SECONDS = 2.5
_PAUSE_OF_MEDIAN = 3.0
"""... and words that are sung once are cut at shorter ones too, if they stand out among the song's."""
_SAME_LINE = 0.8
"""Lines this alike are one line, sung with another word in it."""
_SAME_WORDS = 0.6
"""Passages that share this part of their lines are one, sung anew."""
_LEAST_DIAGONAL = 2
"""One line alone that comes back is a refrain within its verse, not a section."""
_SILENT_E = re.compile(r"(?<=[aeiouy][b-df-hj-np-tv-xz])es?\b")
_SYLLABLE = re.compile("[aeiouyà-æè-ïò-öø-ýа-яё]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines `first` to before `end` of a song; those with the same words have the same `group`."""

    first: int
    end: int
    group: int
    whole: bool = True
    """False where less is sung than elsewhere."""


def line_ids(lines: Sequence[TimedLine], language: str | None = None) -> list[int]:
    """For each line a number that lines with the same words, but for one or two, share."""
    ids: dict[str, int] = {}
    forms: list[str] = []
    of_sheet: dict[int, int] = {}
    out: list[int] = []
    for line in lines:
        if line.sheet_line is not None and line.sheet_line in of_sheet:
            out.append(of_sheet[line.sheet_line])
            continue
        text = normalize(line.text, language).replace(" ", "")
        if text not in ids:
            alike = extractOne(text, forms, scorer=Indel.normalized_similarity, score_cutoff=_SAME_LINE)
            ids[text] = len(forms) if alike is None else alike[2]
            forms.append(text)
        out.append(ids[text])
        if line.sheet_line is not None:
            of_sheet[line.sheet_line] = ids[text]
    return out


def passages(lines: Sequence[TimedLine], ids: Sequence[int]) -> list[Passage]:
    """The lines cut where repeats begin and end and at long pauses, each passage with its group.

    The passages are in order and hold every line once.
    """
    if not lines:
        return []
    borders, repeated = _borders(ids)
    gaps = [max(0.0, after.start - before.end) for before, after in pairwise(lines)]
    typical = median(gaps) if gaps else 0.0
    for at, gap in enumerate(gaps, 1):
        alone = not (repeated[at - 1] and repeated[at])
        if gap >= PAUSE_SECONDS or (alone and gap >= max(_SHORT_PAUSE_SECONDS, _PAUSE_OF_MEDIAN * typical)):
            borders.add(at)
    kept = [0]
    for at in sorted(borders - {0, len(lines)}):
        if at - kept[-1] > 1 or gaps[at - 1] >= PAUSE_SECONDS:
            kept.append(at)
        elif len(kept) > 1 and gaps[kept[-1] - 1] < PAUSE_SECONDS:
            kept[-1] = at  # the line alone goes with those before it
    if len(kept) > 1 and len(lines) - kept[-1] == 1 and gaps[kept[-1] - 1] < PAUSE_SECONDS:
        kept.pop()
    return group(_with_tails(group([*pairwise([*kept, len(lines)])], ids)), ids)


def _with_tails(found: Sequence[Passage]) -> list[tuple[int, int]]:
    """The passages' lines, each with its tail: the lines that always end it, and may be sung once more right after.

    The border of that repeat cut them off.
    """
    groups = [passage.group for passage in found]
    sizes = {passage.group: passage.end - passage.first for passage in found}
    tails: dict[int, int] = {}
    for head in {own for own in groups if groups.count(own) > 1}:
        after = {following for own, following in pairwise([*groups, -1]) if own == head}
        tail = min(after)
        before = {own for own, following in pairwise([-1, *groups]) if following == tail}
        if len(after) == 1 and tail != head and before == {head, tail} and sizes[tail] <= sizes[head]:
            tails[head] = tail
    spans: list[tuple[int, int]] = []
    for i, passage in enumerate(found):
        if i and tails.get(groups[i - 1]) == passage.group:
            spans[-1] = (spans[-1][0], passage.end)
        else:
            spans.append((passage.first, passage.end))
    return spans


def _borders(ids: Sequence[int]) -> tuple[set[int], list[bool]]:
    """Where diagonals begin and end, and for each line whether one goes through it."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(ids):
        places[number].append(at)
    borders: set[int] = set()
    repeated = [False] * len(ids)
    for found in places.values():
        for n, one in enumerate(found):
            for other in found[n + 1 :]:
                if one and ids[one - 1] == ids[other - 1]:
                    continue
                apart, length = other - one, 1
                while other + length < len(ids) and ids[one + length] == ids[other + length]:
                    length += 1
                if length < _LEAST_DIAGONAL or (length > apart and apart <= _LEAST_DIAGONAL):
                    continue
                borders |= {one, other, min(one + length, other), other + length}
                repeated[one : one + length] = repeated[other : other + length] = [True] * length
                borders |= set(range(other, other + length, apart)) if length > apart else set()
    return borders, repeated


def group(spans: Sequence[tuple[int, int]], ids: Sequence[int]) -> list[Passage]:
    """Each span of lines as a passage; in a group are those that share most of their lines with its first."""
    out: list[Passage] = []
    models: list[Counter[int]] = []
    for first, end in spans:
        words = Counter(ids[first:end])
        shares = [_shared(words, model) for model in models]
        best = max(range(len(models)), key=shares.__getitem__, default=None)
        if best is None or shares[best] < _SAME_WORDS:
            best = len(models)
            models.append(words)
        out.append(Passage(first, end, best))
    parts = {p.group: _part_of(models[p.group], models, p.group) for p in out}
    return [Passage(p.first, p.end, parts[p.group] or p.group, parts[p.group] is None) for p in out]


def _shared(one: Counter[int], other: Counter[int]) -> float:
    return (one & other).total() / max(one.total(), other.total())


def _part_of(words: Counter[int], models: Sequence[Counter[int]], own: int) -> int | None:
    """The group of more lines that holds all these lines, if there is one."""
    if words.total() < _LEAST_DIAGONAL:
        return None
    longer = (i for i, model in enumerate(models) if i != own and len(model) > len(words) and set(words) <= set(model))
    return next(longer, None)


def syllables(line: TimedLine) -> int:
    """About how many syllables are sung in a line."""
    return len(_SYLLABLE.findall(_SILENT_E.sub("", line.text.casefold())))
