"""The form of answers: numbers of candidates, for every phrase once, in an order that somebody could sing."""

from __future__ import annotations

import pytest

from sow_analysis.chooser import Phrase, Question
from sow_analysis.chooser.answers import read_answer, schema_of
from sow_analysis.openai_api import ApiAnswerError


def question(phrases: int = 2, candidates: tuple[int, ...] = (4, 7, 9)) -> Question:
    return Question(tuple(Phrase(i, i + 1, "la la") for i in range(phrases)), candidates, (), ())


@pytest.mark.parametrize(
    "text",
    ['{"p0": 1, "p1": null}', ' \n{"p1": null, "p0": 1}', '```json\n{"p0": 1, "p1": null}\n```',
     "<think>p0 sounds like 1</think>Here: {\"p0\": 1, \"p1\": null} Bye."],
)  # fmt: skip
def test_an_answer_is_read_whatever_stands_around_it(text: str):
    assert read_answer(text, question()).lines == (4, None)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "7", "{", "line 3", '{"p0": 1}', '{"p0": 1, "p1": 2, "p2": 0}', '{"p0": 1, "p0": 2}',
        '{"p0": 1, "p1": 4}', '{"p0": 0, "p1": 1}', '{"p0": "1", "p1": 1}', '{"p0": 1.0, "p1": 1}',
        '{"p0": true, "p1": 1}', '{"p0": [1], "p1": 1}', '{"p0": NaN, "p1": 1}', '{"p0": 1e999, "p1": 1}',
        '{"p0": 1, "p1": 1} {"p0": 0, "p1": 1}', "[" * 100_000 + "{}", '{"p0": ' * 100_000 + "}",
        '{"p0": "' + "la " * 100_000 + '", "p1": 1}', '{"p0": ' + "9" * 5000 + ', "p1": 1}',
    ],
    ids=range(22),
)  # fmt: skip
def test_everything_else_is_refused(text: str):
    with pytest.raises(ApiAnswerError):
        read_answer(text, question())


def test_an_order_that_nobody_sings_is_refused():
    asked = question(6, tuple(range(20)))
    with pytest.raises(ApiAnswerError, match="nobody sings"):
        read_answer('{"p0": 9, "p1": 2, "p2": 18, "p3": 5, "p4": 1, "p5": 11}', asked)
    assert read_answer('{"p0": 9, "p1": 10, "p2": 2, "p3": 3, "p4": 3, "p5": 4}', asked).lines == (8, 9, 1, 2, 2, 3)


def test_the_schema_leaves_room_for_numbers_alone():
    schema = schema_of(question())
    assert schema["required"] == ["p0", "p1"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["p1"] == {"type": ["integer", "null"], "enum": [None, 1, 2, 3]}
