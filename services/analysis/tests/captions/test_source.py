"""Captions from a YouTube on loopback, which does as it likes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_youtube import VIDEO, VIDEO_URL, FakeTrack, FakeVideo, FakeYouTube, Fault, Place, json3
from pydantic import SecretStr

from sow_analysis.caches import DiskCache
from sow_analysis.captions import (
    CaptionsOptions,
    Lack,
    NoCaptionsError,
    WebOptions,
    YouTubeCaptions,
    YouTubeError,
    YouTubePausedError,
    open_captions,
)
from sow_analysis.captions.errors import (
    YouTubeBlockedError,
    YouTubeRateLimitError,
    YouTubeTooSlowError,
    YouTubeUnreachableError,
    YouTubeUnreadableError,
)
from sow_analysis.circuit_breaker import CircuitBreaker
from sow_analysis.errors import EngineUnavailableError

Make = Callable[..., YouTubeCaptions]
SUNG = ["Sing", "to", "the", "king", "Amen"]


class Witness(CircuitBreaker):
    """A breaker that only writes down what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def succeeded(self) -> None:
        self.told.append("succeeded")

    def failed(self) -> None:
        self.told.append("failed")


def texts(captions: YouTubeCaptions, url: str = VIDEO_URL, language: str | None = "en") -> list[str]:
    return [token.text for token in captions.hear(url, language).tokens]


@dataclass(frozen=True)
class Chosen:
    cache_dir: Path
    youtube_base_url: str
    cache_max_bytes: int = 10_000_000
    youtube_proxy: SecretStr | None = None
    youtube_concurrency: int = 2
    youtube_spacing_seconds: float = 0.0
    youtube_seconds: float = 20.0
    youtube_failures: int = 2
    youtube_pause_seconds: float = 60.0


def test_settings_make_captions(youtube: FakeYouTube, tmp_path: Path):
    assert texts(open_captions(Chosen(tmp_path, youtube.url))) == SUNG
    with pytest.raises(ValueError, match="proxy"):
        open_captions(Chosen(tmp_path, youtube.url, youtube_proxy=SecretStr("nonsense")))


def test_captions_are_heard_words(youtube: FakeYouTube, captions_of: Make):
    heard = captions_of().hear(f"https://youtu.be/{VIDEO}?si=share", "en")
    assert [token.text for token in heard.tokens] == SUNG
    assert (heard.source, heard.language) == ("youtube-captions", "en")
    assert heard.tokens[0].start == 1.0
    assert youtube.places() == [Place.WATCH, Place.PLAYER, Place.TRACK]


def test_the_track_is_asked_for_with_times_of_words_and_never_translated(youtube: FakeYouTube, captions_of: Make):
    body = json3((1.0, 4.0, [("Sing", 0.0), (" on", 2.5)]))
    youtube.videos[VIDEO] = FakeVideo([FakeTrack("de", b"{}"), FakeTrack("en", body, automatic=True)])
    assert [token.start for token in captions_of().hear(VIDEO_URL, "en").tokens] == [1.0, 3.5]
    assert youtube.asked[-1].query == {"v": VIDEO, "lang": "en", "kind": "asr", "fmt": "json3"}


def test_the_language_is_a_plain_code(youtube: FakeYouTube, captions_of: Make):
    youtube.videos[VIDEO] = FakeVideo([FakeTrack("zh-Hant", json3((1.0, 2.0, "奇異恩典")))])
    heard = captions_of().hear(VIDEO_URL, "zh-CN")
    assert (len(heard.tokens), heard.language) == (4, "zh")


def test_requests_are_spaced(captions_of: Make, clock):
    texts(captions_of())
    assert clock.slept == [1.0, 1.0]


def test_consent_is_given_where_it_is_asked_for(youtube: FakeYouTube, captions_of: Make):
    youtube.videos[VIDEO].consent = True
    assert texts(captions_of()) == SUNG
    assert youtube.places() == [Place.WATCH, Place.WATCH, Place.PLAYER, Place.TRACK]


PLAYABILITY = {
    Lack.PRIVATE: {"status": "LOGIN_REQUIRED", "reason": "This video is private"},
    Lack.AGE_RESTRICTED: {"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm your age"},
    Lack.REMOVED: {
        "status": "UNPLAYABLE",
        "reason": "Video unavailable",
        "errorScreen": {"playerErrorMessageRenderer": {"subreason": {"runs": [{"text": "removed by the uploader"}]}}},
    },
    Lack.UNPLAYABLE: {"status": "LIVE_STREAM_OFFLINE", "reason": "Premieres in 2 hours"},
}


