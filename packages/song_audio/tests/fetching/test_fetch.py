from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from song_audio.errors import (
    AddressRefusedError,
    FetchRejectedError,
    FetchTooLargeError,
    FetchTooSlowError,
    FetchUnavailableError,
    UrlRefusedError,
)
from song_audio.fetching import FetchLimits, fetch

pytestmark = pytest.mark.anyio

Serve = Callable[..., Any]
BODY = bytes(range(256)) * 3000
LIMITS = FetchLimits(max_bytes=1_000_000, seconds=20)
PUBLIC = "93.184.216.34"


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> Any:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")

    async def handler(stream: Any, _head: bytes) -> None:
        await stream.send("\r\n".join([*lines, "", ""]).encode() + body)

    return handler


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The file to write. Whatever a test does, nothing half-written may lie beside it afterwards."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here" / "song"


def nothing_is_left(target: Path) -> bool:
    return list(target.parent.iterdir()) == []


async def test_a_recording_is_fetched_whole_and_hashed(serve: Serve, target: Path):
    async with serve(answer(BODY)) as internet:
        fetched = await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert target.read_bytes() == BODY
    assert (fetched.path, fetched.sha256, fetched.n_bytes) == (target, hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert list(target.parent.iterdir()) == [target]


async def test_the_server_is_dialled_by_address_and_asked_by_name(serve: Serve, target: Path):
    async with serve(answer(BODY)) as internet:
        await fetch("http://song.example:8080/a?b=c", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == [PUBLIC]
    assert internet.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: song.example:8080\r\n")


async def test_tls_is_checked_against_the_name_not_the_address(serve: Serve, target: Path):
    async with serve(answer(BODY), tls=True) as internet:
        internet.names["other.example"] = [[PUBLIC]]
        await fetch("https://song.example/a", target, limits=LIMITS, network=internet.network())
        target.unlink()
        with pytest.raises(FetchUnavailableError, match=r"other\.example"):
            await fetch("https://other.example/a", target, limits=LIMITS, network=internet.network())
    assert nothing_is_left(target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "song.mp3",
        "/etc/passwd",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "gopher://song.example/",
        "ftp://song.example/a",
        "data:audio/wav;base64,AAAA",
        "javascript:1",
        "http://",
        "http:///a",
        "http://user@song.example/a",
        "http://user:pass@song.example/a",
        "http://127.0.0.1:80@song.example/",
        "http://song.example\\@127.0.0.1/a",
        "http://song.example/a b",
        "http://song.example/\r\nHost: evil",
        "http://song.example:0/",
        "http://song.example:99999/",
        "http://[::1/",
        "http://song.example/" + "a" * 5000,
        "s3://bucket/key",
        "sow://audio/" + "a" * 64,
        "sow://audio/../x",
        "unix:///var/run/docker.sock",
        "jar:http://song.example!/",
    ],
)
async def test_a_url_of_another_kind_is_refused_before_anything_is_asked(serve: Serve, target: Path, url: str):
    async with serve(answer(BODY)) as internet:
        with pytest.raises(UrlRefusedError) as caught:
            await fetch(url, target, limits=LIMITS, network=internet.network())
    assert not caught.value.retryable
    assert "pass" not in str(caught.value).replace("password", "")
    assert internet.dialled == []
    assert nothing_is_left(target)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "192.0.0.192",
        "168.63.129.16",
        "\u2460\u2461\u2466.0.0.1",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
async def test_an_address_that_is_not_public_is_refused_in_every_notation(serve: Serve, target: Path, host: str):
    async with serve(answer(BODY)) as internet:
        with pytest.raises((AddressRefusedError, UrlRefusedError)):
            await fetch(f"http://{host}/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == []


@pytest.mark.parametrize("name", ["localhost", "localhost.", "LOCALHOST", "inside.example", "inside.example."])
@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1"], [PUBLIC, "10.0.0.1"], ["::ffff:192.168.0.1"]])
async def test_a_name_that_leads_inside_is_refused_and_the_address_not_told(
    serve: Serve, target: Path, name: str, addresses: list[str]
):
    async with serve(answer(BODY)) as internet:
        internet.names[name.lower()] = [addresses]
        with pytest.raises(AddressRefusedError) as caught:
            await fetch(f"http://{name}/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == []
    assert not any(address in str(caught.value) for address in addresses)


async def test_a_name_that_leads_elsewhere_a_moment_later_gains_nothing(serve: Serve, target: Path):
    async with serve(answer(BODY)) as internet:
        internet.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
        await fetch("http://rebinding.example/a", target, limits=LIMITS, network=internet.network())
        assert internet.dialled == [PUBLIC]
        with pytest.raises(AddressRefusedError):
            await fetch("http://rebinding.example/a", target, limits=LIMITS, network=internet.network())
        assert internet.dialled == [PUBLIC]


async def test_a_redirect_to_the_same_name_is_looked_up_and_judged_anew(serve: Serve, target: Path):
    async with serve(answer(status="302 Found", Location="/b")) as internet:
        internet.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
        with pytest.raises(AddressRefusedError):
            await fetch("http://rebinding.example/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == [PUBLIC]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "//127.0.0.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://localhost/",
        "file:///etc/passwd",
        "gopher://song.example/",
        "s3://bucket/key",
        "sow://audio/" + "a" * 64,
        "http://user:pw@song.example/",
        "http://[",
    ],
)
async def test_a_redirect_that_leads_astray_is_refused(serve: Serve, target: Path, location: str):
    async with serve(answer(status="302 Found", Location=location)) as internet:
        internet.names["localhost"] = [["127.0.0.1"]]
        with pytest.raises((AddressRefusedError, UrlRefusedError)):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == [PUBLIC]
    assert nothing_is_left(target)


@pytest.mark.parametrize(("redirects", "arrives"), [(0, True), (3, True), (4, False)])
async def test_three_redirects_are_followed_and_no_more(serve: Serve, target: Path, redirects: int, arrives: bool):
    async def handler(stream: Any, head: bytes) -> None:
        n = int(head.split()[1].strip(b"/"))
        step = answer(BODY) if n == redirects else answer(status="301 Moved", Location=f"/{n + 1}", Set_Cookie="a=b")
        await step(stream, head)

    async with serve(handler) as internet:
        if arrives:
            await fetch("http://song.example/0", target, limits=LIMITS, network=internet.network())
        else:
            with pytest.raises(FetchRejectedError, match="redirects"):
                await fetch("http://song.example/0", target, limits=LIMITS, network=internet.network())
    assert len(internet.requests) == min(redirects, 3) + 1
    assert not any(b"cookie" in request.lower() for request in internet.requests)


@pytest.mark.parametrize("announced", [True, False])
async def test_more_bytes_than_allowed_are_refused_announced_or_not(serve: Serve, target: Path, announced: bool):
    async def endless(stream: Any, _head: bytes) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000001\r\n" if announced else b"") + b"\r\n")
        while True:
            await stream.send(bytes(65536))

    async with serve(endless) as internet:
        with pytest.raises(FetchTooLargeError):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert nothing_is_left(target)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
async def test_a_compression_bomb_is_measured_by_what_comes_out(serve: Serve, target: Path, encoding: str):
    zeros = bytes(50_000_000)
    body = zlib.compress(zeros) if encoding == "deflate" else gzip.compress(zeros)
    body = gzip.compress(body) if "," in encoding else body
    assert len(body) < LIMITS.max_bytes
    async with serve(answer(body, Content_Encoding=encoding)) as internet:
        with pytest.raises(FetchTooLargeError):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert nothing_is_left(target)


async def test_no_compression_is_asked_for_but_one_that_comes_is_undone(serve: Serve, target: Path):
    async with serve(answer(gzip.compress(BODY), Content_Encoding="gzip")) as internet:
        fetched = await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert b"accept-encoding: identity" in internet.requests[0].lower()
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize(
    "handler",
    [
        answer(BODY[:100], Content_Length="5000"),
        answer(b"1000\r\nabc", Transfer_Encoding="chunked"),
        answer(b"not compressed", Content_Encoding="gzip"),
        answer(b"abc", Content_Length="-1"),
        answer(b"abc", status="nonsense"),
    ],
    ids=["too short", "broken chunk", "bad gzip", "bad length", "bad status"],
)
async def test_an_answer_that_breaks_off_or_makes_no_sense_may_be_tried_again(serve: Serve, target: Path, handler: Any):
    async with serve(handler) as internet:
        with pytest.raises(FetchUnavailableError) as caught:
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert caught.value.retryable
    assert nothing_is_left(target)


async def test_a_server_that_drips_is_left(serve: Serve, target: Path):
    async def drip(stream: Any, _head: bytes) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await stream.send(b"x")
            await anyio.sleep(0.01)

    limits = FetchLimits(seconds=60, slow_seconds=0.2, slow_bytes=1000)
    async with serve(drip) as internet:
        with pytest.raises(FetchTooSlowError, match="drips"):
            await fetch("http://song.example/a", target, limits=limits, network=internet.network())
    assert nothing_is_left(target)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
async def test_a_server_that_falls_silent_is_left(serve: Serve, target: Path, sent: bytes):
    async def silence(stream: Any, _head: bytes) -> None:
        await stream.send(sent)
        await anyio.sleep_forever()

    limits = FetchLimits(seconds=60, idle_seconds=0.2)
    async with serve(silence) as internet:
        with pytest.raises(FetchTooSlowError) as caught:
            await fetch("http://song.example/a", target, limits=limits, network=internet.network())
    assert caught.value.retryable
    assert nothing_is_left(target)


async def test_headers_that_never_end_are_left_at_the_deadline(serve: Serve, target: Path):
    async def drip(stream: Any, _head: bytes) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await stream.send(b"X: y\r\n")
            await anyio.sleep(0.02)

    async with serve(drip) as internet:
        with pytest.raises(FetchTooSlowError):
            await fetch("http://song.example/a", target, limits=FetchLimits(seconds=0.4), network=internet.network())


async def test_a_name_server_that_never_answers_is_left_at_the_deadline(internet: Any, target: Path):
    network = internet.network()
    network = type(network)(lambda _host: anyio.sleep_forever(), network.dialler, network.trust)
    with pytest.raises(FetchTooSlowError):
        await fetch("http://song.example/a", target, limits=FetchLimits(seconds=0.1), network=network)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("404 Not Found", FetchRejectedError),
        ("401 Unauthorized", FetchRejectedError),
        ("410 Gone", FetchRejectedError),
        ("204 No Content", FetchRejectedError),
        ("304 Not Modified", FetchRejectedError),
        ("206 Partial", FetchRejectedError),
        ("429 Too Many Requests", FetchUnavailableError),
        ("408 Timeout", FetchUnavailableError),
        ("500 Oops", FetchUnavailableError),
        ("503 Busy", FetchUnavailableError),
    ],
)
async def test_what_the_server_says_decides_whether_to_try_again(serve: Serve, target: Path, status: str, error: type):
    async with serve(answer(status=status)) as internet:
        with pytest.raises(error, match=status[:3]):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())


