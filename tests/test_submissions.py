"""A form is carried out once, and of two people at once only one decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fanpin.extensions import db
from fanpin.models.cases import Case, CaseAct
from fanpin.models.leads import Guidance
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.models.users import Grant, User
from fanpin.rules.refusals import AlreadyHandled, NotAllowedHere
from fanpin.rules.stages import Stage
from fanpin.steps import survey
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.world import World, log_in

KEY = "abcdefghijklmnopqrstuvwx"
CASES, RACERS = 10, 8


def guidance(person: str, *, key: str = KEY) -> dict[str, str]:
    """Return a filled form."""
    return {"person": person, "channel": "province", "given_on": "2026-03-02", "_key": key}


def count(session: Session) -> int:
    """Count what the forms have written."""
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Guidance)) or 0


def test_a_double_click_writes_once_and_leads_to_the_same_place(app: Flask, session: Session, world: World) -> None:
    client = log_in(app, "cun.gan")
    first = client.post("/intake/guide", data=guidance("测试甲"))
    again = client.post("/intake/guide", data=guidance("测试甲"))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.location == again.location
    assert count(session) == 1


def test_a_used_key_with_other_words_is_refused_in_words(app: Flask, session: Session, world: World) -> None:
    client = log_in(app, "cun.gan")
    client.post("/intake/guide", data=guidance("测试甲"))
    other = client.post("/intake/guide", data=guidance("测试乙"))
    assert other.status_code == 422
    assert "已经提交过" in other.get_data(as_text=True)
    assert count(session) == 1


def test_a_key_is_its_owners_alone(app: Flask, session: Session, world: World) -> None:
    log_in(app, "cun.gan").post("/intake/guide", data=guidance("测试甲"))
    assert log_in(app, "zhu.cun").post("/intake/guide", data=guidance("测试甲")).status_code == 422
    assert count(session) == 1


def test_a_page_of_a_post_taken_back_decides_nothing(app: Flask, session: Session, world: World,
                                                     clock: StandingClock) -> None:
    client = log_in(app, "cun.gan")
    grant = session.scalars(select(Grant).join(User).where(User.username == "cun.gan")).one()
    session.execute(update(Grant).where(Grant.id == grant.id).values(revoked_at=clock.now()))
    assert client.post("/intake/guide", data=guidance("测试甲")).status_code == 403
    assert count(session) == 0


def test_a_disabled_account_is_out_with_its_next_request(app: Flask, session: Session, world: World,
                                                         clock: StandingClock) -> None:
    client = log_in(app, "cun.gan")
    session.execute(update(User).where(User.username == "cun.gan").values(disabled_at=clock.now()))
    answer = client.post("/intake/guide", data=guidance("测试甲"))
    assert answer.status_code == 302 and "/login" in answer.location
    assert count(session) == 0


def test_a_session_ends_when_idle_and_when_old(app: Flask, world: World, clock: StandingClock) -> None:
    client = log_in(app, "cun.gan")
    clock.instant += timedelta(minutes=29)
    assert client.get("/").status_code == 200
    clock.instant += timedelta(minutes=31)
    assert client.get("/").status_code == 302
    client = log_in(app, "cun.gan")
    for _ in range(30):
        clock.instant += timedelta(minutes=25)
        client.get("/")
    assert client.get("/").status_code == 302


def test_of_eight_people_at_once_one_decides(app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    refs = []
    for number in range(CASES):
        household = a_household(session, world, now=clock.now(), today=clock.today(), members=people(f"测试{number}号"[:2] + "一"))
        case = a_case(session, world, now=clock.now(), today=clock.today(), household=household)
        survey.record(session, case, a_visit(case, clock.today(), proposed=False), actor=world.actors["cun.gan"],
                      now=clock.now(), today=clock.today())
        refs.append(case.id)
    session.commit()

    def decide(case_id: int) -> str:
        with app.app_context():
            own = db.session()
            set_scope(own, Scope(ScopeKind.SYSTEM, reason="test"))
            case = own.scalars(select(Case).where(Case.id == case_id)).one()
            try:
                survey.not_propose(own, case, reason="收入稳定", actor=world.actors["cun.gan"], now=clock.now(),
                                   today=clock.today())
                own.commit()
                return "won"
            except (AlreadyHandled, NotAllowedHere):
                own.rollback()
                return "late"

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(decide, [ref for ref in refs for _ in range(RACERS)]))
    session.expire_all()
    assert answers.count("won") == CASES
    assert set(session.scalars(select(Case.stage))) == {Stage.NOT_PROPOSED}
    assert session.scalar(select(func.count()).select_from(CaseAct)) == CASES
