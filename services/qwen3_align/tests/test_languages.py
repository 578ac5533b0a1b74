from __future__ import annotations

import pytest

from qwen3_align.errors import UnsupportedLanguageError
from qwen3_align.text.languages import LANGUAGES, model_language


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "English"),
        ("EN-gb", "English"),
        ("English", "English"),
        (" chinese ", "Chinese"),
        ("zh-TW", "Chinese"),
        ("zh_Hant", "Chinese"),
        ("cmn", "Chinese"),
        ("mandarin", "Chinese"),
        ("yue", "Cantonese"),
        ("yue-HK", "Cantonese"),
        ("zh-yue", "Cantonese"),
        ("Cantonese", "Cantonese"),
        ("pt-BR", "Portuguese"),
        ("deu", "German"),
    ],
)
def test_a_language_has_codes_tags_and_a_name(language: str, name: str) -> None:
    assert model_language(language, "") == name


@pytest.mark.parametrize("language", [None, "auto", "", "und"])
def test_without_a_language_the_text_tells_it(language: str | None) -> None:
    assert model_language(language, "我愛你 forever") == "Chinese"
    assert model_language(language, "사랑해요") == "Korean"
    assert model_language(language, "君の名は") == "Japanese"
    assert model_language(language, "Ich bin nicht allein, du bist mit mir und ich mit dir") == "German"


def test_a_text_that_tells_nothing_is_read_as_english() -> None:
    assert model_language(None, "la la la") == "English"


@pytest.mark.parametrize("language", ["nl", "Klingon", "xx-XX"])
def test_a_language_that_the_model_does_not_know_is_refused_with_those_that_it_knows(language: str) -> None:
    with pytest.raises(UnsupportedLanguageError) as refused:
        model_language(language, "words")

    assert language in str(refused.value)
    assert all(name in str(refused.value) for name in LANGUAGES)


def test_lyrics_in_such_a_language_are_refused_unless_the_caller_knows_better() -> None:
    lyrics = "ฉันรักเธอ"

    with pytest.raises(UnsupportedLanguageError, match="say which"):
        model_language("auto", lyrics)
    assert model_language("en", lyrics) == "English"
