"""No order of clicks, no second tab and no two people at once carry an act out twice."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fanpin import audit
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.leads import Lead
from fanpin.models.users import Grant, User
from fanpin.rules.stages import Stage
from fanpin.steps import accounts, survey
from tests import html_forms
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.world import World, grants_of, log_in

CASES = 25
THREADS = 8


def browser_of(app: Flask, known: FlaskClient) -> FlaskClient:
    """Return a browser for another thread that holds the same session."""
    client = FlaskClient(app, TestResponse)
    client.set_cookie("fanpin", known.get_cookie("fanpin").value)
    return client


def words(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def declared(key: str, **changed: str) -> dict[str, str]:
    """Return the form on which somebody is shown a platform, the simplest of all."""
    return {"person": "测试群众", "channel": "province", "given_on": "2026-03-02", "_key": key} | changed


def guided(session: Session) -> int:
    """Count how often somebody was shown a platform, by the trail."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == "intake.guide"))


def written(session: Session) -> Counter[str]:
    session.rollback()
    return Counter(session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.like("survey.%"))))


@pytest.fixture
def key() -> str:
    """Return a one-time key as a page gives it."""
    return secrets.token_urlsafe(18)


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    """Return a case whose sheet finds no risk."""
    return no_risk(session, world, clock)


def no_risk(session: Session, world: World, clock: StandingClock, head: str = "测试㬹") -> Case:
    when = {"now": clock.now(), "today": clock.today()}
    found = a_case(session, world, household=a_household(session, world, members=people(head), **when), **when)
    survey.record(session, found, a_visit(found, clock.today(), proposed=False), actor=world.actors["cun.gan"], **when)
    session.commit()
    return found


def decision(client: FlaskClient, case: Case) -> dict[str, str]:
    """Open the page on which a case ends without being proposed, and fill it in."""
    page = client.get(f"/cases/{case.ref}/survey/not-propose")
    assert page.status_code == 200, words(page)
    form = next(form for form in html_forms.forms(words(page)) if "version" in form.fields)
    return {name: values[0] for name, values in form.filled().items()} | {"reason": "收入稳定，无风险"}


def decide(client: FlaskClient, case: Case, sent: dict[str, str]) -> TestResponse:
    return client.post(f"/cases/{case.ref}/survey/not-propose", data=sent)


def stage_of(session: Session, case: Case) -> Stage:
    session.rollback()
    return session.scalar(select(Case.stage).where(Case.id == case.id))


# The same form again.

def test_a_double_click_has_one_effect_and_the_same_answer(world: World, app: Flask, session: Session, key: str):
    client = log_in(app, "cun.gan")
    first, second = (client.post("/intake/guide", data=declared(key)) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, first.location)
    assert guided(session) == 1


def test_a_used_key_with_other_contents_is_refused(world: World, app: Flask, session: Session, key: str):
    client = log_in(app, "cun.gan")
    client.post("/intake/guide", data=declared(key))
    other = client.post("/intake/guide", data=declared(key, person="另一位群众"))
    assert other.status_code == 422 and "已经提交过" in words(other)
    assert guided(session) == 1


def test_another_person_cannot_use_up_or_learn_of_somebodys_key(world: World, app: Flask, session: Session, key: str):
    log_in(app, "cun.gan").post("/intake/guide", data=declared(key))
    assert log_in(app, "zhu.cun").post("/intake/guide", data=declared(key)).status_code == 422
    assert guided(session) == 1


def test_a_refused_form_does_not_use_up_its_key(world: World, app: Flask, session: Session, key: str):
    client = log_in(app, "cun.gan")
    assert client.post("/intake/guide", data=declared(key, person="")).status_code == 422
    assert client.post("/intake/guide", data=declared(key)).status_code == 302
    assert guided(session) == 1


def test_forms_without_a_key_are_each_their_own(world: World, app: Flask, session: Session):
    client = log_in(app, "cun.gan")
    for _ in range(2):
        assert client.post("/intake/guide", data=declared("")).status_code == 302
    assert guided(session) == 2


def test_many_impatient_clicks_at_once_have_one_effect(world: World, app: Flask, session: Session, key: str):
    known = log_in(app, "cun.gan")
    session.commit()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: browser_of(app, known).post("/intake/guide", data=declared(key)), range(24)))
    assert {answer.status_code for answer in answers} <= {302, 409}
    assert len({answer.location for answer in answers if answer.status_code == 302}) == 1
    assert guided(session) == 1


# Two people, two tabs.

