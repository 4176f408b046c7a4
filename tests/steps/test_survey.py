"""三(三) 实地调查: the sheet, the application and the consent of each person; proposed or not; and on the way out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case, CaseReturn
from fanpin.models.deliberation import ListEntry
from fanpin.models.surveys import Consent, ConsentSignature, Survey
from fanpin.rules.actions import Action
from fanpin.rules.duties import ConsentClass
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.lines import LineFactor
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotPermitted, RequirementsNotMet
from fanpin.rules.risks import Risk
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.survey import Guarantees, Judgement, SurveyItem
from fanpin.steps import deliberation, households, oversight, survey
from tests.builders import a_case, a_household, a_visit, people
from tests.conftest import StandingClock
from tests.later import a_reviewed_case, heard, stand_at
from tests.lists import Road, cases_of
from tests.world import World

CHILD, SPOUSE = "测试小花", "测试阿依·古丽"


def when(world: World, clock: StandingClock, who: str = "cun.gan") -> dict:
    return {"actor": world.actors[who], "now": clock.now(), "today": clock.today()}


@pytest.fixture
def road(session: Session, world: World, clock: StandingClock) -> Road:
    return Road(session, world, clock)


@pytest.fixture
def case(session: Session, world: World, clock: StandingClock) -> Case:
    """A case whose household waits to be visited."""
    return a_case(session, world, now=clock.now(), today=clock.today())


def sign(session: Session, world: World, clock: StandingClock, case: Case, *names: str, **changed: object) -> Consent:
    values = {"applied_on": clock.today(), "reason": "妻子患病", "truth_declared": True, "authorised": True,
              "classes": tuple(ConsentClass), "signed_on": clock.today(), "written_by": "", "witness": "吴驻村",
              "valid_until": clock.today() + timedelta(days=365)} | changed
    signers = [member for member in case.household.members if member.name in names]
    return survey.sign(session, case, signers=signers, **values, **when(world, clock))


def lacking(session: Session, world: World, clock: StandingClock, case: Case) -> set[str]:
    with pytest.raises(RequirementsNotMet) as refused:
        survey.propose(session, case, **when(world, clock))
    return {item.code for item in refused.value.missing}


@pytest.mark.parametrize("left_out", [*SurveyItem, *Judgement])
def test_no_household_is_proposed_while_one_item_or_judgement_is_open(
        session: Session, world: World, clock: StandingClock, case: Case, left_out: SurveyItem | Judgement) -> None:
    whole = a_visit(case, clock.today())
    gap = replace(whole, items={**whole.items, left_out.value: " "} if left_out in SurveyItem else whole.items,
                  judgements={**whole.judgements, left_out.value: ""} if left_out in Judgement else whole.judgements)
    survey.record(session, case, gap, **when(world, clock))
    sign(session, world, clock, case, "测试㬹")
    wanted = "survey.ten_items" if left_out in SurveyItem else "survey.five_judgements"
    assert wanted in lacking(session, world, clock, case)
    survey.record(session, case, whole, **when(world, clock, "zhu.cun"))
    survey.propose(session, case, **when(world, clock))
    assert case.stage is Stage.DELIBERATION


def test_the_sheet_names_visitors_risks_account_and_guarantees(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    sign(session, world, clock, case, "测试㬹")
    bare = replace(a_visit(case, clock.today()), visitors=(), risks=(), income=None, guarantees=None)
    survey.record(session, case, bare, **when(world, clock))
    assert lacking(session, world, clock, case) >= {"survey.visitors", "survey.risks", "survey.income", "survey.guarantees"}


def test_what_a_sheet_cannot_hold_is_refused_at_its_field(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    whole = a_visit(case, clock.today())
    wrong = [
        (replace(whole, items={"colour": "red"}), "重新打开"),
        (replace(whole, judgements={"rigid_spending": "enormous"}), "给出的选项"),
        (replace(whole, guarantees=replace(whole.guarantees, water=None)), "六项要一并填写"),
        (replace(whole, risks=(Risk.ILLNESS, Risk.ILLNESS)), "重复"),
        (replace(whole, visited_on=clock.today() + timedelta(days=1)), "不能晚于今天"),
    ]
    for visit, words in wrong:
        with pytest.raises(Invalid, match=words):
            survey.record(session, case, visit, **when(world, clock))
    for who in ("zu.zhang", "xian.ban", "lin.cun"):
        with pytest.raises(NotPermitted):
            survey.record(session, case, whole, **when(world, clock, who))


def test_the_fields_typed_by_hand_are_counted_over_all_writings(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    whole = a_visit(case, clock.today())
    for typed in (12, 3):
        survey.record(session, case, replace(whole, typed_fields=typed), **when(world, clock))
    assert session.scalars(select(Survey.typed_fields)).all() == [15]


def test_residence_opens_the_door_and_the_hukou_does_not(session: Session, world: World, clock: StandingClock) -> None:
    rows = ((True, True, "外省某县", False), (False, True, "本村", True), (True, False, "本村", True))
    for lives_here, services, hukou, refused in rows:
        household = a_household(session, world, now=clock.now(), today=clock.today())
        households.edit(session, household, {"lives_here": lives_here, "rural_services": services, "hukou_place": hukou},
                        actor=world.actors["cun.gan"], now=clock.now())
        case = a_case(session, world, now=clock.now(), today=clock.today(), household=household)
        survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
        sign(session, world, clock, case, "测试㬹")
        if refused:
            assert lacking(session, world, clock, case) == {"survey.residence"}
        else:
            survey.propose(session, case, **when(world, clock))


@pytest.mark.parametrize(("lifted", "asked", "fits"), [
    (True, HouseholdClass.UNSTABLE, True), (False, HouseholdClass.UNSTABLE, False),
    (False, HouseholdClass.MARGINAL, True), (True, HouseholdClass.MARGINAL, False),
])
def test_the_class_fits_whether_the_household_was_lifted(session: Session, world: World, clock: StandingClock, lifted: bool,
                                                         asked: HouseholdClass, fits: bool) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today(), lifted=lifted)
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=household)
    survey.record(session, case, replace(a_visit(case, clock.today()), household_class=asked), **when(world, clock))
    sign(session, world, clock, case, "测试㬹")
    if fits:
        survey.propose(session, case, **when(world, clock))
    else:
        assert lacking(session, world, clock, case) == {"survey.class"}


@pytest.mark.parametrize("lifted", [True, False])
def test_sudden_trouble_needs_large_spending_and_serious_difficulty(
        session: Session, world: World, clock: StandingClock, lifted: bool) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today(), lifted=lifted)
    case = a_case(session, world, now=clock.now(), today=clock.today(), household=household)
    sudden = replace(a_visit(case, clock.today()), household_class=HouseholdClass.SUDDEN, class_reason="")
    survey.record(session, case, sudden, **when(world, clock))
    sign(session, world, clock, case, "测试㬹")
    assert lacking(session, world, clock, case) == {"survey.class"}
    survey.record(session, case, replace(sudden, class_reason="车祸后借债看病，无钱买粮"), **when(world, clock))
    survey.propose(session, case, **when(world, clock))


@pytest.mark.parametrize("amount", [None, 870_000, 99_000_000])
def test_the_line_is_a_reference_and_never_a_gate(session: Session, world: World, clock: StandingClock, case: Case,
                                                  amount: int | None) -> None:
    if amount is not None:
        oversight.set_line(session, world.areas["province"], year=2026, amount=amount, document="测试文号", decided_on=clock.today(),
                           factors={factor.value: "已综合考虑" for factor in LineFactor}, **when(world, clock, "sheng.ban"))
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    sign(session, world, clock, case, "测试㬹")
    survey.propose(session, case, **when(world, clock))
    assert case.stage is Stage.DELIBERATION


def test_one_paper_bears_both_declarations_and_the_heads_hand(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    assert lacking(session, world, clock, case) == {"survey.application", "survey.consent"}
    for changed in ({"truth_declared": False}, {"authorised": False}):
        sign(session, world, clock, case, "测试㬹", **changed)
        assert lacking(session, world, clock, case) == {"survey.consent"}
    paper = sign(session, world, clock, case, "测试㬹")
    assert paper.classes == sorted(item.value for item in ConsentClass)
    survey.propose(session, case, **when(world, clock))


def test_another_adult_cannot_sign_in_the_heads_place(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    sign(session, world, clock, case, SPOUSE)
    assert lacking(session, world, clock, case) == {"survey.consent"}


def test_each_adult_signs_for_himself_and_one_who_is_away_blocks_nothing(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    sign(session, world, clock, case, "测试㬹")
    survey.propose(session, case, **when(world, clock))
    clock.move(days=3)
    sign(session, world, clock, case, "测试㬹", SPOUSE)
    session.flush()
    rows = session.scalars(select(ConsentSignature).order_by(ConsentSignature.id)).all()
    assert [row.signed_on for row in rows] == [date(2026, 3, 2), date(2026, 3, 5)]


def test_a_child_does_not_sign(session: Session, world: World, clock: StandingClock, case: Case) -> None:
    with pytest.raises(Invalid, match=CHILD):
        sign(session, world, clock, case, "测试㬹", CHILD)


@pytest.mark.parametrize("changed", [{"classes": ()}, {"valid_until": date(2026, 3, 2)}, {"reason": " "},
                                     {"signed_on": date(2026, 3, 3)}, {"applied_on": date(2026, 3, 3)}])
def test_a_consent_that_cannot_stand_is_refused(session: Session, world: World, clock: StandingClock, case: Case,
                                                changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        sign(session, world, clock, case, "测试㬹", **changed)


def test_a_household_that_is_not_proposed_has_a_reason_and_needs_no_consent(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    survey.record(session, case, a_visit(case, clock.today(), proposed=False), **when(world, clock))
    with pytest.raises(Invalid):
        survey.not_propose(session, case, reason=" ", **when(world, clock))
    survey.not_propose(session, case, reason="收入稳定，没有风险", **when(world, clock))
    assert (case.stage, case.closed_on, case.reason) == (Stage.NOT_PROPOSED, clock.today(), "收入稳定，没有风险")
    assert survey.consent_of(session, case) is None
    with pytest.raises(NotAllowedHere):
        survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))


def test_a_return_names_field_rule_and_evidence_and_asks_for_a_new_sheet(
        session: Session, world: World, clock: StandingClock, road: Road) -> None:
    village_list = road.listed()
    case = cases_of(village_list)[0]
    facts = {"reason": "收入不清楚", "field": "收入", "rule": "三(三)", "evidence_expected": "工资流水"}
    for left_out in facts:
        with pytest.raises(Invalid) as refused:
            deliberation.send_back(session, case, Action.DELIBERATION_RETURN, facts | {left_out: " "}, **when(world, clock))
        assert set(refused.value.problems) == {left_out}
    deliberation.send_back(session, case, Action.DELIBERATION_RETURN, facts, **when(world, clock))
    kept = session.scalars(select(CaseReturn)).one()
    assert (kept.reason, kept.field, kept.rule, kept.evidence_expected) == tuple(facts.values())
    assert (case.stage, case.round) == (Stage.SURVEY, 2)
    assert "survey.done" in lacking(session, world, clock, case)
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    survey.propose(session, case, **when(world, clock))
    assert session.scalars(select(Survey.round).order_by(Survey.round)).all() == [1, 2]


def leaving(session: Session, world: World, clock: StandingClock) -> Case:
    case, _ = a_reviewed_case(session, world, now=clock.now(), today=clock.today())
    heard(session, world, case, now=clock.now(), today=clock.today())
    return stand_at(session, case, Stage.SURVEY, procedure=Procedure.LEAVING)


def test_the_way_out_is_surveyed_as_the_way_in(session: Session, world: World, clock: StandingClock) -> None:
    case = leaving(session, world, clock)
    with pytest.raises(RequirementsNotMet) as refused:
        survey.confirm(session, case, **when(world, clock))
    assert {item.code for item in refused.value.missing} >= {"survey.done", "survey.ten_items", "survey.five_judgements"}
    survey.record(session, case, replace(a_visit(case, clock.today()), guarantees=Guarantees(**dict.fromkeys(
        survey.GUARANTEE_FIELDS, True))), **when(world, clock))
    with pytest.raises(RequirementsNotMet) as refused:
        survey.confirm(session, case, **when(world, clock))
    assert {item.code for item in refused.value.missing} == {"elimination.consent"}


def test_a_survey_that_speaks_against_leaving_leads_back_to_help(
        session: Session, world: World, clock: StandingClock) -> None:
    case = leaving(session, world, clock)
    survey.record(session, case, a_visit(case, clock.today()), **when(world, clock))
    with pytest.raises(Invalid):
        survey.keep(session, case, reason="", **when(world, clock))
    survey.keep(session, case, reason="务工收入中断", **when(world, clock))
    assert (case.procedure, case.stage) == (Procedure.ENTERING, Stage.ASSISTANCE)
    assert session.scalars(select(ListEntry.left_on)).all() == [clock.today()]


def test_people_of_a_household_are_of_age_at_eighteen_or_when_nobody_knows(
        session: Session, world: World, clock: StandingClock) -> None:
    household = a_household(session, world, now=clock.now(), today=clock.today(), members=people())
    child = household.members[2]
    for born, grown in ((date(2008, 3, 3), False), (date(2008, 3, 2), True), (None, True)):
        child.born_on = born
        assert (child in survey.adults(household.members, clock.today())) is grown


def test_a_sheet_is_recorded_for_a_household_that_was_not_read_yet(
        session: Session, world: World, clock: StandingClock, case: Case) -> None:
    visit = a_visit(case, clock.today())
    session.expire_all()
    assert survey.record(session, case, visit, **when(world, clock)).recorded_by == world.actors["cun.gan"].name
