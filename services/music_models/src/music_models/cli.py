"""The command `music-models`. It ends when its work is done, and the memory of torch and the models with it.

A SIGTERM ends it at once: it leaves no signal to a handler, and no file in part.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from music_models.answers import Answers, claim_standard_output
from music_models.errors import OutOfMemoryError
from song_audio.errors import CodedError

OK, FAILED = 0, 1
MAX_SECONDS = 900.0
STRUCTURE_VARIABLE, SEPARATOR_VARIABLE = "MUSIC_MODELS_STRUCTURE", "MUSIC_MODELS_SEPARATOR"
"""Environment variables that name other models than the published ones, for programs that give no options."""
_ABOUT = """\
Sections, beats and stems of a song by neural networks. Answers are JSON, an object a line: {"progress": [stage, share]}
and, last, {"result": ...} or {"error": {"code": ..., "message": ...}}. The exit status is 0 after a result, else 1.
"""


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    made = argparse.ArgumentParser("music-models", description=_ABOUT)
    commands = made.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="what to compute on (auto)")
    common.add_argument("--offline", action="store_true", help="never fetch a checkpoint")
    common.add_argument("--attended", action="store_true", help="end as soon as the standard input is closed")
    common.add_argument("--max-seconds", type=float, default=MAX_SECONDS, help=f"longest song ({MAX_SECONDS:.0f})")

    structure = commands.add_parser("structure", parents=[common], help="find beats and sections")
    structure.add_argument("audio", type=Path, help="the song: a sound or video file")
    structure.add_argument("--stems", type=Path, help="folder with its stems; else it is separated first")

    separate = commands.add_parser("separate", parents=[common], help="separate into drums, bass, other and vocals")
    separate.add_argument("audio", type=Path, help="the song: a sound or video file")
    separate.add_argument("folder", type=Path, help="where the four .flac files go")

    check = commands.add_parser("check", help="say what is installed and which checkpoints are on disk")
    check.add_argument("--fetch", action="store_true", help="fetch the checkpoints that are missing")

    network = os.environ.get(STRUCTURE_VARIABLE) or "harmonix-all"
    separator = os.environ.get(SEPARATOR_VARIABLE) or "htdemucs"
    for command in (structure, check):
        command.add_argument("--model", default=network, help=f"allin1's model, or a folder ({network})")
        command.add_argument("--separator", default=separator, help=f"Demucs's model, or a folder ({separator})")
    separate.add_argument("--model", default=separator, help=f"Demucs's model, or a folder ({separator})")
    return made


def run(arguments: Sequence[str] | None, answers: Answers) -> int:
    """Do what the arguments say, and answer; the exit status."""
    given = parser().parse_args(arguments)
    if getattr(given, "attended", False):
        threading.Thread(target=_end_when_left, daemon=True).start()
    try:
        result = _do(given, answers)
    except CodedError as error:
        answers.error(error.code, str(error))
        return FAILED
    except Exception as error:
        traceback.print_exc()
        if _is_memory(error):
            advice = "It has not enough memory for this recording. Give it more, or a shorter recording."
            answers.error(OutOfMemoryError.code, advice)
        else:
            answers.error("unexpected", f"{type(error).__name__}: {error}")
        return FAILED
    answers.result(result)
    return FAILED if result.get("ready") is False else OK


def _do(given: argparse.Namespace, answers: Answers) -> dict[str, Any]:
    # Imported here: torch takes seconds, which `--help` need not wait for.
    if given.command == "check":
        from music_models.checkup import check

        return check(given.model, given.separator, fetch=given.fetch)
    from music_models.devices import device

    on = device(given.device)
    if given.command == "separate":
        from music_models.separation import SAMPLE_RATE, separated
        from music_models.stems import write_stems

        stems = separated(
            given.audio, given.model, on, offline=given.offline, max_seconds=given.max_seconds, tell=answers.progress
        )
        files = write_stems(given.folder, stems, sample_rate=SAMPLE_RATE)
        return {"engine": "demucs", "model": given.model, "files": [str(file.absolute()) for file in files]}
    from music_models.structure import Models, find_structure

    models = Models(given.model, given.separator, on, given.offline, given.max_seconds)
    return find_structure(given.audio, given.stems, models, answers.progress).document()


def _end_when_left() -> None:
    """End with the program that holds our standard input open, however that one ends."""
    while os.read(0, 4096):
        pass
    os._exit(FAILED)


def _is_memory(error: Exception) -> bool:
    """torch says it in a RuntimeError, on a GPU in a subclass of it."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in said or "can't allocate memory" in said


def main() -> None:
    """The command."""
    if {"-h", "--help"} & set(sys.argv):
        parser().parse_args()
    sys.exit(run(None, claim_standard_output()))
