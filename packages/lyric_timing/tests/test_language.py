import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.language import guess_language, language_code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The river runs and we are singing with you", "en"),
        ("Je ne sais pas pourquoi tu es dans mon cœur", "fr"),
        ("Ich weiß nicht, wie du mich immer wieder findest", "de"),
        ("Yo no sé por qué el río canta con mi corazón", "es"),
        ("Non so perché il fiume canta sempre con me", "it"),
        ("Eu não sei por que o rio canta com meu coração", "pt"),
        ("Ik weet niet waarom de rivier met mij zingt", "nl"),
        ("Jag vet inte varför floden sjunger för mig", "sv"),
        ("Nie wiem, czy rzeka śpiewa dla mnie", "pl"),
        ("Sungai yang bernyanyi di dalam hati ini untukmu", "id"),
        ("Em hát cho dòng sông của tôi một đời", "vi"),
        ("我們在河邊歌唱", "zh"),
        ("我们在河边歌唱 oh baby", "zh"),
        ("川のほとりで歌う", "ja"),
        ("カワ", "ja"),
        ("강가에서 노래해", "ko"),
        ("Мы поём у реки", "ru"),
        ("Ми співаємо біля річки її", "uk"),
        ("Τραγουδάμε στο ποτάμι", "el"),
        ("אנחנו שרים ליד הנהר", "he"),
        ("نحن نغني عند النهر", "ar"),
        ("ما کنار رودخانه می‌خوانیم و گل می‌چینیم", "fa"),
        ("เราร้องเพลงริมแม่น้ำ", "th"),
        ("हम नदी के किनारे गाते हैं", "hi"),
    ],
)
def test_the_language_of_a_line_is_recognised(text: str, language: str):
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["", "♪ 123", "la la la", "Oh oh oh, na na", "Kyrie", "xyzzy plugh"])
def test_nothing_is_guessed_from_words_that_tell_nothing(text: str):
    assert guess_language(text) is None


def test_a_stray_japanese_letter_does_not_make_chinese_japanese():
    assert guess_language("我們在河邊歌唱，天空の顏色像海一樣藍，我要一直唱到明天早上太陽出來") == "zh"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("zh_TW", "zh"),
        ("Chinese", "zh"),
        ("yue", "zh"),
        ("deu", "de"),
        ("tlh", "tlh"),
        ("auto", None),
        ("", None),
        (None, None),
    ],
)
def test_languages_are_named_in_many_ways(given: str | None, code: str | None):
    assert language_code(given) == code


@given(st.text())
def test_any_text_has_a_two_letter_guess_or_none(text: str):
    guess = guess_language(text)
    assert guess is None or len(guess) == 2
