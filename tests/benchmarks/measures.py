"""Time, count and compare: the few tools that every benchmark uses."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event

# What the transaction hook says to the database on its own account is no query of a page.
HOUSEKEEPING = ("PRAGMA", "BEGIN", "SET TRANSACTION")


@dataclass(frozen=True)
class Spread:
    """How long something took, in milliseconds."""

    p50: float
    p95: float


@dataclass
class Counter:
    """SQL statements seen while counting."""

    statements: int = 0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def spread(seconds: Sequence[float]) -> Spread:
    """Return median and 95th percentile of timings in seconds."""
    return Spread(percentile(seconds, 0.5) * 1000, percentile(seconds, 0.95) * 1000)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def rate(works: Sequence[Callable[[], object]], *, each: int = 1) -> float:
    """Return how many things per second were done; every piece of work does `each` of them."""
    begun = time.perf_counter()
    for work in works:
        work()
    return len(works) * each / (time.perf_counter() - begun)


@contextmanager
def counting(engine: Engine) -> Iterator[Counter]:
    """Count the statements that reach the database."""
    counter = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(HOUSEKEEPING):
            counter.statements += 1

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", count)
