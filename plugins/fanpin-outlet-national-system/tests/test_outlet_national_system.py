"""The sheets for the national system: its columns in its order, a row per person."""

import fanpin_outlet_national_system

from fanpin.adapters import Errand
from fanpin.testing import OutletContract


class TestNationalSystem(OutletContract):
    module = fanpin_outlet_national_system

    def test_a_row_per_person_repeats_the_household(self) -> None:
        item = self.draft(Errand.ENTER)
        parcel = self.deliver(item)
        place, number = parcel.headings.index("户主姓名"), parcel.headings.index("证件号码")
        assert {row[place] for row in parcel.rows} == {"样甲"}
        assert [row[number] for row in parcel.rows] == [row["id_number"] for row in item.rows]
        assert len(set(parcel.headings)) == len(parcel.headings) == len(fanpin_outlet_national_system.ORDER)

    def test_only_what_is_to_be_marked_says_that_the_risk_is_gone(self) -> None:
        for errand, said in ((Errand.MARK, "是"), (Errand.CHANGE, "样风险是否已消除")):
            parcel = self.deliver(self.draft(errand))
            assert {row[parcel.headings.index("风险是否已消除")] for row in parcel.rows} == {said}

    def test_a_column_is_named_otherwise_by_setting(self) -> None:
        parcel = self.deliver(self.draft(Errand.ENTER), renamed="户联系电话=联系电话、乡=乡镇")
        assert "联系电话" in parcel.headings and "乡镇" in parcel.headings and "户联系电话" not in parcel.headings
