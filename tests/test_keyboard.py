import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest

from stream_of_worship.admin.player.keyboard import POSIX_KEYS, Key

if sys.platform == "win32":
    pytest.skip("terminals of this kind are POSIX's", allow_module_level=True)

import pty
import termios

from stream_of_worship.admin.player.keyboard import SystemKeyboard, open_keyboard


@dataclass
class Terminal:
    """A real one: what is typed at its far end arrives at `stdin`."""

    far_end: int
    stdin: TextIO

    def type(self, keys: bytes) -> None:
        os.write(self.far_end, keys)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        yield Terminal(ours, stdin)
    os.close(ours)


@pytest.mark.parametrize(("typed", "key"), POSIX_KEYS.items())
def test_a_key_is_read_without_enter(terminal: Terminal, typed: bytes, key: Key):
    with open_keyboard(terminal.stdin) as keyboard:
        terminal.type(typed)
        assert keyboard.read(5.0) is key


def test_other_keys_mean_nothing(terminal: Terminal):
    with open_keyboard(terminal.stdin) as keyboard:
        terminal.type(b"x")
        assert keyboard.read(5.0) is None


def test_without_a_key_the_time_runs_out(terminal: Terminal):
    with open_keyboard(terminal.stdin) as keyboard:
        assert keyboard.read(0.01) is None


def test_the_terminal_is_left_as_it_was(terminal: Terminal):
    before = termios.tcgetattr(terminal.stdin)
    with open_keyboard(terminal.stdin):
        assert not termios.tcgetattr(terminal.stdin)[3] & termios.ECHO
    assert termios.tcgetattr(terminal.stdin) == before


def test_a_terminal_that_has_gone_away_quits():
    reader, writer = os.pipe()
    os.close(writer)
    try:
        assert SystemKeyboard(reader).read(1.0) is Key.QUIT
    finally:
        os.close(reader)


def test_without_a_terminal_nothing_is_pressed():
    with Path(os.devnull).open() as nothing, open_keyboard(nothing) as keyboard:
        assert keyboard.read(0.0) is None
