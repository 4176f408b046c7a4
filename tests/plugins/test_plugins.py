"""The departments' adapters together: each is there once, claims what 附件1 gives it, and leaves no duty open."""

import ast
import json
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fanpin.adapters import distributions, known, run, scaffold
from fanpin.adapters.cases import State
from fanpin.adapters.certify import certify
from fanpin.adapters.manifest import Manifest, Mode
from fanpin.adapters.parcels import Errand
from fanpin.adapters.versions import PluginRole
from fanpin.rules import national
from fanpin.rules.departments import BLOCKING_DEPARTMENTS, Department
from fanpin.rules.duties import DUTIES, FACTS_OF_REVIEW, KINDS, Basis
from fanpin.rules.intake import Channel
from tests.conftest import TODAY
from tests.house import ROOT

FOLDERS = sorted((ROOT / "plugins").glob("fanpin-*"))
CHANNELS = {f"fanpin-channel-{name}": Channel(platform) for name, platform in (
    ("12317", "national_12317"), ("national-app", "national_app"), ("province", "province"))}
OTHERS = [folder.name for folder in FOLDERS if folder.name.startswith(("fanpin-channel-", "fanpin-outlet-"))]
OUTLETS = {"fanpin-outlet-national-system": {Errand.ENTER, Errand.MARK, Errand.CHANGE},
           "fanpin-outlet-rescue-platform": {Errand.POST_NOTICE, Errand.WITHDRAW_NOTICE}}
# 附件1's own departments and the two that only 三(六) names; what 其他部门 would supply is nobody's in particular.
EXPECTED = [department for department in Department if department is not Department.OTHER]


@pytest.fixture(scope="module")
def manifests() -> dict[Department, Manifest]:
    found = run.usable()
    assert [one.problems for one in found if not one.ok] == []
    return {one.manifest.department: one.manifest for one in found
            if one.manifest is not None and one.manifest.department is not None}


def claims(manifest: Manifest) -> Iterator[tuple[str, Mode]]:
    return ((claim.kind, claim.mode) for table in manifest.tables for claim in table.claims)


def test_each_department_has_one_folder_and_one_module() -> None:
    assert sorted(folder.name for folder in FOLDERS if folder.name not in OTHERS) == sorted(map(_name, EXPECTED))
    for folder in FOLDERS:
        assert [path.name for path in folder.glob("*.py")] == [f"{folder.name.replace('-', '_')}.py"]
        assert [path.name for path in (folder / "tests").glob("*.py")] == [
            f"test_{folder.name.removeprefix('fanpin-').replace('-', '_')}.py"]


@pytest.mark.parametrize("department", EXPECTED, ids=lambda department: department.value)
def test_the_project_file_is_the_generators(department: Department) -> None:
    name = _name(department)
    written = (ROOT / "plugins" / name / "pyproject.toml").read_text(encoding="utf-8")
    assert written == scaffold.project(name, name.replace("-", "_"), scaffold.description(department))


def test_the_modules_stay_short() -> None:
    lengths = [len(next(folder.glob("*.py")).read_text(encoding="utf-8").splitlines()) for folder in FOLDERS]
    assert statistics.median(lengths) <= 60 and max(lengths) <= 90


def test_every_department_is_found_by_its_entry_point(manifests: dict[Department, Manifest]) -> None:
    assert sorted(manifests) == sorted(EXPECTED)
    assert [manifest.name for department, manifest in manifests.items() if manifest.name != _name(department)] == []


def test_no_duty_of_the_annex_that_bears_facts_is_left_open(manifests: dict[Department, Manifest]) -> None:
    open_duties = [f"{duty.department.title}：{duty.wording}（{code}）" for duty in DUTIES for code in duty.facts
                   if duty.department is not Department.OTHER and code not in manifests[duty.department].kinds]
    assert open_duties == []


def test_every_fact_of_the_review_is_answered_by_the_department_that_is_asked(
        manifests: dict[Department, Manifest]) -> None:
    unanswered = [f"{row.department.title}：{code}" for row in FACTS_OF_REVIEW for code in row.kinds
                  if (code, Mode.QUESTION) not in set(claims(manifests[row.department]))]
    assert unanswered == []
    assert {row.department for row in FACTS_OF_REVIEW} >= set(BLOCKING_DEPARTMENTS)


def test_what_no_adapter_supplies_is_only_what_visitors_see(manifests: dict[Department, Manifest]) -> None:
    supplied = {kind for manifest in manifests.values() for kind in manifest.kinds}
    assert {code for code in KINDS if code not in supplied} == {kind.code for kind in KINDS.values() if kind.village}


