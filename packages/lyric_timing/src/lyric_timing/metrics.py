"""How far timed lyrics are off: onset errors, per song and averaged over songs, as MIREX and the papers have them.

The measures are those of `mir_eval.alignment` (https://mir-eval.readthedocs.io), with what it leaves open decided here:

- An onset that was not predicted takes its place between its neighbours, by linear interpolation over its index, with
  0 s before the first and the duration after the last. So its error counts; as correct it never counts.
- mir_eval refuses times that fall, or lie before 0. Predictions do both (an aligner may put a line too early), and a
  reference does where voices overlap. Each measure is a mean or median over pairs, for which order means nothing, so
  such input is measured by the same formulas here.
- Predicted words and lines are matched to the reference by their text, in order: what was sung and is not in the
  prediction counts as missed, what was predicted and not sung does not count.
"""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lyric_timing.errors import FormatError, MetricsError
from lyric_timing.formats.lrc import read_lrc
from lyric_timing.timed import TimedLyrics

WINDOW_SECONDS = 0.3
"""An onset is correct within this distance (MIREX)."""

Unit = Literal["line", "word"]


@dataclass(frozen=True, slots=True)
class OnsetMetrics:
    """Errors of the onsets of one song's words or lines, or their averages over songs."""

    aae: float
    """Average absolute error in seconds."""
    median: float
    """Median absolute error in seconds."""
    pco: float
    """Share of the reference onsets that were predicted within `WINDOW_SECONDS`, 0 to 1."""
    found: float
    """Share of the reference onsets that were predicted at all, 0 to 1."""
    n: int
    """Number of reference onsets."""


@dataclass(frozen=True, slots=True)
class TimedText:
    """A line or word with its onset in seconds; None where a prediction has no usable one."""

    text: str
    start: float | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was predicted for one song, in sung order. `words` is empty when only lines have times."""

    lines: tuple[TimedText, ...]
    words: tuple[TimedText, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A song with its true onsets in seconds."""

    id: str
    language: str
    duration: float
    words: tuple[TimedText, ...]
    lines: tuple[TimedText, ...]


