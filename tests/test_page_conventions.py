"""The conventions of views and pages: one guard, an act or a reason, typed URLs, one shape, nothing written inline."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

from fanpin.blueprints.presenting import GROUPS, MENU, MOST_ENTRIES, MenuEntry, day, folded, menu_for, moment, month
from fanpin.documents.catalogue import PAPERS, REPORTS
from fanpin.extensions import Base
from fanpin.models.scoped import Scoped
from fanpin.rules.actions import Action
from fanpin.rules.income import yuan
from fanpin.rules.roles import PERMISSIONS, Role
from fanpin.rules.stages import OPEN, Procedure, Stage, rows_from
from tests import finders
from tests.house import ROOT, in_package, sources, templates

# Whoever reaches the server sees these: the way in, whether it runs, and whether a paper is genuine.
OPEN_VIEWS = {"accounts.healthz", "accounts.login", "papers.ask", "papers.verify"}
STATIC = {"static", "bootstrap.static"}
# Acts that have no view of their own, and through which view's act they are done.
ACTED_THROUGH: dict[Action, tuple[Action, str]] = {}


# Views.

def _views(app: Flask) -> dict[str, Callable[..., object]]:
    return {endpoint: view for endpoint, view in app.view_functions.items() if endpoint not in STATIC}


def _guards(view: Callable[..., object]) -> list[object]:
    found: list[object] = []
    while view is not None:
        guard = vars(view).get("guard")
        if guard is not None and all(guard is not other for other in found):
            found.append(guard)
        view = getattr(view, "__wrapped__", None)
    return found


def test_every_view_has_exactly_one_guard(app: Flask) -> None:
    assert {endpoint: len(_guards(view)) for endpoint, view in _views(app).items() if len(_guards(view)) != 1} == {}
    assert len(_views(app)) > 20


def test_a_view_without_an_act_gives_its_reason_and_the_open_ones_are_on_the_list(app: Flask) -> None:
    unreasoned = [endpoint for endpoint, view in _views(app).items() for guard in _guards(view)
                  if guard.action is None and not guard.reason.strip()]
    assert unreasoned == []
    opened = {function for module, text in in_package("blueprints").items() for function in _decorated(module, text)}
    assert opened == OPEN_VIEWS


def _decorated(module: str, text: str) -> Iterator[str]:
    """Name the views of a blueprint that are open to everyone."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and finders.dotted(decorator.func).endswith("for_everyone"):
                    yield f"{module.split('.')[-1]}.{node.name}"


def test_every_part_of_a_url_is_typed_and_none_is_a_number(app: Flask) -> None:
    offenders = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in STATIC:
            offenders += [f"{rule.rule}: {name} is {kind or 'untyped'}" for kind, name in finders.url_parts(rule.rule)
                          if kind not in ("ref", "string", "any")]
    assert offenders == []


def _acts_of(app: Flask) -> dict[Action, list[str]]:
    found: dict[Action, list[str]] = {}
    for endpoint, view in _views(app).items():
        for guard in _guards(view):
            if guard.action is not None:
                found.setdefault(guard.action, []).append(endpoint)
    return found


def test_every_act_has_a_page(app: Flask) -> None:
    done = _acts_of(app)
    assert sorted(action.value for action in PERMISSIONS if action not in done and action not in ACTED_THROUGH) == []
    assert {action.value for action, (through, reason) in ACTED_THROUGH.items() if through not in done or not reason} == set()


def test_an_act_is_not_excused_from_a_page_that_it_has(app: Flask) -> None:
    assert set(ACTED_THROUGH) & set(_acts_of(app)) == set()


@pytest.mark.parametrize("stage", OPEN, ids=lambda stage: stage.value)
def test_every_open_stage_has_a_page_that_leads_on(app: Flask, stage: Stage) -> None:
    done = _acts_of(app)
    for procedure in Procedure:
        rows = [row for row in rows_from(procedure, stage) if row.action is not Action.CASE_DEPART]
        reached = [row for row in rows if row.action in done or row.action in ACTED_THROUGH]
        assert bool(reached) is bool(rows), f"{procedure} {stage}"


def test_every_entry_of_the_menu_leads_to_a_view_that_its_holders_may_open(app: Flask) -> None:
    assert [endpoint for _, endpoint, _ in MENU if endpoint not in app.view_functions] == []


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_long_menu_is_folded_into_one_line_and_loses_nothing(role: Role) -> None:
    entries = {endpoint: MenuEntry(title, False, f"/{endpoint}") for title, endpoint in menu_for(role)}
    shown = list(folded(entries))
    assert sorted(one.url for entry in shown for one in entry.entries or (entry,)) == sorted(entry.url for entry in entries.values())
    assert len(shown) <= MOST_ENTRIES and all(len(entry.entries) != 1 for entry in shown)


def test_every_page_under_a_heading_is_an_entry() -> None:
    named = [endpoint for _, endpoints in GROUPS for endpoint in endpoints]
    assert set(named) <= {endpoint for _, endpoint, _ in MENU} and len(named) == len(set(named))


# What a view may not do.

