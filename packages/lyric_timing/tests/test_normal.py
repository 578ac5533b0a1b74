import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.normal import normalize

LANGUAGES = st.sampled_from(
    [None, "en", "zh", "zh-TW", "ja", "ko", "fr", "de", "es", "pt", "it", "ru", "vi", "sw", "?"]
)
ODD_TEXT = st.text() | st.text("aZ 0129.,:/⁄%$€&@#'’`-*·éßİŉ我祢著名甚麼年个きャーｶﾞ한½²①\u0301\u200b\u00ad\ufe0f\u3164")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Holy, HOLY, holy!", "holy holy holy"),
        ("Don’t", "don't"),
        ("don`t", "don't"),
        ("‘Hello’, she said", "hello she said"),
        ("'Cause I'm singin'", "cause i'm singin"),
        ("rock-n-roll", "rock n roll"),
        ("rock'n'roll", "rock n roll"),
        ("Rock 'n' Roll", "rock n roll"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("wait…what", "wait what"),
        ("S.O.S.", "s o s"),
        ("naïve café", "naïve café"),
        ("Straße", "strasse"),
        ("cafe\u0301", "café"),
        ("col·legi", "collegi"),
        ("sh*t", "sht"),
        ("A$AP $AVE", "asap save"),
        ("ha\u00adlle\u200blu\ufeffjah", "hallelujah"),
        ("♪ la ♪", "la"),
        ("❤\ufe0f", ""),
        ("- ... -", ""),
        ("", ""),
    ],
)
def test_case_punctuation_and_width_do_not_matter(text: str, normal: str):
    assert normalize(text, "en") == normal


@pytest.mark.parametrize("text", ["rock-n-roll", "rock n roll", "Rock'n'Roll!"])
def test_hyphens_and_spaces_make_the_same_letters(text: str):
    assert normalize(text, "en").replace(" ", "") == normalize("rocknroll", "en")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("讚美耶穌", "赞美耶稣"),
        ("祢祂牠妳", "你他它你"),
        ("我們敬拜祢", "我们敬拜你"),
        ("纔", "才"),
        ("跟著祢", "跟着你"),
        ("顯著", "显著"),
        ("著名", "著名"),
        ("甚麼", "什么"),
        ("甚至", "甚至"),
        ("心裏", "心里"),
    ],
)
def test_chinese_variants_have_one_normal_form(traditional: str, simplified: str):
    assert normalize(traditional, "zh") == simplified
    assert normalize(simplified, "zh") == simplified


def test_a_character_alone_is_normalised_as_in_its_line_when_its_neighbours_are_given():
    assert normalize("著", "zh") == "着"
    assert normalize("著", "zh", before="跟") == "着"
    assert normalize("著", "zh", before="顯") == "著"
    assert normalize("2", "zh", after="個") == "两"
    assert normalize("2024", "zh", after="年") == "二零二四"


def test_japanese_keeps_its_own_characters():
    assert normalize("愛と夢", "ja") == "愛と夢"
    assert normalize("愛と夢") == "愛と夢"
    assert normalize("ﾊﾚﾙﾔ", "ja") == "ハレルヤ"


def test_numbers_without_a_language_are_read_in_chinese_beside_chinese_else_in_english():
    assert normalize("我有10000個理由") == "我有 一万 个理由"
    assert normalize("10,000 reasons") == "ten thousand reasons"


def test_a_language_may_be_a_tag_or_a_name():
    assert normalize("3", "fr-CA") == normalize("3", "French") == "trois"


@given(ODD_TEXT, LANGUAGES)
def test_a_normal_form_is_its_own_normal_form(text: str, language: str | None):
    normal = normalize(text, language)
    assert normalize(normal, language) == normal


@given(ODD_TEXT, LANGUAGES)
def test_a_normal_form_holds_only_letters_marks_digits_and_apostrophes(text: str, language: str | None):
    normal = normalize(text, language)
    assert normal == " ".join(normal.split())
    kinds = {unicodedata.category(char) for char in normal.replace("'", "").replace(" ", "")}
    assert all(kind[0] in "LM" or kind == "Nd" for kind in kinds)
    assert all(any(char.isalnum() for char in word) for word in normal.split())


@given(st.text("我愛祢主耶穌讚美榮耀恩典來", max_size=20))
def test_chinese_is_normalised_character_by_character(text: str):
    assert normalize(text, "zh") == "".join(normalize(char, "zh") for char in text)
