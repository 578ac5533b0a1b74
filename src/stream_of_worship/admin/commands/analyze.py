"""`sow analyze`: what a song is like as music."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from stream_of_worship.admin import analyses, background, music_report
from stream_of_worship.admin.commands.align import check_recording, choose_path, same_file
from stream_of_worship.admin.commands.show import timed_lyrics
from stream_of_worship.admin.commands.submit import finished, stopped
from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.options import Audio, Force
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.progress import JobProgress
from stream_of_worship.admin.remote import DEFAULT_SERVER, Server, connected, hash_in, sending, transferring
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.stems import StemFolder
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from rich.console import Console

    from music_analysis import MusicAnalysis
    from stream_of_worship.admin.client import AnalysisClient, Job, Stem

EXAMPLES = """
[bold]Examples[/]

\b
  sow analyze song.mp3
      prints tempo, time signature, key, loudness
  sow analyze song.mp3 -o song.analysis.json
      writes all of it, with every beat; see it with `sow show`
  sow analyze song.mp3 -o song.jams
      the same for programs of music research
  sow analyze song.mp3 --full --stems song.stems
      separates the song too: the voice and the rest, as FLAC files
  sow analyze song.mp3 --remote
      has the service do it, which keeps it with the song
"""


class Format(StrEnum):
    """How an analysis is written."""

    JSON = "json"
    JAMS = "jams"


def analyze(
    context: typer.Context,
    audio: Audio,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write everything to this file or folder; - for standard output. Default: only print the table.",
            show_default=False,
        ),
    ] = None,
    format_name: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How to write it. Default: as FILE's suffix says, else json.",
            show_default=False,
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="Separate the voice first, for surer sections: a model of 118 MB, about twice the time. Beats and "
            "sections come from the music models then, if they are set up.",
        ),
    ] = False,
    stems: Annotated[
        Path | None,
        typer.Option(
            "--stems",
            metavar="FOLDER",
            help="Write the song's stems into this folder, as FLAC files.",
            show_default=False,
        ),
    ] = None,
    stem_model: Annotated[
        str | None,
        typer.Option(
            "--stem-model",
            metavar="NAME",
            help="What separates: spleeter-2stems, or htdemucs for drums, bass, voice and the rest, whose weights are "
            "for research and personal use; or demucs, if it is set up. Default: spleeter-2stems.",
            show_default=False,
        ),
    ] = None,
    lyrics: Annotated[
        Path | None,
        typer.Option(
            "--lyrics",
            metavar="FILE",
            help="Timed lyrics of the song, which tell its sections. Default: the sound alone does.",
            show_default=False,
        ),
    ] = None,
    remote: Annotated[
        bool, typer.Option("--remote", help="Have the Analysis Service do it, and keep it there.")
    ] = False,
    redo: Annotated[
        bool, typer.Option("--redo", help="With --remote: analyse it anew, even if it was analysed before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON document.")] = False,
    force: Force = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Finds out AUDIO's tempo, beats, time signature, key, loudness, and where somebody sings.

    It takes a few seconds and needs no model, unless the song is to be separated. What it cannot tell, as of noise or
    free speech, it leaves out.
    """
    shell = Shell.of(context)
    submitted: list[str] = []
    remote = remote or is_typed(context, "server")
    with shell.reporting(lambda: stopped(submitted, server) if remote else "Stopped. Nothing was written."):
        check_recording(audio)
        if format_name is not None and output is None and not as_json:
            raise UsageError("--format says how -o FILE or --json writes; give one of them too")
        form = format_name or choose_format(output)
        destination = None if output is None else Destination(choose_path(audio, output, f"analysis.{form}"), force)
        if destination is not None:
            check_destination(destination, audio, as_json=as_json)
        folder = None if stems is None else StemFolder(stems, force)
        if stem_model is not None and folder is None and not full:
            raise UsageError("--stem-model says how a song is separated; give --stems FOLDER or --full too")
        names = stem_names(stem_model, remote=remote) if folder is not None or full else ()
        if folder is not None:
            folder.check(names)
        timed = timed_lyrics(lyrics) if lyrics is not None else None
        if remote:
            with connected(shell, server) as service:
                asked = {"full": full, "stems": folder is not None, "stem_model": stem_model, "force": redo}
                job = by_service(shell, service, audio, submitted, asked)
                analysis, warnings = analyses.fetched(service, hash_in(job)), tuple(job.warnings)
                if folder is not None:
                    fetch_stems(shell, service, job, folder)
        else:
            analysis, warnings = on_this_machine(shell, audio, folder, full=full, stem_model=stem_model)
        if timed is not None:
            analysis = analyses.with_lyrics(analysis, timed)
        if destination is not None:
            destination.write(analyses.write(analysis, form, title=audio.stem))
        if as_json:
            typer.echo(analyses.write(analysis, form, title=audio.stem).rstrip("\n"))
            warn(shell.err, warnings)
            return
        written = str(destination.path) if destination is not None and destination.path is not None else ""
        console = shell.err if destination is not None and destination.path is None else shell.out
        if written:
            console.print(f"[bold green]Wrote[/] [bold]{escape(printable(written))}[/]", soft_wrap=True)
        if folder is not None:
            console.print(
                f"[bold green]Wrote[/] the stems into [bold]{escape(printable(str(stems)))}[/]", soft_wrap=True
            )
        for line in music_report.summary(analysis):
            console.print(line, soft_wrap=True)
        warn(console, warnings)


