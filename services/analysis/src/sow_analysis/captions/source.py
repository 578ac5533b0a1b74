"""The captions of a video as evidence. One `YouTubeCaptions` serves all jobs of a process."""

from __future__ import annotations

from lyric_timing.heard import Heard
from sow_analysis.caches.disk import DiskCache
from sow_analysis.captions.cleaning import clean
from sow_analysis.captions.clock import Clock, SystemClock
from sow_analysis.captions.errors import Lack, NoCaptionsError, YouTubeError, YouTubePausedError
from sow_analysis.captions.limiter import Limiter
from sow_analysis.captions.options import CaptionsOptions
from sow_analysis.captions.remembered import Remembered
from sow_analysis.captions.timedtext import read_track
from sow_analysis.captions.tokens import heard_of
from sow_analysis.captions.tracks import choose
from sow_analysis.captions.video import video_id
from sow_analysis.circuit_breaker import CircuitBreaker


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
        breaker: CircuitBreaker | None = None,
        clock: Clock | None = None,
    ) -> None:
        options = options or CaptionsOptions()
        self._web = options.web
        self._clock = clock or SystemClock()
        self._limiter = Limiter(options.concurrency, options.spacing, self._clock)
        self._breaker = breaker or CircuitBreaker(
            options.failures, options.pause, max(options.pause, options.longest_pause), clock=self._clock.now
        )
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
        if not self._breaker.admit():
            raise YouTubePausedError("YouTube failed several times in a row, and is left in peace for a while.")
        works: bool | None = None
        try:
            heard = self._fetched(video, language)
            works = True
        except NoCaptionsError as error:
            works = True
            if self._remembered is not None:
                self._remembered.keep_refusal(video, language, error)
            raise
        except YouTubePausedError:  # not YouTube's doing
            raise
        except YouTubeError:
            works = False
            raise
        finally:
            self._report(works)
        if self._remembered is not None:
            self._remembered.keep(video, language, heard)
        return heard

    def _report(self, works: bool | None) -> None:
        if works is None:
            self._breaker.abandoned()
        elif works:
            self._breaker.succeeded()
        else:
            self._breaker.failed()

    def _fetched(self, video: str, language: str | None) -> Heard:
        from sow_analysis.captions.web import open_session  # these libraries are not loaded for songs without a video
        from sow_analysis.captions.youtube import Video

        with open_session(self._web, self._limiter, self._clock) as session:
            page = Video(video, session)
            track = choose(page.tracks(), language)
            data = page.text(track)
        heard = heard_of(clean(read_track(data)), track.language, automatic=track.automatic)
        if not heard.tokens:
            raise NoCaptionsError(Lack.EMPTY, "The captions of the video hold no words that are sung.")
        return heard
