"""Kinds of settings that services have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, SecretStr


def _none_if_blank(value: object) -> object:
    return None if value == "" else value


Secret = Annotated[SecretStr | None, BeforeValidator(_none_if_blank)]
"""A secret that is not set when its variable is empty, as compose files leave it."""
OptionalText = Annotated[str | None, BeforeValidator(_none_if_blank)]
"""A text of which the same holds."""
