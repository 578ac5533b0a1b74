"""Every error that this service raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class AlignError(Exception):
    """Base class. Subclasses name one cause each."""

    code: ClassVar[str] = "align_failed"
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without anyone changing anything."""


class UnsupportedLanguageError(AlignError):
    """The model does not know the language of the lyrics."""

    code = "language_unsupported"


class TextUnusableError(AlignError):
    """There is no word to sing in the lyrics, or more than can be sung in the time."""

    code = "text_unusable"


class WindowsInvalidError(AlignError):
    """The windows contradict each other or the recording."""

    code = "windows_invalid"
