"""Load Yunnan's areas, and register the villagers' groups that no public list has."""

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.types import new_ref
from fanpin.resources import directory
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid

DIVISIONS = "yunnan_divisions.csv.gz"
STANDARD_DATE = date(2023, 6, 30)
CODE_LENGTH = 12
GROUP_DIGITS = 2


@dataclass(frozen=True)
class Division:
    """One row of the statistical list: code, level, name, the code of the area above."""

    code: str
    level: AreaLevel
    name: str
    parent: str


PROVINCE = Division("53", AreaLevel.PROVINCE, "云南省", "")


def divisions(file: Path | None = None) -> list[Division]:
    """Read the list that ships with the code; the province, which it lacks, comes first."""
    with gzip.open(file or directory("data") / DIVISIONS, "rt", encoding="utf-8", newline="") as lines:
        rows = [Division(row["code"], AreaLevel(int(row["level"])), row["name"], row["parent"])
                for row in csv.DictReader(lines)]
    return [PROVINCE, *sorted(rows, key=lambda row: (row.level, row.code))]


def padded(code: str) -> str:
    """Return the code right-padded with zeros to twelve digits; a longer one (a group's) stays."""
    return code.ljust(CODE_LENGTH, "0")


def load_areas(session: Session, rows: Iterable[Division], *, valid_from: date = STANDARD_DATE) -> int:
    """Add the areas that are not there yet, parents before children, and return how many."""
    known = {code: (number, path) for code, number, path in session.execute(
        select(Area.code12, Area.id, Area.path).where(Area.valid_to.is_(None)))}
    number = session.scalar(select(func.max(Area.id))) or 0
    added = []
    for row in rows:
        if padded(row.code) in known:
            continue
        parent_id, above = known[padded(row.parent)] if row.parent else (None, "/")
        number += 1
        path = f"{above}{number}/"
        known[padded(row.code)] = number, path
        added.append({"id": number, "parent_id": parent_id, "level": int(row.level), "name": row.name,
                      "code12": padded(row.code), "path": path, "valid_from": valid_from, "details": {}})
    if added:
        session.execute(insert(Area), added)
        _continue_numbers(session)
    return len(added)


def add_group(session: Session, village: Area, name: str, *, today: date) -> Area:
    """Register a villagers' group; households hang on it."""
    name = name.strip()
    if village.level != AreaLevel.VILLAGE:
        raise Invalid(f"{village.name}不是行政村（社区），村民小组只能登记在行政村下面。")
    if not name:
        raise Invalid("请填写村民小组的名称，例如“一组”。")
    groups = list(session.scalars(select(Area).where(Area.parent_id == village.id).order_by(Area.code12)))
    if any(group.name == name and group.valid_to is None for group in groups):
        raise Invalid(f"{village.name}已经有“{name}”，不用再登记。")
    last = max((int(group.code12[CODE_LENGTH:]) for group in groups), default=0)
    if last + 1 >= 10 ** GROUP_DIGITS:
        raise Invalid(f"{village.name}的村民小组已登记满{last}个，请联系县级系统管理员核对。")
    group = Area(parent_id=village.id, level=int(AreaLevel.GROUP), name=name, valid_from=today, details={},
                 code12=f"{village.code12}{last + 1:0{GROUP_DIGITS}}", path=f"{village.path}{new_ref()}/")
    session.add(group)
    session.flush()
    group.path = f"{village.path}{group.id}/"
    session.flush()
    return group


def by_code(session: Session, code: str) -> Area:
    """Return the area in force of a statistical code, short or padded, or say that there is none."""
    area = session.scalar(select(Area).where(Area.code12 == padded(code.strip()), Area.valid_to.is_(None)))
    if area is None:
        raise Invalid(f"没有代码为 {code} 的行政区划。请核对国家统计局的统计用区划代码。")
    return area


def _continue_numbers(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('area', 'id'), (SELECT max(id) FROM area))"))
