"""How the commands show a job to people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.markup import escape

from lyric_timing.timed import TimedLine
from sow_analysis.lrc import Attempt, Outcome
from stream_of_worship.admin import report
from stream_of_worship.admin.music_report import GUESS
from stream_of_worship.admin.progress import SERVICE_TITLES
from stream_of_worship.admin.remote import doing
from stream_of_worship.admin.text import clock, count, printable

if TYPE_CHECKING:
    from stream_of_worship.admin.client import Job, JobResult

WORKS = {"lrc": "lyrics", "analyze": "analysis"}
"""What people call the kinds of jobs."""
COLOURS = {"completed": "green", "failed": "red", "cancelled": "yellow", "waiting": "yellow"}


def status(job: Job) -> str:
    """Its status, coloured."""
    colour = COLOURS.get(job.status)
    text = escape(printable(job.status))
    return f"[{colour}]{text}[/]" if colour else text


def doing_now(job: Job) -> str:
    """What it is doing and how far it is: `Listening, 40 %`; empty once it has ended."""
    if job.is_final:
        return ""
    title = SERVICE_TITLES.get(doing(job), doing(job))
    return f"{title}, {report.percent(job.progress)}" if job.status == "processing" else title


def card(job: Job) -> Iterator[str]:
    """All that people want to know of one job, as lines of rich markup."""
    yield f"[bold]{escape(printable(job.id))}[/]  {status(job)}"
    if name := job.song_title or job.label:
        yield f"  song          {escape(printable(name))}"
    yield f"  work          {escape(printable(WORKS.get(job.kind, job.kind)))}"
    if job.content_hash:
        yield f"  recording     {escape(printable(job.content_hash))}"
    if now := doing_now(job):
        yield f"  now           {escape(printable(now))}"
    if job.retry_at and job.status == "waiting":
        yield f"  next try      {when(job.retry_at)}"
    if job.created_at:
        yield f"  submitted     {when(job.created_at)}"
    if job.started_at and job.finished_at:
        yield f"  took          {clock((job.finished_at - job.started_at).total_seconds(), decimals=1)}"
    yield from outcome(job)
    if job.error and job.status in ("failed", "waiting"):
        yield f"  [red]{escape(printable(job.error.message))}[/] ({escape(printable(job.error.code))})"


def outcome(job: Job, lines: Sequence[TimedLine] = ()) -> Iterator[str]:
    """How well it went: confidence, engines, lines to check, warnings. `lines` are the lyrics, where they are known."""
    if job.result and job.result.confidence is not None:
        yield f"  confidence    {report.percent(job.result.confidence)} on average"
    if job.kind == "analyze" and job.result:
        yield f"  found         {escape(printable(found(job.result)))}"
    served, failed = report.split(report.turns(attempts(job)))
    for turn in served:
        title = report.STEP_TITLES.get(turn.step, turn.step)
        yield f"  {escape(printable(f'{title:<12}  {turn.engine} ({turn.seconds:.1f} s)'))}"
    yield from report.remarks(served)
    for turn in failed:
        times = f" {turn.times} times" if turn.times > 1 else ""
        reason = f": {turn.reason}" if turn.reason else ""
        yield f"  [yellow]{escape(printable(f'{turn.engine} {turn.outcome.value}{times}{reason}'))}[/]"
    if job.result and job.result.doubtful:
        yield from doubtful(job.result.doubtful, lines)
    for warning in job.warnings:
        yield f"[yellow]warning:[/] {escape(printable(warning))}"


def found(result: JobResult) -> str:
    """What an analysis has found out, as far as it is more than a guess."""
    tempo, key, bars = result.tempo_bpm, result.key, result.time_signature
    parts: list[str] = []
    if tempo and (result.tempo_confidence or 0.0) >= GUESS:
        parts += [f"{tempo:.1f} beats a minute", *([bars] if bars else [])]
    if key and (result.key_confidence or 0.0) >= GUESS:
        parts.append(key)
    return ", ".join(parts) or "neither pulse nor key"


def doubtful(places: Sequence[int], lines: Sequence[TimedLine]) -> Iterator[str]:
    """The lines that a person should check."""
    shown = [lines[place] for place in places if place < len(lines)][: report.MOST_DOUBTFUL]
    yield f"  [yellow]{count(len(places), 'line')} to check{':' if shown else ''}[/]"
    for line in shown:
        sure = "" if line.confidence is None else f"  {report.percent(line.confidence):>5}"
        yield f"    {clock(line.start, decimals=1):>7}{sure}  {escape(printable(line.text))}"
    if shown and len(places) > len(shown):
        yield f"    and {len(places) - len(shown)} more"


def attempts(job: Job) -> tuple[Attempt, ...]:
    """As the pipeline on this machine gives them."""
    return tuple(Attempt(a.step, a.engine, outcome_of(a.outcome), a.seconds, a.reason) for a in job.attempts)


def outcome_of(value: str) -> Outcome:
    """An outcome that a newer service may have added counts as a failure."""
    return Outcome(value) if value in {outcome.value for outcome in Outcome} else Outcome.FAILED


def when(moment: datetime) -> str:
    """A moment in this machine's time zone, to the second."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
