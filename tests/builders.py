"""Households and cases with sensible defaults; a test sets only what it is about."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.households import Household
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.identity import synthetic_id
from fanpin.rules.income import IncomeStatement
from fanpin.rules.members import LabourSkill, Relation
from fanpin.rules.risks import Risk
from fanpin.rules.survey import Guarantees, Judgement, SurveyItem
from fanpin.steps import analysis, households, survey
from fanpin.steps.households import Person
from tests.world import World

_numbers = count()


def an_id(born: date, *, man: bool = True) -> str:
    """Return a synthetic ID number of the test county with a valid check digit; one database needs fewer than 499."""
    number = next(_numbers) % 499
    return synthetic_id("530628", born, 2 * number + (1 if man else 2))


def people(head: str = "测试㬹", *, spouse: str = "测试阿依·古丽") -> tuple[Person, ...]:
    """Return a head, a spouse and a child, all obviously invented."""
    return (
        Person(head, Relation.HEAD, an_id(date(1976, 5, 1)), health=("healthy",), labour=LabourSkill.ORDINARY,
               education="junior"),
        Person(spouse, Relation.SPOUSE, an_id(date(1978, 8, 9), man=False), health=("serious",), labour=LabourSkill.LOST,
               education="primary"),
        Person("测试小花", Relation.DAUGHTER, an_id(date(2014, 3, 4), man=False), health=("healthy",),
               labour=LabourSkill.NONE, schooling="primary"),
    )


def a_household(session: Session, world: World, *, now: datetime, today: date, group: Area | None = None,
                members: Sequence[Person] | None = None, lifted: bool = True) -> Household:
    """Write a household of the first group."""
    return households.create(
        session, actor=world.actors["cun.gan" if group is None else "xian.ban"], now=now, today=today,
        group=group or world.areas["group1"], people=members or people(), lifted=lifted, lives_here=True,
        rural_services=True, hukou_place="本村", phone="13800000000")


def a_case(session: Session, world: World, *, now: datetime, today: date, household: Household | None = None) -> Case:
    """Write a case at `survey`, opened the only way there is."""
    household = household or a_household(session, world, now=now, today=today)
    check = analysis.propose(session, household, reason="妻子患大病，自付医疗费较高", actor=world.actors["cun.gan"], now=now)
    case = analysis.settle(session, check, agree=True, answer="", actor=world.actors["xian.ban"], now=now, today=today)
    assert case is not None
    return case


def a_visit(case: Case, today: date, *, proposed: bool = True) -> survey.Visit:
    """Return a complete survey sheet."""
    answers = {judgement.value: next(iter(judgement.answers)).value for judgement in Judgement}
    answers[Judgement.RIGID_SPENDING.value] = "large"
    return survey.Visit(
        visited_on=today, visitors=("周村干", "吴驻村"), household_signed=True,
        items={item.value: f"{item.title}情况已查清" for item in SurveyItem}, judgements=answers,
        risks=(Risk.ILLNESS,) if proposed else (), household_class=HouseholdClass.UNSTABLE, class_reason="",
        conclusion="妻子患大病，医疗自付支出较大，存在返贫风险" if proposed else "收入稳定，无返贫致贫风险",
        income=IncomeStatement(
            period_from=date(today.year - 1, today.month, 1), period_to=date(today.year, today.month, 1).replace(day=1)
            - (date(2026, 3, 2) - date(2026, 3, 1)), amounts={"a1": 3_000_000, "b1": 800_000, "e1": 300_000},
            compliant_spending=2_000_000, heads_now=3, heads_year=3),
        guarantees=Guarantees(food=True, clothing=True, housing=True, schooling=True, medical=True, water=True))
