"""A drawing as an image, for where SVG is not shown.

`resvg` draws it with the fonts of this machine, and looks for each character through all of them. Where no font has it,
a box stands in its place; where there are no fonts at all, there is no text.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import resvg_py

from stream_of_worship.admin.picture import FONTS

_ZOOM = 2.0
"""Pixels of the image to one of the drawing: sharp on the screens of today, and in print."""
_IN_NO_FONT = "\U0010fffd"
"""For private use, at the very end: what stands in its place stands in that of any character that no font has."""
_TEXT = "{http://www.w3.org/2000/svg}text"
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="20">'
    f'<style>text{{font:12px {FONTS}}}</style><text y="15">%s</text></svg>'
)


def png(svg: str) -> bytes:
    """An SVG document as a PNG image."""
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM)


def has_fonts() -> bool:
    """Whether this machine has a font that the picture's text can be drawn with."""
    return _probe("x") != _probe("")


def missing(svg: str) -> str:
    """The letters and digits in an SVG document's text that no font of this machine has, each once, as they come."""
    texts = (text.text or "" for text in Xml.fromstring(svg).iter(_TEXT))
    letters = dict.fromkeys(letter for text in texts for letter in text if letter.isalnum())
    box = _probe(_IN_NO_FONT)
    return "".join(letter for letter in letters if _probe(letter) == box)


def _probe(character: str) -> bytes:
    return resvg_py.svg_to_bytes(svg_string=_PROBE % character)