def test_a_view_asks_the_database_only_through_the_scope() -> None:
    scoped = {mapper.class_.__name__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped)}
    offenders = []
    for module, text in in_package("blueprints").items():
        for called, call in finders.calls(text):
            got = finders.dotted(call.args[0]) if call.args else ""
            wrong = (called in ("text", "sqlalchemy.text", "literal_column", "system_scope")
                     or called.endswith((".connection", ".exec_driver_sql", ".system_scope"))
                     or (called.endswith("session.get") and got in scoped))
            offenders += [f"{module}:{call.lineno} {called}({got})"] if wrong else []
        offenders += [f"{module}:{found}" for found in finders.words(text, [r"\.__table__", r"ScopeKind\.SYSTEM"])]
    assert offenders == []


def test_a_view_changes_nothing_itself() -> None:
    """A step writes; the guard alone begins and ends transactions."""
    writing = (".add", ".add_all", ".delete", ".commit", ".flush", ".merge")
    offenders = []
    for module, text in in_package("blueprints").items():
        if module != "fanpin.blueprints.guard":
            offenders += [f"{module}:{call.lineno} {called}" for called, call in finders.calls(text)
                          if called.endswith(writing) and "session" in called]
    assert offenders == []


# Templates.

@cache
def environment() -> Environment:
    """Return an environment like the application's, with its filters."""
    made = Environment(loader=FileSystemLoader(ROOT / "templates"), undefined=StrictUndefined, autoescape=True)
    made.filters.update(day=day, month=month, moment=moment, yuan=yuan)
    return made


def test_every_template_compiles(app: Flask) -> None:
    filters = set(app.jinja_env.filters)
    for name, text in templates().items():
        if name.startswith("documents/"):
            environment().parse(text, name)
        else:
            app.jinja_env.get_template(name)
    assert {"day", "month", "moment", "yuan"} <= filters


def test_no_page_shows_a_month_as_it_is_kept() -> None:
    kept = re.compile(r"\{\{[^}]*\b(?:row|one|item|latest|before|offer|mark)\.month\b(?!\|month)[^}]*\}\}")
    assert kept.search("{{ row.month }}") and not kept.search("{{ row.month|month }}")
    assert {name: found for name, text in templates().items() if (found := [
        said for said in kept.findall(text) if not said.startswith("{{ post_button(")])} == {}


def test_every_template_is_used_and_every_one_named_exists() -> None:
    known = set(templates())
    named = {paper.template for paper in (*PAPERS.values(), *REPORTS.values())}
    missing = []
    for module, text in sources().items():
        for string in finders.strings(text):
            if re.fullmatch(r"[\w*]+/[\w*]+\.html", string):
                fitting = {name for name in known if re.fullmatch(re.escape(string).replace(r"\*", r"\w+"), name)}
                missing += [] if fitting else [f"{module}: {string}"]
                named |= fitting
    for name, text in templates().items():
        for other in meta.find_referenced_templates(environment().parse(text)):
            missing += [] if other in known or (other or "").endswith(".css") or other is None else [f"{name}: {other}"]
            named.add(other or "")
    assert missing == []
    assert known - named == set()


def test_every_page_extends_a_layout() -> None:
    included = {other for text in templates().values() for other in _included(text)}
    pages = {name: text for name, text in templates().items()
             if not name.startswith(("components/", "layouts/", "documents/")) and name not in included}
    assert len(pages) > 20
    assert [name for name, text in pages.items() if not finders.LAYOUT.search(text)] == []


def _included(text: str) -> set[str]:
    return set(re.findall(r"\{%-?\s*(?:include|import|from)\s+\"([^\"]+)\"", text))


# What is typed into these is never a person's number: user names, names, numbers of cases, codes of papers.
SEEKING_NO_NUMBER = {"administration/accounts.html", "administration/grants.html", "signing/show.html", "trail/index.html", "papers/verify.html"}


def test_no_form_puts_into_an_address_what_may_be_an_id_number() -> None:
    """个人信息保护法 51: addresses stand in histories and logs; what may be a number goes by `households.look_up`, which seals it."""
    forms = re.compile(r"call filters\((?P<given>[^%]*)%\}(?P<bar>.*?)endcall|<form[^>]*method=\"get\"[^>]*>(?P<form>.*?)</form>", re.S)
    typed = re.compile(r"<input class=\"form-control\"(?![^>]*type=\"(?:date|number)\")|form\.(?:q|about|who)\b")
    offenders = set()
    for name, text in templates().items():
        for found in forms.finditer(text) if name != "components/filters.html" else ():
            held = found["bar"] or found["form"] or ""
            if typed.search(held) and "look_up" not in (found["given"] or ""):
                offenders.add(name)
                assert "身份证号" not in held, name
    assert offenders == SEEKING_NO_NUMBER


def test_no_page_carries_script_style_or_handlers() -> None:
    assert {name: finders.inline(text) for name, text in templates().items()
            if not name.startswith("documents/") and finders.inline(text)} == {}


def test_no_template_imports_what_it_does_not_use() -> None:
    assert {name: finders.unused_macros(text) for name, text in templates().items() if finders.unused_macros(text)} == {}
