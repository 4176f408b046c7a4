"""应急管理部门's adapter: forces of nature, and fires."""

import fanpin_emergency

from fanpin.testing import AdapterContract


class TestEmergency(AdapterContract):
    module = fanpin_emergency

    def test_a_fire_is_no_natural_disaster(self) -> None:
        assert [fact.amount for fact in self.facts("losses", "fire_loss")] == [4_500_000, 12_000_000]
        assert [fact.value for fact in self.facts("losses", "natural_disaster")] == [
            "geological", "earthquake", "weather", "weather", "geological", "weather"]

    def test_a_loss_without_a_figure_is_still_told(self) -> None:
        assert [fact.label for fact in self.facts("losses", "natural_disaster") if fact.amount is None] == ["作物受冻"]
