from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import tiny
import torch
from numpy.typing import NDArray

from music_models import structure
from music_models.checkpoints import structure_files
from music_models.errors import ModelUnavailableError, ModelUnusableError, StemsUnusableError
from music_models.spectrogram import spectrogram
from music_models.structure import Models, find_structure
from music_models.structure_model import load_structure_model
from music_models.upstream import allin1
from song_audio.errors import AudioNotFoundError, AudioSilentError, AudioTooLongError

CPU = torch.device("cpu")
RATE = 44_100


def ignore(_stage: str, _share: float) -> None:
    pass


@pytest.fixture
def chosen(models: Path) -> Models:
    return Models(str(models / "structure"), str(models / "separator"), CPU, offline=True, max_seconds=60)


def test_a_song_gets_beats_in_order_and_sections_from_end_to_end(song: Path, chosen: Models):
    told: list[str] = []
    found = find_structure(song, None, chosen, lambda stage, _share: told.append(stage))
    assert list(dict.fromkeys(told)) == ["load", "decode", "separate", "listen", "structure", "beats"]
    assert found.beats == sorted(found.beats)
    assert set(found.downbeats) <= set(found.beats)
    assert len(found.beat_positions) == len(found.beats)
    assert found.segments[0].start == 0
    assert found.segments[-1].end == pytest.approx(6, abs=0.02)
    assert [one.end for one in found.segments[:-1]] == [one.start for one in found.segments[1:]]
    assert {segment.label for segment in found.segments} <= set(allin1().labels)


def test_stems_on_disk_spare_the_separation(song: Path, stems: Path, chosen: Models):
    told: set[str] = set()
    find_structure(song, stems, replace(chosen, separator="none"), lambda stage, _share: told.add(stage))
    assert "separate" not in told


def test_the_network_hears_the_stems_in_the_order_of_its_training():
    tones = {name: np.sin(2 * np.pi * pitch * np.arange(RATE) / RATE) for name, pitch in PITCHES.items()}
    heard = structure._listen(((name, tone.astype(np.float32)) for name, tone in tones.items()), ignore)
    loudest = heard[:, 50].argmax(axis=1)
    assert heard.shape == (4, 100, 81)
    assert list(np.argsort(loudest)) == [0, 1, 2, 3]


PITCHES = {"drums": 400.0, "bass": 100.0, "other": 1600.0, "vocals": 6400.0}
"""Rising in the order in which allin1 stacks the stems: bass, drums, other, vocals."""


def test_samples_and_files_of_16_bits_sound_alike_to_the_network():
    from madmom.audio.signal import Signal

    sound = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)
    as_file: Any = Signal((sound * 32767).round().astype(np.int16), sample_rate=RATE)
    np.testing.assert_allclose(spectrogram(sound), spectrogram(as_file), atol=2e-3)


def output(frames: int, beats: NDArray[Any], downbeats: NDArray[Any], sections: list[tuple[int, str]]) -> Any:
    """What a network that is sure would say."""
    from allin1.typings import AllInOneOutput

    def logits(at: NDArray[Any]) -> torch.Tensor:
        away = np.abs(np.arange(frames)[:, None] - at).min(axis=1, initial=frames)
        return torch.from_numpy(np.where(away <= 2, 4.0 - 2 * away, -6.0 - away / frames))[None]

    functions = torch.zeros(1, len(allin1().labels), frames)
    for start, label in sections:
        functions[0, :, start:] = 0
        functions[0, allin1().labels.index(label), start:] = 5
    starts = [start for start, _ in sections if start]
    return AllInOneOutput(logits(beats), logits(downbeats), logits(np.array(starts)), functions, functions)


def settings() -> Any:
    from omegaconf import OmegaConf

    return OmegaConf.create(tiny.structure_config())


def test_beats_bars_and_sections_are_read_from_a_sure_output():
    sections = [(0, "intro"), (2000, "verse"), (4000, "chorus")]
    sure = output(6000, np.arange(25, 6000, 50), np.arange(25, 6000, 200), sections)
    found = structure._read(sure, settings(), "sure", ignore)
    assert found.bpm == 120
    assert np.diff(found.beats) == pytest.approx(0.5, abs=0.05)
    assert np.mod(found.downbeats, 2) == pytest.approx(0.25, abs=0.05)
    assert found.beat_positions[-8:] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert [(one.start, one.end, one.label) for one in found.segments] == [
        (0, 20, "intro"),
        (20, 40, "verse"),
        (40, 60, "chorus"),
    ]