async def test_an_empty_answer_is_no_recording(serve: Serve, target: Path):
    async with serve(answer(b"")) as internet:
        with pytest.raises(FetchRejectedError):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert nothing_is_left(target)


async def test_a_name_that_nobody_has_may_be_tried_again(internet: Any, target: Path):
    with pytest.raises(FetchUnavailableError, match=r"no-such\.example"):
        await fetch("http://no-such.example/", target, limits=LIMITS, network=internet.network())


async def test_the_next_address_is_tried_when_the_first_does_not_answer(serve: Serve, target: Path):
    async with serve(answer(BODY)) as internet:
        internet.names["song.example"] = [["2606:2800:220:1::1", PUBLIC]]
        await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == ["2606:2800:220:1::1", PUBLIC]


async def test_ports_can_be_limited(serve: Serve, target: Path):
    limits = FetchLimits(ports=frozenset({8443}))
    async with serve(answer(BODY)) as internet:
        for url in ("http://song.example/a", "http://song.example:80/a", "http://song.example:8443/a"):
            await fetch(url, target, limits=limits, network=internet.network())
        with pytest.raises(UrlRefusedError, match="6379"):
            await fetch("http://song.example:6379/a", target, limits=limits, network=internet.network())


async def test_private_addresses_can_be_allowed_but_never_the_clouds_own(serve: Serve, target: Path):
    limits = FetchLimits(allow_private=True)
    async with serve(answer(BODY)) as internet:
        await fetch("http://127.0.0.1/a", target, limits=limits, network=internet.network())
        with pytest.raises(AddressRefusedError):
            await fetch("http://169.254.169.254/latest", target, limits=limits, network=internet.network())


async def test_proxies_of_the_environment_are_not_used(serve: Serve, target: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serve(answer(BODY)) as internet:
        await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert internet.dialled == [PUBLIC]


async def test_an_older_file_stays_when_the_fetch_fails(serve: Serve, target: Path):
    target.write_bytes(b"older")
    async with serve(answer(BODY[:10], Content_Length="99")) as internet:
        with pytest.raises(FetchUnavailableError):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert target.read_bytes() == b"older"


async def test_a_cancelled_fetch_leaves_nothing(serve: Serve, target: Path):
    async def silence(stream: Any, _head: bytes) -> None:
        await stream.send(b"HTTP/1.1 200 OK\r\n\r\nabc")
        await anyio.sleep_forever()

    async with serve(silence) as internet:
        with anyio.move_on_after(0.2):
            await fetch("http://song.example/a", target, limits=LIMITS, network=internet.network())
    assert nothing_is_left(target)
