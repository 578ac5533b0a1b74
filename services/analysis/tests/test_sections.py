"""Timed lyrics tell a song's sections, whether they say where lines end or not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lyric_timing.formats import read
from lyric_timing.timed import TimedLine, TimedLyrics
from music_analysis import Beat, Loudness, MusicAnalysis, VocalActivity, VocalSpan, Waveform
from sow_analysis.sections import with_lyrics

EXAMPLES = Path(__file__).parents[3] / "examples"
BEAT_SECONDS = 0.45


def heard(duration: float, voice: VocalActivity | None) -> MusicAnalysis:
    beats = tuple(Beat(round(BEAT_SECONDS * k, 3), k % 4 + 1) for k in range(int(duration / BEAT_SECONDS)))
    return MusicAnalysis(duration, Loudness(None, None, None), Waveform(20, (), ()), beats=beats, vocal_activity=voice)


def example(name: str) -> TimedLyrics:
    """A sample song's lines, with their true ends."""
    with (EXAMPLES / name / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return TimedLyrics(tuple(TimedLine(row["text"], float(row["start"]), float(row["end"])) for row in rows))


def as_plain_lrc(lyrics: TimedLyrics) -> str:
    """LRC as most programs write it: nothing tells where a line ends."""
    stamps = (divmod(line.start, 60) for line in lyrics.lines)
    return "".join(
        f"[{int(minutes):02d}:{seconds:05.2f}]{line.text}\n"
        for (minutes, seconds), line in zip(stamps, lyrics.lines, strict=True)
    )


@pytest.mark.parametrize("with_voice", [False, True])
@pytest.mark.parametrize("name", ["morning_light", "chen_guang", "morning_light_bilingual"])
def test_a_plain_lrc_tells_the_sections_that_lyrics_with_ends_do(name: str, with_voice: bool):
    lyrics = example(name)
    spans = tuple(VocalSpan(line.start - 0.1, line.end + 0.1) for line in lyrics.lines)
    analysis = heard(lyrics.lines[-1].end + 4.0, VocalActivity("fake", spans) if with_voice else None)
    plain = with_lyrics(analysis, read(as_plain_lrc(lyrics))).sections
    true = with_lyrics(analysis, lyrics).sections
    assert [(s.function, s.group, s.start_seconds) for s in plain] == [
        (s.function, s.group, s.start_seconds) for s in true
    ]
    assert "interlude" in {section.function for section in plain}
