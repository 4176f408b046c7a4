"""Make lines of Chinese flush: the layout engine stretches only spaces, of which Chinese has none.

Where a line falls short because a mark may not begin the next one, the rest is shared among its characters.
The engine's function is private: its version is pinned and a test measures right edges.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

# Beyond a quarter of a character the gaps would be plainer to see than a ragged edge.
WIDEST_GAP = 0.25


def install(*, inline: ModuleType, boxes: ModuleType) -> None:
    """Take the place of the engine's own justification in this process; the press hands its modules in."""
    inline.justify_line = _Justifier(boxes).justify


class _Justifier:
    def __init__(self, boxes: ModuleType) -> None:
        self._text, self._nested = boxes.TextBox, (boxes.LineBox, boxes.InlineBox)

    def justify(self, _context: Any, line: Any, missing: float) -> None:
        """Share what is missing among the gaps of the line."""
        characters = sum(len(box.text) for box in self._texts(line))
        if characters < 2:
            return
        gap = missing / (characters - 1)
        if gap <= WIDEST_GAP * line.style["font_size"]:
            self._widen(line, gap, 0.0)

    def _texts(self, box: Any) -> Iterator[Any]:
        if isinstance(box, self._text):
            yield box
        elif isinstance(box, self._nested):
            for child in box.children:
                yield from self._texts(child)

    def _widen(self, box: Any, gap: float, shift: float) -> float:
        """Spread the characters within the box, moved right by `shift`; return how far what follows moves."""
        if isinstance(box, self._text):
            spacing = box.style["letter_spacing"]
            box.style = box.style.copy()
            box.style["letter_spacing"] = gap + (0 if spacing == "normal" else spacing)
            box.position_x += shift
            box.width += gap * len(box.text)
            return shift + gap * len(box.text)
        if not isinstance(box, self._nested):
            box.translate(shift, 0)
            return shift
        box.position_x += shift
        moved = shift
        for child in box.children:
            if child.is_in_normal_flow():
                moved = self._widen(child, gap, moved)
        box.width += moved - shift
        return moved
