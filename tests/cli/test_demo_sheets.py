"""The demo's departmental sheets: every one is read and mapped by the department's own installed adapter."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from fanpin.adapters import run
from fanpin.adapters.manifest import Mode
from fanpin.adapters.run import Usable
from fanpin.adapters.trial import Trial, try_sheet
from fanpin.cli.demo_registers import ANSWERING, Registers
from fanpin.cli.demo_sheets import known, save, written
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.duty_tables import KINDS, kind_of
from fanpin.steps import delivery_adapter, delivery_template
from fanpin.steps.delivery_recognition import KnownTable, recognised

TODAY, BEGUN = date(2026, 3, 2), date(2025, 1, 6)


@pytest.fixture(scope="module")
def registers() -> Registers:
    """Return what the departments of a county of 1,500 households know: enough for every table to have lines."""
    return known(1500, today=TODAY, begun=BEGUN)


@pytest.fixture(scope="module")
def trials(registers: Registers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trial]:
    """Send every sheet through its department's adapter."""
    folder = tmp_path_factory.mktemp("sheets")
    save(registers, folder)
    by_department: dict[Department, Usable] = {one.manifest.department: one for one in run.usable() if one.manifest}
    tried = {}
    for one in written(registers):
        usable = by_department[one.sheet.department]
        assert usable.ok and usable.manifest is not None
        tried[one.name] = try_sheet(usable.installed, usable.manifest, folder / one.name, as_of=TODAY, table=one.sheet.table)
    return tried


def test_the_same_county_has_the_same_sheets() -> None:
    first, again = (known(180, today=TODAY, begun=BEGUN) for _ in range(2))
    assert first.lines == again.lines


def test_a_small_county_has_a_line_for_what_is_rare_too(registers: Registers) -> None:
    small = known(180, today=TODAY, begun=BEGUN)
    assert set(small.lines) == set(registers.lines) and len(registers.lines) > 20


def test_every_department_but_the_keeper_of_the_register_sends_something(registers: Registers) -> None:
    assert {department for department, _ in registers.lines} == set(Department) - {Department.OTHER, Department.RURAL_REVITALIZATION}


def test_no_sheet_is_refused_and_no_row_and_no_column_is_strange(trials: dict[str, Trial]) -> None:
    assert {name: trial.refused for name, trial in trials.items() if trial.refused} == {}
    assert {name: [(problem.row, problem.reason) for problem in trial.problems] for name, trial in trials.items() if trial.problems} == {}
    assert {name: trial.opened.unread for name, trial in trials.items() if trial.opened.unread} == {}


def test_every_line_says_something_and_every_bulk_kind_is_told(registers: Registers, trials: dict[str, Trial]) -> None:
    told = Counter()
    for one in written(registers):
        trial = trials[one.name]
        assert len(trial.mapped) == len(one.sheet.lines)
        if one.sheet.table not in ANSWERING:
            assert all(row.facts for row in trial.mapped), one.name
        told.update(trial.facts_by_kind)
    # The registers are drawn before any case: the national system holds only what a county has determined.
    claimed = {claim.kind for one in run.usable() if one.manifest for table in one.manifest.tables
               for claim in table.claims if claim.mode is Mode.BULK}
    assert {kind for kind in claimed if KINDS[kind].basis is Basis.DUTY} - set(told) == {"national_entry"}


def test_what_was_planted_comes_out_as_it_was_planted(trials: dict[str, Trial]) -> None:
    facts = Counter((fact.kind, fact.value) for trial in trials.values() for row in trial.mapped for fact in row.facts)
    for planted in (("vehicle", "unknown"), ("vehicle", "private_car"), ("person_status", "dead"), ("hukou_movement", "split"),
                    ("public_office", "civil_servant"), ("public_office", "institution"), ("property", "relocation"),
                    ("company", "91"), ("credit_discipline", "dishonest_debtor")):
        assert facts[planted] == 1, planted


def test_sheets_come_as_workbooks_and_as_csv_old_and_new(registers: Registers, tmp_path: Path) -> None:
    names = save(registers, tmp_path / "sheets")
    assert len(names) >= 20
    assert (tmp_path / "sheets" / "civil_affairs-relief.csv").read_bytes().decode("gb18030").startswith("姓名,身份证号")
    assert (tmp_path / "sheets" / "medical_insurance-settlements.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "sheets" / "housing-houses.xlsx").read_bytes().startswith(b"PK")


def test_every_sheet_is_known_by_its_header_among_all_that_its_department_sends(registers: Registers) -> None:
    manifests = {manifest.department: manifest for manifest in run.manifests().values()}
    wrong = []
    for one in written(registers):
        manifest = manifests[one.sheet.department]
        known_tables = [KnownTable(source, manifest.table(source.table)) for source in delivery_adapter.sources(manifest)]
        known_tables += [KnownTable(source, delivery_template.table_of(kind_of(source.table)))
                         for source in delivery_template.sources(one.sheet.department)]
        found = recognised(one.content, known_tables)
        wrong += [f"{one.name} is taken for {found.code}"] if found.table != one.sheet.table else []
    assert wrong == []
