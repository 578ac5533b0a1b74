"""`sow view`: the lyrics moving in the terminal, in step with the sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from lyric_timing import formats
from lyric_timing.errors import FormatError, LyricTimingError
from lyric_timing.parsing import decode_lyrics
from lyric_timing.timed import TimedLyrics
from song_audio.errors import AudioNotFoundError
from stream_of_worship.admin import media
from stream_of_worship.admin.errors import SoundUnavailableError, UsageError
from stream_of_worship.admin.player import screen
from stream_of_worship.admin.player.keyboard import Key, Keyboard
from stream_of_worship.admin.player.sound import Silence, Speaker
from stream_of_worship.admin.player.transport import Transport
from stream_of_worship.admin.services import Services
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import clock, printable

EXAMPLES = """
[bold]Examples[/]

\b
  sow view song.lrc
      plays song.mp3 (or .ogg, .flac, ...) if it lies beside song.lrc
  sow view song.json --audio take2.wav --start 62
      begins at 1:02 of another recording
  sow view song.lrc --speed 0.75
      slower, at the same pitch
  sow view song.lrc > times.txt
      no terminal: prints each line with its time
"""

FRAME = 0.05
"""Seconds between two pictures."""
LEAP = 5.0
"""Seconds that an arrow key goes."""
AFTER = 2.0
"""Seconds shown after the last line where the length of the recording is not known."""


def view(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Timed lyrics: lrc, elrc, srt, vtt, ass, ttml or json.", show_default=False
        ),
    ],
    audio: Annotated[
        Path | None,
        typer.Option(
            "--audio",
            "-a",
            metavar="AUDIO",
            help="The recording. Default: the one beside FILE with its name.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[float, typer.Option("--start", "-s", metavar="SECONDS", min=0.0, help="Where to begin.")] = 0.0,
    speed: Annotated[
        float, typer.Option("--speed", metavar="FACTOR", min=0.5, max=2.0, help="Tempo; the pitch stays.")
    ] = 1.0,
) -> None:
    """Shows timed lyrics moving in the terminal, and plays the recording where this machine can.

    Keys: space pauses, left and right go 5 seconds, up and down go a line, 0 goes to the start, q quits.
    """
    shell = Shell.of(context)
    with shell.reporting():
        lyrics = read(file)
        if audio is not None and not audio.is_file():
            raise AudioNotFoundError(f"{audio} does not exist")
        if not shell.out.is_terminal:
            for line in lyrics.lines:
                typer.echo(f"{clock(line.start, decimals=2):>8}  {printable(line.text)}")
            return
        speaker, note = choose_speaker(shell.services, audio or beside(file), speed)
        end = lyrics.duration or max(line.end for line in lyrics.lines) + AFTER
        transport = Transport(speaker, shell.services.now, start=start, end=end, speed=speed)
        with shell.services.open_keyboard() as keyboard:
            show(lyrics, transport, keyboard, shell.out, note)


def read(file: Path) -> TimedLyrics:
    """Timed lyrics of any format, in any encoding that lyrics come in.

    Raises:
        FormatError: the file is not there, or not timed lyrics.
        UsageError: it is a recording.
    """
    try:
        if media.looks_like_media(file):
            raise UsageError(f"{file} is a recording. FILE must be timed lyrics; the recording goes to --audio.")
        data = file.read_bytes()
    except OSError as error:
        raise FormatError(f"{file} cannot be read: {error.strerror or error}.") from error
    try:
        suffixes = {form.suffix for form in formats.FORMATS.values()}
        name = formats.format_for(file) if file.suffix.lower() in suffixes else None
        lyrics = formats.read(decode_lyrics(data), name)
    except LyricTimingError as error:
        raise FormatError(f"{file}: {error}") from error
    if not lyrics.lines:
        raise FormatError(f"{file} holds no timed line.")
    return lyrics


def beside(file: Path) -> Path | None:
    """The recording in `file`'s folder with its name, if there is just that."""
    found = sorted(p for p in file.parent.glob("*") if p.stem == file.stem and p.suffix.lower() in media.SUFFIXES)
    return found[0] if found else None


def choose_speaker(services: Services, audio: Path | None, speed: float) -> tuple[Speaker, str | None]:
    """Something to hear, or silence and the reason for it."""
    if audio is None:
        return Silence(), "no recording found; see --audio"
    try:
        return services.open_speaker(audio, speed), None
    except SoundUnavailableError as error:
        return Silence(), f"no sound: {error}"


def show(lyrics: TimedLyrics, transport: Transport, keyboard: Keyboard, console: Console, note: str | None) -> None:
    """Runs until the end of the song or until the user quits."""
    transport.play()
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                moment = screen.Moment(
                    transport.position(),
                    transport.end,
                    transport.playing,
                    transport.speed,
                    transport.speaker.problem() or note,
                )
                live.update(screen.picture(lyrics, moment, console, console.width, console.height), refresh=True)
                if transport.finished():
                    return
                key = keyboard.read(FRAME)
                if key is Key.QUIT:
                    return
                if key is not None:
                    press(key, lyrics, transport)
    finally:
        transport.speaker.stop()


def press(key: Key, lyrics: TimedLyrics, transport: Transport) -> None:
    """What a key does to the position."""
    position = transport.position()
    starts = [line.start for line in lyrics.lines]
    if key is Key.PAUSE:
        transport.toggle()
    elif key is Key.BACK:
        transport.seek(position - LEAP)
    elif key is Key.FORWARD:
        transport.seek(position + LEAP)
    elif key is Key.LINE_BACK:  # a second's grace, so that pressing twice goes two lines
        transport.seek(max((s for s in starts if s < position - 1.0), default=0.0))
    elif key is Key.LINE_FORWARD:
        transport.seek(min((s for s in starts if s > position), default=transport.end))
    elif key is Key.START:
        transport.seek(0.0)
