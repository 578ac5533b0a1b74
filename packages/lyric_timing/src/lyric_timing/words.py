"""Cuts a printed line into words that can be sung one by one (see `sheet.Word`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from lyric_timing.normal import normalize
from lyric_timing.sheet import Line, Word

_SMALL_KANA = "ぁぃぅぇぉゃゅょゎっァィゥェォャュョヮッー゛゜ｧ-ｯｰﾞﾟ\u3099\u309a"
_MARKS = "\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_BOPOMOFO = "\u3105-\u312f\u31a0-\u31bf"

_CHUNK = re.compile("(?<!\\d)\\d{1,3}(?:[ \u00a0\u202f]000){1,4}(?!\\d)\\S*|[^\\s\u200b]+\u200b*|\u200b+")
"""What white space (or the zero-width space of Thai and Khmer) sets apart; 10 000 is one number."""
_CHARACTER_OR_RUN = re.compile(f"[{_HAN}{_KANA}{_BOPOMOFO}][{_SMALL_KANA}{_MARKS}]*|[^{_HAN}{_KANA}{_BOPOMOFO}]+")
_CJK = re.compile(f"[{_HAN}{_KANA}{_BOPOMOFO}]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_VOICED = re.compile(r"[^\W_]|[&@]")
_OPENING_SIGNS = "¿¡#№$€£¥₩"


def make_line(text: str, language: str | None = None) -> Line | None:
    """The line of a sheet, or None when nothing in it can be sung. `language` is that of the sheet.

    An English line on a Chinese, Japanese or Korean sheet has its numbers read in English.
    """
    text = text.strip()
    if language in {"zh", "ja", "ko"} and _LATIN.search(text) and not (_CJK.search(text) or _HANGUL.search(text)):
        language = "en"
    words = split_words(text, language)
    return Line(text, words) if words else None


def split_words(text: str, language: str | None = None) -> tuple[Word, ...]:
    """The words of one line, which together hold every visible character of it exactly once, in order.

    A Chinese, Japanese or bopomofo character is one word (small kana and the long-vowel mark go with the kana before
    them, as they have no sound alone); elsewhere white space divides. Marks go with the word that they touch: an
    opening bracket with the next, others with the one before; marks that stand free, with the word before them, else
    with the first. Empty when nothing in the line can be sung.
    """
    starts: list[int] = []
    ends: list[int] = []
    marks: int | None = None
    for start, end in _spans(text):
        if _normal(text, start, end, language):
            starts.append(start if starts or marks is None else marks)
            ends.append(end)
        elif ends:
            ends[-1] = end
        elif marks is None:
            marks = start
    spans = zip(starts, ends, strict=True)
    return tuple(Word(text[start:end], start, end, _normal(text, start, end, language)) for start, end in spans)


def is_written_without_spaces(word: str) -> bool:
    """Whether a word stands in a script that puts no space before it: Chinese, Japanese, bopomofo."""
    return _CJK.search(word) is not None


def _normal(text: str, start: int, end: int, language: str | None) -> str:
    return normalize(text[start:end], language, before=text[max(0, start - 1) : start], after=text[end : end + 1])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each word with the marks that touch it, and of each free-standing run of marks."""
    mixed = _CJK.search(text) is not None
    for chunk in _CHUNK.finditer(text):
        if not mixed:
            yield chunk.span()
            continue
        voiced = [span for piece in _CHARACTER_OR_RUN.finditer(text, *chunk.span()) if (span := _voiced(text, piece))]
        cuts = [_cut(text, end, start) for (_, end), (start, _) in pairwise(voiced)]
        yield from pairwise([chunk.start(), *cuts, chunk.end()])


def _voiced(text: str, piece: re.Match[str]) -> tuple[int, int] | None:
    """From the first to the last character of the piece that can be heard."""
    first = _VOICED.search(text, *piece.span())
    if first is None:
        return None
    end = piece.end()
    while not _VOICED.match(text, end - 1):
        end -= 1
    return first.start(), end


def _cut(text: str, start: int, end: int) -> int:
    """Where marks between two words part: before the first opening one."""
    for at in range(start, end):
        if text[at] in _OPENING_SIGNS or unicodedata.category(text[at]) in {"Ps", "Pi"}:
            return at
    return end
