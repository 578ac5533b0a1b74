"""The client of the music models against programs that answer well, badly, or not at all."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import soundfile
from pydantic import ValidationError

from sow_analysis.errors import MusicModelsAnswerError, MusicModelsFailedError, MusicModelsUnavailableError
from sow_analysis.music_models import MusicModels, Structure, named_sections
from sow_analysis.music_models.answer import read_structure
from sow_analysis.settings import Settings

GOOD: dict[str, Any] = {
    "engine": "allin1",
    "model": "harmonix-all",
    "bpm": 120.0,
    "beats": [0.1, 0.6, 1.1, 1.6],
    "downbeats": [0.1, 1.1],
    "beat_positions": [1, 2, 1, 2],
    "segments": [{"start": 0.0, "end": 0.2, "label": "start"}, {"start": 0.2, "end": 2.01, "label": "verse"}],
}

Make = Callable[..., MusicModels]


def ignore(_stage: str, _share: float) -> None:
    pass


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("song") / "-song.wav"
    soundfile.write(file, [0.1, -0.1] * 8_000, 8_000)
    return file


@pytest.fixture
def program(tmp_path: Path) -> Make:
    """A program that does what the code says."""

    def make(code: str, **limits: float) -> MusicModels:
        (file := tmp_path / "program.py").write_text(f"import json, os, sys, time\n{code}")
        return MusicModels((sys.executable, "-ISu", str(file)), **limits)

    return make


def saying(*lines: object) -> str:
    return "".join(f"print({json.dumps(line)!r})\n" for line in lines)


def test_a_good_answer_becomes_beats_and_sections(program: Make, song: Path):
    told: list[tuple[str, float]] = []
    models = program(saying({"progress": ["separate", 0.5]}, {"progress": ["beats", 1]}, {"result": GOOD}))
    found = models.structure(song, stems=None, progress=lambda *how_far: told.append(how_far))
    assert (found.engine, found.model, found.bpm) == ("allin1", "harmonix-all", 120)
    assert found.downbeats == (0.1, 1.1)
    assert found.segments == ((0, 0.2, "start"), (0.2, 2.0, "verse"))
    assert told[0] == ("start", 0)


def test_progress_is_told_until_the_answer_comes(program: Make, song: Path, tmp_path: Path):
    flag = tmp_path / "flag"
    told: set[tuple[str, float]] = set()

    def tell(stage: str, share: float) -> None:
        told.add((stage, share))
        if stage == "separate":
            flag.touch()

    code = f"while not os.path.exists({str(flag)!r}): time.sleep(0.01)\n"
    models = program(saying({"progress": ["separate", 0.25]}) + code + saying({"result": GOOD}))
    models.structure(song, stems=None, progress=tell)
    assert told >= {("start", 0), ("separate", 0.25)}


def test_the_program_gets_paths_that_are_no_options_and_none_of_our_settings(
    program: Make, song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOW_ANALYSIS_API_KEY", "a-long-secret")
    models = program(
        "assert not [name for name in os.environ if name.startswith('SOW_')]\n"
        f"open({str(tmp_path / 'arguments')!r}, 'w').write(json.dumps(sys.argv[1:]))\n" + saying({"result": GOOD})
    )
    monkeypatch.chdir(song.parent)
    models.structure(Path(song.name), stems=tmp_path, progress=ignore)
    arguments = json.loads((tmp_path / "arguments").read_text())
    assert arguments == ["structure", "--attended", "--stems", str(tmp_path), "--", str(song)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("model_unavailable", MusicModelsUnavailableError),
        ("out_of_memory", MusicModelsFailedError),
        ("audio_unreadable", MusicModelsFailedError),
    ],
)
def test_an_error_of_the_program_comes_with_its_message(code: str, kind: type[Exception], program: Make, song: Path):
    models = program(saying({"error": {"code": code, "message": "Put it there."}}) + "sys.exit(1)")
    with pytest.raises(kind, match=r"say: Put it there\."):
        models.structure(song, stems=None, progress=ignore)


@pytest.mark.parametrize(
    "line", ['"Loading model"', "{}", '{"progress": ["separate", 2]}', '{"result": 1}', '{"result": {}, "progress": 1}']
)
def test_what_is_no_answer_is_refused(line: str, program: Make, song: Path):
    with pytest.raises(MusicModelsAnswerError, match="what is no answer"):
        program(f"print({line!r})\ntime.sleep(600)").structure(song, stems=None, progress=ignore)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('first', file=sys.stderr); sys.exit('last words')", "ended with status 1 .* last words: last words$"),
        ("os.kill(os.getpid(), 9)", "SIGKILL, for want of memory"),
        ("pass", "ended with status 0 and without an answer"),
        ("print('{\"result\"', end='')", "what is no answer"),
        (
            "import subprocess\n"
            "subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(600)'])\n"
            "os._exit(3)",
            "ended with status 3",
        ),
    ],
)
def test_a_program_that_dies_is_told_of_with_its_last_words(code: str, said: str, program: Make, song: Path):
    with pytest.raises((MusicModelsFailedError, MusicModelsAnswerError), match=said):
        program(code).structure(song, stems=None, progress=ignore)


def test_last_words_give_no_secrets_away(program: Make, song: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_TOKEN", "hf_abcdef")
    models = program("sys.exit(f'no: {os.environ[\"HF_TOKEN\"]} at http://me:mine@proxy:1')")
    with pytest.raises(MusicModelsFailedError, match=r"no: \*\*\* at http://\*\*\*@proxy:1$"):
        models.structure(song, stems=None, progress=ignore)


def test_much_talk_on_the_standard_error_holds_nothing_up(program: Make, song: Path):
    code = "for _ in range(300): print('x' * 1000, file=sys.stderr)\n"
    assert program(code + saying({"result": GOOD})).structure(song, stems=None, progress=ignore).beats


HANGS = (
    "import subprocess\n"
    "child = subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(600)'])\n"
    "print(json.dumps({'progress': [f'{os.getpid()} {child.pid}', 0.0]}))\n"
    "time.sleep(600)"
)


def gone(pids: str) -> bool:
    processes = [psutil.Process(int(pid)) for pid in pids.split() if psutil.pid_exists(int(pid))]
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not alive


def test_a_job_that_is_cancelled_ends_the_program_and_its_children(program: Make, song: Path):
    class CancelledError(Exception):
        pass

    seen: list[str] = []

    def tell(stage: str, _share: float) -> None:
        seen.append(stage)
        if " " in stage:
            raise CancelledError

    with pytest.raises(CancelledError):
        program(HANGS).structure(song, stems=None, progress=tell)
    assert gone(seen[-1])


def test_a_program_that_hangs_is_ended_when_its_time_is_over(program: Make, song: Path):
    seen: list[str] = []
    models = program(HANGS, base_seconds=0.5, seconds_per_second=0.0)
    with pytest.raises(MusicModelsFailedError, match=r"longer than 0\.5 s"):
        models.structure(song, stems=None, progress=lambda stage, _share: seen.append(stage))
    assert gone(seen[-1] if " " in seen[-1] else "")


def test_beats_just_past_the_end_are_left_out():
    change = {"beats": [0.1, 0.6, 2.1, 2.4], "downbeats": [0.1, 2.1]}
    found = read_structure({**GOOD, **change}, 2.0)
    assert (found.beats, found.downbeats, found.beat_positions) == ((0.1, 0.6), (0.1,), (1, 2))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"beats": [0.1, 0.6, 0.6, 1.6]}, "beats are not in order"),
        ({"beats": [0.1, 0.6, 1.1, 2.6]}, "2.60 s in a song of 2.00 s"),
        ({"downbeats": [0.1, 1.2]}, "downbeat at 1.20 s is no beat"),
        ({"beat_positions": [1]}, "4 beats and 1 positions"),
        ({"bpm": "fast"}, "bpm: input should be"),
        ({"beats": [float("nan")]}, "beats.0"),
        ({"segments": [{"start": 0.0, "end": 1.0, "label": "drop"}]}, "no section 'drop'"),
        ({"segments": [{"start": 1.0, "end": 1.0, "label": "solo"}]}, "do not follow each other"),
        (
            {"segments": [{"start": 0.0, "end": 1.0, "label": "solo"}, {"start": 1.5, "end": 2.0, "label": "outro"}]},
            "do not follow each other at 1.50",
        ),
        ({"segments": [{"start": 0.0, "end": 9.0, "label": "solo"}]}, "9.00 s in a song"),
    ],
)
def test_an_answer_that_cannot_be_true_is_refused_with_the_reason(change: dict[str, Any], said: str):
    with pytest.raises(MusicModelsAnswerError, match=said):
        read_structure({**GOOD, **change}, 2.0)


def sections(*segments: tuple[float, float, str]) -> list[tuple[float, float, str | None]]:
    document = [{"start": start, "end": end, "label": label} for start, end, label in segments]
    found: Structure = read_structure({**GOOD, "segments": document}, 60.0)
    return [tuple(section) for section in named_sections(found)]


def test_labels_become_functions_and_what_is_no_music_joins_its_neighbour():
    assert sections(
        (0, 1, "start"), (1, 9, "intro"), (9, 20, "inst"), (20, 30, "chorus"), (30, 31, "end"), (31, 32, "end")
    ) == [(0, 9, "intro"), (9, 20, "instrumental"), (20, 32, "chorus")]
    assert sections((0, 9, "verse"), (9, 10, "start")) == [(0, 10, "verse")]
    assert sections((0, 1, "end"), (1, 9, "solo")) == [(0, 9, "solo")]
    assert sections((0, 5, "start"), (5, 9, "end")) == [(0, 9, None)]
    assert sections() == []


def test_stems_are_four_files_that_are_there(program: Make, song: Path, tmp_path: Path):
    code = (
        "folder = sys.argv[-1]\n"
        "names = [f'{folder}/{name}.flac' for name in ('vocals', 'drums', 'bass', 'other')]\n"
        "for name in names: open(name, 'w').close()\n"
        "print(json.dumps({'result': {'files': names}}))"
    )
    files = program(code).separate(song, tmp_path, ignore)
    assert [file.name for file in files] == ["drums.flac", "bass.flac", "other.flac", "vocals.flac"]
    with pytest.raises(MusicModelsAnswerError, match="did not leave"):
        program("print(json.dumps({'result': {'files': ['drums.flac']}}))").separate(song, tmp_path / "none", ignore)


def test_a_program_that_is_not_there_or_lacks_a_model_is_not_available(program: Make, song: Path, tmp_path: Path):
    missing = MusicModels((str(tmp_path / "none"),))
    assert "There is no program" in (missing.available() or "")
    with pytest.raises(MusicModelsUnavailableError, match="none, cannot be started: No such file"):
        missing.structure(song, stems=None, progress=ignore)
    lacking = {"checkpoints": {"htdemucs": None, "harmonix-all": "Fetch it."}, "ready": False}
    assert program(saying({"result": lacking}) + "sys.exit(1)").available() == "Fetch it."
    assert "last words: broken" in (program("sys.exit('broken')").available() or "")


def test_whether_it_is_available_is_asked_until_it_is(program: Make, tmp_path: Path):
    log = tmp_path / "log"
    code = f"assert sys.argv[1:] == ['check']\nopen({str(log)!r}, 'a').write('x')\n"
    models = program(code + saying({"result": {"ready": True}}))
    assert [models.available(), models.available()] == [None, None]
    assert log.read_text() == "x"


def test_the_setting_is_a_command_as_in_a_shell(tmp_path: Path):
    settings = Settings(data_dir=tmp_path, music_models="'/opt/music models/bin/run' --device cpu")
    assert settings.music_models_command == ("/opt/music models/bin/run", "--device", "cpu")
    assert Settings(data_dir=tmp_path).music_models_command == ()
    with pytest.raises(ValidationError, match="No closing quotation"):
        Settings(data_dir=tmp_path, music_models="'run")


def test_demucs_is_offered_only_with_the_program_that_runs_it(tmp_path: Path):
    with pytest.raises(ValidationError, match="SOW_ANALYSIS_MUSIC_MODELS"):
        Settings(data_dir=tmp_path, stem_models="spleeter-2stems,demucs")
    settings = Settings(data_dir=tmp_path, stem_models="spleeter-2stems,demucs", music_models="music-models")
    assert settings.separating == ("spleeter-2stems", "demucs")
