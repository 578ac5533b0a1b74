"""Single key presses, read without Enter."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Protocol, TextIO


class Key(StrEnum):
    """What a key press means to `sow view`."""

    PAUSE = "pause"
    BACK = "back"
    FORWARD = "forward"
    LINE_BACK = "line back"
    LINE_FORWARD = "line forward"
    START = "start"
    QUIT = "quit"


POSIX_KEYS: Mapping[bytes, Key] = {
    b" ": Key.PAUSE,
    b"\x1b[D": Key.BACK,
    b"\x1bOD": Key.BACK,
    b"\x1b[C": Key.FORWARD,
    b"\x1bOC": Key.FORWARD,
    b"\x1b[A": Key.LINE_BACK,
    b"\x1bOA": Key.LINE_BACK,
    b"\x1b[B": Key.LINE_FORWARD,
    b"\x1bOB": Key.LINE_FORWARD,
    b"\x1b[H": Key.START,
    b"0": Key.START,
    b"q": Key.QUIT,
    b"Q": Key.QUIT,
    b"\x1b": Key.QUIT,
    b"\x04": Key.QUIT,
}
WINDOWS_KEYS: Mapping[str, Key] = {
    " ": Key.PAUSE,
    "\xe0K": Key.BACK,
    "\xe0M": Key.FORWARD,
    "\xe0H": Key.LINE_BACK,
    "\xe0P": Key.LINE_FORWARD,
    "\xe0G": Key.START,
    "0": Key.START,
    "q": Key.QUIT,
    "Q": Key.QUIT,
    "\x1b": Key.QUIT,
}


class Keyboard(Protocol):
    """Where keys come from."""

    def read(self, timeout: float) -> Key | None:
        """The next key that means something, or None after `timeout` seconds."""
        ...


class NoKeyboard:
    """Where standard input is no terminal: time passes, nothing is pressed."""

    def read(self, timeout: float) -> Key | None:
        time.sleep(timeout)
        return None


if sys.platform == "win32":
    import msvcrt

    class SystemKeyboard:
        """The console of Windows."""

        def read(self, timeout: float) -> Key | None:
            end = time.monotonic() + timeout
            while not msvcrt.kbhit():
                if time.monotonic() >= end:
                    return None
                time.sleep(0.01)
            char = msvcrt.getwch()
            if char in "\0\xe0":
                char = "\xe0" + msvcrt.getwch()
            if char == "\x03":
                raise KeyboardInterrupt
            return WINDOWS_KEYS.get(char)

    @contextmanager
    def single_keys(terminal: TextIO) -> Generator[SystemKeyboard]:
        """Keys come singly on Windows anyway."""
        yield SystemKeyboard()

else:
    import termios
    import tty

    class SystemKeyboard:
        """A terminal in cbreak mode, in which Ctrl-C stays an interrupt."""

        def __init__(self, file: int) -> None:
            self._file = file

        def read(self, timeout: float) -> Key | None:
            ready, _, _ = select.select([self._file], [], [], timeout)
            if not ready:
                return None
            typed = os.read(self._file, 32)
            return POSIX_KEYS.get(typed) if typed else Key.QUIT  # nothing: the terminal is gone

    @contextmanager
    def single_keys(terminal: TextIO) -> Generator[SystemKeyboard]:
        """Inside, keys come without Enter and are not echoed."""
        file = terminal.fileno()
        settings = termios.tcgetattr(file)
        tty.setcbreak(file)
        try:
            yield SystemKeyboard(file)
        finally:
            termios.tcsetattr(file, termios.TCSADRAIN, settings)


@contextmanager
def open_keyboard(terminal: TextIO | None = None) -> Generator[Keyboard]:
    """The keys of `terminal`, by default standard input, for as long as the context lasts."""
    terminal = terminal or sys.stdin
    if terminal is None or not terminal.isatty():
        yield NoKeyboard()
        return
    with single_keys(terminal) as keyboard:
        yield keyboard
