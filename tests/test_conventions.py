"""The conventions of the house: each test reads the code and names every offender."""

import ast
import sys

from fanpin import audit
from fanpin.documents.catalogue import PAPERS
from fanpin.rules.actions import Action
from fanpin.rules.privacy import PUBLIC_COLUMNS
from fanpin.rules.stages import TABLE
from tests import finders
from tests.house import EVERYTHING, PARTS, ROOT, in_package, ours, sources

LARGEST = 18 * 1024
LARGEST_TESTS = 24 * 1024

# From the ground up; a row imports rows below it and never its own neighbours.
ROWS = (
    frozenset({"rules"}),
    frozenset({"config", "resources", "crypto", "sandbox", "clock"}),
    frozenset({"extensions", "security", "compression", "sheets"}),
    frozenset({"adapters"}),
    frozenset({"testing"}),
    frozenset({"models"}),
    frozenset({"authorization", "audit", "documents", "screening"}),
    frozenset({"steps"}),
    frozenset({"blueprints"}),
    frozenset({"app"}),
    frozenset({"worker"}),
    frozenset({"cli"}),
)
# `fanpin policy` looks up the code that a sentence of the policy names.
DISCOVERY = {"fanpin.blueprints", "fanpin.cli", "fanpin.worker", "fanpin.rules.sets", "fanpin.adapters.child", "fanpin.cli.policy"}
ONLY_IN_CHILDREN = {"weasyprint", "duckdb", "pyspark", "python_calamine"}


# Modules.

def test_imports_point_down_and_neighbours_do_not_know_each_other() -> None:
    offenders = []
    for module, text in sources().items():
        for item in finders.imports(text):
            if item.module.split(".")[0] == "fanpin" and module != "fanpin":
                why = finders.rises(module, item.module, ROWS, PARTS)
                offenders += [f"{module}:{item.line} imports {item.module}: {why}"] if why else []
    assert offenders == []


def test_every_module_has_a_row() -> None:
    named = frozenset().union(*ROWS) | set(PARTS)
    assert {module.split(".")[1] for module in sources() if "." in module} - named == set()


def test_no_module_imports_itself_by_a_detour() -> None:
    known = set(sources())
    graph = {}
    for module, text in sources().items():
        graph[module] = sorted(_modules_named(text, known) - {module})
    assert finders.cycles(graph) == []


