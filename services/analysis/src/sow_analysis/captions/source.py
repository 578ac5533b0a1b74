"""The captions of a video as evidence. One `YouTubeCaptions` serves all jobs of a process."""

from __future__ import annotations

from dataclasses import dataclass, field

from lyric_timing.heard import Heard
from sow_analysis.caches.disk import DiskCache
from sow_analysis.captions.breaker import Breaker, ConsecutiveBreaker
from sow_analysis.captions.cleaning import clean
from sow_analysis.captions.clock import Clock, SystemClock
from sow_analysis.captions.errors import Lack, NoCaptionsError, YouTubeError, YouTubePausedError
from sow_analysis.captions.limiter import Limiter
from sow_analysis.captions.remembered import Remembered
from sow_analysis.captions.timedtext import read_track
from sow_analysis.captions.tokens import heard_of
from sow_analysis.captions.tracks import choose
from sow_analysis.captions.video import video_id
from sow_analysis.captions.web import WebOptions, open_session
from sow_analysis.captions.youtube import Video


@dataclass(frozen=True, slots=True)
class CaptionsOptions:
    """How captions are fetched. The defaults are gentle: YouTube blocks addresses that ask much."""

    web: WebOptions = field(default_factory=WebOptions)
    concurrency: int = 1
    """Requests under way at once in this process."""
    spacing: float = 1.0
    """Seconds from one request to the next; a song takes three."""
    failures: int = 4
    """In a row, after which YouTube is left in peace ..."""
    pause: float = 300.0
    """... for so many seconds."""


class YouTubeCaptions:
    """Fetches captions and makes heard words of them. Threads may share it, and jobs should.

    Args:
        disk: where transcripts and refusals are remembered; None remembers nothing.
        breaker: another than its own; it is told of every outcome that says something about YouTube.
        clock: another than the machine's, for tests.
    """

    name = "youtube-captions"

    def __init__(
        self,
        options: CaptionsOptions | None = None,
        disk: DiskCache | None = None,
        *,
        breaker: Breaker | None = None,
        clock: Clock | None = None,
    ) -> None:
        options = options or CaptionsOptions()
        self._web = options.web
        self._clock = clock or SystemClock()
        self._limiter = Limiter(options.concurrency, options.spacing, self._clock)
        self._breaker = breaker or ConsecutiveBreaker(options.failures, options.pause, self._clock)
        self._remembered = Remembered(disk, self._clock) if disk is not None else None

    def hear(self, url: str, language: str | None) -> Heard:
        """The captions of the video at `url` in the song's language (a code or tag; None finds out), in seconds of the
        video. What they say is not checked against the recording: see `fit_captions`. May block for minutes.

        Raises:
            NoCaptionsError: there are none that can be used, and there will be none soon.
            YouTubeError: YouTube did not answer as it should; later it may.
        """
        video = video_id(url)
        if video is None:
            raise NoCaptionsError(Lack.INVALID, "This is not the address of one video on YouTube.")
        if self._remembered is not None and (known := self._remembered.recall(video, language)) is not None:
            return known
        if not self._breaker.allow():
            raise YouTubePausedError("YouTube failed several times in a row, and is left in peace for a while.")
        try:
            heard = self._fetched(video, language)
        except NoCaptionsError as error:
            self._breaker.success()
            if self._remembered is not None:
                self._remembered.keep_refusal(video, language, error)
            raise
        except YouTubePausedError:  # not YouTube's doing
            raise
        except YouTubeError:
            self._breaker.failure()
            raise
        self._breaker.success()
        if self._remembered is not None:
            self._remembered.keep(video, language, heard)
        return heard

    def _fetched(self, video: str, language: str | None) -> Heard:
        with open_session(self._web, self._limiter, self._clock) as session:
            page = Video(video, session)
            track = choose(page.tracks(), language)
            data = page.text(track)
        heard = heard_of(clean(read_track(data)), track.language, automatic=track.automatic)
        if not heard.tokens:
            raise NoCaptionsError(Lack.EMPTY, "The captions of the video hold no words that are sung.")
        return heard
