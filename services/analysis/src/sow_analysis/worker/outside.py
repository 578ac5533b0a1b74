"""What one job may ask beyond this machine, and what of that its result hangs on.

Captions are fetched here, in the service's own process: YouTube counts by address, so all jobs must share one limiter.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sow_analysis.caches.keys import Setting
from sow_analysis.captions import YouTubeCaptions
from sow_analysis.captions.video import video_id
from sow_analysis.chooser import LlmChooser
from sow_analysis.engines.qwen3_server import NAME as QWEN3
from sow_analysis.reach import CaptionSource, FetchedCaptions, Reach
from sow_analysis.settings import Settings

T = TypeVar("T")

_TRANSCRIPTION = "transcription-api"
_IN_OTHER_WORDS = (
    "force", "use_cache", "use_qwen3", "max_qwen3_duration", "use_captions", "force_whisper", "use_llm", "llm_model"
)  # fmt: skip
"""Options that the key has in another form, or that do not change a result."""


class Outside:
    """What a process of the service has set up, for the requests of its jobs.

    Args:
        settings: the process's.
        captions: the process's own; None where captions are switched off.
    """

    def __init__(self, settings: Settings, captions: CaptionSource | None) -> None:
        self._captions = captions
        self._reach = Reach(
            settings.qwen3,
            transcription=settings.transcription,
            llm=settings.llm,
            engines=settings.enabled,
        )

    def key(self, request: Mapping[str, Any]) -> dict[str, Setting]:
        """The options as far as they change the result, and whom the job may ask.

        So a result without a server is not found any more once that server is set up, and the reverse.
        """
        options: Mapping[str, Any] = request["options"]
        reach = self._reach
        qwen3 = reach.qwen3 is not None and options.get("use_qwen3", True) and self._allows(options, QWEN3)
        llm = reach.llm if options.get("use_llm", True) and self._allows(options, LlmChooser.name) else None
        elsewhere = reach.transcription if self._allows(options, _TRANSCRIPTION) else None
        url = self._video(request)
        return {
            **{name: value for name, value in options.items() if name not in _IN_OTHER_WORDS},
            "enabled": reach.engines,
            "qwen3": qwen3,
            "max_qwen3_duration": options.get("max_qwen3_duration") if qwen3 else None,
            "llm": (options.get("llm_model") or llm.model) if llm is not None else None,
            "transcription": elsewhere.model if elsewhere is not None else None,
            "video": video_id(url) if url is not None else None,
            "captions": url is not None and self._captions is not None,
            "title": request.get("song_title"),
        }

    async def reach(self, request: Mapping[str, Any], language: str | None) -> Reach:
        """All that the job's engine process may reach, with the captions of its video, which are fetched now."""
        url, captions = self._video(request), self._captions
        if url is None or captions is None:
            return self._reach
        fetched = await _in_thread(lambda: FetchedCaptions.fetch(captions, url, language))
        return replace(self._reach, captions=fetched)

    def _video(self, request: Mapping[str, Any]) -> str | None:
        """The address of the video whose captions are wanted."""
        options: Mapping[str, Any] = request["options"]
        wanted = options.get("use_captions", True) and not options.get("force_whisper", False)
        return request.get("youtube_url") if wanted and self._allows(options, YouTubeCaptions.name) else None

    def _allows(self, options: Mapping[str, Any], engine: str) -> bool:
        named, enabled = options.get("engines"), self._reach.engines
        return (named is None or engine in named) and (enabled is None or engine in enabled)


async def _in_thread(work: Callable[[], T]) -> T:
    """`work` in a thread of its own: it may block for minutes, and must keep neither other work nor a stop waiting."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(end: Callable[[], None]) -> None:
        if not future.done():
            end()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            end = partial(future.set_exception, error)
        else:
            end = partial(future.set_result, result)
        with suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(tell, end)

    threading.Thread(target=run, name="captions", daemon=True).start()
    return await future
