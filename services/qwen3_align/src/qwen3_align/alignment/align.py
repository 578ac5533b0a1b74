"""From a recording and its lines to a time for each word.

The model answers for short clips whose words are known. Windows of the caller are such clips already. A recording
without windows is one when it is short; else it is walked through clip by clip. What cannot be right is asked once
more between neighbours that can be trusted, and what the model could not place then is spread between them, with
confidence 0: every line comes back.

All that takes longer than a moment is done in threads, as others wait for answers meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from anyio import to_thread

from qwen3_align.alignment.aligned import Alignment, alignment_of
from qwen3_align.alignment.judgement import level_of, without_piles
from qwen3_align.alignment.limits import Limits
from qwen3_align.alignment.repair import accept, repairs
from qwen3_align.alignment.song import Found, Song, Stretch, clip_of, read_answer, unit_count
from qwen3_align.alignment.walking import walk
from qwen3_align.alignment.windows import Window, held_within
from qwen3_align.alignment.words import Placed, fill, in_order, placed
from qwen3_align.clips import SAMPLE_RATE, Predictor, Samples
from qwen3_align.errors import TextUnusableError
from qwen3_align.text.languages import model_language
from qwen3_align.text.printed import PrintedLine, phrases_of, read_lines


@dataclass(frozen=True)
class _Request:
    """What was given, read and checked."""

    song: Song
    lines: tuple[tuple[PrintedLine, ...], ...]
    """By windows; without any, all in one."""
    stretches: tuple[Stretch, ...]
    """The windows with their phrases."""


async def align_song(
    samples: Samples,
    lines: Sequence[str],
    language: str | None,
    predictor: Predictor,
    *,
    windows: Sequence[Window] | None = None,
    limits: Limits | None = None,
) -> Alignment:
    """Time the lines, or those of the windows if there are any.

    Args:
        samples: the recording, mono, 16 kHz, shape (n,).
        lines: as they are printed, in sung order, a repeated line as often as it is sung; not used with windows.
        language: `auto` or None, a code, a tag or an English name.
        predictor: answers for clips.
        windows: stretches with their lines, in order.
        limits: of the clips that the model is asked about; by default those of `Limits`.

    Raises:
        UnsupportedLanguageError: the model does not know the language.
        TextUnusableError: nothing can be sung, or more than there is time for.
        WindowsInvalidError: the windows contradict each other or the recording.
    """
    limits = limits or Limits()
    asked = await to_thread.run_sync(_read, samples, lines, language, windows, limits)
    whole = limits.clip_seconds if windows is None else limits.longest_seconds
    found = await _ask(asked.song, asked.stretches, predictor, whole, limits, level=0.0)
    await _repair(asked, found, predictor, limits)
    return await to_thread.run_sync(_finish, asked, found)


def _read(
    samples: Samples,
    lines: Sequence[str],
    language: str | None,
    windows: Sequence[Window] | None,
    limits: Limits,
) -> _Request:
    """Reads and checks what was given. Blocks: a long recording takes half a second."""
    seconds = len(samples) / SAMPLE_RATE
    given = held_within(windows, seconds) if windows is not None else (Window(0.0, seconds, tuple(lines)),)
    name = model_language(language, "\n".join(line for window in given for line in window.lines))
    printed = tuple(read_lines(window.lines, name) for window in given)
    song = Song(samples, phrases_of([line for own in printed for line in own]), name)
    if not song.phrases:
        raise TextUnusableError("The lyrics hold no word that can be sung. Give the words, one line each.")
    stretches = _stretches(song, given, printed)
    _check(song, stretches, limits, windowed=windows is not None)
    _ = song.silences
    return _Request(song, printed, stretches)


def _stretches(song: Song, windows: Sequence[Window], printed: Sequence[Sequence[PrintedLine]]) -> tuple[Stretch, ...]:
    """Each window with its phrases."""
    stretches: list[Stretch] = []
    first = lines = 0
    for window, own in zip(windows, printed, strict=True):
        lines += len(own)
        last = first
        while last < len(song.phrases) and song.phrases[last].line < lines:
            last += 1
        stretches.append(Stretch(window.start, window.end, first, last))
        first = last
    return tuple(stretches)


def _check(song: Song, stretches: Sequence[Stretch], limits: Limits, *, windowed: bool) -> None:
    for number, stretch in enumerate(stretches, start=1):
        units = unit_count(song, stretch)
        if units > limits.units_per_second * stretch.seconds:
            where = f"Window {number}" if windowed else "The recording"
            raise TextUnusableError(
                f"{where} has {stretch.seconds:.2f} s, too short to sing the {units} words or characters given for it. "
                "Give only lines that are sung there."
            )


async def _ask(
    song: Song, stretches: Sequence[Stretch], predictor: Predictor, whole: float, limits: Limits, level: float
) -> Found:
    """The model's answers: for all stretches of up to `whole` seconds at once, for longer ones clip by clip."""
    found: Found = {}
    asked = [stretch for stretch in stretches if stretch.phrases]
    short = [stretch for stretch in asked if stretch.seconds <= whole]
    if short:
        answers = await predictor.predict([clip_of(song, stretch) for stretch in short])
        for stretch, answer in zip(short, answers, strict=True):
            found.update(read_answer(song, stretch, answer))
    for stretch in asked:
        if stretch.seconds > whole:
            found.update(await walk(song, stretch, predictor, limits, level))
    return found


async def _repair(asked: _Request, found: Found, predictor: Predictor, limits: Limits) -> None:
    again = await to_thread.run_sync(_worth_asking_again, asked, found, limits)
    if again:
        second = await _ask(asked.song, again, predictor, limits.longest_seconds, limits, level_of(found))
        await to_thread.run_sync(_accept, asked, found, second)


def _worth_asking_again(asked: _Request, found: Found, limits: Limits) -> list[Stretch]:
    parts = [part for stretch in asked.stretches for part in repairs(asked.song, stretch, found)]
    return [part for part in parts if unit_count(asked.song, part) <= limits.units_per_second * part.seconds]


def _accept(asked: _Request, found: Found, second: Found) -> None:
    for stretch in asked.stretches:
        accept(asked.song, stretch, found, {i: second[i] for i in stretch.phrases if i in second})


def _finish(asked: _Request, found: Found) -> Alignment:
    timed = in_order(_words(asked, found), asked.song.seconds)
    return alignment_of([line for lines in asked.lines for line in lines], timed, asked.song.language)


def _words(asked: _Request, found: Found) -> list[Placed]:
    """All words of all lines in order, each with a time; what was not heard is kept within its window."""
    lines = [line for own in asked.lines for line in own]
    words = iter(placed(lines, asked.song.phrases, without_piles(found)))
    filled: list[Placed] = []
    for stretch, own in zip(asked.stretches, asked.lines, strict=True):
        count = sum(len(line.words) for line in own)
        filled += fill(list(islice(words, count)), stretch.start, stretch.end)
    return filled
