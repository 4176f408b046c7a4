"""三(六) 县级确定 as people do it: inquire, answer, sign, resolve, state, accept, decide, report, assign, return."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.adapters.contract import NotFound
from fanpin.models.cases import Case
from fanpin.models.county import FindingRow, Inquiry
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import county, screening
from tests.conftest import StandingClock
from tests.county import HEAD, SPOUSE, a_case_at_county, all_answered, answered, question_of
from tests.world import World, log_in


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def fresh(session: Session, world: World, clock: StandingClock) -> Case:
    row = a_case_at_county(session, world, clock)
    session.commit()
    return row


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock, fresh: Case) -> Case:
    county.inquire(session, fresh, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    return fresh


def inquiry_of(session: Session, case: Case, department: str) -> Inquiry:
    return session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.department == department)).one()


def stage_of(session: Session, case: Case) -> Stage:
    session.rollback()
    session.expire_all()
    return session.get(Case, case.id).stage


def test_the_board_says_what_each_household_waits_for(app: Flask, case: Case) -> None:
    page = words(log_in(app, "xian.ban").get("/county"))
    assert HEAD in page and "15个部门还没有签字（共15个）" in page and "还剩 5 个工作日" in page


def test_before_asking_the_page_shows_whom_each_department_is_asked_about(app: Flask, session: Session, fresh: Case) -> None:
    client = log_in(app, "xian.ban")
    page = words(client.get(f"/cases/{fresh.ref}/county/inquire"))
    assert "公安部门" in page and "机动车" in page and SPOUSE in page
    answer = client.post(f"/cases/{fresh.ref}/county/inquire", follow_redirects=True)
    assert "已向16个部门发起联审，请在3月9日前答复" in words(answer)
    again = client.post(f"/cases/{fresh.ref}/county/inquire")
    assert again.status_code == 409 and "本轮联审已经发起" in words(again)


def test_the_village_does_not_put_the_inquiry(app: Flask, fresh: Case) -> None:
    assert log_in(app, "cun.gan").post(f"/cases/{fresh.ref}/county/inquire").status_code == 403


def test_an_officer_sees_only_the_own_inquiries_and_not_the_case(app: Flask, session: Session, case: Case) -> None:
    client = log_in(app, "bm.housing")
    page = words(client.get("/inquiries"))
    assert HEAD in page and "还有1项（共1项）" in page
    assert client.get(f"/inquiries/{inquiry_of(session, case, 'market').ref}").status_code == 404
    assert client.get(f"/cases/{case.ref}").status_code == 404


def answers_for(inquiry: Inquiry, **more: str) -> dict[str, str]:
    return {"as_of": "2026-03-02", "register_scope": "本县登记范围", "complete": "yes", "rest": "y", **more}


def test_an_officer_answers_with_one_car_adds_a_second_and_signs(app: Flask, session: Session, case: Case) -> None:
    inquiry = inquiry_of(session, case, "public_security")
    car = question_of(inquiry, "vehicle", HEAD).ref
    session.rollback()
    client, url = log_in(app, "bm.public-security"), f"/inquiries/{inquiry.ref}"
    typed = answers_for(inquiry, **{f"{car}-outcome": "found", f"{car}-value": "private_car", f"{car}-ref": "云C·测001"})
    longer = client.post(url, data={**typed, "more": car})
    assert longer.status_code == 200 and f'name="{car}-ref-2"' in longer.get_data(as_text=True)
    assert "云C·测001" in longer.get_data(as_text=True)
    saved = client.post(url, data=typed, follow_redirects=True)
    assert "答复已保存" in words(saved) and "签字确认" in words(saved)
    unconfirmed = client.post(f"{url}/sign", data={})
    assert unconfirmed.status_code == 422 and "请确认后再签字" in words(unconfirmed)
    assert client.post(f"{url}/sign", data={"confirmed": "y"}).status_code == 302
    assert "已签字" in words(client.get("/inquiries"))


def test_a_wrong_answer_is_shown_at_its_field_and_nothing_typed_is_lost(app: Flask, session: Session, case: Case) -> None:
    inquiry = inquiry_of(session, case, "public_security")
    car = question_of(inquiry, "vehicle", HEAD).ref
    session.rollback()
    client, url = log_in(app, "bm.public-security"), f"/inquiries/{inquiry.ref}"
    answer = client.post(url, data=answers_for(inquiry, **{f"{car}-outcome": "found", f"{car}-label": "五菱宏光"}))
    assert answer.status_code == 422 and "缺少“号牌号码”" in words(answer) and "五菱宏光" in answer.get_data(as_text=True)
    empty = client.post(url, data=answers_for(inquiry, rest=""))
    assert empty.status_code == 422 and "还没有填写任何一项的查询结果" in words(empty)
    odd = client.post(url, data=answers_for(inquiry, **{f"{car}-outcome": "perhaps"}))
    assert odd.status_code == 422 and "请从给出的选项中选择" in words(odd)


def test_whom_the_register_does_not_know_is_verified_by_hand(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    inquiry = inquiry_of(session, case, "housing")
    question = inquiry.questions[0]
    answered(session, inquiry, world, clock, instead={question.token: NotFound()})
    session.commit()
    clock.move(hours=1)
    client, url = log_in(app, "bm.housing"), f"/inquiries/{inquiry.ref}"
    assert "人工核实的依据" in words(client.get(url))
    saved = client.post(url, data=answers_for(inquiry, **{
        f"{question.ref}-outcome": "none", f"{question.ref}-evidence": "住建所入户查看记录"}), follow_redirects=True)
    assert "人工核实：住建所入户查看记录" in words(saved)


def hit(session: Session, world: World, clock: StandingClock, case: Case) -> FindingRow:
    all_answered(session, case, world, clock, car_of=HEAD)
    finding = screening.screen(session, case, actor="系统", now=clock.now(), today=clock.today())[0]
    session.commit()
    return finding


def test_a_hit_is_resolved_by_people_with_evidence(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    url = f"/findings/{hit(session, world, clock, case).ref}/resolve"
    client = log_in(app, "xian.ban")
    assert "待核实处理" in words(client.get(f"/cases/{case.ref}/county"))
    assert "购买了消费型汽车的" in words(client.get(url))
    lacking = client.post(url, data={"kind": "outside_wording", "clarification": "production_vehicle"})
    assert lacking.status_code == 422 and "请写明核实依据" in words(lacking)
    special = client.post(url, data={"kind": "outside_wording", "clarification": "old_car", "evidence": "照片"})
    assert "特殊情况" in words(special)
    done = client.post(url, data={"kind": "outside_wording", "clarification": "production_vehicle", "evidence": "行驶证"},
                       follow_redirects=True)
    assert "“消费型汽车”已处理：不属于条款所指" in words(done) and "待核实处理" not in words(done)


def test_the_light_of_a_hit_is_red_and_of_an_unanswered_department_never_green(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    page = log_in(app, "xian.ban").get(f"/cases/{case.ref}").get_data(as_text=True)
    assert page.count("light-clear") == 1 and page.count("light-waiting") == 9
    hit(session, world, clock, case)
    page = log_in(app, "xian.ban").get(f"/cases/{case.ref}").get_data(as_text=True)
    assert page.count("light-hit") == 1 and page.count("light-clear") == 9


def test_the_village_states_and_the_county_accepts_for_somebody_who_has_not_signed(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    case = a_case_at_county(session, world, clock, signers=(HEAD,))
    county.inquire(session, case, actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    session.commit()
    spouse = next(member for member in case.household.members if member.name == SPOUSE)
    url = f"/cases/{case.ref}/county/unasked/{spouse.ref}"
    village, analyst = log_in(app, "cun.gan"), log_in(app, "xian.ban")
    assert "请写明核实的情况" in words(village.post(url, data={"statement": ""}))
    assert village.post(url, data={"statement": "在省外务工，名下无车无房"}).status_code == 302
    assert village.post(f"{url}/accept").status_code == 403
    accepted = words(analyst.post(f"{url}/accept", follow_redirects=True))
    assert "已采信" in accepted and "未授权未查询" in accepted


def test_what_is_missing_is_said_before_and_after_an_attempt_to_decide(app: Flask, session: Session, case: Case) -> None:
    client = log_in(app, "xian.zhang")
    assert "以下部门还没有答复" in words(client.get(f"/cases/{case.ref}/county/determine"))
    answer = client.post(f"/cases/{case.ref}/county/determine", data={"reason": "符合条件", "document": "1号"})
    assert answer.status_code == 422 and "人民银行" in words(answer)
    assert stage_of(session, case) is Stage.COUNTY


def test_the_county_decides_reports_and_the_leading_group_names_the_department(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    session.commit()
    base = f"/cases/{case.ref}/county"
    decider, analyst, leaders = (log_in(app, name) for name in ("xian.zhang", "xian.ban", "ling.dao"))
    assert decider.post(f"{base}/determine", data={"reason": "符合条件", "document": ""}).status_code == 422
    assert decider.post(f"{base}/determine", data={"reason": "符合条件", "document": "纪要1号"}).status_code == 302
    assert "待报县领导小组" in words(leaders.get("/county"))
    assert leaders.post(f"{base}/assign", data={"department": "agriculture"}).status_code == 422
    assert analyst.post(f"{base}/report", data={"document": "报告1号"}).status_code == 302
    assert "待明确帮扶主责部门" in words(leaders.get("/county"))
    unknown = leaders.post(f"{base}/assign", data={"department": "navy"})
    assert unknown.status_code == 422 and "请从给出的选项中选择" in words(unknown)
    assert leaders.post(f"{base}/assign", data={"department": "agriculture"}).status_code == 302
    assert stage_of(session, case) is Stage.ASSISTANCE
    page = words(analyst.get(f"/cases/{case.ref}"))
    assert "农业农村部门" in page and "纪要1号" in page and "报告1号" in page


def test_the_analyst_may_not_decide(app: Flask, case: Case) -> None:
    answer = log_in(app, "xian.ban").post(f"/cases/{case.ref}/county/determine", data={"reason": "x", "document": "1"})
    assert answer.status_code == 403 and "县级乡村振兴部门负责人" in words(answer)


def test_not_including_waits_for_the_letter(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    session.commit()
    client = log_in(app, "xian.zhang")
    done = client.post(f"/cases/{case.ref}/county/decline", data={"reason": "收入稳定", "document": "纪要2号"})
    assert done.status_code == 302
    assert "待出具不予纳入告知书" in words(client.get("/county"))
    answer = client.post(f"/cases/{case.ref}/county/not-include", data={"reason": "已送达"})
    assert answer.status_code == 422 and "请先出具不予纳入告知书" in words(answer)


def test_a_case_is_referred_returned_or_kept_in_help(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    leaving = a_case_at_county(session, world, clock, procedure=Procedure.LEAVING)
    returned = a_case_at_county(session, world, clock)
    session.commit()
    client = log_in(app, "xian.zhang")
    refer = client.post(f"/cases/{case.ref}/county/refer", data={"reason": "住房改造解决", "department": "housing"})
    keep = client.post(f"/cases/{leaving.ref}/county/keep", data={"reason": "收入不稳"})
    lacking = client.post(f"/cases/{returned.ref}/county/return", data={"reason": "收入没有核清"})
    assert (refer.status_code, keep.status_code, lacking.status_code) == (302, 302, 422)
    back = client.post(f"/cases/{returned.ref}/county/return", data={
        "reason": "收入没有核清", "field": "家庭收入", "rule": "三(三)", "evidence_expected": "工资流水",
        "version": str(returned.version)})
    assert back.status_code == 302
    assert [stage_of(session, row) for row in (case, leaving, returned)] == [Stage.REFERRED, Stage.ASSISTANCE, Stage.SURVEY]
    assert "希望补充：工资流水" in words(client.get(f"/cases/{returned.ref}"))


def test_screening_again_says_what_it_found(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    hit(session, world, clock, case)
    answer = log_in(app, "xian.ban").post(f"/cases/{case.ref}/county/screen", follow_redirects=True)
    assert "现有1项情形" in words(answer)


def test_answers_that_were_fresh_at_the_decision_do_not_grow_stale_in_its_record(
        app: Flask, session: Session, world: World, clock: StandingClock, case: Case) -> None:
    all_answered(session, case, world, clock)
    county.determine(session, case, reason="符合条件", document="1号", actor=world.actors["xian.zhang"], now=clock.now(),
                     today=clock.today())
    session.commit()
    clock.move(days=120)
    page = log_in(app, "xian.ban").get(f"/cases/{case.ref}").get_data(as_text=True)
    assert page.count("light-clear") == 10 and "light-stale" not in page
