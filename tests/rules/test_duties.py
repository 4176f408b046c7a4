"""Who is asked what about whom: 附件1, 三(三), 三(六) sentence by sentence."""

from dataclasses import replace

import pytest

from fanpin.rules.duties import (
    BLOCKING_DEPARTMENTS, DUTIES, FACTS_OF_REVIEW, KINDS, Answerer, Basis, ConsentClass, Department, DutyKind,
    FactOfReview, Source, SubjectKind, duties_of, kind_of, review_problems,
)
from fanpin.rules.inquiries import (
    HOUSEHOLD, InquiryPlan, NotAsked, NotAskedReason, PersonRole, PersonToAsk, Question, inquiries_for,
)

ALL = frozenset(ConsentClass)
HEAD = PersonToAsk(token="head", role=PersonRole.MEMBER, adult=True, consented=True, classes=ALL, head=True)
CHILD = PersonToAsk(token="child", role=PersonRole.MEMBER, adult=False, consented=False)
MIGRANT = PersonToAsk(token="migrant", role=PersonRole.MEMBER, adult=True, consented=False)
FATHER_OUTSIDE = PersonToAsk(token="father", role=PersonRole.KIN, adult=True, consented=False)
CONSENT_KINDS = sorted(kind.code for kind in KINDS.values() if kind.basis is Basis.CONSENT)


def _plan(department: Department, plans: tuple[InquiryPlan, ...]) -> InquiryPlan:
    return next(plan for plan in plans if plan.department is department)


def _asked(plans: tuple[InquiryPlan, ...], subject: str) -> set[str]:
    return {ask.kind for plan in plans for ask in plan.questions if ask.subject == subject}


def _not_asked(plans: tuple[InquiryPlan, ...], subject: str) -> list[NotAsked]:
    return [row for plan in plans for row in plan.not_asked if row.subject == subject]


def test_every_fact_of_the_review_has_an_answerer_and_every_blocking_department_a_question() -> None:
    assert review_problems() == ()


@pytest.mark.parametrize("fact", list(FactOfReview), ids=lambda fact: fact.value)
def test_a_fact_without_an_answerer_is_an_error(fact: FactOfReview) -> None:
    rows = [row for row in FACTS_OF_REVIEW if row.fact is not fact]
    problem = next(item for item in review_problems(rows) if item.code == "fact_unanswered")
    assert problem.is_error and fact.title in problem.text


def test_a_blocking_department_without_a_question_an_unknown_and_a_doubled_kind_are_errors() -> None:
    rows = [row for row in FACTS_OF_REVIEW if row.department is not Department.CENTRAL_BANK]
    rows += [Answerer(FactOfReview.ASSETS, Department.OTHER, ("deposits",), Source.COUNTY),
             Answerer(FactOfReview.VEHICLE, Department.PUBLIC_SECURITY, ("vehicle",), Source.COUNTY),
             Answerer(FactOfReview.BASICS, Department.OTHER, ("empty_residence",), Source.COUNTY)]
    assert [(item.code, item.subject) for item in review_problems(rows)] == [
        ("department_unasked", "central_bank"), ("kind_twice", "vehicle"), ("kind_unknown", "deposits"),
        ("kind_not_for_review", "empty_residence")]


def test_the_fifteen_of_the_county_step_block() -> None:
    names = "教育 公安 民政 财政 人社 自然资源 住建 农业农村 卫健 市场监管 林草 医保 统计（调查） 残联 人民银行".split()
    assert [department.title.removesuffix("部门") for department in BLOCKING_DEPARTMENTS] == names


def test_annex_one_names_sixteen_departments_and_the_others() -> None:
    assert len({duty.department for duty in DUTIES}) == 17
    assert not {Department.FINANCE, Department.CENTRAL_BANK} & {duty.department for duty in DUTIES}


def test_each_duty_speaks_of_kinds_that_exist_and_each_kind_stands_under_one_duty() -> None:
    named = [code for duty in DUTIES for code in duty.facts]
    assert sorted(named) == sorted(KINDS)


@pytest.mark.parametrize("duty", [duty for duty in DUTIES if duty.department is not Department.OTHER],
                         ids=lambda duty: f"{duty.department.value}-{duty.wording[:8]}")
