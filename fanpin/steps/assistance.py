"""四 分类精准帮扶: measures carried out, posted, watched; the entry in the national system (三(六))."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination
from fanpin.models.measures import Measure, MeasurePosting, MeasureStatus, Visit
from fanpin.models.scoped import system_scope
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.roles import Actor, Role
from fanpin.rules.stages import Procedure, Stage
from fanpin.steps import doing
from fanpin.steps.advance import Advanced, advance

HELPED = (Stage.ASSISTANCE, Stage.REVIEW)
UNDER_WAY = (MeasureStatus.CONFIRMED, MeasureStatus.STARTED)
NATIONAL_CODE = 40


def start(session: Session, measure: Measure, *, started_on: date, note: str, actor: Actor, now: datetime,
          today: date) -> None:
    """Record that a confirmed measure has begun; only who carries it can say so."""
    doing.permit(session, Action.ASSISTANCE_START, actor=actor, subject=measure)
    if measure.status is not MeasureStatus.CONFIRMED:
        raise NotAllowedHere(f"这项措施现在是“{measure.status.title}”，不能登记开始落实。",
                             action="assistance.start", clause="四")
    doing.not_future(today, started_on=started_on)
    doing.filled(note=note)
    _refuse_too_early(session, measure, started_on)
    measure.status, measure.started_on, measure.result = MeasureStatus.STARTED, started_on, note
    doing.note(session, Action.ASSISTANCE_START, actor=actor, now=now, subject=measure,
               facts={"started_on": started_on.isoformat(), "category": measure.category or ""})


def _refuse_too_early(session: Session, measure: Measure, started_on: date) -> None:
    """三(六): first the determination, the report and the lead department, then the measures.

    Whoever carries a measure sees no case; the step looks at the two dates for him.
    """
    with system_scope(session, reason="核对措施所属办理环节"):
        stage = session.scalar(select(Case.stage).where(Case.id == measure.case_id))
        named_on = session.scalar(select(func.max(Determination.lead_named_on)).where(
            Determination.case_id == measure.case_id, Determination.procedure == Procedure.ENTERING))
    if stage not in HELPED:
        raise NotAllowedHere("本户还没有进入帮扶环节，或帮扶已经结束，不能登记落实。", action="assistance.start", clause="四")
    if named_on is not None and started_on < named_on:
        raise Invalid({"started_on": f"开始落实的日期不能早于明确主责部门的日期（{named_on:%Y-%m-%d}）。"})


def finish(session: Session, measure: Measure, *, finished_on: date, result: str, actor: Actor, now: datetime,
           today: date) -> None:
    """Record that a measure is completed, and what it brought."""
    doing.permit(session, Action.ASSISTANCE_START, actor=actor, subject=measure)
    if measure.status is not MeasureStatus.STARTED:
        raise NotAllowedHere("先登记开始落实，再登记完成。", action="assistance.start", clause="四")
    doing.not_future(today, finished_on=finished_on)
    doing.filled(result=result)
    if measure.started_on is not None and finished_on < measure.started_on:
        raise Invalid({"finished_on": "完成日期不能早于开始落实的日期。"})
    measure.status, measure.finished_on, measure.result = MeasureStatus.DONE, finished_on, result
    doing.note(session, Action.ASSISTANCE_START, actor=actor, now=now, subject=measure,
               facts={"finished_on": finished_on.isoformat()})


def enter(session: Session, case: Case, *, number: str, entered_on: date, actor: Actor, now: datetime, today: date,
          version: int | None = None) -> Advanced:
    """Record the entry in the national system, after measures have started."""
    doing.not_future(today, entered_on=entered_on)
    done = advance(session, case, Action.ASSISTANCE_ENTER, actor=actor, now=now, today=today, expected_version=version,
                   facts={"number": number})
    row = session.scalars(select(Determination).where(
        Determination.case_id == case.id, Determination.procedure == Procedure.ENTERING)
        .order_by(Determination.round.desc()).limit(1)).one()
    if entered_on < row.decided_on:
        raise Invalid({"entered_on": "录入日期不能早于确定日期。"})
    begun = session.scalar(select(func.min(Measure.started_on)).where(Measure.case_id == case.id))
    if begun is not None and entered_on < begun:
        raise Invalid({"entered_on": f"录入日期不能早于帮扶措施开始落实的日期（{begun:%Y-%m-%d}）。"})
    row.entered_on, row.national_number = entered_on, number
    case.household.national_code = case.household.national_code or number[:NATIONAL_CODE]
    return done


def add_measure(session: Session, case: Case, *, category: MeasureCategory, detail: str, risk: Risk | None,
                department: str, member_id: int | None, due_on: date | None, actor: Actor, now: datetime) -> Measure:
    """Add a measure while help goes on (new need, weak stability)."""
    doing.at_stage(case, Action.ASSISTANCE_PLAN, *HELPED)
    doing.permit(session, Action.ASSISTANCE_PLAN, actor=actor, subject=case)
    doing.filled(detail=detail, department=department)
    if member_id is not None and member_id not in {member.id for member in case.household.members}:
        raise Invalid({"member_id": "措施对象不是本户成员。"})
    row = Measure(case_id=case.id, household_id=case.household_id, area_path=case.area_path, member_id=member_id,
                  category=category, detail=detail, risk=risk, department=department, due_on=due_on,
                  status=MeasureStatus.CONFIRMED, proposed_by=actor.name, proposed_at=now)
    session.add(row)
    doing.note(session, Action.ASSISTANCE_PLAN, actor=actor, now=now, subject=case, facts={"category": category.value})
    return row


def helpers_for(session: Session, measure: Measure, *, today: date) -> list[User]:
    """List who may be named for a measure: the helpers of its department whose area holds the household."""
    above = [int(part) for part in measure.area_path.strip("/").split("/")]
    return list(session.scalars(
        select(User).join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.HELPER, Grant.department == measure.department, Grant.area_id.in_(above),
               Grant.revoked_at.is_(None), Grant.valid_from <= today,
               or_(Grant.valid_to.is_(None), Grant.valid_to >= today), User.disabled_at.is_(None),
               or_(User.expires_on.is_(None), User.expires_on >= today))
        .distinct().order_by(User.name, User.id)))


def name_helper(session: Session, measure: Measure, helper_id: int, *, actor: Actor, now: datetime,
                today: date) -> None:
    """Name the person who carries the measure out (责任人)."""
    doing.permit(session, Action.ASSISTANCE_PLAN, actor=actor, subject=measure)
    if measure.status not in UNDER_WAY:
        raise NotAllowedHere(f"这项措施现在是“{measure.status.title}”，不用再确定责任人。",
                             action="assistance.plan", clause="四")
    if helper_id not in {user.id for user in helpers_for(session, measure, today=today)}:
        raise Invalid({"helper": "请从该部门的帮扶责任人中选择。"})
    measure.helper_id = helper_id
    doing.note(session, Action.ASSISTANCE_PLAN, actor=actor, now=now, subject=measure, facts={"helper": helper_id})


def post(session: Session, case: Case, village: Area, *, place: str, posted_on: date, actor: Actor, now: datetime,
         today: date) -> MeasurePosting:
    """Record that the household's measures hang in the village (帮扶措施要在村内公示)."""
    doing.at_stage(case, Action.ASSISTANCE_POST, *HELPED)
    doing.permit(session, Action.ASSISTANCE_POST, actor=actor, subject=case)
    doing.filled(place=place)
    doing.not_future(today, posted_on=posted_on)
    row = MeasurePosting(area_id=village.id, area_path=case.area_path, case_id=case.id, place=place,
                         posted_on=posted_on, posted_by=actor.name)
    session.add(row)
    doing.note(session, Action.ASSISTANCE_POST, actor=actor, now=now, subject=case, facts={"place": place})
    return row


