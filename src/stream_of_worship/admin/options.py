"""Options and arguments that several commands have, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Audio = Annotated[
    Path, typer.Argument(metavar="AUDIO", help="The recording: any sound or video file.", show_default=False)
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="lrc, elrc, srt, vtt, ass, ttml or json. Default: as FILE's suffix says, else lrc.",
        show_default=False,
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        "-l",
        metavar="CODE",
        help="Sung language, such as en or zh. Default: found out.",
        show_default=False,
    ),
]
ServiceModel = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="Whisper model to listen with. Default: the service's.", show_default=False
    ),
]
Engines = Annotated[
    str | None,
    typer.Option(
        "--engines", metavar="A,B", help="Only these engines may serve. Default: all that can.", show_default=False
    ),
]
UseQwen3 = Annotated[
    bool, typer.Option("--qwen3/--no-qwen3", help="Whether a Qwen3 server may serve, where one is set up.")
]
UseCaptions = Annotated[
    bool, typer.Option("--captions/--no-captions", help="Whether the captions of a YouTube video may serve.")
]
ForceWhisper = Annotated[
    bool, typer.Option("--force-whisper", help="Go by what is heard in the recording alone; YouTube is not asked.")
]
UseLlm = Annotated[
    bool, typer.Option("--llm/--no-llm", help="Whether a language model may choose lines, where one is set up.")
]
LlmModel = Annotated[
    str | None,
    typer.Option(
        "--llm-model", metavar="NAME", help="Language model to ask. Default: the service's.", show_default=False
    ),
]
VocalsStem = Annotated[
    bool,
    typer.Option(
        "--vocals-stem",
        help="Whisper listens to the voice alone. Lines are timed no worse then, but sure ones are more often wrong.",
    ),
]
MaxQwen3Duration = Annotated[
    float | None,
    typer.Option(
        "--max-qwen3-duration",
        metavar="SECONDS",
        min=0.001,
        help="Longer recordings are not sent to a Qwen3 server. Default: its own limit.",
        show_default=False,
    ),
]
YouTubeUrl = Annotated[
    str | None,
    typer.Option(
        "--youtube-url", metavar="URL", help="The same recording on YouTube, for its captions.", show_default=False
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]
