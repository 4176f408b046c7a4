"""Round seals and watermarks drawn as outlines: nobody takes a 样章 for a real one, and no font is needed to show it."""

import math
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

RED, PALE = "#c8201f", "#f0f0f0"
SAMPLE = "样章"
RING, INNER_RING, RIM = 1.1, 0.3, 0.9
BASELINE = 0.38
LONG_NAME = 14


def sample_seal(name: str, font: Path, *, diameter: float) -> str:
    """Return the SVG of a sample seal: two rings, a star, the name on an arc, 样章 across the foot."""
    radius = diameter / 2
    rings = (f'<circle r="{radius - RING / 2:.3f}" fill="none" stroke="{RED}" stroke-width="{RING}"/>'
             f'<circle r="{radius - RING - 0.7:.3f}" fill="none" stroke="{RED}" stroke-width="{INNER_RING}"/>')
    star = f'<polygon transform="translate(0,-1.5)" points="{_star(radius * 0.26)}"/>'
    foot = _line(SAMPLE, font, height=6.2, centre=radius * 0.56)
    arc = _arc(name, font, radius - RING - 0.7 - RIM)
    return _svg(f"{escape(name)}（{SAMPLE}）", diameter, RED, rings + star + arc + foot)


def watermark(words: str, font: Path) -> str:
    """Return the SVG of large pale words from corner to corner."""
    return _svg(escape(words), 100, PALE, f'<g transform="rotate(-35)">{_line(words, font, height=38, centre=0)}</g>')


def _svg(title: str, size: float, colour: str, content: str) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}mm" height="{size}mm" '
            f'viewBox="{-size / 2} {-size / 2} {size} {size}" fill="{colour}"><title>{title}</title>{content}</svg>')


def _star(radius: float) -> str:
    short = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = []
    for number in range(10):
        angle, reach = -math.pi / 2 + number * math.pi / 5, short if number % 2 else radius
        corners.append(f"{reach * math.cos(angle):.3f},{reach * math.sin(angle):.3f}")
    return " ".join(corners)


def _arc(name: str, font: Path, outer: float) -> str:
    height = 5.4 if len(name) > LONG_NAME else 6.2
    steps = max(len(name) - 1, 1)
    sweep = min(246.0, max(80.0, steps * 23.0))
    middle = outer - height / 2
    # Neighbours meet first at their feet, so the room there decides how wide a character may be.
    width = min(height * 0.88, math.radians(sweep / steps) * (outer - height) * 1.05)
    drawn = []
    for number, char in enumerate(name):
        angle = -sweep / 2 + number * sweep / steps if len(name) > 1 else 0.0
        place = f"rotate({angle:.3f}) translate(0,{-middle:.3f})"
        drawn.append(_glyph(char, font, place, width=width, height=height))
    return "".join(drawn)


def _line(words: str, font: Path, *, height: float, centre: float) -> str:
    start = -(len(words) - 1) * height / 2
    return "".join(
        _glyph(char, font, f"translate({start + number * height:.3f},{centre:.3f})", width=height, height=height)
        for number, char in enumerate(words)
    )


def _glyph(char: str, font: Path, place: str, *, width: float, height: float) -> str:
    path, em = _outline(char, font)
    return (f'<path transform="{place} scale({width / em:.6f},{-height / em:.6f}) '
            f'translate({-em / 2:g},{-em * BASELINE:g})" d="{path}"/>')


@cache
def _outline(char: str, font: Path) -> tuple[str, int]:
    opened, glyphs, names = _open(font)
    em = opened["head"].unitsPerEm
    if ord(char) not in names:
        # A seal with a gap is no seal; the caller has already been told by the check of the paper's text.
        return "", em
    pen = SVGPathPen(glyphs, lambda number: f"{number:g}")
    glyphs[names[ord(char)]].draw(pen)
    return pen.getCommands(), em


@cache
def _open(font: Path) -> tuple[TTFont, Any, dict[int, str]]:
    opened = TTFont(font, lazy=True)
    return opened, opened.getGlyphSet(), opened.getBestCmap()
