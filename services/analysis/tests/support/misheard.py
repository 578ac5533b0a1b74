"""A made-up song whose last chorus was misheard so badly that the matcher leaves it out, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

from lyric_timing import LyricSheet, parse_sheet
from lyric_timing.heard import Heard, Token
from lyric_timing.roadmap import chart
from lyric_timing.sung import Roadmap

LYRICS = """[Verse 1]
Morning breaks across the silver water
Every shadow runs before the day

[Chorus]
Carry me home over the mountain
Lantern of heaven burning for me

[Verse 2]
Evening settles on the quiet harbour
{last_line}
"""
LAST_LINE = "Weary sailors fold their canvas down"
MISHEARD = ("carry see for over", "burn in for me")
CHORUS = (2, 3)
"""What was sung there: lines of the sheet."""


@dataclass(frozen=True)
class Misheard:
    """The song as it comes to the chooser."""

    sheet: LyricSheet
    heard: tuple[Heard, ...]
    roadmap: Roadmap
    duration: float


def misheard_song(last_line: str = LAST_LINE, misheard: tuple[str, ...] = MISHEARD) -> Misheard:
    """The song; its last line, and what was heard last, as given."""
    sheet = parse_sheet(LYRICS.format(last_line=last_line), language="en")
    tokens: list[Token] = []
    now = 2.0
    for text in [*(line.text for line in sheet.lines), *misheard]:
        for word in text.split():
            tokens.append(Token(word, now, now + 0.35))
            now += 0.4
        now += 1.0
    heard = (Heard(tuple(tokens), "ear", "en"),)
    return Misheard(sheet, heard, chart(sheet, heard, duration=now), now)


def lines_of(roadmap: Roadmap) -> list[int]:
    """The sung order."""
    return [line.line for line in roadmap.lines]
