"""自然资源部门's adapter: what 附件2 第四项 means, and what it does not."""

import fanpin_natural_resources

from fanpin.testing import AdapterContract


class TestNaturalResources(AdapterContract):
    module = fanpin_natural_resources

    def test_resettlement_and_rural_houses_are_no_town_property(self) -> None:
        assert [fact.value for fact in self.facts("property", "property")] == [
            "flat", "town_shop", "homestead", "relocation", "town_self_built", "flat", "town_business", "resettlement",
            "unknown", "rural_other"]

    def test_a_flat_sold_has_ended(self) -> None:
        ended = [fact.ended.isoformat() for fact in self.facts("property", "property") if fact.ended]
        assert ended == ["2022-05-30"]

    def test_area_is_counted_in_hundredths_of_a_square_metre(self) -> None:
        assert self.facts("property", "property")[0].amount == 9855