def _modules_named(text: str, known: set[str]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("fanpin"):
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= submodules & known
            if not submodules <= known:
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known
    return found


def test_rules_import_the_standard_library_only() -> None:
    offenders = [f"{module}:{item.line} imports {item.module}" for module, text in in_package("rules").items()
                 for item in finders.imports(text)
                 if item.module.split(".")[0] not in sys.stdlib_module_names | {"fanpin"}]
    assert offenders == []


def test_no_import_hides_in_a_function() -> None:
    assert [f"{module}:{item.line} {item.inside}() imports {item.module}" for module, text in sources().items()
            for item in finders.imports(text) if item.inside] == []


def test_modules_are_found_by_name_only_where_discovery_is() -> None:
    dynamic = {"import_module", "importlib.import_module", "__import__"}
    assert [f"{module}:{call.lineno} {called}" for module, text in sources().items() if module not in DISCOVERY
            for called, call in finders.calls(text) if called in dynamic] == []


def test_heavy_engines_live_in_children_that_nothing_imports() -> None:
    importers: dict[str, set[str]] = {}
    for module, text in sources().items():
        for name in {*(item.module for item in finders.imports(text)), *_modules_named(text, set(sources()))}:
            importers.setdefault(name, set()).add(module)
    children = {module for module, text in sources().items() if 'if __name__ == "__main__":' in text and module not in importers}
    offenders = []
    for module, text in sources().items():
        heavy = {item.module.split(".")[0] for item in finders.imports(text)} & ONLY_IN_CHILDREN
        # What several children share is no child itself, and nobody else's.
        if heavy and module not in children and not set() < importers.get(module, set()) <= children:
            offenders.append(f"{module} imports {', '.join(sorted(heavy))}")
    assert offenders == []
    assert any("weasyprint" in text for text in in_package("documents").values())


def test_papers_and_screening_take_values_and_write_no_rows() -> None:
    assert [f"{module}:{item.line} imports {item.module}" for name in ("documents", "screening")
            for module, text in in_package(name).items() for item in finders.imports(text)
            if item.module.startswith(("fanpin.models", "fanpin.extensions", "sqlalchemy", "flask"))] == []


def test_plugins_know_the_contract_and_nothing_else_of_us() -> None:
    offenders = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        allowed = ("fanpin.adapters", "fanpin.testing") if "tests" in path.parts else ("fanpin.adapters",)
        offenders += [f"{path.name}:{item.line} imports {item.module}"
                      for item in finders.imports(path.read_text(encoding="utf-8"))
                      if item.module.split(".")[0] == "fanpin" and not item.module.startswith(allowed)]
    assert offenders == []


def test_the_package_itself_is_empty() -> None:
    assert sources()["fanpin"] == ""


def test_no_module_is_larger_than_eighteen_kilobytes() -> None:
    modules = [path for folder in ("fanpin", "tests", "plugins", "script/lib") for path in (ROOT / folder).rglob("*.py")]
    assert len(modules) > 100
    # A test file is read a test at a time, so it may be somewhat longer.
    assert [f"{path.relative_to(ROOT)}: {path.stat().st_size}" for path in sorted(modules)
            if path.stat().st_size > (LARGEST_TESTS if path.is_relative_to(ROOT / "tests") else LARGEST)] == []


def test_every_signature_has_its_types() -> None:
    assert [f"{module}:{found}" for module, text in sources().items() for found in finders.untyped(text)] == []


def test_every_module_says_what_it_is() -> None:
    assert [module for module, text in sources().items() if text and not ast.get_docstring(ast.parse(text))] == []


def test_nothing_is_left_for_later() -> None:
    later = [r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b", "NotImplemented" + "Error", "[Cc]oming " + "soon",
             "敬请" + "期待", "暂未" + "开放", "功能开发" + "中"]
    assert [f"{name}:{found}" for name, text in ours(*EVERYTHING) for found in finders.words(text, later)] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    given_up = [r"pytest\.mark\." + "(?:skip|xfail)", r"pytest\." + r"(?:skip|xfail|importorskip)\("]
    assert [f"{name}:{found}" for name, text in ours("tests", "plugins") for found in finders.words(text, given_up)] == []


def test_no_path_or_host_of_one_machine_is_named() -> None:
    machine = ["/wo" + r"rk/(?:main|shared)", "/ro" + "ot/", r"/ho" + r"me/\w", r"/Us" + r"ers/\w", "py" + r"pi\.org",
               "python" + "hosted", r"//registry\." + r"\w"]
    assert [f"{name}:{found}" for name, text in ours(*EVERYTHING) for found in finders.words(text, machine)] == []


# The one door.

def test_a_stage_is_written_nowhere_but_at_the_one_door() -> None:
    names = frozenset({"stage", "procedure"})
    found = {module: finders.assigned(text, names, "Case") for module, text in sources().items()}
    assert found.pop("fanpin.steps.advance")
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_a_case_is_opened_by_analysis_alone() -> None:
    opening = [module for module, text in sources().items() for called, _ in finders.calls(text)
               if called.split(".")[-1] == "open_case"]
    assert opening == ["fanpin.steps.analysis"]


def test_only_steps_write_the_trail() -> None:
    assert [f"{module}:{line} {tag}" for module, text in sources().items() if not module.startswith("fanpin.steps")
            for line, tag, _ in finders.recorded(text)] == []


# The trail.

def test_every_event_is_declared_with_the_facts_that_it_carries() -> None:
    declared = audit.SESSION_EVENTS | audit.OTHER_EVENTS
    offenders = []
    for module, text in sources().items():
        for line, tag, keys in finders.recorded(text):
            if tag.startswith("="):
                continue
            if tag not in declared:
                offenders.append(f"{module}:{line} {tag} is not declared")
            elif keys is None or not keys <= set(declared[tag]):
                offenders.append(f"{module}:{line} {tag} carries {keys}, declared are {declared[tag]}")
    assert offenders == []


def test_every_declared_event_is_written_and_every_declared_fact_given() -> None:
    declared = audit.SESSION_EVENTS | audit.OTHER_EVENTS
    written: dict[str, set[str]] = {}
    for text in sources().values():
        for _, tag, keys in finders.recorded(text):
            written.setdefault(tag, set()).update(keys or ())
    assert {tag: set(facts) - written.get(tag, set()) for tag, facts in declared.items()
            if tag not in written or set(facts) - written[tag]} == {}


def test_every_act_that_changes_something_leaves_its_event() -> None:
    """An act of the table is recorded by the one door; every other one is named where a step records."""
    noted: set[str] = set()
    for text in in_package("steps").values():
        if "doing.note(" in text or "audit.record(" in text:
            noted |= finders.members_named(text, "Action")
    reading = {action for action in Action if action.value.endswith((".read", ".see"))}
    moved = {row.action for row in TABLE.values()}
    assert {action.value for action in set(Action) - reading - moved if action.name not in noted} == set()


# Papers.

def test_public_papers_carry_only_the_columns_that_the_public_may_see() -> None:
    public = [paper for paper in PAPERS.values() if paper.public]
    assert public
    assert {paper.code: set(paper.columns) - PUBLIC_COLUMNS for paper in public if set(paper.columns) - PUBLIC_COLUMNS} == {}
    assert [paper.code for paper in PAPERS.values() if paper.columns and not paper.public] == []
