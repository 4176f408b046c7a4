"""What an outlet is given and what it returns: an item about one notice or one household, and the parcel made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanpin.rules.titles import TitledEnum

Words = Mapping[str, str]
Record = dict[str, str | int]


class Errand(TitledEnum):
    """What is to be done at the receiver."""

    POST_NOTICE = ("post_notice", "发布公示")
    WITHDRAW_NOTICE = ("withdraw_notice", "撤下公示")
    ENTER = ("enter", "录入")
    MARK = ("mark", "标注风险消除")
    CHANGE = ("change", "更正")

    @property
    def of_notice(self) -> bool:
        """Say whether the item is a notice for the public; all others are a household for the national system."""
        return self in (Errand.POST_NOTICE, Errand.WITHDRAW_NOTICE)


# A notice's values, and what its rows hold: exactly what a paper for the public may carry.
NOTICE_VALUES = {
    "title": "公示标题", "number": "公示编号", "issuer": "公示单位", "county": "县（市、区）", "township": "乡（镇）",
    "village": "行政村", "month": "名单月份", "line": "监测范围参考线（元）", "line_year": "参考线年度", "first_day": "公示期第一天",
    "last_day": "公示期最后一天", "workdays": "公示几个工作日", "skipped": "公示期内不计的日子", "places": "张贴地点", "households": "户数",
    "people": "人数", "contacts": "异议和举报的受理单位、电话，一行一个", "office_address": "受理地址",
    "receipt_number": "平台给的编号（撤下时）", "receipt_address": "平台上的网址（撤下时）", "reason": "撤下原因（撤下时）",
}
NOTICE_ROW = {"number": "序号", "group": "村民小组", "head_name": "户主姓名", "size": "家庭人口数", "household_class": "监测对象类别",
              "measures": "帮扶措施类别"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One errand: values of the whole, and a row for each listed household or each person.

    A notice has NOTICE_VALUES and NOTICE_ROW; a household has the columns of the national table by their codes. Names,
    numbers of people, phones, addresses and accounts are opaque words: put them where they belong, the core opens them.
    """

    errand: Errand
    values: Words = field(default_factory=dict)
    rows: tuple[Words, ...] = ()
    settings: Words = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a value, "" where there is none."""
        return self.values.get(name, "")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What the receiver gets: a sheet's rows under headings in this order, a title and a text, what is sent by HTTP.

    Every row of the item stands in exactly one row of `rows`, and in exactly one record of each list in `post`.
    """

    title: str = ""
    text: str = ""
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    post: Mapping[str, str | int | list[Record]] = field(default_factory=dict)
