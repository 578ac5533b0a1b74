"""What can go wrong with a song's recording or lyrics."""

from __future__ import annotations

from sow_analysis.errors import AnalysisError


class RecordingNotFoundError(AnalysisError):
    """No recording of this content hash was uploaded."""

    code = "recording_not_found"


class LyricsNotFoundError(AnalysisError):
    """The song has no timed lyrics, or not that version of them."""

    code = "lyrics_not_found"


class EditedMeanwhileError(AnalysisError):
    """The current version is not the one that the caller edited."""

    code = "edited_meanwhile"


class PreconditionMissingError(AnalysisError):
    """There are lyrics already, and the caller did not say which version was edited."""

    code = "precondition_missing"


class AnalysisNotFoundError(AnalysisError):
    """The recording was not analysed."""

    code = "analysis_not_found"


class StemNotFoundError(AnalysisError):
    """The recording was not separated, or not into that stem."""

    code = "stem_not_found"
