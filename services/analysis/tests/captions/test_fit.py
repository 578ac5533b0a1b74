from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyric_timing import parse_sheet
from lyric_timing.heard import Heard, Token
from lyric_timing.roadmap import chart
from sow_analysis.captions import Fitted, Verdict, fit_captions, unchecked

VERSES = (
    "morning light is breaking over sea and stone every shadow running from the open throne "
    "carry me beside the river where the willows bend teach my heart the quiet music that will never end",
    "winter came without a warning silver on the plain still a lantern in the window called us through the rain "
    "bread was waiting on the table wine beside the flame someone at the open doorway knew us all by name",
    "when the evening bells are fading and the road is long set my feet among the singers fill my mouth with song "
    "not the thunder nor the ocean nor the desert wide ever took a single sparrow from her mother's side",
)
CHORUS = "sing it out my soul sing it out again mercy like a fountain falling down like rain sing it out my soul"
BRIDGE = "higher than the mountains deeper than the sea wider than the heavens is your love for me"
SONG = (VERSES[0], CHORUS, VERSES[1], CHORUS, BRIDGE, VERSES[2], CHORUS)
OTHER = (
    "copper kettles whistle gently on a country stove grandmother is folding linen scented with a clove",
    "tractors in the yellow barley turn at half past ten dusty boots and broken ladders waiting by the pen",
    "paper boats along the gutter sail beyond the town children shout their captain's orders till the sun goes down",
    "buttons in a biscuit basin marbles in a jar nobody remembers whether dad had sold the car",
)
PACE, BREAK = 0.45, 6.0


def sung(sections: Sequence[str], start: float = 8.0, source: str = "youtube-captions") -> Heard:
    """Words at a steady pace, with a break after each section."""
    tokens: list[Token] = []
    at = start
    for section in sections:
        for word in section.split():
            tokens.append(Token(word, at, at + 0.8 * PACE))
            at += PACE
        at += BREAK
    return Heard(tuple(tokens), source, "en")


def listened(song: Heard, seed: int = 0, errors: float = 0.3, between: tuple[float, float] = (0, 1e9)) -> Heard:
    """What a middling recogniser makes of it: words missed and misheard, times a bit off."""
    chance = random.Random(seed)
    words = [token.text for token in song.tokens]
    tokens: list[Token] = []
    for token in song.tokens:
        what = chance.random()
        if not between[0] <= token.start < between[1] or what < errors / 2:
            continue
        text = chance.choice(words) if what < errors else token.text
        start = max(0.0, token.start + chance.gauss(0, 0.2))
        tokens.append(Token(text, start, start + 0.3, 0.7))
    return Heard(tuple(sorted(tokens, key=lambda token: token.start)), "whisper", "en")


def moved(heard: Heard, by: float, times: float = 1.0) -> Heard:
    tokens = [replace(t, start=t.start * times + by, end=t.end * times + by) for t in heard.tokens]
    return Heard(tuple(tokens), heard.source, heard.language)


def length(heard: Heard) -> float:
    return heard.tokens[-1].end + 10


def worst_error(fitted: Fitted, truth: Heard) -> float:
    assert fitted.heard is not None
    assert [token.text for token in fitted.heard.tokens] == [token.text for token in truth.tokens]
    return max(abs(a.start - b.start) for a, b in zip(fitted.heard.tokens, truth.tokens, strict=True))


@pytest.mark.parametrize("errors", [0.0, 0.3, 0.5])
def test_captions_of_the_recording_stay_as_they_are(errors: float):
    song = sung(SONG)
    fitted = fit_captions(song, listened(song, errors=errors), length(song))
    assert fitted.verdict is Verdict.FIT
    assert fitted.heard == song
    assert fitted.reason == "the captions fit the recording"


@pytest.mark.parametrize("late", [12.3, -7.0, 45.0])
def test_captions_that_are_late_or_early_are_moved(late: float):
    song = sung(SONG, start=60)
    fitted = fit_captions(moved(song, late), listened(song), length(song))
    assert fitted.verdict is Verdict.MOVED
    assert fitted.offset == pytest.approx(-late, abs=0.25)
    assert fitted.tempo == 1.0
    assert worst_error(fitted, song) < 0.25
    said = float(fitted.reason.removeprefix("the captions are ").split()[0])
    assert said == pytest.approx(abs(late), abs=0.3)
    assert fitted.reason.endswith("late: moved" if late > 0 else "early: moved")


