"""Every aligner has its turn, an account of it, and an opinion that is set aside if it cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lyric_timing import parse_sheet
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.windows import Window
from song_audio.recording import Recording
from sow_analysis.alignment import _from_search
from sow_analysis.chain import AnswerRejectedError, Chain
from sow_analysis.engines.pocketsphinx import PocketSphinx, SungWord
from sow_analysis.engines.protocols import AlignedWord, Fraction, Samples, TextWindow
from sow_analysis.lrc import Outcome, Stage
from sow_analysis.opinions import Anchors, check, gather, surely_placed
from sow_analysis.song_search import Ears, Opinion

SHEET = parse_sheet("Morning light is breaking\nOver sea and stone\nMorning light again")
ORDER = (0, 1, 2, 0)
ROADMAP = Roadmap(tuple(SungLine(line, 10.0 * i, 10.0 * i + 4, (), 1.0) for i, line in enumerate(ORDER)), "test")
WINDOWS = (Window(0, 16, (0, 1)), Window(19, 36, (2, 3)))
SOUND = np.zeros(40 * 16_000, np.float32)
VOICE = np.zeros(40 * 16_000, np.float32)


@dataclass
class Speaker:
    """An aligner that places a word each second, `late` seconds after the start of its window."""

    name: str = "other"
    hears_voice_too: bool = False
    stretches_first_words: bool = False
    is_calibrated: bool = False
    late: float = 0.0
    error: Exception | None = None

    def available(self) -> str | None:
        return None

    def align(
        self, samples: Samples, windows: Sequence[TextWindow], language: str, progress: Fraction
    ) -> tuple[tuple[AlignedWord | None, ...], ...]:
        assert language == "en"
        if self.error:
            raise self.error
        for share in (0.0, 0.5, 1.0):
            progress(share)
        first = 0.0 if samples is SOUND else 0.1
        return tuple(
            tuple(
                AlignedWord(window.start + self.late + first + n, window.start + self.late + n + 1, 0.5)
                for n in range(len(window.words))
            )
            for window in windows
        )


def ears(*speakers: Speaker, language: str | None = "en") -> Ears:
    recording = Recording(Path("song.wav"), "0" * 64, SOUND, 40.0)
    return Ears(recording, VOICE, speakers, PocketSphinx(), language)


def anchors() -> list[list[float | None]]:
    """Where a speaker that is not late has the words."""
    onsets = iter([*(float(n) for n in range(8)), *(19.0 + n for n in range(7))])
    return [[next(onsets) for _ in SHEET.lines[line].words] for line in ORDER]


def turns(*speakers: Speaker, allowed: tuple[str, ...] | None = None, told: list[float] | None = None):
    chain = Chain([speaker.name for speaker in speakers], allowed)

    def progress(stage: Stage, share: float) -> None:
        assert stage is Stage.ALIGN
        (told if told is not None else []).append(share)

    return gather(SHEET, ROADMAP, WINDOWS, ears(*speakers), anchors(), chain, progress), chain.attempts


def test_the_words_of_windows_come_back_by_lines():
    (opinion,), attempts = turns(Speaker())
    assert [len(words) for words in opinion.lines] == [4, 4, 3, 4]
    assert [words[0] and words[0].start for words in opinion.lines] == [0.0, 4.0, 19.0, 22.0]
    assert (opinion.engine, opinion.stretched, opinion.calibrated) == ("other", False, False)
    assert [(attempt.step, attempt.engine, attempt.outcome) for attempt in attempts] == [
        ("align", "other", Outcome.SERVED)
    ]


def test_who_hears_the_voice_too_has_two_opinions_and_one_turn():
    opinions, attempts = turns(Speaker("whisper-align", hears_voice_too=True, is_calibrated=True), Speaker())
    assert [opinion.engine for opinion in opinions] == ["whisper-align", "whisper-align", "other"]
    assert [opinion.lines[0][0] and opinion.lines[0][0].start for opinion in opinions] == [0.0, 0.1, 0.0]
    assert len(attempts) == 2


def test_progress_goes_from_the_first_turn_to_the_last():
    told: list[float] = []
    turns(Speaker("a"), Speaker("b", hears_voice_too=True, is_calibrated=True), told=told)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.5, pytest.approx(0.8))


def test_one_that_cannot_serve_leaves_the_others_their_turns():
    opinions, attempts = turns(
        Speaker("a", error=RuntimeError("out of order")), Speaker("b"), Speaker("c"), allowed=("a", "b")
    )
    assert [opinion.engine for opinion in opinions] == ["b"]
    assert [(attempt.engine, attempt.outcome) for attempt in attempts] == [
        ("a", Outcome.FAILED),
        ("b", Outcome.SERVED),
    ]


def test_without_a_language_nobody_is_asked():
    chain = Chain(["other"], None)
    asked = ears(Speaker(), language=None)
    assert gather(SHEET, ROADMAP, WINDOWS, asked, anchors(), chain, lambda *_: None) == ()
    assert chain.attempts == ()


def test_an_opinion_that_is_elsewhere_throughout_is_set_aside_and_the_account_says_so():
    opinions, attempts = turns(Speaker(late=1.4))
    assert opinions == ()
    assert attempts[0].outcome is Outcome.REJECTED
    assert "only 0 of 15 words within 0.5 s" in (attempts[0].reason or "")


def test_the_confidence_is_calibrated_on_what_is_kept_however_far_it_lies():
    opinions, _ = turns(Speaker("whisper-align", is_calibrated=True, late=1.4))
    assert len(opinions) == 1


@pytest.mark.parametrize("agreeing", [4, 15])
def test_one_that_agrees_in_part_is_kept(agreeing: int):
    (opinion,), _ = turns(Speaker())
    known = [onset for line in anchors() for onset in line]
    words = tuple(word for line in opinion.lines for word in line)
    check(Opinion("other", (words,)), [[*known[:agreeing], *[1000.0] * (15 - agreeing)]])


def test_a_few_words_prove_nothing():
    (opinion,), _ = turns(Speaker())
    few: Anchors = [[1000.0, None, 1000.0, None] if len(line) == 4 else [None] * 3 for line in opinion.lines]
    check(opinion, few)
    with pytest.raises(AnswerRejectedError):
        check(opinion, [[1000.0] * len(line) for line in opinion.lines])


def test_only_words_that_fit_the_sound_are_sure():
    assert surely_placed((((SungWord(1, 2, -1.5)), SungWord(2, 3, -4.0)), (SungWord(5, 6, -2.0),))) == ((1, None), (5,))


def test_who_is_not_calibrated_has_no_part_in_the_confidence():
    placed = [tuple(SungWord(10.0 * i + n, 10.0 * i + n + 0.5, -2.0) for n in range(4)) for i in range(2)]
    near = tuple(tuple(AlignedWord(word.start, word.end, 1.0) for word in line) for line in placed)
    alone = _from_search(SHEET, (0, 1), placed, [])
    assert _from_search(SHEET, (0, 1), placed, [Opinion("other", near, calibrated=False)]) == alone
    assert _from_search(SHEET, (0, 1), placed, [Opinion("whisper-align", near)]) != alone


def test_a_line_is_surer_where_it_was_heard_than_elsewhere_or_after_a_leap_on_the_sheet():
    placed = [tuple(SungWord(10.0 * i + n, 10.0 * i + n + 0.5, -2.0) for n in range(4)) for i in range(2)]
    there = tuple(tuple(word.start for word in line) for line in placed)
    late = (there[0], tuple(onset + 3 for onset in there[1]))
    good, bad, leap = (
        _from_search(SHEET, order, placed, [], heard)[1].confidence or 0
        for order, heard in (((0, 1), there), ((0, 1), late), ((0, 0), there))
    )
    assert good > leap > bad
