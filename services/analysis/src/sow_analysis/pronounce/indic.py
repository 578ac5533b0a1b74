"""The scripts of India: consonants with an inherent vowel, read from the Unicode names of their signs.

Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam and Sinhala share one plan, and
Unicode names their signs alike (`... LETTER KA`, `... VOWEL SIGN II`, `... SIGN VIRAMA`), so one reader serves all.
"""

from __future__ import annotations

import re
import unicodedata

SCRIPTS = frozenset(
    ["DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"]
)
_DROPS_FINAL_VOWEL = frozenset(["DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"])

_VOWELS = {
    "A": "ə", "AA": "a", "I": "ɪ", "II": "i", "U": "ʊ", "UU": "u", "E": "e", "EE": "e", "AI": "aɪ", "O": "o",
    "OO": "o", "AU": "aʊ", "VOCALIC R": "r ɪ", "CANDRA E": "ɛ", "CANDRA O": "ɔ", "SHORT E": "ɛ", "SHORT O": "ɔ",
}  # fmt: skip
_CONSONANTS = {
    "K": "k", "KH": "kʰ", "G": "ɡ", "GH": "ɡ", "NG": "ŋ", "C": "tʃ", "CH": "tʃ", "J": "dʒ", "JH": "dʒ", "NY": "ɲ",
    "TT": "ʈ", "TTH": "ʈ", "DD": "ɖ", "DDH": "ɖ", "NN": "ɳ", "T": "t", "TH": "t", "D": "d", "DH": "d", "N": "n",
    "NNN": "n", "P": "p", "PH": "f", "B": "b", "BH": "b", "M": "m", "Y": "j", "YY": "j", "R": "r", "RR": "r",
    "L": "l", "LL": "ɭ", "LLL": "ɻ", "V": "ʋ", "W": "ʋ", "SH": "ʃ", "SS": "ʂ", "S": "s", "H": "h", "Q": "k",
    "KHH": "x", "GHH": "ɣ", "Z": "z", "DDDH": "ɽ", "RH": "ɽ", "F": "f",
}  # fmt: skip

_SIGN = re.compile(r"(?P<script>\w+) (?P<kind>LETTER|VOWEL SIGN|SIGN) (?P<name>.+)")


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in one of these scripts, as IPA. Other signs are skipped."""
    sounds: list[str] = []
    inherent = False
    script = ""
    for character in unicodedata.normalize("NFD", word):
        match = _SIGN.fullmatch(unicodedata.name(character, ""))
        if match is None or match["script"] not in SCRIPTS:
            continue
        script, kind, name = match["script"], match["kind"], match["name"]
        if kind == "LETTER" and name in _VOWELS:
            sounds += ["ə"] * inherent + _VOWELS[name].split()
            inherent = False
        elif kind == "LETTER" and name.removesuffix("A") in _CONSONANTS:
            sounds += ["ə"] * inherent + [_CONSONANTS[name.removesuffix("A")]]
            inherent = True
        elif kind == "VOWEL SIGN" and name in _VOWELS:
            sounds += _VOWELS[name].split()
            inherent = False
        elif name in ("VIRAMA", "AL-LAKUNA"):
            inherent = False
        elif name in ("ANUSVARA", "CANDRABINDU", "BINDI", "TIPPI"):
            sounds += ["ə"] * inherent + ["n"]
            inherent = False
    if (inherent and script not in _DROPS_FINAL_VOWEL) or (inherent and len(sounds) == 1):
        sounds.append("ə")
    return tuple(sounds)
