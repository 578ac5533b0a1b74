"""How alike heard tokens and lyric words are, by spelling and by sound."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from lyric_timing.heard import Token
from lyric_timing.matching.phonetic import bare_latin, near_syllable, sound_key, syllables
from lyric_timing.normal import normalize
from lyric_timing.sheet import Word

Matrix = NDArray[np.float32]

SAME_SYLLABLE = 0.9
"""Two Chinese characters with a reading in common, tones apart."""
NEAR_SYLLABLE = 0.6
"""Two with readings that many accents merge."""
ROMANISED = 0.85
"""A Chinese character and its pinyin."""
_SOUND_WEIGHT = 0.65
_SHORT_KEY = 4
"""Sound keys shorter than this say less: `no` and `me` have the same one."""
_SHORTEST_PART = 3
_LEAST_PART, _MOST_PART = 0.45, 0.9


def similarity_matrix(tokens: Sequence[Token], words: Sequence[Word], language: str | None = None) -> Matrix:
    """How alike each token and each word are: shape (tokens, words), 0 (nothing in common) to 1 (same normal form).

    `language` (ISO 639-1 or a tag) is that of the lyrics. See `normal_similarity`.
    """
    heard = [normalize(token.text, language) for token in tokens]
    written = [word.normal for word in words]
    unique_heard, unique_written = sorted(set(heard)), sorted(set(written))
    unique = normal_similarity(unique_heard, unique_written, language)
    row_of = {normal: i for i, normal in enumerate(unique_heard)}
    column_of = {normal: i for i, normal in enumerate(unique_written)}
    rows = np.array([row_of[normal] for normal in heard], dtype=np.intp)
    columns = np.array([column_of[normal] for normal in written], dtype=np.intp)
    return unique[np.ix_(rows, columns)]


def normal_similarity(heard: Sequence[str], written: Sequence[str], language: str | None = None) -> Matrix:
    """The same for normal forms: shape (heard, written), the best of four views, each 0 to 1.

    - Spelling: normalised Levenshtein similarity, Hangul by its letters, katakana as hiragana.
    - Sound, for Latin script: the same on `phonetic.sound_key`, blended with spelling, less for short words.
    - Part: a token that begins or ends a longer word, or the other way round (`every` in `everything`).
    - Pinyin, for Chinese (not for Japanese): same syllable 0.9, near syllable 0.6, a character and its pinyin 0.85.

    An empty normal form is like nothing.
    """
    if not heard or not written:
        return np.zeros((len(heard), len(written)), dtype=np.float32)
    left, right = [_spelled(h) for h in heard], [_spelled(w) for w in written]
    best = _levenshtein(left, right)
    keys = [sound_key(h) for h in heard], [sound_key(w) for w in written]
    sound = (
        _levenshtein(*keys)
        * np.minimum(_lengths(keys[0])[:, None], _lengths(keys[1])[None, :]).clip(0, _SHORT_KEY)
        * (_SOUND_WEIGHT / _SHORT_KEY)
    )
    np.maximum(best, sound + (1 - _SOUND_WEIGHT) * best, out=best)
    np.maximum(best, _parts(left, right), out=best)
    if language is None or language.casefold()[:2] not in {"ja", "ko"}:
        np.maximum(best, _pinyin(heard, written), out=best)
    best[[not h for h in heard]] = 0.0
    best[:, [not w for w in written]] = 0.0
    return best


def _spelled(normal: str) -> str:
    """Letters alone; Hangul taken apart, katakana as hiragana."""
    letters = normal.replace(" ", "").replace("'", "")
    if letters.isascii():
        return letters
    letters = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in letters)
    return unicodedata.normalize("NFD", letters) if any("가" <= c <= "힣" for c in letters) else letters


def _levenshtein(left: Sequence[str], right: Sequence[str]) -> Matrix:
    return cdist(left, right, scorer=Levenshtein.normalized_similarity, dtype=np.float32)


def _lengths(texts: Sequence[str]) -> Matrix:
    return np.array([len(text) for text in texts], dtype=np.float32)


def _parts(left: Sequence[str], right: Sequence[str]) -> Matrix:
    """Similarity of a text to one that it begins or ends, by the share that it covers."""
    out = np.zeros((len(left), len(right)), dtype=np.float32)
    _mark_parts(left, right, lambda i, j, value: out.__setitem__((i, j), value))
    _mark_parts(right, left, lambda i, j, value: out.__setitem__((j, i), value))
    return out


def _mark_parts(parts: Sequence[str], wholes: Sequence[str], mark: Callable[[int, int, float], None]) -> None:
    index = {part: i for i, part in enumerate(parts) if len(part) >= _SHORTEST_PART}
    for j, whole in enumerate(wholes):
        for length in range(_SHORTEST_PART, len(whole)):
            for part in {whole[:length], whole[-length:]}:
                if (i := index.get(part)) is not None:
                    mark(i, j, _LEAST_PART + (_MOST_PART - _LEAST_PART) * length / len(whole))


def _pinyin(heard: Sequence[str], written: Sequence[str]) -> Matrix:
    """Similarity by toneless pinyin, of two characters or of one and its romanisation."""
    out = np.zeros((len(heard), len(written)), dtype=np.float32)
    left, right = [syllables(h) for h in heard], [syllables(w) for w in written]
    if not any(left) and not any(right):
        return out
    same = _by_reading(right, lambda s: s), _by_reading(right, near_syllable)
    for i, readings in enumerate(left):
        for reading in readings:
            out[i, same[1].get(near_syllable(reading), [])] = NEAR_SYLLABLE
        for reading in readings:
            out[i, same[0].get(reading, [])] = SAME_SYLLABLE
    for i, j in _romanised(left, written):
        out[i, j] = ROMANISED
    for j, i in _romanised(right, heard):
        out[i, j] = ROMANISED
    return out


def _by_reading(all_readings: Sequence[frozenset[str]], form: Callable[[str], str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for j, readings in enumerate(all_readings):
        for reading in readings:
            found.setdefault(form(reading), []).append(j)
    return found


def _romanised(characters: Sequence[frozenset[str]], others: Sequence[str]) -> list[tuple[int, int]]:
    by_letters = {bare: j for j, other in enumerate(others) if (bare := bare_latin(other))}
    return [(i, by_letters[r]) for i, readings in enumerate(characters) for r in readings if r in by_letters]
