"""The register out in the national column order and in again; and departments that answer for their own columns."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, sheets
from fanpin.models.audit import AuditEvent
from fanpin.models.county import Batch, FactRow
from fanpin.models.households import Household, Member
from fanpin.models.outbox import StoredFile
from fanpin.models.register import (
    ChangeState,
    ColumnPart,
    ColumnQuestion,
    ExportBatch,
    ExportKind,
    ImportChange,
    ImportState,
)
from fanpin.rules import national
from fanpin.rules.departments import Department
from fanpin.rules.national_compare import COMPARISONS, differing
from fanpin.rules.refusals import Invalid, NotFound, NotPermitted
from fanpin.steps import files, register_export, register_import, register_retention, register_signing
from tests.conftest import StandingClock
from tests.register import bring, family, name_of, sheet, work
from tests.world import World


@pytest.fixture
def filled(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> list[Household]:
    """Two households with columns that we know, that we only keep, and that nobody knows."""
    rows = [*family(1, people=3), *family(2, 监测对象类别="边缘易致贫户", 致贫返贫风险="x")]
    batch = bring(session, world, clock, tmp_path, sheet(rows))
    register_import.accept(session, batch, refs=None, kind=None, actor=world.actors["xian.ban"], now=clock.now())
    session.commit()
    work(session, tmp_path, clock)
    return list(session.scalars(select(Household).order_by(Household.id)))


def export(session: Session, world: World, clock: StandingClock, store: Path, kind: ExportKind = ExportKind.ALL, *,
           place: str = "county", for_signing: bool = False, who: str = "xian.ban") -> ExportBatch:
    batch = register_export.request(session, area=world.areas[place], kind=kind, reason="测试核对", for_signing=for_signing,
                                    actor=world.actors[who], now=clock.now(), today=clock.today())
    session.commit()
    work(session, store, clock)
    return session.scalars(select(ExportBatch).where(ExportBatch.id == batch.id).execution_options(populate_existing=True)).one()


def content(session: Session, store: Path, batch: ExportBatch, place: int = 0) -> bytes:
    file = session.scalars(select(StoredFile).where(StoredFile.id == batch.files[place].file_id)).one()
    return files.content_of(store, file)


def test_what_went_in_comes_out_in_the_national_order_with_who_and_why_above(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household]) -> None:
    batch = export(session, world, clock, tmp_path)
    read = sheets.read(content(session, tmp_path, batch))
    assert all(words in str(read.rows[0].cells[0]) for words in ("演示数据", batch.number, "赵县办", "测试核对", "2026-03-02"))
    titles = read.rows[1].cells
    assert titles == [*(column.title for column in national.columns()), "网格员备注"]
    row = dict(zip(titles, read.rows[2].cells + [None] * 200, strict=False))
    assert (row["姓名"], row["户编号"], row["银行卡号"], row["与户主关系"], row["政治面貌"], row["务工时间"], row["网格员备注"]) == (
        name_of(1), "530600000001", "6217000000000000001", "户主", "群众", 8, "备注1")
    assert (batch.done, batch.persons, read.formulas) == (2, 5, frozenset())
    assert isinstance(row["证件号码"], str) and isinstance(row["户联系电话"], str)


def test_our_own_export_brought_in_again_shows_no_difference(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household]) -> None:
    out = content(session, tmp_path, export(session, world, clock, tmp_path))
    again = bring(session, world, clock, tmp_path, out)
    assert (again.state, again.refused_rows, again.households, again.same) == (ImportState.COMPARED, 0, 2, 2)
    assert session.scalars(select(ImportChange).where(ImportChange.batch_id == again.id)).all() == []


def test_a_large_export_comes_in_workbooks_that_go_on_where_the_last_ended(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household],
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_export, "PER_FILE", 1)
    batch = export(session, world, clock, tmp_path)
    assert [(file.place, file.households) for file in batch.files] == [(1, 1), (2, 1), (3, 0)]
    names = [sheets.read(content(session, tmp_path, batch, place)).rows[2].cells[8] for place in (0, 1)]
    assert names == [name_of(1), name_of(2)] and batch.finished_at is not None


def test_an_export_has_a_reason_an_event_and_one_area(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household]) -> None:
    with pytest.raises(Invalid):
        register_export.request(session, area=world.areas["county"], kind=ExportKind.ALL, reason=" ", for_signing=False,
                                actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    for who in ("cun.gan", "xiang.gan", "xian.zhang", "wai.xian"):
        with pytest.raises(NotPermitted):
            export(session, world, clock, tmp_path, who=who)
    batch = export(session, world, clock, tmp_path, place="sibling_village")
    assert batch.done == 0
    tags = session.scalars(select(AuditEvent.tag)).all()
    assert "register.export" in tags and "register.exported" in tags and audit.verify(session).whole


# Signing.

def monitored(session: Session, filled: list[Household], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every household for a monitored one: how one becomes it is told elsewhere."""
    monkeypatch.setattr(register_signing, "wanted", lambda _batch: select(Household.id))


