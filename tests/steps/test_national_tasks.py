"""The round trip with the national system: sheets out in its columns, its own export in, and tasks open until that proves them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.adapters import distributions, run
from fanpin.adapters.parcels import Errand
from fanpin.models.cases import Case
from fanpin.models.national import NationalSheet, NationalTask, SheetState, TaskState
from fanpin.models.outbox import StoredFile
from fanpin.models.register import ChangeState, ImportBatch, ImportChange
from fanpin.models.scoped import system_scope
from fanpin.rules import national
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted
from fanpin.steps import adapters, files, national_sheets, national_tasks, register_import
from fanpin.steps.national_sheets import Jobs
from tests.conftest import StandingClock
from tests.later import a_helped_case, to_be_marked
from tests.world import World

OFFICER = "xian.ban"
TITLES = {column.code: column.title for column in national.columns()}


@pytest.fixture
def outlet(session: Session, clock: StandingClock) -> None:
    installed = distributions.find("fanpin-outlet-national-system")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())


def ask(session: Session, world: World, clock: StandingClock) -> list[NationalSheet]:
    return national_sheets.ask(session, world.areas["county"], actor=world.actors[OFFICER], now=clock.now(), today=clock.today())


def made(session: Session, world: World, clock: StandingClock, store: Path) -> dict[Errand, list[list[object]]]:
    """Return the rows of each sheet, its header first."""
    found = {}
    for sheet in ask(session, world, clock):
        number = sheet.id
        session.commit()
        with system_scope(session, reason="test"):
            Jobs(store, demo=True).make(session, {"sheet": number}, clock.now())
            session.commit()
        assert sheet.state is SheetState.READY, sheet.problem
        file = session.scalars(select(StoredFile).where(StoredFile.id == sheet.file_id)).one()
        found[sheet.errand] = [row.cells for row in sheets.read(files.content_of(store, file)).rows]
    return found


def exported(session: Session, world: World, clock: StandingClock, store: Path, rows: list[list[object]], *,
             on: date | None = None, whole: bool = True, **changed: str) -> ImportBatch:
    """Send rows as the national system's own export, some columns changed in every row."""
    header, *lines = rows
    width = len(header)
    lines = [[*line, *[None] * (width - len(line))] for line in lines]
    for code, value in changed.items():
        for line in lines:
            line[header.index(TITLES[code])] = value
    content = sheets.write([sheets.Column(str(title)) for title in header], lines, sheet="导出")
    batch = register_import.upload(session, store, name="导出.xlsx", content=content, area=world.areas["county"], actor=world.actors[OFFICER],
                                   now=clock.now(), exported_on=on or clock.today(), whole=whole)
    number = batch.id
    session.commit()
    with system_scope(session, reason="test"):
        register_import.Jobs(store).read(session, {"batch": number}, clock.now())
        session.commit()
    session.expire_all()
    return batch


def tasks(session: Session) -> list[tuple[Errand, TaskState]]:
    return [(task.errand, task.state) for task in session.scalars(select(NationalTask).order_by(NationalTask.id))]


def to_enter(session: Session, world: World, clock: StandingClock) -> Case:
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    measure.started_on = clock.today()
    session.commit()
    return case