@pytest.mark.parametrize("lack", PLAYABILITY)
def test_a_video_that_does_not_play_is_told_and_why(youtube: FakeYouTube, captions_of: Make, lack: Lack):
    youtube.videos[VIDEO].playability = PLAYABILITY[lack]
    with pytest.raises(NoCaptionsError) as caught:
        texts(captions_of())
    assert caught.value.lack is lack
    assert isinstance(caught.value, EngineUnavailableError)
    assert len(str(caught.value)) < 200
    assert "github" not in str(caught.value)


@pytest.mark.parametrize(
    ("video", "lack"),
    [
        (None, Lack.REMOVED),
        (FakeVideo(None), Lack.DISABLED),
        (FakeVideo([]), Lack.DISABLED),
        (FakeVideo([FakeTrack("de", b"{}")]), Lack.LANGUAGE),
        (FakeVideo([FakeTrack("en", json3((1.0, 2.0, "[Music]")))]), Lack.EMPTY),
        (FakeVideo([FakeTrack("en", b"{}")]), Lack.EMPTY),
        (FakeVideo([FakeTrack("en", b"", guarded=True)]), Lack.GUARDED),
    ],
)
def test_a_video_without_usable_captions_is_never_asked_for_again(
    youtube: FakeYouTube, captions_of: Make, tmp_path: Path, video: FakeVideo | None, lack: Lack
):
    del youtube.videos[VIDEO]
    if video is not None:
        youtube.videos[VIDEO] = video
    disk = DiskCache(tmp_path, 10_000_000)
    reasons: list[str] = []
    for _ in range(3):
        with pytest.raises(NoCaptionsError) as caught:
            texts(captions_of(disk))
        assert caught.value.lack is lack
        reasons.append(str(caught.value))
    assert len(set(reasons)) == 1
    assert youtube.places().count(Place.WATCH) == 1


@pytest.mark.parametrize("reason", ["Sign in to confirm you’re not a bot", "Sign in to confirm you're not a bot",
                                    "The page needs to be reloaded."])  # fmt: skip
def test_being_taken_for_a_robot_passes(youtube: FakeYouTube, captions_of: Make, reason: str, tmp_path: Path):
    disk = DiskCache(tmp_path, 10_000_000)
    youtube.videos[VIDEO].playability = {"status": "LOGIN_REQUIRED", "reason": reason}
    with pytest.raises(YouTubeBlockedError):
        texts(captions_of(disk))
    youtube.videos[VIDEO].playability = {"status": "OK"}
    assert texts(captions_of(disk)) == SUNG


def test_an_address_that_is_no_video_is_refused_unasked(youtube: FakeYouTube, captions_of: Make):
    with pytest.raises(NoCaptionsError) as caught:
        texts(captions_of(), "https://example.org/watch?v=" + VIDEO)
    assert caught.value.lack is Lack.INVALID
    assert youtube.asked == []


def test_a_refusal_for_one_language_holds_for_that_one(youtube: FakeYouTube, captions_of: Make, tmp_path: Path):
    captions = captions_of(DiskCache(tmp_path, 10_000_000))
    with pytest.raises(NoCaptionsError):
        texts(captions, language="de")
    assert texts(captions) == SUNG


def test_refusals_and_captions_are_forgotten_in_time(youtube: FakeYouTube, captions_of: Make, clock, tmp_path: Path):
    captions = captions_of(DiskCache(tmp_path, 10_000_000))
    tracks, youtube.videos[VIDEO].tracks = youtube.videos[VIDEO].tracks, None
    with pytest.raises(NoCaptionsError):
        texts(captions)
    youtube.videos[VIDEO].tracks = tracks
    clock.advance(31 * 86400)
    assert texts(captions) == SUNG
    youtube.videos[VIDEO].tracks = [FakeTrack("en", json3((1.0, 2.0, "Corrected")))]
    assert texts(captions) == SUNG
    clock.advance(61 * 86400)
    assert texts(captions) == ["Corrected"]


def test_captions_are_fetched_once(youtube: FakeYouTube, captions_of: Make, tmp_path: Path):
    disk = DiskCache(tmp_path, 10_000_000)
    assert captions_of(disk).hear(VIDEO_URL, "en") == captions_of(disk).hear(VIDEO_URL, "en-GB")
    assert youtube.places().count(Place.TRACK) == 1


def test_damaged_entries_are_misses(youtube: FakeYouTube, captions_of: Make, tmp_path: Path):
    disk = DiskCache(tmp_path, 10_000_000)
    texts(captions_of(disk))
    (entry,) = [path for path in tmp_path.glob("??/*") if path.is_file()]
    disk.put(entry.name, b'{"expires": "never"}')
    assert texts(captions_of(disk)) == SUNG
    entry.write_bytes(b"rubbish")
    assert texts(captions_of(disk)) == SUNG
    assert youtube.places().count(Place.TRACK) == 3


