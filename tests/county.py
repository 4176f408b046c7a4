"""A case that stands before the county, and departments that answer: for tests of 三(六)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.adapters.contract import Answer, Fact, Known
from fanpin.adapters.desk import DEFAULT_SCOPE, desk_batch
from fanpin.models.cases import Case
from fanpin.models.county import Inquiry, Question
from fanpin.rules.departments import Department
from fanpin.rules.duty_kinds import ConsentClass
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import exchange, survey
from tests.builders import a_case, a_visit
from tests.conftest import StandingClock
from tests.world import World

HEAD, SPOUSE, CHILD = "测试㬹", "测试阿依·古丽", "测试小花"


def a_case_at_county(session: Session, world: World, clock: StandingClock, *, signers: Sequence[str] = (HEAD, SPOUSE),
                     procedure: Procedure = Procedure.ENTERING) -> Case:
    """Survey a household, let the named adults sign, and set the case down before the county."""
    case = a_case(session, world, now=clock.now(), today=clock.today())
    when = {"actor": world.actors["cun.gan"], "now": clock.now(), "today": clock.today()}
    survey.record(session, case, a_visit(case, clock.today()), **when)
    survey.sign(session, case, applied_on=clock.today(), reason="妻子患病", truth_declared=True, authorised=True,
                classes=list(ConsentClass), signed_on=clock.today(), written_by="", witness="吴驻村",
                signers=[member for member in case.household.members if member.name in signers],
                valid_until=clock.today() + timedelta(days=365), **when)
    session.flush()
    session.execute(update(Case).where(Case.id == case.id).values(stage=Stage.COUNTY, procedure=procedure))
    session.refresh(case)
    return case


def question_of(inquiry: Inquiry, kind: str, name: str) -> Question:
    """Return the question of a kind about a person."""
    return next(row for row in inquiry.questions if (row.kind, row.subject_name) == (kind, name))


def answered(session: Session, inquiry: Inquiry, world: World, clock: StandingClock, *facts: Fact,
             instead: dict[str, Answer] | None = None) -> None:
    """Answer every question of an inquiry: the facts given, `instead` by token, nothing found for the rest."""
    answers = {(row.token, row.kind): (instead or {}).get(row.token) or Known(
        tuple(fact for fact in facts if fact.subject == row.token)) for row in inquiry.questions}
    batch = desk_batch(Department(inquiry.department), answers, as_of=clock.today(), register_scope=DEFAULT_SCOPE, complete=True)
    done = exchange.accept_batch(session, inquiry, batch, actor=world.officer(inquiry.department), now=clock.now(),
                                 today=clock.today())
    assert not done.problems, done.problems


def all_answered(session: Session, case: Case, world: World, clock: StandingClock, *, car_of: str = "") -> None:
    """Let every department answer and sign; `car_of` owns a private car."""
    for inquiry in session.scalars(select(Inquiry).where(Inquiry.case_id == case.id, Inquiry.round == case.round)).all():
        facts = [Fact(subject=row.token, kind="vehicle", value="private_car", ref="云C测001") for row in inquiry.questions
                 if row.kind == "vehicle" and row.subject_name == car_of]
        answered(session, inquiry, world, clock, *facts)
        exchange.sign(session, inquiry, note="", actor=world.officer(inquiry.department), now=clock.now(), today=clock.today())
