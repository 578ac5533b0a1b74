"""Why there are no captions. What can pass is told from what will not, for only the first is worth another try."""

from __future__ import annotations

from enum import StrEnum

from sow_analysis.errors import AnalysisError, EngineUnavailableError


class CaptionsError(AnalysisError):
    """Base class. The messages are the reasons that a job's attempts show."""

    code = "captions_failed"


class Lack(StrEnum):
    """Why a video has no captions for us, and will have none tomorrow."""

    INVALID = "invalid"
    DISABLED = "disabled"
    PRIVATE = "private"
    REMOVED = "removed"
    UNPLAYABLE = "unplayable"
    AGE_RESTRICTED = "age_restricted"
    LANGUAGE = "language"
    GUARDED = "guarded"
    EMPTY = "empty"


class NoCaptionsError(CaptionsError, EngineUnavailableError):
    """The video has no captions that can be used; `lack` says why. Not worth a second try."""

    code = "captions_missing"

    def __init__(self, lack: Lack, message: str) -> None:
        super().__init__(message)
        self.lack = lack


class YouTubeError(CaptionsError, EngineUnavailableError):
    """YouTube did not answer as it should, this time."""

    code = "youtube_failed"
    retryable = True


class YouTubeRateLimitError(YouTubeError):
    """YouTube says that we ask too often (429); `wait` is how many seconds it wants us to wait, if it says."""

    code = "youtube_rate_limit"

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class YouTubeBlockedError(YouTubeError):
    """YouTube takes this machine for a robot, or wants a consent that cannot be given."""

    code = "youtube_blocked"


class YouTubeUnreachableError(YouTubeError):
    """YouTube, or the proxy, cannot be reached, broke off, or has trouble of its own (5xx)."""

    code = "youtube_unreachable"


class YouTubeTooSlowError(YouTubeError):
    """An answer did not come in time."""

    code = "youtube_too_slow"


class YouTubeUnreadableError(YouTubeError):
    """An answer is not what was asked for: malformed, or far too large."""

    code = "youtube_unreadable"


class YouTubePausedError(YouTubeError):
    """YouTube was not asked at all: it failed too often just now, or too many are waiting for it already."""

    code = "youtube_paused"
