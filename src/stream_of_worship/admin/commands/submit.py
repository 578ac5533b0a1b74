"""`sow submit`: gives a song to the Analysis Service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from lyric_timing import formats
from lyric_timing.parsing import decode_lyrics, read_sheet
from lyric_timing.timed import TimedLine
from stream_of_worship.admin import job_report
from stream_of_worship.admin.commands.align import (
    check_inputs,
    checked_language,
    choose_format,
    choose_path,
    names,
    same_file,
)
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.options import (
    Audio,
    Engines,
    Force,
    ForceWhisper,
    Language,
    LlmModel,
    MaxQwen3Duration,
    ServiceModel,
    UseCaptions,
    UseLlm,
    UseQwen3,
    VocalsStem,
    YouTubeUrl,
)
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.remote import (
    DEFAULT_SERVER,
    AsJson,
    Server,
    connected,
    echo,
    hash_in,
    sending,
    suggestion,
    watch,
)
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from stream_of_worship.admin.client import AnalysisClient, Job, Upload

EXAMPLES = """
[bold]Examples[/]

\b
  sow submit song.mp3 lyrics.txt
      prints the job and comes back at once
  sow submit song.mp3 lyrics.txt --wait
      shows how it goes on and writes song.lrc beside song.mp3
  sow submit song.mp3 lyrics.txt -o song.ass --server http://studio:8000
      the same with karaoke subtitles, from another machine
"""


def submit(
    context: typer.Context,
    audio: Audio,
    lyrics: Annotated[
        Path,
        typer.Argument(metavar="LYRICS", help="Its words: a text file, one sung line per line.", show_default=False),
    ],
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait for the lyrics and write them.")] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Wait, and write to this file or folder; - for standard output. Default: beside AUDIO.",
            show_default=False,
        ),
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="Wait, and write lrc, elrc, srt, vtt, ass, ttml or json. Default: as FILE's suffix says, else lrc.",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="The song's title. Default: as LYRICS says.", show_default=False),
    ] = None,
    language: Language = None,
    model: ServiceModel = None,
    engines: Engines = None,
    use_qwen3: UseQwen3 = True,
    max_qwen3_duration: MaxQwen3Duration = None,
    youtube_url: YouTubeUrl = None,
    use_captions: UseCaptions = True,
    force_whisper: ForceWhisper = False,
    use_llm: UseLlm = True,
    llm_model: LlmModel = None,
    use_vocals_stem: VocalsStem = False,
    redo: Annotated[
        bool, typer.Option("--redo", help="Time it anew: use no kept result, and replace lyrics edited by hand.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.0,
            help="Stop waiting after so long; the job goes on. Default: never.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    force: Force = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Sends AUDIO and LYRICS to the Analysis Service, which times them; with --wait, writes the timed lyrics.

    Sending the same song again while it is being worked on gives the same job. Ctrl-C or a lost connection ends the
    waiting, never the job.
    """
    shell = Shell.of(context)
    submitted: list[str] = []
    with shell.reporting(lambda: stopped(submitted, server)):
        check_inputs(audio, lyrics)
        wait = wait or output is not None or format_name is not None
        chosen = choose_format(output, format_name)
        destination = Destination(choose_path(audio, output, chosen), force)
        if as_json and wait and destination.path is None:
            raise UsageError("--json and -o - both print on standard output")
        if destination.path is not None and same_file(destination.path, audio):
            raise UsageError(f"{destination.path} is the recording itself")
        options = lrc_options(
            language,
            model,
            engines,
            use_qwen3=use_qwen3,
            use_captions=use_captions,
            use_llm=use_llm,
            force_whisper=force_whisper,
            use_vocals_stem=use_vocals_stem,
            max_qwen3_duration=max_qwen3_duration,
            llm_model=llm_model,
            redo=redo,
        )
        if wait:
            destination.check()
        with connected(shell, server) as service:
            job = sending(
                shell,
                audio,
                lambda sent: send(
                    service,
                    audio,
                    lyrics,
                    options,
                    lambda path: service.upload(path, sent),
                    title=title,
                    youtube_url=youtube_url,
                ),
            )
            submitted.append(job.id)
            if not wait:
                tell_submitted(shell, job, server, as_json=as_json)
                return
            if not as_json:
                shell.err.print(f"Job {escape(printable(job.id))}", soft_wrap=True)
            job = finished(shell, service, job, timeout)
            destination.write(service.lyrics(hash_in(job), chosen).text)
            lines = result_lines(service, job)
        written = str(destination.path or "")
        if as_json:
            echo({"output": written, "format": chosen, "job": job.plain()})
            return
        console = shell.err if destination.path is None else shell.out
        console.print(
            f"[bold green]Wrote[/] [bold]{escape(printable(written))}[/]" if written else "[bold green]Done[/]"
        )
        for line in job_report.outcome(job, lines):
            console.print(line, soft_wrap=True)
        if written:
            console.print(f"Watch it with: {escape(printable(suggestion('view', written)))}", soft_wrap=True)


