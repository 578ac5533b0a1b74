"""What routes ask for, as a type."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from qwen3_align.service.runtime import Runtime as _Runtime


def _runtime(request: Request) -> _Runtime:
    return request.app.state.runtime


Runtime = Annotated[_Runtime, Depends(_runtime)]
