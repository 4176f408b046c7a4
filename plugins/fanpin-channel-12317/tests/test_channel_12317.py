"""12317: the contract, and which of its orders are declarations."""

import fanpin_channel_12317

from fanpin.testing import ChannelContract


class TestHotline(ChannelContract):
    module = fanpin_channel_12317

    def test_questions_and_complaints_are_no_declarations(self) -> None:
        assert [lead.number for lead in self.leads("orders")] == ["12317-26020301", "12317-26020905", "12317-26021107"]

    def test_what_names_no_difficulty_is_another_one(self) -> None:
        assert [lead.categories for lead in self.leads("orders")] == [("medical",), ("living", "housing"), ("other",)]

    def test_a_neighbour_may_call_for_somebody(self) -> None:
        assert [lead.relation for lead in self.leads("orders")] == ["本人", "邻居", "户主"]
