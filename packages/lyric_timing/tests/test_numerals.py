import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.numerals import read_numbers

LANGUAGES = st.sampled_from(
    [
        None,
        "en",
        "zh",
        "ja",
        "ko",
        "fr",
        "de",
        "es",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "pl",
        "ru",
        "he",
        "ar",
        "vi",
        "th",
        "xx",
    ]
)


def spoken(text: str, language: str | None = None, after: str = "") -> str:
    return " ".join(read_numbers(text, language, after).split())


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("10,000 reasons", "ten thousand reasons"),
        ("10 000", "ten thousand"),
        ("1.000.000", "one million"),
        ("in 1999", "in nineteen ninety-nine"),
        ("in 2000", "in two thousand"),
        ("5000", "five thousand"),
        ("2nd chance", "second chance"),
        ("21st", "twenty-first"),
        ("24/7", "twenty-four seven"),
        ("3:16", "three sixteen"),
        ("6:05", "six oh five"),
        ("7:00", "seven"),
        ("1,2,3,4", "one two three four"),
        ("3.14", "three point one four"),
        ("1/2", "one half"),
        ("007", "oh oh seven"),
        ("000", "oh oh oh"),
        ("80's 1990s 6s", "eighties nineteen nineties sixes"),
        ("u2", "u two"),
        ("4ever", "four ever"),
        ("100%", "one hundred percent"),
        ("$5 $1 £20 5€", "five dollars one dollar twenty pounds five euros"),
        ("$5.50", "five dollars fifty"),
        ("#1", "number one"),
        ("360°", "three hundred and sixty degrees"),
        ("1+1=2", "one plus one equals two"),
        ("you & me @home", "you and me at home"),
        ("&&& @@", "&&& @@"),
        ("+ = % $ #", "+ = % $ #"),
        ("٣", "three"),
    ],
)
def test_english_numbers_and_signs(text: str, reading: str):
    assert spoken(text, "en") == reading
    assert spoken(text) == reading


@pytest.mark.parametrize(
    ("language", "text", "reading"),
    [
        ("fr", "10 000", "dix mille"),
        ("fr", "1er 2e 1ère", "premier deuxième première"),
        ("fr", "3,5 & 50 %", "trois virgule cinq et cinquante pour cent"),
        ("es", "1o 2a 1.000", "primero segunda mil"),
        ("de", "1999 1.000", "neunzehnhundertneunundneunzig eintausend"),
        ("pt", "2", "dois"),
        ("it", "3", "tre"),
        ("ja", "24", "二十四"),
        ("ko", "24", "이십사"),
        ("vi", "1999", "một nghìn chín trăm chín mươi chín"),
    ],
)
def test_other_languages_read_their_own_way(language: str, text: str, reading: str):
    assert spoken(text, language) == reading


@pytest.mark.parametrize(
    ("number", "reading"),
    [
        ("0", "零"),
        ("2", "二"),
        ("10", "十"),
        ("12", "十二"),
        ("101", "一百零一"),
        ("110", "一百一十"),
        ("1001", "一千零一"),
        ("10010", "一万零一十"),
        ("20304", "二万零三百零四"),
        ("100000", "十万"),
        ("100010000", "一亿零一万"),
        ("1000000000005", "一万亿零五"),
        ("3.5", "三点五"),
        ("50%", "百分之五十"),
        ("¥100", "一百 元"),
        ("007", "零零七"),
        ("10,000", "一万"),
    ],
)
def test_chinese_numbers(number: str, reading: str):
    assert spoken(number, "zh") == reading


def test_chinese_years_and_counts_are_told_by_the_next_character():
    assert spoken("2024年", "zh") == "二零二四 年"
    assert spoken("2024", "zh", after="年") == "二零二四"
    assert spoken("2個2", "zh") == "两 個 二"
    assert spoken("2", "zh", after="次") == "两"


def test_digits_stay_in_a_language_that_cannot_be_read():
    assert spoken("10 ndugu", "sw") == "10 ndugu"


def test_a_number_beyond_all_bounds_is_read_digit_by_digit():
    assert spoken("9" * 400, "en").split() == ["nine"] * 400
    assert spoken("1e9999", "en") == "one e nine thousand, nine hundred and ninety-nine"


@given(st.text("0123456789٣।.,:/⁄%$€#°&@+= -'esndrtho年个", max_size=40) | st.text(max_size=40), LANGUAGES)
def test_reading_never_fails_and_keeps_every_number_somehow(text: str, language: str | None):
    reading = read_numbers(text, language)
    assert bool(reading.strip()) or not any(char.isalnum() for char in text)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_chinese_number_can_be_read_back(number: int):
    assert chinese_value(spoken(str(number), "zh")) == number


def chinese_value(text: str) -> int:
    """The value of a Chinese numeral, by the rules of school arithmetic rather than those of the code under test."""
    if not text:
        return 0
    for unit, value in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        head, found, tail = text.rpartition(unit) if unit in "亿万" else text.partition(unit)
        if found:
            return (chinese_value(head) or 1) * value + chinese_value(tail)
    return int("".join(str("零一二三四五六七八九".index(char)) for char in text.lstrip("零")) or "0")
