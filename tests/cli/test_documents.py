"""Papers from the command line: the list, and one that is really printed."""

from pathlib import Path

from fanpin.cli import documents
from fanpin.documents.catalogue import PAPERS
from tests.cli.conftest import fanpin


def test_every_paper_is_listed(tmp_path: Path) -> None:
    shown = fanpin(tmp_path, "documents", "list").stdout
    assert all(paper.code in shown and paper.title in shown for paper in PAPERS.values())


def test_one_paper_is_printed(tmp_path: Path) -> None:
    assert documents.print_one().pdf.startswith(b"%PDF-")
    result = fanpin(tmp_path, "documents", "check")
    assert result.exit_code == 0 and "1页" in result.stdout
