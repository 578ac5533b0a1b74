from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sow_analysis import pronounce
from sow_analysis.pronounce import PHONES, Pronouncer
from sow_analysis.pronounce.espeak import find_espeak

LANGUAGES = (None, "en", "zh", "yue", "ja", "ko", "fr", "de", "es", "it", "pt", "nl", "sw", "ru", "he", "hi", "xx", "")
PRONOUNCERS = tuple(Pronouncer(language, espeak=False) for language in LANGUAGES)

needs_espeak = pytest.mark.skipif(find_espeak() is None, reason="espeak-ng is not installed")


def best(word: str, language: str | None) -> str:
    return " ".join(Pronouncer(language, espeak=False).pronounce(word)[0])


def test_the_package_exports_what_it_says():
    assert set(pronounce.__all__) == {"PHONES", "Pronouncer", "Pronunciation", "Sounds"}


@settings(deadline=None)  # the first example loads the dictionaries
@given(st.text(), st.sampled_from(PRONOUNCERS))
def test_any_text_gives_one_to_three_sequences_of_phones(text: str, pronouncer: Pronouncer):
    variants = pronouncer.pronounce(text)
    assert 1 <= len(variants) <= 3
    assert all(variants)
    assert {phone for phones in variants for phone in phones} <= PHONES
    assert len(set(variants)) == len(variants)


@settings(deadline=None)  # the first example loads the dictionaries
@given(st.lists(st.text(alphabet="abé' 主がр사", max_size=6)), st.sampled_from(LANGUAGES))
def test_a_batch_equals_its_words_one_by_one(words: list[str], language: str | None):
    one_by_one = Pronouncer(language, espeak=False)
    assert Pronouncer(language, espeak=False).pronounce_all(words) == [one_by_one.pronounce(word) for word in words]


@pytest.mark.parametrize("word", ["", " ", "♪", "🙏", "...", "'", "\N{COMBINING ACUTE ACCENT}", "\0", "\ud800"])
def test_what_nobody_can_say_is_a_neutral_vowel(word: str):
    pronouncer = Pronouncer("en", espeak=False)
    assert pronouncer.pronounce(word) == (("AH",),)
    assert pronouncer.ipa(word) is None
    assert pronouncer.describe(word).sources == ("none",)


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "grace", "G R EY S"),
        ("en", "GRACE", "G R EY S"),
        ("en", "don’t", "D OW N T"),
        ("en", "twenty one", "T W EH N T IY W AH N"),
        ("en", "rock-n-roll", "R AA K EH N R OW L"),
        ("en", "24", "T UW F AO R"),
        ("en", "耶稣", "Y EH S UW"),
        ("zh", "祢", "N IY"),
        ("zh", "hallelujah", "HH AE L AH L UW Y AH"),
        ("zh", "zànměi", "D Z AA N M EY"),
        ("ja", "kami", "K AA M IY"),
        ("ko", "주", "CH UW"),
        ("fr", "gloire", "G L W AA R"),
        ("fr", "weekend", "W IY K EH N D"),
        ("fr", "ooooh", "UW"),
        ("pt-BR", "senhor", "S EY N Y OW R"),
        ("de_AT", "herr", "HH EH R"),
        ("es", "amooooor", "AA M OW R"),
        ("ru", "слава", "S L AA V AA"),
        ("el", "δοξα", "D OW K S AA"),
    ],
)
def test_known_pronunciations(language: str, word: str, expected: str):
    assert best(word, language) == expected


def test_a_mark_upon_a_digit_is_not_read():
    assert best("0\N{COMBINING ACUTE ACCENT}", "en") == best("0", "en") == "Z IH R OW"


def test_sung_french_offers_the_mute_e():
    assert Pronouncer("fr", espeak=False).pronounce("belle") == (("B", "EY", "L"), ("B", "EY", "L", "ER"))


def test_a_word_that_looks_english_is_offered_as_english_too():
    variants = Pronouncer("fr", espeak=False).pronounce("weekend")
    assert variants == (("W", "IY", "K", "EH", "N", "D"), ("W", "ER", "K", "AA", "N"))


def test_variants_of_a_phrase_change_one_part_at_a_time():
    variants = Pronouncer("en", espeak=False).pronounce("amen amen")
    assert variants == (
        ("AA", "M", "EH", "N", "AA", "M", "EH", "N"),
        ("EY", "M", "EH", "N", "AA", "M", "EH", "N"),
        ("AA", "M", "EH", "N", "EY", "M", "EH", "N"),
    )


def test_an_unknown_language_hears_latin_letters_as_english_or_as_written():
    english, written = Pronouncer(None, espeak=False).pronounce("misericor")
    assert english != written
    assert written == ("M", "IY", "S", "EY", "R", "IY", "K", "OW", "R")


def test_ipa_is_there_for_another_acoustic_model():
    pronouncer = Pronouncer("fr", espeak=False)
    assert pronouncer.ipa("agneau") == ("a", "ɲ", "o")
    assert Pronouncer("zh").ipa("神") == ("ʂ", "ə", "n")
    assert Pronouncer("en", espeak=False).ipa("sing") == ("s", "ɪ", "ŋ")


def test_a_word_tells_where_its_sounds_come_from():
    pronouncer = Pronouncer("en", espeak=False)
    assert pronouncer.describe("grace").sources == ("dictionary",)
    assert pronouncer.describe("zxqorf").sources == ("table",)
    assert pronouncer.describe("grace слава").sources == ("dictionary", "romanised")


@pytest.mark.parametrize("text", ["a" * 5000, "พระเจ้า" * 300, "an" * 4000, "主" * 2000, "a'" * 3000, "ab " * 1000])
def test_a_very_long_word_is_read_to_its_end(text: str):
    (first, *_) = Pronouncer("zh", espeak=False).pronounce(text)
    assert len(first) > 60


def test_threads_may_share_one():
    pronouncer = Pronouncer("fr")
    words = [f"chanter{ending}" for ending in ("", "ai", "a", "ons", "ez", "ont")] * 50
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(pronouncer.pronounce, words)) == Pronouncer("fr").pronounce_all(words)


@needs_espeak
def test_espeak_pronounces_what_no_dictionary_has():
    espeak = find_espeak()
    assert espeak is not None
    assert espeak.speaks("de")
    assert not espeak.speaks("xx")
    assert [list(ipa) for ipa in espeak.ipa(["Gott", "[[", ""], "de")] == [["ɡ", "ˈɔ", "t"], [], []]
    assert espeak.ipa(["weekend"], "fr")[0][0] == "w"
    assert espeak.ipa(["word"], "xx") == [()]


@needs_espeak
@settings(deadline=None)  # the first example loads the dictionaries
@given(st.text())
def test_espeak_takes_any_text(text: str):
    espeak = find_espeak()
    assert espeak is not None
    assert len(espeak.ipa([text], "en")) == 1


@needs_espeak
def test_espeak_serves_where_it_is_installed():
    assert Pronouncer("ru").describe("слава").sources == ("espeak",)
    assert Pronouncer("ru", espeak=False).describe("слава").sources == ("romanised",)
