"""Chord symbols on lyric sheets: whole lines of them above the text, and ChordPro's `[G]` inside it."""

from __future__ import annotations

import re

_CHORD = (
    r"\(?[A-G][#b♯♭]?(?:maj|min|dim|aug|sus|add|no|omit|alt|[mM°øΔ+#b♯♭()\d,-])*"
    r"(?:/[A-G][#b♯♭]?|/\d{1,2})*\*?\)?"
)
_SYMBOL = re.compile(_CHORD)
_BARE_NOTE = re.compile(r"[A-G]")
_BAR = re.compile(r"[|:/%.\-–—~*,•]+|N\.?C\.?|\(?(?:[x×]\d{1,2}|\d{1,2}[x×])\)?", re.IGNORECASE)
_INLINE = re.compile(rf"\[\s*{_CHORD}(?:\s+{_CHORD}|\s*[|-]\s*{_CHORD})*\s*\]")
_TABLATURE = re.compile(r"[A-Ga-g]?[#b]?\s?\|[-\d|hpbrstxX/\\~()^<>= ]{6,}")
_ALPHABET = "ABCDEFG"


def strip_inline_chords(line: str) -> str:
    """The line without its bracketed chords: `Ama[G]zing  [C/E] grace` is `Amazing grace`. All else is untouched."""
    if "[" not in line:
        return line
    spaced = re.sub(rf"(?<=\s){_INLINE.pattern}\s+", "", line)
    return _INLINE.sub("", spaced)


def is_certain_chord_line(line: str) -> bool:
    """Nothing but chords and bar lines that nobody takes for words: `C  G/B  Am7`, `| F | G |`, a line of tablature."""
    if _TABLATURE.fullmatch(line.strip()):
        return True
    chords = _chords(line)
    return bool(chords) and (
        any(not _BARE_NOTE.fullmatch(chord) for chord in chords)
        or "|" in line
        or (len(chords) > 1 and re.search(r"\S\s{2,}\S", line) is not None)
    )


def is_possible_chord_line(line: str) -> bool:
    """Letters that are chords on a sheet with other chord lines, and words elsewhere: `G C D`, `A`.

    The alphabet (`A B C`) is words everywhere.
    """
    chords = _chords(line)
    return bool(chords) and not (len(chords) > 2 and "".join(chords) in _ALPHABET)


def _chords(line: str) -> list[str]:
    """The chord symbols of a line that has nothing else; empty for any other line."""
    chords: list[str] = []
    for token in line.replace("[", " ").replace("]", " ").split():
        for part in filter(None, re.split(r"\|", token)):
            if _SYMBOL.fullmatch(part):
                chords.append(part)
            elif not _BAR.fullmatch(part):
                return []
    return chords
