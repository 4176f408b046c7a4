"""乡村振兴部门's adapter: who is entered in the national system, and whose risk is marked there as eliminated."""

import fanpin_rural_revitalization

from fanpin.testing import AdapterContract


class TestRuralRevitalization(AdapterContract):
    module = fanpin_rural_revitalization

    def test_each_household_is_entered_or_marked(self) -> None:
        assert self.values("entries", "national_entry") == [["monitored"], ["eliminated"], ["monitored"]]

    def test_an_entry_is_dated_by_its_identification_and_a_marking_by_its_elimination(self) -> None:
        assert [fact.date.isoformat() for fact in self.facts("entries", "national_entry")] == [
            "2025-03-01", "2025-12-01", "2026-01-01"]

    def test_class_and_number_come_along(self) -> None:
        assert [(fact.label, fact.ref) for fact in self.facts("entries", "national_entry")][0] == ("脱贫不稳定户", "5399990001")
