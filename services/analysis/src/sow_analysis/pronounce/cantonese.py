"""Cantonese: jyutping syllables to sounds, and a character's readings where a dictionary of them is installed.

The dictionary is the package `ToJyutping` (BSD), found at run time; without it the readings come from espeak-ng, which
writes jyutping under the name of IPA, or the caller falls back on Mandarin.
"""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import Any

from sow_analysis.pronounce.espeak import find_espeak
from sow_analysis.pronounce.sounds import Sounds

_INITIALS = {
    "": ("", ""), "b": ("p", "B"), "p": ("pʰ", "P"), "m": ("m", "M"), "f": ("f", "F"), "d": ("t", "D"),
    "t": ("tʰ", "T"), "n": ("n", "N"), "l": ("l", "L"), "g": ("k", "G"), "k": ("kʰ", "K"), "ng": ("ŋ", "NG"),
    "h": ("h", "HH"), "gw": ("kʷ", "G W"), "kw": ("kʷʰ", "K W"), "w": ("w", "W"), "z": ("ts", "JH"),
    "c": ("tsʰ", "CH"), "s": ("s", "S"), "j": ("j", "Y"),
}  # fmt: skip

_NUCLEI = {
    "aa": ("aː", "AA"), "a": ("ɐ", "AH"), "e": ("ɛ", "EH"), "i": ("i", "IY"), "o": ("ɔ", "AO"), "u": ("u", "UW"),
    "oe": ("œ", "ER"), "eo": ("ɵ", "ER"), "yu": ("y", "UW"), "aai": ("aːɪ", "AY"), "ai": ("ɐɪ", "AY"),
    "aau": ("aːʊ", "AW"), "au": ("ɐʊ", "AW"), "ei": ("eɪ", "EY"), "eu": ("ɛ ʊ", "EH UW"), "iu": ("i ʊ", "IY UW"),
    "oi": ("ɔɪ", "OY"), "ou": ("oʊ", "OW"), "ui": ("u ɪ", "UW IY"), "eoi": ("ɵ ɪ", "UW IY"),
}  # fmt: skip

_CODAS = {
    "": ("", ""), "m": ("m", "M"), "n": ("n", "N"), "ng": ("ŋ", "NG"), "p": ("p̚", "P"), "t": ("t̚", "T"),
    "k": ("k̚", "K"),
}  # fmt: skip

_SYLLABLE = re.compile(
    f"(?P<initial>{'|'.join(sorted(_INITIALS, key=len, reverse=True))})"
    f"(?P<nucleus>{'|'.join(sorted(_NUCLEI, key=len, reverse=True))})"
    f"(?P<coda>{'|'.join(sorted(_CODAS, key=len, reverse=True))})"
)
_SYLLABIC = {"m": ("m", "AH M"), "ng": ("ŋ", "AH NG")}
_MAX_READINGS = 2


def syllable_sounds(syllable: str) -> Sounds | None:
    """The sounds of a toneless jyutping syllable, None if it is none."""
    if syllable in _SYLLABIC:
        pieces = [_SYLLABIC[syllable]]
    else:
        match = _SYLLABLE.fullmatch(syllable)
        if match is None:
            return None
        pieces = [_INITIALS[match["initial"]], _NUCLEI[match["nucleus"]], _CODAS[match["coda"]]]
    return Sounds(
        tuple(s for ipa, _ in pieces for s in ipa.split()), tuple(s for _, phones in pieces for s in phones.split())
    )


@lru_cache(maxsize=8192)
def character_sounds(character: str) -> tuple[Sounds, ...]:
    """The readings of a character that an installed source knows, the most common first; empty if none does."""
    sounds = [syllable_sounds(re.sub(r"[^a-z]", "", reading)) for reading in _readings(character)]
    return tuple(s for s in dict.fromkeys(sounds) if s is not None)


def _readings(character: str) -> list[str]:
    dictionary = _dictionary()
    if dictionary is not None:
        candidates: list[tuple[str, list[str]]] = dictionary.get_jyutping_candidates(character)
        return candidates[0][1][:_MAX_READINGS] if candidates else []
    espeak = find_espeak()
    if espeak is None:
        return []
    return ["".join(espeak.ipa([character], "yue")[0]).replace("ɡ", "g").replace("ŋ", "ng")]


@cache
def _dictionary() -> Any:
    try:
        return importlib.import_module("ToJyutping")
    except ImportError:
        return None
