"""Japanese: kana to sounds.

The reading of a kanji depends on the word that it stands in; that takes a dictionary, and none is used here.
"""

from __future__ import annotations

import unicodedata

_VOWELS = {"a": "a", "i": "i", "u": "ɯ", "e": "e", "o": "o"}
_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "ɾ": "らりるれろ", "ɡ": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_KANA: dict[str, tuple[str, ...]] = {
    kana: (consonant, vowel) if consonant else (vowel,)
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, _VOWELS.values(), strict=True)
} | {
    "や": ("j", "a"), "ゆ": ("j", "ɯ"), "よ": ("j", "o"), "わ": ("w", "a"), "を": ("o",), "ゐ": ("i",), "ゑ": ("e",),
    "し": ("ʃ", "i"), "ち": ("tʃ", "i"), "つ": ("ts", "ɯ"), "ふ": ("f", "ɯ"), "じ": ("dʒ", "i"), "ぢ": ("dʒ", "i"),
    "づ": ("z", "ɯ"), "ゔ": ("v", "ɯ"), "ん": ("n",),
}  # fmt: skip
_SMALL_VOWELS = dict(zip("ぁぃぅぇぉ", _VOWELS.values(), strict=True))
_SMALL_GLIDES = {"ゃ": "a", "ゅ": "ɯ", "ょ": "o"}
_PALATAL = frozenset(("ʃ", "tʃ", "dʒ"))
_LONG = "ー〜～"


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in hiragana or katakana, as IPA. What is not kana is skipped."""
    sounds: list[str] = []
    for kana in unicodedata.normalize("NFKC", word):
        sign = chr(ord(kana) - 0x60) if "ァ" <= kana <= "ヶ" else kana
        if sign in _KANA:
            sounds += _KANA[sign]
        elif sign in _SMALL_GLIDES:
            _replace_vowel(sounds, _SMALL_GLIDES[sign], glide=True)
        elif sign in _SMALL_VOWELS:
            _replace_vowel(sounds, _SMALL_VOWELS[sign], glide=False)
        elif sign in _LONG and not sounds:
            sounds.append("a")
        elif sign == "ゎ":
            _replace_vowel(sounds, "a", glide=False)
    return tuple(sounds)


def _replace_vowel(sounds: list[str], vowel: str, *, glide: bool) -> None:
    """A small sign takes the place of the vowel before it: き + ゃ → k j a, ふ + ぁ → f a."""
    if len(sounds) >= 2 and sounds[-1] in _VOWELS.values() and sounds[-2] not in _VOWELS.values():
        sounds.pop()
    if glide and not (sounds and sounds[-1] in _PALATAL):
        sounds.append("j")
    sounds.append(vowel)
