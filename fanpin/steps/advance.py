"""The one door: nothing else changes a case's stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit, authorization
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case, CaseAct, CaseReturn
from fanpin.models.dossiers import build
from fanpin.rules import stages
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, Missing, NotAllowedHere, RequirementsNotMet
from fanpin.rules.roles import Actor
from fanpin.rules.sets import CURRENT, load
from fanpin.rules.stages import Procedure, Row, Stage


@dataclass(frozen=True)
class Advanced:
    """The act as it was written: the row of the table, the act's id and the audit event."""

    row: Row
    act_id: int
    event: audit.Written


def earlier_acts(session: Session, case: Case) -> list[tuple[str, int]]:
    """List (action, user id) of the case's present procedure, for the separation of duties."""
    rows = session.execute(select(CaseAct.action, CaseAct.actor_id).where(
        CaseAct.case_id == case.id, CaseAct.procedure == case.procedure))
    acts = [(row.action, row.actor_id) for row in rows]
    if case.procedure is Procedure.ENTERING and case.stage is Stage.COUNTY:
        # Resolving a hit moves no case and so is no act of the table; the trail knows who did it.
        acts += [(row.tag, row.actor_id) for row in session.execute(select(AuditEvent.tag, AuditEvent.actor_id).where(
            AuditEvent.stream == audit.case_stream(case.id), AuditEvent.tag == Action.COUNTY_RESOLVE.value))]
    return acts


def row_for(case: Case, action: Action) -> Row:
    """Return the table's row for the act, or raise `NotAllowedHere` naming the clause."""
    row = load(case.ruleset).table.get((case.procedure, case.stage, action))
    if row is None:
        clause = stages.clause_of(action)
        raise NotAllowedHere(
            f"本户现在处于“{case.procedure.title}·{case.stage.title}”，不能办理“{action.title}”（{clause}）。",
            action=action.value, clause=clause)
    return row


def missing(session: Session, case: Case, action: Action, *, today: date) -> tuple[Missing, ...]:
    """List what the act still requires, from the same predicates that `advance` uses."""
    row = row_for(case, action)
    return row.missing(build(session, case, row.needs, today=today), subject=case.household.head_name)


def advance(session: Session, case: Case, action: Action, *, actor: Actor, now: datetime, today: date,
            expected_version: int | None = None, facts: Mapping[str, str] | None = None) -> Advanced:
    """Carry out one row of the table on one case: judge, check, move, record, in the caller's transaction.

    Raises `NotAllowedHere`, `NotPermitted`, `RequirementsNotMet`, `Invalid` (a fact the row asks for is
    missing) or `AlreadyHandled` (the case moved since the caller read it).
    """
    version = case.version if expected_version is None else expected_version
    judged = _judge(session, case, action, actor=actor, today=today, facts=facts)
    if judged.lacking:
        raise RequirementsNotMet(judged.lacking)
    return _move(session, case, judged.row, actor=actor, now=now, today=today, version=version, facts=judged.facts)


def advance_list(session: Session, cases: Sequence[Case], action: Action, *, actor: Actor, now: datetime, today: date,
                 facts: Mapping[str, str] | None = None) -> list[Advanced]:
    """Decide a list as one document: all or nothing, naming every household that blocks it."""
    versions = [case.version for case in cases]
    judged = [_judge(session, case, action, actor=actor, today=today, facts=facts, subject=case.household.head_name)
              for case in cases]
    blocking = [lacking for one in judged for lacking in one.lacking]
    if blocking:
        raise RequirementsNotMet(blocking)
    return [_move(session, case, one.row, actor=actor, now=now, today=today, version=version, facts=one.facts)
            for case, one, version in zip(cases, judged, versions, strict=True)]


@dataclass(frozen=True)
class _Judged:
    """An act that its actor may do at this stage: its row, what it still lacks, and the facts given with it."""

    row: Row
    lacking: tuple[Missing, ...]
    facts: Mapping[str, str]


