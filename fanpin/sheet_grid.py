"""What every reader of a file gives: sheets as rows of values with what the file says of them, or why the whole is refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

LARGEST_FILE = 64 << 20
MOST_ROWS = 50_000
TOO_MANY_ROWS = f"超过{MOST_ROWS}行，请拆成几个文件分别上传"


class Refused(Exception):
    """The whole file cannot be taken; the words say why and what to do."""


@dataclass
class Grid:
    """A sheet's rows with what the file says of them; rows and places count from 0."""

    place: str
    rows: Sequence[Sequence[object]]
    formulas: Collection[tuple[int, int]] = frozenset()
    notices: list[str] = field(default_factory=list)
    confirm: list[str] = field(default_factory=list)
    name: str = ""
    hidden_rows: int = 0
    hidden_sheets: tuple[str, ...] = ()
