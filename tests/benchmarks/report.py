"""What was measured, as the table that the README shows, and the judgement whether statements grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.measures import Rate
from tests.benchmarks.pages import Page, Query
from tests.benchmarks.steps import Rates

# An open peer on a machine of this size, as measured there; the aims are the project's own.
PEER_HOUSEHOLDS, PEER_DECISIONS, PEER_LIST, PEER_SEARCH = 8.3, 47.0, 138.0, 98.0
AIM_HOUSEHOLDS, AIM_DECISIONS, AIM_LIST, AIM_SEARCH = 12.0, 3.0, 1 / 2, 1 / 10
LIST_QUERY, SEARCH_QUERY = "first page of households", "exact ID number"


@dataclass(frozen=True)
class Measured:
    """All figures of one database at one size."""

    database: str
    households: int
    made_in: float
    commits: float
    load: float
    rates: Rates
    pages: Sequence[Page]
    queries: Sequence[Query]


def grown(runs: Sequence[Measured]) -> list[str]:
    """Name every page that takes more statements in the larger database."""
    found = []
    for database in dict.fromkeys(run.database for run in runs):
        sizes = sorted((run for run in runs if run.database == database), key=lambda run: run.households)
        first = {page.name: page.statements for page in sizes[0].pages}
        found += [f"{database}: {page.name}: {first[page.name]} statements at {sizes[0].households} households, "
                  f"{page.statements} at {run.households}"
                  for run in sizes[1:] for page in run.pages if page.statements > first[page.name]]
    return found


def table(runs: Sequence[Measured]) -> str:
    """Return writing, pages and queries as Markdown."""
    return "\n\n".join([_writing(runs), _against(runs), _pages(runs), _queries(runs)])


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["--"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _writing(runs: Sequence[Measured]) -> str:
    rows = [[run.database, f"{run.households:,}", f"{run.load:.1f}", f"{run.commits:.0f}", _both(run.rates.households),
             _both(run.rates.households_batched), _both(run.rates.decisions), _both(run.rates.submissions),
             f"{run.rates.household_statements} / {run.rates.decision_statements}", f"{run.made_in:.0f} s"] for run in runs]
    return "### Writing, per second (in brackets: per second of processor time, PostgreSQL's own not counted)\n\n" + _rows(
        ["database", "households", "load", "bare commits", "household + 4", "in batches of 50", "decisions", "lists submitted",
         "statements: household / decision", "data made in"], rows)


def _both(rate: Rate) -> str:
    return f"{rate.per_second:.0f} ({rate.per_cpu_second:.0f})"


def _against(runs: Sequence[Measured]) -> str:
    rows = []
    for run in runs:
        queries = {query.name: query.time for query in run.queries}
        rows += [
            _ratio(run, "household + 4 members with audit", run.rates.households.per_second, PEER_HOUSEHOLDS, AIM_HOUSEHOLDS, "/s"),
            _ratio(run, "decisions", run.rates.decisions.per_second, PEER_DECISIONS, AIM_DECISIONS, "/s"),
            _ratio(run, "list query, p50", queries[LIST_QUERY].p50, PEER_LIST, AIM_LIST, " ms"),
            _ratio(run, "ID search, p50", queries[SEARCH_QUERY].p50, PEER_SEARCH, AIM_SEARCH, " ms"),
        ]
    return "### Against the orientation\n\n" + _rows(
        ["database", "households", "what", "here", "peer", "ratio", "aim", "reached"], rows)


def _ratio(run: Measured, what: str, here: float, peer: float, aim: float, unit: str) -> list[str]:
    ratio = here / peer
    reached = ratio >= aim if aim > 1 else ratio <= aim
    return [run.database, f"{run.households:,}", what, f"{here:.1f}{unit}", f"{peer:g}{unit}", f"{ratio:.2f} ×",
            f"{'≥' if aim > 1 else '≤'} {aim:g} ×", "yes" if reached else "no"]


def _pages(runs: Sequence[Measured]) -> str:
    rows = [[run.database, f"{run.households:,}", page.name, f"{page.time.p50:.1f}", f"{page.time.p95:.1f}", f"{page.time.cpu:.1f}",
             f"{page.size / 1000:.1f}", f"{page.squeezed / 1000:.1f}", str(page.statements)]
            for run in runs for page in run.pages]
    return "### Whole pages\n\n" + _rows(
        ["database", "households", "page", "p50 ms", "p95 ms", "CPU ms", "kB", "kB compressed", "statements"], rows)


def _queries(runs: Sequence[Measured]) -> str:
    rows = [[run.database, f"{run.households:,}", query.name, f"{query.time.p50:.2f}", f"{query.time.p95:.2f}"]
            for run in runs for query in run.queries]
    return "### Queries over the whole prefecture\n\n" + _rows(["database", "households", "query", "p50 ms", "p95 ms"], rows)


def papers_table(papers: Mapping[str, Rate]) -> str:
    """Return printing as Markdown."""
    return "### Papers per second, warm press\n\n" + _rows(
        ["paper", "per second"], [[code, f"{value.per_second:.1f}"] for code, value in papers.items()])
