"""A player program that the machine has anyway, fed through a pipe."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from song_audio.errors import CodedError
from stream_of_worship.admin.player import pcm

LAG = 0.15
"""Seconds that such a program takes from its start to its first sound; a guess, as none of them says."""


@dataclass(frozen=True, slots=True)
class Player:
    """How to call one program."""

    name: str
    arguments: tuple[str, ...]
    """`{file}` stands for a WAV file; without it, the program reads its standard input."""
    header: bool = True
    """Whether it expects a WAV header on standard input, rather than bare samples."""


PLAYERS = (
    Player("ffplay", ("-nodisp", "-autoexit", "-loglevel", "error", "-i", "pipe:0")),
    Player("paplay", ("--raw", f"--rate={pcm.RATE}", "--channels=2", "--format=s16le"), header=False),
    Player("aplay", ("-q", "-")),
    Player("afplay", ("{file}",)),
)


class ProgramSpeaker:
    """Runs `player` once for each stretch that is played."""

    def __init__(self, player: Player, path: str, audio: Path, speed: float) -> None:
        """`path` is where the program is; the rest as for `pcm.blocks`."""
        self.name = player.name
        self._player = player
        self._path = path
        self._audio = audio
        self._speed = speed
        self._process: subprocess.Popen[bytes] | None = None
        self._feeder: threading.Thread | None = None
        self._stopping = threading.Event()
        self._problem: str | None = None

    def start(self, position: float) -> None:
        self.stop()
        self._stopping = threading.Event()
        self._feeder = threading.Thread(target=self._play, args=(position, self._stopping), daemon=True)
        self._feeder.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.kill()
        if self._feeder is not None:
            self._feeder.join()
        self._process = self._feeder = None

    def lag(self) -> float | None:
        return LAG

    def problem(self) -> str | None:
        return self._problem

    def _play(self, position: float, stopping: threading.Event) -> None:
        play = self._play_file if "{file}" in self._player.arguments else self._play_pipe
        with tempfile.TemporaryFile() as complaints:  # a pipe that nobody reads could fill
            try:
                code = play(position, stopping, complaints)
            except OSError as error:
                self._problem = f"{self.name}: {error.strerror}"
                return
            if code != 0 and not stopping.is_set():
                complaints.seek(0)
                lines = complaints.read().decode(errors="replace").strip().splitlines()
                self._problem = f"{self.name}: {lines[-1] if lines else f'exit code {code}'}"

    def _play_pipe(self, position: float, stopping: threading.Event, complaints: IO[bytes]) -> int:
        process = self._spawn(self._player.arguments, stopping, complaints, stdin=subprocess.PIPE)
        pipe = process.stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):  # it ended before us: its exit code and complaints tell why
            try:
                if self._player.header:
                    pipe.write(pcm.wav_header())
                self._pour(position, stopping, pipe)
            finally:
                pipe.close()
        return process.wait()

    def _play_file(self, position: float, stopping: threading.Event, complaints: IO[bytes]) -> int:
        with tempfile.TemporaryDirectory(prefix="sow-") as folder:
            path = Path(folder, "sound.wav")
            with path.open("wb") as file:
                file.write(pcm.wav_header())
                length = self._pour(position, stopping, file)
                file.seek(0)
                file.write(pcm.wav_header(length))
            arguments = tuple(argument.format(file=path) for argument in self._player.arguments)
            return self._spawn(arguments, stopping, complaints).wait()

    def _pour(self, position: float, stopping: threading.Event, file: IO[bytes]) -> int:
        """Writes sound until the end or until stopped; returns the number of bytes."""
        length = 0
        try:
            for block in pcm.blocks(self._audio, position, self._speed):
                if stopping.is_set():
                    break
                file.write(block)
                length += len(block)
        except CodedError as error:
            self._problem = str(error)
        return length

    def _spawn(
        self,
        arguments: tuple[str, ...],
        stopping: threading.Event,
        complaints: IO[bytes],
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [self._path, *arguments],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,  # Ctrl-C is ours to handle
        )
        self._process = process
        if stopping.is_set():  # `stop` came before there was a process to kill
            process.kill()
        return process