@dataclass(frozen=True, slots=True)
class SongScore:
    """One song's errors; `word` is None when the prediction has no word times."""

    id: str
    language: str
    line: OnsetMetrics
    word: OnsetMetrics | None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One row of a table of results: averages over `songs` songs of one language, or of all (`language` is None)."""

    language: str | None
    unit: Unit
    songs: int
    metrics: OnsetMetrics


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """The scores of a folder of predictions."""

    songs: tuple[SongScore, ...]
    missing: tuple[str, ...]
    """Ids of the songs without a prediction. They count in no average."""

    def mean(self, unit: Unit, language: str | None = None) -> OnsetMetrics | None:
        """The averages over songs (each song counts the same); None when no song has such a score."""
        scores = self._scores(unit, language)
        if not scores:
            return None
        return OnsetMetrics(
            aae=float(np.mean([score.aae for score in scores])),
            median=float(np.mean([score.median for score in scores])),
            pco=float(np.mean([score.pco for score in scores])),
            found=float(np.mean([score.found for score in scores])),
            n=sum(score.n for score in scores),
        )

    def rows(self) -> list[ScoreRow]:
        """The averages, words before lines: over all songs, then for each language."""
        rows: list[ScoreRow] = []
        for language in (None, *sorted({song.language for song in self.songs})):
            for unit in ("word", "line"):
                metrics = self.mean(unit, language)
                if metrics is not None:
                    rows.append(ScoreRow(language, unit, len(self._scores(unit, language)), metrics))
        return rows

    def _scores(self, unit: Unit, language: str | None) -> list[OnsetMetrics]:
        songs = [song for song in self.songs if language in (None, song.language)]
        scores = (song.line if unit == "line" else song.word for song in songs)
        return [score for score in scores if score is not None]


def onset_metrics(reference: ArrayLike, estimated: Sequence[float | None], duration: float) -> OnsetMetrics:
    """Errors of estimated onsets against those of the reference, pair by pair.

    `reference`: true onsets in seconds, shape (n,). `estimated`: n onsets in seconds, None (or no finite number) for
    one that was not predicted. `duration`: length of the recording in seconds.
    Raises MetricsError when there is no reference onset, when one is not a finite number, when the lengths differ, or
    when the duration is no length.
    """
    true = np.asarray(reference, dtype=np.float64)
    if true.ndim != 1 or true.size == 0:
        raise MetricsError(f"Expected a list of reference onsets, got an array of shape {true.shape}.")
    if not np.isfinite(true).all():
        raise MetricsError(f"Reference onset {int(np.flatnonzero(~np.isfinite(true))[0])} is not a finite number.")
    if len(estimated) != true.size:
        raise MetricsError(f"Got {len(estimated)} estimated onsets for {true.size} of the reference.")
    if not (math.isfinite(duration) and duration >= 0):
        raise MetricsError(f"The duration {duration} is not a length in seconds.")
    given = np.array([math.nan if onset is None else onset for onset in estimated], dtype=np.float64)
    found = np.isfinite(given)
    at = np.flatnonzero(found)
    places = np.concatenate([[-1], at, [true.size]])
    placed = np.interp(np.arange(true.size), places, np.concatenate([[0.0], given[at], [duration]]))
    median, aae = _absolute_error(true, placed)
    share = float(found.mean())
    pco = _share_correct(true[found], placed[found]) * share if found.any() else 0.0
    return OnsetMetrics(aae=aae, median=median, pco=pco, found=share, n=int(true.size))


def match_by_text(reference_texts: Sequence[str], predicted_texts: Sequence[str]) -> list[int | None]:
    """For each text of the reference, the index of the predicted text that it matches, or None.

    Texts match when they are the same but for case, punctuation, white space and compatibility forms (NFKC). Matches
    keep the order of both sides; the longest runs are matched first (Ratcliff and Obershelp, `difflib`).
    """
    ours, theirs = [bare(text) for text in reference_texts], [bare(text) for text in predicted_texts]
    matches: list[int | None] = [None] * len(ours)
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        matches[block.a : block.a + block.size] = range(block.b, block.b + block.size)
    return matches


def score_song(reference: Reference, prediction: Prediction | TimedLyrics) -> SongScore:
    """One song's errors. Raises MetricsError when the reference cannot be scored against."""
    if isinstance(prediction, TimedLyrics):
        prediction = _predicted(prediction)
    try:
        line = _score(reference.lines, prediction.lines, reference.duration)
        word = _score(reference.words, prediction.words, reference.duration) if prediction.words else None
    except MetricsError as error:
        raise MetricsError(f"{reference.id}: {error}") from error
    return SongScore(reference.id, reference.language, line, word)


def score_folder(
    predictions: Path,
    songs: Path,
    language: str | Collection[str] | None = None,
    ids: Collection[str] | None = None,
) -> ScoreReport:
    """Scores `<id>.json`, or else `<id>.elrc` or `<id>.lrc`, in one folder against the songs in another.

    `songs` has a folder for each song: `meta.json` (`lang`, `duration`), `words.csv` (`word,start,...`) and `lines.csv`
    (`start,...,text`). `language` (one code or several) and `ids` choose among them.
    Raises MetricsError when a folder is not there, nothing is chosen, an id is not known, or a file cannot be used.
    """
    for folder in (predictions, songs):
        if not folder.is_dir():
            raise MetricsError(f"No such folder: {folder}.")
    known = {meta.parent.name: meta.parent for meta in sorted(songs.glob("*/meta.json"))}
    if unknown := sorted(set(ids or ()) - set(known)):
        raise MetricsError(f"No such song in {songs}: {', '.join(unknown)}.")
    languages = {language} if isinstance(language, str) else language
    chosen = [read_reference(folder) for name, folder in known.items() if ids is None or name in ids]
    chosen = [song for song in chosen if languages is None or song.language in languages]
    if not chosen:
        raise MetricsError(f"No song to score in {songs}: expected folders with meta.json, words.csv and lines.csv.")
    found = [(song, read_prediction(predictions, song.id)) for song in chosen]
    return ScoreReport(
        songs=tuple(score_song(song, prediction) for song, prediction in found if prediction is not None),
        missing=tuple(song.id for song, prediction in found if prediction is None),
    )


