"""残联's adapter: what the certificate's own digits say."""

import fanpin_disabled_federation

from fanpin.testing import AdapterContract


class TestDisabledFederation(AdapterContract):
    module = fanpin_disabled_federation

    def test_the_digits_decide_and_many_disabilities_are_looked_into(self) -> None:
        assert [fact.value for fact in self.facts("certificates", "disability")] == [
            "severe", "severe", "mind", "mind", "other", "severe", "other", "mind"]

    def test_only_what_the_annex_names_arrives_in_bulk_and_no_certificate_withdrawn(self) -> None:
        assert self.values("certificates", "disabled_person") == [
            ["severe"], ["severe"], ["mind"], ["mind"], [], [], [], ["mind"]]

    def test_a_certificate_withdrawn_has_ended(self) -> None:
        assert self.facts("certificates", "disability")[5].ended.isoformat() == "2025-12-20"
