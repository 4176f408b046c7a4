"""疑点 on pages: on the household's and the case's page, before a submission, by area, and the form to keep one."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.quality import DoubtRow
from fanpin.rules.duties import ConsentClass
from fanpin.rules.stages import Stage
from fanpin.steps import households, survey
from fanpin.worker import Worker
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=people())
    made = a_case(session, world, now=clock.now(), today=clock.today(), household=row)
    survey.record(session, made, a_visit(made, clock.today()), actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    adults = survey.adults(row.members, clock.today())
    survey.sign(session, made, applied_on=clock.today(), reason="妻子患病", truth_declared=True, authorised=True, classes=list(ConsentClass),
                signed_on=clock.today(), signers=adults, written_by="", witness="", valid_until=clock.today().replace(year=2028),
                actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    households.edit(session, row, {"phone": "1380000"}, actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    return made


def test_doubts_stand_on_the_page_of_a_submission_and_do_not_block_it(app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    page = words(client.get(f"/cases/{case.ref}/survey/propose"))
    assert "户联系电话位数不对" in page and f"/quality/households/{case.household.ref}" in page and "不影响提交" in page
    assert client.post(f"/cases/{case.ref}/survey/propose", data={"version": case.version}).status_code == 302
    session.expire_all()
    assert session.get(Case, case.id).stage is Stage.DELIBERATION


def test_a_doubt_is_explained_and_kept_and_asked_about_no_more(app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    place = f"/quality/households/{case.household.ref}"
    page = words(client.get(place))
    digest = re.search(r'name="rule" value="phone">.*?name="digest" value="([^"]+)"', page)[1]
    given = {"rule": "phone", "person": "", "digest": digest}
    answer = client.post(f"{place}/explain", data=given | {"explanation": " "})
    assert answer.status_code == 422 and "请写明情况" in words(answer)
    assert client.post(f"{place}/explain", data=given | {"explanation": "座机，已打通核实"}).status_code == 302
    page = words(client.get(place))
    assert "座机，已打通核实" in page and "已说明并保留" in page and "周村干" in page
    assert "户联系电话位数不对" not in words(client.get(f"/cases/{case.ref}/survey/propose"))


def test_the_list_shows_an_areas_doubts_by_rule_and_state(app: Flask, session: Session, case: Case):
    with Worker(app) as worker:
        worker.judge()
    for who in ("cun.gan", "xiang.gan", "xian.ban", "jian.cha"):
        page = words(log_in(app, who).get("/quality/"))
        assert "户联系电话位数不对" in page, who
    assert "户联系电话位数不对" not in words(log_in(app, "lin.cun").get("/quality/"))
    client = log_in(app, "cun.gan")
    assert "户联系电话位数不对" in words(client.get("/quality/?rule=phone"))
    # Our own codes are no words for a cadre.
    assert "phone 户联系" not in words(client.get("/quality/")) + words(client.get(f"/quality/households/{case.household.ref}"))
    assert "没有这样的疑点" in words(client.get("/quality/?state=explained"))
    assert "处疑点" in words(client.get(f"/households/{case.household.ref}"))
    assert "户联系电话位数不对" in words(client.get(f"/cases/{case.ref}"))
    assert session.scalars(select(DoubtRow)).all()