def test_a_song_without_a_boundary_is_one_section_and_without_beats_has_no_tempo():
    unsure = output(500, np.array([], int), np.array([], int), [(0, "solo")])
    unsure.logits_section = torch.full((1, 500), -torch.inf)
    found = structure._read(unsure, settings(), "unsure", ignore)
    assert [(one.start, one.end, one.label) for one in found.segments] == [(0, 5, "solo")]
    assert (found.bpm, found.beats, found.downbeats, found.beat_positions) == (None, [], [], [])


def test_saved_weights_come_back_and_several_files_are_averaged(tmp_path: Path):
    for seed in (1, 2):
        tiny.structure_checkpoint(tmp_path / f"{seed}" / "one.pth", seed)
        tiny.structure_checkpoint(tmp_path / "both" / f"{seed}.pth", seed)
    heard = torch.rand(1, 4, 300, 81)
    with torch.inference_mode():
        one, two, both = (
            load_structure_model(str(tmp_path / name), CPU, offline=True)(heard).logits_beat
            for name in ("1", "2", "both")
        )
    assert not torch.allclose(one, two)
    torch.testing.assert_close(both, (one + two) / 2)


def test_a_published_model_that_is_not_here_is_named_with_its_file_and_the_remedy(monkeypatch: pytest.MonkeyPatch):
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    def missing(repository: str, file: str, *, local_files_only: bool) -> str:
        assert (repository, local_files_only) == ("taejunkim/allinone", True)
        raise LocalEntryNotFoundError(file)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", missing)
    with pytest.raises(ModelUnavailableError, match=r"harmonix-fold0-0vra4ys2\.pth .* check --fetch"):
        structure_files("harmonix-all", offline=True)


def test_an_ensemble_is_eight_files_of_the_hub(monkeypatch: pytest.MonkeyPatch):
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda _repository, file, **_: f"/hub/{file}")
    files = structure_files("harmonix-all", offline=False)
    assert [file.name[:14] for file in files] == [f"harmonix-fold{number}" for number in range(8)]
    assert structure_files("harmonix-fold3", offline=False) == files[3:4]


@pytest.mark.parametrize(("model", "said"), [("harmonix", "no model 'harmonix'"), ("./nowhere", "no folder")])
def test_a_model_that_nobody_knows_is_refused(model: str, said: str):
    with pytest.raises(ModelUnavailableError, match=said):
        structure_files(model, offline=True)


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("code ran",)


def unusable(folder: Path) -> Iterator[tuple[str, Path]]:
    folder.mkdir()
    torch.save({"config": Runs(), "state_dict": {}}, file := folder / "code.pth")
    yield "holds more than weights", file
    (file := folder / "text.pth").write_text("no checkpoint at all")
    yield r"text\.pth", file
    torch.save({"weights": {}}, file := folder / "other.pth")
    yield "no checkpoint of allin1", file
    yield "other sound", tiny.structure_checkpoint(folder / "sound.pth", fps=50)
    contents = torch.load(tiny.structure_checkpoint(folder / "short.pth"))
    del contents["state_dict"]["norm.weight"]
    torch.save(contents, file := folder / "short.pth")
    yield "not those of allin1", file


def test_files_that_are_damaged_or_of_another_kind_or_hold_code_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    for said, file in unusable(tmp_path / "files"):
        (alone := tmp_path / file.stem).mkdir()
        file.rename(alone / file.name)
        with pytest.raises(ModelUnusableError, match=said):
            load_structure_model(str(alone), CPU, offline=True)
    assert "code ran" not in capfd.readouterr().out


def test_a_stem_that_is_missing_or_of_another_song_is_named(song: Path, chosen: Models, tmp_path: Path):
    silence = np.zeros(2 * RATE)
    for name in ("drums", "bass", "other"):
        soundfile.write(tmp_path / f"{name}.wav", silence, RATE)
    with pytest.raises(StemsUnusableError, match=r"no vocals\.flac"):
        find_structure(song, tmp_path, chosen, ignore)
    soundfile.write(tmp_path / "vocals.wav", np.zeros(4 * RATE), RATE)
    with pytest.raises(StemsUnusableError, match="not of one length"):
        find_structure(song, tmp_path, chosen, ignore)


def test_sound_that_is_missing_too_long_or_too_short_is_refused(song: Path, chosen: Models, tmp_path: Path):
    with pytest.raises(AudioNotFoundError):
        find_structure(tmp_path / "none.mp3", None, chosen, ignore)
    with pytest.raises(AudioTooLongError):
        find_structure(song, None, replace(chosen, max_seconds=5), ignore)
    soundfile.write(short := tmp_path / "short.wav", np.zeros(RATE // 2), RATE)
    with pytest.raises(AudioSilentError):
        find_structure(short, None, chosen, ignore)
