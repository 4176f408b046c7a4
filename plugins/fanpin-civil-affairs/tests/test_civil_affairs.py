"""民政部门's adapter: allowances, relief, marriages, elders."""

import fanpin_civil_affairs

from fanpin.testing import AdapterContract


class TestCivilAffairs(AdapterContract):
    module = fanpin_civil_affairs

    def test_urban_allowance_is_told_by_its_own_column_and_the_margin_is_none(self) -> None:
        assert self.values("aid", "dibao") == [
            ["dibao"], ["destitute"], ["dibao"], ["urban_dibao"], ["destitute"], [], ["urban_dibao"], ["dibao"]]

    def test_an_allowance_that_ended_says_when_and_why(self) -> None:
        first = self.facts("aid", "dibao")[0]
        assert (first.ended.isoformat(), first.label) == ("2026-01-01", "死亡")

    def test_relief_is_counted_in_fen_however_it_is_written(self) -> None:
        assert [fact.amount for fact in self.facts("relief", "temporary_relief")][:3] == [300_000, 150_000, 80_000]

    def test_the_unmarried_are_searched_and_nothing(self) -> None:
        assert self.values("marriage", "marriage") == [
            ["married"], ["married"], ["divorced"], ["married"], ["widowed"], [], ["divorced"], ["married"]]
        assert self.try_sample(self.manifest.table("marriage")).answers_by_kind == {"marriage": 1}

    def test_grades_of_disability_in_age_are_three(self) -> None:
        assert [fact.value for fact in self.facts("elders", "elder_care")] == [
            "disabled", "disabled", "partly", "able", "disabled", "disabled", "able", "partly"]
