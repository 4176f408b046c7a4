"""人社部门's adapter: pensions, work away, work not taken up again."""

import fanpin_human_resources

from fanpin.testing import AdapterContract


class TestHumanResources(AdapterContract):
    module = fanpin_human_resources

    def test_more_than_a_month_is_the_core_s_to_count_and_every_row_is_told(self) -> None:
        idle = self.facts("idle", "not_back_at_work")
        assert len(idle) == 8 and [fact.date.isoformat() for fact in idle][:2] == ["2026-01-15", "2025-12-20"]
        assert [fact.ended and fact.ended.isoformat() for fact in idle][1] == "2026-02-10"

    def test_where_the_work_was_stands_beside_the_reason(self) -> None:
        assert self.facts("idle", "not_back_at_work")[0].label == "昆明 企业停产"

    def test_a_public_welfare_post_is_a_place_of_work_of_its_own(self) -> None:
        assert [fact.value for fact in self.facts("work", "labour_outwork")] == [
            "outside", "province", "county", "welfare_post", "outside", "prefecture", "province", "county"]

    def test_a_pension_that_ended_with_a_death_has_its_day(self) -> None:
        assert [fact.ended.isoformat() for fact in self.facts("insurance", "pension") if fact.ended][0] == "2025-12-31"
