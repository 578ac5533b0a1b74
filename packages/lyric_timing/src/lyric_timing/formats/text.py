"""Lyrics as plain text inside a file format: what may stand there, and how text is kept from being taken for markup."""

from __future__ import annotations

import re

GUARD = "\u2060"
"""U+2060 WORD JOINER: has no width, breaks no line, and splits what a parser would take for a tag.

Put behind an opening character where a format knows no escape. Readers here take one away again, so text survives
exactly, text that already holds the character included. (The look-alikes ［ and ＜ would change what people see.)
"""

_SPACE = re.compile(r"[ \t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Controls, lone surrogates (no UTF-8 for them) and non-characters (no XML for them).
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """The text as one printable line: line breaks and runs of blanks become one space, control characters go.

    Other white space (no-break space, U+3000 of Chinese sheets) stays inside the line and goes at its ends.
    """
    return _FORBIDDEN.sub("", _SPACE.sub(" ", text)).strip()


class Guard:
    """Splits dangerous text with `GUARD` and joins it again.

    Each rule is a pair of patterns: an opening, and the danger that must not follow it directly (empty: anything).
    """

    def __init__(self, *rules: tuple[str, str]) -> None:
        self._open = [re.compile(f"({opening})(?={GUARD}*{danger})") for opening, danger in rules]
        self._guarded = [re.compile(f"({opening}){GUARD}(?={GUARD}*{danger})") for opening, danger in rules]

    def hide(self, text: str) -> str:
        for pattern in self._open:
            text = pattern.sub(rf"\1{GUARD}", text)
        return text

    def show(self, text: str) -> str:
        for pattern in reversed(self._guarded):
            text = pattern.sub(r"\1", text)
        return text
