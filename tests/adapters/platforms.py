"""An invented self-declaration channel as source text, installed nowhere: tests change one line of it and see what happens."""

from pathlib import Path

from fanpin.adapters import distributions
from fanpin.adapters.distributions import Installed
from fanpin.adapters.wire import ReadRow

SOURCE = '''
"""An invented channel."""
from datetime import date
from fanpin.adapters import (
    Channel, DifficultyCategory, Fact, LeadRow, Platform, Setting, Table, ToldLead, code, day, head_id, head_name, hookimpl,
    id_number, person_name, phone, text, village, words,
)

class Invented(Channel):
    name = "fanpin-channel-invented"
    title = "试验平台"
    contract = 2
    platform = Platform.PROVINCE
    settings = (Setting(name="line", title="标准", default="100"),)
    tables = (Table("export", "申报导出", (
        text("流水号", required=True), day("申报时间", required=True), words("诉求", required=True),
        person_name("申报人", required=True), id_number("申报人证件号", required=False), head_name("户主"), head_id(required=False),
        phone(), village(required=True), text("与户主关系"),
        code("类别", values={"因病": "medical", "因学": "education"}, otherwise="other"),
    )),)

    def of_row(self, row):
        {body}

@hookimpl
def fanpin_adapter():
    return Invented()
'''
SOUND = ('return [row.lead(number=row.text("流水号"), declared_on=row.date("申报时间"), statement=row.text("诉求"), '
         'categories=[row.code("类别")], relation=row.text("与户主关系"))]')
ROW = ReadRow(2, {"name": "样甲", "id_number": "53018119600301100X", "phone": "13800000000", "village": "样本村"},
              {"流水号": "YN-1", "申报时间": "2026-02-12", "诉求": "孩子上学交不起学费\n房子也漏雨", "类别": "education", "与户主关系": "父亲"})
HEADING = "流水号,申报时间,诉求,申报人,申报人证件号,户主,户主身份证号,联系电话,行政村,与户主关系,类别"


def written(folder: Path, body: str = SOUND, *changes: tuple[str, str]) -> Installed:
    """Write the module with a body of `of_row` and other text changed, and return where it lies."""
    source = SOURCE.replace("{body}", body)
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fanpin_channel_invented.py").write_text(source, encoding="utf-8")
    return distributions.in_folder(folder)


def export(folder: Path, *lines: str) -> Path:
    """Write an export of the invented platform."""
    path = folder / "export.csv"
    path.write_text("\n".join([HEADING, *lines]) + "\n", encoding="utf-8")
    return path
