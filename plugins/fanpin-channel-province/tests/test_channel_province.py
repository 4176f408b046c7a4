"""政府救助平台: the contract, and what its export says."""

import fanpin_channel_province

from fanpin.testing import ChannelContract


class TestProvince(ChannelContract):
    module = fanpin_channel_province

    def test_the_kind_of_aid_is_the_category(self) -> None:
        assert [lead.categories for lead in self.leads("export")] == [("medical",), ("education",), ("housing",), ("other",)]

    def test_every_application_is_a_declaration_in_its_own_words(self) -> None:
        assert [lead.statement for lead in self.leads("export")][-1] == "牛病死了两头，贷款还不上"
