"""YouTube captions as evidence: fetched with care, made into heard words, and fitted to the recording.

captions = open_captions(settings)                 # one for all jobs of a process
heard = captions.hear(url, language)               # seconds of the video
fitted = fit_captions(heard, whisper, duration)    # seconds of the recording; fitted.reason says what was done
"""

from sow_analysis.captions.errors import CaptionsError, Lack, NoCaptionsError, YouTubeError, YouTubePausedError
from sow_analysis.captions.fit import Fitted, Verdict, fit_captions, unchecked
from sow_analysis.captions.lending import lend_times
from sow_analysis.captions.opening import CaptionsSettings, open_captions
from sow_analysis.captions.options import CaptionsOptions, WebOptions
from sow_analysis.captions.source import YouTubeCaptions
from sow_analysis.captions.video import video_id, watch_url

__all__ = [
    "CaptionsError",
    "CaptionsOptions",
    "CaptionsSettings",
    "Fitted",
    "Lack",
    "NoCaptionsError",
    "Verdict",
    "WebOptions",
    "YouTubeCaptions",
    "YouTubeError",
    "YouTubePausedError",
    "fit_captions",
    "lend_times",
    "open_captions",
    "unchecked",
    "video_id",
    "watch_url",
]
