"""`sow align`: a recording and its lyrics in, timed lyrics out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from lyric_timing import formats
from lyric_timing.language import language_code
from lyric_timing.parsing import read_sheet
from lyric_timing.structure import parts_of, with_parts
from song_audio.errors import AudioNotFoundError
from sow_analysis.lrc import LrcOptions, LrcResult, Stage
from stream_of_worship.admin import background, report
from stream_of_worship.admin.api_servers import (
    LLM,
    TRANSCRIPTION,
    LlmModel,
    LlmUrl,
    TranscriptionModel,
    TranscriptionUrl,
    setup_at,
)
from stream_of_worship.admin.captions import captions_of, checked_video
from stream_of_worship.admin.errors import ArgumentsSwappedError, UsageError
from stream_of_worship.admin.media import looks_like_media
from stream_of_worship.admin.options import (
    Audio,
    Engines,
    Force,
    ForceWhisper,
    FormatName,
    Language,
    MaxQwen3Duration,
    UseCaptions,
    UseLlm,
    UseQwen3,
    VocalsStem,
    YouTubeUrl,
)
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.progress import StageProgress
from stream_of_worship.admin.qwen3 import Qwen3Url, server_at
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Examples[/]

\b
  sow align song.mp3 lyrics.txt
      writes song.lrc beside song.mp3
  sow align song.mp3 lyrics.txt -o song.ass
      karaoke subtitles, word by word
  sow align song.mp3 lyrics.txt --format elrc -o - | less
      prints enhanced LRC and writes no file
  sow align song.mp3 lyrics.txt --engines pocketsphinx
      needs no downloaded model
  sow align song.mp3 lyrics.txt --qwen3-url http://gpu:8001
      asks a Qwen3 server too
  sow align song.mp3 lyrics.txt --youtube-url https://youtu.be/VIDEO
      goes by the captions of the same recording too
"""


