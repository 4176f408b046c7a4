"""What a month's screening found, household by household: findings kept from month to month, and the warnings made of them."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.models.cases import Case
from fanpin.models.county import Batch
from fanpin.models.findings import HouseholdFinding
from fanpin.models.households import FocusRecord, Household
from fanpin.models.scoped import within
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.book_warnings import FOCUS_OF, WARNING_BOOK, WarningSeverity, department_of
from fanpin.rules.findings import Before, Change, FindingState, change_of, score
from fanpin.rules.intake import LeadSource
from fanpin.rules.members import FocusGroup
from fanpin.rules.stages import MONITORED
from fanpin.rules.thresholds import Resolved
from fanpin.screening.county import BulkFinding
from fanpin.screening.engines import FactRow as Fact
from fanpin.screening.explain import explain_warning
from fanpin.steps.delivered_facts import keep_in_sql

AT_A_TIME = 200
BY_SCREENING = "按月筛查"
SYSTEM = "系统"
STATES = {Change.GONE: FindingState.GONE, Change.UNKNOWN: FindingState.UNKNOWN}
COUNTED = {Change.NEW: "fresh", Change.GREW: "changed", Change.CHANGED: "changed", Change.GONE: "gone", Change.UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Home:
    """A household as the warnings need it."""

    id: int
    area_path: str
    lifted: bool
    head_name: str


@dataclass(frozen=True)
class Someone:
    """A member, or (without a number) the household itself, under its name."""

    member_id: int | None
    name: str


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all households of one screening share."""

    homes: Mapping[int, Home]
    members: Mapping[str, Someone]
    batches: Mapping[int, int]
    told: Collection[str]
    limits: Mapping[str, Resolved]
    asof: date
    month: str
    kinds_of: Mapping[str, Sequence[str]]
    # Kinds of which a household's own row was not taken: what is missing of them is not known.
    left_open: Mapping[int, frozenset[str]] = field(default_factory=dict)
    # A look at one household knows only what is on file of it: it may find, and never lose.
    clears: bool = True


def batches_of(session: Session, *, path: str) -> dict[int, int]:
    """Return the batch by which each delivery of a county came in."""
    rows = session.execute(select(Batch.delivery_id, Batch.id).where(
        Batch.delivery_id.is_not(None), within(Batch.area_path, (path,))).order_by(Batch.id.desc()))
    return {row.delivery_id: row.id for row in rows}


def write(session: Session, found: Mapping[int, Sequence[BulkFinding]], ground: Ground, *, now: datetime) -> Counter[str]:
    """Compare some households' findings with last month's and make one warning of what is new in each."""
    # Whoever writes of the same household waits here, and then sees what was written.
    session.execute(select(Household.id).where(Household.id.in_(list(found))).order_by(Household.id)
                    .with_for_update(key_share=True))
    before: dict[int, dict[str, HouseholdFinding]] = {number: {} for number in found}
    for row in session.scalars(select(HouseholdFinding).where(HouseholdFinding.household_id.in_(list(found)))):
        before[row.household_id][row.rule] = row
    open_warnings: dict[int, list[Warning]] = {number: [] for number in found}
    for row in session.scalars(select(Warning).where(Warning.household_id.in_(list(found)), Warning.verified_at.is_(None))
                               .order_by(Warning.id)):
        open_warnings[row.household_id].append(row)
    attention = _attention(session, found)
    counts: Counter[str] = Counter()
    for number, items in found.items():
        home = ground.homes[number]
        news = []
        current = {item.rule: item for item in items}
        for rule in [*current, *(rule for rule in before[number] if ground.clears and rule not in current)]:
            row, change = _keep(session, home, rule, current.get(rule), before[number].get(rule), ground)
            if row.state is FindingState.CURRENT and change.warns:
                news.append(row)
            if change in STATES:
                _remark(row, change, open_warnings[number], ground)
            if change in COUNTED:
                counts[COUNTED[change]] += 1
        if news:
            weights = [item.severity.weight for item in items]
            _warn(session, home, news, open_warnings[number], points=score(
                weights, focus=number in attention[0], monitored=number in attention[1]), ground=ground, now=now)
            counts["warnings"] += 1
    facts = {fact.id: (ground.homes[number], fact) for number, items in found.items() for item in items for fact in item.facts}
    _keep_evidence(session, facts, ground)
    _keep_focus(session, facts.values(), ground)
    session.flush()
    return counts


def _attention(session: Session, found: Collection[int]) -> tuple[set[int], set[int]]:
    focus = session.scalars(select(FocusRecord.household_id).where(FocusRecord.household_id.in_(list(found)), FocusRecord.until.is_(None)))
    watched = session.scalars(select(Case.household_id).where(Case.household_id.in_(list(found)), Case.stage.in_(MONITORED)))
    return set(focus), set(watched)


