"""The sung order comes out of what was heard, however badly, and never loses what the sheet says was sung."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyric_timing.heard import Heard, Token
from lyric_timing.matching.clock import VoiceClock
from lyric_timing.matching.evidence import gather
from lyric_timing.roadmap import as_written, chart
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.sung import Roadmap
from lyric_timing.synthetic import Ear, Song, hear, make_song
from lyric_timing.words import make_line

SONGS = ["en", "zh"]


def sheet(*sections: str, language: str = "en") -> LyricSheet:
    made = [tuple(line for text in section.split("/") if (line := make_line(text, language))) for section in sections]
    return LyricSheet(tuple(Section(None, lines) for lines in made), language=language)


def tokens(text: str, start: float = 0.0, step: float = 0.4) -> list[Token]:
    words = text.split() if " " in text else list(text)
    return [Token(word, start + i * step, start + (i + 1) * step) for i, word in enumerate(words)]


def heard(*parts: Iterable[Token], source: str = "test") -> Heard:
    return Heard(tuple(token for part in parts for token in part), source)


def order(roadmap: Roadmap) -> list[int]:
    return [line.line for line in roadmap.lines]


def found(song: Song, written: LyricSheet, roadmap: Roadmap) -> float:
    """Share of the sung lines that the roadmap has in order, at their time (within 3 seconds)."""
    texts = [line.text for line in written.lines]
    truth = [(song.printed.lines[s.line].text, s.onsets[0], s.end) for s in song.sung]
    charted = [(texts[line.line], line.start, line.end) for line in roadmap.lines]
    return common(truth, charted) / len(truth)


def common(truth: Sequence[tuple[str, float, float]], charted: Sequence[tuple[str, float, float]]) -> int:
    row = [0] * (len(charted) + 1)
    for text, start, end in truth:
        new = [0]
        for j, (other, first, last) in enumerate(charted):
            same = text == other and first - 3 < end and last + 3 > start
            new.append(max(new[-1], row[j + 1], row[j] + same))
        row = new
    return row[-1]


HYMN = sheet("morning light is breaking/over hills of silver", "sing aloud you nations/lift your voices higher")


def test_lines_come_with_the_onsets_of_the_words_that_were_heard() -> None:
    roadmap = chart(HYMN, [heard(tokens("morning light is over hills of silver", 5.0))], duration=30)
    first = roadmap.lines[0]
    assert first.onsets == (5.0, pytest.approx(5.4), pytest.approx(5.8), None)
    assert first.start == 5.0
    assert 0.5 < first.confidence < 1
    assert roadmap.lines[1].confidence == pytest.approx(1)


def test_a_section_that_is_sung_again_is_there_again() -> None:
    song = "morning light is breaking over hills of silver"
    chorus = "sing aloud you nations lift your voices higher"
    parts = [tokens(song, 0), tokens(chorus, 5), tokens(song, 15), tokens(chorus, 20), tokens(chorus, 25)]
    assert order(chart(HYMN, [heard(*parts)], duration=30)) == [0, 1, 2, 3, 0, 1, 2, 3, 2, 3]


def test_a_line_that_is_sung_again_is_there_again() -> None:
    parts = [tokens("morning light is breaking over hills of silver", 0), tokens("over hills of silver", 5)]
    rest = tokens("sing aloud you nations lift your voices higher", 8)
    assert order(chart(HYMN, [heard(*parts, rest)], duration=12)) == [0, 1, 1, 2, 3]


def test_a_section_that_leaves_no_time_is_left_out() -> None:
    long = sheet(
        "morning light is breaking/over hills of silver",
        "no one sings this verse today/it is far too long and slow/and the time is short/so we leave it out",
        "sing aloud you nations/lift your voices higher",
    )
    parts = [tokens("morning light is breaking over hills of silver", 1), tokens("sing aloud you nations", 5)]
    roadmap = chart(long, [heard(*parts, tokens("lift your voices higher", 7))], duration=9)
    assert order(roadmap) == [0, 1, 6, 7]


def test_a_line_that_nobody_heard_is_kept_between_its_neighbours() -> None:
    three = sheet("morning light is breaking/over hills of silver/sing aloud you nations")
    parts = [tokens("morning light is breaking", 1), tokens("sing aloud you nations", 5)]
    roadmap = chart(three, [heard(*parts)], duration=9)
    assert order(roadmap) == [0, 1, 2]
    unheard = roadmap.lines[1]
    assert unheard.onsets == (None,) * 4
    assert unheard.confidence == 0
    assert roadmap.lines[0].end <= unheard.start < unheard.end <= roadmap.lines[2].start


def test_lines_unheard_at_the_start_and_the_end_are_kept_beside_the_others() -> None:
    parts = [tokens("over hills of silver", 40), tokens("sing aloud you nations", 43)]
    roadmap = chart(HYMN, [heard(*parts)], duration=100)
    assert order(roadmap) == [0, 1, 2, 3]
    assert roadmap.lines[0].end == pytest.approx(40)
    assert roadmap.lines[0].start > 30
    assert roadmap.lines[3].end < 60


def test_no_unheard_line_is_put_where_surely_nobody_sings() -> None:
    three = sheet("morning light is breaking/over hills of silver/sing aloud you nations")
    parts = [tokens("morning light is breaking", 1), tokens("sing aloud you nations", 35)]
    roadmap = chart(three, [heard(*parts)], duration=40, silences=[(2.8, 31.0)])
    assert roadmap.lines[1].start == pytest.approx(31)


def test_one_more_singing_is_not_made_up() -> None:
    song = tokens("morning light is breaking over hills of silver sing aloud you nations lift your voices higher", 2)
    assert order(chart(HYMN, [heard(song)], duration=200)) == [0, 1, 2, 3]


def test_a_word_stretched_over_the_silence_before_it_starts_late() -> None:
    written = sheet("/".join(f"{a} river runs to {a} golden sea" for a in ("one", "two", "six", "ten", "our", "her")))
    true_starts = [6.0 * i for i in range(1, 7)]
    parts = [
        [Token(line.words[0].text, start - 2, start + 0.3), *tokens(line.text.split(" ", 1)[1], start + 0.3)]
        for line, start in zip(written.lines, true_starts, strict=True)
    ]
    roadmap = chart(written, [heard(*parts)], duration=50)
    assert [line.onsets[0] for line in roadmap.lines] == pytest.approx(true_starts, abs=0.15)


def test_a_tag_is_not_taken_for_the_whole_section() -> None:
    parts = [tokens("morning light is breaking over hills of silver", 1), tokens("over hills of silver", 9)]
    rest = tokens("sing aloud you nations lift your voices higher", 12)
    assert order(chart(HYMN, [heard(*parts, rest)], duration=16)) == [0, 1, 1, 2, 3]


def test_lines_known_from_later_are_sung_first_where_their_first_time_was_misheard() -> None:
    chorus = "sing aloud you nations lift your voices higher"
    written = sheet("sing aloud you nations/lift your voices higher/morning light is breaking/over hills of silver")
    misheard = tokens("zing alow zoo nay shuns rift yaw void ire", 1)
    parts = [tokens("morning light is breaking over hills of silver", 6), tokens(chorus, 12)]
    assert order(chart(written, [heard(misheard, *parts)], duration=16)) == [0, 1, 2, 3, 0, 1]
    assert order(chart(written, [heard(*parts)], duration=16)) == [2, 3, 0, 1]


def test_an_endless_loop_drags_nothing_along() -> None:
    written = sheet("oh morning light is breaking/over hills of silver/oh oh sing aloud you nations")
    loop = [Token("oh", 3 + 0.1 * i, 3.1 + 0.1 * i) for i in range(200)]
    parts = [tokens("oh morning light is breaking", 0), loop, tokens("over hills of silver", 24)]
    roadmap = chart(written, [heard(*parts, tokens("oh oh sing aloud you nations", 27))], duration=30)
    assert order(roadmap) == [0, 1, 2]
    assert roadmap.lines[1].start == pytest.approx(24)
    assert roadmap.lines[2].start == pytest.approx(27)


def test_of_a_loop_as_many_rounds_are_kept_as_the_sheet_has() -> None:
    written = sheet("la la la la la la la la/now the song begins")
    assert len(gather(heard(tokens("la " * 40)), written).pieces) == 8
    assert len(gather(heard(tokens("oh no " * 40)), written).pieces) == 2
    assert len(gather(heard(tokens("holy " * 4)), written).pieces) == 4


def test_traditional_characters_are_heard_as_simplified_ones() -> None:
    written = sheet("祢的愛永遠長存/萬國都要讚美祢", language="zh")
    roadmap = chart(written, [heard(tokens("你的爱永远长存", 1), tokens("万国都要赞美你", 6))], duration=12)
    assert [line.confidence for line in roadmap.lines] == pytest.approx([1, 1])
    assert roadmap.lines[1].onsets[0] == pytest.approx(6)


def test_a_sheet_in_pinyin_is_found_in_characters() -> None:
    written = sheet("wo yao ge chang/zan mei zhu ai", language="zh")
    roadmap = chart(written, [heard(tokens("我要歌唱", 1), tokens("赞美主爱", 4))], duration=8)
    assert [line.start for line in roadmap.lines] == pytest.approx([1, 4])


def test_words_cut_otherwise_than_on_the_sheet_are_heard() -> None:
    written = sheet("everything I am is yours/the 24 elders sing")
    parts = [tokens("every thing I am is yours", 1), tokens("the twenty four elders sing", 5)]
    roadmap = chart(written, [heard(*parts)], duration=9)
    assert all(onset is not None for line in roadmap.lines for onset in line.onsets)


def test_a_token_of_many_words_is_taken_apart_by_time() -> None:
    caption = [Token("morning light is breaking", 2, 6), Token("over hills of silver", 6, 10)]
    onsets = chart(HYMN, [heard(caption)], duration=20).lines[0].onsets
    assert onsets[0] == 2
    assert all(a < b for a, b in pairwise(onset for onset in onsets if onset is not None))


def test_words_that_share_one_instant_are_heard_and_not_timed() -> None:
    crowd = [Token(word, 5, 5) for word in ("morning", "light", "is", "breaking")]
    line = chart(HYMN, [heard(crowd, tokens("over hills of silver", 6))], duration=10).lines[0]
    assert line.onsets == (None,) * 4
    assert line.confidence > 0.5


def test_times_that_are_none_are_left_out() -> None:
    bad = [Token("morning", float("nan"), 1), Token("light", 1, float("inf")), Token("is", 99, 100)]
    roadmap = chart(HYMN, [heard(bad, tokens("over hills of silver sing aloud you nations", 3))], duration=10)
    assert roadmap.lines[0].onsets == (None,) * 4
    assert order(roadmap) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "nothing",
    [
        [],
        [heard()],
        [heard([Token("...", 1, 2), Token("♪", 2, 3)])],
        [heard(tokens("quite another story tells of dragons in faraway kingdoms beyond seven mountains and lakes"))],
    ],
)
def test_without_evidence_the_sheet_stands_as_written(nothing: list[Heard]) -> None:
    roadmap = chart(HYMN, nothing, duration=80)
    assert roadmap == as_written(HYMN, 80)
    assert roadmap.source == "as-written"
    assert order(roadmap) == [0, 1, 2, 3]
    assert roadmap.lines[0].start == 0
    assert roadmap.lines[-1].end == pytest.approx(80)
    assert {line.confidence for line in roadmap.lines} == {0.0}


def test_as_written_lines_have_time_by_their_length() -> None:
    short, long = as_written(sheet("one/one two one two"), 50).lines
    assert long.end - long.start == pytest.approx(4 * (short.end - short.start))


def test_as_written_works_without_a_duration() -> None:
    assert as_written(HYMN).lines[-1].end > 5


def test_lyrics_of_another_song_are_told() -> None:
    for seed in range(6):
        song, other = make_song(seed), make_song(seed + 50)
        assert chart(other.plain, [hear(song)], duration=song.duration).source == "as-written"


@pytest.mark.parametrize("language", SONGS)
@pytest.mark.parametrize("seed", range(4))
def test_with_30_percent_of_words_wrong_or_lost_the_sung_order_is_found(seed: int, language: str) -> None:
    song = make_song(seed, language=language)
    evidence = [hear(song, Ear(wrong=0.2, lost=0.1, added=0.1), seed)]
    for written in (song.printed, song.plain, song.written_out):
        assert found(song, written, chart(written, evidence, duration=song.duration)) >= 0.95


@pytest.mark.parametrize("seed", range(4))
def test_with_half_of_the_words_wrong_or_lost_most_is_found(seed: int) -> None:
    song = make_song(seed)
    evidence = [hear(song, Ear(wrong=0.3, lost=0.2, added=0.1, jitter=0.2), seed)]
    assert found(song, song.plain, chart(song.plain, evidence, duration=song.duration)) >= 0.85


EARS = {
    "good": Ear(wrong=0.05, lost=0.05),
    "fair": Ear(wrong=0.2, lost=0.15, added=0.1),
    "bad": Ear(wrong=0.3, lost=0.2, added=0.1, jitter=0.3),
    "sparse": Ear(wrong=0.1, lost=0.8, added=0.0, jitter=0.2),
    "deaf at times": Ear(deaf=2),
    "lost in loops": Ear(loops=2),
}


@pytest.mark.parametrize("ear", EARS.values(), ids=EARS)
@pytest.mark.parametrize("language", SONGS)
def test_a_sheet_as_sung_comes_out_as_sung(ear: Ear, language: str) -> None:
    for seed in range(3):
        song = make_song(seed, language=language)
        roadmap = chart(song.written_out, [hear(song, ear, seed)], duration=song.duration)
        assert order(roadmap) == list(range(len(song.sung)))


def test_verses_that_are_printed_and_not_sung_cost_no_line_that_is() -> None:
    for seed in range(4):
        song = make_song(seed, verses=2, skipped=1)
        roadmap = chart(song.plain, [hear(song, seed=seed)], duration=song.duration)
        assert found(song, song.plain, roadmap) >= 0.95


def test_a_second_source_stands_in_where_the_first_is_deaf() -> None:
    song = make_song(3, verses=3)
    whole = hear(song, Ear(wrong=0.05, lost=0.05), 1)
    half = song.duration / 2
    first = replace(whole, tokens=tuple(t for t in whole.tokens if t.start < 0.7 * song.duration))
    second = replace(hear(song, Ear(wrong=0.2), 2), source="captions")
    second = replace(second, tokens=tuple(t for t in second.tokens if t.start > half))
    alone = chart(song.plain, [first], duration=song.duration)
    both = chart(song.plain, [second, first], duration=song.duration)
    assert found(song, song.plain, both) > found(song, song.plain, alone)
    assert found(song, song.plain, both) >= 0.95


def test_a_source_about_another_song_changes_nothing() -> None:
    song, other = make_song(1), make_song(60)
    evidence = hear(song)
    expected = chart(song.plain, [evidence], duration=song.duration)
    assert chart(song.plain, [hear(other), evidence], duration=song.duration) == expected


def assert_sound(roadmap: Roadmap, written: LyricSheet, duration: float) -> None:
    for line in roadmap.lines:
        assert 0 <= line.start <= line.end <= duration
        assert 0 <= line.confidence <= 1
        assert len(line.onsets) == len(written.lines[line.line].words)
    assert all(a.start <= b.start for a, b in pairwise(roadmap.lines))
    onsets = [onset for line in roadmap.lines for onset in line.onsets if onset is not None]
    assert onsets == sorted(onsets)


@settings(max_examples=40)
@given(
    lines=st.lists(
        st.sampled_from(["oh oh", "a b c", "holy holy holy", "amen", "light of the world", "你 好", "24"]), min_size=1
    ),
    said=st.lists(
        st.tuples(
            st.sampled_from(
                ["oh", "a", "b", "c", "holy", "amen", "light", "the", "world", "你", "好", "24", "four", "...", "none"]
            ),
            st.floats(0, 60),
            st.floats(0, 5),
            st.floats(0, 1),
        )
    ),
)
def test_whatever_was_heard_the_roadmap_holds_together(
    lines: list[str], said: list[tuple[str, float, float, float]]
) -> None:
    written = sheet("/".join(lines))
    evidence = Heard(tuple(Token(text, start, start + length, p) for text, start, length, p in said), "any")
    roadmap = chart(written, [evidence], duration=60)
    assert roadmap.lines
    assert_sound(roadmap, written, 60)


@pytest.mark.parametrize("seed", range(6))
def test_noise_upon_noise_leaves_the_roadmap_sound(seed: int) -> None:
    rng = random.Random(seed)
    song = make_song(seed, skipped=1, lines=rng.randint(1, 6))
    ear = Ear(
        rng.random() * 0.6, rng.random() * 0.6, rng.random() * 0.3, rng.random(), rng.randint(0, 2), rng.randint(0, 2)
    )
    for written in (song.printed, song.plain, song.written_out):
        assert_sound(chart(written, [hear(song, ear, seed)], duration=song.duration), written, song.duration)


def test_a_line_of_one_word_can_be_the_whole_sheet() -> None:
    assert order(chart(sheet("hallelujah"), [heard([Token("hallelujah", 3, 4)])], duration=9)) == [0]


def test_the_voice_clock_stands_still_in_silence() -> None:
    clock = VoiceClock([(30, 40), (5, 10), (8, 12)])
    assert clock.sung(5) == clock.sung(12) == 5
    assert clock.sung(20) == 13
    assert clock.between(4, 13) == 2
    assert clock.between(13, 4) == 0
    assert clock.time(5) == 12
    assert clock.time(13) == 20
    assert clock.time(clock.sung(50)) == 50


@given(st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90))), st.integers(0, 100))
def test_the_voice_clock_leads_back_to_times_of_singing(silences: list[tuple[int, int]], time: int) -> None:
    clock = VoiceClock(silences)
    sung = clock.sung(time)
    assert 0 <= sung <= time + 1e-9
    assert clock.sung(clock.time(sung)) == pytest.approx(sung)
    if not any(a <= time <= b for a, b in silences):
        assert clock.time(sung) == pytest.approx(time)
