"""Masks, public columns, the scan that fails closed, retention."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.rules.identity import synthetic_id
from fanpin.rules.privacy import (
    PUBLIC_COLUMNS, RETENTION, FindingKind, mask_account, mask_id, mask_phone, private_columns, refusal_of, scan,
)

PERSON = synthetic_id("532601", date(1990, 1, 1), 17)
K = FindingKind


def test_masks_show_what_the_table_allows() -> None:
    assert mask_id(PERSON) == "53" + "*" * 16
    assert mask_phone("13800000078") == "138******78"
    assert mask_account("6222000000001234") == "*" * 12 + "1234"


@pytest.mark.parametrize("mask", [mask_id, mask_phone, mask_account])
def test_short_or_missing_values_show_nothing(mask: type) -> None:
    assert mask(None) == mask("") == "" and mask("12") == "**"


def test_only_the_six_public_columns_pass() -> None:
    assert private_columns(sorted(PUBLIC_COLUMNS)) == ()
    assert private_columns(["head_name", "phone", "id_number", "risk", "health", "address"]) == (
        "phone", "id_number", "risk", "health", "address",
    )


@pytest.mark.parametrize(("text", "kinds"), [
    (f"户主证件{PERSON}。", [K.ID_NUMBER]),
    ("11010519491231002x", [K.ID_NUMBER]),
    ("530102900101123", [K.ID_NUMBER]),
    ("号码１３８００００００７８", [K.PHONE]),
    ("138 0000 0078", [K.PHONE]), ("138-0000-0078", [K.PHONE]), ("+86 13800000078", [K.PHONE]),
    (f"{PERSON[:6]} {PERSON[6:14]} {PERSON[14:]}", [K.ID_NUMBER]),
    (f"{PERSON[:6]}-{PERSON[6:14]}-{PERSON[14:]}", [K.ID_NUMBER]),
    (" ".join(PERSON), [K.ID_NUMBER]),
    ("\u200b".join(PERSON), [K.ID_NUMBER]),
    (f"a{PERSON}b", [K.ID_NUMBER]),
    (f"{PERSON}53", [K.CERTIFICATE]), (f"{PERSON}53B1", [K.CERTIFICATE]),
    ("6222000000001234567", [K.ACCOUNT]), ("6222 0000 0000 1234 567", [K.ACCOUNT]),
    (f"张 13800000078 {PERSON}", [K.PHONE, K.ID_NUMBER]),
])
def test_the_scan_finds_what_must_not_be_public(text: str, kinds: list[FindingKind]) -> None:
    found = scan(text)
    assert [finding.kind for finding in found] == kinds
    assert kinds[0].title in refusal_of(found) and PERSON not in refusal_of(found)


@pytest.mark.parametrize("text", [
    "公示编号532601103201-202603-01", "公示期：2026年3月10日至2026年3月16日", "云巩固振兴组〔2021〕1号", "电话0876-2123456",
    "全国咨询电话12317", "一组 测试户主 4 边缘易致贫户", "8,700.00元", "", "2026-03-10 2026-03-16", "1 2 3 4 5 6 7 8 9",
])
def test_what_belongs_on_a_notice_passes(text: str) -> None:
    assert scan(text) == [] and refusal_of(scan(text)) == ""


def test_a_complaint_phone_that_was_registered_passes_and_no_other() -> None:
    text = "监督电话138-0000-0078，13900000078"
    assert [finding.kind for finding in scan(text, official=["13800000078"])] == [K.PHONE]
    assert scan(text, official=["138 0000 0078", "139-0000-0078"]) == []


@given(
    before=st.text("户主组 ，。（\n", max_size=5), after=st.text("户主组 ，。）\n", max_size=5),
    birth=st.dates(date(1920, 1, 1), date(2026, 1, 1)), order=st.integers(0, 999),
)
def test_no_id_number_slips_through_between_words(before: str, after: str, birth: date, order: int) -> None:
    assert any(f.kind is K.ID_NUMBER for f in scan(before + synthetic_id("532601", birth, order) + after))


def test_every_kind_of_record_has_its_time_and_end() -> None:
    rows = {row.record: row for row in RETENTION}
    assert len(rows) == len(RETENTION) and all(row.then and row.source for row in RETENTION)
    assert rows["audit"].days >= 180 and rows["raw_answer"].days == 30 and rows["name_list"].days is None