def _keep(session: Session, home: Home, rule: str, item: BulkFinding | None, row: HouseholdFinding | None,
          ground: Ground) -> tuple[HouseholdFinding, Change]:
    evidence = None if item is None else frozenset(str(number) for number in item.evidence)
    earlier = None if row is None else Before(frozenset(row.evidence), frozenset(row.warned), row.state)
    told = set(ground.told) - ground.left_open.get(home.id, frozenset())
    change = change_of(earlier, evidence, told=set(ground.kinds_of[rule]) <= told)
    if item is None or evidence is None:
        if row is None:
            raise ValueError("a finding without evidence was never there")
        # What was gone stays gone; a feed that falls silent afterwards does not bring it back.
        if row.state is FindingState.GONE or row.state is STATES[change]:
            return row, Change.SAME
        row.state = STATES[change]
        return row, change
    if row is None:
        row = HouseholdFinding(household_id=home.id, area_path=home.area_path, rule=rule, first_month=ground.month, warned=[],
                               department=department_of(WARNING_BOOK.rule(rule)).value)
        session.add(row)
    if change is not Change.SAME:
        row.explanation = explain_warning(WARNING_BOOK.rule(rule), item.facts, limits=ground.limits, lifted=home.lifted,
                                          name_of=lambda subject: ground.members[subject].name)
        row.evidence, row.evidence_digest = sorted(evidence), _digest(evidence)
    row.severity, row.last_month, row.state = item.severity, ground.month, FindingState.CURRENT
    return row, change


def _digest(evidence: Iterable[str]) -> str:
    return hashlib.sha256("|".join(sorted(evidence)).encode()).hexdigest()


def _warn(session: Session, home: Home, news: Sequence[HouseholdFinding], waiting: list[Warning], *, points: int, ground: Ground,
          now: datetime) -> None:
    """Put what is new into the household's warning of the month; one that nobody has verified takes it up."""
    words = "\n".join(dict.fromkeys(row.explanation for row in news))
    departments = {row.department for row in news}
    warning = next((row for row in waiting if row.month == ground.month), None)
    if warning is None:
        warning = Warning(household_id=home.id, area_path=home.area_path, month=ground.month, source=LeadSource.DEPARTMENT,
                          department=departments.pop() if len(departments) == 1 else "", document=BY_SCREENING, content=words,
                          entered_by=SYSTEM, entered_at=now)
        session.add(warning)
        waiting.append(warning)
    else:
        warning.content = _joined(warning.content, words)
        if warning.dispatched_at is not None:
            warning.remark = _joined(warning.remark, f"{_day(ground.asof)}补充了{len(news)}项预警内容，请一并核实。")
    urgent = any(row.severity is WarningSeverity.URGENT for row in news) or warning.severity is WarningSeverity.URGENT
    warning.severity, warning.score = WarningSeverity.URGENT if urgent else WarningSeverity.ORDINARY, max(points, warning.score or 0)
    session.flush()
    for row in news:
        row.warning_id, row.warned = warning.id, sorted({*row.warned, *row.evidence})
        row.conclusion, row.answer, row.verified_on = None, "", None
    audit.record(session, Action.ANALYSIS_WARN.value, actor=SYSTEM, now=now, stream=audit.household_stream(home.id),
                 object=warning.ref, area_path=home.area_path,
                 facts={"source": LeadSource.DEPARTMENT.value, "department": warning.department, "document": BY_SCREENING,
                        "rules": [row.rule for row in news]})


def _remark(row: HouseholdFinding, change: Change, waiting: Iterable[Warning], ground: Ground) -> None:
    """Say on a warning that its ground went away, or is not known any longer; it stays due all the same."""
    title = WARNING_BOOK.rule(row.rule).title
    said = ("按部门最新数据已不成立，仍请核实后反馈。" if change is Change.GONE
            else "部门本期没有完整报送数据，或退回了这一户的行，不能判断是否消除，仍请核实。")
    for warning in waiting:
        if warning.id == row.warning_id:
            warning.remark = _joined(warning.remark, f"{_day(ground.asof)}筛查：“{title}”{said}")


def _joined(before: str | None, more: str) -> str:
    """Add the lines that a text does not have yet: said twice, they stand there once."""
    there = (before or "").splitlines()
    fresh = [line for line in more.splitlines() if line not in there]
    return "\n".join([before, *fresh]) if before else more


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _keep_evidence(session: Session, facts: Mapping[int, tuple[Home, Fact]], ground: Ground) -> None:
    """Write the facts behind findings to SQL, where people and papers find them."""
    keep_in_sql(session, [
        {"department": fact.department, "area_path": home.area_path, "batch_id": ground.batches[fact.batch], "household_id": home.id,
         "member_id": ground.members[fact.subject].member_id, "number": number, "kind": fact.kind, "ref_no": fact.ref, "date": fact.date,
         "ended": fact.ended, "amount": fact.amount, "value": fact.value, "other": fact.other, "label": fact.label,
         "as_of": fact.as_of or ground.asof, "raw_digest": crypto.digest(str(number).encode())}
        for number, (home, fact) in facts.items() if fact.batch in ground.batches])


def _keep_focus(session: Session, facts: Iterable[tuple[Home, Fact]], ground: Ground) -> None:
    """Write what a feed says of 二(一)'s focus groups, dated and with its source; it orders attention, decides nothing."""
    told = {(someone.member_id, FOCUS_OF[fact.kind, fact.value]): (home, fact) for home, fact in facts
            if (fact.kind, fact.value) in FOCUS_OF and (someone := ground.members[fact.subject]).member_id is not None}
    if not told:
        return
    known = {(row.member_id, row.group.value) for row in session.scalars(select(FocusRecord).where(
        FocusRecord.member_id.in_({member for member, _ in told}), FocusRecord.until.is_(None)))}
    for (member_id, group), (home, fact) in told.items():
        if (member_id, group) not in known:
            session.add(FocusRecord(
                area_path=home.area_path, household_id=home.id, member_id=member_id, group=FocusGroup(group),
                since=fact.date or ground.asof, source=f"残联报送，数据截至{_day(fact.as_of or ground.asof)}"))