ENDINGS = {
    Fault.RATE_LIMITED: YouTubeRateLimitError,
    Fault.RATE_LIMITED_FOR: YouTubeRateLimitError,
    Fault.FORBIDDEN: YouTubeBlockedError,
    Fault.SERVER_ERROR: YouTubeUnreachableError,
    Fault.ELSEWHERE: YouTubeBlockedError,
    Fault.HANG: YouTubeTooSlowError,
    Fault.DROPPED: YouTubeUnreachableError,
    Fault.CUT_OFF: YouTubeUnreachableError,
    Fault.MALFORMED: YouTubeUnreadableError,
    Fault.EMPTY: YouTubeUnreadableError,
    Fault.HUGE: YouTubeUnreadableError,
    Fault.BOMB: YouTubeUnreadableError,
}


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("fault", ENDINGS)
def test_every_fault_at_every_place_has_its_name_and_passes(
    youtube: FakeYouTube, captions_of: Make, tmp_path: Path, place: Place, fault: Fault
):
    youtube.fail(place, fault)
    witness = Witness()
    disk = DiskCache(tmp_path, 10_000_000)
    with pytest.raises(ENDINGS[fault]) as caught:
        texts(captions_of(disk, witness, max_bytes=1_000_000, idle_seconds=_patience(fault)))
    assert caught.value.retryable
    assert "127.0.0.1" not in str(caught.value)
    assert witness.told == ["failed"]
    youtube.recover()
    assert texts(captions_of(disk, witness)) == SUNG
    assert witness.told == ["failed", "succeeded"]


def _patience(fault: Fault | None) -> float:
    return 0.3 if fault is Fault.HANG else 10.0


@pytest.mark.parametrize("fault", [Fault.CONSENT, Fault.ROBOT])
def test_pages_for_people_only_are_blocks(youtube: FakeYouTube, captions_of: Make, fault: Fault):
    youtube.fail(Place.WATCH, fault)
    with pytest.raises(YouTubeBlockedError):
        texts(captions_of())


@pytest.mark.parametrize("place", Place)
def test_an_answer_in_drips_is_given_up(youtube: FakeYouTube, captions_of: Make, clock, place: Place):
    youtube.fail(place, Fault.DRIP)
    clock.step = 1.0
    with pytest.raises(YouTubeTooSlowError, match="drips"):
        texts(captions_of(request_seconds=20.0))


def test_nobody_there_is_unreachable(captions_of: Make, unserved_port: int):
    with pytest.raises(YouTubeUnreachableError):
        texts(captions_of(base_url=f"http://127.0.0.1:{unserved_port}"))


def test_what_passes_is_tried_again_with_growing_pauses(youtube: FakeYouTube, captions_of: Make, clock):
    youtube.fail(Place.WATCH, Fault.RATE_LIMITED, times=1)
    youtube.fail(Place.WATCH, Fault.SERVER_ERROR, times=1)
    assert texts(captions_of()) == SUNG
    assert clock.slept == [2.0, 4.0, 1.0, 1.0]


def test_retry_after_is_honoured_by_all_jobs(youtube: FakeYouTube, captions_of: Make, clock):
    youtube.fail(Place.TRACK, Fault.RATE_LIMITED_FOR, times=1)
    captions = captions_of()
    assert texts(captions) == SUNG
    assert clock.slept == [1.0, 1.0, 7.0]


def test_retry_after_may_be_a_date(youtube: FakeYouTube, captions_of: Make, clock):
    youtube.retry_after = "Fri, 15 Jan 2027 08:17:10 GMT"  # thirty seconds from now
    youtube.fail(Place.WATCH, Fault.RATE_LIMITED_FOR, times=1)
    texts(captions_of())
    assert clock.slept[0] == 30.0


@pytest.mark.parametrize("value", ["soon", "", "-3", "9" * 400, "Fri, 99 Jan 2027 08:17:10 GMT"])
def test_a_retry_after_that_says_nothing_counts_as_none(youtube: FakeYouTube, captions_of: Make, clock, value: str):
    youtube.retry_after = value
    youtube.fail(Place.WATCH, Fault.RATE_LIMITED_FOR, times=1)
    texts(captions_of())
    assert clock.slept[0] == 2.0


def test_a_long_wait_is_not_waited_for_and_keeps_others_from_asking(youtube: FakeYouTube, captions_of: Make, clock):
    youtube.retry_after = "600"
    youtube.fail(Place.WATCH, Fault.RATE_LIMITED_FOR, times=1)
    captions = captions_of()
    with pytest.raises(YouTubeRateLimitError):
        texts(captions)
    clock.advance(300)
    with pytest.raises(YouTubePausedError, match="another 300 s"):
        texts(captions)
    assert len(youtube.asked) == 1
    clock.advance(300)
    assert texts(captions) == SUNG


