"""Which script a text is written in, and the runs of one script that it falls into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LATIN, HAN, KANA, HANGUL, DIGIT = "LATIN", "HAN", "KANA", "HANGUL", "DIGIT"

_APOSTROPHES = re.compile(
    "[\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`´ʻ]"
)

LANGUAGE_OF_SCRIPT = {
    "CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "DEVANAGARI": "hi", "BENGALI": "bn",
    "GURMUKHI": "pa", "GUJARATI": "gu", "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "ETHIOPIC": "am", HAN: "zh", KANA: "ja", HANGUL: "ko",
}  # fmt: skip
"""The language that a word in this script is read in, when the language of the song is not one of that script."""

_OTHER_LANGUAGES = {
    "CYRILLIC": "uk bg be sr mk kk ky tt ba cv mn tg", "ARABIC": "fa ur ps ug sd ku", "DEVANAGARI": "mr ne kok sa",
    "HAN": "yue ja ko", "BENGALI": "as bpy", "HEBREW": "yi", "ETHIOPIC": "ti", "GREEK": "grc",
}  # fmt: skip


def language_for(script: str, language: str | None) -> str | None:
    """The language to read a run of this script in, given the language of the song."""
    usual = LANGUAGE_OF_SCRIPT.get(script)
    if language is not None and language in _OTHER_LANGUAGES.get(script, "").split():
        return language
    return usual


def in_latin_letters(language: str) -> bool:
    """Whether this language is usually written in Latin letters."""
    others = {other for languages in _OTHER_LANGUAGES.values() for other in languages.split()}
    return language not in others and language not in LANGUAGE_OF_SCRIPT.values()


def runs(text: str) -> Iterator[tuple[str, str]]:
    """(script, run) for each stretch of letters of one script; Han one character at a time.

    The text is folded to lower case and compatibility forms. What is no letter, mark or digit parts the runs; an
    apostrophe belongs to the Latin letters that it touches.
    """
    folded = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text).casefold())
    run, current = "", ""
    for character in unicodedata.normalize("NFC", folded):
        script = _script(character)
        if script == "MARK":
            script = current
        elif character == "'" and current in ("", LATIN):
            script = LATIN
        if script != current or script == HAN:
            if current and run.strip("'"):
                yield current, run
            run, current = "", script
        run += character
    if current and run.strip("'"):
        yield current, run


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """Name of the script; MARK for a sign that belongs to what is before it; empty for what is not spoken."""
    category = unicodedata.category(character)
    if category.startswith("M"):
        return "MARK"
    if category == "Nd":
        return DIGIT
    name = unicodedata.name(character, "")
    if name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY")) or character == "々":
        return HAN
    if name.startswith(("HIRAGANA", "KATAKANA")) or character in "ー〜～":
        return KANA
    if not category.startswith(("L", "N")):
        return ""
    return name.split(" ", 1)[0].split("-", 1)[0] or "UNKNOWN"
