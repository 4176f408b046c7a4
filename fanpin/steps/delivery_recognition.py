"""Which of its department's tables a sheet is: told by its header, where its sender did not say (附件1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from fanpin.adapters.manifest import Table
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.wire import NO_HEADER
from fanpin.rules.departments import Department
from fanpin.rules.duty_tables import kind_of
from fanpin.sheets import SheetRefused
from fanpin.steps import adapters, delivery_adapter, delivery_template
from fanpin.steps.delivery_reading import Source

BY_HEADER = Source(name="", table="", title="按表头识别", kinds=(), scope="")
NOT_KNOWN = "认不出这是本部门的哪一张表：表头与哪一张都不相符。请在“报送的表”里选定是哪一张后重新报送，会列出缺少的列；也可以下载空表填写。"


@dataclass(frozen=True)
class KnownTable:
    """A table that a department may send, under the one word that names it."""

    source: Source
    table: Table


def tables_for(session: Session, department: Department) -> list[KnownTable]:
    """List the tables of a department's installed adapters, then our own form of each kind."""
    releases = [row for row in adapters.present_releases(session, department=department.value) if row.usable]
    newest = {row.name: row for row in sorted(releases, key=lambda row: row.id)}
    own = [KnownTable(source, row.declared.table(source.table)) for row in newest.values()
           for source in delivery_adapter.sources(row.declared)]
    return own + [KnownTable(source, delivery_template.table_of(kind_of(source.table)))
                  for source in delivery_template.sources(department)]


def recognised(sheet: bytes, known: Sequence[KnownTable]) -> Source:
    """Say which table a sheet is, its own before our form; refuse one that is none, or may be two."""
    own = [each for each in known if each.source.name != delivery_template.NAME]
    forms = [each for each in known if each.source.name == delivery_template.NAME]
    for tables in filter(None, (own, forms)):
        by_code = {each.source.code: each.source for each in tables}
        with SheetReading(sheet, [replace(each.table, code=each.source.code) for each in tables]) as reading:
            opened = reading.opened
        if not opened.refused:
            return by_code[opened.table]
        if NO_HEADER not in opened.refused:
            raise SheetRefused(opened.refused)
    raise SheetRefused(NOT_KNOWN)