def visit(session: Session, case: Case, *, visited_on: date, income_change: str, spending_change: str,
          guarantees_safe: bool, water_safe: bool, note: str, actor: Actor, now: datetime, today: date) -> Visit:
    """Record a monitoring visit: income, spending, 两不愁三保障, water."""
    doing.at_stage(case, Action.ASSISTANCE_VISIT, *HELPED)
    doing.permit(session, Action.ASSISTANCE_VISIT, actor=actor, subject=case)
    doing.not_future(today, visited_on=visited_on)
    if not (guarantees_safe and water_safe):
        doing.filled(note=note)
    row = Visit(case_id=case.id, household_id=case.household_id, area_path=case.area_path, visited_on=visited_on,
                income_change=income_change, spending_change=spending_change, guarantees_safe=guarantees_safe,
                water_safe=water_safe, note=note, visited_by=actor.name)
    session.add(row)
    doing.note(session, Action.ASSISTANCE_VISIT, actor=actor, now=now, subject=case,
               facts={"on": visited_on.isoformat(), "safe": guarantees_safe and water_safe})
    return row


def last_visit(session: Session, case: Case) -> date | None:
    """Return the day of the case's latest visit: the rhythm's clock."""
    return session.scalar(select(func.max(Visit.visited_on)).where(Visit.case_id == case.id))


def next_visit(session: Session, case: Case, *, last: date | None) -> date:
    """Return the day by which the household is to be visited again, by the county's rhythm (二(一))."""
    return (last or case.stage_since) + timedelta(days=doing.setting(session, case.area_path, "visit_days"))
