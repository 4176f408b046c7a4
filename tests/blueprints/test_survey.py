"""The pages of the survey: filled from what is known, kept unfinished, never losing what was typed."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.blueprints.survey import months_after
from fanpin.blueprints.survey_form import split_names, year_before
from fanpin.models.cases import Case
from fanpin.models.households import IncomeRecord
from fanpin.models.surveys import Consent, Survey
from fanpin.rules.duties import ConsentClass
from fanpin.rules.members import Relation
from fanpin.rules.stages import Stage
from fanpin.rules.survey import Judgement, SurveyItem
from tests import builders
from tests.conftest import StandingClock
from tests.lists import Road
from tests.world import World, log_in

UNFINISHED = {"visited_on": "2026-03-02", "visitors": "周村干、吴驻村", "period_from": "2025-03-01",
              "period_to": "2026-02-28"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


@pytest.fixture
def case(session: Session, world: World, road: Road) -> Case:
    found = builders.a_case(session, world, **road.when)
    session.commit()
    return found


def sheet(case: Case) -> dict[str, str]:
    """Return a complete sheet as a browser sends it."""
    return {
        **UNFINISHED, **{f"item_{item.value}": f"{item.title}已查清" for item in SurveyItem},
        **{f"judgement_{judgement.value}": next(iter(judgement.answers)).value for judgement in Judgement},
        **{f"guarantee_{name}": "yes" for name in ("food", "clothing", "housing", "schooling", "medical", "water")},
        "risk_1": "illness", "household_class": "unstable", "income_a1": "30000", "income_e": "3000.5",
        "compliant_spending": "20000", "heads_now": "3", "heads_year": "3", "conclusion": "自付医疗费较高",
        "household_signed": "y",
    }


def test_the_sheet_comes_filled_from_the_household_and_the_twelve_months_before(app: Flask, case: Case):
    page = words(log_in(app, "cun.gan").get(f"/cases/{case.ref}/survey"))
    assert "测试阿依·古丽（配偶，47岁）" in page and "农户档案的家庭成员登记" in page
    assert 'value="2025-03-01"' in page and 'value="2026-02-28"' in page
    assert "提出纳入监测" in page and "还缺" in page


def test_an_unfinished_sheet_may_be_kept(app: Flask, session: Session, case: Case):
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/survey", data={**UNFINISHED, "item_water": "自来水入户"},
                                         follow_redirects=True)
    assert "实地调查表已保存" in words(answer) and "十项情况只填了1项" in words(answer)
    row = session.scalars(select(Survey)).one()
    assert row.items == {"water": "自来水入户"} and row.income_record_id is None and row.guarantee_record_id is None


def test_a_complete_sheet_leaves_only_the_papers_to_be_signed(app: Flask, session: Session, case: Case):
    client = log_in(app, "zhu.cun")
    page = words(client.post(f"/cases/{case.ref}/survey", data=sheet(case), follow_redirects=True))
    assert "户主还没有签署授权承诺书" in page and "请在调查表中写明至少一个" not in page
    account = session.scalars(select(IncomeRecord)).one()
    assert account.amounts == {"a1": 3_000_000, "e": 300_050} and account.compliant_spending == 2_000_000
    assert "家庭纯收入＝" in page
    assert session.scalars(select(Survey.typed_fields)).one() > 20


def test_only_fields_that_differ_from_what_came_filled_in_are_counted(app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    client.post(f"/cases/{case.ref}/survey", data=sheet(case))
    before = session.scalars(select(Survey.typed_fields)).one()
    client.post(f"/cases/{case.ref}/survey", data={**sheet(case), "conclusion": "改正后的结论"})
    assert session.scalars(select(Survey.typed_fields)).one() == before + 1


@pytest.mark.parametrize(("wrong", "said"), [
    ({"visited_on": "三月二日"}, "日期不对"),
    ({"visited_on": "2026-03-03"}, "日期不能晚于今天"),
    ({"income_a1": "1.5万"}, "请以元为单位填写"),
    ({"income_a": "100", "income_a1": "100"}, "请只填一种"),
    ({"heads_year": "三"}, "请填写0到9999之间的整数"),
    ({"risk_1": "aliens"}, "请从给出的选项中选择"),
    ({"risk_1": "illness", "risk_2": "illness"}, "同一风险点填了两次"),
    ({"judgement_guarantees": "maybe"}, "请从给出的选项中选择"),
    ({"guarantee_water": ""}, "六项要一并填写"),
    ({"household_class": "marginal"}, "请从给出的选项中选择"),
    ({"item_income": "很" * 5000}, "最多"),
    ({"visitors": ""}, "请填写入户调查人姓名"),
])
def test_wrong_input_is_answered_at_its_field_and_nothing_typed_is_lost(
        app: Flask, session: Session, case: Case, wrong: dict[str, str], said: str):
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/survey", data={**sheet(case), **wrong})
    assert answer.status_code == 422
    assert said in words(answer) and "自付医疗费较高" in words(answer)
    assert session.scalar(select(func.count()).select_from(Survey)) == 0


def test_the_consent_names_classes_signers_and_its_term(app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    head = case.household.head
    page = words(client.get(f"/cases/{case.ref}/consent"))
    assert "测试小花未成年，由户主签字一并授权" in page and 'value="2028-03-02"' in page
    client.post(f"/cases/{case.ref}/consent", data={
        "applied_on": "2026-03-02", "reason": "妻子患大病", "truth_declared": "y", "authorised": "y",
        "classes": ["medical", "vehicle"], "signers": [head.ref], "signed_on": "2026-03-02", "valid_until": "2028-03-02"})
    row = session.scalars(select(Consent)).one()
    assert row.classes == ["medical", "vehicle"] and [item.member_id for item in row.signatures] == [head.id]


def test_each_judgement_has_its_ground_and_single_persons_their_marks(app: Flask, session: Session, case: Case):
    client = log_in(app, "cun.gan")
    head, spouse = case.household.head, case.household.members[1]
    page = words(client.get(f"/cases/{case.ref}/survey"))
    assert "收入稳定性的依据" in page and "空挂人口" in page and "与户主不共享开支或收入的人" in page
    marked = {"ground_income_stability": "儿子停工三个月", "empty_registered": [str(spouse.id)], "not_sharing": [str(spouse.id)]}
    client.post(f"/cases/{case.ref}/survey", data={**sheet(case), **marked})
    row = session.scalars(select(Survey)).one()
    assert row.grounds == {"income_stability": "儿子停工三个月"} and row.empty_registered == row.not_sharing == [spouse.id]
    again = words(client.get(f"/cases/{case.ref}/survey"))
    assert "儿子停工三个月" in again
    for wrong in ({"not_sharing": [str(head.id)]}, {"empty_registered": ["999999"]}):
        assert client.post(f"/cases/{case.ref}/survey", data={**sheet(case), **wrong}).status_code == 422


def test_every_adult_ticks_alone_and_the_household_can_take_it_back(app: Flask, session: Session, case: Case):
    client, head = log_in(app, "cun.gan"), case.household.head
    spouse = next(member for member in case.household.members if member.relation is Relation.SPOUSE)
    form = {"applied_on": "2026-03-02", "reason": "妻子患大病", "truth_declared": "y", "authorised": "y",
            "classes": ["medical", "vehicle"], "signers": [head.ref, spouse.ref], "signed_on": "2026-03-02",
            "valid_until": "2028-03-02"}
    assert f'name="of_{spouse.ref}"' in words(client.get(f"/cases/{case.ref}/consent"))
    without = client.post(f"/cases/{case.ref}/consent", data=form)
    assert without.status_code == 422 and f"请勾选{spouse.name}本人同意查询的信息类别" in words(without)
    client.post(f"/cases/{case.ref}/consent", data={**form, f"of_{spouse.ref}": ["medical"]})
    row = session.scalars(select(Consent)).one()
    assert {one.member_id: one.classes for one in row.signatures} == {head.id: ["medical", "vehicle"], spouse.id: ["medical"]}
    assert "农户要收回授权" in words(client.get(f"/cases/{case.ref}/consent"))
    page = words(client.get(f"/cases/{case.ref}/consent/withdraw"))
    assert "部门不再查询本户任何需要授权的信息" in page and "全户一并收回" in page
    assert client.post(f"/cases/{case.ref}/consent/withdraw", data={"withdrawn_on": "2026-03-02"}).status_code == 422
    client.post(f"/cases/{case.ref}/consent/withdraw", data={"withdrawn_on": "2026-03-02", "reason": "户主到村里提出"})
    session.rollback()
    assert session.scalars(select(Consent.withdrawn_on)).one() == date(2026, 3, 2)
    assert "没有可以收回的授权" in words(client.get(f"/cases/{case.ref}/consent/withdraw"))


@pytest.mark.parametrize(("wrong", "said"), [
    ({"classes": []}, "请勾选同意查询的信息类别"),
    ({"classes": ["everything"]}, "请从给出的选项中选择"),
    ({"signers": ["nobody"]}, "请从给出的选项中选择"),
    ({"valid_until": "2026-03-02"}, "授权有效期应晚于签署日期"),
])
def test_a_consent_that_cannot_stand_is_refused(app: Flask, session: Session, case: Case, wrong: dict, said: str):
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/consent", data={
        "applied_on": "2026-03-02", "reason": "妻子患大病", "truth_declared": "y", "authorised": "y",
        "classes": [item.value for item in ConsentClass], "signed_on": "2026-03-02", "valid_until": "2028-03-02", **wrong})
    assert answer.status_code == 422 and said in words(answer)
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_a_household_is_proposed_once_all_is_there(app: Flask, session: Session, road: Road):
    case = road.surveyed()
    client = log_in(app, "cun.gan")
    assert "请确认" in words(client.get(f"/cases/{case.ref}/survey/propose"))
    answer = client.post(f"/cases/{case.ref}/survey/propose", data={"version": str(case.version)})
    assert answer.status_code in (302, 303) and case.stage is Stage.DELIBERATION


def test_proposing_with_papers_missing_names_them_with_their_clause(app: Flask, session: Session, case: Case):
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/survey/propose", data={"version": str(case.version)})
    assert answer.status_code == 422 and "户主还没有签署授权承诺书" in words(answer) and "三(三)" in words(answer)
    assert case.stage is Stage.SURVEY


def test_a_household_is_not_proposed_with_a_reason_and_without_consent(app: Flask, session: Session, world: World,
                                                                       road: Road, case: Case):
    client = log_in(app, "cun.gan")
    client.post(f"/cases/{case.ref}/survey", data=sheet(case))
    assert client.post(f"/cases/{case.ref}/survey/not-propose", data={"version": "2", "reason": ""}).status_code == 422
    client.post(f"/cases/{case.ref}/survey/not-propose", data={"version": str(case.version), "reason": "收入稳定，无风险"})
    assert case.stage is Stage.NOT_PROPOSED and case.reason == "收入稳定，无风险"


def test_a_decision_on_an_older_page_is_told_so(app: Flask, road: Road):
    case = road.surveyed()
    answer = log_in(app, "cun.gan").post(f"/cases/{case.ref}/survey/propose", data={"version": str(case.version - 1)})
    assert answer.status_code == 409 and "请重新打开页面" in words(answer)


def test_an_act_of_the_other_road_is_refused_with_its_clause(app: Flask, case: Case):
    answer = log_in(app, "cun.gan").get(f"/cases/{case.ref}/survey/confirm")
    assert answer.status_code == 409 and "五(二)" in words(answer)


def test_the_sheet_is_closed_to_the_neighbours_and_to_the_county(app: Flask, case: Case):
    assert log_in(app, "lin.cun").get(f"/cases/{case.ref}/survey").status_code == 404
    assert log_in(app, "xian.ban").get(f"/cases/{case.ref}/survey").status_code == 403


@pytest.mark.parametrize(("day", "first", "last"), [
    (date(2026, 3, 2), date(2025, 3, 1), date(2026, 2, 28)), (date(2024, 3, 31), date(2023, 3, 1), date(2024, 2, 29)),
    (date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31))])
def test_the_account_covers_the_twelve_whole_months_before(day: date, first: date, last: date):
    assert year_before(day) == (first, last)


@pytest.mark.parametrize(("day", "months", "end"), [
    (date(2026, 3, 2), 24, date(2028, 3, 2)), (date(2026, 1, 31), 1, date(2026, 2, 28)),
    (date(2026, 12, 31), 2, date(2027, 2, 28)), (date(2026, 11, 30), 1, date(2026, 12, 30))])
def test_a_term_of_months_ends_on_a_day_that_exists(day: date, months: int, end: date):
    assert months_after(day, months) == end


def test_visitors_are_told_apart_whatever_stands_between_them():
    assert split_names("周村干、吴驻村，李乡干 王样") == ("周村干", "吴驻村", "李乡干", "王样")
