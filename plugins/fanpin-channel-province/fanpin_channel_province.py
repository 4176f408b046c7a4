"""云南省“政府救助平台”：群众申请救助的事项（三(一)）.

平台把申请按救助类型派给各部门；县乡村振兴部门收到的导出表里是本县的全部申请。列名按平台的办事指南整理。
"""

from collections.abc import Iterable

from fanpin.adapters import (
    Channel, DifficultyCategory, LeadRow, Platform, Table, ToldLead, code, day, head_name, hookimpl, id_number, person_name,
    phone, text, village, words,
)

EXPORT = Table("export", "政府救助平台申请导出表", (
    text("受理编号", "申请编号", "流水号", required=True), day("申请时间", "申请日期", required=True),
    person_name("申请人", "申请人姓名", required=True), id_number("申请人身份证号", "身份证号", required=False), phone("手机号", "联系电话"),
    text("申请人与户主关系", "与户主关系"), head_name("户主姓名", "户主"), village("所在村（社区）", "行政村", "所属村", required=True),
    code("救助类型", "申请救助类型", otherwise=DifficultyCategory.OTHER, values={
        "基本生活救助": DifficultyCategory.LIVING, "临时救助": DifficultyCategory.LIVING, "就业救助": DifficultyCategory.EMPLOYMENT,
        "就业帮扶": DifficultyCategory.EMPLOYMENT, "教育救助": DifficultyCategory.EDUCATION, "教育资助": DifficultyCategory.EDUCATION,
        "医疗救助": DifficultyCategory.MEDICAL, "住房救助": DifficultyCategory.HOUSING, "住房保障": DifficultyCategory.HOUSING,
        "饮水保障": DifficultyCategory.WATER}),
    words("申请事由", "困难情况", "申请理由", required=True),
))


class Province(Channel):
    """Takes every application as it was written."""

    name = "fanpin-channel-province"
    title = "云南省“政府救助平台”"
    contract = 2
    platform = Platform.PROVINCE
    tables = (EXPORT,)

    def of_row(self, row: LeadRow) -> Iterable[ToldLead]:
        """Return one application."""
        yield row.lead(number=row.text("受理编号"), declared_on=row.date("申请时间"), statement=row.text("申请事由"),
                       categories=[row.code("救助类型") or DifficultyCategory.OTHER], relation=row.text("申请人与户主关系"))


@hookimpl
def fanpin_adapter() -> Channel:
    """Return the channel."""
    return Province()
