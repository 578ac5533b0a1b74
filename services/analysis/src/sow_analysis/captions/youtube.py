"""Asks YouTube through `youtube-transcript-api`: which tracks a video has, and what one of them says.

The library knows the ways of YouTube's pages and is the part to update when these change. It gives phrases only, while
YouTube has times of words in its json3 form; so the track is asked for here, at the address that the library found.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from youtube_transcript_api import (
    AgeRestricted,
    CouldNotRetrieveTranscript,
    FailedToCreateConsentCookie,
    InvalidVideoId,
    PoTokenRequired,
    RequestBlocked,
    Transcript,
    TranscriptsDisabled,
    VideoUnavailable,
    VideoUnplayable,
    YouTubeTranscriptApi,
)

from sow_analysis.captions.errors import (
    CaptionsError,
    Lack,
    NoCaptionsError,
    YouTubeBlockedError,
    YouTubeUnreadableError,
)
from sow_analysis.captions.tracks import Track
from sow_analysis.captions.web import translated

_ODD_SHAPES = (KeyError, IndexError, TypeError, AttributeError, ValueError)
"""What the library runs into when YouTube's JSON is not as it expects."""
_NEEDS_TOKEN = "exp=xpe"
_FOR_A_WHILE = ("bot", "reloaded", "try again", "something went wrong", "an error occurred")


class Video:
    """One video, through one session. Raises CaptionsError, and no other."""

    def __init__(self, video: str, session: requests.Session) -> None:
        self._id = video
        self._session = session
        self._found: dict[Track, Transcript] = {}

    def tracks(self) -> tuple[Track, ...]:
        """Its tracks as they were made."""
        with _understood():
            listed = list(YouTubeTranscriptApi(http_client=self._session).list(self._id))
        self._found = {Track(each.language_code, each.is_generated): each for each in listed}
        return tuple(self._found)

    def text(self, track: Track) -> bytes:
        """What a track of `tracks` says, as YouTube sends it."""
        address = _address(self._found[track])
        if _NEEDS_TOKEN in address:
            raise NoCaptionsError(Lack.GUARDED, "YouTube gives the captions of this video to its own player only.")
        with _understood():
            return self._session.get(address).content


def _address(transcript: Transcript) -> str:
    """Where the track is, in json3. The library has no public name for it."""
    url = urlsplit(transcript._url)  # pyright: ignore[reportPrivateUsage]
    query = [(name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name not in _NOT_ASKED]
    return urlunsplit(url._replace(query=urlencode([*query, ("fmt", "json3")])))


_NOT_ASKED = frozenset({"fmt", "tlang"})
"""Another form; a translation."""


@contextmanager
def _understood() -> Generator[None]:
    """Say in our words what went wrong. The library's are pages long, and name its own repository."""
    try:
        yield
    except CaptionsError:
        raise
    except CouldNotRetrieveTranscript as error:
        raise _meant(error) from None
    except requests.RequestException as error:
        raise translated(error) from None
    except _ODD_SHAPES as error:
        raise YouTubeUnreadableError("YouTube sent something that cannot be read.") from error


def _meant(error: CouldNotRetrieveTranscript) -> CaptionsError:
    match error:
        case TranscriptsDisabled():
            return NoCaptionsError(Lack.DISABLED, "The video has no captions.")
        case VideoUnavailable():
            return NoCaptionsError(Lack.REMOVED, "The video is no longer on YouTube.")
        case InvalidVideoId():
            return NoCaptionsError(Lack.INVALID, "YouTube knows no such video.")
        case AgeRestricted():
            return NoCaptionsError(Lack.AGE_RESTRICTED, _AGE)
        case VideoUnplayable():
            return _unplayable(" ".join([error.reason or "", *error.sub_reasons]).strip())
        case PoTokenRequired():
            return NoCaptionsError(Lack.GUARDED, "YouTube gives the captions of this video to its own player only.")
        case RequestBlocked():
            return YouTubeBlockedError("YouTube takes this machine for a robot. A proxy may help.")
        case FailedToCreateConsentCookie():
            return YouTubeBlockedError("YouTube asks for a consent that a program cannot give.")
        case _:
            return YouTubeUnreadableError("YouTube sent a page that the captions library does not understand.")


def _unplayable(reason: str) -> CaptionsError:
    told = reason.casefold()
    if any(word in told for word in _FOR_A_WHILE):
        return YouTubeBlockedError("YouTube takes this machine for a robot. A proxy may help.")
    if "private" in told:
        return NoCaptionsError(Lack.PRIVATE, "The video is private.")
    if "your age" in told or "inappropriate" in told:
        return NoCaptionsError(Lack.AGE_RESTRICTED, _AGE)
    if any(word in told for word in ("removed", "terminated", "no longer available", "does not exist")):
        return NoCaptionsError(Lack.REMOVED, "The video is no longer on YouTube.")
    shown = " ".join(reason.split())[:200] or "it does not say why"
    return NoCaptionsError(Lack.UNPLAYABLE, f"YouTube does not play the video: {shown}")


_AGE = "The video is restricted by age; its captions are for those only who sign in."
