"""What sounds alike is alike, however it is spelled; what does not, is not."""

import numpy as np
import pytest

from lyric_timing.heard import Token
from lyric_timing.matching.phonetic import near_syllable, sound_key, syllable_count, syllables
from lyric_timing.similarity import NEAR_SYLLABLE, ROMANISED, SAME_SYLLABLE, normal_similarity, similarity_matrix
from lyric_timing.words import split_words


def alike(heard: str, written: str, language: str | None = None) -> float:
    return float(normal_similarity([heard], [written], language)[0, 0])


def test_a_matrix_has_a_row_for_each_token_and_a_column_for_each_word() -> None:
    tokens = [Token(text, 0, 1) for text in ("Grace!", "amazing", "Grace!")]
    words = split_words("Amazing grace, how sweet")
    matrix = similarity_matrix(tokens, words, "en")
    assert matrix.shape == (3, 4)
    assert matrix[0, 1] == matrix[1, 0] == 1
    assert np.array_equal(matrix[0], matrix[2])


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (0, 0)])
def test_nothing_heard_or_nothing_written_makes_an_empty_matrix(shape: tuple[int, int]) -> None:
    words = split_words("one two")[: shape[1]]
    assert similarity_matrix([Token("one", 0, 1)] * shape[0], words).shape == shape


def test_every_value_lies_between_0_and_1_and_the_same_word_has_1() -> None:
    words = ["a", "the", "every", "everything", "don't", "veränderung", "神", "你", "shen", "구름", "かみ", "qu'est ce"]
    matrix = normal_similarity(words, words, "zh")
    assert matrix.min() >= 0
    assert matrix.max() <= 1
    assert np.allclose(np.diag(matrix), 1)


def test_a_token_without_letters_is_like_nothing() -> None:
    matrix = similarity_matrix([Token("...", 0, 1), Token("♪", 0, 1)], split_words("a b"))
    assert not matrix.any()


@pytest.mark.parametrize(
    ("heard", "written"),
    [("fancy", "pansy"), ("code", "good"), ("gonna", "going"), ("knight", "night"), ("fone", "phone"), ("hät", "hat")],
)
def test_words_that_sound_alike_are_nearer_than_their_spelling(heard: str, written: str) -> None:
    assert alike(heard, written) >= 0.5


@pytest.mark.parametrize(("heard", "written"), [("no", "me"), ("a", "oh"), ("the", "in"), ("mountain", "shadow")])
def test_words_that_have_only_vowels_in_common_are_not_alike(heard: str, written: str) -> None:
    assert alike(heard, written) <= 0.5


def test_half_a_word_is_like_the_whole_by_the_share_that_it_has() -> None:
    assert 0.5 < alike("every", "everything") < 0.9
    assert 0.5 < alike("everything", "thing") < 0.9
    assert alike("everythin", "everything") > alike("every", "everything")
    assert alike("th", "the") < 1


def test_a_traditional_character_is_the_simplified_one() -> None:
    tokens = [Token(c, 0, 1) for c in "祢愛"]
    assert similarity_matrix(tokens, split_words("你爱", "zh"), "zh").diagonal().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("heard", "written", "likeness"),
    [("在", "再", SAME_SYLLABLE), ("中", "宗", NEAR_SYLLABLE), ("心", "星", NEAR_SYLLABLE)],
)
def test_characters_are_alike_by_their_syllable(heard: str, written: str, likeness: float) -> None:
    assert alike(heard, written, "zh") == pytest.approx(likeness)


def test_characters_of_different_sound_are_not_alike() -> None:
    assert alike("山", "海", "zh") == 0


@pytest.mark.parametrize(("heard", "written"), [("中", "zhong"), ("wo", "我"), ("nǐ", "你")])
def test_a_character_is_like_its_pinyin(heard: str, written: str) -> None:
    assert alike(heard, written) == pytest.approx(ROMANISED)


def test_japanese_characters_have_no_pinyin() -> None:
    assert alike("在", "再", "ja") == 0


def test_katakana_and_hiragana_are_the_same_sound() -> None:
    assert alike("カミ", "かみ", "ja") == 1


def test_hangul_is_compared_by_its_letters() -> None:
    assert 0.5 < alike("강", "간", "ko") < 1


@pytest.mark.parametrize(
    ("word", "key"),
    [("monkey", "nanka"), ("fancy", "fansa"), ("knight", "nat"), ("phase", "fas"), ("queen", "kan"), ("神", "")],
)
def test_a_sound_key_keeps_what_is_heard(word: str, key: str) -> None:
    assert sound_key(word) == key


@pytest.mark.parametrize(("normal", "count"), [("monkey", 2), ("hm", 1), ("twenty four", 3), ("神", 1), ("a", 1)])
def test_syllables_are_runs_of_vowels(normal: str, count: int) -> None:
    assert syllable_count(normal) == count


def test_a_character_has_all_its_readings_and_other_text_has_none() -> None:
    assert {"le", "yue"} <= syllables("乐")
    assert syllables("le") == syllables("") == syllables("a") == frozenset()


def test_near_syllables_share_a_form() -> None:
    assert near_syllable("zhang") == near_syllable("zan")
    assert near_syllable("li") == near_syllable("ni") == near_syllable("ri")
