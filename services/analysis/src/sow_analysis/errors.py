"""Every error that the analysis raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar

from song_audio.errors import CodedError


class AnalysisError(CodedError):
    """Base class of the errors of this package. A recording's own are in `song_audio.errors`."""

    code: ClassVar[str] = "analysis_failed"


class ModelUnavailableError(AnalysisError):
    """A model is not on disk and no source could provide it, or what arrived is not what was announced."""

    code = "model_unavailable"


class EngineUnavailableError(AnalysisError):
    """The caller asked for an engine by name that does not exist or cannot run here."""

    code = "engine_unavailable"


class MusicModelsUnavailableError(EngineUnavailableError):
    """The program of music models is not there, or lacks a model."""

    code = "music_models_unavailable"


class MusicModelsFailedError(AnalysisError):
    """The program of music models could not do this task, died of it, or took too long."""

    code = "music_models_failed"


class MusicModelsAnswerError(AnalysisError):
    """The program of music models answered with something that cannot be true of the song."""

    code = "music_models_answer_invalid"


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
