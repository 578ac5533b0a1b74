"""`sow align`, through its door; only the pipeline is a fake."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lyric_timing import formats
from lyric_timing.timed import TimedLine, TimedLyrics
from song_audio.errors import AudioSilentError
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import LrcOptions
from sow_analysis.openai_api import ApiSetup
from stream_of_worship.admin import failures

Sow = Any
FakePipeline = Any


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_lyrics_are_written_beside_the_recording(sow: Sow, tone: Path, sheet_file: Path):
    result = sow("align", tone, sheet_file)
    assert result.exit_code == 0, result.output
    assert [line.text for line in formats.read(tone.with_name("song.lrc").read_text()).lines] == [
        "Morning light", "Over the hills", "Morning light",
    ]  # fmt: skip
    assert files(tone.parent) == {"song.wav", "lyrics.txt", "song.lrc"}


def test_a_report_says_what_was_done(sow: Sow, tone: Path, sheet_file: Path):
    result = sow("align", tone, sheet_file)
    assert f"Wrote {tone.with_name('song.lrc')}\n" in result.stdout
    assert "lines placed  3 (2 of the sheet's 3, 1 sung again)\n" in result.stdout
    assert "confidence    60 % on average\n" in result.stdout
    assert "timed by      ear (1.5 s)\n" in result.stdout
    assert "1 line to check:\n     0:03.0   20 %  Over the hills\n" in result.stdout
    assert "warning: the second line is hard to hear\n" in result.stdout


def test_the_stages_are_told_on_stderr(sow: Sow, tone: Path, sheet_file: Path):
    assert sow("align", tone, sheet_file).stderr.splitlines() == [
        "Reading the recording ...",
        "Loading the models ...",
        "Listening ...",
        "Finding what is sung when ...",
        "Timing the words ...",
        "Checking the times ...",
    ]


def test_the_pipeline_gets_the_sheet_and_the_options(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    sow("align", tone, sheet_file, "--language", "fr", "--model", "small", "--engines", "whisper, pocketsphinx")
    ((audio, sheet, options),) = pipeline.asked
    assert audio == tone
    assert [line.text for line in sheet.lines] == ["Morning light", "Over the hills", "Sing it again"]
    assert sheet.language == "fr"
    assert options == LrcOptions("fr", "small", ("whisper", "pocketsphinx"))


def test_the_pipeline_gets_the_qwen3_server_of_the_option_or_the_environment_with_its_key(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path
):
    environment = {"SOW_QWEN3_URL": "http://gpu:8001", "SOW_QWEN3_API_KEY": "s3cret-key"}
    sow("align", tone, sheet_file, "--force", env=environment)
    sow("align", tone, sheet_file, "--force", "--qwen3-url", "https://other", "--no-qwen3", env=environment)
    sow("align", tone, sheet_file, "--force")
    sow("align", tone, sheet_file, "--force", env={"SOW_QWEN3_URL": ""})
    assert [reach.qwen3 for reach in pipeline.reaches] == [
        Qwen3Server("http://gpu:8001", "s3cret-key"),
        Qwen3Server("https://other", "s3cret-key"),
        None,
        None,
    ]
    assert [options.use_qwen3 for _, _, options in pipeline.asked] == [True, False, True, True]


def test_the_pipeline_gets_the_api_servers_and_the_captions_that_are_asked_for(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path
):
    environment = {"SOW_LLM_URL": "http://gpu/v1", "SOW_LLM_MODEL": "m", "SOW_LLM_KEY": "s3cret-key"}
    video = ("--youtube-url", "https://youtu.be/dQw4w9WgXcQ")
    sow("align", tone, sheet_file, "--force", "--transcription-url", "http://ear/v1", *video, env=environment)
    sow("align", tone, sheet_file, "--force", "--no-llm", "--no-captions", "--llm-model", "n", *video, env=environment)
    sow("align", tone, sheet_file, "--force", "--force-whisper", *video)
    assert [reach.llm for reach in pipeline.reaches] == [
        ApiSetup("http://gpu/v1", "m", "s3cret-key"),
        ApiSetup("http://gpu/v1", "n", "s3cret-key"),
        None,
    ]
    assert pipeline.reaches[0].transcription == ApiSetup("http://ear/v1", "whisper-1")
    assert [reach.captions is not None for reach in pipeline.reaches] == [True, False, False]
    asked = [options for _, _, options in pipeline.asked]
    assert [options.youtube_url for options in asked] == ["https://www.youtube.com/watch?v=dQw4w9WgXcQ"] * 3
    assert [options.use_llm for options in asked] == [True, False, True]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--llm-url", "http://gpu/v1"), "needs a model too"),
        (("--llm-url", "gpu", "--llm-model", "m"), "must begin with http:// or https://"),
        (("--youtube-url", "https://youtube.com.example/watch?v=dQw4w9WgXcQ"), "one video on YouTube"),
    ],
)
def test_servers_and_videos_that_are_none_are_mistakes_in_the_arguments(
    sow: Sow, tone: Path, sheet_file: Path, arguments: tuple[str, ...], reason: str
):
    result = sow("align", tone, sheet_file, *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_an_address_that_is_none_is_a_mistake_in_the_arguments(sow: Sow, tone: Path, sheet_file: Path):
    result = sow("align", tone, sheet_file, "--qwen3-url", "gpu:8001")
    assert result.exit_code == 2
    assert "must begin with http:// or https://" in result.stderr


def test_a_language_may_be_named_or_tagged(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    for language in ("zh", "zh-TW", "Chinese"):
        sow("align", tone, sheet_file, "--language", language, "--force")
    assert [options.language for _, _, options in pipeline.asked] == ["zh"] * 3


def test_by_default_the_pipeline_chooses(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    sow("align", tone, sheet_file)
    assert pipeline.asked[0][2] == LrcOptions()


def test_a_model_may_be_called_by_the_stores_name(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    sow("align", tone, sheet_file, "--model", "whisper-small")
    assert pipeline.asked[0][2].whisper_model == "small"


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_can_be_asked_for_by_name(sow: Sow, tone: Path, sheet_file: Path, name: str):
    result = sow("align", tone, sheet_file, "--format", name.upper())
    assert result.exit_code == 0, result.output
    assert tone.with_name(f"song.{name}").stat().st_size > 0


@pytest.mark.parametrize("name", formats.FORMATS)
def test_and_by_the_suffix_of_the_output(sow: Sow, tone: Path, sheet_file: Path, pipeline: FakePipeline, name: str):
    output = tone.with_name(f"out.{name}")
    assert sow("align", tone, sheet_file, "-o", output).exit_code == 0
    assert output.read_text(encoding="utf-8") == formats.write(pipeline.lyrics, name)


def test_a_format_asked_for_by_name_wins_over_the_suffix(sow: Sow, tone: Path, sheet_file: Path):
    sow("align", tone, sheet_file, "-o", tone.with_name("out.txt"), "--format", "srt")
    assert "-->" in tone.with_name("out.txt").read_text()


def test_a_folder_as_output_takes_the_recordings_name(sow: Sow, tone: Path, sheet_file: Path):
    folder = tone.parent / "out"
    folder.mkdir()
    sow("align", tone, sheet_file, "-o", folder, "--format", "vtt")
    assert files(folder) == {"song.vtt"}


def test_a_dash_prints_the_lyrics_and_nothing_else(sow: Sow, tone: Path, sheet_file: Path, pipeline: FakePipeline):
    result = sow("align", tone, sheet_file, "-o", "-")
    assert result.stdout == formats.write(pipeline.lyrics, "lrc")
    assert "lines placed" in result.stderr
    assert files(tone.parent) == {"song.wav", "lyrics.txt"}


def test_json_is_one_document_on_stdout(sow: Sow, tone: Path, sheet_file: Path, pipeline: FakePipeline):
    result = sow("align", tone, sheet_file, "--json")
    document = json.loads(result.stdout)
    assert document["output"] == str(tone.with_name("song.lrc"))
    assert document["format"] == "lrc"
    assert document["confidence"] == 0.6
    assert document["lyrics"] == json.loads(formats.write(pipeline.lyrics, "json"))
    assert [doubt["text"] for doubt in document["doubtful"]] == ["Over the hills"]
    assert document["warnings"] == ["the second line is hard to hear"]


def test_an_existing_file_is_not_overwritten(sow: Sow, tone: Path, sheet_file: Path, pipeline: FakePipeline):
    output = tone.with_name("song.lrc")
    output.write_text("[00:01.00]By hand")
    for arguments in ([], ["-o", output]):
        result = sow("align", tone, sheet_file, *arguments)
        assert result.exit_code == 2
        assert f"error (output_exists): {output} exists already" in result.stderr
        assert "--force" in result.stderr
    assert output.read_text() == "[00:01.00]By hand"
    assert pipeline.asked == []


def test_unless_it_is_forced(sow: Sow, tone: Path, sheet_file: Path):
    output = tone.with_name("song.lrc")
    output.write_text("[00:01.00]By hand")
    assert sow("align", tone, sheet_file, "--force").exit_code == 0
    assert "Over the hills" in output.read_text()


def test_the_recording_is_never_overwritten(sow: Sow, tone: Path, sheet_file: Path, pipeline: FakePipeline):
    result = sow("align", tone, sheet_file, "-o", tone, "--format", "lrc", "--force")
    assert result.exit_code == 2
    assert "is the recording itself" in result.stderr
    assert pipeline.asked == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AudioSilentError("song.wav is silent"), 2),
        (EngineUnavailableError("there is no engine foo"), 2),
        (ModelUnavailableError("whisper-base is not there"), 3),
        (OSError(28, "No space left on device"), 3),
        (MemoryError(), 3),
        (RuntimeError("odd"), 1),
    ],
)
def test_an_error_is_told_in_one_line_with_its_remedy(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path, error: Exception, code: int
):
    pipeline.error = error
    result = sow("align", tone, sheet_file)
    assert result.exit_code == code
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert told[6].startswith(f"error ({failures.code(error)}): ")
    assert all(line.startswith("       ") for line in told[7:])
    assert "Traceback" not in result.stderr
    assert files(tone.parent) == {"song.wav", "lyrics.txt"}


@pytest.mark.parametrize(("arguments", "env"), [(["--debug"], {}), ([], {"SOW_DEBUG": "1"})])
def test_a_traceback_is_printed_on_request_only(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path, arguments: list[str], env: dict[str, str]
):
    pipeline.error = RuntimeError("odd")
    result = sow(*arguments, "align", tone, sheet_file, env=env)
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "error (unexpected): RuntimeError: odd" in result.stderr


def test_ctrl_c_leaves_nothing_behind(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    pipeline.error = KeyboardInterrupt()
    result = sow("align", tone, sheet_file)
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "Stopped. Nothing was written."
    assert files(tone.parent) == {"song.wav", "lyrics.txt"}


def refused(sow: Sow, pipeline: FakePipeline, *arguments: object) -> tuple[int, str]:
    """The exit code and the words of a refusal, which must come before any work."""
    result = sow("align", *arguments)
    assert pipeline.asked == []
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.exit_code, result.stderr


def test_a_missing_recording(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, tone.with_name("nowhere.mp3"), sheet_file)
    assert code == 2
    assert "nowhere.mp3" in told


def test_a_folder_as_recording(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, tone.parent, sheet_file)
    assert code == 2
    assert "is a folder" in told


def test_missing_lyrics(sow: Sow, pipeline: FakePipeline, tone: Path):
    code, told = refused(sow, pipeline, tone, tone.with_name("nowhere.txt"))
    assert code == 2
    assert "nowhere.txt" in told


def test_empty_lyrics(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    sheet_file.write_text(" \n\n")
    assert refused(sow, pipeline, tone, sheet_file)[0] == 2


def test_swapped_arguments(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, sheet_file, tone)
    assert code == 2
    assert "sow align AUDIO LYRICS" in told


def test_two_recordings(sow: Sow, pipeline: FakePipeline, tone: Path, make_tone: Callable[[Path, float], Path]):
    code, told = refused(sow, pipeline, tone, make_tone(tone.with_name("other.wav"), 0.1))
    assert code == 2
    assert "LYRICS must be a text file" in told


def test_an_unknown_format(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    for arguments in (["--format", "mp3"], ["-o", "song.xyz"], ["-o", "song"]):
        code, told = refused(sow, pipeline, tone, sheet_file, *arguments)
        assert code == 2
        assert "lrc" in told


def test_an_output_folder_that_is_not_there(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, tone, sheet_file, "-o", tone.parent / "nowhere" / "song.lrc")
    assert code == 3
    assert "there is no folder" in told


def test_an_output_that_is_written_like_a_folder_and_is_not_there(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path
):
    code, told = refused(sow, pipeline, tone, sheet_file, "-o", f"{tone.parent / 'nowhere'}/")
    assert code == 3
    assert "there is no folder" in told


def test_an_output_folder_that_is_a_file(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, tone, sheet_file, "-o", tone / "song.lrc")
    assert code == 3
    assert "is not a folder" in told


def test_json_and_lyrics_both_on_stdout(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    assert refused(sow, pipeline, tone, sheet_file, "-o", "-", "--json")[0] == 2


def test_a_language_that_is_none(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    code, told = refused(sow, pipeline, tone, sheet_file, "--language", "loud and clear")
    assert code == 2
    assert "such as en, zh or fr" in told


def test_engines_without_a_name(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    assert refused(sow, pipeline, tone, sheet_file, "--engines", " , ")[0] == 2


def test_an_option_that_does_not_exist(sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path):
    assert refused(sow, pipeline, tone, sheet_file, "--fast")[0] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(sow: Sow, tone: Path, sheet_file: Path):
    result = sow("align", tone, sheet_file, "-o", "/dev/full")
    assert result.exit_code == 3
    assert "no space left on the disk" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("arguments", "names"), [((), {None}), (("--sections",), {"Verse 1", "Verse 2", "Chorus"})])
def test_sections_without_headings_are_named_when_that_is_asked_for(
    sow: Sow, pipeline: FakePipeline, tone: Path, sheet_file: Path, arguments: tuple[str, ...], names: set[str | None]
):
    texts = [
        "morning light",
        "over the hills",
        "we rise",
        "and sing",
        "evening falls",
        "upon the sea",
        "we rise",
        "and sing",
    ]
    pipeline.lyrics = TimedLyrics(tuple(TimedLine(text, at * 4.0, at * 4.0 + 3) for at, text in enumerate(texts)))
    assert sow("align", tone, sheet_file, "--format", "json", *arguments).exit_code == 0
    lines = formats.read(tone.with_name("song.json").read_text()).lines
    assert {line.section for line in lines} == names
