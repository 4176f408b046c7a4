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
    """How long something took, in milliseconds; `cpu` is the mean of our own processor time."""

    p50: float
    p95: float
    cpu: float = 0.0


@dataclass
class Counter:
    """SQL statements seen while counting."""

    statements: int = 0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def spread(timings: Sequence[tuple[float, float]]) -> Spread:
    """Return median, 95th percentile and mean processor time of timings in seconds."""
    walls = [wall for wall, _cpu in timings]
    return Spread(percentile(walls, 0.5) * 1000, percentile(walls, 0.95) * 1000,
                  sum(cpu for _wall, cpu in timings) / len(timings) * 1000)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the seconds of processor time that a piece of work took."""
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - cpu


@dataclass(frozen=True)
class Rate:
    """How many per second, and how many per second of our own processor time: the second hardly minds busy neighbours."""

    per_second: float
    per_cpu_second: float


def rate(works: Sequence[Callable[[], object]], *, each: int = 1) -> Rate:
    """Return how fast things were done; every piece of work does `each` of them."""
    begun, cpu = time.perf_counter(), time.process_time()
    for work in works:
        work()
    done = len(works) * each
    return Rate(done / (time.perf_counter() - begun), done / (time.process_time() - cpu))


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
