"""The house as text: every module, template and page of documentation, for the tests of the conventions."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests import finders

ROOT = Path(__file__).parent.parent
# One thing in several files: the walls that a child builds around itself; what reads a sheet, and the child that does.
PARTS = {"confine": "sandbox", **dict.fromkeys(("sheet_files", "sheet_grid", "sheet_reader", "sheet_text", "sheet_workbook"), "sheets")}
EVERYTHING = ("fanpin", "templates", "tests", "plugins", "script", "docs", "migrations", "README.md", "setup.cfg",
              "requirements.in", "requirements-dev.in")
READABLE = (".py", ".html", ".md", ".cfg", ".toml", ".css", ".js", ".sh", ".in", ".csv", "")


@cache
def sources() -> dict[str, str]:
    """Return the text of every module of the package by its dotted name."""
    found = {}
    for path in sorted((ROOT / "fanpin").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def templates() -> dict[str, str]:
    """Return the text of every template by the name under which it is loaded."""
    folder = ROOT / "templates"
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html"))}


def in_package(name: str) -> dict[str, str]:
    """Return the modules of one package of fanpin."""
    return {module: text for module, text in sources().items() if finders.unit_of(module, PARTS) == name}


def ours(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield every text file of ours below the folders with its name."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*") if (ROOT / folder).is_dir() else [ROOT / folder]):
            if path.is_file() and path.suffix in READABLE and "__pycache__" not in path.parts and "fonts" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
