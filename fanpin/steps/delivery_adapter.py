"""A department's own table, read by an installed adapter: transport and plugin in two confined children."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from fanpin.adapters.distributions import Installed
from fanpin.adapters.manifest import ColumnType, Manifest
from fanpin.adapters.run import MappedRow
from fanpin.adapters.trial import try_sheet
from fanpin.adapters.wire import Problem
from fanpin.sheets import SheetRefused
from fanpin.steps.delivery_reading import Keys, Reading, ReadRow, Source, Trouble

MOST_NOTICES = 20


def sources(manifest: Manifest) -> tuple[Source, ...]:
    """List the tables of an adapter as sources of deliveries."""
    return tuple(Source(name=manifest.name, table=table.code, title=table.title, kinds=table.kinds, scope=manifest.scope,
                        version=manifest.version, columns=tuple(column.name for column in table.all_columns))
                 for table in manifest.tables)


def read(content: bytes, as_of: date, *, installed: Installed, manifest: Manifest, table: str,
         settings: Mapping[str, str]) -> Reading:
    """Read and map a sheet; one that cannot be read raises SheetRefused, what breaks the contract AdapterFailed."""
    ending = ".xlsx" if content.startswith(b"PK") else ".csv"
    with tempfile.TemporaryDirectory(prefix="fanpin-delivery-") as folder:
        path = Path(folder) / f"sheet{ending}"
        path.write_bytes(content)
        trial = try_sheet(installed, manifest, path, as_of=as_of, table=table, settings=settings)
    if trial.refused:
        raise SheetRefused(trial.refused)
    rows = tuple(_row(row) for row in trial.mapped if not row.problems)
    return Reading(rows, tuple(map(_trouble, trial.problems)), trial.notices[:MOST_NOTICES], trial.whole, trial.opened.confirm)


def _row(mapped: MappedRow) -> ReadRow:
    """Keep whom the row is about: the person named, else the head of the household."""
    given = mapped.row.keys
    person = given.get(ColumnType.ID_NUMBER.value, "")
    keys = Keys(id_number=person or given.get(ColumnType.HEAD_ID.value, ""), village=given.get(ColumnType.VILLAGE.value, ""),
                name=given.get(ColumnType.NAME.value, "") if person else given.get(
                    ColumnType.HEAD_NAME.value, given.get(ColumnType.NAME.value, "")))
    return ReadRow(mapped.row.number, keys, mapped.facts, dict(mapped.answers))


def _trouble(problem: Problem) -> Trouble:
    return Trouble(problem.row, problem.column, problem.reason)
