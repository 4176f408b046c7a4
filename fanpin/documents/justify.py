"""Make lines of Chinese flush: the layout engine stretches only spaces, of which Chinese has none.

Where a line falls short because a mark may not begin the next one, the rest is shared among its characters.
The engine's function is private: its version is pinned and a test measures right edges.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

# Beyond a quarter of a character the gaps would be plainer to see than a ragged edge.
WIDEST_GAP = 0.25


def install() -> None:
    """Take the place of the engine's own justification in this process."""
    inline.justify_line = _justify_line


def _justify_line(_context: Any, line: Any, missing: float) -> None:
    characters = sum(len(box.text) for box in _texts(line))
    if characters < 2:
        return
    gap = missing / (characters - 1)
    if gap <= WIDEST_GAP * line.style["font_size"]:
        _widen(line, gap, 0.0)


def _texts(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


def _widen(box: Any, gap: float, shift: float) -> float:
    """Spread the characters within the box, after moving it right by `shift`; return how far what follows moves."""
    if isinstance(box, boxes.TextBox):
        spacing = box.style["letter_spacing"]
        box.style = box.style.copy()
        box.style["letter_spacing"] = gap + (0 if spacing == "normal" else spacing)
        box.position_x += shift
        box.width += gap * len(box.text)
        return shift + gap * len(box.text)
    if not isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.translate(shift, 0)
        return shift
    box.position_x += shift
    moved = shift
    for child in box.children:
        if child.is_in_normal_flow():
            moved = _widen(child, gap, moved)
    box.width += moved - shift
    return moved
