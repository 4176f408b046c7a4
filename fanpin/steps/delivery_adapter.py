"""A department's own table, read by an installed adapter: transport and plugin in two confined children."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial

from fanpin.adapters.distributions import Installed
from fanpin.adapters.flow import Part, parts, questions_of
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.reading import SheetReading
from fanpin.adapters.run import PluginChild
from fanpin.adapters.wire import Opened
from fanpin.sheets import SheetRefused
from fanpin.steps.delivery_reading import Coming, Source


def sources(manifest: Manifest) -> tuple[Source, ...]:
    """List the tables of an adapter as sources of deliveries."""
    return tuple(Source(name=manifest.name, table=table.code, title=table.title, kinds=table.kinds, scope=manifest.scope,
                        version=manifest.version, columns=tuple(column.name for column in table.all_columns))
                 for table in manifest.tables)


@contextmanager
def reading(sheet: bytes, as_of: date, *, installed: Installed, manifest: Manifest, table: str,
            settings: Mapping[str, str]) -> Iterator[Coming]:
    """Read and map a sheet; one that cannot be read raises SheetRefused, what breaks the contract AdapterFailed."""
    wanted = manifest.table(table)
    with SheetReading(sheet, [wanted]) as chunks, PluginChild(installed, manifest, settings=settings) as plugin:
        asked = questions_of(wanted)
        # The child has it now.
        del sheet
        yield coming(chunks.opened, parts(chunks, partial(plugin.map, wanted, as_of=as_of), asked), asked)


def coming(opened: Opened, told: Iterator[Part], questions: frozenset[str]) -> Coming:
    """Return a sheet that is to be read part by part, or refuse it."""
    if opened.refused:
        raise SheetRefused(opened.refused)
    return Coming(lines=opened.rows, notices=opened.notices, confirm=opened.confirm, questions=questions, parts=told)
