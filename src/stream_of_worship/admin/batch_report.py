"""The account that `sow batch` gives of its songs: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape

from stream_of_worship.admin import failures, job_report, report
from stream_of_worship.admin.batch import Outcome, State, Step
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.text import count, printable

COLOURS = {State.WRITTEN: "green", State.FAILED: "red", State.NOT_TRIED: "yellow", State.SKIPPED: "dim"}


def line(outcome: Outcome) -> str:
    """One song, as rich markup."""
    work = outcome.work
    head = f"[{COLOURS[outcome.state]}]{outcome.state.value:<9}[/]  {escape(printable(str(work.song.audio)))}"
    if outcome.error is not None:
        first = failures.message(outcome.error).split("\n")[0]
        what = "only its analysis: " if work.steps[0] is Step.ANALYSIS else ""
        return f"{head}  {escape(printable(f'{what}({failures.code(outcome.error)}) {first}'))}"
    timing, analysis = work.jobs.get(Step.LYRICS), work.jobs.get(Step.ANALYSIS)
    result = timing.result if timing else None
    if result and result.confidence is not None:
        head += f"  {report.percent(result.confidence)} sure"
    if result and result.doubtful:
        head += f", {count(len(result.doubtful), 'line')} to check"
    if result and not result.is_current:
        head += "; edited by hand, so the edit was written"
    if analysis and analysis.result:
        head += f"  {escape(printable(job_report.found(analysis.result)))}"
    return head


def summary(outcomes: Sequence[Outcome], alone: Sequence[Path], doubled: Sequence[Path]) -> list[str]:
    """How many went how, and what was left out, as rich markup."""
    parts = [
        f"{number} {state.value}" for state in State if (number := sum(outcome.state is state for outcome in outcomes))
    ]
    lines = [f"[bold]{count(len(outcomes), 'song')}[/]: {', '.join(parts) or 'nothing to do'}"]
    for what, paths in (("without lyrics", alone), ("of a name that another has", doubled)):
        if paths:
            listed = ", ".join(path.name for path in paths[: report.MOST_DOUBTFUL])
            more = f" and {len(paths) - report.MOST_DOUBTFUL} more" if len(paths) > report.MOST_DOUBTFUL else ""
            lines.append(f"{count(len(paths), 'recording')} {what}: {escape(printable(listed))}{more}")
    if any(outcome.state in (State.FAILED, State.NOT_TRIED) for outcome in outcomes):
        lines.append("The same command tries again what is missing.")
    return lines


def document(outcomes: Sequence[Outcome], alone: Sequence[Path], doubled: Sequence[Path]) -> dict[str, object]:
    """The same as JSON."""
    return {
        "songs": [entry(outcome) for outcome in outcomes],
        "summary": {state.value: sum(outcome.state is state for outcome in outcomes) for state in State},
        "without_lyrics": [str(path) for path in alone],
        "same_name": [str(path) for path in doubled],
    }


def entry(outcome: Outcome) -> dict[str, object]:
    """One song."""
    work, error = outcome.work, outcome.error
    timing, analysis = work.jobs.get(Step.LYRICS), work.jobs.get(Step.ANALYSIS)
    return {
        "audio": str(work.song.audio),
        "lyrics": str(work.song.lyrics),
        "state": outcome.state.value,
        "written": [str(path) for path in work.written],
        "job": timing.id if timing else None,
        "confidence": timing.result.confidence if timing and timing.result else None,
        "analysis_job": analysis.id if analysis else None,
        "error": None if error is None else {"code": failures.code(error), "message": failures.message(error)},
    }


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """The highest of the songs' exit codes."""
    return max((failures.exit_code(o.error) for o in outcomes if o.error is not None), default=ExitCode.OK)
