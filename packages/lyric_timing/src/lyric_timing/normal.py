"""The normal form of lyrics: what is matched and pronounced, while the printed text is only printed.

Two spellings that sound the same should have one normal form: capitals, punctuation, `’` and `'`, full-width letters,
traditional and simplified Chinese, 祢 and 你, digits and number words. Accents stay: they are heard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import cast

from opencc import OpenCC

from lyric_timing.language import language_code
from lyric_timing.numerals import has_numerals, read_numbers

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛`´ʼʻʹ′＇\u0384\u1fbd", "'"))
_QUOTES_OF_TWO = re.compile("''+")
_EDGE_APOSTROPHE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_ROCK_N_ROLL = re.compile(r"(?<=\w)'n'(?=\w)")
_DOLLAR_FOR_S = re.compile(r"(?:(?<=[^\W\d_])|(?<!\S))\$(?=[^\W\d_])")
_CATALAN_DOT = re.compile("(?<=l)[·\u2027](?=l)")
_COMPOSED_NUMBER = re.compile("[²³¹⁰⁴-⁹₀-₉¼-¾⅐-⅟]+")
_WORD_LENGTH = 24
"""Texts up to this length are remembered: songs repeat their words."""
_HEARD = re.compile(r"[^\W_]")

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff]")
# Variants that opencc leaves apart, as it converts characters and not usage.
_VARIANTS = {
    "祢": "你", "袮": "你", "妳": "你", "祂": "他", "牠": "它", "衹": "只", "徬": "彷", "徧": "遍", "尅": "克",
    "濶": "阔",
}  # fmt: skip
_SHEN_ME = re.compile("甚(?=么)")
_PARTICLE_ZHE = re.compile("(?<![显名原巨编专论卓昭土拙遗])著(?![名作者书述称])")
"""著 where it is the particle 着, as nearly always in lyrics, and not zhù (显著, 著名)."""


def normalize(text: str, language: str | None = None, *, before: str = "", after: str = "") -> str:
    """The normal form of `text`: words with single spaces between them; empty where nothing is sung.

    NFKC and case folding; numbers and signs read out (`numerals.read_numbers`); Chinese characters simplified one by
    one, with 祢 妳 祂 牠 著 甚麼 as they sound; punctuation, hyphens too, becomes a space, but an apostrophe between
    letters stays. Idempotent.

    `language` is an ISO 639-1 code or tag; without it numbers are read in Chinese next to Chinese, else in English.
    `before` and `after` are the neighbours of `text`, where it is cut out of a line: some readings depend on them (2个,
    2024年, 著名).
    """
    if text.isascii() and text.isalpha():
        return text.lower()
    normal = _normalized_word if len(text) <= _WORD_LENGTH else _normalized
    return normal(text, language_code(language), before[-1:], after[:1])


def _normalized(text: str, language: str | None, before: str, after: str) -> str:
    text = text.translate(_APOSTROPHES)
    if not text.isascii():
        text = _folded(_folded(_COMPOSED_NUMBER.sub(r" \g<0> ", text)).translate(_APOSTROPHES))
        if _HAN.search(text) and language != "ja" and not (language is None and _KANA.search(text)):
            text = _simplified(text, before, after)
            language = language or "zh"
    text = _DOLLAR_FOR_S.sub("s", text.casefold())
    if has_numerals(text):
        text = _folded(read_numbers(text, language or ("zh" if _HAN.match(after) else None), after))
    text = _QUOTES_OF_TWO.sub(" ", _CATALAN_DOT.sub("", text))
    text = _ROCK_N_ROLL.sub(" n ", text.translate(_KEPT))
    text = _EDGE_APOSTROPHE.sub(" ", unicodedata.normalize("NFKC", text))
    return " ".join(word for word in text.split() if _HEARD.search(word))


_normalized_word = lru_cache(maxsize=8192)(_normalized)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _simplified(text: str, before: str, after: str) -> str:
    """Character by character, so that a character alone (as it is heard) and one in its line come out alike."""
    line = (before + text + after).translate(_SIMPLE)
    line = _PARTICLE_ZHE.sub("着", _SHEN_ME.sub("什", line))
    return line[len(before) : len(line) - len(after)]


@cache
def _to_simplified() -> Callable[[str], str]:
    """opencc's converter, made once and only when there is Chinese."""
    return cast("Callable[[str], str]", OpenCC("t2s").convert)


class _Simple(dict[int, str]):
    """Translation table to simplified Chinese, filled as characters come up."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if _HAN.match(char):
            simple = _to_simplified()(char)
            char = _VARIANTS.get(simple, simple)
        return self.setdefault(code, char)


class _Kept(dict[int, str]):
    """Translation table of what stands in a normal form: letters with their marks, digits, apostrophes."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char in _SILENT or category in {"Cf", "Me"} or unicodedata.name(char, "").startswith(_SELECTORS):
            kept = ""
        else:
            kept = char if char == "'" or category[0] in "LM" or category == "Nd" else " "
        return self.setdefault(code, kept)


_SILENT = "*\u0640\u034f\u115f\u1160\u17b4\u17b5"
"""Censored letters, the Arabic stretching stroke, and letters that stand for nothing."""
_SELECTORS = ("VARIATION SELECTOR", "MONGOLIAN FREE VARIATION SELECTOR")
_SIMPLE = _Simple()
_KEPT = _Kept()
