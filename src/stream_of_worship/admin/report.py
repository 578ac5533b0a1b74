"""The account that `sow align` gives of its work: for people, and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.markup import escape

from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLine
from sow_analysis.lrc import Attempt, LrcResult, Outcome
from stream_of_worship.admin.text import clock, count, printable

MOST_DOUBTFUL = 20
"""Lines listed for people; the rest is counted. JSON lists all."""
STEP_TITLES = {"hear": "heard by", "choose": "chosen by", "align": "timed by"}


@dataclass(frozen=True, slots=True)
class Turn:
    """All attempts of one engine at one step that ended in the same way."""

    step: str
    engine: str
    outcome: Outcome
    reason: str | None
    times: int
    seconds: float


def turns(attempts: tuple[Attempt, ...]) -> tuple[Turn, ...]:
    """Attempts summed up, in the order of their first occurrence: an engine may be asked once per window."""
    order: dict[tuple[str, str, Outcome, str | None], list[float]] = {}
    for attempt in attempts:
        order.setdefault((attempt.step, attempt.engine, attempt.outcome, attempt.reason), []).append(attempt.seconds)
    return tuple(Turn(*key, times=len(seconds), seconds=sum(seconds)) for key, seconds in order.items())


def document(result: LrcResult, lyrics: object, output: str, format_name: str) -> dict[str, object]:
    """The JSON of `sow align --json`.

    Args:
        result: what the pipeline returned.
        lyrics: the timed lyrics as the `json` format writes them, parsed.
        output: where the lyrics were written.
        format_name: in which format.
    """
    lines = result.lyrics.lines
    return {
        "output": output,
        "format": format_name,
        "confidence": result.confidence,
        "doubtful": [
            {
                "line": i,
                "start": lines[i].start,
                "end": lines[i].end,
                "text": lines[i].text,
                "confidence": lines[i].confidence,
            }
            for i in result.doubtful
        ],
        "attempts": [
            {
                "step": attempt.step,
                "engine": attempt.engine,
                "outcome": attempt.outcome.value,
                "seconds": attempt.seconds,
                "reason": attempt.reason,
            }
            for attempt in result.attempts
        ],
        "warnings": list(result.warnings),
        "lyrics": lyrics,
    }


def summary(result: LrcResult, sheet: LyricSheet, output: str) -> Iterator[str]:
    """The same for people, as lines of rich markup."""
    lines = result.lyrics.lines
    yield f"[bold green]Wrote[/] [bold]{escape(printable(output))}[/]" if output else "[bold green]Done[/]"
    yield f"  lines placed  {placed(lines, sheet)}"
    yield f"  confidence    {percent(result.confidence)} on average"
    served, failed = split(turns(result.attempts))
    for step, group in groupby(served, key=lambda turn: turn.step):
        engines = ", ".join(f"{turn.engine} ({turn.seconds:.1f} s)" for turn in group)
        yield f"  {STEP_TITLES.get(step, step):<12}  {escape(printable(engines))}"
    yield from remarks(served)
    for turn in failed:
        times = f" {turn.times} times" if turn.times > 1 else ""
        reason = f": {turn.reason}" if turn.reason else ""
        yield f"  [yellow]{escape(printable(f'{turn.engine} {turn.outcome.value}{times}{reason}'))}[/]"
    if result.doubtful:
        yield f"  [yellow]{count(len(result.doubtful), 'line')} to check:[/]"
        for i in result.doubtful[:MOST_DOUBTFUL]:
            line = lines[i]
            sure = "" if line.confidence is None else f"  {percent(line.confidence):>5}"
            yield f"    {clock(line.start, decimals=1):>7}{sure}  {escape(printable(line.text))}"
        if len(result.doubtful) > MOST_DOUBTFUL:
            yield f"    and {len(result.doubtful) - MOST_DOUBTFUL} more"
    for warning in result.warnings:
        yield f"[yellow]warning:[/] {escape(printable(warning))}"
    if output:
        yield f"Watch it with: sow view {escape(printable(shlex.quote(output)))}"


def placed(lines: tuple[TimedLine, ...], sheet: LyricSheet) -> str:
    """How many lines are sung, and how many of the sheet's lines those are."""
    used = {line.sheet_line for line in lines if line.sheet_line is not None}
    total = len(sheet.lines)
    missing = total - len(used)
    if not used or (missing == 0 and len(lines) == total):
        return f"{len(lines)}"
    repeats = len(lines) - len(used)
    parts = [f"{len(used)} of the sheet's {total}"]
    if repeats > 0:
        parts.append(f"{repeats} sung again")
    return f"{len(lines)} ({', '.join(parts)})"


def split(all_turns: tuple[Turn, ...]) -> tuple[list[Turn], list[Turn]]:
    """Turns that served, by step, and the others."""
    served = [turn for turn in all_turns if turn.outcome is Outcome.SERVED]
    return sorted(served, key=lambda turn: turn.step, reverse=True), [t for t in all_turns if t not in served]


def remarks(served: list[Turn]) -> Iterator[str]:
    """What there is to know of engines that served."""
    for turn in served:
        if turn.reason:
            yield f"  {escape(printable(f'{turn.engine}: {turn.reason}'))}"


def percent(share: float) -> str:
    """`0.934` as `93 %`."""
    return f"{share:.0%}".replace("%", " %")
