import dataclasses

import pytest
from rich.text import Text

from lyric_timing.sheet import Line, LyricSheet, Section
from lyric_timing.timed import TimedLine, TimedLyrics
from sow_analysis.lrc import Attempt, LrcResult, Outcome
from stream_of_worship.admin import report


def sheet(*lines: str) -> LyricSheet:
    return LyricSheet((Section(None, tuple(Line(text, ()) for text in lines)),))


@pytest.fixture
def result(lyrics: TimedLyrics) -> LrcResult:
    return LrcResult(
        lyrics,
        confidence=0.634,
        doubtful=(1,),
        attempts=(
            Attempt("hear", "captions", Outcome.UNAVAILABLE, 0.0, "no address given"),
            Attempt("hear", "whisper", Outcome.SERVED, 12.34),
            Attempt("align", "whisper-align", Outcome.SERVED, 1.0),
            Attempt("align", "whisper-align", Outcome.SERVED, 2.0),
            Attempt("align", "pocketsphinx", Outcome.FAILED, 0.5, "no path"),
            Attempt("align", "pocketsphinx", Outcome.FAILED, 0.5, "no path"),
        ),
        warnings=("one line is never sung",),
    )


def summary(result: LrcResult, of: LyricSheet) -> list[str]:
    return [Text.from_markup(line).plain for line in report.summary(result, of, "song.lrc")]


def test_the_report_tells_what_was_done(result: LrcResult):
    assert summary(result, sheet("Morning light", "Over the hills", "Never sung")) == [
        "Wrote song.lrc",
        "  lines placed  3 (2 of the sheet's 3, 1 sung again)",
        "  confidence    63 % on average",
        "  heard by      whisper (12.3 s)",
        "  timed by      whisper-align (3.0 s)",
        "  captions unavailable: no address given",
        "  pocketsphinx failed 2 times: no path",
        "  1 line to check:",
        "     0:03.0   20 %  Over the hills",
        "warning: one line is never sung",
        "Watch it with: sow view song.lrc",
    ]


def test_what_there_is_to_know_of_an_engine_that_served_is_told(result: LrcResult):
    moved = Attempt("hear", "captions", Outcome.SERVED, 0.1, "The captions are 12.3 s late: moved.")
    told = summary(dataclasses.replace(result, attempts=(moved,)), sheet("x"))
    assert told[3:5] == ["  heard by      captions (0.1 s)", "  captions: The captions are 12.3 s late: moved."]


def test_a_sheet_that_is_sung_as_written_is_told_in_one_number():
    lines = tuple(TimedLine(text, i, i + 1.0, sheet_line=i) for i, text in enumerate("abc"))
    assert report.placed(lines, sheet(*"abc")) == "3"


def test_a_long_list_of_doubtful_lines_is_cut(result: LrcResult):
    lines = tuple(TimedLine(f"line {i}", i, i + 1.0) for i in range(50))
    many = dataclasses.replace(result, lyrics=TimedLyrics(lines), doubtful=tuple(range(50)))
    shown = summary(many, sheet("x"))
    assert "  50 lines to check:" in shown
    assert "    and 30 more" in shown


def test_lyrics_and_reasons_do_not_pass_for_markup(result: LrcResult):
    lines = (TimedLine("[bold]\x1b[2J", 0.0, 1.0),)
    odd = dataclasses.replace(result, lyrics=TimedLyrics(lines), doubtful=(0,), warnings=("[/]",))
    shown = summary(odd, sheet("x"))
    assert shown[-3:-1] == ["     0:00.0  [bold][2J", "warning: [/]"]


def test_the_document_holds_all_of_it(result: LrcResult):
    document = report.document(result, {"lines": []}, "song.lrc", "lrc")
    assert document["output"] == "song.lrc"
    assert document["doubtful"] == [{"line": 1, "start": 3.0, "end": 4.5, "text": "Over the hills", "confidence": 0.2}]
    assert document["lyrics"] == {"lines": []}
    assert [attempt["outcome"] for attempt in document["attempts"]] == [  # pyright: ignore
        "unavailable", "served", "served", "served", "failed", "failed",
    ]  # fmt: skip
