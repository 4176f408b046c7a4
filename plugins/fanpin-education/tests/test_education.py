"""教育部门's adapter: which students 附件1 means, and what the school says."""

import fanpin_education

from fanpin.testing import AdapterContract


class TestEducation(AdapterContract):
    module = fanpin_education

    def test_a_public_school_inland_is_not_what_the_annex_means(self) -> None:
        assert self.values("students", "student_away") == [
            ["private_province"], ["coastal"], ["private_elsewhere"], ["private_coastal"], [], ["private_coastal"],
            ["coastal"], ["private_coastal"]]

    def test_what_the_family_pays_itself_is_told_in_fen(self) -> None:
        assert [fact.amount for fact in self.facts("students", "student_away")][:4] == [1_260_000, 820_000, None, 3_150_050]

    def test_a_suspected_dropout_is_told_as_one(self) -> None:
        assert [values[0] for values in self.values("schooling", "schooling")] == [
            "enrolled", "enrolled", "suspended", "graduated", "dropped_out", "enrolled", "dropped_out", "enrolled"]

    def test_a_grant_says_where_the_school_lies(self) -> None:
        assert self.values("schooling", "student_aid") == [
            ["province"], ["province"], [], [], [], ["province"], [], ["coastal"]]
