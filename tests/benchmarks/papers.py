"""Measure printing on a warm press."""

from fanpin.documents.printing import Printer
from tests.benchmarks.measures import Rate, rate
from tests.documents.every_sample import SAMPLES
from tests.documents.samples import IMPRINT

CODES = ("survey", "notice_in", "county_reply")


def papers_per_second(rounds: int) -> dict[str, Rate]:
    """Return how many papers of each kind a warm press prints per second."""
    with Printer() as printer:
        found = {}
        for code in CODES:
            def print_it(code: str = code) -> None:
                printer.render(code, SAMPLES[code], imprint=IMPRINT, demo=True)

            print_it()
            found[code] = rate([print_it] * rounds)
    return found
