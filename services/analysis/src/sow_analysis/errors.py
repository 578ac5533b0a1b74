"""Every error that the analysis raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class AnalysisError(Exception):
    """Base class. Subclasses name one cause each."""

    code: ClassVar[str] = "analysis_failed"
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without anyone changing anything."""


class AudioNotFoundError(AnalysisError):
    """The recording is not there, or may not be read."""

    code = "audio_not_found"


class AudioUnreadableError(AnalysisError):
    """The file is not a recording that we decode: no sound in it, an unknown or forbidden container, or damaged."""

    code = "audio_unreadable"


class AudioTooLongError(AnalysisError):
    """The file decodes to more sound than the limit allows."""

    code = "audio_too_long"


class AudioSilentError(AnalysisError):
    """There is nothing to hear: silence, or too short for a single word."""

    code = "audio_silent"


class ModelUnavailableError(AnalysisError):
    """A model is not on disk and no source could provide it, or what arrived is not what was announced."""

    code = "model_unavailable"


class EngineUnavailableError(AnalysisError):
    """The caller asked for an engine by name that does not exist or cannot run here."""

    code = "engine_unavailable"


class StorageError(AnalysisError):
    """The object storage cannot be reached, or refused a read or a write."""

    code = "storage_failed"
    retryable = True


class StorageMisconfiguredError(StorageError):
    """The storage settings contradict each other, or name a storage of no known kind."""

    code = "storage_misconfigured"
    retryable = False


class ObjectKeyError(StorageError):
    """The key could leave its folder, or is not one that every storage keeps apart from its neighbours."""

    code = "object_key_invalid"
    retryable = False


class ObjectNotFoundError(StorageError):
    """The storage has no object of that key."""

    code = "object_not_found"
    retryable = False


class FetchError(AnalysisError):
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
