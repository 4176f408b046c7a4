"""人民银行's adapter: lists of discredit, and no account."""

import fanpin_central_bank

from fanpin.testing import AdapterContract


class TestCentralBank(AdapterContract):
    module = fanpin_central_bank

    def test_a_limit_on_spending_alone_is_no_discredit(self) -> None:
        assert self.values("discipline", "credit_discipline") == [
            ["dishonest_debtor"], ["dishonest_debtor"], ["joint_discipline"], [], ["dishonest_debtor"],
            ["joint_discipline"], ["joint_discipline"], ["dishonest_debtor"]]

    def test_a_debtor_who_paid_has_left_the_list(self) -> None:
        ended = [fact.ended.isoformat() for fact in self.facts("discipline", "credit_discipline") if fact.ended]
        assert ended == ["2025-06-01", "2024-09-09"]

    def test_deposits_are_no_column(self) -> None:
        words = "".join(name for table in self.manifest.tables for column in table.columns for name in column.names)
        assert "存款" not in words and "余额" not in words
