from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from reference import noise

from qwen3_align.checkpoint import ModelSource
from qwen3_align.clips import Clip
from qwen3_align.errors import (
    DeviceUnavailableError,
    ModelMemoryError,
    ModelNotFoundError,
    ModelNotLoadedError,
    UnsupportedLanguageError,
    UnusableClipError,
)
from qwen3_align.model import AlignerModel, ModelOptions

CLIP = noise(2, "we sing")


def test_the_models_life(tiny_model_folder: Path) -> None:
    model = AlignerModel(ModelOptions(ModelSource(str(tiny_model_folder)), device="cpu"))
    assert not model.loaded
    assert model.describe().device is None
    heard: list[tuple[str, float]] = []
    model.load(lambda stage, share: heard.append((stage, share)))
    assert heard == [("load", 0.0), ("load", 1.0), ("warm", 0.0), ("warm", 1.0)]
    facts = model.describe()
    assert (facts.id, facts.revision, facts.device, facts.dtype) == (str(tiny_model_folder), None, "cpu", "float32")
    first = model.predict([CLIP])
    model.unload()
    assert not model.loaded
    with pytest.raises(ModelNotLoadedError):
        model.predict([CLIP])
    model.load()
    assert model.predict([CLIP]) == first


def test_threads_that_load_at_once_load_once(tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import qwen3_align.model.aligner_model as module

    loads: list[int] = []
    load: Any = module._load  # pyright: ignore[reportPrivateUsage]

    def count(*args: object) -> object:
        loads.append(threading.get_ident())
        return load(*args)

    monkeypatch.setattr(module, "_load", count)
    model = AlignerModel(ModelOptions(ModelSource(str(tiny_model_folder)), device="cpu"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: model.load(), range(4)))
        answers = list(pool.map(lambda _: model.predict([CLIP]), range(8)))
    assert len(loads) == 1
    assert all(answer == answers[0] for answer in answers)


def test_a_failed_load_may_be_tried_again(tiny_model_folder: Path, tmp_path: Path) -> None:
    model = AlignerModel(ModelOptions(ModelSource(str(tmp_path / "later")), device="cpu"))
    with pytest.raises(ModelNotFoundError):
        model.load()
    (tmp_path / "later").symlink_to(tiny_model_folder)
    model.load()
    assert model.loaded


def test_memory_that_runs_out_is_said_so(tiny_model: AlignerModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("no more")

    prepared = tiny_model.prepare(CLIP)
    monkeypatch.setattr("qwen3_align.model.network.encode", full)
    with pytest.raises(ModelMemoryError, match="2 clips") as raised:
        tiny_model.forward([prepared, prepared])
    assert raised.value.retryable
    assert isinstance(raised.value, MemoryError)
    monkeypatch.undo()
    assert tiny_model.forward([prepared])


def test_half_precision_works_too(tiny_model_folder: Path) -> None:
    options = ModelOptions(ModelSource(str(tiny_model_folder)), device="cpu", dtype="bfloat16")
    model = AlignerModel(options)
    model.load()
    assert model.describe().dtype == "bfloat16"
    (times,) = model.predict([noise(9, "we sing for joy")])
    assert len(times) == 4
    assert all(0 <= time.start <= time.end and 0 < time.confidence <= 1 for time in times)


@pytest.mark.parametrize("device", ["cuda:99", "toaster", "meta"])
def test_a_device_that_is_not_here_is_refused(device: str, tiny_model_folder: Path) -> None:
    model = AlignerModel(ModelOptions(ModelSource(str(tiny_model_folder)), device=device))
    with pytest.raises(DeviceUnavailableError, match="auto"):
        model.load()


def test_other_languages_are_refused_with_those_that_are_known(tiny_model: AlignerModel) -> None:
    with pytest.raises(UnsupportedLanguageError, match=r"'Dutch'.*Cantonese, Chinese, English"):
        tiny_model.prepare(replace(CLIP, language="Dutch"))


@pytest.mark.parametrize(
    "clip",
    [
        replace(CLIP, samples=np.zeros(0, np.float32)),
        replace(CLIP, samples=np.full(99, np.nan, np.float32)),
        replace(CLIP, samples=np.zeros((2, 99), np.float32)),
        replace(CLIP, samples=np.zeros(301 * 16_000, np.float32)),
        replace(CLIP, units=()),
        replace(CLIP, units=("we", "")),
        replace(CLIP, units=("we sing",)),
        replace(CLIP, units=("sing,",)),
        replace(CLIP, units=("<timestamp>",)),
        replace(CLIP, units=("<|audio_pad|>",)),
    ],
)
def test_clips_that_the_model_cannot_read_are_refused(clip: Clip, tiny_model: AlignerModel) -> None:
    with pytest.raises(UnusableClipError):
        tiny_model.prepare(clip)


def test_an_empty_batch_is_answered_with_nothing(tiny_model: AlignerModel) -> None:
    assert tiny_model.predict([]) == []


def test_many_threads_may_prepare_at_once(tiny_model: AlignerModel) -> None:
    clips = [noise(1 + i % 3, "we sing for joy " * (1 + i % 5), seed=i) for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(tiny_model.prepare, clips))
    for clip, prepared in zip(clips, together, strict=True):
        alone = tiny_model.prepare(clip)
        assert torch.equal(prepared.spectrum, alone.spectrum)
        np.testing.assert_array_equal(prepared.input_ids, alone.input_ids)
