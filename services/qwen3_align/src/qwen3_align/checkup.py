"""Whether the aligner works on this machine, and how fast: what one wants to know before its first song."""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qwen3_align.clips import SAMPLE_RATE, Clip
from qwen3_align.protocols import Model
from qwen3_align.settings import Settings

_SECONDS = 10.0
"""Of noise that the model is asked about for its speed; one word is in it for each second."""

Say = Callable[[str], None]


def check(settings: Settings, model: Model, say: Say) -> None:
    """Load the model, ask it about noise, and say what came of it.

    Args:
        settings: how the service would be set up.
        model: not loaded yet; it is unloaded at the end.
        say: is given one line after another.

    Raises:
        AlignError: the model cannot be loaded, or failed.
    """
    say(f"model    {settings.model}")
    say(f"folder   {settings.cache_dir}, {_free(settings.cache_dir) / 1e9:.0f} GB free on its disk")
    began = time.monotonic()
    stages: set[str] = set()

    def tell(stage: str, _progress: float | None) -> None:
        if stage not in stages:
            stages.add(stage)
            say(f"         {stage} ...")

    model.load(tell)
    try:
        facts = model.describe()
        say(f"loaded   in {time.monotonic() - began:.1f} s, on {facts.device} with {facts.dtype}")
        _ask(model, 1.0)
        seconds = _ask(model, _SECONDS)
        say(f"speed    {_SECONDS:.0f} s of sound in {seconds:.2f} s: {_SECONDS / seconds:.1f} times real time")
        say(f"memory   {_memory() / 1e9:.1f} GB at most, the device's own not counted")
    finally:
        model.unload()


def _ask(model: Model, seconds: float) -> float:
    """The seconds that the model takes for so much noise."""
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, round(seconds * SAMPLE_RATE)).astype(np.float32)
    began = time.monotonic()
    prepared = model.prepare(Clip(noise, ("la",) * round(seconds), "English"))
    model.decode(prepared, model.forward([prepared])[0])
    return time.monotonic() - began


def _free(folder: Path) -> int:
    """Bytes that are free on a folder's disk; it need not be there yet."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free


def _memory() -> int:
    """Bytes that this process has had at most."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