def test_what_is_said_of_monitored_persons_needs_consent_and_what_is_said_of_rural_households_does_not(duty) -> None:
    for code in duty.facts:
        # 录入标注 asks nobody about anybody: it is the office's record of its own work.
        if KINDS[code].subject is SubjectKind.VILLAGE or code == "income_method" or duty.kind is DutyKind.ENTER:
            assert kind_of(code).basis is Basis.DUTY
        else:
            assert (KINDS[code].basis is Basis.CONSENT) == ("监测对象" in duty.wording)


def test_confirming_and_rating_yield_a_signed_answer() -> None:
    assert {kind for kind in DutyKind if kind.is_signed} == {DutyKind.CONFIRM, DutyKind.RATE}
    assert [duty.kind for duty in duties_of(Department.HOUSING)] == [DutyKind.RATE, DutyKind.PROVIDE]


def test_nobody_is_named_for_public_office_so_it_is_the_countys_assignment() -> None:
    row = next(row for row in FACTS_OF_REVIEW if row.fact is FactOfReview.OFFICE)
    assert (row.department, row.source) == (Department.FINANCE, Source.COUNTY)


def test_what_the_annex_is_quoted_for_stands_in_the_annex() -> None:
    quoted = {(duty.department, code) for duty in DUTIES for code in duty.facts}
    for row in FACTS_OF_REVIEW:
        if row.source is Source.ANNEX:
            assert {(row.department, code) for code in row.kinds} <= quoted


@pytest.mark.parametrize("code", CONSENT_KINDS)
def test_every_consent_kind_has_its_class_on_the_paper(code: str) -> None:
    assert KINDS[code].consent_class in ConsentClass


def test_no_duty_kind_asks_for_a_signature() -> None:
    assert all(kind.consent_class is None for kind in KINDS.values() if kind.basis is Basis.DUTY)


def test_deposits_are_asked_of_nobody() -> None:
    words = "".join(kind.title + "".join(title for _, title in kind.values) for kind in KINDS.values())
    assert "存款" not in words and "理财" not in words


def test_an_adult_who_has_not_signed_is_not_asked_about_and_is_listed() -> None:
    plans = inquiries_for([HEAD, MIGRANT], water_is_risk=False)
    assert _asked(plans, "migrant") == set()
    rows = _not_asked(plans, "migrant")
    assert {row.kind for row in rows} >= {"vehicle", "property", "public_office", "schooling"}
    assert {row.reason for row in rows} == {NotAskedReason.UNSIGNED}


def test_an_unsigned_adult_does_not_stop_the_questions_about_the_others() -> None:
    alone, together = inquiries_for([HEAD], water_is_risk=False), inquiries_for([HEAD, MIGRANT], water_is_risk=False)
    assert [plan.questions for plan in alone] == [plan.questions for plan in together]


def test_the_heads_signature_covers_the_child() -> None:
    plans = inquiries_for([HEAD, CHILD], water_is_risk=False)
    assert {"schooling", "household_registration", "property", "vehicle"} <= _asked(plans, "child")
    assert _not_asked(plans, "child") == []


def test_a_child_is_not_asked_about_office_pay_or_marriage() -> None:
    plans = inquiries_for([HEAD, CHILD], water_is_risk=False)
    assert not _asked(plans, "child") & {"public_office", "village_committee_pay", "marriage", "company", "pension"}


def test_without_the_heads_signature_neither_child_nor_kin_nor_household_is_asked_about() -> None:
    head = PersonToAsk(token="head", role=PersonRole.MEMBER, adult=True, consented=False, head=True)
    plans = inquiries_for([head, CHILD, FATHER_OUTSIDE], water_is_risk=True)
    asks = [ask for plan in plans for ask in plan.questions]
    assert asks == [Question("income_method", HOUSEHOLD)]
    assert {row.reason for row in _not_asked(plans, "child")} == {NotAskedReason.HEAD_UNSIGNED}


def test_another_adults_signature_does_not_cover_the_child() -> None:
    wife = PersonToAsk(token="wife", role=PersonRole.MEMBER, adult=True, consented=True, classes=ALL)
    assert _asked(inquiries_for([wife, CHILD], water_is_risk=False), "child") == set()


def test_kin_outside_the_household_are_asked_about_public_office_only() -> None:
    plans = inquiries_for([HEAD, FATHER_OUTSIDE], water_is_risk=True)
    assert _asked(plans, "father") == {"public_office"}
    assert _not_asked(plans, "father") == []


