import pypinyin
import pytest

from sow_analysis.pronounce import cantonese, mandarin
from sow_analysis.pronounce.arpabet import PHONES
from sow_analysis.pronounce.sounds import Sounds


def phones(sounds: Sounds | None) -> str:
    return " ".join(sounds.phones) if sounds else ""


def readings(character: str) -> list[str]:
    return [phones(sounds) for sounds in mandarin.character_sounds(character)]


@pytest.mark.parametrize(
    ("syllable", "expected"),
    [
        ("zhi", "JH ER"), ("chi", "CH ER"), ("shi", "SH ER"), ("ri", "R ER"), ("zi", "D Z IH"),
        ("ci", "T S IH"), ("si", "S IH"), ("ji", "JH IY"), ("qu", "CH UW"), ("xue", "SH Y EH"), ("yu", "UW"),
        ("yuan", "Y EH N"), ("yun", "IY N"), ("lv", "L UW"), ("lü", "L UW"), ("nü", "N UW"), ("wo", "W AO"),
        ("liu", "L Y OW"), ("gui", "G W EY"), ("lun", "L W AH N"), ("zhong", "JH UH NG"),
        ("xiong", "SH Y UH NG"), ("er", "ER"), ("bei", "B EY"), ("pei", "P EY"), ("ai", "AY"),
        ("weng", "W AH NG"), ("you", "Y OW"), ("yi", "IY"), ("wu", "UW"), ("ye", "Y EH"), ("hm", "HH M"),
    ],
)  # fmt: skip
def test_pinyin_syllables(syllable: str, expected: str):
    assert phones(mandarin.syllable_sounds(syllable)) == expected


@pytest.mark.parametrize("letters", ["", "xyz", "love", "ve", "bt", "u"])
def test_what_is_no_pinyin_is_none(letters: str):
    assert mandarin.syllable_sounds(letters) is None


def test_every_reading_of_every_common_character_is_known():
    common = [chr(code) for code in range(0x4E00, 0x4E00 + 6000)]
    read = [c for c in common if pypinyin.pinyin(c, style=pypinyin.Style.NORMAL, errors="ignore")]
    silent = [c for c in read if not mandarin.character_sounds(c)]
    assert len(read) > 5000
    assert silent == []


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("祢", "N IY"),
        ("袮", "N IY"),
        ("祂", "T AA"),
        ("神", "SH AH N"),
        ("主", "JH UW"),
        ("爱", "AY"),
        ("愛", "AY"),
        ("荣", "R UH NG"),
    ],
)
def test_the_words_of_worship(character: str, expected: str):
    assert readings(character)[0] == expected


def test_a_character_with_several_readings_has_variants():
    assert readings("的") == ["D AH", "D IY"]
    assert readings("了") == ["L AH", "L Y AW"]
    assert readings("行") == ["SH IY NG", "HH AA NG"]


def test_pinyin_in_latin_letters_with_marks_digits_or_none():
    assert phones(mandarin.romanised_sounds("Yēsū".lower())) == "Y EH S UW"
    assert phones(mandarin.romanised_sounds("ye1su1")) == "Y EH S UW"
    assert phones(mandarin.romanised_sounds("zànměi")) == "D Z AA N M EY"
    assert mandarin.romanised_sounds("grace") is None


def test_a_hopeless_string_of_letters_is_given_up_quickly():
    assert mandarin.romanised_sounds("an" * 2000 + "q") is None


@pytest.mark.parametrize(
    ("syllable", "expected"),
    [
        ("nei", "N EY"), ("san", "S AH N"), ("oi", "OY"), ("zyu", "JH UW"), ("jyun", "Y UW N"), ("gwok", "G W AO K"),
        ("heoi", "HH UW IY"), ("ng", "AH NG"), ("m", "AH M"), ("ngo", "NG AO"), ("joek", "Y ER K"),
    ],
)  # fmt: skip
def test_jyutping_syllables(syllable: str, expected: str):
    assert phones(cantonese.syllable_sounds(syllable)) == expected


def test_what_is_no_jyutping_is_none():
    assert cantonese.syllable_sounds("zhuang") is None


def test_all_syllables_use_phones_of_the_model():
    syllables = [initial + final for initial in mandarin.INITIALS for final in mandarin.FINALS]
    used = {phone for sounds in map(mandarin.syllable_sounds, syllables) if sounds for phone in sounds.phones}
    assert used <= PHONES
    assert len(used) > 25
