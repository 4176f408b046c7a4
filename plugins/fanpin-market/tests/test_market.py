"""市场监管部门's adapter: companies, traders, cooperatives, and whether business is done."""

import fanpin_market

from fanpin.testing import AdapterContract


class TestMarket(AdapterContract):
    module = fanpin_market

    def test_traders_and_members_of_cooperatives_have_no_company(self) -> None:
        assert self.values("entities", "company") == [["91"], ["92"], ["93"], ["91"], ["92"], ["91"], [], ["91"]]

    def test_a_firm_struck_off_has_ended_or_says_that_the_day_is_unknown(self) -> None:
        told = [(fact.ended and fact.ended.isoformat(), fact.label) for fact in self.facts("entities", "company")]
        assert told[3] == ("2021-09-10", "股东") and told[-1] == (None, "股东（已注销或吊销，日期不详）")

    def test_business_done_is_an_answer_of_its_own(self) -> None:
        assert self.values("entities", "business_activity") == [
            ["operating"], ["operating"], [], [], [], ["idle"], [], ["idle"]]
