"""The whole way of a song, on the sample songs: with what is always there, and with everything."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from lyric_timing import LyricSheet, formats, parse_sheet, read_sheet
from lyric_timing.metrics import SongScore, score_folder
from sow_analysis.caches import DiskCache, SongMemory
from sow_analysis.engines.whisper import WhisperEvidence
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import LrcOptions, LrcResult, Outcome, Stage
from sow_analysis.models import ModelStore
from sow_analysis.pipeline import ENGINES, generate_lrc
from sow_analysis.separation import Separator

EXAMPLES = Path(__file__).parents[3] / "examples"
SONGS = ("morning_light", "chen_guang", "morning_light_bilingual")
FLOOR = ("pocketsphinx",)
"""The engine that needs no download."""


def quiet(_stage: Stage, _share: float) -> None:
    pass


def time_song(name: str, sheet: str, engines: tuple[str, ...] | None) -> LrcResult:
    folder = EXAMPLES / name
    return generate_lrc(folder / "audio.ogg", read_sheet(folder / sheet), LrcOptions(engines=engines), quiet)


def score(result: LrcResult, name: str, folder: Path) -> SongScore:
    (folder / f"{name}.json").write_text(formats.write(result.lyrics, "json"), encoding="utf-8")
    (scored,) = score_folder(folder, EXAMPLES, None, [name]).songs
    return scored


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of noise, which is no song."""
    path = tmp_path_factory.mktemp("noise") / "noise.wav"
    sound = np.random.default_rng(0).normal(0, 3000, 5 * 16_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound.tobytes())
    return path


@pytest.mark.parametrize("sheet", ["lyrics.txt", "paper.txt"])
@pytest.mark.parametrize("name", SONGS)
def test_the_floor_places_the_words_of_the_sample_songs(name: str, sheet: str, tmp_path: Path):
    scored = score(time_song(name, sheet, FLOOR), name, tmp_path)
    assert scored.word is not None
    assert scored.word.found == 1.0
    assert scored.word.pco > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("name", SONGS)
def test_all_engines_place_the_words_of_the_sample_songs(name: str, tmp_path: Path):
    result = time_song(name, "paper.txt", None)
    assert {attempt.engine for attempt in result.attempts} == set(ENGINES) - {
        "qwen3",
        "transcription-api",
        "youtube-captions",
        "llm",
    }
    assert all(attempt.outcome is Outcome.SERVED for attempt in result.attempts)
    scored = score(result, name, tmp_path)
    assert scored.word is not None
    assert scored.word.found == 1.0
    assert scored.word.pco > 0.9
    assert result.confidence > 0.6


@pytest.mark.slow
def test_whisper_places_the_words_where_pocketsphinx_may_not_serve(tmp_path: Path):
    scored = score(time_song("morning_light", "paper.txt", ("whisper", "whisper-align")), "morning_light", tmp_path)
    assert scored.word is not None
    assert scored.word.pco > 0.6


@pytest.mark.slow
def test_lyrics_of_another_song_are_told_so():
    sheet = read_sheet(EXAMPLES / "chen_guang" / "lyrics.txt")
    result = generate_lrc(EXAMPLES / "morning_light" / "audio.ogg", sheet, LrcOptions(), quiet)
    assert any("fit this recording badly" in warning for warning in result.warnings)


def test_the_words_are_the_users_own_and_every_stage_is_told_of():
    told: list[tuple[Stage, float]] = []
    folder = EXAMPLES / "morning_light"
    sheet = read_sheet(folder / "lyrics.txt")
    result = generate_lrc(folder / "audio.ogg", sheet, LrcOptions(engines=FLOOR), lambda *at: told.append(at))
    assert [line.text for line in result.lyrics.lines] == [line.text for line in sheet.lines]
    assert list(dict.fromkeys(stage for stage, _ in told)) == [Stage.DECODE, Stage.ROADMAP, Stage.ALIGN, Stage.VERIFY]
    assert all(0 <= share <= 1 for _, share in told)


def test_without_models_the_floor_serves_and_the_account_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def absent(_store: ModelStore, name: str, *_: object) -> Path:
        raise ModelUnavailableError(f"The model {name} is not on disk.")

    monkeypatch.setattr(ModelStore, "get", absent)
    monkeypatch.setenv("SOW_MODELS_DIR", str(tmp_path))
    result = time_song("morning_light", "paper.txt", None)
    outcomes = {attempt.engine: (attempt.outcome, attempt.reason) for attempt in result.attempts}
    assert outcomes["spleeter"] == (Outcome.UNAVAILABLE, "The model spleeter-2stems is not on disk.")
    assert outcomes["whisper"] == (Outcome.UNAVAILABLE, "The model whisper-base is not on disk.")
    assert outcomes["pocketsphinx"] == (Outcome.SERVED, None)


def sheet_of(lines: int) -> LyricSheet:
    return parse_sheet("\n".join(f"Line number {i} of very many words" for i in range(lines)))


def test_more_lyrics_than_can_be_sung_in_the_time_still_give_every_line_a_time(noise: Path):
    result = generate_lrc(noise, sheet_of(2000), LrcOptions(engines=FLOOR), quiet)
    assert len(result.lyrics.lines) == 2000
    assert all(0 <= line.start <= line.end <= 5 for line in result.lyrics.lines)
    assert any("too short" in warning for warning in result.warnings)
    assert result.confidence < 0.1


def test_a_single_line_is_timed(noise: Path):
    result = generate_lrc(noise, parse_sheet("Hallelujah"), LrcOptions(engines=FLOOR), quiet)
    assert [line.text for line in result.lyrics.lines] == ["Hallelujah"]


@pytest.mark.parametrize(
    ("options", "error", "reason"),
    [
        (LrcOptions(engines=("nobody",)), EngineUnavailableError, "no engine 'nobody'"),
        (LrcOptions(engines=("whisper",)), EngineUnavailableError, "None of these engines aligns"),
        (LrcOptions(whisper_model="huge"), ModelUnavailableError, "no model whisper-huge"),
    ],
)
def test_what_does_not_exist_is_refused_before_any_work(
    options: LrcOptions, error: type[Exception], reason: str, tmp_path: Path
):
    with pytest.raises(error, match=reason):
        generate_lrc(tmp_path / "nowhere.mp3", sheet_of(1), options, quiet)


@pytest.mark.slow
def test_what_was_separated_and_heard_before_is_not_done_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    disk = DiskCache(tmp_path, 100_000_000)
    options = LrcOptions(engines=("spleeter", "whisper", "pocketsphinx"))
    folder = EXAMPLES / "morning_light"
    sheet = read_sheet(folder / "lyrics.txt")
    first = generate_lrc(folder / "audio.ogg", sheet, options, quiet, memory=SongMemory(disk))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was done again")

    monkeypatch.setattr(WhisperEvidence, "hear", refuse)
    monkeypatch.setattr(Separator, "vocals", refuse)
    memory = SongMemory(disk)
    again = generate_lrc(folder / "audio.ogg", sheet, options, quiet, memory=memory)
    assert memory.recalled
    assert again.lyrics == first.lyrics
    assert {attempt.outcome for attempt in again.attempts} == {Outcome.SERVED}
