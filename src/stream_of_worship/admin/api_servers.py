"""The servers that `sow align` may ask by OpenAI's protocol: addresses by option or environment, keys by environment.

A key among the arguments would be seen by everyone who lists processes. The Analysis Service has settings of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from stream_of_worship.admin.errors import UsageError

if TYPE_CHECKING:
    from sow_analysis.openai_api import ApiSetup

LLM, TRANSCRIPTION = "SOW_LLM", "SOW_TRANSCRIPTION"
"""What the variables begin with."""
URL, KEY, MODEL = "_URL", "_KEY", "_MODEL"
_USUAL_MODEL = {TRANSCRIPTION: "whisper-1"}

LlmUrl = Annotated[
    str | None,
    typer.Option(
        "--llm-url",
        envvar=LLM + URL,
        metavar="URL",
        help="Address of a server of language models, for lines in doubt. Default: do without. Its key: SOW_LLM_KEY.",
        show_default=False,
    ),
]
LlmModel = Annotated[
    str | None,
    typer.Option(
        "--llm-model",
        envvar=LLM + MODEL,
        metavar="NAME",
        help="The language model, by its name on that server.",
        show_default=False,
    ),
]
TranscriptionUrl = Annotated[
    str | None,
    typer.Option(
        "--transcription-url",
        envvar=TRANSCRIPTION + URL,
        metavar="URL",
        help="Address of a server that transcribes, where Whisper cannot serve here. Default: do without. "
        "Its key: SOW_TRANSCRIPTION_KEY.",
        show_default=False,
    ),
]
TranscriptionModel = Annotated[
    str | None,
    typer.Option(
        "--transcription-model",
        envvar=TRANSCRIPTION + MODEL,
        metavar="NAME",
        help="The model that transcribes, by its name on that server. Default: whisper-1.",
        show_default=False,
    ),
]


def setup_at(
    prefix: str, url: str | None, model: str | None, environment: Mapping[str, str] = os.environ
) -> ApiSetup | None:
    """The server at `url`, with the key of the environment; None without an address.

    Raises:
        UsageError: the address or the key is none, or no model is named.
    """
    from sow_analysis.openai_api import ApiMisconfiguredError, ApiSetup

    if not url:
        return None
    model = model or _USUAL_MODEL.get(prefix)
    if model is None:
        option = prefix.removeprefix("SOW_").lower()
        raise UsageError(f"--{option}-url needs a model too: name one by --{option}-model or {prefix}{MODEL}")
    try:
        return ApiSetup(url, model, environment.get(prefix + KEY, "").strip() or None)
    except ApiMisconfiguredError as error:
        raise UsageError(str(error)) from None
