"""Every error that this service raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class AlignError(Exception):
    """Base class. Subclasses name one cause each."""

    code: ClassVar[str] = "align_failed"
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without anyone changing anything."""
