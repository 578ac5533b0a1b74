"""The music models as users meet them: `sow analyze --full` and the real program, with tiny models of its classes."""

import json
import subprocess
from pathlib import Path

import pytest

from sow_analysis.music_models import LABELS, MusicModels

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "services" / "music_models"
COMMAND = PROGRAM / ".venv" / "bin" / "music-models"
SOW = ROOT / ".venv" / "bin" / "sow"
SONG = ROOT / "examples" / "morning_light" / "audio.ogg"
STEMS = ("drums", "bass", "other", "vocals")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not COMMAND.exists(), reason="there is no environment; `make services/music_models/.venv/installed` makes it"
    ),
]


def test_a_song_goes_through_the_real_program_to_stems_and_sections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    subprocess.run([COMMAND.with_name("python"), PROGRAM / "tests" / "tiny.py", tmp_path], check=True)
    monkeypatch.setenv("MUSIC_MODELS_STRUCTURE", str(tmp_path / "structure"))
    monkeypatch.setenv("MUSIC_MODELS_SEPARATOR", str(tmp_path / "separator"))
    monkeypatch.setenv("SOW_ANALYSIS_MUSIC_MODELS", str(COMMAND))
    assert MusicModels((str(COMMAND),)).available() is None
    run = subprocess.run(
        [SOW, "analyze", SONG, "--full", "--stem-model", "demucs", "--stems", tmp_path / "stems", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(run.stdout)
    assert "warning" not in run.stderr
    assert document["section_engine"] == document["beat_engine"] == "allin1"
    assert document["sections"][0]["start_seconds"] == 0
    assert document["sections"][-1]["end_seconds"] == document["duration_seconds"]
    assert {section["function"] for section in document["sections"]} <= LABELS | {"instrumental"}
    assert sorted(file.stem for file in (tmp_path / "stems").iterdir()) == sorted(STEMS)