@pytest.fixture
def parts(session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household],
          monkeypatch: pytest.MonkeyPatch) -> dict[str, ColumnPart]:
    monitored(session, filled, monkeypatch)
    delivery = Batch(department="education", area_path=world.areas["county"].path, transport="sheets", as_of=clock.today(), digest="x",
                     rows=1, received_at=clock.now(), received_from="何教育")
    session.add(delivery)
    session.flush()
    child = filled[0].members[2]
    session.add(FactRow(batch_id=delivery.id, department="education", area_path=filled[0].area_path, household_id=filled[0].id,
                        member_id=child.id, kind="schooling", value="dropped_out", as_of=clock.today(), raw_digest="x"))
    session.commit()
    export(session, world, clock, tmp_path, ExportKind.MONITORED, for_signing=True)
    return {part.department: part for part in session.scalars(select(ColumnPart))}


def test_each_department_gets_its_own_columns_and_no_others(parts: dict[str, ColumnPart], filled: list[Household]) -> None:
    assert set(parts) == {column.department.value for column in national.columns()}
    for department, part in parts.items():
        mine = {column.code for column in national.columns_of(Department(department))}
        rows = register_signing.unpacked(part.content)
        assert set(part.columns) == mine and len(rows) == part.rows == 5
        assert {code for row in rows for code in row["values"]} <= mine
    assert parts["education"].filled["education"] == 4 and parts["finance"].filled["account"] == 5


def test_its_own_facts_are_held_against_its_columns(session: Session, parts: dict[str, ColumnPart]) -> None:
    child = session.scalars(select(Member).order_by(Member.id)).all()[2]
    found = register_signing.unpacked(parts["education"].differences)
    assert [(row["person"], row["column"]) for row in found] == [(child.name, "schooling")]
    assert "不在校" in found[0]["text"] and parts["education"].compared == 1
    assert parts["health"].compared == 0


def test_a_difference_becomes_a_question_that_is_answered_before_the_department_signs(
        session: Session, world: World, clock: StandingClock, parts: dict[str, ColumnPart]) -> None:
    part, officer = parts["education"], world.officer("education")
    row = register_signing.unpacked(part.differences)[0]
    given = {"household": row["household"], "person": row["person"], "column": row["column"], "text": row["text"]}
    question = register_signing.ask(session, part, **given, actor=officer, now=clock.now())
    assert question.area_path == session.scalars(select(Household.area_path).order_by(Household.id)).first()
    with pytest.raises(Invalid, match="已经提过"):
        register_signing.ask(session, part, **given, actor=officer, now=clock.now())
    with pytest.raises(Invalid, match="没有答复"):
        register_signing.sign(session, part, statement="真实、准确", actor=officer, now=clock.now())
    with pytest.raises(NotPermitted):
        register_signing.answer(session, question, text="已核实", corrected=True, actor=officer, now=clock.now())
    register_signing.answer(session, question, text="已改为辍学，正在劝返", corrected=True, actor=world.actors["cun.gan"], now=clock.now())
    register_signing.sign(session, part, statement="真实、准确", actor=officer, now=clock.now())
    assert (part.signed_by, part.signed_at) == (officer.name, clock.now())
    with pytest.raises(Invalid, match="已经签字"):
        register_signing.sign(session, part, statement="再签", actor=officer, now=clock.now())
    session.flush()
    assert session.scalars(select(ColumnQuestion)).one().corrected