def _judge(session: Session, case: Case, action: Action, *, actor: Actor, today: date, facts: Mapping[str, str] | None,
           subject: str = "") -> _Judged:
    row = row_for(case, action)
    authorization.require(actor, action, area_path=case.area_path, earlier=earlier_acts(session, case))
    given = {key: value.strip() for key, value in (facts or {}).items()}
    _refuse_missing_facts(row, given)
    session.flush()
    return _Judged(row, row.missing(build(session, case, row.needs, today=today), subject=subject), given)


def open_case(session: Session, case: Case, *, actor: Actor, now: datetime, grounds: Sequence[str],
              key_check: str) -> audit.Written:
    """Write a new case at `survey`; called by `steps/analysis.py` alone."""
    case.procedure, case.stage, case.ruleset = Procedure.ENTERING, Stage.SURVEY, CURRENT
    session.add(case)
    session.flush()
    return audit.record(session, "analysis.open", actor=actor, now=now, stream=audit.case_stream(case.id),
                        object=case.ref, area_path=case.area_path,
                        facts={"key_check": key_check, "grounds": list(grounds)})


def _refuse_missing_facts(row: Row, given: Mapping[str, str]) -> None:
    names = {"reason": "请写明理由", "field": "请指明是哪一项内容", "rule": "请指明依据的条款或规则",
             "evidence_expected": "请写明希望补充的材料", "result": "请选择结论", "document": "请填写文号",
             "department": "请选择部门", "number": "请填写全国系统中的编号"}
    lacking = {name: names[name] for name in row.facts if not given.get(name)}
    if lacking:
        raise Invalid(lacking)


def _move(session: Session, case: Case, row: Row, *, actor: Actor, now: datetime, today: date, version: int,
          facts: Mapping[str, str]) -> Advanced:
    # A return begins a round of its own, and so does a review: what an earlier one led to counts no more.
    anew = row.is_return or row.target is Stage.REVIEW
    before, procedure, new_round = case.stage, case.procedure, case.round + (1 if anew else 0)
    target_procedure = row.target_procedure or case.procedure
    moved = row.source is not row.target or target_procedure is not procedure
    values = {"stage": row.target, "procedure": target_procedure, "round": new_round, "version": version + 1}
    if moved:
        values["stage_since"] = today
    if row.target.ended:
        values |= {"closed_on": today, "reason": facts.get("reason", "")}
    done = session.scalars(
        update(Case).where(Case.id == case.id, Case.stage == before, Case.procedure == procedure,
                           Case.version == version)
        .values(**values).returning(Case).execution_options(synchronize_session=False, populate_existing=True))
    if done.one_or_none() is None:
        raise overtaken(session, case)
    act = CaseAct(case_id=case.id, area_path=case.area_path, action=row.action.value, procedure=procedure,
                  source=before, target=row.target, round=new_round, actor_id=actor.user_id,
                  actor=f"{actor.name}（{actor.role.title}）", at=now, on=today, note=facts.get("reason", ""))
    session.add(act)
    if row.is_return:
        _keep_return(session, case, row, procedure, facts, actor=actor, now=now)
    session.flush()
    event = audit.record(
        session, row.action.value, actor=actor, now=now, stream=audit.case_stream(case.id), object=case.ref,
        area_path=case.area_path,
        facts={"from": before.value, "to": row.target.value, "procedure": procedure.value, "round": new_round,
               "version": version + 1, "requirements": [need.code for need in row.requires], **facts})
    return Advanced(row, act.id, event)


def _keep_return(session: Session, case: Case, row: Row, procedure: Procedure, facts: Mapping[str, str], *,
                 actor: Actor, now: datetime) -> None:
    session.add(CaseReturn(
        case_id=case.id, area_path=case.area_path, procedure=procedure, target=row.target, source=row.source,
        round=case.round, reason=facts["reason"], field=facts["field"], rule=facts["rule"],
        evidence_expected=facts["evidence_expected"], returned_by=f"{actor.name}（{actor.role.title}）",
        returned_at=now))


def overtaken(session: Session, case: Case) -> AlreadyHandled:
    """Return the refusal that names whoever acted on the case last, and when."""
    last = session.scalar(select(CaseAct).where(CaseAct.case_id == case.id).order_by(CaseAct.id.desc()).limit(1))
    return AlreadyHandled(by=last.actor if last else None, at=last.at if last else None)
