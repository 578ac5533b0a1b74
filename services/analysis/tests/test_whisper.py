"""Whisper as evidence and as aligner, with the real model; and what both say without it."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tokenizers

from lyric_timing.sheet import Line
from lyric_timing.words import make_line
from song_audio.recording import load_recording
from sow_analysis.engines.protocols import Samples, TextWindow
from sow_analysis.engines.whisper import WhisperEvidence
from sow_analysis.engines.whisper_align import WhisperAligner
from sow_analysis.engines.whisper_model import WhisperLoader
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.models import ModelStore

EXAMPLES = Path(__file__).parents[3] / "examples"


def quiet(_share: float) -> None:
    pass


def lines_of(text: str) -> tuple[Line, ...]:
    line = make_line(text)
    assert line
    return (line,)


@pytest.fixture
def absent(tmp_path: Path) -> WhisperLoader:
    return WhisperLoader(store=ModelStore(tmp_path))


def test_without_its_model_whisper_says_how_to_get_it(absent: WhisperLoader):
    for engine in (WhisperEvidence(absent), WhisperAligner(absent)):
        assert "sow models get whisper-base" in (engine.available() or "")


def test_without_its_model_whisper_cannot_hear(absent: WhisperLoader):
    with pytest.raises(ModelUnavailableError):
        WhisperEvidence(absent).hear(np.zeros(16_000, np.float32), [(0, 1)], "en", quiet)


def test_a_folder_without_a_model_is_told_of(tmp_path: Path):
    assert "model.bin is missing" in (WhisperLoader(folder=tmp_path).available() or "")


def test_a_damaged_tokenizer_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def open_it(*_: object) -> None:
        tokenizers.Tokenizer.from_str("{}")  # raises a bare Exception

    monkeypatch.setattr("sow_analysis.engines.whisper_model._open", open_it)
    for file in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / file).touch()
    with pytest.raises(ModelUnavailableError, match=r"cannot be read.*sow models verify whisper-base"):
        WhisperLoader(folder=tmp_path, device="cpu").load()


@pytest.fixture(scope="module")
def loader() -> WhisperLoader:
    loader = WhisperLoader(allow_download=True)
    loader.download()
    return loader


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_recording(EXAMPLES / "morning_light" / "audio.ogg").samples


def truth() -> list[tuple[str, float]]:
    with (EXAMPLES / "morning_light" / "words.csv").open(encoding="utf-8", newline="") as file:
        return [(row["word"], float(row["start"])) for row in csv.DictReader(file)]


@pytest.mark.slow
def test_it_hears_most_words_of_the_sample_song_and_finds_out_the_language(loader: WhisperLoader, samples: Samples):
    told: list[float] = []
    heard = WhisperEvidence(loader).hear(samples, [(4, 20), (20, 34), (38, 54), (53, 69)], None, told.append)
    assert heard.language == "en"
    words = {token.text.lower().strip(",.") for token in heard.tokens}
    sung = {word.lower().strip(",.") for word, _ in truth()}
    assert len(sung & words) > 0.7 * len(sung)
    assert all(b.start >= a.start for a, b in pairwise(heard.tokens))
    assert told[-1] == 1.0


@pytest.mark.slow
def test_it_places_known_words_in_order_and_inside_their_window(loader: WhisperLoader, samples: Samples):
    words = [(word, start) for word, start in truth() if 4 < start < 19]
    (found,) = WhisperAligner(loader).align(
        samples, [TextWindow(4, 20, lines_of(" ".join(word for word, _ in words)))], "en", quiet
    )
    assert len(found) == len(words)
    placed = [word for word in found if word is not None]
    assert len(placed) == len(words)
    assert all(4 <= word.start <= word.end <= 20.1 and 0 <= word.confidence <= 1 for word in placed)
    assert all(b.start >= a.start for a, b in pairwise(placed))
    near = [abs(word.start - start) < 0.5 for word, (_, start) in zip(placed, words, strict=True)]
    assert sum(near) > 0.7 * len(near)


@pytest.mark.slow
def test_windows_that_it_cannot_read_come_back_without_times(loader: WhisperLoader, samples: Samples):
    windows = [
        TextWindow(4, 20, lines_of("word " * 600)),
        TextWindow(4, 20, ()),
        TextWindow(90, 95, lines_of("late")),
    ]
    assert WhisperAligner(loader).align(samples, windows, "en", quiet) == ((None,) * 600, (), (None,))


@pytest.mark.slow
def test_a_language_that_it_does_not_know_is_refused(loader: WhisperLoader, samples: Samples):
    with pytest.raises(EngineUnavailableError, match="does not know the language 'xx'"):
        WhisperEvidence(loader).hear(samples, [(4, 20)], "xx", quiet)