@pytest.mark.parametrize(("times", "late"), [(1.03, 0.0), (0.97, 0.0), (1.03, 12.0), (0.9, -4.0), (1.1, 3.0)])
def test_captions_of_another_tempo_are_stretched(times: float, late: float):
    song = sung(SONG)
    captions = moved(song, late, times)
    fitted = fit_captions(captions, listened(song), length(song))
    assert fitted.verdict is Verdict.MOVED
    assert fitted.tempo == pytest.approx(times, abs=0.004)
    assert worst_error(fitted, song) < 0.6
    assert f"% {'slower' if times > 1 else 'faster'}" in fitted.reason


def test_a_tempo_is_not_made_up_where_times_are_merely_rough():
    song = sung(SONG)
    for seed in range(8):
        assert fit_captions(song, listened(song, seed, errors=0.5), length(song)).tempo == 1.0


def test_captions_with_a_verse_more_are_cut_and_moved():
    video, song = sung(SONG), sung((*SONG[:2], *SONG[4:]))
    fitted = fit_captions(video, listened(song), length(song))
    assert fitted.verdict is Verdict.PARTS
    assert "another arrangement" in fitted.reason
    assert fitted.heard is not None
    truth = {(token.text, round(token.start, 1)) for token in song.tokens}
    near = [
        any((token.text, round(token.start + step / 10, 1)) in truth for step in range(-4, 5))
        for token in fitted.heard.tokens
    ]
    assert sum(near) >= 0.95 * len(near)
    assert len(near) >= 0.9 * len(song.tokens)


def test_captions_that_lack_a_verse_are_cut_and_moved():
    video, song = sung((*SONG[:2], *SONG[4:])), sung(SONG)
    fitted = fit_captions(video, listened(song), length(song))
    assert fitted.verdict is Verdict.PARTS
    assert fitted.heard is not None
    verse = VERSES[2].split()
    starts = [token.start for token in fitted.heard.tokens if token.text == verse[-3]]
    assert starts == pytest.approx([token.start for token in song.tokens if token.text == verse[-3]], abs=0.5)


def test_captions_of_an_arrangement_with_little_in_common_are_refused():
    video = sung((*OTHER, CHORUS, *OTHER, *OTHER))
    song = sung((CHORUS, VERSES[0]))
    fitted = fit_captions(video, listened(song, errors=0.1), length(song))
    assert fitted.heard is None
    assert fitted.verdict is Verdict.REFUSED


def test_captions_of_another_song_are_refused():
    song = sung(SONG)
    fitted = fit_captions(sung(OTHER * 2), listened(song), length(song))
    assert fitted.heard is None
    assert fitted.reason == "the captions are of another song: refused"


def test_captions_of_a_performance_without_any_common_time_are_refused():
    chance = random.Random(5)
    song = sung(SONG)
    phrases = [song.tokens[at : at + 4] for at in range(0, len(song.tokens), 4)]
    chance.shuffle(phrases)
    tokens = [
        replace(token, start=at * PACE, end=(at + 1) * PACE)
        for at, token in enumerate(token for phrase in phrases for token in phrase)
    ]
    fitted = fit_captions(Heard(tuple(tokens), "youtube-captions", "en"), listened(song, errors=0.1), length(song))
    assert fitted.reason == "the captions are of another performance of the song: refused"


@pytest.mark.parametrize("until", [0.0, 11.0])
def test_with_too_little_heard_captions_stay_and_the_reason_says_so(until: float):
    song = sung(SONG)
    fitted = fit_captions(song, listened(song, between=(0, until)), length(song))
    assert fitted.verdict is Verdict.UNKNOWN
    assert fitted.heard == song
    assert "too little was heard" in fitted.reason


def test_an_ear_that_was_lost_refutes_nothing():
    song = sung(SONG)
    babble = [replace(token, probability=0.2) for token in sung(OTHER * 2).tokens]
    fitted = fit_captions(song, Heard(tuple(babble), "whisper", "en"), length(song))
    assert fitted.verdict is Verdict.UNKNOWN
    assert fitted.heard == song


def test_one_verse_that_was_heard_is_enough_to_move_all():
    song = sung(SONG)
    start = next(token.start for token in song.tokens if token.text == "winter")
    fitted = fit_captions(moved(song, 5.0), listened(song, between=(start, start + 20)), length(song))
    assert fitted.offset == pytest.approx(-5.0, abs=0.3)
    assert worst_error(fitted, song) < 0.3


def chorus_starts(song: Heard) -> list[float]:
    words, chorus = [token.text for token in song.tokens], CHORUS.split()
    starts = range(len(words) - len(chorus) + 1)
    return [song.tokens[at].start for at in starts if words[at : at + len(chorus)] == chorus]


def test_a_chorus_alone_does_not_move_captions_that_fit():
    song = sung(SONG)
    for start in chorus_starts(song):
        fitted = fit_captions(song, listened(song, errors=0.1, between=(start, start + 12)), length(song))
        assert fitted.verdict is Verdict.FIT


