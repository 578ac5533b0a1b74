"""Chooses which clips go to the model together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qwen3_align.batcher.waiting import Question


@dataclass(frozen=True, slots=True)
class Limits:
    """How batches are made."""

    max_clips: int = 8
    """Of one batch. Published figures of the model gain nothing beyond this."""
    max_tokens: int = 6000
    """Of one batch, padding included: this bounds its memory. A single clip may be longer."""
    max_wait: float = 0.02
    """Seconds for which a batch that has room waits for other callers' clips."""
    max_padding: float = 0.2
    """Share of a batch that may be padding."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Clips that go to the model together."""

    questions: list[Question]
    is_full: bool
    """Whether none could be added, of whatever length."""

    @property
    def padded(self) -> int:
        """Tokens that the model works through."""
        return padded([question.tokens for question in self.questions])

    @property
    def padded_share(self) -> float:
        """The part of them that is padding."""
        return 1 - sum(question.tokens for question in self.questions) / self.padded


def pack(in_turn: Iterable[Question], limits: Limits, max_tokens: int | None = None) -> Batch:
    """The next batch.

    Whoever's turn it is leads: its length decides which others go along, in the order of their turns.

    Args:
        in_turn: the waiting clips, those that should be served first in front.
        limits: of the batch.
        max_tokens: a lower limit than that of `limits`, for the moment.
    """
    most = min(limits.max_tokens, max_tokens or limits.max_tokens)
    chosen: list[Question] = []
    lengths: list[int] = []
    for question in in_turn:
        longer = [*lengths, question.tokens]
        size = padded(longer)
        if chosen and (size > most or sum(longer) < (1 - limits.max_padding) * size):
            continue
        chosen.append(question)
        lengths = longer
        if len(chosen) == limits.max_clips:
            break
    is_full = len(chosen) == limits.max_clips or padded([*lengths, 1]) > most
    return Batch(chosen, is_full)


def padded(lengths: list[int]) -> int:
    """Tokens of a batch of clips that are so long: each is padded to the longest."""
    return max(lengths, default=0) * len(lengths)