def lrc_options(
    language: str | None,
    model: str | None,
    engines: str | None,
    *,
    use_qwen3: bool = True,
    use_captions: bool = True,
    use_llm: bool = True,
    force_whisper: bool = False,
    use_vocals_stem: bool = False,
    max_qwen3_duration: float | None = None,
    llm_model: str | None = None,
    redo: bool = False,
) -> dict[str, Any]:
    """The service's `options`; what the user left open is left to the service.

    Raises:
        UsageError: one has no meaning.
    """
    switched = {"use_qwen3": use_qwen3, "use_captions": use_captions, "use_llm": use_llm}
    set_up = {"force_whisper": force_whisper, "use_vocals_stem": use_vocals_stem}
    named = {"max_qwen3_duration": max_qwen3_duration, "llm_model": llm_model}
    return {
        "language": checked_language(language),
        "whisper_model": model.removeprefix("whisper-") if model else None,
        "engines": names(engines),
        **{name: False for name, on in switched.items() if not on},
        **{name: True for name, on in set_up.items() if on},
        **{name: value for name, value in named.items() if value is not None},
        **({"force": True, "use_cache": False} if redo else {}),
    }


def send(
    service: AnalysisClient,
    audio: Path,
    lyrics: Path,
    options: dict[str, Any],
    upload: Callable[[Path], Upload],
    *,
    title: str | None = None,
    youtube_url: str | None = None,
) -> Job:
    """Has the recording uploaded, once the lyrics are known to be of use, and submits the job.

    Raises:
        LyricsError: the lyrics are of no use, which needs no service to be seen.
        ServiceError: the service cannot be reached, or refuses.
    """
    from stream_of_worship.admin.client import LrcRequest

    sheet = read_sheet(lyrics, language=options.get("language"), title=title)
    text = decode_lyrics(lyrics.read_bytes())
    uploaded = upload(audio)
    name = printable(audio.name)
    request = LrcRequest(uploaded.audio_url, text, uploaded.content_hash, sheet.title, youtube_url, options, name)
    return service.submit_lrc(request)


def finished(shell: Shell, service: AnalysisClient, job: Job, timeout: float | None) -> Job:
    """Waits for `job` to end well.

    Raises:
        JobFailedError, JobCancelledError, StillRunningError: it did not.
    """
    from stream_of_worship.admin.client import completed

    return completed(watch(shell, service, job, timeout))


def result_lines(service: AnalysisClient, job: Job) -> tuple[TimedLine, ...]:
    """The lines that the job itself timed, if some need a look: the current ones may be edited by hand."""
    if job.result is None or not job.result.doubtful:
        return ()
    timed = service.lyrics(hash_in(job), "json", job.result.version)
    return formats.read(timed.text, "json").lines


def tell_submitted(shell: Shell, job: Job, server: str, *, as_json: bool) -> None:
    """What is printed of a job that is not waited for."""
    if as_json:
        echo(job.plain())
        return
    shell.out.print(f"Job [bold]{escape(printable(job.id))}[/] is {job_report.status(job)}", soft_wrap=True)
    watching = suggestion("status", job.id, "--watch", server=server)
    shell.out.print(f"Watch it with: {escape(printable(watching))}", soft_wrap=True)


def stopped(submitted: list[str], server: str) -> str:
    """What Ctrl-C is answered with: whether there is a job that goes on."""
    if not submitted:
        return "Stopped. Nothing was submitted, nothing was written."
    (job_id,) = submitted
    return (
        f"Stopped waiting; nothing was written. The job goes on. Watch it with: "
        f"{suggestion('status', job_id, '--watch', server=server)}\n"
        f"End it with: {suggestion('cancel', job_id, server=server)}"
    )
