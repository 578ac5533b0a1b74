from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hub import COMMIT, REPOSITORY, running_hub
from reference import noise
from safetensors.torch import load_file, save_file

from qwen3_align.checkpoint import ModelSource, fetch, make_native
from qwen3_align.errors import (
    HubUnreachableError,
    ModelNotFoundError,
    ModelNotOnDiskError,
    NotAnAlignerError,
)
from qwen3_align.model import AlignerModel, ModelOptions

CLIP = noise(9, "we sing for joy")


@pytest.fixture
def copy(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "copy"))


@pytest.fixture
def original(original_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original_model_folder, tmp_path / "original"))


def test_an_original_checkpoint_answers_as_the_native_one(
    tiny_model: AlignerModel, original: Path, tmp_path: Path
) -> None:
    model = _model(original, tmp_path)
    stages: list[str] = []
    model.load(lambda stage, share: stages.append(stage))
    assert list(dict.fromkeys(stages)) == ["convert", "load", "warm"]
    ours, theirs = (one.forward([one.prepare(CLIP)])[0] for one in (model, tiny_model))
    np.testing.assert_array_equal(ours.classes, theirs.classes)
    np.testing.assert_array_equal(ours.sureness, theirs.sureness)


def test_a_checkpoint_in_several_files_is_converted_too(original: Path, tmp_path: Path) -> None:
    _shard(original)
    source = ModelSource(str(original), cache_dir=tmp_path / "cache")
    native = _native(source)
    assert sorted(path.name for path in native.glob("*.safetensors")) == ["model-1.safetensors", "model-2.safetensors"]
    model = _model(original, tmp_path)
    model.load()
    assert model.predict([CLIP])


def test_converts_once_for_all_who_ask_at_once(original: Path, tmp_path: Path) -> None:
    source = ModelSource(str(original), cache_dir=tmp_path / "cache")
    with ThreadPoolExecutor(4) as pool:
        folders = {*pool.map(lambda _: _native(source), range(4))}
    assert len(folders) == 1
    made = (folders.pop() / "model.safetensors").stat().st_mtime_ns
    assert (_native(source) / "model.safetensors").stat().st_mtime_ns == made


def test_another_source_is_another_copy(original: Path, tmp_path: Path) -> None:
    source = ModelSource(str(original), cache_dir=tmp_path / "cache")
    before = _native(source)
    tensors = load_file(original / "model.safetensors")
    save_file({name: tensor * 2 for name, tensor in tensors.items()}, original / "model.safetensors")
    assert _native(source) != before


@pytest.mark.parametrize("damage", ["cut", "gone", "seal"])
def test_a_damaged_copy_is_made_anew(damage: str, original: Path, tmp_path: Path) -> None:
    source = ModelSource(str(original), cache_dir=tmp_path / "cache")
    folder = _native(source)
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    if damage == "cut":
        weights.write_bytes(whole[: len(whole) // 2])
    elif damage == "gone":
        (folder / "tokenizer.json").unlink()
    else:
        (folder / "converted.json").write_text("nothing")
    assert _native(source) == folder
    assert weights.read_bytes() == whole
    assert (folder / "tokenizer.json").is_file()
    assert not list((tmp_path / "cache" / "converted").glob(".*"))


def test_a_checkpoint_that_cannot_be_converted_leaves_nothing_behind(original: Path, tmp_path: Path) -> None:
    tensors = load_file(original / "model.safetensors")
    tensors.pop("thinker.lm_head.weight")
    save_file(tensors, original / "model.safetensors")
    with pytest.raises(NotAnAlignerError, match=r"is missing: score\.weight"):
        _native(ModelSource(str(original), cache_dir=tmp_path / "cache"))
    assert [path.suffix for path in (tmp_path / "cache" / "converted").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            {"architectures": ["Qwen3ASRForConditionalGeneration"]},
            "its architecture is Qwen3ASRForConditionalGeneration",
        ),
        ({"architectures": None}, "its architecture is none"),
        ({"model_type": "whisper"}, "of type 'whisper'"),
        ({"id2label": {"0": "a", "1": "b"}}, "2 classes of time"),
        ({"id2label": None}, "no classes of time"),
        ({"thinker_config": {"audio_token_id": 5}}, "no classes of time"),
    ],
)
def test_refuses_other_models(settings: dict[str, Any], reason: str, copy: Path, tmp_path: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | settings))
    _refused(copy, tmp_path, reason)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("config.json", "it has no config.json"),
        ("tokenizer.json", r"lacks tokenizer.json \(or vocab.json with merges.txt\)"),
        ("tokenizer_config.json", "lacks tokenizer_config.json"),
        ("model.safetensors", "neither model.safetensors nor"),
    ],
)
def test_refuses_a_folder_that_lacks_a_file(name: str, reason: str, copy: Path, tmp_path: Path) -> None:
    (copy / name).unlink()
    _refused(copy, tmp_path, reason)


