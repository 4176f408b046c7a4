"""The contract as a pytest class: a plugin's test subclasses the one of its role and names its module, nothing more."""

import csv
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import ClassVar

from fanpin.adapters import declaration, distributions, outlet_trial
from fanpin.adapters.channel import ToldLead
from fanpin.adapters.child import plugin_of
from fanpin.adapters.contract import Fact
from fanpin.adapters.delivering import deliver
from fanpin.adapters.distributions import Installed
from fanpin.adapters.lead_trial import LeadTrial, try_leads
from fanpin.adapters.leads import MappedLead, map_leads
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.adapters.run import MappedRow, PluginChild
from fanpin.adapters.trial import Trial, try_sheet

MESSY_IDS = ("5.30102E+17", "530102196003011", "53010219600301", "不详")


class _Plugin:
    """Where a plugin lies and what it declares."""

    module: ClassVar[ModuleType]
    as_of: ClassVar[date] = date(2026, 3, 2)

    @property
    def manifest(self) -> Manifest:
        """Return the declaration."""
        return plugin_of(self.module).manifest()

    @property
    def installed(self) -> Installed:
        """Return where the module lies."""
        return distributions.in_folder(Path(str(self.module.__file__)).parent)

    def sample(self, table: Table) -> Path:
        """Return the table's sample sheet."""
        found = self.installed.sample(table.code)
        assert found is not None, f"samples/{table.code}.csv is missing"
        return found


class AdapterContract(_Plugin):
    """What every adapter must show with its samples, called in confined children as in earnest."""

    _trials: ClassVar[dict[tuple[str, str], Trial]] = {}

    def try_sample(self, table: Table) -> Trial:
        """Send the table's sample through both children, once for all tests of the class."""
        trials = type(self)._trials
        if (type(self).__name__, table.code) not in trials:
            trials[type(self).__name__, table.code] = try_sheet(
                self.installed, self.manifest, self.sample(table), as_of=self.as_of)
        return trials[type(self).__name__, table.code]

    def facts(self, table: str, kind: str) -> list[Fact]:
        """Return the facts of a kind that a table's sample gives, in the order of its rows."""
        return [fact for row in self.try_sample(self.manifest.table(table)).mapped for fact in row.facts if fact.kind == kind]

    def values(self, table: str, kind: str) -> list[list[str]]:
        """Return the values of a kind that each row of a table's sample gives."""
        return [[fact.value for fact in row.facts if fact.kind == kind]
                for row in self.try_sample(self.manifest.table(table)).mapped]

    def test_declares_only_what_its_department_may(self) -> None:
        assert declaration.problems(self.manifest) == []

    def test_every_sample_is_recognised_and_maps_without_a_problem(self) -> None:
        for table in self.manifest.tables:
            trial = self.try_sample(table)
            assert (trial.refused, trial.opened.table, trial.problems) == ("", table.code, ())
            assert trial.mapped

    def test_every_kind_that_it_claims_appears_in_a_sample(self) -> None:
        said = {kind for table in self.manifest.tables for kind in self.try_sample(table).facts_by_kind}
        assert set(self.manifest.kinds) - said == set()

    def test_no_key_reaches_the_facts(self) -> None:
        for table in self.manifest.tables:
            for row in self.try_sample(table).mapped:
                numbers = {key for name, key in row.row.keys.items() if name in ("id_number", "head_id")}
                for fact in row.facts:
                    said = {fact.subject, fact.ref, fact.value, fact.label, fact.other}
                    assert not any(number in words for number in numbers for words in said)

    def test_a_row_says_the_same_alone_and_in_any_order(self) -> None:
        for table in self.manifest.tables:
            rows = [row.row for row in self.try_sample(table).mapped]
            with PluginChild(self.installed, self.manifest) as plugin:
                forwards = list(plugin.map(table, rows, as_of=self.as_of))
                backwards = list(plugin.map(table, rows[::-1], as_of=self.as_of))[::-1]
                alone = list(plugin.map(table, rows[:1], as_of=self.as_of))
            assert list(map(_said, forwards)) == list(map(_said, backwards))
            assert list(map(_said, forwards[:1])) == list(map(_said, alone))

    def test_rows_about_nobody_are_refused_and_say_nothing(self) -> None:
        for table in self.manifest.tables:
            for column in table.columns:
                if column.type.value in ("id_number", "head_id") and column.required:
                    trial = self._with(table, column.names, MESSY_IDS)
                    assert not trial.mapped and len({problem.row for problem in trial.problems}) == len(MESSY_IDS)

    def _with(self, table: Table, names: tuple[str, ...], values: tuple[str, ...]) -> Trial:
        with open(self.sample(table), encoding="utf-8-sig", newline="") as sheet:
            heading, first = list(csv.reader(sheet))[:2]
        place = next(at for at, name in enumerate(heading) if name in names)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "messy.csv")
            with open(path, "w", encoding="utf-8", newline="") as messy:
                csv.writer(messy).writerows([heading, *([*first[:place], value, *first[place + 1:]] for value in values)])
            return try_sheet(self.installed, self.manifest, path, as_of=self.as_of, table=table.code)


