"""What an ear, not the sheet, says was sung: timed tokens from captions or speech recognition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """One heard word (CJK: one character) with its times in seconds."""

    text: str
    start: float
    end: float
    probability: float = 1.0
    timed: bool = True
    """Whether its start was heard. Not so where it is only a share of a phrase: that tells the order, no onset."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything heard in one recording, in order of time."""

    tokens: tuple[Token, ...]
    source: str
    language: str | None = None
