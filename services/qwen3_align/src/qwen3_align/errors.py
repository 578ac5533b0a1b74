"""Every error that the alignment service raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar

from song_audio.errors import CodedError


class AlignError(CodedError):
    """Base class of the errors of this package. A recording's own are in `song_audio.errors`."""

    code: ClassVar[str] = "align_failed"


class ModelError(AlignError):
    """The model cannot be loaded."""

    code = "model_failed"


class ModelNotFoundError(ModelError):
    """There is no such folder, or the hub has no such repository or revision, or does not let us have it."""

    code = "model_not_found"


class ModelNotOnDiskError(ModelError):
    """The model was not downloaded yet, or not whole, and this process may not use the network."""

    code = "model_not_on_disk"


class HubUnreachableError(ModelError):
    """The hub does not answer, or the download broke off."""

    code = "hub_unreachable"
    retryable = True


class NotAnAlignerError(ModelError):
    """The checkpoint is whole but of another kind, or its tensors are not those that the aligner needs."""

    code = "not_an_aligner"


class DeviceUnavailableError(ModelError):
    """The settings name a device that is not here, or a type of number that it cannot work with."""

    code = "device_unavailable"


class ModelNotLoadedError(AlignError):
    """The model was asked something before it was loaded, or after it was unloaded."""

    code = "model_not_loaded"
    retryable = True


class ModelMemoryError(AlignError, MemoryError):
    """The device has not enough memory for this batch. A smaller one may fit."""

    code = "model_out_of_memory"
    retryable = True


class UnsupportedLanguageError(AlignError):
    """The model was not trained for that language."""

    code = "language_unsupported"


class UnusableClipError(AlignError):
    """The clip is empty or too long, its sound is no row of finite numbers, or a unit is not what the model reads."""

    code = "unusable_clip"


class TextUnusableError(AlignError):
    """There is no word to sing in the lyrics, or more than can be sung in the time."""

    code = "text_unusable"


class WindowsInvalidError(AlignError):
    """The windows contradict each other or the recording."""

    code = "windows_invalid"
