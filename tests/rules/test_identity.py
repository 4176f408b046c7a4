"""ID numbers, disability certificates, social credit codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.identity import (
    TEXT_FORMAT, DisabilityCategory, check, check_certificate, check_uscc, focus_of, normalise, severe, synthetic_id,
)
from fanpin.rules.members import FocusGroup, Sex

TODAY = date(2026, 3, 2)
GOOD = synthetic_id("532601", date(1990, 1, 1), 17)


def test_the_published_example_has_the_check_character_x() -> None:
    verdict = check("11010519491231002X", TODAY)
    assert (verdict.ok, verdict.birth, verdict.sex) == (True, date(1949, 12, 31), Sex.FEMALE)


@pytest.mark.parametrize("area", [
    "530181", "530115", "530681", "530129", "530925", "532503", "532504", "533103", "533401", "999999", "000000",
])
def test_no_division_code_refuses_a_person(area: str) -> None:
    assert check(synthetic_id(area, date(1975, 6, 30), 8), TODAY).ok


@pytest.mark.parametrize("typed", [
    " 11010519491231002x ", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "'11010519491231002X",
    "\u200b11010519491231002X\ufeff", "11010519491231002X\n", "\u202a11010519491231002X\u202c",
])
def test_the_ways_people_type_a_number_come_out_the_same(typed: str) -> None:
    assert check(typed, TODAY).canonical == normalise(typed) == "11010519491231002X"


@pytest.mark.parametrize("value", [
    5.30102e17, 530102199001011231, "5.30102E+17", "5.30102e17", "530102199001011231.0", None, True,
])
def test_a_numeric_cell_is_refused_with_the_way_to_mend_it(value: object) -> None:
    assert check(value, TODAY).problem == TEXT_FORMAT


@pytest.mark.parametrize(("number", "words"), [
    ("", "请填写身份证号"),
    ("53260119900101017", "现在是17位"),
    ("5326011990010101788", "现在是19位"),
    ("53260119900101O178", "应为数字"),
    ("53260119900101017Y", "应为数字"),
    ("53260119900101017一", "应为数字"),
    ("532601199002300171", "不是真实的出生日期"),
    ("532601199013010171", "不是真实的出生日期"),
    ("532601000001010171", "不是真实的出生日期"),
    (GOOD[:-1] + "0", "校验不符"),
    (GOOD[:14] + "1000", "末三位都是0"),
    (synthetic_id("532601", date(2026, 3, 3), 1), "晚于今天"),
    ("530102900101123", "15位旧身份证号，已停止使用"),
    ("530102901301123", "出生日期不对"),
])
def test_a_wrong_number_is_refused_with_what_to_do_and_never_echoed(number: str, words: str) -> None:
    verdict = check(number, TODAY)
    assert not verdict.ok and words in str(verdict.problem)
    assert not verdict.canonical and (not number or number not in str(verdict.problem))


def test_an_old_number_suggests_the_long_form_for_checking() -> None:
    old = check("530102900101123", TODAY)
    assert old.suggestion.startswith("53010219900101123") and check(old.suggestion, TODAY).ok
    assert (old.birth, old.sex) == (date(1990, 1, 1), Sex.MALE)


def test_a_very_old_person_is_kept_with_a_warning() -> None:
    verdict = check(synthetic_id("532601", date(1905, 3, 1), 2), TODAY)
    assert verdict.ok and "120岁" in verdict.warnings[0]


def test_a_newborn_of_today_is_a_person() -> None:
    assert check(synthetic_id("532601", TODAY, 2), TODAY).ok


@given(area=st.integers(0, 999999), birth=st.dates(date(1910, 1, 1), TODAY), order=st.integers(0, 999))
def test_every_made_up_number_tells_its_birthday_and_sex(area: int, birth: date, order: int) -> None:
    verdict = check(synthetic_id(f"{area:06d}", birth, order), TODAY)
    assert verdict.ok and verdict.birth == birth and verdict.sex is (Sex.MALE if order % 2 else Sex.FEMALE)


@given(place=st.integers(0, 16), other=st.integers(1, 9))
def test_one_wrong_digit_never_passes(place: int, other: int) -> None:
    wrong = str((int(GOOD[place]) + other) % 10)
    assert not check(GOOD[:place] + wrong + GOOD[place + 1:], TODAY).ok


@given(place=st.integers(0, 15))
def test_two_swapped_digits_never_pass(place: int) -> None:
    swapped = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2:]
    assert swapped == GOOD or not check(swapped, TODAY).ok


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    verdict = check(text, TODAY)
    assert verdict.ok != bool(verdict.problem)


def test_a_made_up_number_wants_six_digits_and_a_small_order() -> None:
    for area, order in (("53260", 1), ("532601", 1000), ("53260X", 1)):
        with pytest.raises(ValueError, match="order"):
            synthetic_id(area, TODAY, order)


def test_a_certificate_tells_category_and_grade() -> None:
    verdict = check_certificate(GOOD + "53", TODAY)
    assert (verdict.ok, verdict.category, verdict.grade, verdict.id_number) == (True, DisabilityCategory.INTELLECT, 3, GOOD)
    assert check_certificate(GOOD.lower() + "11b1", TODAY).reissue == "B1"


@pytest.mark.parametrize(("number", "words"), [
    (GOOD, "现在是18位"), (GOOD + "83", "残疾类别"), (GOOD + "15", "残疾等级"), (GOOD + "53C1", "补换证"),
    (GOOD[:-1] + "053", "前18位应为身份证号"),
])
def test_a_wrong_certificate_says_which_part(number: str, words: str) -> None:
    assert words in str(check_certificate(number, TODAY).problem)


@pytest.mark.parametrize(("category", "grade", "group"), [
    ("1", 1, FocusGroup.SEVERE_DISABILITY), ("4", 2, FocusGroup.SEVERE_DISABILITY), ("4", 3, None), ("1", 4, None),
    ("5", 2, FocusGroup.SEVERE_DISABILITY), ("5", 3, FocusGroup.MIND_DISABILITY), ("6", 4, FocusGroup.MIND_DISABILITY),
    ("7", 3, None),
])
def test_focus_follows_category_and_grade(category: str, grade: int, group: FocusGroup | None) -> None:
    assert focus_of(DisabilityCategory(category), grade) is group
    assert severe(DisabilityCategory(category), grade) is (group is not None)


def test_a_multiple_disability_counts_by_its_parts() -> None:
    parts = frozenset({DisabilityCategory.LIMB, DisabilityCategory.MIND})
    assert focus_of(DisabilityCategory.MULTIPLE, 3, parts=parts) is FocusGroup.MIND_DISABILITY
    assert not severe(DisabilityCategory.MULTIPLE, 3, parts=frozenset({DisabilityCategory.LIMB}))


@pytest.mark.parametrize(("code", "kind"), [("91350100M000100Y43", "企业"), ("91350100m000100y43", "企业")])
def test_a_credit_code_with_a_right_check_character_passes(code: str, kind: str) -> None:
    assert (check_uscc(code).ok, check_uscc(code).kind) == (True, kind)


@pytest.mark.parametrize(("code", "words"), [
    ("91350100M000100Y4", "现在是17位"), ("91350100I000100Y43", "不含I"), ("91350100M000100Y44", "校验不符"),
])
def test_a_wrong_credit_code_says_why(code: str, words: str) -> None:
    assert words in str(check_uscc(code).problem)
