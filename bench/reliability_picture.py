"""The picture of reliability curves: how sure the onsets were against how many of them are right, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from lyric_timing.reliability import Bin

Panels = Mapping[str, Mapping[str, Sequence[Bin]]]
"""Titles of panels, side by side; in each, names of curves, such as words and lines."""

_SIDE, _LEFT, _TOP, _GAP, _BOTTOM, _RIGHT = 300, 64, 64, 44, 86, 30
"""Pixels: of a panel, and around and between panels."""
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_COLOURS = ("#1f6fb2", "#c8550a", "#3a7d34", "#7b4ba0")
_LEAST_RADIUS, _RADIUS_OF_ALL = 2.5, 11.0
"""Pixels: of a point that stands for a single onset, and what one that stands for all would have more."""
_STYLE = "text{font:13px sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.tick{font-size:11px;fill:#555}"


def draw(title: str, panels: Panels) -> str:
    """An SVG document. The area of a point grows with the share of its curve's onsets that it stands for."""
    width = _LEFT + len(panels) * _SIDE + (len(panels) - 1) * _GAP + _RIGHT
    height = _TOP + _SIDE + _BOTTOM
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    colours = dict(zip(names, _COLOURS, strict=False))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="24">{escape(title)}</text>',
    ]
    for index, (name, curves) in enumerate(panels.items()):
        parts += _panel(_LEFT + index * (_SIDE + _GAP), name, curves, colours, labelled=index == 0)
    parts += _legend(names, colours, height - 18)
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    left: int, name: str, curves: Mapping[str, Sequence[Bin]], colours: Mapping[str, str], *, labelled: bool
) -> Iterator[str]:
    bottom = _TOP + _SIDE
    yield f'<text x="{left + _SIDE / 2:g}" y="{_TOP - 12}" text-anchor="middle">{escape(name)}</text>'
    for tick in _TICKS:
        x, y = left + tick * _SIDE, bottom - tick * _SIDE
        yield f'<path d="M{x:g} {_TOP}V{bottom}M{left} {y:g}h{_SIDE}" stroke="#e4e4e4"/>'
        yield f'<text class="tick" x="{x:g}" y="{bottom + 16}" text-anchor="middle">{100 * tick:g} %</text>'
        if labelled:
            yield f'<text class="tick" x="{left - 6}" y="{y + 4:g}" text-anchor="end">{100 * tick:g} %</text>'
    yield f'<path d="M{left} {bottom}l{_SIDE} {-_SIDE}" stroke="#888" stroke-dasharray="5 4"/>'
    yield f'<text x="{left + _SIDE / 2:g}" y="{bottom + 36}" text-anchor="middle">confidence</text>'
    if labelled:
        x, y = left - 46, _TOP + _SIDE // 2
        yield f'<text transform="translate({x} {y})rotate(-90)" text-anchor="middle">share within 0.3 s</text>'
    for key, curve in curves.items():
        yield from _curve(left, key, curve, colours[key])


def _curve(left: int, name: str, curve: Sequence[Bin], colour: str) -> Iterator[str]:
    total = sum(one.count for one in curve)
    places = [(left + one.confidence * _SIDE, _TOP + (1 - one.right) * _SIDE) for one in curve]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-opacity="0.6"/>'
    for one, (x, y) in zip(curve, places, strict=True):
        radius = _LEAST_RADIUS + _RADIUS_OF_ALL * math.sqrt(one.count / total)
        hover = f"{one.count} {name}, {100 * one.confidence:.0f} % sure, {100 * one.right:.0f} % right"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" fill-opacity="0.35" '
            f'stroke="{colour}"><title>{escape(hover)}</title></circle>'
        )


def _legend(names: Sequence[str], colours: Mapping[str, str], y: int) -> Iterator[str]:
    for index, name in enumerate(names):
        x = _LEFT + 90 * index
        yield f'<circle cx="{x + 6}" cy="{y - 4}" r="6" fill="{colours[name]}" fill-opacity="0.5"/>'
        yield f'<text x="{x + 18}" y="{y}">{escape(name)}</text>'
    yield f'<text class="tick" x="{_LEFT + 90 * len(names)}" y="{y}">dashed: exactly as sure as right</text>'
