"""A language model as chooser, behind any server that speaks OpenAI's chat completions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import BaseModel, Field, ValidationError

from lyric_timing.sheet import LyricSheet
from sow_analysis.chooser.answers import Answer, read_answer, schema_of
from sow_analysis.chooser.prompt import INSTRUCTIONS, document_of
from sow_analysis.chooser.questions import Question
from sow_analysis.chooser.trial import Answers
from sow_analysis.engines.protocols import Fraction
from sow_analysis.openai_api import Allowance, ApiAnswerError, ApiClient, ApiError, Budget, Send
from sow_analysis.openai_api.errors import ApiFormError, ApiPausedError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_MOST_ANSWER_TOKENS = 2000
"""Far more than an answer has: some models think aloud first."""
_MOST_BYTES = 200_000
_BYTES_PER_TOKEN = 3
"""About, where the server does not count."""


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Usage(BaseModel):
    total_tokens: int = Field(ge=0, le=10_000_000)


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """How the form of the answer is asked for."""

    schema: bool
    json: bool
    greedy: bool


_FORMS = (_Form(True, True, True), _Form(True, True, False), _Form(False, True, False), _Form(False, False, False))
"""From the best on. Some servers know no schemas, some models no temperature."""


class LlmChooser:
    """Chooses lines by asking a language model.

    Args:
        client: of the server.
        model: its name for the model.
        allowance: what one call of `choose` may spend.
        seconds: for one answer.
    """

    name = "llm"

    def __init__(
        self, client: ApiClient, model: str, *, allowance: Allowance | None = None, seconds: float = 30.0
    ) -> None:
        self._client = client
        self._model = model
        self._allowance = allowance or Allowance()
        self._seconds = seconds
        self._form = 0

    def available(self) -> str | None:
        """None when the server may be asked, else why not. Asks nobody."""
        return self._client.why_not()

    def choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        """Answers to as many of the questions as the allowance is enough for. Not to be called in an event loop.

        Raises:
            ApiError, ApiPausedError: there is no answer at all.
        """
        return anyio.run(self._choose, sheet, questions, progress)

    async def _choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        budget = Budget(self._allowance)
        answers: list[Answer] = []
        unusable = 0
        failure: ApiError | ApiPausedError | None = None
        async with self._client.opened() as api:
            for done, question in enumerate(questions, 1):
                try:
                    answers.append(await self._ask(api, sheet, question, budget))
                except ApiAnswerError as error:
                    unusable, failure = unusable + 1, error
                except (ApiError, ApiPausedError) as error:
                    failure = error
                    break
                progress(done / len(questions))
        if failure is not None and not answers:
            raise failure
        return Answers(tuple(answers), unusable, None if failure is None else str(failure))

    async def _ask(self, api: AsyncOpenAI, sheet: LyricSheet, question: Question, budget: Budget) -> Answer:
        document = document_of(question, sheet)
        while True:
            form = _FORMS[self._form]
            send = self._request(document, question, form)
            try:
                body = await self._client.call(api, send, budget, seconds=self._seconds, most_bytes=_MOST_BYTES)
                break
            except ApiFormError:
                if self._form + 1 == len(_FORMS):
                    raise
                self._form += 1
        completion = _completion(body)
        estimate = (len(INSTRUCTIONS) + len(document.encode()) + len(body)) // _BYTES_PER_TOKEN
        budget.take_tokens(completion.usage.total_tokens if completion.usage else estimate)
        return read_answer(completion.choices[0].message.content or "", question)

    def _request(self, document: str, question: Question, form: _Form) -> Send:
        options: dict[str, Any] = {}
        if form.schema:
            schema = {"name": "choice", "strict": True, "schema": schema_of(question)}
            options["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif form.json:
            options["response_format"] = {"type": "json_object"}
        if form.greedy:
            options["temperature"] = 0

        def send(api: AsyncOpenAI) -> Any:
            create: Any = api.chat.completions.with_streaming_response.create  # its overloads know no such options
            return create(
                model=self._model,
                messages=[{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": document}],
                max_completion_tokens=_MOST_ANSWER_TOKENS,
                **options,
            )

        return send


def _completion(body: bytes) -> _Completion:
    try:
        return _Completion.model_validate_json(body)
    except ValidationError:
        raise ApiAnswerError("The server did not answer with a chat completion. Is the address right?") from None