def test_all_waits_of_a_song_together_have_a_limit(youtube: FakeYouTube, captions_of: Make, clock):
    youtube.retry_after = "50"
    for place in Place:
        youtube.fail(place, Fault.RATE_LIMITED_FOR, times=2)
    with pytest.raises(YouTubeRateLimitError):
        texts(captions_of(seconds=180))
    assert sum(clock.slept) <= 180


def test_youtube_is_left_in_peace_after_failures_and_tried_again_later(youtube: FakeYouTube, captions_of: Make, clock):
    captions = captions_of(breaker=CircuitBreaker(2, 300.0, clock=clock.now))
    youtube.fail(Place.WATCH, Fault.FORBIDDEN)
    for _ in range(2):
        with pytest.raises(YouTubeBlockedError):
            texts(captions)
    asked = len(youtube.asked)
    with pytest.raises(YouTubePausedError) as caught:
        texts(captions)
    assert isinstance(caught.value, EngineUnavailableError)
    assert len(youtube.asked) == asked
    clock.advance(301)
    with pytest.raises(YouTubeBlockedError):
        texts(captions)
    youtube.recover()
    clock.advance(301)
    assert texts(captions) == SUNG
    assert texts(captions) == SUNG


def test_what_is_known_is_told_while_youtube_is_left_in_peace(youtube: FakeYouTube, captions_of: Make, tmp_path: Path):
    class Open(Witness):
        def admit(self) -> bool:
            return False

    disk = DiskCache(tmp_path, 10_000_000)
    texts(captions_of(disk))
    assert texts(captions_of(disk, Open())) == SUNG


def test_a_video_without_captions_is_no_failure_of_youtubes(youtube: FakeYouTube, captions_of: Make):
    youtube.videos[VIDEO].tracks = None
    witness = Witness()
    with pytest.raises(NoCaptionsError):
        texts(captions_of(breaker=witness))
    assert witness.told == ["succeeded"]


def test_jobs_of_one_process_take_turns(youtube: FakeYouTube, captions_of: Make, clock):
    captions = captions_of()
    results: list[list[str]] = []
    threads = [threading.Thread(target=lambda: results.append(texts(captions))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [SUNG] * 4
    assert sum(clock.slept) == pytest.approx(11.0)  # twelve requests, a second apart


PROXY_PASSWORD = "hush-hush-9"


@pytest.mark.parametrize("fault", [None, Fault.DROPPED, Fault.FORBIDDEN, Fault.HANG, Fault.MALFORMED])
def test_a_proxy_is_used_and_its_password_is_told_to_nobody_else(
    youtube: FakeYouTube, captions_of: Make, caplog: pytest.LogCaptureFixture, fault: Fault | None
):
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        youtube.fail(Place.WATCH, fault)
    address = youtube.url.removeprefix("http://")
    options = WebOptions(proxy=f"http://singer:{PROXY_PASSWORD}@{address}", base_url="http://tube.example")
    captions = captions_of(proxy=options.proxy, base_url=options.base_url, idle_seconds=_patience(fault))
    told = repr((options, CaptionsOptions(options)))
    try:
        assert texts(captions) == SUNG
    except YouTubeError as error:
        told += f"{error!r} {error} {error.__cause__!r} {error.__context__ if not error.__suppress_context__ else ''}"
    assert youtube.asked[0].url.startswith("http://tube.example/watch?")
    assert youtube.asked[0].headers["Proxy-Authorization"].startswith("Basic ")
    assert PROXY_PASSWORD not in told + caplog.text


def test_a_proxy_that_is_not_there_is_told_without_its_address(
    captions_of: Make, unserved_port: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    captions = captions_of(proxy=f"http://singer:{PROXY_PASSWORD}@127.0.0.1:{unserved_port}")
    with pytest.raises(YouTubeUnreachableError, match="proxy") as caught:
        texts(captions)
    assert str(unserved_port) not in str(caught.value)
    assert PROXY_PASSWORD not in caplog.text


@pytest.mark.parametrize(
    "proxy", ["proxy.example:3128", "socks5://proxy.example", "http://", f"ftp://a:{PROXY_PASSWORD}@b"]
)
def test_a_proxy_that_cannot_be_used_is_refused_at_once(proxy: str):
    with pytest.raises(ValueError, match="http://HOST:PORT") as caught:
        WebOptions(proxy=proxy)
    assert PROXY_PASSWORD not in str(caught.value)


def test_proxies_of_the_environment_are_not_used(
    captions_of: Make, monkeypatch: pytest.MonkeyPatch, unserved_port: int
):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unserved_port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{unserved_port}")
    assert texts(captions_of()) == SUNG
