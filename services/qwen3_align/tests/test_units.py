from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.models.qwen3_asr import processing_qwen3_asr as reference

from qwen3_align.text.languages import LANGUAGES
from qwen3_align.text.units import split_units

_LYRICS = st.text(
    st.one_of(st.sampled_from("ab 'é’我々愛の한글ー１②①½ﬁ—-…/♪🙂\u0301\u3099\u200d\u202e\u0f33َ"), st.characters())
)


def _as_the_processor_splits(text: str, language: str) -> list[str]:
    if language in {"Japanese", "Korean"}:
        return reference._clean_tokens(text.split())
    return reference.Qwen3ASRProcessor.split_words_for_alignment(None, text, language)


@pytest.mark.parametrize(
    ("text", "language", "units"),
    [
        ("Don’t,", "English", ("Don't",)),
        ("‘Holy’", "English", ("'Holy'",)),
        ("self-control", "English", ("selfcontrol",)),
        ("holy—holy", "English", ("holy", "holy")),
        ("24/7", "English", ("24", "7")),
        ("我愛you", "Chinese", ("我", "愛", "you")),
        ("ＬＯＶＥ", "English", ("LOVE",)),
        ("cafe\u0301", "French", ("café",)),
        ("か\u3099", "Japanese", ("が",)),
        ("사랑", "Korean", ("사랑",)),
        ("愛해", "Korean", ("愛해",)),
        ("♪", "English", ()),
        ("—", "English", ()),
        ("'", "English", ()),
        ("\u0301\u0302", "English", ()),
        ("👩\u200d🎤", "English", ()),
    ],
)
def test_a_word_is_read_as_the_model_was_taught_to(text: str, language: str, units: tuple[str, ...]) -> None:
    assert split_units(text, language) == units


@settings(max_examples=400, deadline=None)
@given(_LYRICS, st.sampled_from(LANGUAGES))
def test_the_models_processor_splits_units_into_the_same_units_again(text: str, language: str) -> None:
    units = split_units(text, language)

    assert _as_the_processor_splits(" ".join(units), language) == list(units)


@settings(max_examples=200, deadline=None)
@given(_LYRICS, st.sampled_from(LANGUAGES))
def test_units_are_never_empty_and_hold_what_the_model_keeps(text: str, language: str) -> None:
    for unit in split_units(text, language):
        assert any(unicodedata.category(char)[0] in "LN" for char in unit)
        assert all(map(reference._is_kept_char, unit))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("abc XYZ012 '我愛你,-!?")).filter(lambda text: "--" not in text))
def test_plain_text_has_the_units_that_the_processor_finds_in_it(text: str) -> None:
    found = _as_the_processor_splits(text, "Chinese")

    assert list(split_units(text, "Chinese")) == [unit for unit in found if unit.strip("'")]


def test_the_languages_are_those_that_the_processor_takes() -> None:
    assert set(LANGUAGES) == reference.FORCED_ALIGNER_LANGUAGES
