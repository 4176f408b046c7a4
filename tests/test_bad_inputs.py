"""Whatever is sent to whatever page: an answer that says what to do, never a fault of ours, and nothing typed is lost."""

import io
import os
import random
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Flask, got_request_exception

from fanpin import crypto
from tests import counties, html_forms, matrix
from tests.html_forms import TYPED, PageForm
from tests.matrix import MAY, Line
from tests.stage import SqliteBefore, Stage

LONG = bool(os.environ.get("FANPIN_TEST_LONG"))
ROUNDS = 120 if LONG else 9
SEED = 20260302
KEY = "_key"
# What is sent to acts that have no page of their own.
FURTHER = {"analysis.no_problem": ("visit", "round"), "analysis.dispatch": ("warning",), "accounts.switch": ("grant",),
           "administration.revoke": ("grant",), "papers.issue_for_case": ("code",), "papers.issue_for_list": ("code",),
           "county.sign": ("note",), "regional.unaffected": ("household", "visited_on", "area"), "regional.attach": ("text",),
           "regional.detach": ("text",), "regional.search_again": ("note",), "trail.verify": ("about",), "county.assign": ("version", "department"),
           **{f"county.{act}": ("version", "reason", "document", "department")
              for act in ("determine", "decline", "not_include", "refer")},
           "deliberation.decline": ("version", "reason"), "deliberation.new": ("month", "case", "cases", "procedure"),
           "deliberation.submit": ("version",), "publicity.report": ("version",), "review.leave": ("version", "reason"),
           "township.submit": ("version",)}
ASKED = ("q", "after", "before", "area", "code", "kind", "next", "procedure", "purpose", "round", "state", "status", "sort",
         "page", "month", "stage", "source", "department", "group", "village", "community", "plan")
LINES = matrix.lines()
POSTS = [line for line in LINES if line.method == "POST" and line.endpoint != "accounts.logout"]
GETS = [line for line in LINES if line.method == "GET" and not line.endpoint.endswith("static")]

NASTY = (
    "", " ", "\u3000", "\x00", "甲\x00乙", "\u202e反过来", "a\u200bb\ufeffc", "𠮷" * 3, "\u0301" * 500, "字" * 5000, "x" * 100_000, "-1", "-99999999999",
    "0", "99999999999999999999", "1e308", "NaN", "inf", "０１２", "１２３．４５", "12.345", "1,234", "٣", "2026-02-30", "0000-00-00", "9999-12-31",
    "10000-01-01", "2026-3-2", "25:61", "明天", "' OR 1=1 --", "'; DROP TABLE household; --", "%", "_", "\\", "%_%", '"', "`",
    "<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "${7*7}", "../../etc/passwd", "file:///etc/hostname", "=1+1", "\r\nSet-Cookie: a=b",
    "zzzzzzzzzzzzzz", "11010519491231002X", "530628199901010000", "true", "[]", "{}", "null", "None", "\ud800",
)
BYTES = (b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x28\x8c\xbc", b"%zz", b"\x80")


class Probe:
    """Sends what nobody should send, and collects the faults that come of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.faults: list[str] = []
        self._raised: list[str] = []
        got_request_exception.connect(self._note, stage.app)

    def _note(self, _app: Flask, exception: Exception, **_more: object) -> None:
        at = exception.__traceback__
        while at is not None and at.tb_next is not None and "fanpin" in at.tb_next.tb_frame.f_code.co_filename:
            at = at.tb_next
        place = f"{at.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{at.tb_lineno}" if at else ""
        self._raised.append(f"{type(exception).__name__} in {place}: {str(exception)[:120]}")

    def send(self, line: Line, what: str, **more: object) -> tuple[int, str]:
        """Send one request as somebody who may, undo what it did, and return status and page."""
        version = self.stage.version()
        role = holder(line)
        address = self.address(line)
        if "query_string" in more:
            address = address.split("?")[0]
        answer = self.stage.send(role, address, line.method, **more)
        if answer.status_code >= 500:
            self.faults.append(f"{line.method} {line.endpoint} ({what}): {answer.status_code} {self._raised[-1:]}")
        if self.stage.version() != version and line.method == "POST":
            self.stage.restore()
        return answer.status_code, answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""

    def address(self, line: Line) -> str:
        """Return the address of the line on one's own object, with what it gives besides."""
        given = self.stage.given(line)
        return self.stage.address(line.endpoint, self.stage.names(line, "own")) + (f"?{urlencode(given)}" if given else "")

    def form(self, line: Line) -> PageForm:
        """Return the form of the page under the same address, or the fields that we know of."""
        page = next((other for other in GETS if other.endpoint == line.endpoint), None)
        if page is not None:
            _, text = self.send(page, "page")
            here = self.address(line).split("?")[0]
            found = [form for form in html_forms.forms(text) if form.action.split("?")[0] in ("", here)]
            if found:
                return max(found, key=lambda form: len(form.fields))
        return PageForm("", {name: html_forms.Field(name, "hidden", [""]) for name in FURTHER.get(line.endpoint, ("note",))})


def holder(line: Line) -> str:
    """Return the first role that may."""
    if line.endpoint == "accounts.login":
        return matrix.ANONYMOUS
    return next((role for role in matrix.WHO if line.mark(role, "own") == MAY), next(iter(matrix.WHO)))


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory, keyring: crypto.Keyring) -> Iterator[Probe]:
    """Open the two counties in an application that answers even its own faults."""
    made = counties.once(tmp_path_factory.mktemp("counties"), keyring)
    folder = tmp_path_factory.mktemp("bad")
    app = made.application(folder)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield Probe(Stage(app, made.places, SqliteBefore(folder / "fanpin.sqlite", folder / "before.sqlite")))


