"""二(二) 实事求是地确定监测对象规模: no quota, target or cap on monitored households exists anywhere."""

from pathlib import Path

import pytest

import fanpin
import fanpin.app
from fanpin.extensions import db
from fanpin.resources import directory
from fanpin.rules.dossier import Dossier
from fanpin.rules.requirements import REQUIREMENTS
from fanpin.rules.settings import SETTINGS

PACKAGE = Path(fanpin.__file__).parent
FORBIDDEN = ("名额", "限额", "控制数", "控制规模", "指标任务", "纳入上限", "最多纳入", "至少纳入")
# What a page may say: that there is none.
DENIED = "不设指标和名额"
NAMES = ("quota", "allotment", "ceiling", "max_households", "target_count")


def test_a_countys_settings_count_days_and_months_and_no_households() -> None:
    assert {setting.unit for setting in SETTINGS.values()} <= {"个工作日", "日", "个月"}


def test_no_table_keeps_a_number_to_be_reached_or_not_exceeded() -> None:
    columns = [f"{table.name}.{column.name}" for table in db.metadata.tables.values() for column in table.columns]
    assert len(columns) > 300
    assert [name for name in columns if any(word in name for word in NAMES)] == []


def test_a_requirement_looks_at_one_case_and_knows_no_other() -> None:
    parts = set(Dossier.__dataclass_fields__)
    assert {"case_code", "survey", "joint_review"} <= parts
    assert not parts & {"cases", "others", "county_total", "village_total"}
    assert not [need.code for need in REQUIREMENTS.values() if any(word in need.title for word in FORBIDDEN)]


@pytest.mark.parametrize("folder", ["templates", "fanpin"])
def test_no_page_and_no_message_speaks_of_a_quota(folder: str) -> None:
    root = directory("templates") if folder == "templates" else PACKAGE
    files = [*root.rglob("*.html"), *root.rglob("*.py")]
    assert len(files) > 40
    said = {file.name: file.read_text(encoding="utf-8").replace(DENIED, "") for file in files}
    assert [f"{name}: {word}" for name, text in said.items() for word in FORBIDDEN if word in text] == []
