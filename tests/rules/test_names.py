"""Personal names are kept exactly; notes lose only what cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.names import INVISIBLE, LONGEST_NAME, MIDDLE_DOT, VARIATION, check_name, clean_note


@pytest.mark.parametrize("name", [
    "测试张三", "李〇", "𠮷测", "\U00030000测", "\U00031350测", "\U000323AF测", "ꀊꁧ", "阿卜杜拉·买买提",
    "ᦶᦎᦺᧈ", "Nguyễn Thị Mai", "木" * 50, "曱甴",
])
def test_real_names_are_kept_as_they_are(name: str) -> None:
    verdict = check_name(name)
    assert verdict.ok and verdict.name == unicodedata.normalize("NFC", name) and not verdict.changed


@pytest.mark.parametrize("separator", ["•", "・", ".", "．", "‧", "･", "∙", "⋅"])
def test_every_variant_of_the_separator_becomes_the_middle_dot_and_says_so(separator: str) -> None:
    verdict = check_name(f"阿卜杜拉{separator}买买提")
    assert verdict.name == f"阿卜杜拉{MIDDLE_DOT}买买提" and "间隔号" in verdict.changed[0]


@pytest.mark.parametrize("typed", ["测 三", "测\u3000三", " 测\u00a0三 "])
def test_spaces_that_pad_a_han_name_are_taken_out_and_said_so(typed: str) -> None:
    verdict = check_name(typed)
    assert verdict.name == "测三" and verdict.changed == ("去掉了姓名中的空格",)


def test_spaces_around_a_name_are_no_change_worth_saying() -> None:
    assert check_name(" 测三 ").changed == ()


@pytest.mark.parametrize(("name", "words"), [
    ("", "请填写姓名"), ("  ", "请填写姓名"), ("测3", "数字"), ("测３", "数字"), ("测²", "数字"), ("测Ⅷ", "数字"),
    ("测<b>", "“<”"), ("测=1", "“=”"), ("测⼀", "“⼀”"), ("测😀", "“😀”"), ("·测", "间隔号"), ("测·", "间隔号"),
    ("测··三", "间隔号"), ("木" * (LONGEST_NAME + 1), "最多60个字"), ("测a\u0300\u0301\u0302\u0303\u0304", "附加符号过多"),
])
def test_what_is_no_name_is_refused_with_a_sentence(name: str, words: str) -> None:
    verdict = check_name(name)
    assert not verdict.ok and words in str(verdict.problem)


@pytest.mark.parametrize("code", sorted(INVISIBLE | VARIATION | set(range(0x20)) - {9} | set(range(0x7F, 0xA0))))
def test_no_invisible_character_enters_a_name_or_a_note(code: int) -> None:
    assert not check_name(f"测{chr(code)}三").ok
    if code not in VARIATION and code not in (0x0A, 0x0D):
        assert clean_note(f"甲{chr(code)}乙", 10) == "甲乙"


def test_a_private_use_character_is_kept_with_a_warning() -> None:
    verdict = check_name("测\ue000")
    assert verdict.ok and verdict.name == "测\ue000" and "自造字" in verdict.warnings[0]


def test_a_compatibility_form_is_normalised_and_said_so() -> None:
    verdict = check_name("\uf900测")
    assert verdict.name == "豈测" and "户口簿" in verdict.changed[0]


@given(st.text())
def test_an_accepted_name_is_stable_and_short(text: str) -> None:
    verdict = check_name(text)
    if verdict.ok:
        again = check_name(verdict.name)
        assert (again.name, again.ok, again.changed) == (verdict.name, True, ())
        assert 0 < len(verdict.name) <= LONGEST_NAME


def test_a_note_keeps_lines_and_rare_characters() -> None:
    assert clean_note(" 一\r\n二\r三\u2028\U00031350\t四 ", 40) == "一\n二\n三\n\U00031350 四"


def test_a_note_that_is_too_long_is_refused_not_cut() -> None:
    assert clean_note("字" * 10, 10) == "字" * 10
    with pytest.raises(ValueError, match="最多10个字，现在是11个字"):
        clean_note("字" * 11, 10)


@given(st.text(max_size=200))
def test_cleaning_a_note_twice_changes_nothing(text: str) -> None:
    once = clean_note(text, 1000)
    assert clean_note(once, 1000) == once
