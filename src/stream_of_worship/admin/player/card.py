"""The sound card, through miniaudio (the optional extra `play`), which brings its own drivers' interface."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from stream_of_worship.admin.errors import SoundUnavailableError
from stream_of_worship.admin.player import pcm

BUFFER_MS = 60


class CardSpeaker:
    """Feeds decoded sound to the default playback device."""

    name = "sound card"

    def __init__(self, audio: Path, speed: float, backends: tuple[str, ...] | None = None) -> None:
        """Opens the device.

        Args:
            audio: a sound or video file.
            speed: as for `pcm.blocks`.
            backends: names of miniaudio's back ends that may serve; None allows all that can be heard.

        Raises:
            SoundUnavailableError: miniaudio is not installed, or there is no device.
        """
        try:
            miniaudio: Any = import_module("miniaudio")
        except ImportError:
            raise SoundUnavailableError("miniaudio is not installed (pip install 'stream-of-worship[play]')") from None
        allowed = [b for b in miniaudio.Backend if (b.name != "NULL" if backends is None else b.name in backends)]
        try:
            with quiet():
                self._device: Any = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.SIGNED16,
                    nchannels=2,
                    sample_rate=pcm.RATE,
                    buffersize_msec=BUFFER_MS,
                    backends=allowed,
                    app_name="sow",
                )
        except miniaudio.MiniaudioError:
            raise SoundUnavailableError("no sound device was found") from None
        self._audio = audio
        self._speed = speed
        self._asked = 0.0
        self._lag: float | None = None
        self._problem: str | None = None

    def start(self, position: float) -> None:
        self.stop()
        self._lag = None
        self._asked = time.monotonic()
        feed = self._feed(position)
        next(feed)
        self._device.start(feed)

    def stop(self) -> None:
        self._device.stop()

    def lag(self) -> float | None:
        return self._lag

    def problem(self) -> str | None:
        return self._problem

    def _feed(self, position: float) -> Generator[bytes, int, None]:
        """Sent a number of frames, yields so many; runs on the device's own thread."""
        wanted = yield b""
        self._lag = time.monotonic() - self._asked + BUFFER_MS / 1000
        kept = bytearray()
        try:
            for block in pcm.blocks(self._audio, position, self._speed):
                kept += block
                while len(kept) >= wanted * pcm.FRAME:
                    now = bytes(kept[: wanted * pcm.FRAME])
                    del kept[: len(now)]
                    wanted = yield now
            yield bytes(kept)
        except Exception as error:
            self._problem = str(error)


@contextmanager
def quiet() -> Generator[None]:
    """Keeps the system's sound libraries from writing on stderr: ALSA prints a page where there is no device."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
