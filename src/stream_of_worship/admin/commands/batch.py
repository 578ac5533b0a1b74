"""`sow batch`: a whole folder through the Analysis Service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lyric_timing import formats
from stream_of_worship.admin import analyses, background, batch_report, report
from stream_of_worship.admin.batch import Batch, Outcome, State, Step, Work, find_songs, steps
from stream_of_worship.admin.commands.align import choose_format, names
from stream_of_worship.admin.commands.show import timed_lyrics
from stream_of_worship.admin.commands.submit import lrc_options, send
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.options import Engines, LlmModel, ServiceModel, UseLlm, UseQwen3
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo, hash_in
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from music_analysis import MusicAnalysis
    from stream_of_worship.admin.client import AnalysisClient, Job, Upload

EXAMPLES = """
[bold]Examples[/]

\b
  sow batch songs/
      for song.mp3 and song.txt, writes song.lrc; the same again goes on where it ended
  sow batch songs/ --recursive --format lrc,ass
      in its folders too; two files for each song
  sow batch songs/ --analyze
      writes song.analysis.json too, also for songs that have their song.lrc; see it with `sow show`
"""


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
    analyze: Annotated[
        bool, typer.Option("--analyze", help="Write an analysis of each song too, as song.analysis.json.")
    ] = False,
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
        bool, typer.Option("--redo", help="Do them anew: use no kept result, and replace lyrics edited by hand.")
    ] = False,
    as_json: AsJson = False,
    force: Annotated[bool, typer.Option("--force", help="Do songs that have their files, and replace those.")] = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Times every song in FOLDER and writes the lyrics beside the recordings; with --analyze, an analysis too.

    A song whose files are there is skipped, so the same command goes on where an earlier one ended. A song that fails
    does not stop the others; the exit code is then the highest of theirs. Lyrics stay if only the analysis fails.
    """
    shell = Shell.of(context)
    with shell.reporting("Stopped. What is written stays, and jobs go on. The same command goes on from there."):
        chosen = [choose_format(None, each) for each in names(format_names) or ()]
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
        options = lrc_options(
            language, model, engines, use_qwen3=use_qwen3, use_llm=use_llm, llm_model=llm_model, redo=redo
        )
        suffixes = [formats.FORMATS[each].suffix for each in chosen]
        found = find_songs(folder, suffixes, recursive=recursive, analysis=analyze)
        if not found.songs and not found.alone:
            raise UsageError(f"there is no recording in {folder}")
        works = [Work(song, steps(song, force=force)) for song in found.songs]
        outcomes = [Outcome(work, State.SKIPPED) for work in works if not work.steps]
        if waiting := [work for work in works if work.steps]:
            with connected(shell, server) as service:
                jobs = Jobs(service, options, force=force, redo=redo)
                outcomes += work_off(shell, jobs, waiting, parallel, quiet=as_json)
        if as_json:
            echo(batch_report.document(outcomes, found.alone, found.doubled))
        else:
            for line in batch_report.summary(outcomes, found.alone, found.doubled):
                shell.out.print(line, soft_wrap=True)
        if code := batch_report.exit_code(outcomes):
            raise typer.Exit(code)


@dataclass(frozen=True)
class Jobs:
    """What is sent to the service for each step of a song, and what is written of its answer."""

    service: AnalysisClient
    options: dict[str, object]
    force: bool
    redo: bool
    uploads: dict[Path, Upload] = field(default_factory=dict[Path, "Upload"])
    """By recording, so that one is not sent again for its second job."""

    def submit(self, work: Work, check: Callable[[], None]) -> Job:
        """Submits the job for a song's first step; `check` is called while its recording is sent.

        Raises:
            OutputUnwritableError: what will come of it cannot be written.
            LyricsError, ServiceError: as `send`.
        """
        from stream_of_worship.admin.client import AnalysisRequest

        song = work.song
        for path in self._wanted(work):
            Destination(path, self.force).check()

        def upload(audio: Path) -> Upload:
            if audio not in self.uploads:
                self.uploads[audio] = self.service.upload(audio, lambda _done, _total: check())
            return self.uploads[audio]

        check()
        if work.steps[0] is Step.LYRICS:
            return send(self.service, song.audio, song.lyrics, self.options, upload)
        uploaded = upload(song.audio)
        name = printable(song.audio.name)
        return self.service.submit_analysis(
            AnalysisRequest(uploaded.audio_url, uploaded.content_hash, name, force=self.redo)
        )

    def write(self, work: Work) -> tuple[Path, ...]:
        """Writes what a song's first step gave, and says which files that are.

        Raises:
            JobFailedError, JobCancelledError: it gave nothing.
            OutputExistsError, OutputUnwritableError: as `Destination.write`.
        """
        from stream_of_worship.admin.client import completed

        content_hash = hash_in(completed(work.job))
        wanted = self._wanted(work)
        for path in wanted:
            if work.steps[0] is Step.LYRICS:
                text = self.service.lyrics(content_hash, formats.format_for(path)).text
            else:
                text = analyses.write(self._analysis(work, content_hash), "json", title=work.song.audio.stem)
            Destination(path, self.force).write(text)
        return wanted

    def _wanted(self, work: Work) -> tuple[Path, ...]:
        return tuple(path for path in work.song.files(work.steps[0]) if self.force or not path.exists())

    def _analysis(self, work: Work, content_hash: str) -> MusicAnalysis:
        """Its sections are told by the lyrics that the service has or, where they were timed elsewhere, by the file."""
        analysis = analyses.fetched(self.service, content_hash)
        if Step.LYRICS in work.jobs or self.service.etag(content_hash) is not None:
            return analysis
        return analyses.with_lyrics(analysis, timed_lyrics(work.song.sidecars[0]))


def work_off(shell: Shell, jobs: Jobs, works: Sequence[Work], parallel: int, *, quiet: bool) -> list[Outcome]:
    """Does `works`, telling of each song as it ends."""
    outcomes: list[Outcome] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shell.err,
        disable=not shell.err.is_terminal,
    )
    task = bar.add_task("Songs", total=len(works))

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        bar.advance(task)
        if not quiet:
            shell.out.print(batch_report.line(outcome), soft_wrap=True)

    def run(check: Callable[[], None]) -> None:
        def moving(now: Sequence[Work]) -> None:
            check()
            names = ", ".join(f"{work.song.audio.stem} {report.percent(work.job.progress)}" for work in now)
            bar.update(task, description=escape(printable(names or "Songs")))

        Batch(
            lambda work: jobs.submit(work, check),
            lambda job: jobs.service.job(job.id),
            jobs.write,
            parallel,
            tell,
            moving,
            shell.services.sleep,
        ).run(works)

    with bar:
        background.run(run)
    return outcomes
