"""`sow view`, through its door; the clock, the keys and the loudspeaker are fakes, so that a song takes no time."""

import dataclasses
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lyric_timing import formats
from lyric_timing.timed import TimedLyrics
from stream_of_worship.admin.commands.view import beside, choose_speaker, press, show
from stream_of_worship.admin.errors import SoundUnavailableError
from stream_of_worship.admin.player.keyboard import Key
from stream_of_worship.admin.player.sound import Silence
from stream_of_worship.admin.player.transport import Transport
from stream_of_worship.admin.services import Services

Sow = Any


class Hand:
    """A keyboard and the clock beside it: waiting for a key is all that makes time pass, half a second each time."""

    def __init__(self, presses: Sequence[tuple[float, Key]] = ()) -> None:
        self.time = 0.0
        self.presses = list(presses)

    def read(self, timeout: float) -> Key | None:
        self.time += 0.5
        if self.presses and self.time >= self.presses[0][0]:
            return self.presses.pop(0)[1]
        return None

    def now(self) -> float:
        return self.time


class Loudspeaker(Silence):
    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []

    def start(self, position: float) -> None:
        self.orders.append(f"play from {position:.1f}")

    def stop(self) -> None:
        self.orders.append("stop")


@pytest.fixture
def song(tmp_path: Path, lyrics: TimedLyrics) -> Path:
    path = tmp_path / "song.json"
    path.write_text(formats.write(lyrics, "json"), encoding="utf-8")
    return path


def watched(
    lyrics: TimedLyrics, hand: Hand, start: float = 0.0, speed: float = 1.0
) -> tuple[str, Loudspeaker, Transport]:
    """All that the terminal was sent, and what the loudspeaker was told."""
    loudspeaker = Loudspeaker()
    console = Console(file=io.StringIO(), force_terminal=True, width=60, height=12, color_system=None)
    transport = Transport(loudspeaker, hand.now, start=start, end=lyrics.duration or 0.0, speed=speed)
    show(lyrics, transport, hand, console, None)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue(), loudspeaker, transport


def test_it_plays_to_the_end_and_stops(lyrics: TimedLyrics):
    hand = Hand()
    shown, loudspeaker, _ = watched(lyrics, hand)
    assert hand.time == pytest.approx(80.0, abs=0.5)
    assert "▶ 0:00.0" in shown
    assert "▶ 0:40.0" in shown
    assert loudspeaker.orders == ["play from 0.0", "stop"]


def test_speed_and_start_are_heeded(lyrics: TimedLyrics):
    hand = Hand()
    _, loudspeaker, _ = watched(lyrics, hand, start=60.0, speed=2.0)
    assert hand.time == pytest.approx(10.0, abs=0.5)
    assert loudspeaker.orders[0] == "play from 60.0"


def test_keys_pause_seek_and_quit(lyrics: TimedLyrics):
    hand = Hand([(2.0, Key.PAUSE), (50.0, Key.PAUSE), (51.0, Key.FORWARD), (52.0, Key.QUIT)])
    shown, loudspeaker, transport = watched(lyrics, hand)
    assert "⏸ 0:02.0" in shown
    assert loudspeaker.orders == ["play from 0.0", "stop", "play from 2.0", "stop", "play from 8.0", "stop"]
    assert transport.position() == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("key", "goes_to"),
    [
        (Key.BACK, 0.0),
        (Key.FORWARD, 8.5),
        (Key.LINE_BACK, 1.0),
        (Key.LINE_FORWARD, 75.5),
        (Key.START, 0.0),
    ],
)
def test_each_key_goes_where_it_says(lyrics: TimedLyrics, key: Key, goes_to: float):
    transport = Transport(Silence(), Hand().now, start=3.5, end=80.0)
    press(key, lyrics, transport)
    assert transport.position() == goes_to


def test_the_sound_stops_when_something_goes_wrong(lyrics: TimedLyrics):
    class Broken(Hand):
        def read(self, timeout: float) -> Key | None:
            raise KeyboardInterrupt

    loudspeaker = Loudspeaker()
    transport = Transport(loudspeaker, Hand().now, end=80.0)
    console = Console(file=io.StringIO(), force_terminal=True, width=60, height=12)
    with pytest.raises(KeyboardInterrupt):
        show(lyrics, transport, Broken(), console, None)
    assert loudspeaker.orders[-1] == "stop"


