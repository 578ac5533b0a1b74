"""What the package offers under its own name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lyric_timing

EXPORTED = {
    "FormatError", "Heard", "Line", "LyricSheet", "LyricTimingError", "LyricsError", "MetricsError", "Roadmap",
    "Section",
    "SungLine", "TimedLine", "TimedLyrics", "TimedWord", "Token", "Word",
    "as_written", "chart", "decode_lyrics", "guess_language", "parse_sheet", "read_sheet",
}  # fmt: skip


def test_exports_these_names_and_no_others() -> None:
    assert set(lyric_timing.__all__) == EXPORTED
    assert all(getattr(lyric_timing, name).__name__ == name for name in EXPORTED)


def test_says_which_name_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match="'lyric_timing' has no attribute 'align'"):
        _ = lyric_timing.align  # pyright: ignore[reportAttributeAccessIssue]


def test_errors_have_one_base() -> None:
    errors = (lyric_timing.FormatError, lyric_timing.LyricsError, lyric_timing.MetricsError)
    assert all(issubclass(error, lyric_timing.LyricTimingError) for error in errors)


def test_loads_no_tables_before_they_are_needed() -> None:
    code = "import sys, lyric_timing; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "opencc", "pypinyin", "num2words", "pysubs2", "mir_eval"} & set(loaded)


def test_the_examples_of_the_readme_run() -> None:
    readme = Path(__file__).parents[1].joinpath("README.md").read_text("utf-8")
    examples = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    run = subprocess.run([sys.executable, "-c", "\n".join(examples)], capture_output=True, text=True, check=True)
    assert "00:00:04.500 --> 00:00:06.000\nEarly in the morning" in run.stdout
    assert "found=0.66" in run.stdout
