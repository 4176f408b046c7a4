"""Printing: the same bytes for the same data, words that stay words, refusals that say what to do."""

import io
import struct
import zlib
from dataclasses import replace

import pikepdf
import pytest

from fanpin.documents.catalogue import PAPERS
from fanpin.documents.papers_common import Contact, PublicHousehold
from fanpin.documents.printing import MissingGlyph, NotPublic, PressFailed, Printer
from tests.documents.every_sample import SAMPLES
from tests.documents.samples import COMMITTEE, IMPRINT, LEAD, LEAFLET, MINUTES, VILLAGE_REPORT, notice, public_households

HOUSEHOLD = public_households(1)[0]
CANARIES = ('<a rel="attachment" href="file:///etc/hostname">附</a>', "{{ 7*7 }}", "{% raw %}", '<img src="http://127.0.0.1/x.png">',
            '<link rel="attachment" href="file:///etc/hostname">', "</td></tr></table>", "&lt;b&gt;")


def picture() -> bytes:
    """Return a red square as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\x00\xc8\x20\x1f")) + chunk(b"IEND", b""))


def test_same_data_give_the_same_bytes_from_another_press(printer: Printer) -> None:
    first = printer.render("notice_in", notice(), imprint=IMPRINT, demo=True)
    printer.render("lead", LEAD, imprint=IMPRINT, demo=False)
    with Printer() as other:
        assert other.render("notice_in", notice(), imprint=IMPRINT, demo=True).digest == first.digest
    assert first.digest.startswith("sha256:") and len(first.digest) == 71


def test_other_data_give_other_bytes(printer: Printer) -> None:
    one, two = (printer.render("notice_in", notice(month=month), imprint=IMPRINT, demo=True) for month in ("2026年3月", "2026年4月"))
    assert one.digest != two.digest


@pytest.mark.parametrize("canary", CANARIES)
def test_what_people_typed_stays_words(printer: Printer, canary: str) -> None:
    done = printer.render("lead", replace(LEAD, own_words=canary), imprint=IMPRINT, demo=False)
    assert canary in done.text
    with pikepdf.open(io.BytesIO(done.pdf)) as opened:
        assert not opened.attachments
        assert all(item.get("/Type") != "/EmbeddedFile" for item in opened.objects if isinstance(item, pikepdf.Dictionary))


def test_words_in_a_seals_name_stay_words(printer: Printer) -> None:
    done = printer.render("village_report", replace(VILLAGE_REPORT, issuer="<b>村</b>"), imprint=IMPRINT, demo=True)
    assert "<b>村</b>" in done.text


def test_missing_glyph_stops_the_paper_and_names_character_and_place(printer: Printer) -> None:
    with pytest.raises(MissingGlyph) as caught:
        printer.render("lead", replace(LEAD, head_name="字\U000f0000"), imprint=IMPRINT, demo=True)
    assert caught.value.characters == ("\U000f0000",)
    assert caught.value.where == ("“字\U000f0000”",)
    assert "U+F0000" in caught.value.message and "请核对用字" in caught.value.message


@pytest.mark.parametrize("household", [
    replace(HOUSEHOLD, measures=("健康帮扶（尿毒症透析）",)), replace(HOUSEHOLD, household_class="因病返贫户"),
    replace(HOUSEHOLD, head_name="字㬹（一级残疾）"), replace(HOUSEHOLD, head_name="字㬹532929197001010013"),
])
def test_public_paper_refuses_what_the_allow_list_does_not_know(printer: Printer, household: PublicHousehold) -> None:
    with pytest.raises(NotPublic, match="没有打印"):
        printer.render("notice_in", notice(households=(household,)), imprint=IMPRINT, demo=True)


@pytest.mark.parametrize(("words", "kind"), [
    ("身份号码532929197001010013", "身份证号"), ("联系13900000000", "手机号"), ("卡号6222021234567890123", "银行账号"),
    ("联系１３９ ００００ ００００", "手机号"),
])
def test_public_paper_refuses_personal_numbers_in_any_field(printer: Printer, words: str, kind: str) -> None:
    with pytest.raises(NotPublic, match=kind):
        printer.render("notice_in", notice(office_address=words), imprint=IMPRINT, demo=True)


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.public and code != "leaflet"])
def test_every_public_paper_fails_closed(printer: Printer, code: str) -> None:
    with pytest.raises(NotPublic, match="身份证号"):
        printer.render(code, replace(SAMPLES[code], issuer="某村532929197001010013"), imprint=IMPRINT, demo=True)


def test_mobile_number_of_an_office_may_be_published(printer: Printer) -> None:
    done = printer.render("leaflet", replace(LEAFLET, contacts=(Contact(unit="村委会值班", phone="13900000000"),)),
                          imprint=IMPRINT, demo=True)
    assert "13900000000" in done.text


def test_digits_of_the_imprint_are_no_personal_number(printer: Printer) -> None:
    imprint = replace(IMPRINT, event_hash="13900000000123456", verify_code="234567892345")
    assert printer.render("leaflet", LEAFLET, imprint=imprint, demo=True).pages == 1


def test_real_paper_leaves_room_for_the_seal_and_says_nothing_of_demo(printer: Printer) -> None:
    done = printer.render("notice_in", notice(), imprint=IMPRINT, demo=False)
    assert "（盖章处）" in done.text
    assert "演示" not in done.text and "样章" not in done.text


def test_registered_seal_takes_the_place_of_the_empty_room(printer: Printer) -> None:
    done = printer.render("notice_in", notice(), imprint=IMPRINT, demo=False, seals={COMMITTEE: picture()})
    assert "（盖章处）" not in done.text
    with pikepdf.open(io.BytesIO(done.pdf)) as opened:
        assert any(item.get("/Subtype") == "/Image" for item in opened.objects if isinstance(item, pikepdf.Stream))


def test_demo_never_prints_a_registered_seal(printer: Printer) -> None:
    done = printer.render("notice_in", notice(), imprint=IMPRINT, demo=True, seals={COMMITTEE: picture()})
    with pikepdf.open(io.BytesIO(done.pdf)) as opened:
        assert not any(item.get("/Subtype") == "/Image" for item in opened.objects if isinstance(item, pikepdf.Stream))


def test_village_with_nobody_absent_prints_a_plain_sentence(printer: Printer) -> None:
    done = printer.render("minutes", replace(MINUTES, opinions=(), committee=None), imprint=IMPRINT, demo=True)
    assert "会上没有提出不同意见。" in done.text and "六、村“两委”研究" not in done.text


@pytest.mark.parametrize("leaving", [False, True])
def test_report_speaks_of_its_own_procedure(printer: Printer, leaving: bool) -> None:
    text = printer.render("village_report", replace(VILLAGE_REPORT, leaving=leaving), imprint=IMPRINT, demo=True).text
    assert ("拟风险消除" in text) is leaving
    assert ("拟纳入" in text) is not leaving


def test_data_of_another_paper_are_refused(printer: Printer) -> None:
    with pytest.raises(TypeError, match="notice_in takes Notice"):
        printer.render("notice_in", LEAD, imprint=IMPRINT, demo=True)


def test_fault_of_the_press_is_told_and_the_next_paper_prints(printer: Printer) -> None:
    with pytest.raises(PressFailed):
        printer.render("notice_in", notice(), imprint=IMPRINT, demo=False, seals={COMMITTEE: b""})
    assert printer.render("leaflet", LEAFLET, imprint=IMPRINT, demo=True).pages == 1
