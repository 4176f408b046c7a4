"""One warm press for all tests of papers, and what it printed of the samples."""

import subprocess
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from fanpin.documents.printing import Printer, Rendered
from tests.documents.every_sample import SAMPLES
from tests.documents.samples import IMPRINT


@pytest.fixture(scope="session")
def printer() -> Iterator[Printer]:
    """Keep one child for all papers."""
    with Printer() as printer:
        yield printer


@pytest.fixture(scope="session")
def printed(printer: Printer) -> Callable[[str], Rendered]:
    """Print the sample of a paper once, as a demo."""

    @cache
    def print_sample(code: str) -> Rendered:
        return printer.render(code, SAMPLES[code], imprint=IMPRINT, demo=True)

    return print_sample


@pytest.fixture(scope="session")
def poppler(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run a tool of poppler on a PDF and return what it says."""
    folder = tmp_path_factory.mktemp("pdf")

    def ask(tool: str, pdf: bytes, *options: str) -> str:
        file = folder / "paper.pdf"
        file.write_bytes(pdf)
        tail = ["-"] if tool == "pdftotext" else []
        done = subprocess.run([tool, *options, str(file), *tail], capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8")

    return ask
