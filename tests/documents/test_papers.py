"""What people read on the papers: names as typed, our typefaces only, the grid of GB/T 9704, one snapshot each."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from fanpin.documents.catalogue import PAPERS
from fanpin.documents.printing import Rendered
from fanpin.resources import printable
from tests.documents.samples import IMPRINT, NAMES, RARE

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITE = "FANPIN_WRITE_SNAPSHOTS" in os.environ
POINT = 25.4 / 72
Printed = Callable[[str], Rendered]
Poppler = Callable[..., str]


@pytest.mark.parametrize("code", PAPERS)
def test_paper_reads_as_its_snapshot(code: str, printed: Printed) -> None:
    file = SNAPSHOTS / f"{code}.txt"
    if WRITE:
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(printed(code).text + "\n", encoding="utf-8")
    assert printed(code).text + "\n" == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", PAPERS)
def test_paper_carries_number_code_hash_policy_and_clause(code: str, printed: Printed) -> None:
    text = printed(code).text.replace("\n", "")
    assert IMPRINT.number in text
    assert "7KQ2-M9XR-WB4T" in text
    assert IMPRINT.event_hash[:16] in text and IMPRINT.event_hash[:17] not in text
    assert "云巩固振兴组〔2021〕1号" in text
    assert re.search("第[一二三四五六]部分", text)


@pytest.mark.parametrize("code", PAPERS)
def test_paper_embeds_our_typefaces_only(code: str, printed: Printed, poppler: Poppler) -> None:
    rows = poppler("pdffonts", printed(code).pdf).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+Fanpin-", row), row
        assert re.search(r"\byes yes yes\b", row), row


@pytest.mark.parametrize("code", PAPERS)
def test_every_character_of_the_paper_can_be_drawn(code: str, printed: Printed) -> None:
    assert printable(printed(code).text) == []


@pytest.mark.parametrize("code", PAPERS)
def test_paper_holds_no_file_link_or_script(code: str, printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed(code).pdf)) as opened:
        assert not opened.attachments
        written = b" ".join(item.unparse() for item in opened.objects if not isinstance(item, pikepdf.Stream))
    assert not re.search(rb"/(EmbeddedFile|Filespec|JavaScript|JS|URI|Launch)\b", written)


def test_names_come_back_as_they_were_typed(printed: Printed, poppler: Poppler) -> None:
    text = poppler("pdftotext", printed("notice_in").pdf, "-raw")
    for name in NAMES:
        assert name in text
    assert set("㬹𬭎䶮") <= set("".join(RARE))


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.public])
def test_public_paper_shows_neither_number_nor_illness(code: str, printed: Printed, poppler: Poppler) -> None:
    text = poppler("pdftotext", printed(code).pdf) + printed(code).text
    body = text.replace(IMPRINT.event_hash[:16], "")
    assert not re.search(r"[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}", body)
    for word in ("因病", "因残", "残疾", "大病", "慢性病", "身份", "小样", "8号"):
        assert word not in body


def test_notice_says_when_where_and_to_whom(printed: Printed) -> None:
    text = printed("notice_in").text.replace("\n", "")
    for words in ("2026年3月11日至2026年3月17日", "5个工作日", "张贴当天不算", "3月14日、3月15日（周末）不计入", "政府救助平台",
                  "第1村民小组活动室", "0872-5520001", "0872-5520002", "0872-5520003", "12317", "严格保密", "30户105人"):
        assert words in text


def test_notice_of_thirty_households_takes_two_pages(printed: Printed) -> None:
    assert printed("notice_in").pages == 2


def test_application_of_a_small_household_takes_one_page(printed: Printed) -> None:
    assert printed("application").pages == 1


def test_application_tells_who_signs_and_that_it_was_read_aloud(printed: Printed) -> None:
    text = printed("application").text.replace("\n", "")
    assert "代书人已向本人宣读全文" in text
    assert "字𬭎龙之子532929199805060035在外未签，不查询本人信息" in text
    assert "字小样之孙女—未成年人，由户主代为申请和授权" in text


def test_joint_review_prints_not_asked_and_never_clear(printed: Printed) -> None:
    text = printed("joint_review").text.replace("\n", "")
    assert "未授权未查询字𬭎龙（村里核实：在省外务工，没有公职，名下没有车辆）。本人未签授权，没有查询，不等于没有问题" in text


def test_money_is_printed_in_yuan(printed: Printed) -> None:
    text = printed("survey").text
    assert "\n14200.50\n" in text and "\n18600\n" in text and "\n-5600\n" in text


def test_letter_keeps_the_grid_of_the_standard(printed: Printed, poppler: Poppler) -> None:
    page = poppler("pdftotext", printed("county_reply").pdf, "-bbox-layout", "-f", "1", "-l", "1")
    lines = [
        [float(number) * POINT for number in found]
        for found in re.findall(r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', page)
    ]
    body = sorted((top, left, right) for left, top, right, bottom in lines if right - left > 140 and 155 < top < 262)
    assert len(body) >= 6
    steps = [below[0] - above[0] for above, below in zip(body[:5], body[1:6], strict=True)]
    assert all(abs(step - 225 / 22) < 0.05 for step in steps), steps
    assert abs(min(left for _top, left, _right in body) - 28) < 0.5
    full = [right for _top, _left, right in body[:6]]
    assert max(full) < 184.5 and max(full) - min(full) < 2.6, full


def test_demo_paper_says_so_on_every_page(printed: Printed, poppler: Poppler) -> None:
    for code in PAPERS:
        text = poppler("pdftotext", printed(code).pdf)
        assert text.count("演示件，不具效力") == printed(code).pages, code


