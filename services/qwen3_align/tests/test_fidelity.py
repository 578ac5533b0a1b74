from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from reference import Reference, noise

from qwen3_align.building import build
from qwen3_align.checkpoint import ModelSource
from qwen3_align.clips import Clip
from qwen3_align.model import AlignerModel, ModelOptions
from qwen3_align.model.encoder import audio_tokens

ENGLISH = "we sing for joy and don't stop until morning answers us again 24 7"
TEXTS = [
    (ENGLISH, "English"),
    ("清 晨 的 光 照 亮 山 谷 hallelujah 一 起", "Chinese"),
    ("天 光 照 住 我", "Cantonese"),
    ("la lumière revient", "French"),
    ("für alle Kinder", "German"),
    ("поём вместе", "Russian"),
    ("el corazón", "Spanish"),
]


@pytest.fixture(scope="session")
def reference(tiny_model_folder: Path) -> Reference:
    return Reference(tiny_model_folder)


@pytest.mark.parametrize("seconds", [0.0001, 0.3, 0.5, 3, 7.995, 8, 8.01, 15.99, 20, 30])
def test_answers_as_the_reference_does(seconds: float, tiny_model: AlignerModel, reference: Reference) -> None:
    _compare(tiny_model, reference, noise(seconds, ENGLISH))


@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_reads_text_as_the_reference_does(
    text: str, language: str, tiny_model: AlignerModel, reference: Reference
) -> None:
    _compare(tiny_model, reference, noise(2.3, text, language))


def test_the_reference_answers_differ_with_the_sound(reference: Reference) -> None:
    first, second = (reference(noise(9, ENGLISH, seed=seed)).logits.argmax(-1) for seed in (0, 1))
    assert (first != second).any()  # else the tests above would compare nothing but text


def test_a_clip_is_answered_the_same_alone_and_in_a_batch(tiny_model: AlignerModel) -> None:
    texts = [ENGLISH, "joy", "we sing", "morning " * 9]
    lengths = [0.2, 8, 12.3, 30, 16, 1.05, 8.01, 7.2]
    batch = [tiny_model.prepare(noise(length, texts[i % 4], seed=i)) for i, length in enumerate(lengths)]
    together = tiny_model.forward(batch)
    for prepared, answer in zip(batch, together, strict=True):
        (alone,) = tiny_model.forward([prepared])
        np.testing.assert_array_equal(answer.classes, alone.classes)
        np.testing.assert_allclose(answer.sureness, alone.sureness, rtol=1e-3)


def test_sureness_is_the_mass_of_the_class_and_its_neighbours(tiny_model: AlignerModel, reference: Reference) -> None:
    clip = noise(5, ENGLISH)
    chances = np.pad(reference(clip).logits.double().softmax(-1).numpy(), [(0, 0), (1, 1)])
    best = chances.argmax(-1)
    rows = np.arange(len(best))
    mass = chances[rows, best - 1] + chances[rows, best] + chances[rows, best + 1]
    (answer,) = tiny_model.forward([tiny_model.prepare(clip)])
    np.testing.assert_allclose(answer.sureness, mass, rtol=1e-3)
    times = tiny_model.predict([clip])[0]
    np.testing.assert_allclose([time.confidence for time in times], np.sqrt(mass[0::2] * mass[1::2]), rtol=1e-3)


def test_a_clips_cost_is_the_length_of_its_sequence(tiny_model: AlignerModel) -> None:
    for seconds in (0.1, 3.217, 8, 12.5):
        clip = noise(seconds, ENGLISH)
        prepared = tiny_model.prepare(clip)
        assert tiny_model.tokens(clip) == prepared.tokens
        assert prepared.tokens > audio_tokens(prepared.frames) + 2 * len(clip.units)


def test_counting_models_count(counting_model_folder: Path) -> None:
    model = AlignerModel(ModelOptions(ModelSource(str(counting_model_folder)), device="cpu"))
    model.load()
    (times,) = model.predict([noise(4, "joy joy joy")])
    slots = model.prepare(noise(4, "joy joy joy")).slots
    expected = (slots - slots[0]) * 0.16
    starts = [value for time in times for value in (time.start, time.end)]
    np.testing.assert_allclose(np.array(starts) - starts[0], expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [10, 30])
def test_the_published_size_answers_as_the_reference_does(seconds: int, full_size_folder: Path) -> None:
    model = AlignerModel(ModelOptions(ModelSource(str(full_size_folder)), device="cpu"))
    model.load()
    clip = noise(seconds, ENGLISH)
    (answer,) = model.forward([model.prepare(clip)])
    times = [(time.start, time.end) for time in model.predict([clip])[0]]
    model.unload()
    expected = Reference(full_size_folder)(clip)
    np.testing.assert_array_equal(answer.classes, expected.logits.argmax(-1).numpy())
    assert times == expected.times


@pytest.fixture(scope="module")
def full_size_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("models") / "full", full_size=True)


def _compare(model: AlignerModel, reference: Reference, clip: Clip) -> None:
    expected = reference(clip)
    prepared = model.prepare(clip)
    assert list(clip.units) == expected.words
    np.testing.assert_array_equal(prepared.input_ids, expected.input_ids)
    assert torch.equal(prepared.spectrum, expected.spectrum)
    (answer,) = model.forward([prepared])
    np.testing.assert_array_equal(answer.classes, expected.logits.argmax(-1).numpy())
    assert [(time.start, time.end) for time in model.decode(prepared, answer)] == expected.times
