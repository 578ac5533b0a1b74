import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sow_analysis.pronounce import indic, japanese, korean, semitic
from sow_analysis.pronounce.arpabet import arpabet_from_ipa
from sow_analysis.pronounce.scripts import language_for, runs


def phones(ipa: tuple[str, ...]) -> str:
    return " ".join(arpabet_from_ipa(ipa))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("하나님", "HH AA N AA N IY M"),
        ("예수", "Y EY S UW"),
        ("주님의", "CH UW N IY M W IY"),
        ("사랑해", "S AA R AA NG HH EH"),
        ("감사", "K AA M S AA"),
        ("아버지", "AA B AH JH IY"),
        ("십자가", "S IY P CH AA G AA"),
        ("독립", "T OW NG N IY P"),
        ("좋아", "CH OW AA"),
        ("축하", "CH UW K AA"),
        ("믿음", "M IY D UH M"),
        ("신라", "S IY L AA"),
    ],
)
def test_korean(word: str, expected: str):
    assert phones(korean.ipa(word)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("かみさま", "K AA M IY S AA M AA"),
        ("ハレルヤ", "HH AA R EY R UH Y AA"),
        ("しゅ", "SH UH"),
        ("きょう", "K Y OW UH"),
        ("ファ", "F AA"),
        ("ッ", ""),
        ("ー", "AA"),
        ("ﾊﾟ", "P AA"),
    ],
)
def test_kana(word: str, expected: str):
    assert phones(japanese.ipa(word)) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("यीशु", "Y IY SH UH"),
        ("प्रभु", "P R AH B UH"),
        ("राजा", "R AA JH AA"),
        ("आनंद", "AA N AH N D"),
        ("இயேசு", "IH Y EY CH UH"),
        ("యేసు", "Y EY S UH"),
        ("യേശു", "Y EY SH UH"),
    ],
)
def test_the_scripts_of_india(word: str, expected: str):
    assert phones(indic.ipa(word)) == expected


def test_hebrew_with_points_and_without():
    assert phones(semitic.hebrew_ipa("שָׁלוֹם")) == "SH AA L OW M"
    assert phones(semitic.hebrew_ipa("שלום")) == "SH AA L OW M"
    assert phones(semitic.hebrew_ipa("הַלְלוּיָה")) == "HH AA L UW Y AA HH"


def test_arabic_with_points_and_without():
    assert phones(semitic.arabic_ipa("سَلَام")) == "S AA L AA M"
    assert phones(semitic.arabic_ipa("سلام")) == "S AA L AA M"


def test_a_text_falls_into_runs_of_one_script():
    assert list(runs("Hello 主耶穌 なか 사랑")) == [
        ("LATIN", "hello"), ("HAN", "主"), ("HAN", "耶"), ("HAN", "穌"), ("KANA", "なか"), ("HANGUL", "사랑"),
    ]  # fmt: skip


def test_punctuation_parts_runs_but_the_apostrophe_does_not():
    assert list(runs("rock-n-roll, don’t!")) == [
        ("LATIN", "rock"), ("LATIN", "n"), ("LATIN", "roll"), ("LATIN", "don't"),
    ]  # fmt: skip
    assert list(runs("' '' -")) == []


def test_marks_belong_to_the_letter_before_them():
    assert list(runs("प्रभु")) == [("DEVANAGARI", "प्रभु")]
    assert list(runs("\N{COMBINING ACUTE ACCENT}")) == []


def test_a_script_is_read_in_the_language_of_the_song_if_it_is_one_of_its_own():
    assert language_for("CYRILLIC", "uk") == "uk"
    assert language_for("CYRILLIC", "en") == "ru"
    assert language_for("ARABIC", "fa") == "fa"
    assert language_for("RUNIC", None) is None


@settings(deadline=None)
@given(st.text())
def test_no_reader_fails_on_any_text(text: str):
    for read in (korean.ipa, japanese.ipa, indic.ipa, semitic.hebrew_ipa, semitic.arabic_ipa):
        assert isinstance(read(text), tuple)
