"""`sow lyrics`: the timed lyrics that the Analysis Service keeps, and their versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from lyric_timing import formats
from lyric_timing.errors import FormatError
from lyric_timing.parsing import decode_lyrics
from stream_of_worship.admin import background, job_report
from stream_of_worship.admin.commands.align import choose_format, choose_path
from stream_of_worship.admin.errors import EditedMeanwhileError, UsageError
from stream_of_worship.admin.fetched import Fetched
from stream_of_worship.admin.options import Force, FormatName
from stream_of_worship.admin.output import Destination
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, content_hash, echo, suggestion
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from stream_of_worship.admin.client import LyricsVersion

EXAMPLES = """
[bold]Examples[/]

\b
  sow lyrics get song.mp3 -o song.elrc     fetches them, word by word
  sow lyrics put song.mp3 song.elrc        after editing: they are the current version now
  sow lyrics versions song.mp3             every version is kept
"""

Song = Annotated[
    str,
    typer.Argument(metavar="SONG", help="The recording's file, its content hash, or a job's ID.", show_default=False),
]


def create_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(
        help="Fetches timed lyrics from the Analysis Service, gives it edited ones, and lists all versions.",
        no_args_is_help=True,
        epilog=EXAMPLES,
    )
    app.command(name="get")(get)
    app.command(name="put")(put)
    app.command(name="versions")(versions)
    return app


def get(
    context: typer.Context,
    song: Song,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="File or folder to write to; - for standard output."),
    ] = "-",
    format_name: FormatName = None,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", metavar="NUMBER", help="An older version. Default: the current one.", show_default=False
        ),
    ] = None,
    force: Force = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Fetches a song's timed lyrics."""
    shell = Shell.of(context)
    with shell.reporting("Stopped. Nothing was written."), connected(shell, server) as service:
        chosen = choose_format(output, format_name)
        destination = Destination(choose_path(Path(song), output, chosen), force)
        destination.check()

        def work(_: object) -> tuple[str, str, str | None]:
            known = content_hash(service, song)
            found = service.lyrics(known, chosen, version)
            return known, found.text, found.etag

        known, text, etag = background.run(work)
        destination.write(text)
        if destination.path is None:
            return
        current = etag if version is None else None
        Fetched(shell.services.state_folder()).remember(service.server, known, destination.path, current)
        shell.out.print(f"[bold green]Wrote[/] [bold]{escape(printable(str(destination.path)))}[/]", soft_wrap=True)


def put(
    context: typer.Context,
    song: Song,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Timed lyrics: lrc, elrc, srt, vtt, ass, ttml or json.", show_default=False
        ),
    ],
    if_match: Annotated[
        str | None,
        typer.Option(
            "--if-match",
            metavar="ETAG",
            help="The version that was edited. Default: the one that `sow lyrics get` wrote to FILE.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    force: Annotated[bool, typer.Option("--force", help="Whatever the current version is, replace it.")] = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Makes FILE, edited by hand, the current version of a song's lyrics; older versions stay.

    If the service has got a newer version since FILE was fetched, nothing is changed. A job never replaces what was
    edited by hand, but for `sow submit --redo`.
    """
    shell = Shell.of(context)
    with (
        shell.reporting("Stopped. It may have been sent; see: sow lyrics versions"),
        connected(shell, server) as service,
    ):
        if force and if_match is not None:
            raise UsageError("--force replaces any version, --if-match only one")
        form, text = read(file)
        fetched = Fetched(shell.services.state_folder())

        def work(_: object) -> tuple[str, LyricsVersion]:
            known = content_hash(service, song)
            edited = "*" if force else if_match or fetched.etag(service.server, known, file)
            if force and service.etag(known) is None:
                edited = None
            try:
                return known, service.put_lyrics(known, text, form.media_type, etag=edited)
            except EditedMeanwhileError as error:
                if edited is not None:
                    raise
                raise EditedMeanwhileError(
                    f"the song has lyrics, and {file} was not fetched from them", error.reason
                ) from error

        known, version = background.run(work)
        fetched.remember(service.server, known, file, version.etag)
        if as_json:
            echo(version.plain())
            return
        shell.out.print(f"[bold green]Stored[/] as version {version.version}", soft_wrap=True)
        again = suggestion("lyrics", "versions", song, server=server)
        shell.out.print(f"See all with: {escape(printable(again))}", soft_wrap=True)


def versions(context: typer.Context, song: Song, as_json: AsJson = False, server: Server = DEFAULT_SERVER) -> None:
    """Lists every version of a song's lyrics, newest first, and where each came from."""
    shell = Shell.of(context)
    with shell.reporting(), connected(shell, server) as service:
        found = background.run(lambda _: service.versions(content_hash(service, song)))
        if as_json:
            echo([version.plain() for version in found])
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("version", "made", "by", ""):
            table.add_column(heading, justify="right" if heading == "version" else "left", overflow="fold")
        for version in found:
            made = job_report.when(version.created_at) if version.created_at else ""
            current = "current" if version.is_current else ""
            table.add_row(str(version.version), made, escape(printable(version.source or "")), current)
        shell.out.print(table)


def read(file: Path) -> tuple[formats.LyricsFormat, str]:
    """The format and the text of timed lyrics, seen to be readable.

    Raises:
        FormatError: they are not.
    """
    form = formats.FORMATS[formats.format_for(file)]
    try:
        text = decode_lyrics(file.read_bytes())
    except OSError as error:
        raise FormatError(f"{file} cannot be read: {error.strerror or error}") from error
    if not formats.read(text, form.name).lines:
        raise FormatError(f"{file} holds no timed line")
    return form, text
