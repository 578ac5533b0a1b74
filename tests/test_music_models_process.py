"""The client and the real program of music models, with tiny models of the real classes."""

import subprocess
from pathlib import Path

import pytest

from song_audio.decoding import decode
from sow_analysis.music_models import LABELS, MusicModels, named_sections

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "services" / "music_models"
COMMAND = PROGRAM / ".venv" / "bin" / "music-models"
SONG = ROOT / "examples" / "morning_light" / "audio.ogg"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not COMMAND.exists(), reason="there is no environment; `make services/music_models/.venv/installed` makes it"
    ),
]


def test_a_song_goes_through_the_real_program_to_stems_and_sections(tmp_path: Path):
    python = COMMAND.with_name("python")
    subprocess.run([python, PROGRAM / "tests" / "tiny.py", tmp_path], check=True)
    variables = (f"MUSIC_MODELS_STRUCTURE={tmp_path / 'structure'}", f"MUSIC_MODELS_SEPARATOR={tmp_path / 'separator'}")
    models = MusicModels(("env", *variables, str(COMMAND)))
    stages: list[str] = []
    assert models.available() is None
    files = models.separate(SONG, tmp_path / "stems", lambda stage, _share: stages.append(stage))
    seconds = decode(SONG, sample_rate=8_000, channels=1).shape[1] / 8_000
    for file in files:
        assert decode(file, sample_rate=8_000, channels=1).shape[1] / 8_000 == pytest.approx(seconds, abs=0.05)
    found = models.structure(SONG, stems=tmp_path / "stems", progress=lambda stage, _share: stages.append(stage))
    assert {"load", "decode", "separate", "listen", "beats"} <= set(stages)
    assert found.engine == "allin1"
    assert found.segments[0].start == 0
    assert found.segments[-1].end == pytest.approx(seconds, abs=0.1)
    assert {segment.label for segment in found.segments} <= LABELS
    assert named_sections(found)
