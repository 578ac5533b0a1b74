import pytest

from sow_analysis.pronounce.arpabet import PHONES
from sow_analysis.pronounce.english import known, pronunciations
from sow_analysis.pronounce.english_lexicon import WORDS, call


def best(word: str) -> str:
    return " ".join(pronunciations(word)[0])


def every(word: str) -> set[str]:
    return {" ".join(phones) for phones in pronunciations(word)}


def test_our_own_words_use_only_phones_of_the_model():
    assert {phone for variants in WORDS.values() for phones in variants for phone in phones} <= PHONES


def test_the_dictionary_gives_its_variants():
    assert every("probably") == {"P R AA B AH B L IY", "P R AA B L IY"}


def test_variants_that_the_model_would_hardly_tell_apart_are_left_out():
    assert every("the") == {"DH AH"}


def test_a_word_is_not_spelled_out_when_it_can_be_said():
    assert every("us") == {"AH S"}
    assert every("tv") == {"T IY V IY", "T EH L AH V IH ZH AH N"}


def test_a_word_that_is_said_in_two_ways_is_said_as_songs_mean_it():
    assert best("live") == "L IH V"
    assert best("tears") == "T IH R Z"


def test_a_word_that_nothing_explains_has_no_pronunciation():
    assert known("qwrtz") == ()
    assert pronunciations("qwrtz") == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("singin'", "S IH NG IH N"),
        ("singin", "S IH NG IH N"),
        ("everythin'", "EH V R IY TH IH N"),
        ("'cause", "K AH Z"),
        ("gonna", "G AA N AH"),
        ("ev'ry", "EH V R IY"),
        ("o'er", "AO R"),
        ("heav'n", "HH EH V N"),
        ("wand'ring", "W AA N D R IH NG"),
        ("'neath", "N IY TH"),
        ("saviour", "S EY V Y ER"),
        ("leadeth", "L IY D AH TH"),
        ("anointing", "AH N OY N T IH NG"),
        ("undeserved", "AH N D IH Z ER V D"),
        ("firelight", "F AY ER L AY T"),
        ("neverfailing", "N EH V ER F EY L IH NG"),
    ],
)
def test_the_spellings_of_song_are_led_back_to_words(word: str, expected: str):
    assert best(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("god's", "G AA D Z"),
        ("grace's", "G R EY S IH Z"),
        ("moses'", "M OW Z AH S"),
        ("chris'", "K R IH S"),
        ("shouldn't", "SH UH D AH N T"),
        ("zion'll", "Z AY AH N AH L"),
        ("grace'd", "G R EY S T"),
    ],
)
def test_endings_after_an_apostrophe(word: str, expected: str):
    assert best(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("loooove", "L AH V"),
        ("sooooo", "S OW"),
        ("goood", "G UH D"),
        ("jesuuuus", "JH IY Z AH S"),
        ("nooooo", "N OW"),
        ("hallelujaaaah", "HH AE L AH L UW Y AH"),
    ],
)
def test_held_letters_are_squeezed(word: str, expected: str):
    assert best(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ohohoh", "OW OW OW"),
        ("lalala", "L AA L AA L AA"),
        ("nanana", "N AA N AA N AA"),
        ("heyhey", "HH EY HH EY"),
    ],
)
def test_fillers_that_run_together_are_repeated(word: str, expected: str):
    assert best(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("oh", "OW"), ("ohhh", "OW"), ("ooooh", "UW"), ("ahhh", "AA"), ("yeahhhh", "Y AE"), ("heyyy", "HH EY"),
        ("whoooa", "W OW AH"), ("woah", "W OW AH"), ("mmmm", "AH M"),
    ],
)  # fmt: skip
def test_cries_of_any_length(word: str, expected: str):
    assert " ".join(call(word)[0]) == expected


def test_no_word_has_more_than_three_variants():
    assert all(1 <= len(pronunciations(word)) <= 3 for word in ("hallelujah", "goood", "whoa", "giv'n"))