def align(
    context: typer.Context,
    audio: Audio,
    lyrics: Annotated[
        Path,
        typer.Argument(
            metavar="LYRICS",
            help="Its words: a text file, one sung line per line. A chorus need stand only once. LRC will do too.",
            show_default=False,
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File or folder to write to; - for standard output. Default: beside AUDIO, under its name.",
            show_default=False,
        ),
    ] = None,
    format_name: FormatName = None,
    language: Language = None,
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="Whisper model to listen with; see `sow models list`.")
    ] = "base",
    engines: Engines = None,
    use_qwen3: UseQwen3 = True,
    qwen3_url: Qwen3Url = None,
    max_qwen3_duration: MaxQwen3Duration = None,
    youtube_url: YouTubeUrl = None,
    use_captions: UseCaptions = True,
    force_whisper: ForceWhisper = False,
    use_llm: UseLlm = True,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    transcription_url: TranscriptionUrl = None,
    transcription_model: TranscriptionModel = None,
    use_vocals_stem: VocalsStem = False,
    sections: Annotated[
        bool,
        typer.Option(
            "--sections/--no-sections", help="Name the sections of lines that have no heading, as far as repeats tell."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print lyrics and report as one JSON document.")] = False,
    force: Force = False,
) -> None:
    """Finds out when each line and word of LYRICS is sung in AUDIO, and writes timed lyrics.

    The words are printed as LYRICS has them. Lines that a person should check are listed at the end.
    """
    from sow_analysis.reach import Reach

    shell = Shell.of(context)
    with shell.reporting("Stopped. Nothing was written."):
        check_inputs(audio, lyrics)
        chosen = choose_format(output, format_name)
        destination = Destination(choose_path(audio, output, chosen), force)
        if as_json and destination.path is None:
            raise UsageError("--json and -o - both print on standard output")
        if destination.path is not None and same_file(destination.path, audio):
            raise UsageError(f"{destination.path} is the recording itself")
        code = checked_language(language)
        sheet = read_sheet(lyrics, language=code)
        destination.check()
        options = LrcOptions(
            code,
            model.removeprefix("whisper-"),
            names(engines),
            use_qwen3=use_qwen3,
            use_captions=use_captions,
            use_llm=use_llm,
            force_whisper=force_whisper,
            use_vocals_stem=use_vocals_stem,
            max_qwen3_duration=max_qwen3_duration,
            youtube_url=checked_video(youtube_url),
        )
        reach = Reach(
            server_at(qwen3_url),
            captions_of(options),
            setup_at(TRANSCRIPTION, transcription_url, transcription_model),
            setup_at(LLM, llm_url, llm_model),
        )

        with StageProgress(shell.err) as bars:

            def work(check: Callable[[], None]) -> LrcResult:
                def progress(stage: Stage, share: float) -> None:
                    check()
                    bars(stage, share)

                return shell.services.generate(audio, sheet, options, progress, reach=reach)

            result = background.run(work)

        if sections:
            named = with_parts(result.lyrics, parts_of(result.lyrics))
            result = replace(result, lyrics=named)
        destination.write(formats.write(result.lyrics, chosen))
        written = str(destination.path or "")
        if as_json:
            timed = json.loads(formats.write(result.lyrics, "json"))
            document = report.document(result, timed, written, chosen)
            typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
            return
        console = shell.err if destination.path is None else shell.out
        for line in report.summary(result, sheet, written):
            console.print(line, soft_wrap=True)


def check_inputs(audio: Path, lyrics: Path) -> None:
    """Mistakes that are seen before anything is read.

    Raises:
        AudioNotFoundError: there is no such recording.
        ArgumentsSwappedError: the lyrics came first.
        UsageError: both are recordings.
    """
    check_recording(audio)
    if lyrics.is_file() and looks_like_media(lyrics):
        if looks_like_media(audio):
            raise UsageError(f"{lyrics} is a recording; LYRICS must be a text file")
        raise ArgumentsSwappedError(f"{lyrics} is a recording and {audio} is not")


def check_recording(audio: Path) -> None:
    """That there is a file at all.

    Raises:
        AudioNotFoundError: there is not.
    """
    if not audio.exists():
        raise AudioNotFoundError(f"{audio} does not exist.")
    if audio.is_dir():
        raise AudioNotFoundError(f"{audio} is a folder; give one recording.")


def choose_format(output: str | None, format_name: str | None) -> str:
    """The format asked for, else the one of the file's suffix, else LRC.

    Raises:
        FormatError: there is no such format.
    """
    if format_name is not None:
        return formats.format_for(f"lyrics.{format_name.lower().removeprefix('.')}")
    if output is None or output == "-" or is_folder(output) or is_device(Path(output)):
        return "lrc"
    return formats.format_for(Path(output))


def choose_path(audio: Path, output: str | None, format_name: str) -> Path | None:
    """Where the lyrics go; None for standard output."""
    name = f"{audio.stem}.{format_name}"
    if output is None:
        return audio.with_name(name)
    if output == "-":
        return None
    return Path(output, name) if is_folder(output) else Path(output)


def is_folder(output: str) -> bool:
    """Whether this is a folder, or is written like one."""
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def is_device(path: Path) -> bool:
    """Whether this is /dev/stdout or the like."""
    return path.exists() and not path.is_file() and not path.is_dir()


def same_file(one: Path, other: Path) -> bool:
    """Whether both exist and are the same file, by whatever name."""
    return one.exists() and other.exists() and one.samefile(other)


def checked_language(language: str | None) -> str | None:
    """`zh-TW` or `Chinese` as `zh`.

    Raises:
        UsageError: it cannot be a language.
    """
    code = language_code(language)
    if code is not None and not (2 <= len(code) <= 3 and code.isascii() and code.isalpha()):
        raise UsageError(f"--language {language}: give a code of two letters, such as en, zh or fr.")
    return code


def names(engines: str | None) -> tuple[str, ...] | None:
    """`a, b` as ("a", "b").

    Raises:
        UsageError: no name is left.
    """
    if engines is None:
        return None
    found = tuple(name for part in engines.split(",") if (name := part.strip()))
    if not found:
        raise UsageError("--engines names no engine")
    return found
