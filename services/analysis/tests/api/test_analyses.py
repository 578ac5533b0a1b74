"""Analyses through the door, worked out for real: from an upload to the document."""

from __future__ import annotations

import asyncio
import io
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import av
import httpx2
import numpy as np
import pytest
from callers import Opener

from music_analysis import MusicAnalysis

pytestmark = pytest.mark.anyio

EXAMPLE = Path(__file__).parents[4] / "examples" / "morning_light" / "audio.ogg"
URL = "https://example.org/song.mp3"


def flac(samples: np.ndarray[Any, np.dtype[np.int16]], rate: int = 8000) -> bytes:
    """Mono sound as a file."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


async def submit(client: httpx2.AsyncClient, url: str = URL, **options: Any) -> httpx2.Response:
    return await client.post("/jobs/analyze", json={"audio_url": url, "options": options})


async def uploaded(client: httpx2.AsyncClient, recording: bytes) -> dict[str, Any]:
    return (await client.post("/audio", content=recording)).json()


async def until(client: httpx2.AsyncClient, job_id: str, *statuses: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (job := (await client.get(f"/jobs/{job_id}")).json())["status"] not in statuses:
            assert job["finished_at"] is None, job
            await asyncio.sleep(0.05)
    return job


async def analysed(client: httpx2.AsyncClient, url: str, **options: Any) -> dict[str, Any]:
    """A job that was submitted and has completed."""
    return await until(client, (await submit(client, url, **options)).json()["id"], "completed")


async def test_a_song_is_analysed_once_and_its_document_kept(opened: Opener):
    async with opened(working=True) as client:
        song = await uploaded(client, EXAMPLE.read_bytes())
        job = await analysed(client, song["audio_url"])
        document = await client.get(job["result"]["analysis_url"].removeprefix("/api/v1"))
        again = await analysed(client, song["audio_url"])
        anew = await analysed(client, song["audio_url"], force=True)
        jams = await client.get(f"/songs/{song['content_hash']}/analysis.jams")
        same = await client.get(
            f"/songs/{song['content_hash']}/analysis", headers={"If-None-Match": document.headers["etag"]}
        )
        kinds = [
            [each["id"] for each in (await client.get("/jobs", params={"kind": kind})).json()["jobs"]]
            for kind in ("analyze", "lrc")
        ]

    analysis = MusicAnalysis.from_json(document.content)
    assert analysis.tempo
    assert analysis.tempo.bpm == pytest.approx(60 / 0.45, rel=0.01)
    assert analysis.key
    assert (analysis.key.tonic, analysis.key.mode) == ("C", "major")
    assert analysis.vocal_activity
    assert analysis.vocal_activity.spans
    assert job["kind"] == "analyze"
    assert job["content_hash"] == song["content_hash"]
    assert job["result"]["tempo_bpm"] == analysis.tempo.bpm
    assert (job["result"]["key"], job["result"]["time_signature"]) == ("C major", "4/4")
    assert [each["result"]["was_there"] for each in (job, again, anew)] == [False, True, False]
    assert {each["result"]["etag"] for each in (job, again, anew)} == {document.headers["etag"]}
    assert same.status_code == 304
    assert {each["namespace"] for each in jams.json()["annotations"]} >= {"beat", "tempo", "key_mode"}
    assert kinds == [[anew["id"], again["id"], job["id"]], []]


async def test_the_songs_lyrics_tell_its_sections(opened: Opener):
    lines = (EXAMPLE.parent / "lines.csv").read_text("utf-8").splitlines()[1:]
    stamped = [
        f"[00:{float(line.split(',')[0]):05.2f}]{line.split(',', 2)[2]}"
        for line in lines
        if float(line.split(",")[0]) < 60
    ]
    async with opened(working=True) as client:
        song = await uploaded(client, EXAMPLE.read_bytes())
        await analysed(client, song["audio_url"])
        path = f"/songs/{song['content_hash']}/analysis"
        before = await client.get(path)
        headers = {"Content-Type": "application/x-lrc", "If-None-Match": "*"}
        put = await client.put(f"/songs/{song['content_hash']}/lyrics", content="\n".join(stamped), headers=headers)
        assert put.is_success, put.text
        after = await client.get(path)
        jams = await client.get(f"{path}.jams")

    functions = [section["function"] for section in after.json()["sections"]]
    assert "chorus" not in [section["function"] for section in before.json()["sections"]]
    assert functions.count("chorus") >= 2
    assert functions[0] == "intro"
    assert before.headers["etag"] != after.headers["etag"]
    assert after.json()["section_engine"] == "signal+lyrics"
    assert "segment_salami_function" in {each["namespace"] for each in jams.json()["annotations"]}


async def test_silence_and_noise_are_answered_with_nothing_that_is_sure(opened: Opener):
    noise = np.random.default_rng(1).normal(0, 3000, 8 * 8000).astype(np.int16)
    async with opened(working=True) as client:
        for samples in (np.zeros(2 * 8000, np.int16), noise, noise[:50]):
            song = await uploaded(client, flac(samples))
            await analysed(client, song["audio_url"])
            document = json.loads((await client.get(f"/songs/{song['content_hash']}/analysis")).content)
            assert document["duration_seconds"] == pytest.approx(len(samples) / 8000, abs=0.01)
            assert document["key"] is None
            assert (document["tempo"] or {"confidence": 0.0})["confidence"] < 0.1


async def test_a_running_job_is_cancelled_and_leaves_no_analysis(opened: Opener):
    async with opened(working=True) as client:
        song = await uploaded(client, flac(np.zeros(3500 * 8000, np.int16)))
        job = (await submit(client, song["audio_url"])).json()
        await until(client, job["id"], "processing")
        assert (await client.post(f"/jobs/{job['id']}/cancel")).json()["status"] == "cancelled"
        answer = await client.get(f"/songs/{song['content_hash']}/analysis")
    assert (answer.status_code, answer.json()["code"]) == (404, "analysis_not_found")


async def test_the_music_models_are_given_the_stems_that_are_there(opened: Opener, tmp_path: Path):
    (program := tmp_path / "program.py").write_text(
        "import json, sys, pathlib\n"
        "folder = pathlib.Path(sys.argv[sys.argv.index('--stems') + 1])\n"
        "error = {'code': 'stems_unusable', 'message': ' '.join(sorted(file.name for file in folder.iterdir()))}\n"
        "print(json.dumps({'error': error}))\n"
    )
    command = shlex.join([sys.executable, str(program)])
    objects = tmp_path / "objects"
    async with opened(
        working=True, storage_url=objects.as_uri(), stem_models="htdemucs", music_models=command
    ) as client:
        song = await uploaded(client, EXAMPLE.read_bytes())
        (folder := objects / song["content_hash"] / "stems" / "htdemucs").mkdir(parents=True)
        for name in ("drums", "bass", "other", "vocals"):
            (folder / f"{name}.flac").write_bytes(flac(np.ones(70 * 8000, np.int16)))
        job = await analysed(client, song["audio_url"], tier="full")

    assert job["result"]["tier"] == "full"
    assert job["result"]["sections"] > 0
    (warning,) = job["warnings"]
    assert "not by the music models" in warning
    assert "bass.flac drums.flac other.flac vocals.flac" in warning


async def test_stems_by_demucs_are_made_and_listed(opened: Opener, tmp_path: Path, recording: bytes):
    (program := tmp_path / "program.py").write_text(
        "import json, shutil, sys\n"
        "song, out = sys.argv[-2:]\n"
        "files = [shutil.copy(song, f'{out}/{name}.flac') for name in ('drums', 'bass', 'other', 'vocals')]\n"
        "print(json.dumps({'result': {'files': files}}))\n"
    )
    command = shlex.join([sys.executable, "-I", str(program)])
    async with opened(working=True, stem_models="spleeter-2stems,demucs", music_models=command) as client:
        song = await uploaded(client, recording)
        asked = {"generate_stems": True, "stem_model": "demucs"}
        jobs = [await analysed(client, song["audio_url"], **asked) for _ in range(2)]
        listed = (await client.get(f"/songs/{song['content_hash']}/stems")).json()["stems"]

    assert [job["result"]["was_there"] for job in jobs] == [False, True]
    assert [(stem["name"], stem["model"]) for stem in listed] == [
        (name, "demucs") for name in ("drums", "bass", "other", "vocals")
    ]


@pytest.mark.parametrize(
    ("offered", "options"),
    [
        ("spleeter-2stems", {"generate_stems": True, "stem_model": "htdemucs"}),
        ("spleeter-2stems", {"stem_model": "spleeter-99stems"}),
        ("", {"tier": "full"}),
        ("", {"generate_stems": True}),
    ],
)
async def test_what_the_host_does_not_offer_is_refused(opened: Opener, offered: str, options: dict[str, Any]):
    async with opened(stem_models=offered) as client:
        answer = await submit(client, **options)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_offered")
        assert (await client.get("/jobs")).json()["jobs"] == []


@pytest.mark.slow
async def test_stems_and_a_full_analysis_are_made_once(opened: Opener):
    async with opened(working=True) as client:
        song = await uploaded(client, EXAMPLE.read_bytes())
        stems_url = f"/songs/{song['content_hash']}/stems"
        before = (await client.get(stems_url)).json()
        asked: list[dict[str, Any]] = [
            {"generate_stems": True},
            {"tier": "full"},
            {"tier": "full", "generate_stems": True},
            {},
        ]
        jobs = [await analysed(client, song["audio_url"], **options) for options in asked]
        listed = (await client.get(stems_url)).json()["stems"]
        files = [await client.get(stem["url"].removeprefix("/api/v1")) for stem in listed]
        analysis = MusicAnalysis.from_json((await client.get(f"/songs/{song['content_hash']}/analysis")).content)

    assert before == {"stems": []}
    assert [job["result"]["was_there"] for job in jobs] == [False, False, True, True]
    assert [job["result"]["tier"] for job in jobs] == ["fast", "full", "full", "full"]
    assert [(stem["name"], stem["model"]) for stem in listed] == [
        ("vocals", "spleeter-2stems"),
        ("accompaniment", "spleeter-2stems"),
    ]
    for stem, file in zip(listed, files, strict=True):
        assert file.headers["content-type"] == "audio/flac"
        assert len(file.content) == stem["size"] == int(file.headers["content-length"])
        with av.open(io.BytesIO(file.content)) as container:
            (stream,) = container.streams.audio
            assert (stream.rate, stream.channels) == (44_100, 2)
    assert analysis.tier == "full"
    assert analysis.vocal_activity
    assert analysis.vocal_activity.source == "separated"


async def test_what_cannot_be_meant_is_refused(client: httpx2.AsyncClient):
    unknown, elsewhere, absent = (
        await submit(client, tier="best"),
        await submit(client, "file:///etc/passwd"),
        await submit(client, "sow://audio/" + "a" * 64),
    )
    codes = [answer.json()["code"] for answer in (unknown, elsewhere, absent)]
    assert codes == ["request_invalid", "request_invalid", "recording_not_found"]


async def test_a_damaged_document_is_worked_out_again(opened: Opener, tmp_path: Path, recording: bytes):
    async with opened(working=True, storage_url=(tmp_path / "objects").as_uri()) as client:
        song = await uploaded(client, recording)
        await analysed(client, song["audio_url"])
        (stored,) = (tmp_path / "objects").rglob("analysis.json")
        whole = stored.read_bytes()
        stored.write_bytes(whole[:-9])
        assert (await client.get(f"/songs/{song['content_hash']}/analysis")).status_code == 404
        assert not (await analysed(client, song["audio_url"]))["result"]["was_there"]
        assert stored.read_bytes() == whole
