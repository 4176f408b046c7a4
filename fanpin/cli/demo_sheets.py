"""Write the demo's departmental sheets as departments send them: xlsx with a title above, CSV in UTF-8 or GB18030."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanpin import sheets
from fanpin.cli.demo_cast import invented
from fanpin.cli.demo_families import Families, Family
from fanpin.cli.demo_people import Names
from fanpin.cli.demo_places import spread
from fanpin.cli.demo_registers import ANSWERING, Registers, SheetOf, sheets_of
from fanpin.rules.departments import Department as D

FORM = "平台演示数据，人物和事件都是虚构的"
# Two thirds of the departments send workbooks; some still have systems that write CSV, old ones in GB18030.
UTF8 = frozenset({D.MEDICAL_INSURANCE, D.STATISTICS, D.PUBLIC_SECURITY})
GB = frozenset({D.CIVIL_AFFAIRS, D.HUMAN_RESOURCES})


@dataclass(frozen=True)
class Written:
    """A sheet with the name of its file."""

    sheet: SheetOf
    name: str
    content: bytes


def written(registers: Registers, *, answering: bool | None = None) -> Iterator[Written]:
    """Return every table as the file that its department sends; `answering` chooses those that answer questions, or the others."""
    for sheet in sheets_of(registers):
        if answering is not None and (sheet.table in ANSWERING) is not answering:
            continue
        yield filed(sheet)


def filed(sheet: SheetOf) -> Written:
    """Return a table as its department's system writes it."""
    name = f"{sheet.department.value}-{sheet.table}"
    if sheet.department in UTF8:
        return Written(sheet, f"{name}.csv", _csv(sheet).encode("utf-8-sig"))
    if sheet.department in GB:
        return Written(sheet, f"{name}.csv", _csv(sheet).encode("gb18030"))
    return Written(sheet, f"{name}.xlsx", _workbook(sheet))


def _csv(sheet: SheetOf) -> str:
    out = io.StringIO()
    lines = csv.DictWriter(out, sheet.columns, restval="", lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(sheet.lines)
    return out.getvalue()


def _workbook(sheet: SheetOf) -> bytes:
    rows = ([line.get(column, "") for column in sheet.columns] for line in sheet.lines)
    return sheets.write([sheets.Column(column, width=20) for column in sheet.columns], rows, sheet=sheet.table, above=[FORM])


def known(count: int, *, today: date, begun: date) -> Registers:
    """Return what the departments know of a demo county of so many households, made or not."""
    families, registers = Families(Names(), today=begun), Registers(today=today)
    for code, households, stories in spread(count):
        settle(registers, code, families.village(households, stories=stories))
    finish(registers)
    return registers


def settle(registers: Registers, code: str, families: Sequence[Family]) -> None:
    """Let the departments know a village and its households."""
    registers.village(code, people=sum(len(family.people) for family in families))
    for family in families:
        registers.household(family)


def finish(registers: Registers) -> None:
    """Add what a small county lacked, the stories' households, and what real sheets hold besides."""
    registers.rarities()
    for one in invented().values():
        registers.story(one.people, one.entries)
    registers.messes()


def save(registers: Registers, out: Path) -> list[str]:
    """Write every sheet into a folder and name the files with their lines."""
    out.mkdir(parents=True, exist_ok=True)
    named = []
    for one in written(registers):
        (out / one.name).write_bytes(one.content)
        named.append(f"{one.name}　{one.sheet.department.title}　{len(one.sheet.lines)}行")
    return named
