"""Languages in Latin letters: which table reads which language, its accent, and which words look English in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sow_analysis.pronounce import french, german, italian, latin, portuguese, spanish
from sow_analysis.pronounce.espeak import Espeak
from sow_analysis.pronounce.sounds import Sounds

_TABLES: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "fr": french.ipa,
    "de": german.ipa,
    "es": spanish.ipa,
    "it": italian.ipa,
    "pt": portuguese.ipa,
}

_ACCENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fr": {"ɛ": ("EY",), "ə": ("ER",), "ɥ": ("UW",)},
    "de": {"ɜ": ("AH",), "ɐ̯": ("R",)},
    "pt": {"y": ("IY",), "æ": ("AA",)},
}
"""Where one language's use of an IPA sign, or espeak's, is heard otherwise than the general table says.

French ɛ and ə were chosen by forced alignment of two sung recordings, each with every phone that could stand for it;
other sounds of French, German and Spanish tried so gave no gain on both the whole recording and the voice alone.
French ɥ follows espeak-ng, which writes y.
"""

_ENGLISH_LOOK = r"w(?!$)|th|sh|ee|oo|ck|ght|[^aeiouy]y$|ing$|ow|[ae]y$|ough"
_LOOKS_ENGLISH = {
    language: re.compile(pattern)
    for language, pattern in {
        "fr": rf"{_ENGLISH_LOOK.replace('th|', 'th[^éèêoiuy]|')}|k",
        "es": rf"{_ENGLISH_LOOK.replace('|[ae]y$', '').replace('|ee', '')}|ff|ss|tt|pp|[bcfghjkmpqtvw]$",
        "it": rf"{_ENGLISH_LOOK}|k|j|x|[bcfghjkmpqstvw]$",
        "pt": rf"{_ENGLISH_LOOK}|k|[bcdfghjkpqtvw]$",
        "de": r"(?<!sc)sh(?!er)|^th(e|is|at)|ther$|th$|ght|ough|ea[mrkd]|[^ae]y$|ow(n|er)?$|oo[^rt]|^y|ay$",
    }.items()
}


def table_sounds(word: str, language: str) -> Sounds:
    """What our own rules make of a word in lower case."""
    table = _TABLES.get(language)
    return accented(table(word) if table else latin.ipa(word, language), language)


def espeak_sounds(word: str, language: str, espeak: Espeak | None) -> Sounds | None:
    """What espeak-ng makes of it; None without espeak, its voice, or an answer."""
    if espeak is None:
        return None
    sounds = accented(espeak.ipa([word], language)[0], language)
    return sounds if sounds.phones else None


def accented(ipa: tuple[str, ...], language: str) -> Sounds:
    """The sounds as they are heard in this language."""
    return Sounds.from_ipa(ipa, _ACCENTS.get(language))


def looks_english(word: str, language: str) -> bool:
    """Whether the spelling is one that this language does not use and English does."""
    pattern = _LOOKS_ENGLISH.get(language)
    return pattern is not None and pattern.search(word) is not None
