"""`sow show`: an analysis that was made before, as a table or a picture."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from lyric_timing import formats
from stream_of_worship.admin import analyses, background, music_report
from stream_of_worship.admin.commands.lyrics import read as read_lyrics
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.media import looks_like_media
from stream_of_worship.admin.options import Force
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.picture import draw
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, content_hash
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from lyric_timing.timed import TimedLyrics
    from music_analysis import MusicAnalysis

_SHOWN_LETTERS = 12
EXAMPLES = """
[bold]Examples[/]

\b
  sow show song.analysis.json
      the table that `sow analyze` printed
  sow show song.analysis.json --picture song.svg --lyrics song.lrc
      waveform, beats, voice and lines on one page, for a browser
  sow show song.analysis.json --picture song.png
      the same as an image
  sow show song.mp3
      what the service knows of this recording
"""


def show(
    context: typer.Context,
    song: Annotated[
        str,
        typer.Argument(
            metavar="SONG",
            help="A JSON file that `sow analyze -o` wrote; or, of a song that the service analysed, the recording's "
            "file, its content hash, or a job's ID.",
            show_default=False,
        ),
    ],
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            "-p",
            metavar="FILE",
            help="Draw sections, waveform, beats, voice and lines of lyrics into this file: .svg, or .png.",
            show_default=False,
        ),
    ] = None,
    lyrics: Annotated[
        Path | None,
        typer.Option(
            "--lyrics",
            metavar="FILE",
            help="Timed lyrics of the song: they tell its sections, and stand in the picture. Default: none.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    force: Force = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Shows an analysis that was made before: a table, or with --picture a drawing of the whole song."""
    shell = Shell.of(context)
    with shell.reporting("Stopped. Nothing was written."):
        if picture is not None and picture.suffix.lower() not in {".svg", ".png"}:
            raise UsageError(f"--picture {picture}: give a name that ends in .svg or .png")
        destination = Destination(picture, force)
        destination.check()
        timed = timed_lyrics(lyrics) if lyrics is not None else None
        analysis = found(shell, song, server)
        analysis = analyses.with_lyrics(analysis, timed) if timed is not None else analysis
        if picture is not None:
            drawn = draw(analysis, timed, title=title(song, timed))
            destination.write(image(shell, drawn) if picture.suffix.lower() == ".png" else drawn)
        if as_json:
            typer.echo(analysis.to_json())
            return
        if picture is not None:
            shell.out.print(f"[bold green]Wrote[/] [bold]{escape(printable(str(picture)))}[/]", soft_wrap=True)
        for line in music_report.summary(analysis):
            shell.out.print(line, soft_wrap=True)


def image(shell: Shell, drawn: str) -> bytes:
    """The drawing as PNG; a warning says so if this machine cannot draw its text, and which font can."""
    from stream_of_worship.admin import png

    missing = png.missing(drawn)
    if missing:
        what = f"no font here has {excerpt(missing)}, so the image has boxes instead"
        if not png.has_fonts():
            what = "no font was found, so the image has no text"
        font = "Noto Sans CJK (Debian, Ubuntu: apt install fonts-noto-cjk)"
        if not any(is_east_asian(letter) for letter in missing):
            font = "Noto Sans (Debian, Ubuntu: apt install fonts-noto-core)"
        advice = f"{what}: install one, such as {font}, or make an SVG file"
        shell.err.print(f"[yellow]warning:[/] {escape(printable(advice))}", soft_wrap=True)
    return png.png(drawn)


def excerpt(letters: str) -> str:
    """The first few of them, and how many more there are."""
    shown = letters[:_SHOWN_LETTERS]
    return shown if shown == letters else f"{shown} and {len(letters) - len(shown)} more letters"


def is_east_asian(letter: str) -> bool:
    """Whether it is of the scripts that fonts for Chinese, Japanese and Korean have."""
    return unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"))


def found(shell: Shell, song: str, server: str) -> MusicAnalysis:
    """The analysis in a file, or the one that the service has.

    Raises:
        AnalysisUnreadableError: the file holds none.
        AudioNotFoundError: `song` is nothing that there is.
        NotOnServiceError: the song was not analysed.
    """
    path = Path(song)
    if path.is_file() and not looks_like_media(path):
        return analyses.read(path.read_bytes(), song)
    with connected(shell, server) as service:
        return background.run(lambda _: analyses.fetched(service, content_hash(service, song)))


def timed_lyrics(file: Path) -> TimedLyrics:
    """Timed lyrics in any format.

    Raises:
        FormatError: they cannot be read.
    """
    form, text = read_lyrics(file)
    return formats.read(text, form.name)


def title(song: str, timed: TimedLyrics | None) -> str:
    """What stands above the picture."""
    if timed is not None and timed.title:
        return " – ".join(name for name in (timed.title, timed.artist) if name)
    return Path(song).name.removesuffix(".json").removesuffix(".analysis")
