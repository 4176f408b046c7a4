"""农业农村部门's adapter: farms, disasters, villages."""

import fanpin_agriculture

from fanpin.testing import AdapterContract


class TestAgriculture(AdapterContract):
    module = fanpin_agriculture

    def test_large_growers_are_the_department_s_word(self) -> None:
        assert self.values("farms", "large_grower") == [
            ["ordinary"], ["large"], ["large"], ["ordinary"], [], [], ["ordinary"], []]

    def test_neighbours_who_help_each_other_are_not_hired(self) -> None:
        hired = [(fact.value, fact.amount) for fact in self.facts("farms", "hired_labour")]
        assert hired == [("hires", 6), ("hires", 2), ("exchange", 3)]

    def test_ponds_have_an_area_of_their_own(self) -> None:
        ponds = [fact.amount for fact in self.facts("farms", "land_and_herd") if fact.value == "aquaculture"]
        assert ponds == [220, 150]

    def test_a_village_without_any_income_is_told_too(self) -> None:
        assert [fact.amount for fact in self.facts("villages", "village_income")][:3] == [12_800_000, 9_650_050, 0]

    def test_a_disaster_of_no_listed_sort_is_still_one(self) -> None:
        assert [fact.value for fact in self.facts("disasters", "farm_disaster")] == [
            "pest", "drought", "pest", "debris_flow", "pest", "drought", "other", "debris_flow"]
