"""What is expected of every engine under every fault: the table behind the fault matrix and behind docs/faults.md.

Most of it goes by rule: both engines that speak OpenAI's protocol share one client, and all models one store. What an
engine has of its own is named with it. A sentence here is what the job says, with `…` for what differs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from sow_analysis.lrc import Outcome


@dataclass(frozen=True)
class Expected:
    """How the engine's turn ends, and what the job says of it."""

    outcome: Outcome
    says: str | None = None

    @property
    def pattern(self) -> str:
        """What the sentence looks like, as a regular expression, wherever its lines break."""
        parts = ([re.escape(word) for word in part.split(" ")] for part in (self.says or "").split("…"))
        return ".+?".join(r"\s+".join(words) for words in parts)

    def is_said_in(self, reason: str | None) -> bool:
        """Whether a reason is that sentence, all of it."""
        if self.says is None or reason is None:
            return self.says is reason
        return re.fullmatch(self.pattern, reason, re.DOTALL) is not None


def _unavailable(says: str) -> Expected:
    return Expected(Outcome.UNAVAILABLE, says)


def _failed(says: str) -> Expected:
    return Expected(Outcome.FAILED, says)


SERVED = Expected(Outcome.SERVED)

NETWORK = {
    "refused": "the connection is refused",
    "dns": "the server's name is not found",
    "hang": "it takes the request and never answers",
    "busy": "429",
    "busy-soon": "429 once, with a short `Retry-After`",
    "busy-later": "429, with a `Retry-After` of an hour",
    "broken": "500",
    "cut-off": "the answer is cut off in the middle",
    "malformed": "malformed JSON",
    "wrong-schema": "JSON of another kind",
    "empty": "an empty answer",
    "huge": "an answer without end",
    "drip": "an answer that comes in drips",
    "expired-key": "the key has expired, or access is refused",
    "nonsense": "an answer of the right form that cannot be true",
}
"""Faults of servers, as docs/faults.md calls them."""

LOCAL = {
    "missing": "the model is not on disk, and cannot be fetched",
    "truncated": "a file of the model is cut short",
    "other-bytes": "a file of the model has other bytes",
    "rotten": "a file has gone bad since it was checked",
}
"""Faults of models. None can be fetched again: there is no network."""


def _api(no_answer: str, nonsense: str) -> dict[str, Expected]:
    """A server that speaks OpenAI's protocol; `no_answer` is said of what has not the form of an answer."""
    away = _unavailable("The server at … cannot be reached, or hung up. Is the address right?")
    slow = _unavailable("The server at … did not answer within … s.")
    busy = _unavailable("The server at … is overloaded, or has had enough of us (status 429).")
    return {
        "refused": away,
        "dns": away,
        "hang": slow,
        "busy": busy,
        "busy-soon": SERVED,
        "busy-later": busy,
        "broken": _unavailable("The server at … failed (status 500)."),
        "cut-off": _unavailable("The server at … broke off (…)."),
        "malformed": _failed(no_answer),
        "wrong-schema": _failed(no_answer),
        "empty": _failed(no_answer),
        "huge": _failed("The server at … sends more than … bytes."),
        "drip": slow,
        "expired-key": _unavailable(
            "The server at … does not accept the key (status 401). Is it right, and still valid?"
        ),
        "nonsense": _failed(nonsense),
    }


def _model(name: str, file: str) -> dict[str, Expected]:
    """A model of the store; `file` is what a damaged one says of the file."""
    absent = _unavailable(f"The model {name} could not be fetched. Tried: … Check the network, or put … by hand.")
    rotten = f"The model {name} in … cannot be read{file} Check it with: sow models verify {name}"
    return {"missing": absent, "truncated": absent, "other-bytes": absent, "rotten": _unavailable(rotten)}


def _qwen3() -> dict[str, Expected]:
    away = _unavailable("The Qwen3 server at … cannot be reached, twice.")
    slow = _unavailable("The Qwen3 server at … did not answer within … s.")
    busy = "The Qwen3 server at … is busy or away, status 429"
    return {
        "refused": away,
        "dns": away,
        "hang": slow,
        "busy": _unavailable(f"{busy}, twice."),
        "busy-soon": SERVED,
        "busy-later": _unavailable(f"{busy}; it asks to be left alone for 3600 s."),
        "broken": _unavailable("The Qwen3 server at … failed, status 500"),
        "cut-off": _unavailable("The Qwen3 server at … broke off (…), twice."),
        "malformed": _failed("The Qwen3 server's answer cannot be right: Invalid JSON: …"),
        "wrong-schema": _failed("The Qwen3 server's answer cannot be right: lines: …"),
        "empty": _failed("The Qwen3 server's answer cannot be right: Invalid JSON: …"),
        "huge": _failed("The Qwen3 server at … sends more than … bytes."),
        "drip": slow,
        "expired-key": _unavailable("The Qwen3 server at … does not accept the key. Give it the server's: …"),
        "nonsense": _failed("The Qwen3 server's answer cannot be right: line 1 is not the line that was sent."),
    }


