"""财政部门's adapter: public office and village committees."""

import fanpin_finance

from fanpin.testing import AdapterContract


class TestFinance(AdapterContract):
    module = fanpin_finance

    def test_welfare_posts_and_hired_hands_hold_no_office(self) -> None:
        assert [fact.value for fact in self.facts("payroll", "public_office")] == [
            "civil_servant", "institution", "welfare_post", "state_enterprise", "off_staff", "managed_as_civil",
            "village_cadre", "unknown"]

    def test_whoever_retired_or_left_has_ended(self) -> None:
        ended = [fact.ended.isoformat() for fact in self.facts("payroll", "public_office") if fact.ended]
        assert ended == ["2023-07-31", "2023-06-30"]

    def test_the_leader_of_a_group_sits_on_no_committee(self) -> None:
        assert [fact.value for fact in self.facts("committee", "village_committee_pay")] == [
            "paid", "paid", "paid", "group_leader", "unpaid", "group_leader", "group_leader", "paid"]
