"""水利部门's adapter: water that is secure, and each of the four things that it may lack."""

import fanpin_water

from fanpin.testing import AdapterContract


class TestWater(AdapterContract):
    module = fanpin_water

    def test_each_indicator_that_is_not_met_is_a_shortage(self) -> None:
        assert self.values("supply", "water_shortage") == [
            [], ["quantity", "reliability"], [], ["quality"], ["distance"], [], ["quantity"], ["reliability"]]

    def test_a_supply_restored_has_ended(self) -> None:
        assert [fact.ended.isoformat() for fact in self.facts("supply", "water_shortage") if fact.ended] == ["2026-02-20"]

    def test_the_conclusion_is_the_department_s(self) -> None:
        assert [fact.value for fact in self.facts("supply", "water_supply")].count("secure") == 3
