"""Invented items for an outlet, plain and extreme, and what came of them: for check, certificate and a plugin's own tests."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from fanpin.adapters.delivering import deliver
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.parcels import NOTICE_ROW, NOTICE_VALUES, Errand, Item, Parcel
from fanpin.rules import national
from fanpin.rules.identity import synthetic_id
from fanpin.rules.national import Part

HEADS = ("样甲", "样乙·样丙", "样丁")
# No county has this code: nobody real can bear such a number.
COUNTY = "539999"
MANY = 200
HOSTILE = "=1+1'\"><script>x</script>; DROP TABLE notice;--\u202e"
LONG = "长" * 200


@dataclass(frozen=True)
class Tried:
    """One way to try an outlet: its code, for which errand, what is tried, and the problem, "" where there is none."""

    code: str
    errand: str
    title: str
    problem: str


def sample(errand: Errand, day: date) -> Item:
    """Return an honest small item about invented people."""
    return _notice(errand, day) if errand.of_notice else _household(errand, day)


def tried(installed: Installed, manifest: Manifest, day: date) -> Iterator[Tried]:
    """Try every errand that the outlet declares, plainly, blank, with long and hostile words, again and with many rows."""
    for errand in (one for one in Errand if one.value in manifest.errands):
        item = sample(errand, day)
        yield _case(installed, manifest, "sample", "样件", [item])
        for code, title, changed in _changed(item):
            yield _case(installed, manifest, code, title, [changed])
        yield _case(installed, manifest, "load", f"{MANY}行", [replace(item, rows=tuple(item.rows[:1] * MANY))])
        yield Tried(f"{errand.value}.order", errand.title, "与先后和次数无关", _same(installed, manifest, item))


def _changed(item: Item) -> Iterable[tuple[str, str, Item]]:
    def every(value: str) -> Item:
        return replace(item, values={name: value for name in item.values}, rows=tuple(
            {name: row[name] if name in ("head_name", "name") else value for name in row} for row in item.rows))

    return (("blank", "空的内容", every("")), ("long", "很长的内容", every(LONG)), ("hostile", "像程序的内容", every(HOSTILE)))


def _case(installed: Installed, manifest: Manifest, code: str, title: str, items: Sequence[Item]) -> Tried:
    named, errand = f"{items[0].errand.value}.{code}", items[0].errand.title
    try:
        parcels = deliver(installed, manifest, items)
    except AdapterFailed as failed:
        # A hostile word that the outlet only placed, or refused, are both right: nothing runs and nothing leaves.
        return Tried(named, errand, title, "" if code == "hostile" and not failed.failure.security else failed.failure.text)
    return Tried(named, errand, title, next((said for item, parcel in zip(items, parcels, strict=True) if (said := _lacking(item, parcel))), "") if code != "blank" else "")


def _lacking(item: Item, parcel: Parcel) -> str:
    """Say what a parcel lacks: a title or text to be posted, the rows of every household or person."""
    if item.errand.of_notice and not (parcel.title and parcel.text):
        return "没有给出标题和正文，经办人员无法发布"
    if item.errand is not Errand.WITHDRAW_NOTICE and len(parcel.rows) != len(item.rows):
        return "没有给出每户每人一行的表"
    return ""


def _same(installed: Installed, manifest: Manifest, item: Item) -> str:
    other = replace(item, values={name: f"{value}另" for name, value in item.values.items()})
    try:
        first, second, again = deliver(installed, manifest, [item, other, item])
        alone = deliver(installed, manifest, [item])[0]
    except AdapterFailed as failed:
        return failed.failure.text
    return "" if first == again == alone and (first != second or not item.values) else "同一件在不同先后、不同次数下做成不同的样子"


def _notice(errand: Errand, day: date) -> Item:
    told = {name: title for name, title in NOTICE_VALUES.items()} | {
        "title": "拟纳入防止返贫监测对象公示", "number": "样例公示〔2026〕1号", "issuer": "样本村村民委员会", "county": "样本县", "township": "样本镇",
        "village": "样本村", "month": "2026年3月", "line": "7900", "line_year": "2026", "first_day": day.isoformat(),
        "last_day": (day + timedelta(days=6)).isoformat(), "workdays": "5", "skipped": "", "households": str(len(HEADS)), "people": "9",
        "contacts": "样本村村民委员会：0000-0000001"}
    if errand is Errand.WITHDRAW_NOTICE:
        return Item(errand=errand, values={name: told[name] for name in ("title", "number", "reason", "receipt_number", "receipt_address")})
    rows = tuple({"number": str(place), "group": "第一村民小组", "head_name": head, "size": "3", "household_class": "边缘易致贫户",
                  "measures": "产业帮扶"} for place, head in enumerate(HEADS, start=1))
    assert all(set(row) == set(NOTICE_ROW) for row in rows)
    return Item(errand=errand, values={name: value for name, value in told.items() if not name.startswith("re")}, rows=rows)


def _household(errand: Errand, day: date) -> Item:
    values = {column.code: f"样{column.title}"[:40] for column in national.columns() if column.part is not Part.MEMBER}
    people = []
    for place, head in enumerate(HEADS, start=1):
        number = synthetic_id(COUNTY, date(1970 + place, 3, 12), 900 + place)
        people.append({column.code: "样" for column in national.columns() if column.part is Part.MEMBER} | {
            "name": head, "id_number": number, "relation": "户主" if place == 1 else "之子"})
    return Item(errand=errand, values=values | {"head_name": HEADS[0], "head_id": people[0]["id_number"], "identified": f"{day:%Y%m}"},
                rows=tuple(people))