def test_a_chorus_alone_does_not_choose_among_wrong_places():
    song = sung(SONG)
    start = chorus_starts(song)[1]
    fitted = fit_captions(moved(song, 9.0), listened(song, errors=0.1, between=(start, start + 12)), length(song))
    assert fitted.heard is None
    assert "several places" in fitted.reason


def test_verses_tell_which_chorus_is_which():
    song = sung((VERSES[0], CHORUS, CHORUS, CHORUS, VERSES[1], CHORUS, CHORUS, CHORUS, CHORUS))
    period = chorus_starts(song)[1] - chorus_starts(song)[0]
    for late in (0.0, period, -period):
        fitted = fit_captions(moved(song, late), listened(song), length(song))
        assert fitted.offset == pytest.approx(-late, abs=0.3)


@pytest.mark.parametrize("late", [0.0, 2.0, 20.0])
def test_a_song_of_one_chorus_alone_is_placed_by_its_ends(late: float):
    song = sung([CHORUS] * 6, start=25)
    assert fit_captions(moved(song, late), listened(song), length(song)).offset == pytest.approx(-late, abs=0.3)


def test_chinese_is_compared_by_sound():
    lines = ["奇異恩典何等甘甜", "我罪已得赦免", "前我失喪今被尋回", "瞎眼今得看見", "如此恩典使我敬畏", "使我心得安慰"]
    sounds = [
        "奇义恩店何等甘田",
        "我罪已的赦免",
        "钱我失丧今被寻回",
        "瞎眼今得看见",
        "如次恩典使我敬畏",
        "是我心得安慰",
    ]
    captions = sung([" ".join(line) for line in lines])
    heard = moved(sung([" ".join(line) for line in sounds]), 15.0)
    fitted = fit_captions(replace(captions, language="zh-TW"), replace(heard, language="zh"), 200.0)
    assert fitted.offset == pytest.approx(15.0, abs=0.2)


def test_fitted_captions_tell_the_sung_order_of_a_printed_sheet():
    song = sung(SONG)
    sheet = parse_sheet(f"[Verse]\n{VERSES[0]}\n{VERSES[1]}\n{VERSES[2]}\n[Chorus]\n{CHORUS}\n[Bridge]\n{BRIDGE}")
    fitted = fit_captions(moved(song, 9.0), listened(song, errors=0.5), length(song))
    assert fitted.heard is not None
    roadmap = chart(sheet, [fitted.heard], duration=length(song))
    assert [line.line for line in roadmap.lines] == [0, 3, 1, 3, 4, 2, 3]
    starts = [song.tokens[at].start for at in range(len(song.tokens)) if at == 0 or gap(song, at)]
    assert [line.start for line in roadmap.lines] == pytest.approx(starts, abs=0.5)


def gap(song: Heard, at: int) -> bool:
    return song.tokens[at].start - song.tokens[at - 1].end > 1.0


def test_what_is_moved_out_of_the_recording_is_left_out():
    song = sung(SONG)
    duration = song.tokens[-30].start
    fitted = fit_captions(moved(song, 12.0), listened(song, between=(0, duration)), duration)
    assert fitted.heard is not None
    assert len(fitted.heard.tokens) < len(song.tokens)
    assert max(token.end for token in fitted.heard.tokens) <= duration


def test_unchecked_captions_are_kept_when_they_could_be_right():
    song = sung(SONG)
    fitted = unchecked(song, length(song))
    assert fitted.heard == song
    assert fitted.verdict is Verdict.UNKNOWN
    assert "nothing was heard to check" in fitted.reason


def test_unchecked_captions_that_go_on_after_the_end_are_refused():
    song = sung(SONG)
    fitted = unchecked(song, 0.7 * length(song))
    assert fitted.heard is None
    assert "after the recording's end" in fitted.reason
    assert unchecked(Heard((), "youtube-captions"), 100.0).heard is None


times = st.floats(0, 1000)
tokens = st.lists(st.builds(Token, st.sampled_from(["sing", "on", "神", "", "oh", "♪"]), times, times), max_size=60)


@settings(max_examples=60, deadline=None)
@given(tokens, tokens, times)
def test_whatever_comes_is_within_the_recording_and_in_order(one: list[Token], other: list[Token], duration: float):
    fitted = fit_captions(Heard(tuple(one), "c"), Heard(tuple(other), "w"), duration)
    assert fitted.reason
    assert (fitted.heard is None) == (fitted.verdict is Verdict.REFUSED)
    for token in fitted.heard.tokens if fitted.heard else ():
        assert 0 <= token.start <= duration
