"""Full analyses, with a program in place of the music models that answers well, or not at all."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from music_analysis import Tempo
from music_analysis.synthetic import SAMPLE_RATE
from music_analysis.synthetic_songs import song as made_song
from song_audio.errors import AudioTooLongError
from sow_analysis.errors import MusicModelsUnavailableError
from sow_analysis.music import Listened, Wanted, analyse_recording

Program = Callable[[str], tuple[str, ...]]

FORM = ("intro", "verse", "chorus")
SECONDS = 41  # at 120 beats a minute, with the last ring
SEGMENTS = (("start", 0.0, 0.5), ("intro", 0.5, 8.0), ("verse", 8.0, 24.0), ("bridge", 24.0, 41.0))
ANSWER = {
    "engine": "allin1",
    "model": "harmonix-all",
    "bpm": 120.0,
    "beats": [k / 2 for k in range(80)],
    "downbeats": [k / 2 for k in range(0, 80, 4)],
    "beat_positions": [k % 4 + 1 for k in range(80)],
    "segments": [{"start": start, "end": end, "label": label} for label, start, end in SEGMENTS],
}
TOLD = "open(sys.argv[0] + '.arguments', 'w').write(json.dumps(sys.argv[1:]))\n"
GOOD = f"{TOLD}print(json.dumps({{'result': json.loads({json.dumps(json.dumps(ANSWER))})}}))"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("music") / "song.flac"
    soundfile.write(file, made_song(FORM).sound, SAMPLE_RATE)
    return file


@pytest.fixture
def separated(tmp_path: Path, recording: Path) -> Path:
    """A folder with a voice, which is nothing but the song again."""
    (folder := tmp_path / "separated").mkdir()
    shutil.copy(recording, folder / "vocals.flac")
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A command that does what the code says."""

    def make(code: str) -> tuple[str, ...]:
        (file := tmp_path / "program.py").write_text(f"import json, shutil, sys\n{code}")
        return (sys.executable, "-I", str(file))

    return make


def arguments(program: tuple[str, ...]) -> list[str]:
    return json.loads(Path(f"{program[-1]}.arguments").read_text())


def analysed(recording: Path, wanted: Wanted) -> tuple[Listened, list[str]]:
    """What was found, and the stages that were told, each once."""
    stages: list[str] = []
    listened = analyse_recording(recording, lambda stage, _share: stages.append(stage), wanted=wanted)
    return listened, list(dict.fromkeys(stages))


def test_the_music_models_find_beats_and_sections(recording: Path, separated: Path, program: Program):
    command = program(GOOD)
    listened, stages = analysed(recording, Wanted("full", separated=separated, music_models=command))
    found = listened.analysis
    assert (found.section_engine, found.beat_engine, found.tier) == ("allin1", "allin1", "full")
    assert [(s.start_seconds, s.function, s.group) for s in found.sections] == [
        (0, "intro", "A"),
        (8, "verse", "B"),
        (24, "bridge", "C"),
    ]
    assert found.sections[-1].end_seconds == found.duration_seconds
    assert len(found.beats) == 80
    assert found.tempo
    assert found.tempo.bpm == 120
    assert found.time_signature
    assert listened.warnings == ()
    assert stages == ["structure", "analyse"]
    assert "--stems" not in arguments(command)  # a voice alone is not enough for them


def test_they_are_given_the_stems_that_they_want(recording: Path, separated: Path, program: Program):
    for name in ("drums", "bass", "other"):
        shutil.copy(recording, separated / f"{name}.flac")
    command = program(GOOD)
    analysed(recording, Wanted("full", separated=separated, music_models=command))
    assert arguments(command)[2:4] == ["--stems", str(separated)]


def test_the_tempo_that_the_sound_suggests_is_kept_as_another(recording: Path, separated: Path, program: Program):
    slow = {
        **ANSWER,
        "beats": [float(k) for k in range(40)],
        "downbeats": [float(k) for k in range(0, 40, 4)],
        "beat_positions": [k % 4 + 1 for k in range(40)],
    }
    command = program(f"print({json.dumps(json.dumps({'result': slow}))})")
    tempo = analysed(recording, Wanted("full", separated=separated, music_models=command))[0].analysis.tempo
    assert isinstance(tempo, Tempo)
    assert tempo.bpm == 60
    assert tempo.alternatives[0].bpm == pytest.approx(120, abs=1)
    assert all(abs(other.bpm - 60) > 2 for other in tempo.alternatives)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('out of order')", "out of order"),
        ("print(json.dumps({'error': {'code': 'model_unavailable', 'message': 'Fetch it.'}}))", "Fetch it."),
        ("print(json.dumps({'result': {}}))", "is not one"),
    ],
)
def test_without_their_answer_the_sound_has_to_do(
    code: str, said: str, recording: Path, separated: Path, program: Program
):
    listened, _ = analysed(recording, Wanted("full", separated=separated, music_models=program(code)))
    assert listened.analysis.section_engine == "signal"
    assert listened.analysis.sections
    assert said in listened.warnings[0]


def test_what_they_hear_in_noise_is_not_believed(tmp_path: Path, separated: Path, program: Program):
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, np.random.default_rng(0).normal(0, 0.1, SECONDS * 8_000), 8_000)
    found = analysed(noise, Wanted("full", separated=separated, music_models=program(GOOD)))[0].analysis
    assert found.sections == ()
    assert found.section_engine == "signal"


def test_a_fast_analysis_does_not_ask_them(recording: Path, program: Program):
    listened, stages = analysed(recording, Wanted(music_models=program("sys.exit('asked')")))
    assert listened.analysis.tier == "fast"
    assert stages == ["analyse"]


def test_demucs_makes_the_stems_where_it_is_asked_for(recording: Path, tmp_path: Path, program: Program):
    (folder := tmp_path / "stems").mkdir()
    code = (
        "command, song, out = sys.argv[1], *sys.argv[-2:]\n"
        "assert command == 'separate', command\n"
        "files = [shutil.copy(song, f'{out}/{name}.flac') for name in ('drums', 'bass', 'other', 'vocals')]\n"
        "print(json.dumps({'progress': ['separate', 0.5]}))\n"
        "print(json.dumps({'result': {'files': files}}))"
    )
    listened, stages = analysed(recording, Wanted(stem_model="demucs", stems=folder, music_models=program(code)))
    assert [stem.name for stem in listened.stems] == ["drums.flac", "bass.flac", "other.flac", "vocals.flac"]
    assert stages == ["separate", "analyse"]


def test_demucs_that_is_not_set_up_is_an_error(recording: Path, tmp_path: Path):
    with pytest.raises(MusicModelsUnavailableError, match="not set up"):
        analysed(recording, Wanted(stem_model="demucs", stems=tmp_path))


def test_a_song_that_is_too_long_is_refused(recording: Path):
    with pytest.raises(AudioTooLongError):
        analyse_recording(recording, lambda _stage, _share: None, max_seconds=5)


def test_demucs_is_not_started_for_a_song_that_is_too_long(recording: Path, tmp_path: Path, program: Program):
    command = program(TOLD)
    wanted = Wanted(stem_model="demucs", stems=tmp_path, music_models=command)
    with pytest.raises(AudioTooLongError):
        analyse_recording(recording, lambda _stage, _share: None, max_seconds=5, wanted=wanted)
    assert not Path(f"{command[-1]}.arguments").exists()
