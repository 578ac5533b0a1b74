import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from stream_of_worship.admin.player import screen


def rendered(lyrics: TimedLyrics, moment: screen.Moment, width: int = 40, height: int = 11) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height)
    with console.capture() as capture:
        console.print(screen.picture(lyrics, moment, console, width, height))
    return capture.get().removesuffix("\n").split("\n")


def styles(lyrics: TimedLyrics, index: int, position: float) -> dict[str, str]:
    text = screen.sing(lyrics.lines[index], position)
    return {text.plain[span.start : span.end]: str(span.style) for span in text.spans}


def test_the_line_that_began_last_stands_in_the_middle(lyrics: TimedLyrics):
    rows = rendered(lyrics, screen.Moment(3.5, 80.0))
    assert [row.strip() for row in rows[2:8]] == ["", "Morning light", "Over the hills", "Morning light", "", ""]


def test_before_the_first_line_the_lines_to_come_are_shown(lyrics: TimedLyrics):
    rows = [row.strip() for row in rendered(lyrics, screen.Moment(0.0, 80.0))]
    assert rows[4:7] == ["♪", "Morning light", "Over the hills"]


def test_words_are_coloured_as_they_pass(lyrics: TimedLyrics):
    assert styles(lyrics, 1, 3.5) == {"Over": screen.SUNG, "the": screen.SINGING}
    assert styles(lyrics, 1, 3.65) == {"Over": screen.SUNG, "the": screen.SUNG}
    assert styles(lyrics, 1, 9.0) == {"Over": screen.SUNG, "the": screen.SUNG, "hills": screen.SUNG}


def test_a_word_that_occurs_twice_is_coloured_in_its_own_place():
    line = TimedLine("oh oh", 0.0, 2.0, (TimedWord("oh", 0.0, 1.0), TimedWord("oh", 1.0, 2.0)))
    text = screen.sing(line, 1.5)
    assert [(span.start, str(span.style)) for span in text.spans] == [(0, screen.SUNG), (3, screen.SINGING)]


def test_a_line_without_words_is_highlighted_as_a_whole(lyrics: TimedLyrics):
    assert str(screen.sing(lyrics.lines[2], 76.0).style) == screen.SUNG


def test_the_heading_names_the_song_and_its_section(lyrics: TimedLyrics):
    assert rendered(lyrics, screen.Moment(3.5, 80.0))[0].strip() == "A Song · Someone  [Verse]"


def test_the_progress_line_shows_position_state_length_and_tempo(lyrics: TimedLyrics):
    playing = rendered(lyrics, screen.Moment(20.0, 80.0))[-2]
    paused = rendered(lyrics, screen.Moment(20.0, 80.0, playing=False, speed=0.75))[-2]
    assert playing.startswith("▶ 0:20.0 ━")
    assert playing.strip().endswith("─ 1:20")
    assert paused.startswith("⏸ 0:20.0 ━")
    assert paused.strip().endswith("1:20 0.75×")


def test_what_is_wrong_with_the_sound_stands_beside_the_keys(lyrics: TimedLyrics):
    assert (
        rendered(lyrics, screen.Moment(0.0, 80.0, note="no sound"), width=80)[-1]
        .strip()
        .startswith("no sound   space pause")
    )


def test_lyrics_cannot_steer_the_terminal_nor_pass_for_markup():
    lyrics = TimedLyrics((TimedLine("[red]\x1b[2Jhi", 0.0, 1.0),))
    assert rendered(lyrics, screen.Moment(0.5, 2.0))[4].strip() == "[red][2Jhi"


@pytest.mark.parametrize("text", ["word " * 60, "你好世界" * 30])
def test_a_long_line_is_folded_and_not_cut(text: str):
    lyrics = TimedLyrics((TimedLine(text, 0.0, 1.0),))
    shown = "".join(rendered(lyrics, screen.Moment(0.5, 2.0), width=40, height=20)[2:-3])
    assert "".join(shown.split()) == "".join(text.split())


@given(
    st.lists(st.tuples(st.text(max_size=60), st.floats(0, 100)), max_size=12),
    st.floats(-1, 120),
    st.integers(1, 120),
    st.integers(6, 60),
)
def test_every_picture_fills_the_terminal_exactly(
    lines: list[tuple[str, float]], position: float, width: int, height: int
):
    timed = sorted(
        (TimedLine(" ".join(text.split()), start, start + 1) for text, start in lines), key=lambda line: line.start
    )
    assert len(rendered(TimedLyrics(tuple(timed)), screen.Moment(position, 100.0), width, height)) == height
