"""The pages of a village list up to the decision of the 两委."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.deliberation import MeetingKind, MeetingRecord, Opinion, VillageList
from fanpin.models.measures import Measure
from fanpin.rules.risks import MeasureCategory
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import survey
from tests import builders
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_reviewed_case, stand_at
from tests.lists import HEADS, Road, cases_of
from tests.world import World, log_in

TWO = ((HEADS[0], "group1"), (HEADS[2], "group2"))
MINUTES = {"held_on": "2026-03-02", "place": "村委会", "host": "周村干", "recorder": "吴驻村", "summary": "逐户讨论",
           "decided": "y", "decision": "同意"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


def test_the_village_puts_its_proposed_households_on_a_list(app: Flask, session: Session, road: Road):
    one, other = road.proposed(*TWO[0]), road.proposed(*TWO[1])
    client = log_in(app, "cun.gan")
    assert "提出纳入名单（2户）" in words(client.get("/lists"))
    page = client.post("/lists/new", data={"cases": [one.ref, other.ref]}, follow_redirects=True)
    assert "2026年3月第1批拟纳入名单" in words(page) and HEADS[2] in words(page)
    assert [case.ref for case in cases_of(session.scalars(select(VillageList)).one())] == [one.ref, other.ref]


def test_a_list_without_households_is_refused(app: Flask, session: Session, road: Road):
    road.proposed()
    answer = log_in(app, "cun.gan").post("/lists/new", data={"cases": []} | {"procedure": ""})
    assert answer.status_code == 422 and "请至少选择一户" in words(answer)


def test_a_list_says_what_is_missing_with_its_clause(app: Flask, road: Road):
    village_list = road.listed(*TWO)
    page = words(log_in(app, "cun.gan").get(f"/lists/{village_list.ref}"))
    for said in ("请登记名单何时、在哪里向群众公布", "还没有评议会议记录", "请提出到户帮扶措施", "三(四)"):
        assert said in page


def test_others_up_the_line_read_the_list_and_get_no_buttons(app: Flask, road: Road):
    village_list = road.listed(*TWO)
    for username in ("xiang.gan", "xian.ban", "jian.cha"):
        page = words(log_in(app, username).get(f"/lists/{village_list.ref}"))
        assert HEADS[0] in page and "/announce" not in page and "/plan" not in page


def test_neighbours_see_neither_the_list_nor_its_village(app: Flask, road: Road):
    village_list = road.listed()
    assert log_in(app, "lin.cun").get(f"/lists/{village_list.ref}").status_code == 404
    assert "洛泽河" not in words(log_in(app, "wai.xian").get("/lists"))


def test_the_list_is_made_known(app: Flask, road: Road):
    village_list = road.listed()
    page = log_in(app, "cun.gan").post(f"/lists/{village_list.ref}/announce",
                                       data={"on": "2026-03-02", "place": "一组公开栏"}, follow_redirects=True)
    assert "2026年3月2日，一组公开栏" in words(page)


def test_minutes_count_who_came_from_each_group(app: Flask, session: Session, road: Road):
    village_list = road.listed(*TWO)
    client = log_in(app, "cun.gan")
    assert "第二村民小组" in words(client.get(f"/lists/{village_list.ref}/meet?kind=deliberation"))
    client.post(f"/lists/{village_list.ref}/meet?kind=deliberation", data={
        **MINUTES, "attendance-0-party_members": "2", "attendance-0-household_heads": "9",
        "attendance-1-party_members": "1", "attendance-1-household_heads": "7", "attendance-1-others": "3"})
    row = session.scalars(select(MeetingRecord)).one()
    assert row.kind is MeetingKind.DELIBERATION and (row.party_members, row.household_heads, row.others) == (3, 16, 3)
    assert row.attendance == {"第一村民小组": [2, 9, 0], "第二村民小组": [1, 7, 3]}


@pytest.mark.parametrize(("wrong", "said"), [
    ({}, "请填写到会人数"), ({"attendance-0-party_members": "-1"}, "请填写0到9999之间的整数"),
    ({"attendance-0-party_members": "2", "host": ""}, "请填写主持人"),
    ({"attendance-0-party_members": "2", "held_on": "2026-03-09"}, "日期不能晚于今天"),
    ({"attendance-0-party_members": "2", "decision": ""}, "请填写此项"),
])
def test_minutes_that_cannot_stand_are_refused_at_their_field(app: Flask, road: Road, wrong: dict[str, str], said: str):
    village_list = road.listed()
    answer = log_in(app, "cun.gan").post(f"/lists/{village_list.ref}/meet?kind=deliberation", data={**MINUTES, **wrong})
    assert answer.status_code == 422 and said in words(answer) and "逐户讨论" in words(answer)


def test_a_meeting_of_no_known_kind_has_no_page(app: Flask, road: Road):
    village_list = road.listed()
    assert log_in(app, "cun.gan").get(f"/lists/{village_list.ref}/meet?kind=township").status_code == 404


def test_an_opinion_is_taken_down_verified_and_answered(app: Flask, session: Session, road: Road):
    village_list = road.listed()
    case = cases_of(village_list)[0]
    client = log_in(app, "zhu.cun")
    page = client.post(f"/lists/{village_list.ref}/opinions", data={
        "raised_on": "2026-03-02", "about": case.ref, "content": "听说他家有车"}, follow_redirects=True)
    assert "听说他家有车" in words(page) and "未答复" in words(page)
    opinion = session.scalars(select(Opinion)).one()
    page = client.post(f"/opinions/{opinion.ref}", data={
        "verified": "查看了行驶证", "reply": "是农用三轮车", "answered_on": "2026-03-02"}, follow_redirects=True)
    assert "是农用三轮车" in words(page) and "未答复" not in words(page)


def test_the_plan_comes_with_what_the_risks_suggest_and_a_row_for_each_person(app: Flask, road: Road):
    case = cases_of(road.listed())[0]
    page = words(log_in(app, "cun.gan").get(f"/cases/{case.ref}/plan"))
    assert "因病可选健康帮扶、综合保障" in page and 'value="health" selected' in page.replace("selected ", "selected")\
        or 'selected value="health"' in page
    assert page.count("测试小花") >= 1


def plan_rows(case, *rows: dict[str, str]) -> dict[str, str]:
    people = [{"whom": member.ref, "category": "none"} for member in case.household.present_members]
    return {f"rows-{place}-{name}": value for place, row in enumerate([*rows, *people]) for name, value in row.items()}


def test_measures_are_planned_per_household_and_per_person(app: Flask, session: Session, road: Road):
    village_list = road.listed()
    case = cases_of(village_list)[0]
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/plan", data=plan_rows(
        case, {"whom": "household", "category": "health", "detail": "大病救治", "risk": "illness"},
        {"whom": "household", "category": "employment", "department": "human_resources", "due_on": "2026-05-01"}))
    assert answer.location.endswith(f"/lists/{village_list.ref}")
    rows = session.scalars(select(Measure).order_by(Measure.id)).all()
    assert [row.category for row in rows] == [MeasureCategory.HEALTH, MeasureCategory.EMPLOYMENT, None, None, None]
    assert rows[1].department == "human_resources"


def test_a_plan_that_misses_a_risk_is_kept_and_says_so(app: Flask, road: Road):
    case = cases_of(road.listed())[0]
    page = words(log_in(app, "cun.gan").post(f"/cases/{case.ref}/plan", follow_redirects=True, data=plan_rows(
        case, {"whom": "household", "category": "employment"})))
    assert "风险“因病”还没有对应的帮扶措施" in page


@pytest.mark.parametrize(("row", "said"), [
    ({"whom": "household", "category": "none"}, "整户须有帮扶措施"),
    ({"whom": "household", "detail": "养牛"}, "没有选措施类别"),
    ({"whom": "household", "category": "gold"}, "请从给出的选项中选择"),
    ({"whom": "stranger", "category": "health"}, "请从给出的选项中选择"),
])
def test_a_plan_that_cannot_be_read_is_refused(app: Flask, session: Session, road: Road, row: dict[str, str], said: str):
    case = cases_of(road.listed())[0]
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/plan", data=plan_rows(case, row))
    assert answer.status_code == 422 and said in words(answer)
    assert session.scalar(select(func.count()).select_from(Measure)) == 0


def test_more_rows_come_without_scripts_and_keep_what_was_typed(app: Flask, road: Road):
    case = cases_of(road.listed())[0]
    page = log_in(app, "cun.gan").post(f"/cases/{case.ref}/plan", data={
        "more": "1", **plan_rows(case, {"whom": "household", "category": "health", "detail": "慢病签约"})})
    assert page.status_code == 200 and "慢病签约" in words(page) and "rows-5-category" in words(page)


def test_the_whole_list_goes_on_or_nothing_of_it(app: Flask, session: Session, road: Road):
    village_list = road.deliberated(*TWO)
    one, other = cases_of(village_list)
    session.delete(session.scalars(select(Measure).where(Measure.case_id == other.id).limit(1)).one())
    client = log_in(app, "cun.gan")
    answer = client.post(f"/lists/{village_list.ref}/submit", data={})
    assert answer.status_code == 422 and HEADS[2] in words(answer)
    assert one.stage is Stage.DELIBERATION and other.stage is Stage.DELIBERATION


def test_a_list_with_everything_goes_to_the_notice(app: Flask, road: Road):
    village_list = road.deliberated(*TWO)
    client = log_in(app, "cun.gan")
    assert "2户转入公示" in words(client.get(f"/lists/{village_list.ref}/submit"))
    page = client.post(f"/lists/{village_list.ref}/submit", data={}, follow_redirects=True)
    assert "请制作公示" in words(page) and all(case.stage is Stage.PUBLICITY for case in cases_of(village_list))
    assert client.get(f"/lists/{village_list.ref}/submit").status_code == 409


def test_one_household_is_declined_and_the_others_stay(app: Flask, road: Road):
    village_list = road.deliberated(*TWO)
    one, other = cases_of(village_list)
    page = log_in(app, "cun.gan").post(f"/cases/{one.ref}/decline", data={"reason": "群众反映收入稳定"},
                                       follow_redirects=True)
    assert "离开名单的农户" in words(page) and "群众反映收入稳定" in words(page)
    assert one.stage is Stage.NOT_PROPOSED and cases_of(village_list) == [other]


def test_one_household_is_returned_with_field_rule_and_evidence(app: Flask, road: Road):
    village_list = road.listed(*TWO)
    one, other = cases_of(village_list)
    client = log_in(app, "cun.gan")
    facts = {"version": str(one.version), "field": "收入核算", "rule": "二(一)", "reason": "务工收入有出入",
             "evidence_expected": "工资流水"}
    missing = client.post(f"/cases/{one.ref}/return-to-survey", data={**facts, "evidence_expected": ""})
    assert missing.status_code == 422 and "请写明希望补充什么材料" in words(missing)
    client.post(f"/cases/{one.ref}/return-to-survey", data=facts)
    assert one.stage is Stage.SURVEY and one.round == 2 and cases_of(village_list) == [other]


def test_the_index_costs_no_more_with_more_lists(app: Flask, session: Session, road: Road):
    road.listed()
    client = log_in(app, "cun.gan")
    client.get("/lists")
    with statements() as few:
        client.get("/lists")
    for head in ("测试甲", "测试乙", "测试丙"):
        road.listed((head, "group1"))
    with statements() as many:
        client.get("/lists")
    assert len(many) == len(few)


def test_lists_are_filtered_by_stage_and_an_unknown_stage_is_told(app: Flask, road: Road):
    road.listed()
    client = log_in(app, "cun.gan")
    assert "第1批拟纳入名单" in words(client.get("/lists?stage=deliberation"))
    assert "没有符合条件的名单" in words(client.get("/lists?stage=township"))
    assert "请从给出的选项中选择" in words(client.get("/lists?stage=moon"))


def test_on_the_way_out_the_list_carries_the_meeting_of_the_review(app: Flask, session: Session, world: World,
                                                                   clock: StandingClock, road: Road):
    case, _ = a_reviewed_case(session, world, **road.when)
    client = log_in(app, "cun.gan")
    assert "提出风险消除名单（1户）" in words(client.get("/lists"))
    page = words(client.post("/lists/new?procedure=leaving", data={"cases": [case.ref]}, follow_redirects=True))
    assert "拟消除风险名单" in page and "登记村（组）党员群众评议会" in page
    village_list = session.scalars(select(VillageList).where(VillageList.procedure == Procedure.LEAVING)).one()
    client.post(f"/lists/{village_list.ref}/meet?kind=review", data={**MINUTES, "attendance-0-party_members": "3"})
    page = words(client.get(f"/lists/{village_list.ref}"))
    assert "请登记农户签署的风险消除知情同意书" in page and "还没有村（组）党员群众评议会记录" not in page


def test_the_survey_of_the_way_out_asks_for_no_class_and_leads_to_the_notice(app: Flask, session: Session, world: World,
                                                                             road: Road):
    case, _ = a_reviewed_case(session, world, **road.when)
    stand_at(session, case, Stage.SURVEY, procedure=Procedure.LEAVING)
    session.commit()
    page = words(log_in(app, "cun.gan").get(f"/cases/{case.ref}/survey"))
    assert "风险是否稳定消除" in page and "确认风险消除调查结果" in page and 'name="household_class"' not in page


def test_a_survey_kept_by_somebody_else_does_not_open_the_plan_elsewhere(app: Flask, session: Session, world: World,
                                                                        road: Road):
    case = builders.a_case(session, world, **road.when)
    survey.record(session, case, builders.a_visit(case, road.clock.today()), actor=world.actors["cun.gan"], **road.when)
    answer = log_in(app, "cun.gan").get(f"/cases/{case.ref}/plan")
    assert answer.status_code == 409 and "在“评议”环节办理" in words(answer)
