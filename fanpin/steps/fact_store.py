"""Where all facts of basis duty are: Parquet files by delivery, under keyed numbers, no direct identifier in them."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from fanpin import crypto
from fanpin.screening.county import BITS, BulkFact, keep_facts

FOLDER = "facts"
PURPOSE = "fact.subject"


def subject_number(what: str, number: int) -> int:
    """Return the keyed number of a member ("m"), a household ("h") or a village ("v")."""
    return int.from_bytes(crypto.blind_index(f"{what}{number}", purpose=PURPOSE)[:8]) >> (64 - BITS)


def parquet_of(store: Path, *, area_id: int, delivery: str) -> Path:
    """Return the file of one delivery's facts."""
    return store / FOLDER / str(area_id) / f"{delivery}.parquet"


def keep(store: Path, facts: Iterator[BulkFact], *, area_id: int, delivery: str) -> None:
    """Write a delivery's facts in one move as they come; what an earlier reading left is replaced, also by nothing."""
    path, first = parquet_of(store, area_id=area_id, delivery=delivery), next(facts, None)
    if first is None:
        path.unlink(missing_ok=True)
    else:
        keep_facts(chain([first], facts), path)


def in_force(store: Path, *, area_id: int, deliveries: Iterable[str]) -> list[Path]:
    """List the files of deliveries, and of their rows that were matched by hand."""
    folder, wanted = store / FOLDER / str(area_id), set(deliveries)
    return sorted(path for path in folder.glob("*.parquet") if path.stem.split("-")[0] in wanted)
