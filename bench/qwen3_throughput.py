#!/usr/bin/env python3
"""Speed and memory of the alignment service's model against the `qwen-asr` package, which publishes that model.

    PY=services/qwen3_align/.venv/bin/python
    $PY -m qwen3_align.building /tmp/aligner --full-size --layout original     random weights: only cost is real
    $PY bench/qwen3_throughput.py --model /tmp/aligner --against OTHER/bin/python --songs 1 --seconds 60

OTHER is an environment with `pip install qwen-asr`; it pins a transformers of its own. Both sides load the same
checkpoint once, in processes that live side by side, and get the same clips in turn, the one first and then the
other. Ours answers them in batches, theirs one `align` call for each, as one would serve requests with it. What is
timed is everything from samples to times. Noise stands in for music: neither side looks at what it hears.

Memory is the peak of a fresh process that loads the model and answers one song in one piece; on a GPU it is what
PyTorch allocated there. Runs on a GPU too (`--device cuda`, both in bfloat16), which is not tried yet.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

SAMPLE_RATE = 16_000
WORDS = ("we", "sing", "for", "joy", "and", "the", "morning", "answers", "us", "again", "hold", "on", "my", "heart")
WORDS_PER_SECOND = 1.4

Clip = tuple[Any, list[str]]
Answerer = Callable[[list[Clip]], int]
"""Answers clips, and gives the number of words that it timed."""


def make_clips(songs: int, seconds: float, window: float) -> list[Clip]:
    """Make songs of noise, cut into windows of that length (0: not cut), each with words."""
    rng = np.random.default_rng(0)
    clips: list[Clip] = []
    for _ in range(songs):
        song = (rng.standard_normal(round(seconds * SAMPLE_RATE)) * 0.1).astype(np.float32)
        size = round(window * SAMPLE_RATE) or len(song)
        for start in range(0, len(song), size):
            part = song[start : start + size]
            count = max(1, round(len(part) / SAMPLE_RATE * WORDS_PER_SECOND))
            clips.append((part, [WORDS[i % len(WORDS)] for i in range(count)]))
    return clips


def open_ours(model: str, device: str, batch: int) -> Answerer:
    """Load the model as the service does."""
    from qwen3_align.checkpoint import ModelSource
    from qwen3_align.clips import Clip
    from qwen3_align.model import AlignerModel, ModelOptions

    aligner = AlignerModel(ModelOptions(ModelSource(model), device=device))
    aligner.load()

    def answer(clips: list[Any]) -> int:
        asked = [Clip(samples, tuple(words), "English") for samples, words in clips]
        batches = (asked[start : start + batch] for start in range(0, len(asked), batch))
        return sum(len(times) for part in batches for times in aligner.predict(part))

    return answer


def open_theirs(model: str, device: str, _batch: int) -> Answerer:
    """Load the model as the README of `qwen-asr` says."""
    import torch
    from qwen_asr import Qwen3ForcedAligner  # pyright: ignore[reportMissingImports]

    dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
    aligner: Any = Qwen3ForcedAligner.from_pretrained(model, dtype=dtype, device_map=device)

    def answer(clips: list[Clip]) -> int:
        results = [
            aligner.align(audio=(samples, SAMPLE_RATE), text=" ".join(words), language="English")[0]
            for samples, words in clips
        ]
        return sum(len(result) for result in results)

    answer([(np.zeros(SAMPLE_RATE, np.float32), ["la"])])
    return answer


def serve(side: str, options: argparse.Namespace) -> None:
    """Be one side: for each line that comes, answer the clips that it describes and say what that cost."""
    out, sys.stdout = sys.stdout, sys.stderr  # the libraries print, too
    answer = {"ours": open_ours, "theirs": open_theirs}[side](options.model, options.device, options.batch)
    print("{}", file=out, flush=True)
    for line in sys.stdin:
        clips = make_clips(**json.loads(line))
        began, processor = time.perf_counter(), time.process_time()
        words = answer(clips)
        cost = {"seconds": time.perf_counter() - began, "processor": time.process_time() - processor}
        assert words == sum(len(words) for _, words in clips)
        print(json.dumps(cost | {"megabytes": _peak(options.device)}), file=out, flush=True)


def _peak(device: str) -> float:
    if device.startswith("cuda"):
        import torch

        return torch.cuda.max_memory_allocated() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


class Side:
    """One side's process."""

    def __init__(self, name: str, python: str, options: argparse.Namespace) -> None:
        asked = ["--model", options.model, "--device", options.device, "--batch", str(options.batch), "--side", name]
        self._process = subprocess.Popen(
            [python, __file__, *asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read()

    def ask(self, songs: int, seconds: float, window: float) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"songs": songs, "seconds": seconds, "window": window}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self._process.args} ended with code {self._process.wait()}; run it to see why")
        return json.loads(line)


def main() -> None:
    """Measure what was asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a checkpoint of the original layout, which both sides read")
    parser.add_argument(
        "--against", help="Python of the environment that has qwen-asr; by default ours is measured alone"
    )
    parser.add_argument("--songs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of a song")
    parser.add_argument("--windows", type=float, default=30.0, help="length of the clips; 0: songs in one piece")
    parser.add_argument("--batch", type=int, default=4, help="clips that ours answers at once")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--memory-seconds", type=float, default=300.0, help="length of the song; 0: do not measure memory"
    )
    parser.add_argument("--side", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        serve(options.side, options)
        return
    sides = {"ours": sys.executable} | ({"theirs": options.against} if options.against else {})
    if options.repeats:
        _print_speed(sides, options)
    if options.memory_seconds:
        _print_memory(sides, options)


def _print_speed(sides: dict[str, str], options: argparse.Namespace) -> None:
    running = {name: Side(name, python, options) for name, python in sides.items()}
    sound = options.songs * options.seconds
    rates: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for repeat in range(options.repeats):
        for name in list(running)[:: 1 if repeat % 2 == 0 else -1]:
            cost = running[name].ask(options.songs, options.seconds, options.windows)
            rates[name].append({kind: sound / cost[kind] for kind in ("seconds", "processor")})
            print(f"{name:7s} {sound / cost['seconds']:8.2f} s of sound a second", flush=True)
    for side in running.values():
        side.close()
    for kind in ("seconds", "processor"):
        medians = {name: median(rate[kind] for rate in some) for name, some in rates.items()}
        text = ", ".join(f"{name} {rate:.3f}" for name, rate in medians.items())
        if len(rates) == 2:
            ratios = [ours[kind] / theirs[kind] for ours, theirs in zip(rates["ours"], rates["theirs"], strict=True)]
            text += f"; ours / theirs: {', '.join(f'{ratio:.2f}' for ratio in ratios)}, median {median(ratios):.2f}"
        print(f"sound per {'second' if kind == 'seconds' else 'processor second'}, median: {text}")


def _print_memory(sides: dict[str, str], options: argparse.Namespace) -> None:
    peaks: dict[str, float] = {}
    for name, python in sides.items():
        side = Side(name, python, options)
        cost = side.ask(1, options.memory_seconds, 0.0)
        side.close()
        peaks[name] = cost["megabytes"]
        print(f"{name:7s} {options.memory_seconds:.0f} s in one piece: {cost['megabytes']:.0f} MB", flush=True)
    if len(peaks) == 2:
        print(f"memory, ours / theirs: {peaks['ours'] / peaks['theirs']:.2f}")


if __name__ == "__main__":
    main()