def _youtube() -> dict[str, Expected]:
    away = _unavailable("YouTube cannot be reached, or broke off.")
    busy = _unavailable("YouTube says that it is asked too often (429).")
    odd = _unavailable("YouTube sent a track that cannot be read.")
    return {
        "refused": away,
        "dns": away,
        "hang": _unavailable("YouTube stopped answering."),
        "busy": busy,
        "busy-soon": Expected(Outcome.SERVED, "Nothing was heard to check the captions: kept as they are."),
        "busy-later": busy,
        "broken": _unavailable("YouTube has trouble of its own (500)."),
        "cut-off": away,
        "malformed": odd,
        "wrong-schema": odd,
        "empty": _unavailable("YouTube sent an empty track; it does so to programs that it distrusts."),
        "huge": _unavailable("YouTube sent more than … MB, which is the limit."),
        "drip": _unavailable("YouTube's answer comes in drips."),
        "expired-key": _unavailable("YouTube refuses to answer this machine (403)."),
        "nonsense": Expected(
            Outcome.REJECTED,
            "The captions go on for … s after the recording's end: of another performance: refused.",
        ),
    }


def _llm() -> dict[str, Expected]:
    usual = _api(
        "The server did not answer with a chat completion. Is the address right?",
        "The language model chose a line that was not to choose from.",
    )
    return usual | {"busy-soon": Expected(Outcome.SERVED, "… of … questions answered, … answers followed.")}


TABLE: Mapping[str, Mapping[str, Expected]] = {
    "youtube-captions": _youtube(),
    "transcription-api": _api(
        "The server did not answer with a transcription. Is the address right?",
        "The transcription has more words than anybody sings in that time.",
    ),
    "llm": _llm(),
    "qwen3": _qwen3(),
    "whisper": _model("whisper-tiny", ": …."),
    "whisper-align": _model("whisper-tiny", ": …."),
    "spleeter": _model("spleeter-2stems", " (…)."),
}
"""By engine and fault."""

CELLS = tuple((engine, fault) for engine, row in TABLE.items() for fault in row)

_WITHOUT = {
    "youtube-captions": "the order of the lines is found from what was heard, else it is that of the sheet.",
    "transcription-api": "the order of the lines is found from captions, else it is that of the sheet.",
    "llm": "lines that matching left in doubt stay as matching had them.",
    "qwen3": "`whisper-align` and `pocketsphinx` place the words.",
    "whisper": "`transcription-api` hears the words, where it is set up; else captions tell the order of the lines.",
    "whisper-align": "`qwen3` and `pocketsphinx` place the words.",
    "spleeter": "the others listen to the whole recording, and it is not known where nobody sings.",
}
"""What the user gets in place of the engine's work."""

_HEAD = """\
# When something fails

<!-- Written by services/analysis/tests/support/fault_table.py; `make docs` writes it anew. -->

Any engine can fail, and the song is timed all the same: every printed line is in the result, in order, at times within
the recording. The job's attempts (`sow status JOB`, or the report of `sow align`) say which engine did not serve, and
why. Nothing fails silently, and no wait is without a limit.

Below is how an engine's turn ends under each fault, and what the job says then. `…` stands for what differs: an
address, a number, a folder. Each row is a test (`test_fault_matrix.py`) against a real server, or a real folder of
models, that misbehaves in that way; unless the engine served, the result is the one that the song has without it.
What was *unavailable* or *failed* may go better another time, so such a result is not kept in the service's cache.
[engines.md](engines.md) says what the engines do. `pocketsphinx` has no table: it needs no server, and its model comes
with it.
"""
_TABLE = """\
## {engine}

Without it, {without}

| fault | outcome | the job says |
|---|---|---|
{rows}
"""


def page() -> str:
    """The text of docs/faults.md."""
    names = NETWORK | LOCAL
    parts = [_HEAD]
    for engine, row in TABLE.items():
        rows = (f"| {names[fault]} | {each.outcome} | {each.says or ''} |" for fault, each in row.items())
        parts.append(_TABLE.format(engine=engine, without=_WITHOUT[engine], rows="\n".join(rows)))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
