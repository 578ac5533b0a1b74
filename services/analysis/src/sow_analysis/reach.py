"""What the pipeline may reach beyond its process: servers, and captions. The host names them, never a caller.

An engine process is told over its socket, as JSON that holds the keys; so they are in no command line, no job's row and
no log. Captions are fetched by the service's own process, where all jobs share one limiter, and go along as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from pydantic import TypeAdapter

from lyric_timing.heard import Heard
from sow_analysis.captions.errors import CaptionsError, Lack, NoCaptionsError, YouTubeError
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.openai_api.setup import ApiSetup


class CaptionSource(Protocol):
    """Gives the captions of a video. `YouTubeCaptions` fetches them, `FetchedCaptions` has them already."""

    def hear(self, url: str, language: str | None) -> Heard:
        """The words in seconds of the video.

        Raises:
            NoCaptionsError: there are none that can be used.
            YouTubeError: they cannot be had this time.
        """
        ...


@dataclass(frozen=True, slots=True)
class FetchedCaptions:
    """The captions of the one video of a job, or why there are none."""

    heard: Heard | None = None
    reason: str = ""
    lack: Lack | None = None
    """Set where there will be none another time either."""

    @classmethod
    def fetch(cls, source: CaptionSource, url: str, language: str | None) -> Self:
        """Fetch them now. May block for minutes."""
        try:
            return cls(source.hear(url, language))
        except NoCaptionsError as error:
            return cls(None, str(error), error.lack)
        except CaptionsError as error:
            return cls(None, str(error))
        except (RuntimeError, ValueError, OSError) as error:  # of the libraries; its text may hold an address
            return cls(None, f"YouTube's answer could not be read ({type(error).__name__}).")

    def hear(self, url: str, language: str | None) -> Heard:
        """As `CaptionSource.hear`; nothing is fetched."""
        if self.heard is not None:
            return self.heard
        if self.lack is not None:
            raise NoCaptionsError(self.lack, self.reason)
        raise YouTubeError(self.reason)


_FETCHED = TypeAdapter(FetchedCaptions)


@dataclass(frozen=True, slots=True)
class Reach:
    """All of it. What is None is not set up here. No key shows in a `repr`."""

    qwen3: Qwen3Server | None = None
    captions: CaptionSource | None = None
    transcription: ApiSetup | None = None
    llm: ApiSetup | None = None
    engines: tuple[str, ...] | None = None
    """Names of the engines that may serve on this machine at all; None is all."""

    def plain(self) -> dict[str, Any]:
        """As JSON, with the keys: for a socket between two of our own processes, never for a log.

        Raises:
            TypeError: the captions are not fetched.
        """
        if self.captions is not None and not isinstance(self.captions, FetchedCaptions):
            raise TypeError("captions cross to another process when they are fetched, not before")
        return {
            "qwen3": self.qwen3.plain() if self.qwen3 else None,
            "captions": asdict(self.captions) if self.captions else None,
            "transcription": self.transcription.plain() if self.transcription else None,
            "llm": self.llm.plain() if self.llm else None,
            "engines": self.engines,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of `plain`."""
        qwen3, captions, transcription, llm, engines = (
            plain.get(name) for name in ("qwen3", "captions", "transcription", "llm", "engines")
        )
        return cls(
            Qwen3Server.of(qwen3) if qwen3 else None,
            _FETCHED.validate_python(captions) if captions else None,
            ApiSetup.of(transcription) if transcription else None,
            ApiSetup.of(llm) if llm else None,
            None if engines is None else tuple(engines),
        )


NO_REACH = Reach()
"""Everything is done in this process."""
