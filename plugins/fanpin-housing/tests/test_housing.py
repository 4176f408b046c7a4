"""住建部门's adapter: grades of houses, and the newly dangerous ones."""

import fanpin_housing

from fanpin.testing import AdapterContract


class TestHousing(AdapterContract):
    module = fanpin_housing

    def test_only_a_newly_rated_c_or_d_is_a_new_danger(self) -> None:
        assert self.values("houses", "dangerous_house") == [["C"], ["D"], [], [], [], ["D"], [], ["C"]]

    def test_every_house_has_its_grade_and_area(self) -> None:
        assert [fact.value for fact in self.facts("houses", "house_grade")] == ["C", "D", "A", "B", "C", "D", "B", "C"]
        assert self.facts("houses", "house_grade")[1].amount == 8050
