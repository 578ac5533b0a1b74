"""Korean: a Hangul syllable is its letters written together, so it can be taken apart by arithmetic (Unicode, 3.12).

Stops are voiced between vowels, a final consonant moves to a following syllable that begins with a vowel, and stops
turn into nasals before nasals; these three rules carry most of what speech does to the spelling.
"""

from __future__ import annotations

_FIRST = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "-", "j", "jj", "ch", "k", "t", "p", "h"]
_VOWELS = [
    "a", "ɛ", "j_a", "j_ɛ", "ʌ", "e", "j_ʌ", "j_e", "o", "w_a", "w_ɛ", "w_e", "j_o", "u", "w_ʌ", "w_e", "w_i", "j_u",
    "ɯ", "ɰ_i", "i",
]  # fmt: skip
_LAST = [
    "-", "g", "kk", "gs", "n", "nj", "nh", "d", "l", "lg", "lm", "lb", "ls", "lt", "lp", "lh", "m", "b", "bs", "s",
    "ss", "ng", "j", "ch", "k", "t", "p", "h",
]  # fmt: skip

_PLAIN = {"g": "ɡ", "d": "d", "b": "b", "j": "dʒ"}
_ONSETS = {
    "g": "k", "kk": "k", "n": "n", "d": "t", "tt": "t", "r": "ɾ", "m": "m", "b": "p", "pp": "p", "s": "s", "ss": "s",
    "-": "", "j": "tʃ", "jj": "tʃ", "ch": "tʃ", "k": "k", "t": "t", "p": "p", "h": "h", "l": "l",
}  # fmt: skip
_CODAS = {
    "g": "k", "kk": "k", "gs": "k", "n": "n", "nj": "n", "nh": "n", "d": "t", "l": "l", "lg": "k", "lm": "m",
    "lb": "l", "ls": "l", "lt": "l", "lp": "p", "lh": "l", "m": "m", "b": "p", "bs": "p", "s": "t", "ss": "t",
    "ng": "ŋ", "j": "t", "ch": "t", "k": "k", "t": "t", "p": "p", "h": "", "-": "",
}  # fmt: skip
_SPLIT_CODAS = {
    "gs": ("g", "s"), "nj": ("n", "j"), "nh": ("n", "-"), "lg": ("l", "g"), "lm": ("l", "m"), "lb": ("l", "b"),
    "ls": ("l", "s"), "lt": ("l", "t"), "lp": ("l", "p"), "lh": ("l", "-"), "bs": ("b", "s"),
}  # fmt: skip
_ASPIRATED = {"g": "k", "d": "t", "b": "p", "j": "ch"}
_NASAL_CODAS = {"k": "ŋ", "t": "n", "p": "m"}

_BASE, _END = 0xAC00, 0xD7A3


def is_syllable(character: str) -> bool:
    """Whether this is one precomposed Hangul syllable."""
    return _BASE <= ord(character) <= _END


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in Hangul, as IPA. What is not a Hangul syllable is skipped."""
    syllables = [_letters(character) for character in word if is_syllable(character)]
    sounds: list[str] = []
    for position, (first, vowel, last) in enumerate(syllables):
        following = syllables[position + 1][0] if position + 1 < len(syllables) else None
        coda = _CODAS[last]
        if following is not None:
            coda, onset = _across(last, following)
            syllables[position + 1] = (onset, *syllables[position + 1][1:])
        before = sounds[-1] if sounds else ""
        sounds += [sound for sound in (_onset(first, before), *vowel.split("_"), coda) if sound]
    return tuple(sounds)


def _letters(syllable: str) -> tuple[str, str, str]:
    index = ord(syllable) - _BASE
    return _FIRST[index // 588], _VOWELS[index % 588 // 28], _LAST[index % 28]


def _onset(first: str, before: str) -> str:
    voiced = before not in ("", "k", "p", "t")
    return _PLAIN[first] if voiced and first in _PLAIN else _ONSETS[first]


def _across(last: str, following: str) -> tuple[str, str]:
    """Coda sound and the next syllable's onset letter, where a final meets an initial."""
    if following == "-":
        if last in ("ng", "-", "h"):
            return _CODAS[last], "-"
        kept, moved = _SPLIT_CODAS.get(last, ("-", last))
        return _CODAS[kept], "r" if moved == "l" else moved
    if following == "h" and last in _ASPIRATED:
        return "", _ASPIRATED[last]
    if last in ("h", "nh", "lh") and following in _ASPIRATED:
        return _CODAS[last], _ASPIRATED[following]
    coda = _CODAS[last]
    if following in ("n", "m"):
        coda = _NASAL_CODAS.get(coda, coda)
    if following == "r":
        if coda in ("l", "n"):
            return "l", "l"
        return _NASAL_CODAS.get(coda, coda), "n" if coda else "r"
    if coda == "l" and following == "n":
        return "l", "l"
    return coda, following
