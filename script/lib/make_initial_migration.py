"""Render the models' tables as the first revision. Temporary: it goes with the first release."""

import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateIndexOp, CreateTableOp, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.types import TypeDecorator

from fanpin.cli.schema import MODELS
from fanpin.extensions import db
from fanpin.models.audit import APPEND_ONLY_POSTGRESQL, APPEND_ONLY_SQLITE

HEAD = '''"""Make every table of the first release, and keep the trail append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

PATH = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")
'''
PATH = "sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql')"
WIDTH = 118


def plain_types(kind: str, item: Any, context: AutogenContext) -> str | bool:
    """Render our own column types as what the database stores: a revision must not change with the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def statements(name: str, texts: list[str]) -> str:
    """Render a constant of SQL statements."""
    lines = "".join(f"    {wrapped(text.replace('%%', '%'))},\n" for text in texts)
    return f"{name} = (\n{lines})\n"


def wrapped(text: str) -> str:
    """Render one string, broken into adjacent literals where it is long."""
    pieces, rest = [], text
    while len(rest) > WIDTH - 12:
        cut = rest.rfind(" ", 0, WIDTH - 12) + 1
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return "\n    ".join(repr(piece) for piece in [*pieces, rest])


def laid_out(line: str) -> str:
    """Indent the arguments of a call one step further than the call, and leave out what is the default."""
    line = line.replace(PATH, "PATH").replace(", nullable=True)", ")")
    if line.startswith("    op.") or line.strip() == ")":
        return f"    {line.strip()}"
    return f"        {line.strip()}"


def body() -> list[str]:
    """Render the creation of every table and index."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": db.metadata})
        found = produce_migrations(context, db.metadata).upgrade_ops
    operations: list[CreateTableOp | CreateIndexOp] = []
    for operation in found.ops:
        operations += [operation] if isinstance(operation, CreateTableOp) else operation.ops
    code = render_python_code(UpgradeOps(operations), render_item=plain_types)
    return [line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]


def main(target: Path) -> None:
    """Write the file."""
    assert MODELS
    text = HEAD + statements("SQLITE", APPEND_ONLY_SQLITE) + statements("POSTGRESQL", APPEND_ONLY_POSTGRESQL)
    text += '\n\ndef upgrade() -> None:\n    """Create the tables in the order in which they refer to each other."""\n'
    text += "\n".join(map(laid_out, body()))
    text += '\n    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:\n'
    text += "        op.execute(statement)\n"
    target.write_text(text, encoding="utf-8")


main(Path(sys.argv[1]))
