"""What the model reads of a word: its units, each of which gets a start and an end.

The units are cut as the model's own processor cuts text, since it was trained on those: one Chinese character each,
elsewhere what white space sets apart, and of that only letters, digits and `'`. Two things are done before, as they
change what is read and not what is printed: text is composed (NFKC; a free-standing accent would be dropped, and the
letter under it read without), and dashes, slashes and dots between words part them like a space. A hyphen does not: the
processor joins what it joins.

The processor cuts Japanese and Korean with tools of their own. For Korean, its tool finds the same words as white space
does; Japanese comes here already cut into the characters that are printed and timed one by one.
"""

from __future__ import annotations

import re
import unicodedata

KOREAN = "Korean"
"""The one language whose Chinese characters are read within their word."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛`´ʼʻʹ′＇\u0384\u1fbd", "'"))
_BETWEEN_WORDS = re.compile(r"[\s–—―‒…/\\|~〜～·・_=+]+|\.\.+|--+")
_CHINESE = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]"
)
_HEARD = re.compile(r"[^\W_]")


def split_units(text: str, language: str) -> tuple[str, ...]:
    """The units of a word or a text; none where the model has nothing to read. `language` is the model's name for it.

    Joined by spaces, they are cut by the model's processor into the same units again.
    """
    composed = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).translate(_APOSTROPHES)
    if language != KOREAN:
        composed = _CHINESE.sub(r" \g<0> ", composed)
    pieces = (_kept(piece) for piece in _BETWEEN_WORDS.split(composed))
    return tuple(piece for piece in pieces if _HEARD.search(piece))


def _kept(piece: str) -> str:
    """Its letters, digits and apostrophes between them."""
    return "".join(char for char in piece if char == "'" or unicodedata.category(char)[0] in "LN")
