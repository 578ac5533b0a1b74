"""How words sound, roughly: what a recogniser confuses should come out alike.

Latin script has one compact key for all its languages; Chinese characters have their toneless pinyin (singing loses the
tones), and a coarser form in which the syllables that accents merge are one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pypinyin import Style, pinyin

_SPELLINGS = (
    ("tsch|tch|sch|sh|ch", "s"), ("dge|dg", "s"), ("ph", "f"), ("(?<=.)gh|(?<=[aeiouy])h", ""), ("th", "t"),
    ("^kn|^gn", "n"), ("^wr", "r"), ("^ps", "s"), ("ck|qu|q", "k"), ("x", "ks"), ("c(?=[eiy])", "s"), ("c", "k"),
    ("(?<=[^aeiouy])e$", ""),
)  # fmt: skip
_SPELLING = [(re.compile(pattern), sound) for pattern, sound in _SPELLINGS]
_MERGED = str.maketrans("bdgvwzjm", "ptkffssn", "h'")
"""Voiced with voiceless, hissing sounds together, m with n; h is hardly heard."""
_VOWELS = re.compile("[aeiouy]+")
_DOUBLED = re.compile(r"(.)\1+")
_LIGATURES = str.maketrans({"ß": "ss", "œ": "e", "æ": "e", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "t", "þ": "t"})
_NOT_LATIN = re.compile("[^a-z']")


def bare_latin(word: str) -> str:
    """`word` (a normal form) in the 26 letters and the apostrophe; empty if it is not Latin script."""
    marks_off = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    letters = marks_off.translate(_LIGATURES).replace(" ", "")
    return "" if _NOT_LATIN.search(letters) else letters


@lru_cache(maxsize=1 << 16)
def sound_key(word: str) -> str:
    """The consonants of a Latin-script word, merged by sound, with one `a` for each run of vowels; else empty.

    In the spirit of Soundex and Metaphone, but for no language in particular: `monkey` is `nanka`, `fancy` and `pansy`
    are `fansa` and `pansa`.
    """
    key = bare_latin(word)
    for pattern, sound in _SPELLING:
        key = pattern.sub(sound, key)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("a", key.translate(_MERGED)))


def syllable_count(normal: str) -> int:
    """About how many syllables a normal form has: the runs of vowels of its words, at least one each."""
    return sum(max(1, sound_key(part).count("a")) for part in normal.split(" "))


@cache
def syllables(character: str) -> frozenset[str]:
    """The readings of one Chinese character in toneless pinyin; empty for anything else."""
    if len(character) != 1:
        return frozenset()
    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(readings[0]) if readings else frozenset()


_NEAR = (("^([zcs])h", r"\1"), ("ng$", "n"), ("^l", "n"), ("^r", "n"), ("^hu(?=.)", "f"))
_NEAR_SYLLABLES = [(re.compile(pattern), sound) for pattern, sound in _NEAR]


@cache
def near_syllable(syllable: str) -> str:
    """A form that near syllables share: zh/z, ch/c, sh/s, n/ng, l/n/r, hu/f."""
    for pattern, sound in _NEAR_SYLLABLES:
        syllable = pattern.sub(sound, syllable)
    return syllable
