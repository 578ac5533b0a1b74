import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.sheets.chords import is_certain_chord_line, is_possible_chord_line, strip_inline_chords


@pytest.mark.parametrize(
    "line",
    [
        "C  G/B  Am7",
        "   G        D",
        "Am",
        "| F | G | C |",
        "[G]  [C/E]",
        "Bb/D Ebmaj7 F#m7b5 Gsus4 C2 (G)",
        "B♭ F/A",
        "Em Am D x2",
        "Dm7 | G | N.C.",
        "e|--0--2--3--2--|",
    ],
)
def test_chord_lines_are_recognised(line: str):
    assert is_certain_chord_line(line)


@pytest.mark.parametrize("line", ["G C D", "A", "E"])
def test_single_letters_are_chords_only_beside_other_chord_lines(line: str):
    assert is_possible_chord_line(line)
    assert not is_certain_chord_line(line)


@pytest.mark.parametrize(
    "line", ["A B C", "A B C D E F G", "Amen", "Add", "Face", "Do", "A mighty fortress", "- - -", "1 4 5", "", "C'mon"]
)
def test_words_are_no_chords(line: str):
    assert not is_certain_chord_line(line)
    assert not is_possible_chord_line(line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("[G]Amazing [C]grace", "Amazing grace"),
        ("Ama[G]zing  [C/E] grace", "Amazing  grace"),
        ("[Am7]  How", "  How"),
        ("奇[G]異[D/F#]恩典", "奇異恩典"),
        ("[Chorus]", "[Chorus]"),
        ("sing [softly] now", "sing [softly] now"),
    ],
)
def test_only_chords_in_brackets_are_taken_out_of_a_line(line: str, text: str):
    assert strip_inline_chords(line) == text


@given(st.text("ABCG#bm7/[]|- x(),", max_size=60))
def test_any_line_can_be_asked_for_chords(line: str):
    assert len(strip_inline_chords(line)) <= len(line)
    assert is_possible_chord_line(line) or not is_certain_chord_line(line) or "|" in line
