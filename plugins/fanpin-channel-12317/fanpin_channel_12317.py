"""全国防止返贫监测和乡村振兴咨询服务平台（12317）：电话里说的困难（三(一)）.

转到县里的是工单：既有申报求助，也有咨询、投诉。只有申报求助的才是线索。列名按通行的工单表整理。
"""

from collections.abc import Iterable

from fanpin.adapters import (
    Channel, DifficultyCategory, LeadRow, Platform, Table, ToldLead, code, day, head_name, hookimpl, person_name, phone, text,
    village, words,
)

HELP, OTHER = "help", "other"
CATEGORIES = {
    "生活": DifficultyCategory.LIVING, "务工": DifficultyCategory.EMPLOYMENT, "就业": DifficultyCategory.EMPLOYMENT,
    "上学": DifficultyCategory.EDUCATION, "教育": DifficultyCategory.EDUCATION, "看病": DifficultyCategory.MEDICAL,
    "医疗": DifficultyCategory.MEDICAL, "住房": DifficultyCategory.HOUSING, "饮水": DifficultyCategory.WATER,
}

ORDERS = Table("orders", "12317工单转办表", (
    text("工单编号", "工单号", required=True), day("来电时间", "受理时间", required=True),
    person_name("来电人", "来电人姓名", "诉求人", required=True), phone("来电号码", "联系电话"),
    head_name("户主姓名", "涉及农户"), village("涉及行政村", "行政村", "所在村", required=True), text("与户主关系", "来电人与农户关系"),
    code("诉求类型", "工单类型", required=True, otherwise=OTHER, values={
        "自主申报": HELP, "申报": HELP, "求助": HELP, "困难求助": HELP, "政策咨询": OTHER, "咨询": OTHER, "投诉举报": OTHER, "建议": OTHER}),
    text("困难类别", "诉求领域"), words("诉求内容", "工单内容", "反映内容", required=True),
))


class Hotline(Channel):
    """Takes calls for help; a question or a complaint goes its own way."""

    name = "fanpin-channel-12317"
    title = "12317咨询服务平台"
    contract = 2
    platform = Platform.NATIONAL_12317
    tables = (ORDERS,)

    def of_row(self, row: LeadRow) -> Iterable[ToldLead]:
        """Return one call for help in the words that were taken down."""
        if row.code("诉求类型") == HELP:
            named = [category for word, category in CATEGORIES.items() if word in row.text("困难类别")]
            yield row.lead(number=row.text("工单编号"), declared_on=row.date("来电时间"), statement=row.text("诉求内容"),
                           categories=named or [DifficultyCategory.OTHER], relation=row.text("与户主关系"))


@hookimpl
def fanpin_adapter() -> Channel:
    """Return the channel."""
    return Hotline()
