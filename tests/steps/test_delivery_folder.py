"""Sheets in a department's folder are sent once they stand still, read as if uploaded, and put away with a sentence."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters import distributions, run
from fanpin.models.adapters import AdapterFetch, AdapterPlan, AdapterRelease
from fanpin.models.deliveries import Delivery
from fanpin.models.households import Household
from fanpin.models.outbox import OutboxItem
from fanpin.models.users import Grant
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.fetching import Folder, Rhythm
from fanpin.steps import adapters, deliveries, delivery_folder, fetch_plans
from fanpin.steps.delivery_folder import Jobs
from fanpin.steps.delivery_intake import Intake
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.world import World

OFFICER = "bm.civil-affairs"
HEAD = "姓名,身份证号,救助金额（元）,发放日期,救助原因\n"


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    return a_household(session, world, now=clock.now(), today=clock.today())


@pytest.fixture
def release(session: Session, home: Household, clock: StandingClock) -> AdapterRelease:
    installed = distributions.find("fanpin-civil-affairs")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    return session.scalars(select(AdapterRelease)).one()


@pytest.fixture
def place(session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path) -> Path:
    """Arrange the taking of whole sheets, and return the folder."""
    fetch_plans.arrange(session, release, rhythm=Rhythm.NEVER, hour=2, whole_days=30, folder=Folder.WHOLE, actor=world.actors[OFFICER],
                        now=clock.now())
    session.commit()
    folder = tmp_path / "exchange" / "530628" / "civil_affairs"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "files", tmp_path / "exchange")


def lay(place: Path, home: Household, name: str = "救助.csv", *, whole: bool = False, amount: str = "3000") -> None:
    person = home.members[0]
    (place / name).write_text(f"{HEAD}{person.name},{person.id_number},{amount},2026-01-12,突发疾病\n", encoding="utf-8")
    if whole:
        (place / f"{name}.ok").write_bytes(b"")


def look(session: Session, clock: StandingClock, jobs: Jobs, *, read: bool = True) -> list[str]:
    """Look once, carry out what is owed, read what was sent; return the states of all deliveries."""
    jobs.owe(session, jobs.look(session), now=clock.now())
    session.commit()
    for item in session.scalars(select(OutboxItem).where(OutboxItem.kind == "delivery.folder", OutboxItem.state == "waiting")).all():
        payload, item.state = item.payload, "done"
        session.commit()
        jobs.take(session, payload, clock.now())
        session.commit()
    for number in session.scalars(select(Delivery.id).where(Delivery.state == DeliveryState.WAITING)).all() if read else ():
        session.commit()
        Intake(jobs._store).handle(session, {"delivery": number}, clock.now())
        session.commit()
    session.expire_all()
    return [row.state.value for row in session.scalars(select(Delivery).order_by(Delivery.id))]


def lying(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir())


def told(session: Session) -> str:
    return session.scalars(select(AdapterFetch.words)).one()


def test_a_sheet_is_taken_once_it_stands_still_and_put_away_with_a_sentence(
        session: Session, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    lay(place, home)
    assert look(session, clock, jobs) == [] and lying(place) == ["救助.csv"]
    with open(place / "救助.csv", "a", encoding="utf-8") as file:
        file.write("\n")
    assert look(session, clock, jobs) == []
    assert look(session, clock, jobs) == ["done"]
    row = session.scalars(select(Delivery)).one()
    assert (row.table, row.matched, row.complete, row.file_name) == ("relief", 1, False, "救助.csv")
    assert lying(place) == [f"taken/{row.ref}--救助.csv"] and "已报送" in told(session)
    assert look(session, clock, jobs) == ["done"]
    assert lying(place) == ["done/救助.csv", "done/救助.csv.txt"]
    assert "已入库：1行，匹配1行" in (place / "done" / "救助.csv.txt").read_text(encoding="utf-8")


def test_only_the_word_that_it_is_whole_makes_a_sheet_complete(
        session: Session, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    lay(place, home, whole=True)
    assert look(session, clock, jobs) == ["done"]
    row = session.scalars(select(Delivery)).one()
    assert row.complete and lying(place) == [f"taken/{row.ref}--救助.csv"]
    session.execute(update(AdapterPlan).values(folder=Folder.PART))
    lay(place, home, whole=True, amount="4000")
    look(session, clock, jobs)
    assert [row.complete for row in session.scalars(select(Delivery).order_by(Delivery.id))] == [True, False]


def test_what_is_nobodys_table_comes_back_with_what_it_lacks(
        session: Session, clock: StandingClock, place: Path, jobs: Jobs) -> None:
    (place / "别的.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (place / "旧.xls").write_bytes(b"x")
    for _ in range(2):
        assert look(session, clock, jobs) == []
    assert lying(place) == ["refused/别的.csv", "refused/别的.csv.txt", "refused/旧.xls", "refused/旧.xls.txt"]
    assert "只收 .xlsx 和 .csv" in (place / "refused" / "旧.xls.txt").read_text(encoding="utf-8") and "退回“" in told(session)


def test_a_sheet_that_the_reading_refuses_goes_back(
        session: Session, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    lay(place, home, whole=True)
    look(session, clock, jobs, read=False)
    row = session.scalars(select(Delivery)).one()
    deliveries.refuse(session, row.id, "表头不对", now=clock.now())
    assert look(session, clock, jobs) == ["refused"]
    assert lying(place) == ["refused/救助.csv", "refused/救助.csv.txt"]


def test_killed_between_sending_and_moving_it_is_sent_once(
        session: Session, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    lay(place, home, whole=True)
    look(session, clock, jobs, read=False)
    row = session.scalars(select(Delivery)).one()
    (place / "taken" / f"{row.ref}--救助.csv").rename(place / "救助.csv")
    (place / "救助.csv.ok").write_bytes(b"")
    assert look(session, clock, jobs) == ["done"] and lying(place) == [f"taken/{row.ref}--救助.csv"]


def test_in_the_name_of_an_officer_who_left_nothing_is_taken(
        session: Session, world: World, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    lay(place, home, whole=True)
    session.execute(update(Grant).where(Grant.user_id == world.actors[OFFICER].user_id).values(revoked_at=clock.now()))
    assert look(session, clock, jobs) == [] and lying(place) == ["救助.csv", "救助.csv.ok"]
    assert "已不在本部门岗位" in session.scalars(select(AdapterPlan.stopped)).one() and jobs.look(session) == []


def test_a_folder_that_leads_elsewhere_is_not_read_and_the_department_is_told(
        session: Session, clock: StandingClock, place: Path, jobs: Jobs, tmp_path: Path) -> None:
    place.rmdir()
    (tmp_path / "elsewhere").mkdir()
    place.symlink_to(tmp_path / "elsewhere")
    assert look(session, clock, jobs) == [] and told(session) == delivery_folder.CLOSED


def test_without_an_arrangement_nobody_looks(session: Session, clock: StandingClock, home: Household, place: Path, jobs: Jobs) -> None:
    session.execute(update(AdapterPlan).values(folder=Folder.NONE))
    lay(place, home, whole=True)
    assert look(session, clock, jobs) == [] and lying(place) == ["救助.csv", "救助.csv.ok"]
