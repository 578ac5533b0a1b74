"""Every error that the analysis raises on purpose. `code` is stable; the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class AnalysisError(Exception):
    """Base class. Subclasses name one cause each."""

    code: ClassVar[str] = "analysis_failed"


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