def test_nobody_asks_or_signs_for_another_department(
        session: Session, world: World, clock: StandingClock, parts: dict[str, ColumnPart]) -> None:
    part = parts["education"]
    for actor in (world.officer("health"), world.actors["xian.ban"]):
        with pytest.raises(NotPermitted):
            register_signing.sign(session, part, statement="真实", actor=actor, now=clock.now())
    row = register_signing.unpacked(part.content)[0]
    with pytest.raises(Invalid, match="本部门负责的列"):
        register_signing.ask(session, part, household=row["household"], person="", column="health", text="x",
                             actor=world.officer("education"), now=clock.now())
    with pytest.raises(Invalid, match="没有这个人"):
        register_signing.ask(session, part, household=0, person="", column="schooling", text="x",
                             actor=world.officer("education"), now=clock.now())


def test_only_the_countys_monitored_households_are_sent_for_signing(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household]) -> None:
    for kind, place in ((ExportKind.ALL, "county"), (ExportKind.MONITORED, "township")):
        with pytest.raises(Invalid, match="只核准监测对象"):
            register_export.request(session, area=world.areas[place], kind=kind, reason="上报", for_signing=True,
                                    actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    assert export(session, world, clock, tmp_path, ExportKind.MONITORED).done == 0


@pytest.mark.parametrize(("kind", "values", "told", "differs"), [
    ("house_grade", {"D"}, "否", True), ("house_grade", {"A"}, "否", False), ("house_grade", {"C"}, "", False), ("water_supply", {"partly"}, "是", True),
    ("water_supply", {"secure"}, "是", False), ("dibao", {"dibao"}, "不享受", True), ("dibao", {"dibao"}, "农村低保", False),
    ("schooling", {"enrolled"}, "", True), ("schooling", {"enrolled"}, "七年级", False), ("labour_outwork", {"outside"}, "", True),
    ("disability", {"severe"}, "", True), ("disease_treatment", {"serious"}, "健康", True), ("disease_treatment", {"serious"}, "患有大病", False),
    ("pension", {"resident"}, "否", True), ("pension", {"employee"}, "否", False)])
def test_facts_and_columns_are_compared_by_their_words(kind: str, values: set[str], told: str, differs: bool) -> None:
    row = next(row for row in COMPARISONS if row.kind == kind)
    found = list(differing(row.department, {kind: values}, {row.column: told}, of_person=row.of_person))
    assert any(column == row.column for column, _ in found) is differs
    assert list(differing(row.department, {}, {row.column: told}, of_person=row.of_person)) == []


def test_what_was_written_is_what_was_shown(session: Session, filled: list[Household]) -> None:
    change = session.scalars(select(ImportChange).order_by(ImportChange.id)).all()[1]
    assert change.state is ChangeState.APPLIED
    assert json.loads(filled[1].extra)["class"] == "边缘易致贫户"


def test_files_and_differences_are_kept_for_a_while_only(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, filled: list[Household]) -> None:
    batch = export(session, world, clock, tmp_path)
    imported = session.scalars(select(StoredFile).where(StoredFile.purpose == "导入的表格")).one()
    clock.move(days=8)
    assert register_retention.forget(session, tmp_path, now=clock.now()) == 1
    with pytest.raises(NotFound):
        content(session, tmp_path, batch)
    assert files.content_of(tmp_path, imported) and session.scalars(select(ImportChange)).first() is not None
    clock.move(days=30)
    assert register_retention.forget(session, tmp_path, now=clock.now()) == 1
    assert register_retention.forget(session, tmp_path, now=clock.now()) == 0
    session.expire_all()
    assert session.scalars(select(ImportChange)).all() == []
    assert session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "file.erase")).all() == ["file.erase"] * 2
    assert session.scalars(select(Household)).first().extra is not None
