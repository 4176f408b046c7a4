"""The press: nothing from outside, nothing executed, missing parts named."""

import io
import json
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

import pikepdf
import pytest
from weasyprint.text import ffi
from weasyprint.urls import FatalURLFetchingError

from fanpin.documents.catalogue import PAPERS, to_json
from fanpin.documents.press import SUBSETTER, ClosedFetcher, Complaint, MissingLibrary, Press
from fanpin.resources import directory
from tests.documents.every_sample import SAMPLES
from tests.documents.samples import IMPRINT

OUTSIDE = ("file:///etc/hostname", "http://127.0.0.1/x.png", "https://example.org/", "ftp://example.org/x", "//example.org/x",
           "fanpin-font:../coverage.json", "fanpin-font:fonts.json", "FILE:///etc/hostname")


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(fonts=directory("fonts"), templates=directory("templates"))


@pytest.mark.parametrize("url", OUTSIDE)
def test_press_fetches_nothing_from_outside(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        ClosedFetcher(directory("fonts")).fetch(url)


def test_press_fetches_its_own_fonts_and_pictures() -> None:
    fetcher = ClosedFetcher(directory("fonts"))
    assert fetcher.fetch("fanpin-font:FanpinHei-Regular.otf").read()[:4] == b"OTTO"
    assert fetcher.fetch("data:text/plain,ok").read() == b"ok"


@pytest.mark.parametrize("markup", [
    '<img src="file:///etc/hostname">', '<link rel="attachment" href="file:///etc/hostname">',
    '<link rel="stylesheet" href="http://127.0.0.1/x.css">', '<style>@import url(file:///etc/hostname)</style>',
    '<p style="background: url(http://127.0.0.1/x.png)">x</p>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
])
def test_markup_that_reaches_outside_stops_the_paper(press: Press, markup: str) -> None:
    with pytest.raises((FatalURLFetchingError, Complaint)):
        press.lay_out(f"<!doctype html><html><head></head><body>{markup}</body></html>")


def test_missing_subsetter_is_named(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    with pytest.raises(MissingLibrary, match=SUBSETTER):
        press.answer(b"{}")


def test_plain_markup_gives_a_pdf_with_its_text(press: Press) -> None:
    told, pdf = press.lay_out("<!doctype html><html><head></head><body><p>公示</p></body></html>")
    assert told == {"pages": 1, "text": "公示"}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1


def strained(value: Any) -> Any:
    """Return the data with a character of each last typeface behind every word."""
    if is_dataclass(value):
        return replace(value, **{row.name: strained(getattr(value, row.name)) for row in fields(value)})
    if isinstance(value, tuple):
        return tuple(strained(item) for item in value)
    return value + "㐀㬹☑" if isinstance(value, str) else value


@pytest.mark.parametrize("code", PAPERS)
def test_no_place_of_a_paper_falls_back_to_the_systems_typefaces(press: Press, code: str, poppler: Callable[..., str]) -> None:
    request = {"code": code, "data": to_json(strained(SAMPLES[code])), "demo": False, "seals": {},
               "imprint": asdict(IMPRINT) | {"issued_on": "2026-03-10", "number": "㐀㬹☑"}}
    answer = press.answer(json.dumps(request).encode())
    for row in poppler("pdffonts", answer.partition(b"\n")[2]).splitlines()[2:]:
        assert "+Fanpin-" in row, row
