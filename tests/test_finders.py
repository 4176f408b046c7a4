"""The finders of the conventions find what they should in examples small enough to see through."""

import pytest

from tests import finders

ROWS = (frozenset({"rules"}), frozenset({"config", "crypto"}), frozenset({"models"}), frozenset({"audit", "documents"}),
        frozenset({"steps"}))
PARTS = {"cipher": "crypto"}


def test_imports_are_read_with_their_line_and_the_function_that_holds_them() -> None:
    source = """
import os.path
from fanpin import audit, crypto
from fanpin.steps import doing
class A:
    import json
    def late(self):
        if True:
            from fanpin.rules import stages
"""
    assert [(item.module, item.line, item.inside) for item in finders.imports(source)] == [
        ("os.path", 2, ""), ("fanpin.audit", 3, ""), ("fanpin.crypto", 3, ""), ("fanpin.steps", 4, ""), ("json", 6, ""),
        ("fanpin.rules", 9, "late")]


@pytest.mark.parametrize(("importer", "imported", "said"), [
    ("fanpin.steps.survey", "fanpin.models.cases", ""),
    ("fanpin.steps.survey", "fanpin.steps.doing", ""),
    ("fanpin.models.cases", "fanpin.rules.stages", ""),
    ("fanpin.crypto", "fanpin.cipher", ""),
    ("fanpin.models.cases", "fanpin.steps.survey", "steps lies above models"),
    ("fanpin.rules.stages", "fanpin.config", "config lies above rules"),
    ("fanpin.config", "fanpin.crypto", "config and crypto are neighbours"),
    ("fanpin.config", "fanpin.cipher", "config and crypto are neighbours"),
    ("fanpin.audit", "fanpin.documents.press", "audit and documents are neighbours"),
    ("fanpin.steps.survey", "fanpin.new", "new has no row"),
])
def test_an_import_that_rises_or_goes_sideways_is_named(importer: str, imported: str, said: str) -> None:
    assert finders.rises(importer, imported, ROWS, PARTS) == said


def test_rings_of_imports_are_found_once_each() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": [], "e": ["e"]}
    assert finders.cycles(graph) == [("b", "c"), ("e",)]
    assert finders.cycles({"a": ["b", "c"], "b": ["c"], "c": []}) == []


@pytest.mark.parametrize("line", [
    "case.stage = 1", "case.stage: int = 1", "a, case.procedure = 1, 2", "row.case.stage += 1", "for case.stage in x: pass",
    "setattr(case, 'stage', 1)", "update(Case).values(stage=1)", "update(Case).where(x).values(**found)",
    "update(Case).values({'procedure': 1})", "Case(stage=1)", "cases.Case(household_id=1, procedure=2)", "Case(**values)",
])
def test_a_write_to_a_stage_is_found(line: str) -> None:
    assert len(finders.assigned(line, frozenset({"stage", "procedure"}), "Case")) == 1


@pytest.mark.parametrize("line", [
    "stage = case.stage", "case.stage_since = 1", "if case.stage == 1: pass", "Survey(procedure=1)", "d.values()",
    "update(Case).values(version=1)", "Row(stage=1)", "setattr(case, name, 1)", "stages = {'stage': 1}", "Case(household_id=1)",
])
def test_what_only_looks_like_a_write_is_not(line: str) -> None:
    assert finders.assigned(line, frozenset({"stage", "procedure"}), "Case") == []


def test_a_signature_without_types_is_found() -> None:
    source = """
def good(a: int, *rest: int, key: str = "", **more: object) -> None: ...
class A:
    def method(self, a: int) -> int: ...
    def bare(self, a): ...
def no_return(a: int): ...
def loose(a: int, *rest, **more) -> None: ...
"""
    assert finders.untyped(source) == ["6: no_return()", "7: loose(rest, more)", "5: bare(a)"]


def test_strings_are_read_with_a_star_for_what_is_computed() -> None:
    assert finders.strings('a = "x.html"; b = f"errors/{code}.html"') >= {"x.html", "errors/*.html"}


def test_named_members_of_an_enum_are_found() -> None:
    assert finders.members_named("f(Action.X); y = actions.Action.Y.value; other.Z", "Action") == {"X", "Y"}


def test_recorded_events_are_read_with_their_facts() -> None:
    source = """
audit.record(session, "file.add", actor=a, facts={"file": 1, "digest": 2})
audit.record(session, action.value, facts=facts)
audit.record(session, "session.logout", now=now)
audit.record(session, "x.y", facts={"a": 1, **more})
other.record(session, "no")
"""
    assert finders.recorded(source) == [
        (2, "file.add", {"file", "digest"}), (3, "=action.value", None), (4, "session.logout", set()), (5, "x.y", None)]


@pytest.mark.parametrize("template", [
    "<script>alert(1)</script>", "<p style='x'>", '<p class="a" style = "x">', "<style>p {}</style>",
    '<button onclick="go()">', "<a href='javascript:go()'>", "<input\n onchange='x'>",
])
def test_what_is_written_into_a_page_is_found(template: str) -> None:
    assert len(finders.inline(template)) == 1


@pytest.mark.parametrize("template", [
    '<script src="x.js" defer></script>', '<link rel="stylesheet" href="x">', '<p data-on="x">', "{% set only = 1 %}",
    "{{ field(form.person, on=1) }}", '<p class="style">',
])
def test_what_is_allowed_in_a_page_is_not_named(template: str) -> None:
    assert finders.inline(template) == []


def test_an_imported_macro_that_is_not_used_is_named() -> None:
    template = """{% from "components/field.html" import field, must as needed %}
{% from "components/pager.html" import pager with context %}
{{ field(form.x) }}"""
    assert finders.unused_macros(template) == ["needed", "pager"]


def test_the_parts_of_a_url_are_read_with_their_converters() -> None:
    assert finders.url_parts("/cases/<ref:case>/x/<int:number>/<name>/<any(a,b):way>") == [
        ("ref", "case"), ("int", "number"), ("", "name"), ("any", "way")]


def test_forbidden_words_are_found_with_their_lines() -> None:
    assert finders.words("one\ntwo later\nlater\n", ["la.er"]) == ["2: later", "3: later"]
    assert finders.words("one", ["two"]) == []