def read_reference(folder: Path) -> Reference:
    """The true onsets of one song's folder. Raises MetricsError when a file or a field is missing or damaged."""
    try:
        meta = cast("dict[str, Any]", json.loads((folder / "meta.json").read_text("utf-8-sig")))
        return Reference(
            id=folder.name,
            language=str(meta["lang"]),
            duration=float(meta["duration"]),
            words=_onsets_of(folder / "words.csv", "word"),
            lines=_onsets_of(folder / "lines.csv", "text"),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise MetricsError(f"The song in {folder} cannot be used: {_cause(error)}.") from error


def read_prediction(folder: Path, song_id: str) -> Prediction | None:
    """What was predicted for a song; None when there is no file. Raises MetricsError when the file is damaged.

    JSON is read loosely here (any layout with `lines`, `text`, `start` and perhaps `words`; a time that is no number
    counts as not predicted), since other systems are scored as well.
    """
    for suffix in (".json", ".elrc", ".lrc"):
        path = folder / f"{song_id}{suffix}"
        if path.is_file():
            try:
                text = path.read_text("utf-8-sig")
                return _loose_json(json.loads(text)) if suffix == ".json" else _predicted(read_lrc(text))
            except (OSError, KeyError, TypeError, AttributeError, ValueError, FormatError) as error:
                raise MetricsError(f"The prediction {path} cannot be used: {_cause(error)}.") from error
    return None


def _absolute_error(true: NDArray[np.float64], placed: NDArray[np.float64]) -> tuple[float, float]:
    """Median and mean absolute error."""
    if _ordered(true) and _ordered(placed):
        from mir_eval import alignment  # on demand: it takes a second to load

        median, mean = cast("tuple[float, float]", alignment.absolute_error(true, placed))
        return float(median), float(mean)
    error = np.abs(placed - true)
    return float(np.median(error)), float(np.mean(error))


def _share_correct(true: NDArray[np.float64], placed: NDArray[np.float64]) -> float:
    if _ordered(true) and _ordered(placed):
        from mir_eval import alignment

        return float(cast("float", alignment.percentage_correct(true, placed, window=WINDOW_SECONDS)))
    return float(np.mean(np.abs(placed - true) <= WINDOW_SECONDS))


def _ordered(onsets: NDArray[np.float64]) -> bool:
    """Whether mir_eval takes these onsets."""
    return bool(onsets[0] >= 0 and np.all(np.diff(onsets) >= 0))


def _score(reference: Sequence[TimedText], predicted: Sequence[TimedText], duration: float) -> OnsetMetrics:
    matches = match_by_text([item.text for item in reference], [item.text for item in predicted])
    estimated = [None if match is None else predicted[match].start for match in matches]
    return onset_metrics([cast("float", item.start) for item in reference], estimated, duration)


def bare(text: str) -> str:
    """The text as it is compared: without case, punctuation, white space and compatibility forms."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def _predicted(lyrics: TimedLyrics) -> Prediction:
    return Prediction(
        lines=tuple(TimedText(line.text, line.start) for line in lyrics.lines),
        words=tuple(TimedText(word.text, word.start) for line in lyrics.lines for word in line.words),
    )


def _loose_json(data: Any) -> Prediction:
    return Prediction(
        lines=tuple(_timed_text(line) for line in data["lines"]),
        words=tuple(_timed_text(word) for line in data["lines"] for word in line.get("words") or ()),
    )


def _timed_text(fields: Any) -> TimedText:
    start = fields.get("start")
    return TimedText(str(fields["text"]), None if start is None else float(start))


def _onsets_of(path: Path, column: str) -> tuple[TimedText, ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(TimedText(row[column], float(row["start"])) for row in csv.DictReader(file))


def _cause(error: Exception) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
