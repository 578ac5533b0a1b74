"""What the command says to the program that runs it: JSON, one object a line, and nothing else on that channel.

Libraries print to the standard output when they please. So the channel is moved to a descriptor of its own before any
of them is imported, and what they print joins the standard error.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_STEP = 0.005


class Answers:
    """Writes lines to a descriptor. If nobody reads them any more, the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._told: tuple[str, float] | None = None

    def progress(self, stage: str, share: float) -> None:
        """Say how far a stage is, 0 to 1. Steps too small to matter are left out."""
        share = min(1.0, max(0.0, share))
        stage_told, share_told = self._told or ("", 0.0)
        if stage == stage_told and share < 1.0 and share < share_told + _STEP:
            return
        self._told = (stage, share)
        self._write({"progress": [stage, round(share, 4)]})

    def result(self, result: dict[str, Any]) -> None:
        """The last line, if all went well."""
        self._write({"result": result})

    def error(self, code: str, message: str) -> None:
        """The last line, if not."""
        self._write({"error": {"code": code, "message": message}})

    def _write(self, line: dict[str, Any]) -> None:
        data = (json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode()
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except BrokenPipeError:  # nobody is left to work for
            raise SystemExit(1) from None


def claim_standard_output() -> Answers:
    """Take the standard output for answers; all that is printed from now on goes to the standard error."""
    sys.stdout.flush()
    descriptor = os.dup(1)
    os.dup2(2, 1)
    return Answers(descriptor)
