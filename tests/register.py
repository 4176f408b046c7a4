"""Sheets of the national columns for tests: households as rows, and the worker's part done at once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.outbox import OutboxItem
from fanpin.models.register import ColumnPart, ColumnQuestion, ExportBatch, ExportFile, ExportKind, ImportBatch
from fanpin.rules import national
from fanpin.rules.departments import Department
from fanpin.rules.identity import synthetic_id
from fanpin.rules.roles import Actor
from fanpin.steps import files, outbox, register_export, register_import, register_signing
from tests.conftest import StandingClock
from tests.sheets import workbook
from tests.world import World

HEAD = ("市", "县", "乡", "村", "村民小组", "户编号", "户主姓名", "户主证件号码", "户联系电话", "家庭人口数", "户类型", "开户银行名称", "银行卡号",
        "姓名", "性别", "证件号码", "与户主关系", "民族", "政治面貌", "文化程度", "在校生状况", "健康状况", "劳动技能", "务工所在地", "务工时间",
        "是否参加城乡居民基本医疗保险", "是否享受低保", "监测对象类别", "致贫/返贫风险1", "网格员备注")
PLACE = {"市": "昭通市", "县": "彝良县", "乡": "洛泽河镇", "村": "洛泽河村", "村民小组": "1组"}


def a_number(number: int, *, man: bool = True, year: int = 1970) -> str:
    """Return a synthetic ID number, the same for the same argument; some 80,000 different ones for a year and sex."""
    born = date(year + number // 336 % 10, 1 + number // 28 % 12, 1 + number % 28)
    return synthetic_id("530628", born, number // 3360 * 2 + (1 if man else 2))


def family(number: int, *, people: int = 2, **changed: object) -> list[dict[str, object]]:
    """Return the rows of one invented household: head and spouse, then children."""
    head = {"户编号": f"5306{number:08d}", "户主姓名": name_of(number), "户主证件号码": a_number(number), "户联系电话": f"138{number:08d}",
            "户类型": "脱贫户", "家庭人口数": people, "开户银行名称": "农村信用社", "银行卡号": f"621700{number:013d}"} | PLACE
    rows = [head | {"姓名": name_of(number), "性别": "男", "证件号码": a_number(number), "与户主关系": "户主", "民族": "汉族", "文化程度": "初中",
                    "健康状况": "健康", "劳动技能": "普通劳动力", "政治面貌": "群众", "务工所在地": "省内县外", "务工时间": 8,
                    "是否参加城乡居民基本医疗保险": "是", "网格员备注": f"备注{number}"},
            head | {"姓名": "例" + name_of(number)[1:], "证件号码": a_number(number, man=False), "与户主关系": "配偶",
                    "健康状况": "残疾,长期慢性病", "劳动技能": "弱劳动力或半劳动力", "文化程度": "小学"}]
    for child in range(people - 2):
        rows.append(head | {"姓名": f"小{name_of(number)[1:]}", "证件号码": a_number(number * 4 + child, year=2010), "与户主关系": "之子",
                            "在校生状况": "小学", "健康状况": "健康"})
    return [row | changed for row in rows]


def name_of(number: int) -> str:
    """Return an invented name, another for each number."""
    return f"样{chr(0x4e00 + number % 4000)}{chr(0x5e00 + number // 4000)}"


def sheet(rows: Sequence[Mapping[str, object]], head: Sequence[str] = HEAD, above: Sequence[Sequence[str]] = ()) -> bytes:
    """Return the workbook of the rows."""
    return workbook([*above, head, *([row.get(title) for title in head] for row in rows)])


def bring(session: Session, world: World, clock: StandingClock, store: Path, content: bytes, *, who: str = "xian.ban",
          place: str = "county") -> ImportBatch:
    """Upload a sheet and let the worker read and compare it."""
    area: Area = world.areas[place]
    batch = register_import.upload(session, store, name="导出表.xlsx", content=content, area=area, actor=world.actors[who],
                                   now=clock.now())
    session.commit()
    work(session, store, clock)
    return session.scalars(select(ImportBatch).where(ImportBatch.id == batch.id).execution_options(populate_existing=True)).one()


def work(session: Session, store: Path, clock: StandingClock, *, most: int = 1000) -> int:
    """Do what the worker owes, an item in a transaction, as the worker does; return how many items it was."""
    jobs = register_import.Jobs(store).handlers | register_export.Jobs(store, demo=True).handlers
    jobs[register_export.SPLIT] = register_signing.split
    done = 0
    while done < most:
        session.expire_all()
        item = outbox.claim(session, worker="test", now=clock.now())
        session.commit()
        if item is None:
            return done
        session.expunge(item)
        jobs[item.kind](session, item.payload, clock.now())
        outbox.finish(session, item)
        session.commit()
        done += 1
    return done


def owed(session: Session) -> int:
    """Count what waits for the worker."""
    return len(session.scalars(select(OutboxItem.id).where(OutboxItem.state != "done")).all())


def exported(session: Session, store: Path, county: Area, household: Household, *, actor: Actor, now: datetime) -> dict[str, object]:
    """Leave an export for signing with one household: its batch and workbook, two departments' parts, a question."""
    batch = ExportBatch(area_id=county.id, area_path=county.path, kind=ExportKind.MONITORED, reason="测试", for_signing=True,
                        number=f"{county.name}导出〔2026〕1号", created_at=now, created_by=actor.name, created_by_id=actor.user_id)
    session.add(batch)
    session.flush()
    file = files.keep(session, store, f"PK{household.id}".encode(), media_type="text/csv", name="导出.csv", area_path=county.path,
                      purpose="导出", household_id=None, actor=actor, now=now)
    workbook = ExportFile(batch_id=batch.id, area_path=county.path, place=1, file_id=file.id, households=1, persons=1)
    person = household.members[0]
    row = {"household": household.id, "path": household.area_path, "place": "", "head": household.head_name, "person": person.name,
           "number": "", "values": {}}
    parts = {department: ColumnPart(
        batch_id=batch.id, area_path=county.path, department=department, number=batch.number, area_name=county.name,
        columns=[column.code for column in national.columns_of(Department(department))], rows=1, filled={},
        content=register_signing.packed([row]), differences=register_signing.packed([]), made_at=now)
        for department in ("education", "health")}
    session.add_all([workbook, *parts.values()])
    session.flush()
    question = ColumnQuestion(part_id=parts["education"].id, department="education", area_path=household.area_path,
                              household_id=household.id, head_name=household.head_name, person=person.name, column="schooling",
                              text="不在校", asked_at=now, asked_by="何教育")
    session.add(question)
    session.flush()
    return {"export": batch, "workbook": workbook, "part_education": parts["education"], "part_health": parts["health"],
            "question": question}