def test_who_is_determined_and_helped_is_to_be_entered_in_the_outlets_columns(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    case = to_enter(session, world, clock)
    found = made(session, world, clock, tmp_path)
    assert list(found) == [Errand.ENTER] and tasks(session) == [(Errand.ENTER, TaskState.OPEN)]
    header, *rows = found[Errand.ENTER]
    assert header == [column.title for column in national.columns()]
    people = case.household.members
    assert [row[header.index("证件号码")] for row in rows] == [member.id_number for member in people]
    assert [row[header.index("姓名")] for row in rows] == [member.name for member in people]
    assert {row[header.index("风险是否已消除")] for row in rows} == {"否"}


def test_nothing_is_to_be_entered_before_the_first_measure(session: Session, world: World, clock: StandingClock, outlet: None) -> None:
    a_helped_case(session, world, now=clock.now(), today=clock.today())
    with pytest.raises(Invalid, match="现在没有"):
        ask(session, world, clock)


def test_the_task_stays_open_until_the_export_shows_the_household(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    case = to_enter(session, world, clock)
    rows = made(session, world, clock, tmp_path)[Errand.ENTER]
    old = exported(session, world, clock, tmp_path, rows, on=clock.today() - timedelta(days=90))
    assert old.proven == 0 and tasks(session) == [(Errand.ENTER, TaskState.OPEN)]
    batch = exported(session, world, clock, tmp_path, rows)
    task = session.scalars(select(NationalTask)).one()
    assert (batch.proven, task.state, task.import_id, task.household_id) == (1, TaskState.PROVEN, batch.id, case.household_id)


def test_who_is_to_be_marked_is_proved_by_an_export_that_says_so(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    to_be_marked(session, world, now=clock.now(), today=clock.today())
    session.commit()
    rows = made(session, world, clock, tmp_path)[Errand.MARK]
    header, *lines = rows
    assert {line[header.index("风险是否已消除")] for line in lines} == {"是"}
    exported(session, world, clock, tmp_path, rows, eliminated="否")
    assert tasks(session) == [(Errand.MARK, TaskState.OPEN)]
    exported(session, world, clock, tmp_path, rows)
    assert tasks(session) == [(Errand.MARK, TaskState.PROVEN)]


def test_a_difference_is_corrected_here_or_there_and_there_until_the_export_agrees(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    case = to_enter(session, world, clock)
    rows = made(session, world, clock, tmp_path)[Errand.ENTER]
    batch = exported(session, world, clock, tmp_path, rows, phone="13911110000")
    change = session.scalars(select(ImportChange)).one()
    assert "phone" in change.differences and change.state is ChangeState.OPEN
    register_import.reject(session, batch, refs=[change.ref], kind=None, actor=world.actors[OFFICER], now=clock.now())
    task = session.scalars(select(NationalTask).where(NationalTask.errand == Errand.CHANGE)).one()
    assert (task.household_id, task.columns, task.state) == (case.household_id, ["phone"], TaskState.OPEN)
    assert Errand.CHANGE in made(session, world, clock, tmp_path)
    exported(session, world, clock, tmp_path, rows, phone="13911110001")
    assert task.state is TaskState.OPEN
    exported(session, world, clock, tmp_path, rows)
    assert task.state is TaskState.PROVEN


def test_a_rejected_difference_of_another_sheet_asks_for_nothing_there(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    to_enter(session, world, clock)
    rows = made(session, world, clock, tmp_path)[Errand.ENTER]
    batch = exported(session, world, clock, tmp_path, rows, phone="13911110000")
    batch.exported_on = None
    register_import.reject(session, batch, refs=None, kind=None, actor=world.actors[OFFICER], now=clock.now())
    assert not session.scalars(select(NationalTask).where(NationalTask.errand == Errand.CHANGE)).all()


def test_a_whole_export_that_lacks_an_entered_household_opens_it_and_a_part_does_not(
        session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    to_enter(session, world, clock)
    rows = made(session, world, clock, tmp_path)[Errand.ENTER]
    other, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    session.commit()
    exported(session, world, clock, tmp_path, rows, whole=False)
    assert [state for _, state in tasks(session)] == [TaskState.PROVEN]
    exported(session, world, clock, tmp_path, rows)
    (task,) = session.scalars(select(NationalTask).where(NationalTask.state == TaskState.OPEN))
    assert (task.household_id, task.errand) == (other.household_id, Errand.ENTER)


def test_an_officers_word_needs_a_reason_and_holds_until_the_county_decides_anew(
        session: Session, world: World, clock: StandingClock, outlet: None) -> None:
    to_enter(session, world, clock)
    ask(session, world, clock)
    task = session.scalars(select(NationalTask)).one()
    how = {"actor": world.actors[OFFICER], "now": clock.now(), "today": clock.today()}
    with pytest.raises(Invalid):
        national_tasks.close_by_hand(session, task, reason=" ", **how)
    with pytest.raises(NotPermitted):
        national_tasks.close_by_hand(session, task, reason="已查看", **how | {"actor": world.actors["cun.gan"]})
    national_tasks.close_by_hand(session, task, reason="已在系统查看", **how)
    assert (task.state, task.closed_by) == (TaskState.BY_HAND, "赵县办")
    with pytest.raises(AlreadyHandled):
        national_tasks.close_by_hand(session, task, reason="再来", **how)
    with pytest.raises(Invalid, match="现在没有"):
        ask(session, world, clock)


def test_asked_twice_a_household_has_one_open_task(session: Session, world: World, clock: StandingClock, outlet: None) -> None:
    to_enter(session, world, clock)
    ask(session, world, clock)
    ask(session, world, clock)
    assert tasks(session) == [(Errand.ENTER, TaskState.OPEN)]
    assert len({sheet.number for sheet in session.scalars(select(NationalSheet))}) == 2


def test_without_an_outlet_nothing_is_made(session: Session, world: World, clock: StandingClock) -> None:
    to_enter(session, world, clock)
    with pytest.raises(NotAllowedHere, match="没有安装"):
        ask(session, world, clock)


def test_another_county_and_a_village_make_no_sheets(session: Session, world: World, clock: StandingClock, outlet: None) -> None:
    to_enter(session, world, clock)
    for actor in ("wai.xian", "cun.gan"):
        with pytest.raises(NotPermitted):
            national_sheets.ask(session, world.areas["county"], actor=world.actors[actor], now=clock.now(), today=clock.today())


def test_a_header_changed_by_setting_is_the_sheets(session: Session, world: World, clock: StandingClock, outlet: None, tmp_path: Path) -> None:
    to_enter(session, world, clock)
    release = adapters.present_releases(session, role=adapters.PluginRole.OUTLET)[0]
    adapters.set_settings(session, release, {"renamed": "户联系电话=联系电话"}, actor=world.actors[OFFICER], now=clock.now())
    header = made(session, world, clock, tmp_path)[Errand.ENTER][0]
    assert "联系电话" in header and "户联系电话" not in header
