import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.normal import normalize
from lyric_timing.words import make_line, split_words

LANGUAGES = st.sampled_from([None, "en", "zh", "ja", "ko", "fr", "th", "sw"])
LINE = st.text(max_size=60).filter(lambda text: len(text.splitlines()) <= 1) | st.text(
    "aé 0152.,!?()[]「」《》“”'’-–&@$%#€¿我祢著年个さャーｶﾞ한ก\u200b\u0301\u00a0\u3000♪❤\ufe0f\u3164", max_size=40
)


def texts(line: str, language: str | None = None) -> list[str]:
    return [word.text for word in split_words(line, language)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Amazing grace, how sweet", ["Amazing", "grace,", "how", "sweet"]),
        ("rock-n-roll don’t", ["rock-n-roll", "don’t"]),
        ("我愛祢", ["我", "愛", "祢"]),
        ("「我愛」，祢！", ["「我", "愛」，", "祢！"]),
        ("我愛you《愛》", ["我", "愛", "you", "《愛》"]),
        ("hello，你（們）好", ["hello，", "你", "（們）", "好"]),
        ("第1章", ["第", "1", "章"]),
        ("我有$5", ["我", "有", "$5"]),
        ("きゃっとさくらー", ["きゃっ", "と", "さ", "く", "らー"]),
        ("ｶﾞﾝﾊﾞﾚ", ["ｶﾞ", "ﾝ", "ﾊﾞ", "ﾚ"]),
        ("나의 주님", ["나의", "주님"]),
        ("พระเจ้าทรง เป็น", ["พระเจ้าทรง", "เป็น"]),
        ("พระเจ้า\u200bทรง", ["พระเจ้า\u200b", "ทรง"]),
        ("hello - world —", ["hello -", "world —"]),
        ("- hello ♪", ["- hello ♪"]),
        ("( you ) & me", ["( you )", "&", "me"]),
        ("10 000 raisons", ["10 000", "raisons"]),
        ("100 % d’amour !", ["100 %", "d’amour !"]),
        ("♪ ... ♪", []),
        ("", []),
    ],
)
def test_a_line_is_cut_into_units_that_are_sung_one_by_one(line: str, words: list[str]):
    assert texts(line, "fr" if "raisons" in line else None) == words


def test_the_normal_form_of_a_word_knows_its_neighbours():
    words = split_words("2024年跟著2個著名", "zh")
    assert [word.normal for word in words] == ["二零二四", *"年跟着两个著名"]


def test_a_sign_set_apart_is_read_with_its_number():
    assert [word.normal for word in split_words("100 % à 5 $", "fr")] == ["cent pour cent", "à", "cinq dollars"]


def test_numbers_of_an_english_line_on_a_chinese_sheet_are_english():
    def normals(text: str) -> list[str]:
        line = make_line(text, "zh")
        return [word.normal for word in line.words] if line else []

    assert normals("10,000 reasons") == ["ten thousand", "reasons"]
    assert normals("10000 個理由") == ["一万", *"个理由"]


def test_a_line_keeps_the_text_but_for_outer_space():
    line = make_line(" \t I  sing\u3000")
    assert line is not None
    assert line.text == "I  sing"


@pytest.mark.parametrize("text", ["", "   ", "♪", "---", "(...)", "\u3164", "❤\ufe0f", "'"])
def test_a_line_of_marks_is_no_line(text: str):
    assert make_line(text, "en") is None


@given(LINE, LANGUAGES)
def test_words_hold_every_visible_character_once_in_order(text: str, language: str | None):
    line = make_line(text, language)
    if line is None:
        return
    end = 0
    for word in line.words:
        assert line.text[word.start : word.end] == word.text
        assert not line.text[end : word.start].strip()
        assert end <= word.start < word.end
        end = word.end
    assert end == len(line.text)
    assert line.words[0].start == 0


@given(LINE, LANGUAGES)
def test_every_word_can_be_sung(text: str, language: str | None):
    for word in split_words(text, language):
        assert word.normal
        assert word.text == word.text.strip()


@given(LINE, LANGUAGES)
def test_a_line_has_words_exactly_if_it_has_a_normal_form(text: str, language: str | None):
    assert bool(split_words(text, language)) == bool(normalize(text, language))
