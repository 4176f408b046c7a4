"""Find what ships with the code: templates, migrations, fonts, data, static files."""

import json
from functools import cache
from itertools import chain
from pathlib import Path

PACKAGE = Path(__file__).parent


def directory(name: str) -> Path:
    """Return the directory inside the installed package, or beside the package in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def printable(text: str) -> list[str]:
    """Return the characters that no bundled font can draw, each once, in the order of the text."""
    drawn = _drawn_characters()
    return [char for char in dict.fromkeys(text) if not char.isspace() and ord(char) not in drawn]


@cache
def _drawn_characters() -> frozenset[int]:
    ranges = json.loads((directory("fonts") / "coverage.json").read_text(encoding="utf-8"))
    return frozenset(chain.from_iterable(range(first, last + 1) for first, last in ranges))