def test_without_a_terminal_the_lines_are_printed_with_their_times(sow: Sow, song: Path):
    result = sow("view", song)
    assert result.exit_code == 0
    assert result.stdout == " 0:01.00  Morning light\n 0:03.00  Over the hills\n 1:15.50  Morning light\n"


@pytest.mark.parametrize("name", [name for name, form in formats.FORMATS.items() if form.can_read])
def test_every_format_that_can_be_read_is_shown(sow: Sow, song: Path, lyrics: TimedLyrics, name: str):
    path = song.with_suffix(f".{name}")
    path.write_text(formats.write(lyrics, name), encoding="utf-8")
    assert "1:15.50  Morning light\n" in sow("view", path).stdout


def test_a_suffix_that_says_nothing_is_no_hindrance(sow: Sow, song: Path):
    assert "Morning light" in sow("view", song.rename(song.with_suffix(".txt"))).stdout


def test_on_a_terminal_it_runs_with_the_services_it_is_given(sow: Sow, song: Path, tone: Path):
    hand, loudspeaker = Hand([(1.0, Key.QUIT)]), Loudspeaker()
    heard: list[tuple[Path, float]] = []

    @contextmanager
    def keyboard() -> Iterator[Hand]:
        yield hand

    def speaker(audio: Path, speed: float) -> Loudspeaker:
        heard.append((audio, speed))
        return loudspeaker

    sow.services = Services(open_speaker=speaker, open_keyboard=keyboard, now=hand.now)
    result = sow("view", song, "--start", "62", "--speed", "0.5", env={"FORCE_COLOR": "1", "TERM": "xterm"})
    assert result.exit_code == 0, result.output
    assert heard == [(tone, 0.5)]
    assert loudspeaker.orders == ["play from 62.0", "stop"]
    assert "1:02.2" in result.stdout


def test_the_recording_is_found_beside_the_lyrics(song: Path, tone: Path):
    assert beside(song) == tone
    tone.rename(tone.with_name("another.wav"))
    assert beside(song) is None


def test_no_recording_means_silence_with_its_reason():
    speaker, note = choose_speaker(Services(), None, 1.0)
    assert (speaker.name, note) == ("no sound", "no recording found; see --audio")


def test_no_loudspeaker_means_silence_with_its_reason(tone: Path):
    def speaker(audio: Path, speed: float) -> Loudspeaker:
        raise SoundUnavailableError("no sound device was found")

    chosen, note = choose_speaker(Services(open_speaker=speaker), tone, 1.0)
    assert (chosen.name, note) == ("no sound", "no sound: no sound device was found")


def test_a_song_of_unknown_length_ends_after_its_last_line(sow: Sow, song: Path, lyrics: TimedLyrics):
    song.write_text(formats.write(dataclasses.replace(lyrics, duration=None), "json"), encoding="utf-8")
    hand = Hand()

    @contextmanager
    def keyboard() -> Iterator[Hand]:
        yield hand

    sow.services = Services(open_keyboard=keyboard, now=hand.now)
    sow("view", song, env={"FORCE_COLOR": "1", "TERM": "xterm"})
    assert hand.time == pytest.approx(79.0, abs=0.5)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("nowhere.lrc", None, "cannot be read"),
        ("empty.lrc", b"", "empty.lrc"),
        ("plain.lrc", b"just words\n", "plain.lrc"),
        ("song.json", b"{}", "song.json"),
        ("song.mp3", b"ID3\x04", "the recording goes to --audio"),
    ],
)
def test_what_cannot_be_shown_exits_with_2_and_the_reason(
    sow: Sow, tmp_path: Path, name: str, content: bytes | None, told: str
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = sow("view", tmp_path / name)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_recording_that_is_not_there_is_named(sow: Sow, song: Path):
    result = sow("view", song, "--audio", song.with_name("gone.mp3"))
    assert result.exit_code == 2
    assert "gone.mp3 does not exist" in result.stderr


@pytest.mark.parametrize("speed", ["0.1", "3", "fast"])
def test_a_speed_that_nobody_can_follow_is_refused(sow: Sow, song: Path, speed: str):
    assert sow("view", song, "--speed", speed).exit_code == 2
