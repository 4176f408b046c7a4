"""Write a new self-declaration channel's distribution: project file, module, sample export and test, that pass as they are."""

import csv
import io

from fanpin.adapters.declaration import NAME
from fanpin.adapters.scaffold import COUNTY, DAYS, PEOPLE, VILLAGES, Unmakeable, class_of, project
from fanpin.adapters.versions import CONTRACT
from fanpin.rules.identity import synthetic_id
from fanpin.rules.intake import Channel

HEADING = ("流水号", "申报时间", "申报人", "申报人身份证号", "联系电话", "行政村", "困难类别", "申报内容")
KINDS, TOLD = ("医疗", "教育", "其他"), ("住院花费大，周转不开", "孩子上学，学费还差六千元", "房子漏雨，没有钱修")


def new_channel(name: str, platform: Channel, *, title: str = "") -> dict[str, str]:
    """Return the files of a new channel by their paths; raise Unmakeable in plain words."""
    name = name if name.startswith("fanpin-") else f"fanpin-{name}"
    if not NAME.fullmatch(name) or len(name) > 60:
        raise Unmakeable("名称只能用小写字母、数字和短横，不超过60个字符")
    if not platform.is_platform:
        raise Unmakeable("申报渠道只有三个平台")
    module, title = name.replace("-", "_"), title or platform.title
    return {
        "pyproject.toml": project(name, module, f"{title}的申报渠道（三(一)）"),
        f"{module}.py": _module(name, title, platform),
        "samples/export.csv": _sample(),
        f"tests/test_{module.removeprefix('fanpin_')}.py": _test(module, title),
    }


def _module(name: str, title: str, platform: Channel) -> str:
    return f'''"""{title}的申报渠道（三(一)）."""

from collections.abc import Iterable

from fanpin.adapters import (
    Channel, DifficultyCategory, LeadRow, Platform, Table, ToldLead, code, day, hookimpl, id_number, person_name, phone,
    text, village, words,
)

EXPORT = Table("export", "申报导出表", (
    text("流水号", required=True), day("申报时间", required=True), person_name("申报人", required=True),
    id_number("申报人身份证号", required=False), phone("联系电话"), village("行政村", required=True),
    code("困难类别", otherwise=DifficultyCategory.OTHER, values={{
        "医疗": DifficultyCategory.MEDICAL, "教育": DifficultyCategory.EDUCATION, "住房": DifficultyCategory.HOUSING}}),
    words("申报内容", required=True),
))


class {class_of(name)}(Channel):
    """Says which column is what."""

    name = "{name}"
    title = "{title}"
    contract = {CONTRACT}
    platform = Platform.{platform.name}
    tables = (EXPORT,)

    def of_row(self, row: LeadRow) -> Iterable[ToldLead]:
        """Return one declaration in its own words."""
        yield row.lead(number=row.text("流水号"), declared_on=row.date("申报时间"), statement=row.text("申报内容"),
                       categories=[row.code("困难类别")])


@hookimpl
def fanpin_adapter() -> Channel:
    """Return the channel."""
    return {class_of(name)}()
'''


def _sample() -> str:
    sheet = io.StringIO()
    table = csv.writer(sheet, lineterminator="\n")
    table.writerow(HEADING)
    for at, (name, born, order) in enumerate(PEOPLE):
        table.writerow([f"YB2026{at + 1:04d}", DAYS[at], name, synthetic_id(COUNTY, born, order), f"1380000000{at + 1}", VILLAGES[at],
                        KINDS[at], TOLD[at]])
    return sheet.getvalue()


def _test(module: str, title: str) -> str:
    return f'''"""{title}: the contract, and what its export says."""

import {module}

from fanpin.testing import ChannelContract


class Test{class_of(module)}(ChannelContract):
    module = {module}

    def test_each_row_is_a_declaration(self) -> None:
        assert len(self.leads("export")) == {len(PEOPLE)}
'''
