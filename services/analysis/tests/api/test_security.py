"""Who is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from backends import Backend
from callers import Opener

from sow_analysis.api import ServiceExposedError, create_app
from sow_analysis.settings import Settings

pytestmark = pytest.mark.anyio

KEY = "correct horse battery staple"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_without_a_key_it_refuses_to_be_reached_from_elsewhere(
    settings_of: Callable[..., Settings], tmp_path: Path, host: str
):
    local = Backend("local", "", "memory://", "", {})
    with pytest.raises(ServiceExposedError):
        create_app(settings_of(local, host=host))
    assert create_app(settings_of(local, host=host, api_key=KEY))


@pytest.mark.parametrize("given", [None, "Bearer wrong", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer ", "Bearer ключ"])
@pytest.mark.parametrize("path", ["/jobs", f"/songs/{'a' * 64}/lyrics.lrc", f"/jobs/{'0' * 32}/events"])
async def test_without_the_right_key_there_is_no_answer(opened: Opener, given: str | None, path: str):
    headers = {} if given is None else {"Authorization": given.encode()}
    async with opened(api_key=KEY) as client:
        answer = await client.get(path, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_with_the_key_there_is_and_health_needs_none(opened: Opener):
    async with opened(api_key=KEY) as client:
        assert (await client.get("/jobs", headers={"Authorization": f"Bearer {KEY}"})).status_code == 200
        assert (await client.get("http://anything/health")).status_code == 200
        assert (await client.get("http://anything/metrics")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://a.example"},
        {"Origin": "null"},
    ],
)
async def test_without_a_key_web_pages_of_other_sites_get_nowhere(client: httpx2.AsyncClient, headers: dict[str, str]):
    answer = await client.get("/jobs", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "host_refused")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
async def test_without_a_key_this_machine_is_served(client: httpx2.AsyncClient, host: str):
    assert (await client.get("/jobs", headers={"Host": host, "Origin": f"http://{host}"})).status_code == 200


async def test_the_key_is_in_no_answer(opened: Opener):
    async with opened(api_key=KEY) as client:
        headers = {"Authorization": f"Bearer {KEY}"}
        for path in ("/jobs", "http://x/health/ready", "http://x/metrics", "http://x/openapi.json", "/nowhere"):
            assert KEY not in (await client.get(path, headers=headers)).text
    assert KEY not in repr(Settings(api_key=KEY))
