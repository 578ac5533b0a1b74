"""Every error that the command answers with on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar

from song_audio.errors import CodedError


class MusicModelsError(CodedError):
    """Base class of the errors of this package. A recording's own are in `song_audio.errors`."""

    code: ClassVar[str] = "music_models_failed"


class ModelUnavailableError(MusicModelsError):
    """A checkpoint is neither on disk nor to be had."""

    code = "model_unavailable"


class ModelUnusableError(MusicModelsError):
    """A checkpoint is there, but damaged, of another kind, or it holds more than numbers."""

    code = "model_unusable"


class StemsUnusableError(MusicModelsError):
    """The folder of stems lacks one, or they are not of the same song."""

    code = "stems_unusable"


class DeviceUnavailableError(MusicModelsError):
    """The device that was named is not here."""

    code = "device_unavailable"


class OutOfMemoryError(MusicModelsError):
    """The machine or the device has not enough memory for this recording."""

    code = "out_of_memory"


class NotWritableError(MusicModelsError):
    """The folder for the stems cannot be written to."""

    code = "not_writable"