def mutated(form: PageForm, chance: random.Random) -> list[tuple[str, str]]:
    """Return the filled form with a few fields spoilt: emptied, absent, doubled, wrong in one of many ways."""
    sent = form.filled()
    names = list(sent) or ["note"]
    for name in chance.sample(names, k=min(len(names), chance.choice((1, 1, 2, len(names))))):
        way = chance.random()
        if way < 0.12:
            sent.pop(name, None)
        elif way < 0.24:
            sent[name] = [chance.choice(NASTY), chance.choice(NASTY)]
        elif way < 0.3:
            sent[f"{name}[]"] = sent.pop(name, [""])
        else:
            sent[name] = [chance.choice(NASTY)]
    sent.pop(KEY, None)
    return [(name, value.encode("utf-8", "replace").decode()) for name, values in sent.items() for value in values]


@pytest.mark.parametrize("line", POSTS, ids=lambda line: line.endpoint)
def test_no_form_that_is_sent_makes_a_fault(probe: Probe, line: Line):
    form, chance = probe.form(line), random.Random(f"{SEED}{line.endpoint}")
    first = len(probe.faults)
    for number in range(ROUNDS):
        sent = mutated(form, chance)
        probe.send(line, f"{number}: {str(sent)[:300]}", data=urlencode(sent), content_type="application/x-www-form-urlencoded")
    raw = "&".join(f"{name}={quote_from_bytes(chance.choice(BYTES))}" for name in form.fields if name != KEY)
    probe.send(line, "not UTF-8", data=raw, content_type="application/x-www-form-urlencoded")
    probe.send(line, "JSON", data="{", content_type="application/json")
    probe.send(line, "key", data={KEY: "x" * 500})
    for name, held in form.fields.items():
        if held.kind == "file":
            for content in (b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"MZ", b"\xff\xd8\xff" * 9):
                files = {**{key: values[0] for key, values in form.filled().items() if values and key != KEY},
                         name: (io.BytesIO(content), "../\x00名.png")}
                probe.send(line, f"file {content[:8]!r}", data=files)
    assert probe.faults[first:] == []


@pytest.mark.parametrize("line", POSTS, ids=lambda line: line.endpoint)
def test_what_was_typed_comes_back_on_the_page_that_refuses_it(probe: Probe, line: Line):
    form = probe.form(line)
    words = {name: f"退回{number}样" for number, name in enumerate(form.fields) if form.fields[name].kind in TYPED}
    sent = {name: words.get(name, "") for name in form.fields if name != KEY and form.fields[name].kind not in ("file", "submit")}
    status, page = probe.send(line, "typed", data=sent)
    if status == 422 and words:
        shown = unescape(page)
        assert [name for name, word in words.items() if word not in shown] == []


@pytest.mark.parametrize("line", GETS, ids=lambda line: line.endpoint)
def test_no_question_in_an_address_makes_a_fault(probe: Probe, line: Line):
    chance, first = random.Random(f"{SEED}{line.endpoint}get"), len(probe.faults)
    for number in range(ROUNDS):
        pairs = [(name, chance.choice(NASTY).encode("utf-8", "replace").decode()[:2000])
                 for name in chance.sample(ASKED, k=4)]
        probe.send(line, f"{number}: {str(pairs)[:200]}", query_string=urlencode(pairs))
    probe.send(line, "not UTF-8", query_string="&".join(f"{name}={quote_from_bytes(BYTES[0])}" for name in ASKED))
    assert probe.faults[first:] == []


@pytest.mark.parametrize("text", ["%", "_", "%%", "\\", "'", "测%", "测𬭎", "测_", "*", "[a-z]"])
def test_signs_of_the_database_are_only_signs_in_a_search(probe: Probe, text: str):
    line = next(line for line in GETS if line.endpoint == "households.index")
    _, page = probe.send(line, text, query_string={"q": text})
    assert ("测𬭎一" in page) == (text == "测𬭎")
