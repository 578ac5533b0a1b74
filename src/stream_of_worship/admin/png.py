"""A drawing as an image, for where SVG is not shown.

`resvg` draws it with the fonts of this machine, and looks for each character through all of them. Where no font has it,
a box stands in its place; where there are no fonts at all, there is no text.
"""

from __future__ import annotations

import resvg_py

from stream_of_worship.admin.picture import FONTS

_ZOOM = 2.0
"""Pixels of the image to one of the drawing: sharp on the screens of today, and in print."""
_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="20">'
    f'<style>text{{font:12px {FONTS}}}</style><text y="15">%s</text></svg>'
)


def png(svg: str) -> bytes:
    """An SVG document as a PNG image."""
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM)


def has_fonts() -> bool:
    """Whether this machine has a font that the picture's text can be drawn with."""
    return resvg_py.svg_to_bytes(svg_string=_PROBE % "x") != resvg_py.svg_to_bytes(svg_string=_PROBE % "")
