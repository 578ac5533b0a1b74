"""Everything that lives as long as the service does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from qwen3_align.batcher import Batcher, Limits
from qwen3_align.model_thread import ModelThread
from qwen3_align.protocols import Align, Model, ModelFacts
from qwen3_align.service.admission import Admission
from qwen3_align.service.keeper import Care, ModelKeeper
from qwen3_align.service.metrics import Metrics
from qwen3_align.settings import Settings

_WARM_UP_SECONDS = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
"""Lengths of the clips that songs are cut into."""
_TOKENS_ON_CUDA = 8000
_TOKENS_ELSEWHERE = 2000
_DECODERS = 2
"""Recordings that are decoded at once: each is held in memory meanwhile."""


@dataclass(frozen=True)
class Runtime:
    """What routes work with."""

    settings: Settings
    keeper: ModelKeeper
    batcher: Batcher
    admission: Admission
    metrics: Metrics
    align: Align
    decoders: anyio.CapacityLimiter


@asynccontextmanager
async def open_runtime(settings: Settings, model: Model, align: Align) -> AsyncGenerator[Runtime]:
    """Begin to load the model and to take clips to it, until the end of the context."""
    metrics, thread = Metrics(), ModelThread()
    keeper = ModelKeeper(
        model, thread, Care(settings.idle_unload_seconds, warm_up=lambda facts: _warm_up(settings, facts))
    )
    batcher = Batcher(model, thread, lambda: _limits(settings, keeper.facts), metrics)
    admission = Admission(settings.max_open_requests, settings.max_open_seconds, batcher.speed.seconds_for)
    tasks = [asyncio.create_task(keeper.run()), asyncio.create_task(batcher.run())]
    try:
        yield Runtime(settings, keeper, batcher, admission, metrics, align, anyio.CapacityLimiter(_DECODERS))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        thread.stop(0)


def _warm_up(settings: Settings, facts: ModelFacts) -> Sequence[float]:
    wanted = settings.warm_up == "on" or (settings.warm_up == "auto" and _on_cuda(facts))
    return _WARM_UP_SECONDS if wanted else ()


def _limits(settings: Settings, facts: ModelFacts) -> Limits:
    by_device = _TOKENS_ON_CUDA if _on_cuda(facts) else _TOKENS_ELSEWHERE
    return Limits(settings.max_batch_clips, settings.max_batch_tokens or by_device, settings.max_wait_ms / 1000)


def _on_cuda(facts: ModelFacts) -> bool:
    return (facts.device or "").startswith("cuda")