def test_each_kind_has_one_supplier(manifests: dict[Department, Manifest]) -> None:
    every = [kind for manifest in manifests.values() for kind in manifest.kinds]
    assert sorted(every) == sorted(set(every))


def test_what_needs_consent_is_never_supplied_in_bulk(manifests: dict[Department, Manifest]) -> None:
    assert [kind for manifest in manifests.values() for kind, mode in claims(manifest)
            if mode is Mode.BULK and KINDS[kind].basis is Basis.CONSENT] == []


@pytest.mark.parametrize("department", EXPECTED, ids=lambda department: department.value)
def test_each_is_certified(department: Department) -> None:
    installed = distributions.find(_name(department))
    assert installed is not None
    report = certify(installed, as_of=TODAY, load_rows=500)
    assert [f"{case.title}：{case.text}" for case in report.cases if case.state is State.FAILED] == []
    assert len(report.cases) >= 15


def test_each_platform_of_the_policy_has_one_channel() -> None:
    found = {one.manifest.name: one.manifest.channel for one in run.usable()
             if one.ok and one.manifest is not None and one.manifest.role is PluginRole.CHANNEL}
    assert found == {name: platform.value for name, platform in CHANNELS.items()}
    assert sorted(found.values()) == sorted(channel.value for channel in Channel if channel.is_platform)


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_each_channel_is_certified(name: str) -> None:
    installed = distributions.find(name)
    assert installed is not None
    report = certify(installed, as_of=TODAY, load_rows=500)
    assert [f"{case.title}：{case.text}" for case in report.cases if case.state is State.FAILED] == []
    assert len(report.cases) >= 20 and report.role == "channel"


def test_sample_people_are_invented() -> None:
    for path in (ROOT / "plugins").rglob("samples/*.csv"):
        words = path.read_text(encoding="utf-8")
        assert "样" in words, path


@pytest.mark.parametrize("name", OUTLETS)
def test_each_outlet_is_certified_and_does_its_errands(name: str) -> None:
    installed = distributions.find(name)
    assert installed is not None
    manifest = run.declared(installed).manifest
    assert manifest is not None and (manifest.role, set(manifest.errands)) == (PluginRole.OUTLET, {errand.value for errand in OUTLETS[name]})
    assert [f"{case.title}：{case.text}" for case in certify(installed, as_of=TODAY).cases if case.state is State.FAILED] == []


def test_every_errand_has_one_outlet() -> None:
    assert sorted(errand for errands in OUTLETS.values() for errand in errands) == sorted(Errand)


def test_the_national_outlet_knows_every_column_of_the_national_table() -> None:
    module = (ROOT / "plugins" / "fanpin-outlet-national-system" / "fanpin_outlet_national_system.py").read_text(encoding="utf-8")
    ordered = [pair.split("=")[0] for pair in module.split('"""')[3].split()]
    assert ordered == [column.code for column in national.columns()]


def test_a_plugin_opens_no_file_and_no_connection() -> None:
    pure = {"collections.abc", "dataclasses", "fanpin.adapters"}
    for folder in FOLDERS:
        tree = ast.parse(next(folder.glob("*.py")).read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        plain = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
        assert imported <= pure and plain == [], folder.name


def _name(department: Department) -> str:
    return f"fanpin-{department.value.replace('_', '-')}"


def test_this_page_looks_at_all_folders() -> None:
    assert all((Path(folder) / "samples").is_dir() for folder in FOLDERS if folder.name not in OUTLETS)


@pytest.mark.parametrize("department", EXPECTED, ids=lambda department: department.value)
def test_each_table_brings_three_known_persons_or_more(department: Department) -> None:
    for sample in sorted((ROOT / "plugins" / _name(department) / "samples").glob("*.csv")):
        lines = [json.loads(line) for line in sample.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
        assert len({line["row"] for line in lines}) == len(lines) >= 3 and any(line["facts"] for line in lines), sample.name


def test_each_adapter_answers_rightly_about_its_known_persons(manifests: dict[Department, Manifest]) -> None:
    for manifest in manifests.values():
        installed = distributions.find(manifest.name)
        assert installed is not None
        found = known.compare(installed, manifest, as_of=date(2026, 3, 2))
        assert (found.wrong, found.rows >= 3 * len(manifest.tables)) == ((), True), manifest.name
