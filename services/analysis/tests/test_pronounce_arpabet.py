import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sow_analysis.pronounce.arpabet import PHONES, SOUNDS, VOWELS, arpabet_from_ipa, ipa_from_arpabet, told_apart


def phones(ipa: str) -> str:
    return " ".join(arpabet_from_ipa(ipa.split()))


def test_there_are_the_39_phones_of_the_acoustic_model():
    assert len(PHONES) == 39
    assert len(VOWELS) == 15


def test_every_sound_maps_to_phones_of_the_model():
    assert {phone for mapped in SOUNDS.values() for phone in mapped} <= PHONES


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("ʃ ɑ̃ t", "SH AA N T"),
        ("k j ˈe ɾ o", "K Y EY R OW"),
        ("ʃ t r ˈɑː s ə", "SH T R AA S AH"),
        ("t͡ʃ iː", "CH IY"),
        ("aɪ n", "AY N"),
        ("e ɲ e", "EY N Y EY"),
        ("p r̩ s t", "P AH R S T"),
        ("a r̝ i", "AA ZH IY"),
        ("t͡s a", "T S AA"),
    ],
)
def test_ipa_becomes_what_an_english_ear_hears(ipa: str, expected: str):
    assert phones(ipa) == expected


def test_the_tones_that_espeak_writes_are_dropped():
    assert phones("ɗ ˌyə6 c") == "D UW AH CH"
    assert phones("s ˈa4 n") == "S AA N"
    assert phones("aːɜ") == "AA"


def test_a_long_consonant_is_one_but_a_repeated_vowel_is_two():
    assert phones("a l l e") == "AA L EY"
    assert phones("i i") == "IY IY"


def test_an_unknown_symbol_has_no_phone():
    assert phones("☃ a ?") == "AA"


def test_a_language_may_hear_a_symbol_otherwise():
    assert arpabet_from_ipa(("ɛ", "l"), {"ɛ": ("EY",)}) == ("EY", "L")


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(PHONES)), max_size=8))
def test_arpabet_survives_the_way_through_ipa(sequence: list[str]):
    singled = [phone for i, phone in enumerate(sequence) if phone in VOWELS or i == 0 or phone != sequence[i - 1]]
    assert arpabet_from_ipa(ipa_from_arpabet(sequence)) == tuple(singled)


@settings(deadline=None)
@given(st.lists(st.text()))
def test_any_symbols_give_only_phones_of_the_model(segments: list[str]):
    assert set(arpabet_from_ipa(segments)) <= PHONES


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("DH AH", "DH AH", False),
        ("DH AH", "DH IY", False),
        ("W AH T", "HH W AH T", False),
        ("D OW N T", "D OW N", False),
        ("EH V R IY", "EH V ER IY", True),
        ("B EH L", "B EH L ER", True),
        ("W IY K EH N D", "W ER K AA N", True),
    ],
)
def test_variants_are_told_apart_by_two_phones_or_a_syllable(one: str, other: str, *, expected: bool):
    assert told_apart(tuple(one.split()), tuple(other.split())) is expected
    assert told_apart(tuple(other.split()), tuple(one.split())) is expected
