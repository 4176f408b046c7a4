"""三(四) 政府救助平台: the notice as the public may see it, as the item that an outlet gets; nothing else leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.documents.papers_village import Notice as NoticePaper
from fanpin.models.notices import Notice
from fanpin.models.postings import PlatformPosting
from fanpin.rules import privacy
from fanpin.rules.income import FEN
from fanpin.rules.stages import Procedure
from fanpin.steps.paper_data_village import notice as notice_paper
from fanpin.steps.paper_values import NO_PHONE, Request

CODES = {Procedure.ENTERING: "notice_in", Procedure.LEAVING: "notice_out"}
TITLES = {Procedure.ENTERING: "拟纳入防止返贫监测对象公示", Procedure.LEAVING: "拟风险消除监测对象公示"}


@dataclass(frozen=True)
class Told:
    """An item, and the phones of offices that belong on it."""

    item: Item
    official: tuple[str, ...]


def to_post(request: Request, notice: Notice) -> Told:
    """Return a notice as the public may see it: the paper's own data, by the columns that a public paper may carry."""
    paper, procedure = notice_paper(request), notice.village_list.procedure
    return Told(Item(errand=Errand.POST_NOTICE, values=_values(paper, notice, TITLES[procedure]), rows=tuple(_rows(paper))),
                tuple(contact.phone for contact in paper.contacts))


def to_withdraw(notice: Notice, posted: PlatformPosting | None) -> Told:
    """Return what the platform needs to take a notice down; it names nobody."""
    return Told(Item(errand=Errand.WITHDRAW_NOTICE, values={
        "title": TITLES[notice.village_list.procedure], "number": notice.number, "reason": notice.cancelled_reason,
        "receipt_number": posted.number if posted else "", "receipt_address": posted.address if posted else ""}), ())


def _values(paper: NoticePaper, notice: Notice, title: str) -> dict[str, str]:
    place = paper.place
    line = "" if paper.line is None else f"{paper.line / FEN:g}"
    return {
        "title": title, "number": notice.number, "issuer": paper.issuer, "county": place.county, "township": place.township,
        "village": place.village, "month": paper.month, "line": line, "line_year": str(paper.line_year or ""), "first_day": paper.first_day.isoformat(), "last_day": paper.last_day.isoformat(),
        "workdays": str(paper.workdays), "skipped": paper.skipped_words, "places": "、".join(paper.places),
        "households": str(len(paper.households)), "people": str(paper.people),
        "contacts": "\n".join(f"{contact.unit}：{contact.phone}" for contact in paper.contacts if contact.phone != NO_PHONE),
        "office_address": paper.office_address}


def _rows(paper: NoticePaper) -> Iterable[Mapping[str, str]]:
    for number, household in enumerate(paper.households, start=1):
        row = {"number": str(number), "group": household.group, "head_name": household.head_name, "size": str(household.size),
               "household_class": household.household_class, "measures": "、".join(household.measures)}
        assert set(row) == privacy.PUBLIC_COLUMNS
        yield row


def refusal_of(parcel: Parcel, told: Told) -> str:
    """Return why a parcel must not go out: something private stands in it; "" where it may."""
    records = (value for found in parcel.post.values() if isinstance(found, list) for record in found for value in record.values())
    plain = (value for value in parcel.post.values() if not isinstance(value, list))
    every = (parcel.title, parcel.text, *parcel.headings, *(cell for row in parcel.rows for cell in row), *plain, *records)
    # One by one: two numbers side by side would make a third.
    return next((said for words in every if (said := privacy.refusal_of(privacy.scan(str(words), official=told.official)))), "")
