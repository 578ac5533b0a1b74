"""Lyrics through the door: read in every format, edited by hand, every version kept."""

from __future__ import annotations

import json

import httpx2
import pytest
from backends import Backend
from callers import Opener

from lyric_timing import formats
from sow_analysis.api.songs import FormatName

pytestmark = pytest.mark.anyio

SONG = "/songs/" + "a" * 64
LRC = "[00:01.00]Morning light is breaking\n[00:04.00]Over <sea> and stone\n"


async def put(client: httpx2.AsyncClient, text: str = LRC, **headers: str) -> httpx2.Response:
    sent = {"Content-Type": "text/plain"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.put(f"{SONG}/lyrics", content=text.encode(), headers=sent)


def test_every_format_has_its_address():
    assert [name.value for name in FormatName] == list(formats.FORMATS)


async def test_lyrics_are_given_in_every_format(client: httpx2.AsyncClient):
    etag = (await put(client)).headers["etag"]
    for form in formats.FORMATS.values():
        answer = await client.get(f"{SONG}/lyrics.{form.name}")
        assert answer.status_code == 200
        assert answer.headers["etag"] == etag
        assert answer.headers["content-type"].startswith(form.media_type)
        lines = formats.read(answer.text, form.name).lines
        assert [line.text for line in lines] == ["Morning light is breaking", "Over <sea> and stone"]


async def test_who_has_the_current_version_is_not_sent_it_again(client: httpx2.AsyncClient):
    etag = (await put(client)).headers["etag"]
    same = await client.get(f"{SONG}/lyrics.lrc", headers={"If-None-Match": f'"other", W/{etag}'})
    other = await client.get(f"{SONG}/lyrics.lrc", headers={"If-None-Match": '"other"'})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200


async def test_an_edit_needs_the_version_that_was_edited(opened: Opener, backend: Backend):
    async with opened(backend) as client:
        first = await put(client)
        careless = await put(client, LRC + "[00:09.00]more\n")
        second = await put(client, LRC + "[00:09.00]more\n", If_Match=first.headers["etag"])
        late = await put(client, "[00:09.00]mine\n", If_Match=first.headers["etag"])
        new = await put(client, "[00:09.00]mine\n", If_None_Match="*")
        anyway = await put(client, "[00:09.00]mine\n", If_Match="*")

        answers = (first, careless, second, late, new, anyway)
        assert [answer.status_code for answer in answers] == [200, 428, 200, 412, 412, 200]
        assert [careless.json()["code"], late.json()["code"]] == ["precondition_missing", "edited_meanwhile"]
        assert "mine" in (await client.get(f"{SONG}/lyrics.lrc")).text

        versions = (await client.get(f"{SONG}/lyrics/versions")).json()["versions"]
        assert [version["version"] for version in versions] == [3, 2, 1]
        assert [version["is_current"] for version in versions] == [True, False, False]
        assert {version["source"] for version in versions} == {"hand"}
        assert "more" in (await client.get(f"{SONG}/lyrics.lrc", params={"version": 2})).text


async def test_an_edit_of_nothing_needs_there_to_be_nothing(client: httpx2.AsyncClient):
    assert (await put(client, If_Match='"1-abc"')).status_code == 412
    assert (await put(client, If_None_Match="*")).status_code == 200


@pytest.mark.parametrize("form", ["elrc", "srt", "vtt", "ass", "ttml", "json"])
async def test_an_edit_may_be_in_any_format(client: httpx2.AsyncClient, form: str):
    text = formats.write(formats.read(LRC), form)
    answer = await put(client, text, Content_Type=formats.FORMATS[form].media_type)

    assert answer.status_code == 200
    lines = json.loads((await client.get(f"{SONG}/lyrics.json")).text)["lines"]
    assert [line["start"] for line in lines] == [1.0, 4.0]


@pytest.mark.parametrize("text", ["", "no times here", "{}", "[ti:nothing but a title]", "[00:01.00", '{"lines": 5}'])
async def test_what_is_not_timed_lyrics_is_refused(client: httpx2.AsyncClient, text: str):
    answer = await put(client, text)

    assert (answer.status_code, answer.json()["code"]) == (422, "lyrics_unusable")
    assert (await client.get(f"{SONG}/lyrics.lrc")).status_code == 404


async def test_text_that_is_not_utf8_is_refused(client: httpx2.AsyncClient):
    answer = await client.put(f"{SONG}/lyrics", content=b"[00:01.00]caf\xe9", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["code"]) == (422, "lyrics_unusable")


@pytest.mark.parametrize("path", ["/lyrics.lrc", "/lyrics.lrc?version=7", "/lyrics/versions"])
async def test_lyrics_that_are_not_there_are_not_found(client: httpx2.AsyncClient, path: str):
    answer = await client.get(SONG + path)

    assert (answer.status_code, answer.json()["code"]) == (404, "lyrics_not_found")


@pytest.mark.parametrize("song", ["..", "A" * 64, "a" * 63, "%2e%2e%2f"])
async def test_a_song_has_no_other_name_than_its_hash(client: httpx2.AsyncClient, song: str):
    assert (await client.get(f"/songs/{song}/lyrics.lrc")).status_code in (404, 422)
