"""Count the SQL statements of a piece of work: pages must not cost more with more rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from fanpin.extensions import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("PRAGMA"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
