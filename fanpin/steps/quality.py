"""疑点: judged live before a submission, kept for lists by the worker, explained and kept by people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.models.areas import Installation
from fanpin.models.audit import AuditEvent
from fanpin.models.cases import Case
from fanpin.models.household_files import Filed, build
from fanpin.models.households import Household
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.rules.actions import Action
from fanpin.rules.quality import Doubt, doubts_of
from fanpin.rules.refusals import AlreadyHandled
from fanpin.rules.roles import Actor
from fanpin.steps import doing, oversight

AT_ONCE = 500
CURSOR, DAY = "quality_event", "quality_day"
# What was committed late must not be overlooked where several write at once.
LAG = 1000
MOST_EVENTS = 3000
# The writer's turn is held for so many households.
JUDGED_AT_ONCE = 100


@dataclass(frozen=True)
class Standing:
    """A 疑点 as it is now, with the row that keeps it (None: just found), and whether it is explained for these facts."""

    household: Household
    doubt: Doubt
    digest: str
    row: DoubtRow | None

    @property
    def explained(self) -> bool:
        """Say whether somebody explained it, and the facts are still the same."""
        return self.row is not None and self.row.explained_digest == self.digest

    @property
    def changed(self) -> bool:
        """Say whether it was explained for other facts than it has now."""
        return self.row is not None and bool(self.row.explained_digest) and not self.explained


def standing(session: Session, numbers: Collection[int], *, today: date) -> list[Standing]:
    """Judge households now; what was explained is said so. A fixed number of statements for up to some hundreds."""
    filed = _filed(session, sorted(numbers), today=today)
    rows = {(row.household_id, row.rule, row.person): row for row in session.scalars(
        select(DoubtRow).where(DoubtRow.household_id.in_(list(filed))))}
    return [Standing(one.household, doubt, digest_of(doubt), rows.get((number, *doubt.key)))
            for number, one in filed.items() for doubt in doubts_of(one.file)]


def _filed(session: Session, numbers: Sequence[int], *, today: date) -> dict[int, Filed]:
    filed = build(session, numbers, today=today)
    lines: dict[str, int | None] = {}
    for number, one in filed.items():
        if one.file.going:
            county = one.household.area_path.split("/")[:4]
            key = "/".join(county)
            if key not in lines:
                line = oversight.line_for(session, one.household.area_path, today)
                lines[key] = line.amount if line else None
            filed[number] = replace(one, file=replace(one.file, line=lines[key]))
    return filed


def digest_of(doubt: Doubt) -> str:
    """Return the digest of the facts that a 疑点 rests on: its sentence names them all."""
    return crypto.digest(f"{doubt.rule.code}|{doubt.person}|{doubt.text}".encode())


def explain(session: Session, household: Household, *, rule: str, person: str, digest: str, explanation: str, actor: Actor,
            now: datetime, today: date) -> DoubtRow:
    """说明并保留: keep why a 疑点 stays as it is; changed facts open it again."""
    doing.permit(session, Action.QUALITY_EXPLAIN, actor=actor, subject=household)
    doing.filled(explanation=explanation)
    found = next((one for one in standing(session, [household.id], today=today)
                  if one.doubt.key == (rule, person) and one.digest == digest), None)
    if found is None:
        raise AlreadyHandled
    row = found.row or DoubtRow(household_id=household.id, area_path=household.area_path, rule=rule, person=person, since=today)
    row.text, row.digest, row.state, row.gone_on = found.doubt.text[:300], digest, DoubtState.EXPLAINED, None
    row.explanation, row.explained_digest, row.explained_by, row.explained_at = explanation[:300], digest, actor.name, now
    session.add(row)
    doing.note(session, Action.QUALITY_EXPLAIN, actor=actor, now=now, subject=household,
               facts={"rule": rule, "person": person, "explanation": row.explanation})
    return row


def refresh(session: Session, numbers: Collection[int], *, today: date) -> int:
    """Keep what is found of the households now for the lists; say how many rows changed."""
    changed = 0
    ordered = sorted(numbers)
    for first in range(0, len(ordered), AT_ONCE):
        changed += _refresh(session, ordered[first:first + AT_ONCE], today=today)
    return changed


def _refresh(session: Session, numbers: Sequence[int], *, today: date) -> int:
    filed = _filed(session, numbers, today=today)
    rows: dict[tuple[int, str, str], DoubtRow] = {
        (row.household_id, row.rule, row.person): row
        for row in session.scalars(select(DoubtRow).where(DoubtRow.household_id.in_(numbers)))}
    found = {(number, *doubt.key): doubt for number, one in filed.items() if one.household.departed_on is None
             for doubt in doubts_of(one.file)}
    changed = 0
    for key, doubt in found.items():
        row = rows.get(key)
        if row is None:
            row = DoubtRow(household_id=key[0], rule=key[1], person=key[2], since=today, digest="", explained_digest="")
            session.add(row)
        changed += _keep(row, filed[key[0]].household, doubt, today=today)
    for key, row in rows.items():
        if key not in found and row.state is not DoubtState.GONE:
            row.state, row.gone_on = DoubtState.GONE, today
            changed += 1
    return changed


def _keep(row: DoubtRow, household: Household, doubt: Doubt, *, today: date) -> int:
    digest = digest_of(doubt)
    state = DoubtState.EXPLAINED if row.explained_digest == digest else DoubtState.OPEN
    if (row.digest, row.state, row.area_path) == (digest, state, household.area_path):
        return 0
    if row.state is DoubtState.GONE:
        row.since = today
    row.digest, row.text, row.state, row.gone_on, row.area_path = digest, doubt.text[:300], state, None, household.area_path
    return 1


def due(session: Session, *, today: date) -> tuple[list[int], Mapping[str, str]]:
    """List the households to be judged again: what events told of, and once a day all with an open case; and what to note."""
    kept = dict(session.execute(select(Installation.key, Installation.value).where(Installation.key.in_((CURSOR, DAY)))).all())
    last, newest = int(kept.get(CURSOR, "0")), session.scalar(select(func.max(AuditEvent.id))) or 0
    if newest <= last and kept.get(DAY) == today.isoformat():
        return [], {}
    newest = min(newest, last + MOST_EVENTS)
    lag = LAG if session.get_bind().dialect.name == "postgresql" else 0
    streams = session.scalars(select(AuditEvent.stream).where(
        AuditEvent.id > max(last - lag, 0), AuditEvent.id <= newest,
        or_(AuditEvent.stream.like("household:%"), AuditEvent.stream.like("case:%")),
        AuditEvent.outcome == "done").distinct()).all()
    numbers = _households_of(session, streams)
    if kept.get(DAY) != today.isoformat():
        numbers |= set(session.scalars(select(Case.household_id).where(Case.closed_on.is_(None))))
    return sorted(numbers), {CURSOR: str(newest), DAY: today.isoformat()}


def _households_of(session: Session, streams: Iterable[str]) -> set[int]:
    told: dict[str, set[int]] = {"household": set(), "case": set()}
    for stream in streams:
        kind, _, number = stream.partition(":")
        told[kind].add(int(number))
    found = set(told["household"])
    cases = sorted(told["case"])
    for first in range(0, len(cases), AT_ONCE):
        found |= set(session.scalars(select(Case.household_id).where(Case.id.in_(cases[first:first + AT_ONCE]))))
    return found


def note_progress(session: Session, progress: Mapping[str, str]) -> None:
    """Remember up to which event and for which day the households were judged."""
    for key, value in progress.items():
        row = session.get(Installation, key)
        if row is None:
            session.add(Installation(key=key, value=value))
        else:
            row.value = value
