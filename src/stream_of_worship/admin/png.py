"""A drawing as an image, for where SVG is not shown.

`resvg` draws it with the fonts of this machine, and looks for each character through all of them. Where no font has it,
nothing stands in its place.
"""

from __future__ import annotations

import resvg_py

_ZOOM = 2.0
"""Pixels of the image to one of the drawing: sharp on the screens of today, and in print."""
_SANS = "DejaVu Sans"
"""Where a font called `Arial`, which `resvg` takes else, is not installed."""


def png(svg: str) -> bytes:
    """An SVG document as a PNG image."""
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM)