def test_refuses_weights_that_are_not_the_aligners(copy: Path, tmp_path: Path) -> None:
    weights = copy / "model.safetensors"
    tensors = load_file(weights)
    head = tensors.pop("score.weight")
    save_file(tensors, weights)
    _refused(copy, tmp_path, "is missing: score.weight")
    save_file(tensors | {"score.weight": head, "lm_head.weight": head.clone()}, weights)
    _refused(copy, tmp_path, "is not the aligner's: lm_head.weight")
    save_file(tensors | {"score.weight": head[:, 1:].contiguous()}, weights)
    _refused(copy, tmp_path, "has another shape: score.weight")


def test_refuses_weights_under_the_originals_names_with_native_settings(
    copy: Path, original_model_folder: Path, tmp_path: Path
) -> None:
    shutil.copy(original_model_folder / "model.safetensors", copy)
    _refused(copy, tmp_path, r"is missing: model.audio_tower.*and \d+ more")


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x02" + b"\0" * 7 + b"[]"])
def test_refuses_damaged_weights(content: bytes, copy: Path, tmp_path: Path) -> None:
    (copy / "model.safetensors").write_bytes(content)
    _refused(copy, tmp_path, "damaged")


def test_refuses_weights_that_are_cut_off(copy: Path, tmp_path: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    _refused(copy, tmp_path, "its header promises")


def test_an_index_may_not_point_outside(copy: Path, tmp_path: Path) -> None:
    (copy / "model.safetensors").rename(tmp_path / "elsewhere.safetensors")
    (copy / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../elsewhere.safetensors"}}')
    _refused(copy, tmp_path, "names ../elsewhere.safetensors")


def test_offline_needs_a_model_on_disk(tmp_path: Path) -> None:
    with pytest.raises(ModelNotOnDiskError, match="Start once with the network allowed"):
        fetch(ModelSource("someone/something", offline=True, cache_dir=tmp_path), _ignore)


def test_downloads_what_is_needed_and_finds_it_again_offline(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy / "README.md").write_text("not needed")
    (copy / "pytorch_model.bin").write_text("not needed either")
    heard: list[tuple[str, float]] = []
    source = ModelSource(REPOSITORY, cache_dir=tmp_path / "cache")
    with running_hub(copy) as hub:
        _use(hub.url, monkeypatch)
        model = AlignerModel(ModelOptions(source, device="cpu"))
        assert (model.describe().id, model.describe().revision) == (REPOSITORY, None)
        model.load(lambda stage, share: heard.append((stage, share)))
        assert not {"README.md", "pytorch_model.bin"} & {*hub.served}
    shares = [share for stage, share in heard if stage == "download"]
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 1.0
    assert len(shares) > 2
    assert (model.describe().id, model.describe().revision) == (REPOSITORY, COMMIT)
    later = AlignerModel(ModelOptions(replace(source, offline=True), device="cpu"))
    later.load()
    assert later.predict([CLIP]) == model.predict([CLIP])


def test_a_model_that_was_not_downloaded_whole_is_not_used_offline(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ModelSource(REPOSITORY, cache_dir=tmp_path / "cache")
    with running_hub(copy) as hub:
        _use(hub.url, monkeypatch)
        folder = fetch(source, _ignore).folder
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelNotOnDiskError, match="or not whole"):
        fetch(replace(source, offline=True), _ignore)


def test_a_repository_that_the_hub_does_not_have_is_not_asked_for_again(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(copy) as hub:
        _use(hub.url, monkeypatch)
        with pytest.raises(ModelNotFoundError) as raised:
            fetch(ModelSource("someone/else", cache_dir=tmp_path), _ignore)
    assert not raised.value.retryable


def test_a_hub_that_does_not_answer_may_be_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _use("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(HubUnreachableError) as raised:
        fetch(ModelSource("someone/something", cache_dir=tmp_path), _ignore)
    assert raised.value.retryable


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./nowhere", "not a name"])
def test_says_what_is_not_there(name: str) -> None:
    with pytest.raises(ModelNotFoundError):
        fetch(ModelSource(name), _ignore)


def _use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}"
    )


def _native(source: ModelSource) -> Path:
    return make_native(fetch(source, _ignore), source, _ignore).folder


def _model(folder: Path, tmp_path: Path) -> AlignerModel:
    return AlignerModel(ModelOptions(ModelSource(str(folder), cache_dir=tmp_path / "cache"), device="cpu"))


def _refused(folder: Path, tmp_path: Path, reason: str) -> None:
    model = _model(folder, tmp_path)
    with pytest.raises(NotAnAlignerError, match=reason) as raised:
        model.load()
    assert not raised.value.retryable
    assert not model.loaded


def _shard(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    parts = {"model-1.safetensors": names[::2], "model-2.safetensors": names[1::2]}
    for file, part in parts.items():
        save_file({name: tensors[name] for name in part}, folder / file)
    weights = {name: file for file, part in parts.items() for name in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weights}))


def _ignore(_share: float) -> None:
    pass
