"""卫健部门's adapter: classes of treatment, never a diagnosis."""

import fanpin_health

from fanpin.testing import AdapterContract


class TestHealth(AdapterContract):
    module = fanpin_health

    def test_the_class_is_told_and_nothing_else(self) -> None:
        told = self.facts("treatment", "disease_treatment")
        assert [fact.value for fact in told] == [
            "serious", "chronic", "other", "serious", "chronic", "serious", "heavy_chronic", "chronic"]
        assert {(fact.label, fact.ref, fact.other, fact.amount) for fact in told} == {("", "", "", None)}

    def test_no_column_holds_the_name_of_an_illness(self) -> None:
        assert not any("病种" in name for column in self.manifest.tables[0].columns for name in column.names)
