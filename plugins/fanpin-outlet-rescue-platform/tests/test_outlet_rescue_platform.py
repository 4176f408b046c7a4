"""The posting on the 政府救助平台: what the public may see, as a clerk's text and as the platform's document."""

import fanpin_outlet_rescue_platform

from fanpin.adapters import Errand
from fanpin.testing import OutletContract


class TestRescuePlatform(OutletContract):
    module = fanpin_outlet_rescue_platform

    def test_title_text_table_and_document_say_the_same(self) -> None:
        item = self.draft(Errand.POST_NOTICE)
        parcel = self.deliver(item)
        heads = [row["head_name"] for row in item.rows]
        assert [row[2] for row in parcel.rows] == heads and all(head in parcel.text for head in heads)
        assert [row["head_name"] for row in parcel.post["households"]] == heads
        assert parcel.title == parcel.post["title"] == "样本县样本镇样本村2026年3月拟纳入防止返贫监测对象公示"
        assert "2026-03-02至2026-03-08（5个工作日）" in parcel.text and "0000-0000001" in parcel.text

    def test_the_column_of_the_platform_is_the_countys_setting(self) -> None:
        assert self.deliver(self.draft(Errand.POST_NOTICE), column="村务公开").post["column"] == "村务公开"

    def test_a_withdrawal_names_the_posting_and_nobody(self) -> None:
        item = self.draft(Errand.WITHDRAW_NOTICE)
        parcel = self.deliver(item)
        assert parcel.post["id"] == item.text("receipt_number") and parcel.rows == () and parcel.post["action"] == "withdraw"