def test_of_many_who_decide_at_once_one_decides(world: World, app: Flask, session: Session, clock: StandingClock):
    cases = [no_risk(session, world, clock, f"测试{chr(0x4e00 + number)}") for number in range(CASES)]
    known = [log_in(app, name) for name in ("cun.gan", "zhu.cun")]
    forms = [(f"/cases/{case.ref}/survey/not-propose", decision(known[0], case)) for case in cases]
    session.commit()

    def race(number: int) -> list[int]:
        client = browser_of(app, known[number % 2])
        return [client.post(url, data=sent | {"_key": secrets.token_urlsafe(18)}).status_code for url, sent in forms]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(race, range(THREADS)))
    for number, case in enumerate(cases):
        assert Counter(row[number] for row in answers) == {302: 1, 409: THREADS - 1}, case.code
        assert stage_of(session, case) is Stage.NOT_PROPOSED
    assert written(session)["survey.not_propose"] == CASES
    assert audit.verify(session).whole


def test_an_older_page_is_told_who_was_faster_and_when(world: World, app: Flask, session: Session, case: Case,
                                                       clock: StandingClock):
    here, there = log_in(app, "cun.gan"), log_in(app, "zhu.cun")
    sent = decision(here, case)
    assert decide(there, case, decision(there, case)).status_code == 302
    clock.move(minutes=5)
    stale = decide(here, case, sent)
    assert stale.status_code == 409
    assert "吴驻村" in words(stale) and "2026-03-02 12:00" in words(stale)
    assert "收入稳定，无风险" in words(stale)
    assert written(session)["survey.not_propose"] == 1


def test_the_page_of_before_a_change_decides_nothing(world: World, app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    sent = decision(client, case)
    session.execute(update(Case).where(Case.id == case.id).values(version=Case.version + 1))
    session.commit()
    answer = decide(client, case, sent)
    assert answer.status_code == 409 and "收入稳定，无风险" in words(answer)
    assert stage_of(session, case) is Stage.SURVEY


# Between the page and the act.

def test_a_post_taken_back_meanwhile_decides_nothing(world: World, app: Flask, session: Session, case: Case,
                                                     clock: StandingClock):
    client = log_in(app, "cun.gan")
    sent = decision(client, case)
    accounts.revoke(session, grants_of(session, "cun.gan")[0], by=world.actors["an.quan"], now=clock.now())
    session.commit()
    answer = decide(client, case, sent)
    assert answer.status_code == 403 and "还没有分配岗位" in words(answer)
    assert stage_of(session, case) is Stage.SURVEY


def test_an_account_closed_meanwhile_decides_nothing(world: World, app: Flask, session: Session, case: Case,
                                                     clock: StandingClock):
    client = log_in(app, "cun.gan")
    sent = decision(client, case)
    user = session.scalars(select(User).where(User.username == "cun.gan")).one()
    accounts.disable(session, user, by=world.actors["xi.tong"], now=clock.now())
    session.commit()
    answer = decide(client, case, sent)
    assert answer.status_code == 302 and answer.location.startswith("/login")
    assert stage_of(session, case) is Stage.SURVEY


def test_a_post_that_ends_meanwhile_decides_nothing(world: World, app: Flask, session: Session, case: Case,
                                                    clock: StandingClock):
    client = log_in(app, "cun.gan")
    sent = decision(client, case)
    row = grants_of(session, "cun.gan")[0]
    # Written past the seal: a changed grant is no grant at all.
    session.execute(update(Grant).where(Grant.id == row.id).values(valid_to=clock.today() - timedelta(days=1)))
    session.commit()
    answer = decide(client, case, sent)
    assert answer.status_code == 403 and "还没有分配岗位" in words(answer)
    assert stage_of(session, case) is Stage.SURVEY


# How long a log-in lasts.

@pytest.mark.parametrize(("username", "minutes", "stays"), [
    ("cun.gan", 29, True), ("cun.gan", 31, False), ("xi.tong", 14, True), ("xi.tong", 16, False)])
def test_whoever_rests_too_long_logs_in_again(world: World, app: Flask, clock: StandingClock, username: str, minutes: int,
                                              stays: bool):
    settings = app.config["FANPIN_SETTINGS"]
    assert (settings.idle_minutes, settings.admin_idle_minutes) == (30, 15)
    client = log_in(app, username)
    clock.move(minutes=minutes)
    assert (client.get("/").status_code == 200) is stays


def test_a_log_in_ends_after_a_days_work_however_busy(world: World, app: Flask, clock: StandingClock):
    client = log_in(app, "cun.gan")
    hours = app.config["FANPIN_SETTINGS"].absolute_hours
    for _ in range(hours * 4 - 1):
        clock.move(minutes=15)
        assert client.get("/").status_code == 200
    clock.move(minutes=16)
    assert client.get("/").location.startswith("/login")


def test_what_was_typed_when_the_log_in_ended_changes_nothing(world: World, app: Flask, session: Session,
                                                              clock: StandingClock, key: str):
    client = log_in(app, "cun.gan")
    clock.move(minutes=31)
    answer = client.post("/intake/guide", data=declared(key))
    assert answer.status_code == 302 and answer.location.startswith("/login")
    assert guided(session) == 0 and session.scalar(select(func.count()).select_from(Lead)) == 0
