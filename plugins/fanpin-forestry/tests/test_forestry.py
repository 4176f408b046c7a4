"""林草部门's adapter: forest income and forest disasters."""

import fanpin_forestry

from fanpin.testing import AdapterContract


class TestForestry(AdapterContract):
    module = fanpin_forestry

    def test_a_ranger_s_pay_is_not_compensation(self) -> None:
        assert [fact.value for fact in self.facts("income", "forest_income")] == [
            "compensation", "ranger", "forest_land", "compensation", "ranger", "forest_land", "compensation",
            "compensation"]

    def test_land_without_a_payment_is_still_told(self) -> None:
        assert [fact.label for fact in self.facts("income", "forest_income") if fact.amount is None] == ["35亩", "12.6亩"]

    def test_whatever_is_no_fire_is_a_pest(self) -> None:
        assert [fact.value for fact in self.facts("disasters", "forest_disaster")] == [
            "fire", "pest", "pest", "pest", "fire", "pest", "pest", "fire"]
