"""What routes ask for, each as a type."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from sow_analysis.runtime import Runtime as _Runtime


def _runtime(request: Request) -> _Runtime:
    return request.app.state.runtime


Runtime = Annotated[_Runtime, Depends(_runtime)]

JobId = Annotated[
    str,
    Path(pattern="^[0-9a-f]{32}$", description="A job's id.", examples=["0193a0e1c9b57e60a1b2c3d4e5f60718"]),
]

ContentHash = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of the recording's bytes, in hex.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