@pytest.mark.parametrize("missing", list(ConsentClass), ids=lambda item: item.value)
def test_a_class_that_the_paper_does_not_name_is_not_asked_about(missing: ConsentClass) -> None:
    head = replace(HEAD, classes=ALL - {missing})
    plans = inquiries_for([head, CHILD, FATHER_OUTSIDE], water_is_risk=True)
    asked = {KINDS[ask.kind].consent_class for plan in plans for ask in plan.questions}
    assert missing not in asked and asked - {None} == ALL - {missing}
    rows = [row for plan in plans for row in plan.not_asked]
    assert rows and {row.reason for row in rows} == {NotAskedReason.CLASS_MISSING}


@pytest.mark.parametrize("water_is_risk", [True, False])
def test_water_is_always_asked_about_and_blocks_only_where_it_is_a_named_risk(water_is_risk: bool) -> None:
    plan = _plan(Department.WATER, inquiries_for([HEAD], water_is_risk=water_is_risk))
    assert plan.questions == (Question("water_supply", HOUSEHOLD),)
    assert plan.blocking is water_is_risk


def test_the_fifteen_block_and_nobody_else_is_asked() -> None:
    plans = inquiries_for([HEAD], water_is_risk=False)
    assert tuple(plan.department for plan in plans if plan.blocking) == BLOCKING_DEPARTMENTS
    assert [plan.department for plan in plans if not plan.blocking] == [Department.WATER]


def test_statistics_answers_the_method_of_income_and_no_person() -> None:
    plan = _plan(Department.STATISTICS, inquiries_for([HEAD, CHILD], water_is_risk=False))
    assert plan.questions == (Question("income_method", HOUSEHOLD),)


def test_a_county_adds_a_department_and_it_blocks() -> None:
    extra = (Answerer(FactOfReview.BUSINESS, Department.OTHER, ("business_activity",), Source.COUNTY),)
    plan = _plan(Department.OTHER, inquiries_for([HEAD, MIGRANT], water_is_risk=False, extra=extra))
    assert plan.blocking and plan.kinds == ("business_activity",)
    assert plan.questions == (Question("business_activity", "head"),)
    assert [row.subject for row in plan.not_asked] == ["migrant"]


def test_a_fact_added_to_a_department_is_asked_once() -> None:
    extra = (Answerer(FactOfReview.VEHICLE, Department.PUBLIC_SECURITY, ("vehicle",), Source.COUNTY),)
    plan = _plan(Department.PUBLIC_SECURITY, inquiries_for([HEAD], water_is_risk=False, extra=extra))
    assert [ask.kind for ask in plan.questions].count("vehicle") == 1


def test_what_only_the_visitors_see_is_asked_of_no_department() -> None:
    asked = {ask.kind for plan in inquiries_for([HEAD, CHILD], water_is_risk=True) for ask in plan.questions}
    assert not asked & {kind.code for kind in KINDS.values() if kind.village}


@pytest.mark.parametrize(("code", "word"), [
    ("student_away", "所在地"), ("student_away", "省内"), ("student_away", "沿海发达地区"), ("student_aid", "省内"),
    ("crime_injury", "重要劳动力"), ("not_back_at_work", "原外出务工"), ("house_grade", "配套设施"),
    ("land_and_herd", "水产养殖"), ("village_income", "村级集体经济收入"), ("property", "城镇"), ("property", "农村"),
    ("medical_aid", "重特大疾病救助"), ("rural_population", "乡村人口"), ("elder_care", "失能"),
    ("disease_treatment", "负担较重的慢性病"),
])
def test_each_kind_has_room_for_what_the_annex_names(code: str, word: str) -> None:
    kind = KINDS[code]
    words = [kind.title, *(column.label for column in kind.columns), *(title for _, title in kind.values)]
    assert any(word in text for text in words)


def test_a_bare_yes_says_what_it_answers() -> None:
    house = KINDS["dangerous_house"]
    assert house.label_words("是") == "是否唯一住房：是" and house.label_words("唯一住房") == "唯一住房" and house.label_words("") == ""
    assert KINDS["crime_injury"].label_words("否") == "受害人是否家庭重要劳动力：否" and KINDS["traffic_injury"].label_words("是") == "是"