class ChannelContract(_Plugin):
    """What every self-declaration channel must show with its samples, called in confined children as in earnest."""

    _told: ClassVar[dict[tuple[str, str], LeadTrial]] = {}

    def try_sample(self, table: Table) -> LeadTrial:
        """Send the table's sample through both children, once for all tests of the class."""
        told = type(self)._told
        if (type(self).__name__, table.code) not in told:
            told[type(self).__name__, table.code] = try_leads(self.installed, self.manifest, self.sample(table), today=self.as_of)
        return told[type(self).__name__, table.code]

    def leads(self, table: str) -> list[ToldLead]:
        """Return the declarations that a table's sample gives, in the order of its rows."""
        return [row.lead for row in self.try_sample(self.manifest.table(table)).mapped if row.lead]

    def test_declares_a_platform_and_what_its_export_holds(self) -> None:
        assert declaration.problems(self.manifest) == []

    def test_every_sample_is_recognised_and_gives_declarations_without_a_problem(self) -> None:
        for table in self.manifest.tables:
            trial = self.try_sample(table)
            assert (trial.refused, trial.opened.table, trial.problems) == ("", table.code, ())
            assert trial.told

    def test_every_declaration_bears_a_number_of_its_own(self) -> None:
        for table in self.manifest.tables:
            numbers = [lead.number for lead in self.leads(table.code)]
            assert len(set(numbers)) == len(numbers)

    def test_every_statement_is_a_cell_word_for_word(self) -> None:
        for table in self.manifest.tables:
            for row in self.try_sample(table).mapped:
                assert row.lead is None or row.lead.statement in row.row.cells.values()

    def test_no_key_is_among_what_the_channel_sees(self) -> None:
        for table in self.manifest.tables:
            keys = {column.name for column in table.columns if column.type.is_key}
            assert all(not keys & set(row.row.cells) for row in self.try_sample(table).mapped)

    def test_a_row_says_the_same_alone_and_in_any_order(self) -> None:
        for table in self.manifest.tables:
            rows = [row.row for row in self.try_sample(table).mapped]
            with PluginChild(self.installed, self.manifest) as plugin:
                forwards = list(map_leads(plugin, table, rows, today=self.as_of))
                backwards = list(map_leads(plugin, table, rows[::-1], today=self.as_of))[::-1]
                alone = list(map_leads(plugin, table, rows[:1], today=self.as_of))
            assert list(map(_declared, forwards)) == list(map(_declared, backwards))
            assert list(map(_declared, forwards[:1])) == list(map(_declared, alone))


def _declared(row: MappedLead) -> tuple[object, ...]:
    return replace(row.lead, subject="") if row.lead else None, row.problems


class OutletContract(_Plugin):
    """What every outlet must show with invented items, called in a confined child as in earnest."""

    def draft(self, errand: Errand) -> Item:
        """Return an honest item about invented people."""
        return outlet_trial.sample(errand, self.as_of)

    def deliver(self, item: Item, **settings: str) -> Parcel:
        """Return what the outlet makes of an item, opened by the core."""
        return deliver(self.installed, self.manifest, [item], settings=settings)[0]

    def test_declares_only_what_an_outlet_may(self) -> None:
        assert declaration.problems(self.manifest) == []

    def test_withstands_every_item_of_its_errands(self) -> None:
        cases = list(outlet_trial.tried(self.installed, self.manifest, self.as_of))
        assert cases and [f"{case.errand}，{case.title}：{case.problem}" for case in cases if case.problem] == []


def _said(row: MappedRow) -> tuple[object, ...]:
    return tuple(replace(fact, subject="") for fact in row.facts), row.answers, row.problems
