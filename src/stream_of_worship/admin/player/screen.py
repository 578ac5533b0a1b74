"""One picture of the moving lyrics: a pure function of the lyrics, the position and the size of the terminal."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from rich.console import Console, Group
from rich.text import Text

from lyric_timing.timed import TimedLine, TimedLyrics
from stream_of_worship.admin.text import clock, printable

SUNG = "bold cyan"
SINGING = "bold black on cyan"
COMING = "bold white"
DIM = "dim"
KEYS = "space pause  ←/→ 5 s  ↑/↓ line  q quit"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a picture shows besides the lyrics."""

    position: float
    end: float
    playing: bool = True
    speed: float = 1.0
    note: str | None = None
    """One line about the sound, if there is something to say."""


def current_line(lyrics: TimedLyrics, position: float) -> int | None:
    """Index of the line that began last; None before the first."""
    index = bisect_right(lyrics.lines, position, key=lambda line: line.start) - 1
    return index if index >= 0 else None


def picture(lyrics: TimedLyrics, moment: Moment, console: Console, width: int, height: int) -> Group:
    """Exactly `height` rows of `width` cells: heading, lyrics with the current line in the middle, progress, keys."""
    current = current_line(lyrics, moment.position)
    top = [heading(lyrics, current, width), Text()]
    bottom = [Text(), progress(moment, width), note(moment, width)]
    room = max(height - len(top) - len(bottom), 1)
    rows = window(lyrics, current, moment.position, console, width, room)
    return Group(*(top + rows + bottom)[-height:] if height < len(top + rows + bottom) else top + rows + bottom)


def window(
    lyrics: TimedLyrics, current: int | None, position: float, console: Console, width: int, room: int
) -> list[Text]:
    """`room` rows of lyrics around the current line, long lines folded."""

    def rows(index: int) -> list[Text]:
        if not 0 <= index < len(lyrics.lines):
            return []
        styled = (
            sing(lyrics.lines[index], position)
            if index == current
            else Text(printable(lyrics.lines[index].text), style=DIM)
        )
        return list(styled.wrap(console, max(width, 1), justify="center", overflow="fold"))

    if current is None:
        middle, following = [Text("♪", style=DIM, justify="center")], 0
    else:
        middle, following = rows(current), current + 1
    before: list[Text] = []
    after: list[Text] = []
    above = max((room - len(middle)) // 2, 0)
    index = (current or 0) - 1
    while len(before) < above and index >= 0:
        before = rows(index) + before
        index -= 1
    before = before[len(before) - above :] if len(before) > above else [Text()] * (above - len(before)) + before
    below = max(room - above - len(middle), 0)
    while len(after) < below and following < len(lyrics.lines):
        after += rows(following)
        following += 1
    after = after[:below] + [Text()] * (below - len(after))
    return (before + middle + after)[:room]


def sing(line: TimedLine, position: float) -> Text:
    """The current line: words that have passed, the one that is sung, those to come."""
    shown = printable(line.text)
    if not line.words:
        return Text(shown, style=SUNG if position < line.end else COMING)
    text = Text(shown, style=COMING)
    cursor = 0
    for word in line.words:
        printed = printable(word.text)
        found = shown.find(printed, cursor)
        if found < 0:
            continue
        cursor = found + len(printed)
        if position >= word.end:
            text.stylize(SUNG, found, cursor)
        elif position >= word.start:
            text.stylize(SINGING, found, cursor)
    return text


def heading(lyrics: TimedLyrics, current: int | None, width: int) -> Text:
    """Title, artist, and the section that is sung."""
    names = " · ".join(name for name in (lyrics.title, lyrics.artist) if name)
    section = lyrics.lines[current].section if current is not None else None
    text = Text(printable(names), style="bold", no_wrap=True, overflow="ellipsis")
    if section:
        text.append(f"{'  ' if names else ''}[{printable(section)}]", style="yellow")
    text.truncate(width, overflow="ellipsis")
    return text


def progress(moment: Moment, width: int) -> Text:
    """`▶ 1:02 ━━━━━━──────── 3:45`."""
    state = "▶" if moment.playing else "⏸"
    speed = "" if moment.speed == 1.0 else f" {moment.speed:g}×"
    left, right = f"{state} {clock(moment.position, decimals=1)} ", f" {clock(moment.end)}{speed}"
    room = max(width - len(left) - len(right) - 1, 0)
    done = round(room * moment.position / moment.end) if moment.end > 0 else room
    bar = Text(left, no_wrap=True)
    bar.append("━" * done, style="cyan")
    bar.append("─" * (room - done), style=DIM)
    bar.append(right)
    return bar


def note(moment: Moment, width: int) -> Text:
    """What there is to say about the sound, and the keys."""
    text = Text(no_wrap=True)
    if moment.note:
        text.append(f"{printable(moment.note)}   ", style="yellow")
    text.append(KEYS, style=DIM)
    text.truncate(width, overflow="ellipsis")
    return text
