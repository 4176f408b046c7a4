"""手机APP: the contract, and what its export says."""

import fanpin_channel_national_app

from fanpin.testing import ChannelContract


class TestNationalApp(ChannelContract):
    module = fanpin_channel_national_app

    def test_a_draft_or_what_was_taken_back_is_no_declaration(self) -> None:
        assert [lead.number[-4:] for lead in self.leads("export")] == ["0001", "0007", "0002", "0009"]

    def test_every_difficulty_that_is_named_counts(self) -> None:
        assert [lead.categories for lead in self.leads("export")] == [
            ("living", "medical"), ("education",), ("housing", "water"), ("employment",)]

    def test_lines_stay_lines(self) -> None:
        assert self.leads("export")[0].statement.splitlines() == [
            "今年查出肾病，每个星期透析三次，", "报销以后自己还要出一千多块，家里撑不住了。"]
