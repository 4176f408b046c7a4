"""A sheet into the register: found by names, every problem named, differences shown first, nothing lost, nothing twice."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import audit, sheets
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household, Member
from fanpin.models.outbox import StoredFile
from fanpin.models.register import (
    ChangeKind,
    ChangeState,
    ImportBatch,
    ImportChange,
    ImportProblem,
    ImportState,
)
from fanpin.models.users import Grant
from fanpin.rules.members import Health, LabourSkill, Relation
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.steps import files, households, outbox, register_import
from tests.conftest import StandingClock
from tests.register import HEAD, a_number, bring, family, name_of, owed, sheet, work
from tests.world import World


def changes(session: Session, batch: ImportBatch) -> list[ImportChange]:
    return list(session.scalars(select(ImportChange).where(ImportChange.batch_id == batch.id).order_by(ImportChange.id)
                                .execution_options(populate_existing=True)))


def problems(session: Session, batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(row.row, row.column, row.text) for row in session.scalars(
        select(ImportProblem).where(ImportProblem.batch_id == batch.id).order_by(ImportProblem.row, ImportProblem.id))]


def differences(change: ImportChange) -> set[tuple[str, str, str, str]]:
    return {(told["person"], told["code"], told["old"], told["new"]) for told in json.loads(change.differences)}


def take(session: Session, world: World, clock: StandingClock, store: Path, batch: ImportBatch, **chosen: object) -> int:
    count = register_import.accept(session, batch, actor=world.actors["xian.ban"], now=clock.now(),
                                   **({"refs": None, "kind": None} | chosen))
    session.commit()
    work(session, store, clock)
    return count


def home(session: Session, number: int) -> Household:
    return session.scalars(select(Household).where(Household.head_name == name_of(number)).execution_options(
        populate_existing=True)).one()


def test_a_sheet_becomes_households_once_its_differences_are_accepted(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    batch = bring(session, world, clock, tmp_path, sheet([*family(1, people=3), *family(2)], above=[["某县农户表"]]))
    assert (batch.state, batch.rows, batch.refused_rows, batch.households, batch.same, batch.unknown) == (
        ImportState.COMPARED, 5, 0, 2, 0, ["网格员备注"])
    assert [(row.kind, row.state, row.head_name) for row in changes(session, batch)] == [
        (ChangeKind.NEW, ChangeState.OPEN, name_of(1)), (ChangeKind.NEW, ChangeState.OPEN, name_of(2))]
    assert session.scalar(select(func.count()).select_from(Household)) == 0
    assert take(session, world, clock, tmp_path, batch) == 2
    row = home(session, 1)
    assert (row.area_path, row.size, row.lifted, row.phone, row.national_code) == (
        world.areas["group1"].path, 3, True, "13800000001", "530600000001")
    assert [(member.relation, member.labour, member.health) for member in row.members] == [
        (Relation.HEAD, LabourSkill.ORDINARY, ["healthy"]),
        (Relation.SPOUSE, LabourSkill.WEAK, sorted([Health.DISABLED.value, Health.CHRONIC.value])), (Relation.SON, None, ["healthy"])]
    assert (row.head.work, row.head.work_months, row.head.insured) == ("省内县外", 8, True)
    assert json.loads(row.extra)["account"] == "6217000000000000001"
    assert json.loads(row.head.extra) == {"~网格员备注": "备注1", "political": "群众"}
    assert [change.state for change in changes(session, batch)] == [ChangeState.APPLIED] * 2
    assert batch.done == 2 and owed(session) == 0


def test_the_same_sheet_again_changes_nothing(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    content = sheet([*family(1, people=3), *family(2)])
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, content))
    again = bring(session, world, clock, tmp_path, content)
    assert (again.state, again.households, again.same, changes(session, again)) == (ImportState.COMPARED, 2, 2, [])
    assert "导入过" in again.notices[0]


def test_what_changed_is_shown_old_beside_new_before_it_is_taken(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet([*family(1), *family(2), *family(3)])))
    rows = [*family(1), *family(2, 户联系电话="13911112222"), *family(3, people=3)[:1], *family(3, people=3)[2:]]
    rows[0] |= {"劳动技能": "技能劳动力", "银行卡号": "6217000000000000009"}
    rows[1] |= {"银行卡号": "6217000000000000009", "在校生状况": "本科一年级", "文化程度": None}
    batch = bring(session, world, clock, tmp_path, sheet(rows))
    first, second, third = changes(session, batch)
    assert differences(first) == {(name_of(1), "labour", "普通劳动力", "技能劳动力"), ("", "account", "6217000000000000001", "6217000000000000009"),
                                  ("例" + name_of(1)[1:], "schooling", "", "本科一年级"), ("例" + name_of(1)[1:], "education", "小学", "")}
    assert differences(second) == {("", "phone", "13800000002", "13911112222")}
    assert (first.kind, third.kind) == (ChangeKind.CHANGED, ChangeKind.MEMBERS)
    assert {("小" + name_of(3)[1:], "+", "", "之子"), ("例" + name_of(3)[1:], "-", "配偶", "")} <= differences(third)
    register_import.reject(session, batch, refs=[second.ref], kind=None, actor=world.actors["xian.ban"], now=clock.now())
    take(session, world, clock, tmp_path, batch, kind=ChangeKind.CHANGED)
    assert home(session, 1).head.labour is LabourSkill.SKILLED and home(session, 2).phone == "13800000002"
    assert home(session, 3).size == 2
    take(session, world, clock, tmp_path, batch, refs=[third.ref])
    # Nobody is taken off by a sheet in which he is missing.
    assert [member.relation for member in home(session, 3).present_members] == [Relation.HEAD, Relation.SPOUSE, Relation.SON]
    assert home(session, 1).members[1].education == ""


def test_an_empty_cell_says_nothing_and_erases_nothing(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet(family(1))))
    bare = ["村", "姓名", "与户主关系", "证件号码"]
    assert changes(session, bring(session, world, clock, tmp_path, sheet(family(1), head=bare))) == []


def test_numbers_that_came_as_numbers_are_refused_with_the_way_to_mend_the_sheet(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    rows = [*family(1), *family(2)]
    rows[1] |= {"证件号码": int(a_number(1)[:17] + "0")}
    batch = bring(session, world, clock, tmp_path, sheet(rows))
    found = problems(session, batch)
    assert found[0][0] == 2 and "第3行没有通过" in found[0][2]
    assert found[1][:2] == (3, "证件号码") and "设为“文本”" in found[1][2]
    assert (batch.refused_rows, batch.households, [row.head_name for row in changes(session, batch)]) == (2, 1, [name_of(2)])
    file = session.scalars(select(StoredFile).where(StoredFile.id == batch.report_file_id)).one()
    report = sheets.read(files.content_of(tmp_path, file))
    assert report.rows[0].cells == [*HEAD, "原表行号", "未导入的原因"]
    assert [row.cells[-2] for row in report.rows[1:]] == ["2", "3"] and "文本" in str(report.rows[2].cells[-1])
    assert report.rows[2].cells[HEAD.index("证件号码")] == "（数值格式，已丢失末位）"


@pytest.mark.parametrize(("changed", "column", "said"), [
    ({"与户主关系": "儿女"}, "与户主关系", "不在规定的选项里"), ({"姓名": None}, "姓名", "没有姓名"), ({"证件号码": "53062819800229001X"}, "证件号码", "核对"),
    ({"健康状况": "头疼"}, "健康状况", "不在规定的选项里"), ({"银行卡号": 6217001234567890123}, "银行卡号", "文本"), ({"户联系电话": "张三"}, "户联系电话", "只填数字"),
    ({"户类型": "脱贫户", "村": None}, "村", "没有写明"), ({"户编号": 530612345678901234}, "户编号", "文本")])
def test_each_problem_stands_at_its_row_and_column(session: Session, world: World, clock: StandingClock, tmp_path: Path,
                                                   changed: dict, column: str, said: str) -> None:
    rows = family(1)
    for row in rows if column == "村" else rows[:1]:
        row |= changed
    found = problems(session, bring(session, world, clock, tmp_path, sheet(rows)))
    assert (2, column) in [row[:2] for row in found]
    assert any(said in row[2] for row in found)
    assert all(str(value) not in row[2] for row in found for value in changed.values() if value)


def test_one_number_in_two_rows_and_two_heads_are_refused(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    rows = [*family(1), *family(2), *family(3)]
    rows[3] |= {"证件号码": a_number(1)}
    rows[5] |= {"与户主关系": "户主"}
    batch = bring(session, world, clock, tmp_path, sheet(rows))
    texts = [row[2] for row in problems(session, batch)]
    assert any("在第2行也出现" in text for text in texts) and any("2名户主" in text for text in texts)
    assert [row.head_name for row in changes(session, batch)] == [name_of(1)]


@pytest.mark.parametrize(("changed", "said"), [
    ({"村": "没有的村"}, "没有这个行政村"), ({"村": "泼机村"}, "没有这个行政村"), ({"村民小组": "第九组"}, "没有该村民小组"),
    ({"村民小组": None}, "没有写明村民小组")])
def test_a_place_that_is_not_there_is_no_place(session: Session, world: World, clock: StandingClock, tmp_path: Path,
                                               changed: dict, said: str) -> None:
    batch = bring(session, world, clock, tmp_path, sheet(family(1, **changed)))
    change, = changes(session, batch)
    assert change.kind is ChangeKind.BLOCKED and said in change.reason
    with pytest.raises(Invalid, match="没有选中"):
        register_import.accept(session, batch, refs=[change.ref], kind=None, actor=world.actors["xian.ban"], now=clock.now())


def test_whoever_is_on_file_elsewhere_is_not_written_twice_nor_told_where(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    there = sheet(family(7, 县="镇雄县", 乡="泼机镇", 村="泼机村"))
    theirs = bring(session, world, clock, tmp_path, there, who="wai.xian", place="other_county")
    register_import.accept(session, theirs, refs=None, kind=None, actor=world.actors["wai.xian"], now=clock.now())
    session.commit()
    work(session, tmp_path, clock)
    assert home(session, 7).area_path == world.areas["other_group"].path
    batch = bring(session, world, clock, tmp_path, sheet(family(7)))
    change, = changes(session, batch)
    assert change.kind is ChangeKind.BLOCKED and "本辖区外的另一户" in change.reason and "泼机" not in change.reason
    assert change.household_id is None


def test_somebody_of_another_household_here_is_moved_first(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet([*family(1), *family(2)])))
    rows = family(1)
    rows[1] |= {"证件号码": a_number(2, man=False)}
    change, = changes(session, bring(session, world, clock, tmp_path, sheet(rows)))
    assert change.kind is ChangeKind.BLOCKED and "先办理迁移、分户或并户" in change.reason


def test_a_file_changed_meanwhile_is_not_overwritten(session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet(family(1))))
    batch = bring(session, world, clock, tmp_path, sheet(family(1, 户联系电话="13911112222")))
    households.edit(session, home(session, 1), {"phone": "13700001111"}, actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    take(session, world, clock, tmp_path, batch)
    change, = changes(session, batch)
    assert (change.state, home(session, 1).phone) == (ChangeState.FAILED, "13700001111")
    assert "重新导入" in change.reason


def test_killed_in_the_middle_it_goes_on_and_writes_nobody_twice(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_import, "AT_ONCE", 3)
    batch = bring(session, world, clock, tmp_path, sheet([row for number in range(1, 11) for row in family(number)]))
    register_import.accept(session, batch, refs=None, kind=None, actor=world.actors["xian.ban"], now=clock.now())
    session.commit()
    assert work(session, tmp_path, clock, most=1) == 1
    assert session.scalar(select(func.count()).select_from(Household)) == 3
    # The next item is carried out and the process dies before it commits.
    item = outbox.claim(session, worker="dying", now=clock.now())
    session.commit()
    session.expunge(item)
    register_import.Jobs(tmp_path).handlers[item.kind](session, item.payload, clock.now())
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Household)) == 3
    assert work(session, tmp_path, clock) == 0
    clock.instant += timedelta(minutes=3)
    assert work(session, tmp_path, clock) == 3
    assert session.scalar(select(func.count()).select_from(Household)) == 10
    assert session.scalar(select(func.count()).select_from(Member)) == 20
    assert {change.state for change in changes(session, batch)} == {ChangeState.APPLIED}


def test_one_event_per_household_and_one_per_act_on_the_batch(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet([*family(1), *family(2)])))
    take(session, world, clock, tmp_path, bring(session, world, clock, tmp_path, sheet([*family(1, 户联系电话="13911112222"), *family(2)])))
    told = session.execute(select(AuditEvent.stream, AuditEvent.tag)).all()
    assert [tag for stream, tag in told if stream.startswith("household:")] == ["register.accept"] * 3
    assert [tag for _, tag in told if tag.startswith("register.") ].count("register.applied") == 2
    assert audit.verify(session).whole


def test_only_the_county_imports_and_what_was_accepted_under_a_lost_post_is_not_written(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    for who, place in (("cun.gan", "village"), ("xiang.gan", "township"), ("xian.zhang", "county"), ("wai.xian", "county")):
        with pytest.raises(NotPermitted):
            register_import.upload(session, tmp_path, name="a.xlsx", content=sheet(family(1)), area=world.areas[place],
                                   actor=world.actors[who], now=clock.now())
    batch = bring(session, world, clock, tmp_path, sheet(family(1)))
    register_import.accept(session, batch, refs=None, kind=None, actor=world.actors["xian.ban"], now=clock.now())
    session.scalars(select(Grant).where(Grant.user_id == world.actors["xian.ban"].user_id)).one().revoked_at = clock.now()
    session.commit()
    work(session, tmp_path, clock)
    change, = changes(session, batch)
    assert change.state is ChangeState.OPEN and "没有这个岗位" in change.reason
    assert session.scalar(select(func.count()).select_from(Household)) == 0


def test_a_file_that_is_no_sheet_says_why_and_can_be_put_away(
        session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    batch = bring(session, world, clock, tmp_path, b"PK\x03\x04nothing")
    assert batch.state is ImportState.REFUSED and "已损坏" in batch.problem
    register_import.withdraw(session, batch, actor=world.actors["xian.ban"], now=clock.now())
    assert batch.state is ImportState.WITHDRAWN
    other = bring(session, world, clock, tmp_path, sheet(family(1), head=["姓名", "证件号码", "备注"]))
    assert "缺少这些列：村、与户主关系" in other.problem
