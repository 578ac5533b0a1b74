"""The clips that wait for the model, and who asked for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qwen3_align.clips import Clip, UnitTime


@dataclass(eq=False)
class Caller:
    """One request: whose clips wait in line together."""

    served: float = 0.0
    """Tokens that the model has worked through for this caller, counted from where the others were when it came."""
    waiting: list[Question] = field(default_factory=list["Question"])
    """Its clips that are not answered yet and not with the model, oldest first."""
    running: int = 0
    """Its clips that are with the model."""


@dataclass(eq=False)
class Question:
    """A clip on its way to its answer."""

    clip: Clip
    tokens: int
    caller: Caller
    asked: float
    """When, on the loop's clock."""
    answer: asyncio.Future[tuple[UnitTime, ...]]
    prepared: asyncio.Future[Any] | None = None
    """What the model is given, as soon as somebody has begun to make it."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self.answer.done()


class Waiting:
    """Everybody's clips. Who has been served least comes first.

    Each caller's service is counted in tokens. One that comes starts level with the least served of those that have
    clips waiting, so it neither waits for all that came before it, nor has a past to catch up on.
    """

    def __init__(self) -> None:
        self._callers: list[Caller] = []
        self._level = 0.0

    def enter(self) -> Caller:
        """A new caller."""
        caller = Caller(served=self._level)
        self._callers.append(caller)
        return caller

    def leave(self, caller: Caller) -> None:
        """Forget a caller and its clips."""
        for question in caller.waiting:
            question.answer.cancel()
        self.drop_answered()
        self._callers.remove(caller)

    def add(self, question: Question) -> None:
        """Put a clip at the end of its caller's line."""
        if not question.caller.waiting and not question.caller.running:
            # An idle caller saves nothing up.
            question.caller.served = max(question.caller.served, self._level)
        question.caller.waiting.append(question)

    def take(self, questions: list[Question]) -> None:
        """Take clips out for a batch, and count them as served."""
        # The level before this batch, so that whoever comes while it runs is before those that are served by it.
        self._level = max(self._level, min(question.caller.served for question in questions))
        for question in questions:
            caller = question.caller
            caller.waiting.remove(question)
            caller.served += question.tokens
            caller.running += 1

    def in_turn(self) -> Iterator[Question]:
        """All clips in the order in which they should be served, as if each were served when it is yielded."""
        served = {caller: caller.served for caller in self._callers if caller.waiting}
        places = dict.fromkeys(served, 0)
        while served:
            caller = min(served, key=served.__getitem__)
            question = caller.waiting[places[caller]]
            yield question
            served[caller] += question.tokens
            places[caller] += 1
            if places[caller] == len(caller.waiting):
                del served[caller]

    def drop_answered(self) -> None:
        """Take out the clips whose answer nobody waits for any more."""
        for caller in self._callers:
            for question in caller.waiting:
                if not question.is_open and question.prepared is not None:
                    question.prepared.cancel()
            caller.waiting = [question for question in caller.waiting if question.is_open]

    @property
    def clips(self) -> int:
        return sum(len(caller.waiting) for caller in self._callers)

    @property
    def seconds(self) -> float:
        """The sound in all waiting clips."""
        return sum(question.clip.seconds for caller in self._callers for question in caller.waiting)

    @property
    def expects_more(self) -> bool:
        """Whether a caller is here that has nothing waiting and nothing with the model: it may ask in a moment."""
        return any(not caller.waiting and not caller.running for caller in self._callers)
