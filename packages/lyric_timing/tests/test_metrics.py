"""Onset errors: by hand on small input, and over a folder of songs."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mir_eval import alignment

from lyric_timing.errors import MetricsError
from lyric_timing.formats import write
from lyric_timing.metrics import (
    Prediction,
    Reference,
    TimedText,
    match_by_text,
    onset_metrics,
    score_folder,
    score_song,
)
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord


def test_errors_of_onsets_that_were_all_predicted() -> None:
    scores = onset_metrics([1.0, 2.0, 3.0, 4.0], [1.0, 2.2, 3.3, 5.5], 10.0)
    assert (scores.aae, scores.median, scores.pco) == pytest.approx((0.5, 0.25, 0.75))
    assert (scores.found, scores.n) == (1.0, 4)


def test_a_missed_onset_is_placed_between_its_neighbours_and_never_correct() -> None:
    scores = onset_metrics([1.0, 2.0, 3.0], [1.0, None, 3.0], 10.0)
    assert (scores.aae, scores.pco, scores.found) == pytest.approx((0.0, 2 / 3, 2 / 3))


def test_missed_onsets_at_the_ends_lie_between_the_ends_of_the_recording() -> None:
    scores = onset_metrics([2.0, 4.0, 6.0], [None, 4.0, math.nan], 8.0)
    assert (scores.aae, scores.found) == pytest.approx((0.0, 1 / 3))


def test_nothing_predicted_is_spread_over_the_recording() -> None:
    scores = onset_metrics([2.5, 5.0, 7.5], [None, None, None], 10.0)
    assert (scores.aae, scores.pco, scores.found) == (0.0, 0.0, 0.0)


def test_onsets_out_of_order_or_before_the_start_are_measured_all_the_same() -> None:
    assert onset_metrics([1.0, 5.0, 3.0], [-1.0, 5.0, 3.1], 9.0).aae == pytest.approx(0.7)
    assert onset_metrics([1.0, 2.0], [2.0, 1.0], 9.0).median == 1.0


@given(st.lists(st.tuples(*[st.floats(0, 100)] * 2), min_size=1, max_size=20))
def test_order_does_not_change_the_measures_that_mir_eval_takes_of_it(pairs: list[tuple[float, float]]) -> None:
    true, placed = (np.sort(side) for side in np.array(pairs).T)
    median, mean = alignment.absolute_error(true, placed)
    scores = onset_metrics(true[::-1], placed[::-1].tolist(), 100.0)
    assert (scores.median, scores.aae) == pytest.approx((median, mean))
    assert scores.pco == pytest.approx(alignment.percentage_correct(true, placed, window=0.3))


@pytest.mark.parametrize(
    ("reference", "estimated", "duration", "message"),
    [
        ([], [], 1.0, "Expected a list"),
        ([[1.0]], [1.0], 1.0, "Expected a list"),
        ([1.0, math.nan], [1.0, 2.0], 1.0, "onset 1 is not a finite"),
        ([1.0], [1.0, 2.0], 1.0, "2 estimated onsets for 1"),
        ([1.0], [1.0], math.inf, "duration"),
        ([1.0], [1.0], -1.0, "duration"),
    ],
)
def test_input_that_cannot_be_scored_is_refused(
    reference: list[float], estimated: list[float], duration: float, message: str
) -> None:
    with pytest.raises(MetricsError, match=message):
        onset_metrics(reference, estimated, duration)


def test_texts_match_but_for_case_punctuation_and_width() -> None:
    assert match_by_text(["Holy,", "LORD", "２", "don't"], ["holy", "lord!", "2", "dont"]) == [0, 1, 2, 3]


def test_texts_match_in_order_and_what_is_missing_or_too_much_has_no_match() -> None:
    assert match_by_text(["a", "b", "c", "a", "b"], ["a", "b", "x", "c"]) == [0, 1, 3, None, None]
    assert match_by_text([], ["a"]) == []


WORDS = [("Oh", 1.0, 0), ("my", 1.5, 0), ("love", 2.0, 0), ("Oh", 5.0, 1), ("glory", 6.0, 1)]


def song(words: list[tuple[str, float, int]] = WORDS, late: float = 0.0) -> TimedLyrics:
    lines: list[TimedLine] = []
    for number in sorted({n for _, _, n in words}):
        sung = tuple(TimedWord(w, t + late, t + late + 0.4) for w, t, n in words if n == number)
        lines.append(TimedLine(" ".join(w.text for w in sung), sung[0].start, sung[-1].end, sung))
    return TimedLyrics(tuple(lines), 10.0)


def save_song(folder: Path, language: str = "en") -> None:
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"lang": language, "duration": 10.0}))
    with (folder / "words.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["word", "start", "end", "line"], *([w, t, t + 0.4, n] for w, t, n in WORDS)])
    with (folder / "lines.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["start", "end", "text"], *([x.start, x.end, x.text] for x in song().lines)])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Predictions: none yet. Songs: `first` and `second` in English, `tercera` in Spanish."""
    for name, language in (("first", "en"), ("second", "en"), ("tercera", "es")):
        save_song(tmp_path / "songs" / name, language)
    (tmp_path / "predictions").mkdir()
    return tmp_path / "predictions", tmp_path / "songs"


