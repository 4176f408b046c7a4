"""The engine for a whole county: DuckDB over Parquet, in a child of its own; runs as `python -m fanpin.screening.bulk`.

Two tasks, told by a line of JSON on standard input. "keep" writes a delivery's facts (CSV) as Parquet; "screen" reads
the Parquet files of all deliveries in force and writes the evidence of every finding as CSV. A subject is a keyed
number: no name, no ID number ever comes here.
"""

import json
import sys
from datetime import date

import duckdb

from fanpin.rules.book_warnings import WARNING_BOOK
from fanpin.screening.compile import compile_book

FACT_COLUMNS = {
    "id": "BIGINT", "ident": "BIGINT", "subject": "BIGINT", "kind": "VARCHAR", "value": "VARCHAR", "ref": "VARCHAR",
    "begun": "VARCHAR", "ended": "VARCHAR", "amount": "BIGINT", "other": "VARCHAR", "label": "VARCHAR",
    "as_of": "VARCHAR", "department": "VARCHAR", "batch": "BIGINT",
}
PERSON_COLUMNS = {"subject": "BIGINT", "household": "BIGINT", "role": "VARCHAR", "relation": "VARCHAR"}
HOUSEHOLD_COLUMNS = {"household": "BIGINT", "lifted": "INTEGER", "area": "VARCHAR"}
COVERAGE_COLUMNS = {"kind": "VARCHAR", "department": "VARCHAR", "batch": "BIGINT", "first": "VARCHAR", "last": "VARCHAR"}

# A department delivers a fact again: the newest word counts. A complete delivery is the truth about its period.
IN_FORCE = """
CREATE TABLE fact_row AS
SELECT id, subject, kind, value, ref, begun, ended, amount, other, label, as_of, department, batch FROM (
  SELECT d.*, row_number() OVER (PARTITION BY d.department, d.ident ORDER BY d.as_of DESC, d.batch DESC) AS place
  FROM delivered d WHERE NOT EXISTS (
    SELECT 1 FROM covered c WHERE c.kind = d.kind AND c.department = d.department AND c.batch > d.batch
    AND (c.first IS NULL OR d.begun >= c.first) AND (d.begun IS NULL OR d.begun <= c.last))
) WHERE place = 1
"""


def main() -> None:
    """Carry out the one task on standard input."""
    task = json.loads(sys.stdin.read())
    with duckdb.connect(":memory:", config={
            "threads": 2, "memory_limit": "1200MB", "temp_directory": task["room"], "preserve_insertion_order": False}) as engine:
        if task["task"] == "keep":
            answer = keep(engine, task)
        else:
            answer = screen(engine, task)
    print(json.dumps(answer))


def keep(engine: duckdb.DuckDBPyConnection, task: dict[str, str]) -> dict[str, int]:
    """Write the facts of one delivery as Parquet, sorted by subject so that one person's lie together."""
    _read(engine, "given", task["facts"], FACT_COLUMNS)
    engine.execute("COPY (SELECT * FROM given ORDER BY subject, kind) TO ? (FORMAT parquet, COMPRESSION zstd)",
                   [task["parquet"]])
    return {"rows": engine.execute("SELECT count(*) FROM given").fetchone()[0]}


def screen(engine: duckdb.DuckDBPyConnection, task: dict[str, object]) -> dict[str, int]:
    """Screen everybody and write (household, rule, urgent, fact) with what each fact says."""
    if task["parquets"]:
        engine.execute("CREATE TABLE delivered AS SELECT * FROM read_parquet(?)", [task["parquets"]])
    else:
        columns = ", ".join(f"{name} {kind}" for name, kind in FACT_COLUMNS.items())
        engine.execute(f"CREATE TABLE delivered ({columns})")
    _read(engine, "covered", task["coverage"], COVERAGE_COLUMNS)
    _read(engine, "person_row", task["persons"], PERSON_COLUMNS)
    _read(engine, "household_row", task["households"], HOUSEHOLD_COLUMNS)
    limits = {"area": "VARCHAR", **{f"t_{key}": "BIGINT" for key in WARNING_BOOK.limits}}
    _read(engine, "limit_row", task["limits"], limits)
    engine.execute(IN_FORCE)
    compiled = compile_book(WARNING_BOOK, date.fromisoformat(str(task["asof"])))
    for name, select in compiled.tables:
        engine.execute(f"CREATE TABLE {name} AS {select}")
    engine.execute(
        "COPY (SELECT e.subject AS household, e.rule, e.urgent, f.id, f.subject, f.kind, f.value, f.ref, f.begun, f.ended,"
        " f.amount, f.other, f.label, f.as_of, f.department, f.batch FROM evidence e JOIN fact_row f ON f.id = e.fact_id"
        " ORDER BY e.subject, e.rule, f.id) TO ? (FORMAT csv, HEADER true)", [task["findings"]])
    count = engine.execute("SELECT (SELECT count(*) FROM fact_row), (SELECT count(*) FROM finding)").fetchone()
    return {"facts": count[0], "findings": count[1]}


def _read(engine: duckdb.DuckDBPyConnection, name: str, path: object, columns: dict[str, str]) -> None:
    typed = "{" + ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items()) + "}"
    engine.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv(?, header = true, auto_detect = false, delim = ',',"
                   f" quote = '\"', escape = '\"', nullstr = '\\N', columns = {typed})", [path])


if __name__ == "__main__":
    main()
