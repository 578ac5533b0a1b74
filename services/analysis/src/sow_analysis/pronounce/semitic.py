"""Hebrew and Arabic letters to sounds. Short vowels are read where they are pointed and guessed where they are not."""

from __future__ import annotations

import unicodedata

_HEBREW = {
    "א": "", "ב": "v", "ג": "ɡ", "ד": "d", "ה": "h", "ו": "v", "ז": "z", "ח": "χ", "ט": "t", "י": "j", "כ": "χ",
    "ך": "χ", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "", "פ": "f", "ף": "f", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "ʁ", "ש": "ʃ", "ת": "t",
}  # fmt: skip
_DAGESH = {"v": "b", "χ": "k", "f": "p"}
_HEBREW_INITIAL = {"ב": "b", "כ": "k", "פ": "p", "א": "a", "ע": "a"}
_HEBREW_POINTS = {
    "\u05b0": "", "\u05b1": "e", "\u05b2": "a", "\u05b3": "o", "\u05b4": "i", "\u05b5": "e", "\u05b6": "e",
    "\u05b7": "a", "\u05b8": "a", "\u05b9": "o", "\u05ba": "o", "\u05bb": "u", "\u05c7": "o",
}  # fmt: skip

_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ء": "", "ئ": "", "ؤ": "", "ة": "a", "ب": "b",
    "ت": "t", "ث": "θ", "ج": "dʒ", "ح": "ħ", "خ": "x", "د": "d", "ذ": "ð", "ر": "r", "ز": "z", "س": "s", "ش": "ʃ",
    "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "ʕ", "غ": "ɣ", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "و": "w", "ي": "j", "پ": "p", "چ": "tʃ", "ژ": "ʒ", "گ": "ɡ", "ک": "k", "ی": "j", "ے": "e",
    "ہ": "h", "ھ": "h", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n",
}  # fmt: skip
_ARABIC_POINTS = {
    "\u064e": "a", "\u064f": "u", "\u0650": "i", "\u064b": "a_n", "\u064c": "u_n", "\u064d": "i_n", "\u0652": "",
    "\u0651": "", "\u0670": "a",
}  # fmt: skip

_LONG = {"v": "o", "w": "u", "j": "i"}
_LENGTHENS = {"a": "a", "w": "u", "j": "i"}
"""A letter that only lengthens the vowel before it, and that vowel."""
_VOWELS = frozenset("aeiouə")


def hebrew_ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in Hebrew letters, as IPA."""
    return _read(word, _HEBREW, _HEBREW_POINTS)


def arabic_ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in Arabic letters (also Persian and Urdu), as IPA."""
    return _read(word, _ARABIC, _ARABIC_POINTS)


def _read(word: str, letters: dict[str, str], points: dict[str, str]) -> tuple[str, ...]:
    sounds: list[str] = []
    signs = unicodedata.normalize("NFC", word)
    pointed = any(points.get(sign) for sign in signs)
    for position, sign in enumerate(signs):
        if sign == "\u05bc" and sounds:  # dagesh: vav with it is the vowel u, other letters are stops
            sounds[-1] = "u" if signs[position - 1] == "ו" else _DAGESH.get(sounds[-1], sounds[-1])
        elif sign == "\u05c2" and sounds:  # the dot that makes shin a sin
            sounds[-1] = "s"
        elif sign == "\u05b9" and sounds[-1:] == ["v"]:  # holam on vav: the vowel o
            sounds[-1] = "o"
        elif sign in points:
            sounds += [sound for sound in points[sign].split("_") if sound]
        elif sign in letters:
            sound = _HEBREW_INITIAL.get(sign, letters[sign]) if position == 0 else letters[sign]
            after_vowel = bool(sounds) and sounds[-1] in _VOWELS
            if sound in _LONG and position > 0 and not pointed and not after_vowel:
                sound = _LONG[sound]
            if sound and not (after_vowel and _LENGTHENS.get(sound) == sounds[-1]):
                sounds.append(sound)
    return tuple(sounds) if pointed else tuple(_with_vowels(sounds))


def _with_vowels(sounds: list[str]) -> list[str]:
    """Put a vowel between consonants that stand together, as their unwritten vowel most often does."""
    full: list[str] = []
    for sound in sounds:
        if full and sound not in _VOWELS and full[-1] not in _VOWELS:
            full.append("a")
        full.append(sound)
    return full
