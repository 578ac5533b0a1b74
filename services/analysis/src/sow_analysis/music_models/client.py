"""Asks the program of music models (services/music_models) for a song's structure, or its stems.

It runs on this machine, since songs are files here and stems are large. It computes on all processors and holds
gigabytes: whoever asks sees to it that it is asked for one song at a time.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from song_audio.decoding import MAX_SECONDS, stream
from sow_analysis.errors import MusicModelsAnswerError, MusicModelsFailedError, MusicModelsUnavailableError
from sow_analysis.music_models.answer import Structure, read_stems, read_structure
from sow_analysis.music_models.running import Tell, run

STEMS = ("drums", "bass", "other", "vocals")

_CHECK_SECONDS = 120.0  # the first start of torch on a cold disk
_CLOCK_RATE = 8_000
_missing = TypeAdapter(dict[str, str | None])


class MusicModels:
    """The program, by its command.

    Args:
        command: the program and what always comes before its arguments, such as `("music-models",)`.
        base_seconds: time that it may take for a song of no length.
        seconds_per_second: time that it may take more for each second of the song.
    """

    def __init__(
        self, command: Sequence[str], *, base_seconds: float = 120.0, seconds_per_second: float = 20.0
    ) -> None:
        if not command:
            raise ValueError("there is no command")
        self._command = tuple(command)
        self._base_seconds = base_seconds
        self._seconds_per_second = seconds_per_second
        self._ready = False

    def available(self, progress: Tell | None = None) -> str | None:
        """Say why it cannot serve; None if it can, which is found out once. It takes seconds.

        Args:
            progress: called meanwhile; what it raises ends the waiting.
        """
        if self._ready:
            return None
        if shutil.which(self._command[0]) is None:
            return f"There is no program {shlex.quote(self._command[0])}. See docs/use-allin1-and-demucs.md."
        try:
            result = run([*self._command, "check"], _CHECK_SECONDS, progress or _ignore)
        except (MusicModelsUnavailableError, MusicModelsFailedError, MusicModelsAnswerError) as error:
            return str(error)
        self._ready = result.get("ready") is True
        return None if self._ready else _why_not(result)

    def structure(
        self, audio: Path, *, stems: Path | None, progress: Tell, max_seconds: float = MAX_SECONDS
    ) -> Structure:
        """Find a song's beats and sections.

        Args:
            audio: the song.
            stems: folder that holds its drums, bass, other and vocals (.flac or .wav); None has it separated first.
            progress: told the stage and how far it is, at least four times a second; what it raises ends the program.
            max_seconds: more sound than this is refused. The program may refuse less.

        Raises:
            MusicModelsUnavailableError: the program or a model is not there.
            MusicModelsFailedError: it failed, died or took too long.
            MusicModelsAnswerError: its answer cannot be true.
            AudioNotFoundError, AudioUnreadableError, AudioTooLongError: the song.
        """
        seconds = _duration(audio, max_seconds)
        separated = () if stems is None else ("--stems", str(stems.absolute()))
        result = self._run(["structure", *separated, "--", str(audio.absolute())], seconds, progress)
        return read_structure(result, seconds)

    def separate(
        self, audio: Path, folder: Path, progress: Tell, *, max_seconds: float = MAX_SECONDS
    ) -> tuple[Path, ...]:
        """Separate a song into drums, bass, other and vocals.

        Args:
            audio: the song.
            folder: where the four .flac files go.
            progress: as for `structure`.
            max_seconds: likewise.

        Returns:
            The files, in that order.

        Raises:
            As `structure`.
        """
        seconds = _duration(audio, max_seconds)
        result = self._run(["separate", "--", str(audio.absolute()), str(folder.absolute())], seconds, progress)
        files = tuple(folder / f"{name}.flac" for name in STEMS)
        named = {Path(file).name for file in read_stems(result)}
        if named != {file.name for file in files} or not all(file.is_file() for file in files):
            raise MusicModelsAnswerError(f"The music models did not leave {', '.join(STEMS)} in {folder}.")
        return files

    def _run(self, arguments: Sequence[str], seconds: float, progress: Tell) -> dict[str, object]:
        limit = self._base_seconds + self._seconds_per_second * seconds
        command, *rest = arguments
        return run([*self._command, command, "--attended", *rest], limit, progress)


def _duration(audio: Path, max_seconds: float) -> float:
    """The length of a song in seconds, by decoding it: what a file says of its own length may be wrong."""
    blocks = stream(audio, sample_rate=_CLOCK_RATE, channels=1, max_seconds=max_seconds)
    return sum(block.shape[1] for block in blocks) / _CLOCK_RATE


def _why_not(result: dict[str, object]) -> str:
    try:
        reasons = [reason for reason in _missing.validate_python(result.get("checkpoints")).values() if reason]
    except ValidationError:
        reasons = []
    return reasons[0] if reasons else "The music models are not installed as they should be: run `music-models check`."


def _ignore(_stage: str, _share: float) -> None:
    pass
