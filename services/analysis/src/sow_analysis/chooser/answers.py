"""The form of an answer, and the judge of whether one has it. An answer is numbers: it has no room for words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from sow_analysis.chooser.questions import Question
from sow_analysis.openai_api.errors import ApiAnswerError

_PHRASES_PER_JUMP = 3
"""One jump more is believed for so many phrases."""
_LONGEST_STEP = 2
"""Lines from one phrase to the next that are no jump."""


@dataclass(frozen=True, slots=True)
class Answer:
    """For each phrase of a question the line of the sheet that it is; None when it is none of them."""

    question: Question
    lines: tuple[int | None, ...]


def keys_of(question: Question) -> tuple[str, ...]:
    """Names of the phrases in questions and answers."""
    return tuple(f"p{i}" for i in range(len(question.phrases)))


def numbers_of(question: Question) -> range:
    """Numbers of the candidates. From 1 on, for small models count so whatever they are told."""
    return range(1, len(question.candidates) + 1)


def schema_of(question: Question) -> dict[str, Any]:
    """The JSON schema of an answer: for each phrase the number of a candidate, or null."""
    numbers = [None, *numbers_of(question)]
    keys = keys_of(question)
    return {
        "type": "object",
        "properties": {key: {"type": ["integer", "null"], "enum": numbers} for key in keys},
        "required": list(keys),
        "additionalProperties": False,
    }


def read_answer(text: str, question: Question) -> Answer:
    """The answer in a model's text, whatever else may stand around it.

    Raises:
        ApiAnswerError: it has not the form of `schema_of`, or is an order that nobody sings.
    """
    chosen = _object(text)
    keys = keys_of(question)
    if [*chosen] != [*dict.fromkeys(chosen)] or set(chosen) != set(keys):
        raise ApiAnswerError("The language model did not answer for each phrase once.")
    lines: list[int | None] = []
    for key in keys:
        number = chosen[key]
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            raise ApiAnswerError("The language model answered with something else than a number.")
        if number is not None and number not in numbers_of(question):
            raise ApiAnswerError("The language model chose a line that was not to choose from.")
        lines.append(None if number is None else question.candidates[number - 1])
    sung = [line for line in lines if line is not None]
    jumps = sum(not 0 <= b - a <= _LONGEST_STEP for a, b in pairwise(sung))
    if jumps > 1 + len(sung) // _PHRASES_PER_JUMP:
        raise ApiAnswerError("The language model answered with an order of lines that nobody sings.")
    return Answer(question, tuple(lines))


def _object(text: str) -> dict[str, Any]:
    start, end = text.find("{"), text.rfind("}")
    try:
        found: Any = json.loads(text[start : end + 1], object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ApiAnswerError("The language model did not answer in JSON.")
    return cast(dict[str, Any], found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made
