#!/usr/bin/env python3
"""How the Analysis Service stands a crowd. The engine is a fake, but for `latency --real`.

    python bench/service_load.py accept              200 jobs from 8 callers at once: jobs accepted per second
    python bench/service_load.py latency             GET /jobs/{id} while 4 jobs run: median, p99; lag of the event loop
    python bench/service_load.py latency --real      the same with real alignments (PocketSphinx; --engines all)
    python bench/service_load.py memory --jobs 10000 memory of the service after each tenth of the jobs
    python bench/service_load.py restart             kill -9 with 1,000 open jobs, start: seconds until it serves

Each prints one JSON object a line. The callers share the machine's cores with the service.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import re
import tempfile
import time
from pathlib import Path

import httpx2
from running_service import Process, count_open, percentile, request, rows, show, tone, upload

CALLERS = 8
ROOT = Path(__file__).parent.parent


async def submit(url: str, requests: list[dict[str, object]], callers: int = CALLERS) -> list[str]:
    """Submit all requests from some callers at once; give the jobs' ids."""
    left = iter(requests)
    ids: list[str] = []

    async def caller(client: httpx2.AsyncClient) -> None:
        for each in left:
            answer = await client.post(f"{url}/api/v1/jobs/lrc", json=each)
            answer.raise_for_status()
            ids.append(answer.json()["id"])

    async with httpx2.AsyncClient(timeout=60, trust_env=False) as client:
        await asyncio.gather(*(caller(client) for _ in range(callers)))
    return ids


def accept(folder: Path, jobs: int) -> None:
    """How many jobs a second are accepted, and done."""
    service = Process(folder, settings={"SOW_FAKE_SECONDS": "0.1"})
    service.start()
    try:
        service.wait_until_ready()
        audio = upload(service.url, tone())
        began = time.perf_counter()
        ids = asyncio.run(submit(service.url, [request(audio, n) for n in range(jobs)]))
        seconds = time.perf_counter() - began
        wait_for_all(service)
        show(
            jobs=len(set(ids)),
            accepted_per_second=round(jobs / seconds, 1),
            done_per_second=round(jobs / (time.perf_counter() - began), 1),
        )
    finally:
        service.kill()


def latency(folder: Path, real: bool, jobs: int, engines: str) -> None:
    """How soon a job can be looked at while four are worked on, and how late the event loop comes to what is due."""
    settings = {"SOW_ANALYSIS_LRC_CONCURRENCY": "4", "SOW_FAKE_SECONDS": "20"}
    if real:
        settings["SOW_ANALYSIS_PIPELINE"] = "sow_analysis.pipeline:generate_lrc"
    service = Process(folder, settings=settings)
    service.start()
    try:
        service.wait_until_ready()
        song = ROOT / "examples" / "morning_light"
        audio = upload(service.url, (song / "audio.ogg").read_bytes())
        lyrics = (song / "lyrics.txt").read_text("utf-8")
        options = {"engines": None if engines == "all" else engines.split(","), "use_cache": False}
        before = loop_lag(service.url)
        ids = asyncio.run(
            submit(
                service.url,
                [request(audio, n, lyrics_text=f"{lyrics}\n{'la ' * (n + 1)}\n", options=options) for n in range(jobs)],
            )
        )
        taken: list[float] = []
        running = True
        with httpx2.Client(trust_env=False, timeout=30) as client:
            client.get(f"{service.url}/health")
            while running and len(taken) < 10_000:
                running = False
                for each in ids:
                    began = time.perf_counter()
                    job = client.get(f"{service.url}/api/v1/jobs/{each}").raise_for_status().json()
                    taken.append(time.perf_counter() - began)
                    running = running or job["status"] in ("queued", "processing")
                time.sleep(0.005)
        show(
            real=real,
            statuses=rows(service.database, "SELECT status, count(*) FROM jobs GROUP BY status"),
            requests=len(taken),
            median_ms=round(percentile(taken, 0.5) * 1000, 1),
            p99_ms=round(percentile(taken, 0.99) * 1000, 1),
            worst_ms=round(max(taken) * 1000, 1),
            **lag_figures(before, loop_lag(service.url)),
        )
    finally:
        service.kill()


def loop_lag(url: str) -> dict[float, int]:
    """How often the service's event loop came to what was due no later than so many seconds, since it started."""
    text = httpx2.get(f"{url}/metrics").raise_for_status().text
    found = re.findall(r'sow_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)', text)
    return {float(bound): round(float(count)) for bound, count in found}


def lag_figures(before: dict[float, int], after: dict[float, int]) -> dict[str, object]:
    """What the lag was in between. The histogram's bounds are all that is known of it."""
    counts = {bound: count - before[bound] for bound, count in after.items()}
    total = counts[math.inf]
    return {
        "lag_samples": total,
        "lag_p99_at_most_ms": 1000 * next(bound for bound, count in counts.items() if count >= 0.99 * total),
        "lag_worst_at_most_ms": 1000 * next(bound for bound, count in counts.items() if count == total),
    }


def memory(folder: Path, jobs: int) -> None:
    """Whether memory grows with the jobs done."""
    service = Process(folder, settings={"SOW_ANALYSIS_LRC_CONCURRENCY": "4", "SOW_ANALYSIS_CHILD_MAX_JOBS": "100000"})
    service.start()
    try:
        service.wait_until_ready()
        tenth = max(1, jobs // 10)
        began = time.perf_counter()
        for start in range(0, jobs, tenth):
            audio = upload(service.url, tone(start // tenth))
            asyncio.run(submit(service.url, [request(audio, n) for n in range(start, start + tenth)]))
            wait_for_all(service)
            show(
                jobs=start + tenth,
                memory_mb=round(service.memory_mb(), 1),
                jobs_per_second=round((start + tenth) / (time.perf_counter() - began), 1),
            )
    finally:
        service.kill()


def restart(folder: Path, jobs: int) -> None:
    """How soon the service serves again after SIGKILL with many jobs open."""
    service = Process(folder, settings={"SOW_FAKE_SECONDS": "1"})
    service.start()
    try:
        service.wait_until_ready()
        audio = upload(service.url, tone())
        ids = asyncio.run(submit(service.url, [request(audio, n) for n in range(jobs)]))
        service.kill()
        left = count_open(service.database)
        began = time.perf_counter()
        service.start()
        service.wait_until_ready()
        httpx2.get(f"{service.url}/api/v1/jobs/{ids[-1]}").raise_for_status()
        serving = time.perf_counter() - began
        while count_open(service.database) >= left:
            time.sleep(0.05)
        show(
            open_jobs=left,
            seconds_until_served=round(serving, 2),
            seconds_until_the_next_job_is_done=round(time.perf_counter() - began, 2),
        )
    finally:
        service.kill()


def wait_for_all(service: Process, seconds: float = 600) -> None:
    """Wait until no job is open. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while count_open(service.database):
        if time.monotonic() > deadline:
            raise TimeoutError("some jobs do not end")
        time.sleep(0.1)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["accept", "latency", "memory", "restart"])
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--engines", default="pocketsphinx", help="of `--real`: names, or all")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sow-load-") as name:
        folder = Path(name)
        if chosen.what == "accept":
            accept(folder, chosen.jobs or 200)
        elif chosen.what == "latency":
            latency(folder, chosen.real, chosen.jobs or 4, chosen.engines)
        elif chosen.what == "memory":
            memory(folder, chosen.jobs or 10_000)
        else:
            restart(folder, chosen.jobs or 1000)


if __name__ == "__main__":
    main()