def warn(console: Console, warnings: Sequence[str]) -> None:
    """What was wrong with the recording, or with what was to analyse it."""
    for warning in warnings:
        console.print(f"[yellow]warning:[/] {escape(printable(warning))}", soft_wrap=True)


def is_typed(context: typer.Context, name: str) -> bool:
    """Whether the user typed this option, rather than leave it to the environment or the default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def choose_format(output: str | None) -> Format:
    """The format of the file's suffix, else JSON."""
    return Format.JAMS if output is not None and Path(output).suffix.lower() == ".jams" else Format.JSON


def check_destination(destination: Destination, audio: Path, *, as_json: bool) -> None:
    """Mistakes about where to write, seen before the work.

    Raises:
        UsageError: it cannot be meant so.
        OutputExistsError, OutputUnwritableError: as `Destination.check`.
    """
    if destination.path is None and as_json:
        raise UsageError("--json and -o - both print on standard output")
    if destination.path is not None and same_file(destination.path, audio):
        raise UsageError(f"{destination.path} is the recording itself")
    destination.check()


def stem_names(model: str | None, *, remote: bool) -> tuple[str, ...]:
    """The stems that a model makes; none where only the service knows the model.

    Raises:
        UsageError: there is no such model.
    """
    from sow_analysis.separation import DEFAULT_STEM_MODEL
    from sow_analysis.stems import STEM_MODELS

    names = STEM_MODELS.get(model or DEFAULT_STEM_MODEL)
    if names is None and not remote:
        raise UsageError(f"there is no stem model {model}; there are: {', '.join(STEM_MODELS)}")
    return names or ()


def on_this_machine(
    shell: Shell, audio: Path, stems: StemFolder | None, *, full: bool, stem_model: str | None
) -> tuple[MusicAnalysis, tuple[str, ...]]:
    """The analysis, and warnings; stems go into their folder.

    Raises:
        SettingsError: a setting of the service has an impossible value.
    """
    from sow_analysis.music import Wanted
    from sow_analysis.separation import DEFAULT_STEM_MODEL

    music_models = read_settings().music_models_command if full or stems is not None else ()
    with JobProgress(shell.err) as bar, stem_place(stems, full=full) as folder:
        wanted = Wanted(
            "full" if full else "fast",
            stem_model or DEFAULT_STEM_MODEL,
            folder,
            music_models=music_models,
        )

        def work(check: Callable[[], None]) -> tuple[MusicAnalysis, tuple[str, ...]]:
            def progress(stage: str, share: float) -> None:
                check()
                bar(stage, share)

            listened = shell.services.analyse(audio, progress, wanted)
            return listened.analysis, listened.warnings

        return background.run(work)


@contextmanager
def stem_place(stems: StemFolder | None, *, full: bool) -> Generator[Path | None]:
    """Where the work leaves stems, also those that nobody wants to keep; None where it separates nothing.

    It is cleared away here and not by the work, which may be inside a native call when Ctrl-C ends the process.
    """
    if stems is not None:
        with stems.filling() as folder:
            yield folder
    elif full:
        with tempfile.TemporaryDirectory(prefix="sow-stems-", ignore_cleanup_errors=True) as name:
            yield Path(name)
    else:
        yield None


def by_service(
    shell: Shell, service: AnalysisClient, audio: Path, submitted: list[str], asked: Mapping[str, Any]
) -> Job:
    """The job by which a service has done it; its id is added to `submitted` as soon as there is one.

    Raises:
        ServiceError: the service cannot be reached, refuses, or the job does not end well.
    """
    from stream_of_worship.admin.client import AnalysisRequest

    def send(sent: Callable[[int, int], None]) -> Job:
        upload = service.upload(audio, sent)
        request = AnalysisRequest(upload.audio_url, upload.content_hash, printable(audio.name), **asked)
        return service.submit_analysis(request)

    job = sending(shell, audio, send)
    submitted.append(job.id)
    return finished(shell, service, job, None)


def fetch_stems(shell: Shell, service: AnalysisClient, job: Job, folder: StemFolder) -> None:
    """Writes the stems that a job made into a folder.

    Raises:
        ServiceError: the service cannot be reached, or has them no more.
        OutputExistsError, OutputUnwritableError: as `StemFolder`.
    """
    model = job.result.stem_model if job.result else None
    stems = [stem for stem in service.stems(hash_in(job)) if stem.model == model]
    folder.check(tuple(stem.name for stem in stems))
    with folder.filling() as on_the_way:
        for stem in stems:

            def receive(received: Callable[[int, int], None], stem: Stem = stem) -> None:
                service.download_stem(stem, on_the_way / f"{Path(stem.name).name}.flac", received)

            transferring(shell, f"Fetching {printable(stem.name)}", stem.size, receive)
