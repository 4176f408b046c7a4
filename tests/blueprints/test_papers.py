"""Papers: issued by whom the stage allows, printed once, handed out and counted, checked by anybody."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.documents.verification import format_code
from fanpin.models.cases import Case
from fanpin.models.papers import Paper
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import deliberation
from fanpin.steps import papers as step
from fanpin.worker import drain
from tests.builders import a_case
from tests.conftest import StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    return row


def issued(session: Session, client: FlaskClient, case: Case) -> Paper:
    answer = client.post(f"/cases/{case.ref}/papers/issue", data={"code": "leaflet"})
    assert answer.status_code == 302, words(answer)
    session.rollback()
    return session.scalars(select(Paper)).one()


def test_the_village_issues_prints_and_hands_out_a_paper_and_prints_are_counted(
        app: Flask, session: Session, case: Case) -> None:
    client = log_in(app, "cun.gan")
    assert "出具防止返贫监测申报引导单" in words(client.get(f"/cases/{case.ref}/papers"))
    paper = issued(session, client, case)
    assert "文书正在印制" in words(client.get(f"/papers/{paper.ref}"))
    early = client.post(f"/papers/{paper.ref}/print")
    assert early.status_code == 409 and "还没有印制完成" in words(early)
    session.rollback()
    drain(app)
    page = words(client.get(f"/papers/{paper.ref}"))
    assert "可以打印" in page and "已打印 0次" in page
    printed = client.post(f"/papers/{paper.ref}/print")
    assert printed.status_code == 200 and printed.data.startswith(b"%PDF-")
    assert "已打印 1次" in words(client.get(f"/papers/{paper.ref}"))
    assert paper.number in words(client.get(f"/cases/{case.ref}"))


def test_a_paper_that_could_not_be_printed_says_why_and_what_to_do(app: Flask, session: Session, case: Case) -> None:
    client = log_in(app, "cun.gan")
    paper = issued(session, client, case)
    paper.state, paper.problem = "failed", "“㗂”这个字没有字形，请联系管理员补充字库。"
    session.commit()
    page = words(client.get(f"/papers/{paper.ref}"))
    assert "没有字形" in page and "请改正后重新出具一份" in page


def test_nobody_issues_what_the_stage_or_the_post_does_not_allow(app: Flask, case: Case) -> None:
    village, leader = log_in(app, "cun.gan"), log_in(app, "xian.zhang")
    unknown = village.post(f"/cases/{case.ref}/papers/issue", data={"code": "passport"})
    assert unknown.status_code == 422 and "没有这种文书" in words(unknown)
    assert village.post(f"/cases/{case.ref}/papers/issue", data={"code": "joint_review"}).status_code in (403, 409)
    assert leader.post(f"/cases/{case.ref}/papers/issue", data={"code": "leaflet"}).status_code == 403
    assert "现在没有你可以出具的文书" in words(leader.get(f"/cases/{case.ref}/papers"))


def test_a_neighbour_does_not_reach_a_paper(app: Flask, session: Session, case: Case) -> None:
    paper = issued(session, log_in(app, "cun.gan"), case)
    assert log_in(app, "wai.xian").get(f"/papers/{paper.ref}").status_code == 404
    assert log_in(app, "wai.xian").post(f"/papers/{paper.ref}/print").status_code == 404


def test_anybody_checks_a_code_as_printed_and_reads_nobodys_data(app: Flask, session: Session, case: Case) -> None:
    paper = issued(session, log_in(app, "cun.gan"), case)
    stranger = app.test_client()
    answer = stranger.get("/verify/", query_string={"code": format_code(paper.verify_code).lower()}, follow_redirects=True)
    page = words(answer)
    assert answer.status_code == 200 and "由本系统出具" in page and paper.number in page
    assert case.household.head_name not in page


@pytest.mark.parametrize("code, status, said", [
    ("ABCDEFGHJKLM", 404, "没有查到"), ("ABC", 422, "验证码是12位"), ("O0O0O0O0O0O0", 422, "没有0、1、I、O"),
])
def test_a_code_that_was_never_given_is_said_so(app: Flask, world: World, code: str, status: int, said: str) -> None:
    answer = app.test_client().get(f"/verify/{code}")
    assert answer.status_code == status and said in words(answer)


def test_the_codes_form_is_open_to_all(app: Flask, world: World) -> None:
    assert "文书上的验证码" in words(app.test_client().get("/verify/"))


def test_the_papers_of_a_list_are_offered_where_the_list_stands(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    session.execute(update(Case).where(Case.id == case.id).values(stage=Stage.DELIBERATION))
    session.refresh(case)
    listed = deliberation.form_list(session, world.areas["village"], [case], procedure=Procedure.ENTERING,
                                    actor=world.actors["cun.gan"], now=clock.now(), today=clock.today())
    session.commit()
    client = log_in(app, "cun.gan")
    page = words(client.get(f"/lists/{listed.ref}/papers"))
    assert listed.number in page and "出具评议会议记录" in page
    early = client.post(f"/lists/{listed.ref}/papers/issue", data={"code": "minutes"})
    assert early.status_code in (409, 422) and "评议" in words(early)


def test_an_issued_paper_belongs_to_its_case(session: Session, app: Flask, case: Case) -> None:
    paper = issued(session, log_in(app, "cun.gan"), case)
    assert (paper.case_id, paper.area_path) == (case.id, case.area_path)
    assert step.by_code(session, paper.verify_code) is paper
