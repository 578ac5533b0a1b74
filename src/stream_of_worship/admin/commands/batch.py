"""`sow batch`: a whole folder through the Analysis Service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lyric_timing import formats
from stream_of_worship.admin import background, failures, report
from stream_of_worship.admin.batch import Batch, Outcome, Song, State, find_songs
from stream_of_worship.admin.commands.align import choose_format, names
from stream_of_worship.admin.commands.submit import lrc_options, send
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.options import Engines, LlmModel, ServiceModel, UseLlm, UseQwen3
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo, hash_in
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import count, printable

if TYPE_CHECKING:
    from stream_of_worship.admin.client import AnalysisClient, Job

EXAMPLES = """
[bold]Examples[/]

\b
  sow batch songs/
      for song.mp3 and song.txt, writes song.lrc; the same again goes on where it ended
  sow batch songs/ --recursive --format lrc,ass
      in its folders too; two files for each song
"""

COLOURS = {State.WRITTEN: "green", State.FAILED: "red", State.NOT_TRIED: "yellow", State.SKIPPED: "dim"}


def batch(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Holds recordings, and lyrics under the same names: song.mp3, song.txt.",
            show_default=False,
        ),
    ],
    format_names: Annotated[
        str, typer.Option("--format", "-f", metavar="A,B", help="lrc, elrc, srt, vtt, ass, ttml, json; one or more.")
    ] = "lrc",
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Look in the folders of FOLDER too.")] = False,
    parallel: Annotated[
        int, typer.Option("--parallel", metavar="NUMBER", min=1, max=100, help="Jobs that are open at once.")
    ] = 4,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", "-l", metavar="CODE", help="Sung language of all. Default: found out.", show_default=False
        ),
    ] = None,
    model: ServiceModel = None,
    engines: Engines = None,
    use_qwen3: UseQwen3 = True,
    use_llm: UseLlm = True,
    llm_model: LlmModel = None,
    redo: Annotated[
        bool, typer.Option("--redo", help="Time them anew: use no kept result, and replace lyrics edited by hand.")
    ] = False,
    as_json: AsJson = False,
    force: Annotated[bool, typer.Option("--force", help="Do songs that have their files, and replace those.")] = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Times every song in FOLDER and writes the lyrics beside the recordings.

    A song whose files are there is skipped, so the same command goes on where an earlier one ended. A song that fails
    does not stop the others; the exit code is then the highest of theirs.
    """
    shell = Shell.of(context)
    with shell.reporting("Stopped. What is written stays, and jobs go on. The same command goes on from there."):
        chosen = [choose_format(None, each) for each in names(format_names) or ()]
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
        options = lrc_options(
            language, model, engines, use_qwen3=use_qwen3, use_llm=use_llm, llm_model=llm_model, redo=redo
        )
        found = find_songs(folder, [formats.FORMATS[each].suffix for each in chosen], recursive=recursive)
        if not found.songs and not found.alone:
            raise UsageError(f"there is no recording in {folder}")
        outcomes: list[Outcome] = []
        waiting: list[Song] = []
        for song in found.songs:
            if force or not all(path.exists() for path in song.sidecars):
                waiting.append(song)
            else:
                outcomes.append(Outcome(song, State.SKIPPED))
        if waiting:
            with connected(shell, server) as service:
                outcomes += work_off(shell, service, waiting, options, parallel, force=force, quiet=as_json)
        if as_json:
            echo(document(outcomes, found.alone, found.doubled))
        else:
            for line in summary(outcomes, found.alone, found.doubled):
                shell.out.print(line, soft_wrap=True)
        if code := exit_code(outcomes):
            raise typer.Exit(code)


def work_off(
    shell: Shell,
    service: AnalysisClient,
    songs: Sequence[Song],
    options: dict[str, object],
    parallel: int,
    *,
    force: bool,
    quiet: bool,
) -> list[Outcome]:
    """Does `songs`, telling of each as it ends."""
    from stream_of_worship.admin.client import completed

    outcomes: list[Outcome] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shell.err,
        disable=not shell.err.is_terminal,
    )
    task = bar.add_task("Songs", total=len(songs))

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        bar.advance(task)
        if not quiet:
            shell.out.print(line(outcome), soft_wrap=True)

    def write(song: Song, job: Job) -> tuple[Path, ...]:
        content_hash = hash_in(completed(job))
        wanted = [path for path in song.sidecars if force or not path.exists()]
        for path in wanted:
            Destination(path, force).write(service.lyrics(content_hash, formats.format_for(path)).text)
        return tuple(wanted)

    def work(check: Callable[[], None]) -> None:
        def submit(song: Song) -> Job:
            check()
            for path in song.sidecars:
                if force or not path.exists():
                    Destination(path, force).check()
            return send(service, song.audio, song.lyrics, options, lambda _done, _total: check())

        def moving(now: Sequence[tuple[Song, Job]]) -> None:
            check()
            names = ", ".join(f"{song.audio.stem} {report.percent(job.progress)}" for song, job in now)
            bar.update(task, description=escape(printable(names or "Songs")))

        Batch(submit, lambda job: service.job(job.id), write, parallel, tell, moving, shell.services.sleep).run(songs)

    with bar:
        background.run(work)
    return outcomes


def line(outcome: Outcome) -> str:
    """One song, as rich markup."""
    head = f"[{COLOURS[outcome.state]}]{outcome.state.value:<9}[/]  {escape(printable(str(outcome.song.audio)))}"
    if outcome.error is not None:
        first = failures.message(outcome.error).split("\n")[0]
        return f"{head}  {escape(printable(f'({failures.code(outcome.error)}) {first}'))}"
    result = outcome.job.result if outcome.job else None
    if result and result.confidence is not None:
        head += f"  {report.percent(result.confidence)} sure"
    if result and result.doubtful:
        head += f", {count(len(result.doubtful), 'line')} to check"
    return head if result is None or result.is_current else f"{head}; edited by hand, so the edit was written"


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
        "songs": [
            {
                "audio": str(outcome.song.audio),
                "lyrics": str(outcome.song.lyrics),
                "state": outcome.state.value,
                "written": [str(path) for path in outcome.written],
                "job": outcome.job.id if outcome.job else None,
                "confidence": outcome.job.result.confidence if outcome.job and outcome.job.result else None,
                "error": None
                if outcome.error is None
                else {"code": failures.code(outcome.error), "message": failures.message(outcome.error)},
            }
            for outcome in outcomes
        ],
        "summary": {state.value: sum(outcome.state is state for outcome in outcomes) for state in State},
        "without_lyrics": [str(path) for path in alone],
        "same_name": [str(path) for path in doubled],
    }


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """The highest of the songs' exit codes."""
    return max((failures.exit_code(o.error) for o in outcomes if o.error is not None), default=ExitCode.OK)
