"""Every error that a recording can cause on its way in. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class CodedError(Exception):
    """Base class of all errors that are raised on purpose, here and in the services. Subclasses name one cause each."""

    code: ClassVar[str] = "failed"
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without anyone changing anything."""


class AudioNotFoundError(CodedError):
    """The recording is not there, or may not be read."""

    code = "audio_not_found"


class AudioUnreadableError(CodedError):
    """The file is not a recording that we decode: no sound in it, an unknown or forbidden container, or damaged."""

    code = "audio_unreadable"


class AudioTooLongError(CodedError):
    """The file decodes to more sound than the limit allows."""

    code = "audio_too_long"


class AudioSilentError(CodedError):
    """There is nothing to hear: silence, or too short for a single word."""

    code = "audio_silent"


class FetchError(CodedError):
    """A recording could not be brought here from its URL."""

    code = "fetch_failed"


class UrlRefusedError(FetchError):
    """The URL is malformed, has credentials in it, or its scheme, port or bucket is not allowed."""

    code = "url_refused"


class AddressRefusedError(FetchError):
    """The URL leads to an address that is not on the public internet."""

    code = "address_refused"


class FetchRejectedError(FetchError):
    """The server answered that it will not give the recording, or sent us round in circles."""

    code = "fetch_rejected"


class FetchTooLargeError(FetchError):
    """More bytes come than the limit allows."""

    code = "fetch_too_large"


class FetchUnavailableError(FetchError):
    """The server cannot be reached, is overloaded, or broke off in the middle."""

    code = "fetch_unavailable"
    retryable = True


class FetchTooSlowError(FetchError):
    """The recording did not arrive in time, or only in drips."""

    code = "fetch_too_slow"
    retryable = True
