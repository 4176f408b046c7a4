"""统计（调查）部门's adapter: figures of villages, advice on method, and no person."""

import fanpin_statistics

from fanpin.testing import AdapterContract


class TestStatistics(AdapterContract):
    module = fanpin_statistics

    def test_people_are_counted_in_heads(self) -> None:
        assert [fact.amount for fact in self.facts("population", "rural_population")][:2] == [2315, 1820]

    def test_a_method_to_correct_says_what(self) -> None:
        wrong = [fact.label for fact in self.facts("method", "income_method") if fact.value == "to_correct"]
        assert wrong == ["未扣除生产经营费用", "赔偿金误计为转移性收入", "漏计务工收入", "自产自食未折价"]
