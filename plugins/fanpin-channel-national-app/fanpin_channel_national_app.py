"""全国防返贫监测系统手机APP：农户自己、或别人替他申报的困难（三(一)）.

列名按公开的填报说明整理；系统导出的表头如有不同，把它的叫法加在后面即可。
"""

from collections.abc import Iterable

from fanpin.adapters import (
    Channel, DifficultyCategory, LeadRow, Platform, Table, ToldLead, code, day, head_id, head_name, hookimpl, id_number,
    person_name, phone, text, village, words,
)

SUBMITTED, WITHDRAWN = "submitted", "withdrawn"
CATEGORIES = {
    "生活": DifficultyCategory.LIVING, "就业": DifficultyCategory.EMPLOYMENT, "务工": DifficultyCategory.EMPLOYMENT,
    "教育": DifficultyCategory.EDUCATION, "就学": DifficultyCategory.EDUCATION, "医疗": DifficultyCategory.MEDICAL,
    "看病": DifficultyCategory.MEDICAL, "住房": DifficultyCategory.HOUSING, "饮水": DifficultyCategory.WATER,
    "其他": DifficultyCategory.OTHER,
}

EXPORT = Table("export", "手机APP申报导出表", (
    text("申报编号", "申报单号", required=True), day("申报时间", "申报日期", "提交时间", required=True),
    person_name("申报人姓名", "申报人", required=True), id_number("申报人身份证号", "申报人证件号码", required=False),
    phone("联系电话", "申报人电话"), text("与户主关系", "申报人与户主关系"),
    head_name("户主姓名"), head_id("户主身份证号", "户主证件号码", required=False), village("行政村", "所在行政村", required=True),
    text("困难类型", "申报事项", "困难类别"), words("申报内容", "困难描述", "具体困难", required=True),
    code("申报状态", "状态", otherwise=SUBMITTED, values={"已提交": SUBMITTED, "已撤销": WITHDRAWN, "草稿": WITHDRAWN}),
))


class NationalApp(Channel):
    """Takes what was submitted; a draft or what was taken back is no declaration."""

    name = "fanpin-channel-national-app"
    title = "全国防返贫监测系统手机APP"
    contract = 2
    platform = Platform.NATIONAL_APP
    tables = (EXPORT,)

    def of_row(self, row: LeadRow) -> Iterable[ToldLead]:
        """Return one submitted declaration with every difficulty that it names."""
        if row.code("申报状态") != WITHDRAWN:
            named = [category for word, category in CATEGORIES.items() if word in row.text("困难类型")]
            yield row.lead(number=row.text("申报编号"), declared_on=row.date("申报时间"), statement=row.text("申报内容"),
                           categories=named or [DifficultyCategory.OTHER], relation=row.text("与户主关系"))


@hookimpl
def fanpin_adapter() -> Channel:
    """Return the channel."""
    return NationalApp()
