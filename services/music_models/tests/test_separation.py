from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import tiny
import torch

from music_models import checkpoints, separation
from music_models.checkpoints import separator
from music_models.errors import ModelUnavailableError, ModelUnusableError, NotWritableError
from music_models.separation import separated
from music_models.stems import STEMS, write_stems

CPU = torch.device("cpu")


def stems_of(song: Path, model: Path) -> list[tuple[str, Any]]:
    made = separated(song, str(model), CPU, offline=True, max_seconds=60, tell=lambda _stage, _share: None)
    return list(made)


def test_four_stems_of_the_songs_length_come_out_the_same_each_time(song: Path, models: Path):
    first, second = stems_of(song, models / "separator"), stems_of(song, models / "separator")
    assert [name for name, _ in first] == list(STEMS)
    for (_, one), (_, other) in zip(first, second, strict=True):
        assert one.shape == (2, 6 * 44_100)
        assert np.abs(one).max() <= 1
        np.testing.assert_array_equal(one, other)


def test_silence_stays_finite(tmp_path: Path, models: Path):
    soundfile.write(file := tmp_path / "silence.wav", np.zeros(2 * 44_100), 44_100)
    assert all(np.isfinite(samples).all() for _, samples in stems_of(file, models / "separator"))


def test_progress_rises_to_one(song: Path, models: Path):
    told: list[float] = []

    def tell(stage: str, share: float) -> None:
        if stage == "separate":
            told.append(share)

    list(separated(song, str(models / "separator"), CPU, offline=True, max_seconds=60, tell=tell))
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == 1


def test_several_networks_are_mixed_as_their_collection_says(tmp_path: Path):
    for name, seed in (("aaaa", 1), ("bbbb", 2)):
        tiny.separator_checkpoint(tmp_path / "both" / f"{name}.th", seed)
        tiny.separator_checkpoint(tmp_path / name / f"{name}.th", seed)
    with pytest.raises(ModelUnusableError, match=r"no \.yaml"):
        separator(str(tmp_path / "both"), offline=True)
    (recipe := tmp_path / "both" / "mixed.yaml").write_text("models: [aaaa, cccc]\n")
    with pytest.raises(ModelUnusableError, match=r"mixed\.yaml names 'cccc'"):
        separator(str(tmp_path / "both"), offline=True)
    recipe.write_text("models: [aaaa, bbbb]\n")
    sound = torch.randn(2, 44_100)
    one, two, both = (
        separation._apply(separator(str(tmp_path / name), offline=True), sound, CPU, lambda _share: None)
        for name in ("aaaa", "bbbb", "both")
    )
    torch.testing.assert_close(both, (one + two) / 2, atol=1e-5, rtol=1e-4)


def test_a_checkpoint_whose_name_gives_its_checksum_must_have_it(tmp_path: Path):
    file = tiny.separator_checkpoint(tmp_path / "good" / "aaaa.th")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    file.rename(file.with_name(f"aaaa-{digest}.th"))
    separator(str(file.parent), offline=True)
    (file.parent / f"aaaa-{digest}.th").rename(file.with_name("aaaa-00000000.th"))
    with pytest.raises(ModelUnusableError, match="Invalid checksum"):
        separator(str(file.parent), offline=True)


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("code ran",)


def test_a_checkpoint_that_holds_code_is_not_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    torch.save({"klass": Runs(), "args": (), "kwargs": {}, "state": {}}, tmp_path / "aaaa.th")
    with pytest.raises(ModelUnusableError, match="holds more than weights"):
        separator(str(tmp_path), offline=True)
    assert "code ran" not in capfd.readouterr().out


def test_only_the_published_bytes_count_as_published(tmp_path: Path):
    assert not checkpoints._is_published(tiny.separator_checkpoint(tmp_path / "955717e8-8726e21a.th"))


def test_a_network_with_other_stems_is_refused(song: Path, tmp_path: Path):
    tiny.separator_checkpoint(tmp_path / "aaaa.th", sources=("drums", "rest"))
    with pytest.raises(ModelUnusableError, match="other stems"):
        stems_of(song, tmp_path)


@pytest.mark.parametrize(
    ("model", "said"), [("htdemucs", r"955717e8-8726e21a\.th .* check --fetch"), ("none", "no model 'none'")]
)
def test_a_named_model_that_is_not_here_is_refused_without_a_network(
    model: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ModelUnavailableError, match=said):
        separator(model, offline=True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(NotWritableError, match="cannot be written"):
        write_stems(tmp_path / "file", iter(()), sample_rate=44_100)
