"""The picture of reliability curves is sound SVG that says what it shows."""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lyric_timing.reliability import Bin

PICTURE = Path(__file__).parents[1] / "bench" / "reliability_picture.py"
SVG = "{http://www.w3.org/2000/svg}"
WORDS = (Bin(0.4, 0.6, 25, 0.5, 0.25), Bin(0.9, 1.0, 75, 1.0, 1.0))
Draw = Callable[[str, Mapping[str, Mapping[str, Sequence[Bin]]]], str]


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Draw:
    spec = importlib.util.spec_from_file_location("reliability_picture", PICTURE)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "reliability_picture", made)
    spec.loader.exec_module(made)
    return made.draw


def circles(svg: str) -> list[tuple[float, float, float]]:
    """The points, without those of the legend."""
    found = [one for one in ElementTree.fromstring(svg).iter(f"{SVG}circle") if len(one)]
    return [(float(one.attrib["cx"]), float(one.attrib["cy"]), float(one.attrib["r"])) for one in found]


def test_a_point_lies_where_its_confidence_and_its_share_meet_and_is_larger_for_more(draw: Draw):
    (x, y, small), (right, top, large) = circles(draw("How sure", {"as sung": {"words": WORDS}}))
    assert right - x == pytest.approx(0.5 * 300)
    assert y - top == pytest.approx(0.75 * 300)
    assert large > small


def test_all_panels_and_curves_are_named_and_within_the_picture(draw: Draw):
    curves = {"words": WORDS, "lines": WORDS}
    svg = draw("R&D", {"as sung": curves, "as <printed>": curves})
    root = ElementTree.fromstring(svg)
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert {"R&D", "as sung", "as <printed>", "words", "lines", "confidence", "share within 0.3 s"} <= set(texts)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    points = circles(svg)
    assert len(points) == 8
    assert all(x - r > 0 and x + r < width and y - r > 0 and y + r < height for x, y, r in points)


def test_a_curve_without_points_is_drawn_as_nothing(draw: Draw):
    assert circles(draw("Nothing", {"as sung": {"words": ()}})) == []
