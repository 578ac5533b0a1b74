"""One file over HTTP, from a server that breaks off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sow_analysis.models import SourceError
from sow_analysis.models.download import Downloader

BODY = bytes(range(256)) * 2000


@pytest.fixture
def downloader() -> Iterator[Downloader]:
    with Downloader(pause=0) as downloader:
        yield downloader


def ignore(_count: int) -> None:
    pass


@pytest.fixture
def url(hub: Any) -> str:
    hub.files["me/model/model.bin"] = BODY
    return f"{hub.url}/me/model/resolve/abc/model.bin"


def test_a_file_arrives_whole_and_tells_how_far_it_is(downloader: Downloader, url: str, tmp_path: Path) -> None:
    counts: list[int] = []
    downloader.fill(tmp_path / "x.part", url, len(BODY), counts.append)
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert counts == sorted(counts)
    assert counts[-1] == len(BODY)


def test_a_broken_connection_is_taken_up_where_it_broke(
    downloader: Downloader, hub: Any, url: str, tmp_path: Path
) -> None:
    hub.cuts = [300_000, 100_000]
    downloader.fill(tmp_path / "x.part", url, len(BODY), ignore)
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert [wanted for _, wanted in hub.requests] == [None, "bytes=300000-", "bytes=400000-"]


def test_what_an_earlier_run_left_is_not_fetched_again(
    downloader: Downloader, hub: Any, url: str, tmp_path: Path
) -> None:
    (tmp_path / "x.part").write_bytes(BODY[:1000])
    downloader.fill(tmp_path / "x.part", url, len(BODY), ignore)
    assert (tmp_path / "x.part").read_bytes() == BODY
    assert hub.requests == [("me/model/model.bin", "bytes=1000-")]


def test_a_server_without_ranges_sends_all_again(downloader: Downloader, hub: Any, url: str, tmp_path: Path) -> None:
    hub.ranges = False
    (tmp_path / "x.part").write_bytes(b"old")
    downloader.fill(tmp_path / "x.part", url, len(BODY), ignore)
    assert (tmp_path / "x.part").read_bytes() == BODY


def test_a_remainder_that_is_too_long_is_thrown_away(downloader: Downloader, url: str, tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(BODY + b"more")
    downloader.fill(tmp_path / "x.part", url, len(BODY), ignore)
    assert (tmp_path / "x.part").read_bytes() == BODY


def test_a_file_that_is_shorter_than_announced_is_given_up(downloader: Downloader, url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"answered 416|sent less"):
        downloader.fill(tmp_path / "x.part", url, len(BODY) + 1, ignore)


def test_a_file_that_is_longer_than_announced_is_cut_short(downloader: Downloader, url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than the announced 100 bytes"):
        downloader.fill(tmp_path / "x.part", url, 100, ignore)
    assert (tmp_path / "x.part").stat().st_size <= 100


def test_a_file_that_is_not_there_is_asked_for_once(downloader: Downloader, hub: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="answered 404"):
        downloader.fill(tmp_path / "x.part", f"{hub.url}/me/model/resolve/abc/none", 100, ignore)
    assert len(hub.requests) == 1


def test_a_server_in_trouble_is_asked_a_few_times(downloader: Downloader, hub: Any, url: str, tmp_path: Path) -> None:
    hub.status = 503
    with pytest.raises(SourceError, match="answered 503"):
        downloader.fill(tmp_path / "x.part", url, len(BODY), ignore)
    assert len(hub.requests) == 4


def test_a_server_that_is_not_there_is_given_up_at_once(downloader: Downloader, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no connection"):
        downloader.fill(tmp_path / "x.part", "http://127.0.0.1:9/x", 100, ignore)


def test_a_proxy_that_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://proxy")
    with pytest.raises(SourceError, match="cannot start"):
        Downloader()
