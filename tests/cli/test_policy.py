"""The ledger of the policy: every sentence has code that exists and a test that exists, and the docs are what it says."""

import ast
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanpin.cli.policy import DOCUMENT, Sentence, as_markdown, command, missing_code, sentences

ROOT = Path(__file__).parents[2]
LEDGER = list(sentences())
# What must be answered today; 二(四), 六 and the bulk deliveries of 附件1 wait for their own work.
WHOLE = ("二(一)", "二(二)", "二(三)", "三(一)", "三(二)", "三(三)", "三(四)", "三(五)", "三(六)", "四", "五(一)", "五(二)", "附件2")
CLAUSES = {*WHOLE, "二(四)", "六(一)", "六(二)", "六(三)", "附件1", "三(二) 附件1", "三(三)至(六)"}
FEWEST = {"二(一)": 8, "二(二)": 6, "二(三)": 7, "三(一)": 6, "三(二)": 11, "三(三)": 12, "三(四)": 15, "三(五)": 5, "三(六)": 16,
          "四": 7, "五(一)": 6, "五(二)": 8, "附件1": 6, "附件2": 15}


@cache
def names_in(file: Path) -> frozenset[str]:
    """Name the test functions of a module, those of its classes included."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def lost(reference: str) -> str:
    """Say why a reference names no test, or return an empty string."""
    path, _, name = reference.partition("::")
    file = ROOT / path
    if not file.is_file() or not path.startswith("tests/") or not file.name.startswith("test_"):
        return f"{reference}: no such file of tests"
    return "" if name in names_in(file) else f"{reference}: no such test"


def test_every_reference_to_code_exists() -> None:
    assert {row.key: found for row in LEDGER if (found := missing_code(row))} == {}


def test_every_test_that_is_named_exists() -> None:
    assert [f"{row.key} {problem}" for row in LEDGER for name in row.tests if (problem := lost(name))] == []


def test_a_test_that_does_not_exist_is_noticed() -> None:
    here = "tests/cli/test_policy.py"
    assert lost(f"{here}::test_every_test_that_is_named_exists") == ""
    assert "no such test" in lost(f"{here}::test_that_was_never_written")
    assert "no such file" in lost("tests/cli/test_nothing.py::test_x")
    assert "no such file" in lost("fanpin/cli/policy.py::test_x")


def test_a_code_that_does_not_exist_is_noticed() -> None:
    def row(*code: str) -> Sentence:
        return Sentence("1", "四", "村", "句", code, (), "")

    assert missing_code(row("fanpin.steps.survey:sign")) == []
    gone = ("fanpin.steps.survey:nothing", "fanpin.steps.nothing:sign")
    assert missing_code(row(*gone)) == list(gone)


@pytest.mark.parametrize("clause", WHOLE)
def test_no_sentence_of_the_procedure_is_left_without_code_and_test(clause: str) -> None:
    rows = [row for row in LEDGER if row.clause == clause]
    assert len(rows) >= FEWEST[clause]
    assert [row.key for row in rows if not row.answered] == []
    assert [row.key for row in rows if row.later] == []


def test_whatever_waits_says_for_what_and_claims_nothing() -> None:
    for row in LEDGER:
        assert bool(row.later) is not row.answered, row.key
        if row.later:
            assert not row.code and not row.tests, row.key


def test_every_sentence_has_a_key_of_its_own_a_clause_and_somebody_who_acts() -> None:
    assert len({row.key for row in LEDGER}) == len(LEDGER)
    assert len({row.text for row in LEDGER}) == len(LEDGER)
    assert {row.clause for row in LEDGER} <= CLAUSES
    assert all(row.who and row.text for row in LEDGER)


def test_a_row_names_nothing_twice() -> None:
    assert [row.key for row in LEDGER if len({*row.code, *row.tests}) < len(row.code) + len(row.tests)] == []


def test_the_docs_are_what_the_command_would_write(tmp_path: Path) -> None:
    out = tmp_path / "clauses.md"
    done = CliRunner().invoke(command, ["--markdown", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8") == (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert out.read_text(encoding="utf-8") == as_markdown(LEDGER)


def test_the_command_lists_every_sentence_with_its_state() -> None:
    shown = CliRunner().invoke(command, []).output
    for row in LEDGER:
        assert row.text in shown and all(name in shown for name in (*row.code, *row.tests))
    assert DOCUMENT in shown and f"共{len(LEDGER)}句" in shown and "0句空缺" in shown


def test_only_what_is_open_is_listed_on_demand() -> None:
    shown = CliRunner().invoke(command, ["--empty"]).output
    assert all((row.text in shown) is not row.answered for row in LEDGER)