def test_scores_timed_lyrics_of_one_song() -> None:
    words = tuple(TimedText(w, t) for w, t, _ in WORDS)
    lines = tuple(TimedText(line.text, line.start) for line in song().lines)
    reference = Reference("it", "en", 10.0, words, lines)
    score = score_song(reference, song(late=0.25))
    assert score.word is not None
    assert (score.word.aae, score.word.pco, score.line.aae) == pytest.approx((0.25, 1.0, 0.25))
    without_words = score_song(reference, Prediction(lines=(TimedText("oh my love", None),)))
    assert (without_words.word, without_words.line.found) == (None, 0.0)


@pytest.mark.parametrize("name", ["json", "elrc", "lrc"])
def test_scores_each_format_that_predictions_come_in(folders: tuple[Path, Path], name: str) -> None:
    predictions, songs = folders
    (predictions / f"first.{name}").write_text(write(song(late=0.5), name))
    report = score_folder(predictions, songs, ids=["first"])
    (score,) = report.songs
    assert score.line.aae == pytest.approx(0.5)
    assert (score.word is None) == (name == "lrc")


def test_averages_over_songs_by_language(folders: tuple[Path, Path]) -> None:
    predictions, songs = folders
    (predictions / "first.json").write_text(write(song(late=0.1), "json"))
    (predictions / "tercera.json").write_text(write(song(late=0.5), "json"))
    report = score_folder(predictions, songs)
    assert report.missing == ("second",)
    rows = [(row.language, row.unit, row.songs, round(row.metrics.aae, 6)) for row in report.rows()]
    assert rows == [
        (None, "word", 2, 0.3),
        (None, "line", 2, 0.3),
        ("en", "word", 1, 0.1),
        ("en", "line", 1, 0.1),
        ("es", "word", 1, 0.5),
        ("es", "line", 1, 0.5),
    ]
    assert report.mean("word", "fr") is None


def test_scores_only_the_songs_asked_for(folders: tuple[Path, Path]) -> None:
    predictions, songs = folders
    assert score_folder(predictions, songs, language="es").missing == ("tercera",)
    assert score_folder(predictions, songs, language=["es", "en"], ids=["first"]).missing == ("first",)


def test_reads_loose_json_in_which_some_times_are_missing(folders: tuple[Path, Path]) -> None:
    predictions, songs = folders
    lines = [{"text": "Oh my love", "start": None, "words": [{"text": "oh", "start": 1}, {"text": "my"}]}]
    (predictions / "first.json").write_text(json.dumps({"lines": lines}))
    (score,) = score_folder(predictions, songs, ids=["first"]).songs
    assert score.line.found == 0.0
    assert score.word is not None
    assert score.word.found == pytest.approx(0.2)


def test_folders_and_files_that_cannot_be_used_are_named(folders: tuple[Path, Path]) -> None:
    predictions, songs = folders
    with pytest.raises(MetricsError, match="No such folder"):
        score_folder(predictions / "nowhere", songs)
    with pytest.raises(MetricsError, match="No song to score"):
        score_folder(predictions, predictions)
    with pytest.raises(MetricsError, match=r"No such song in [^:]+: other"):
        score_folder(predictions, songs, ids=["first", "other"])
    (predictions / "first.json").write_text("{")
    with pytest.raises(MetricsError, match=r"first\.json cannot be used"):
        score_folder(predictions, songs)
    (songs / "first" / "words.csv").write_text("text,start\na,1\n")
    with pytest.raises(MetricsError, match="first cannot be used: the field 'word' is missing"):
        score_folder(predictions, songs)
    (songs / "first" / "words.csv").write_text("word,start\n")
    (predictions / "first.json").write_text(write(song(), "json"))
    with pytest.raises(MetricsError, match="first: Expected a list"):
        score_folder(predictions, songs)
