"""二(二) and 六: monitoring lines; progress and overdue work by area."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.lines import MonitoringLine
from fanpin.rules import lines as line_rules
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.steps import doing


def set_line(session: Session, area: Area, *, year: int, amount: int, document: str, decided_on: date,
             factors: Mapping[str, str], actor: Actor, now: datetime, today: date) -> MonitoringLine:
    """Set the area's line for a year, with its document and the four factors; never below what 二(二) allows."""
    doing.filled(document=document)
    doing.not_future(today, decided_on=decided_on)
    lacking = line_rules.missing_factors(dict(factors))
    if lacking:
        raise Invalid({"factors": f"请写明综合考虑的因素：{'、'.join(lacking)}。"})
    level = AreaLevel(area.level)
    provincial = None
    if level is AreaLevel.PREFECTURE:
        in_force = line_rules.resolve(all_lines(session), doing.ancestor(session, area.path, AreaLevel.PROVINCE).path,
                                      date(year, 12, 31))
        provincial = in_force.amount if in_force else None
    verdict = line_rules.may_set(level, amount, provincial=provincial)
    if not verdict.met:
        raise Invalid({"amount": verdict.reason})
    row = session.scalar(select(MonitoringLine).where(MonitoringLine.area_id == area.id, MonitoringLine.year == year))
    row = row or MonitoringLine(area_id=area.id, area_path=area.path, year=year)
    row.amount, row.document, row.decided_on, row.factors = amount, document, decided_on, dict(factors)
    row.entered_by, row.entered_at = actor.name, now
    doing.permit(session, Action.OVERSIGHT_LINE, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.OVERSIGHT_LINE, actor=actor, now=now, subject=row,
               facts={"year": year, "amount": amount, "document": document})
    return row


def all_lines(session: Session) -> list[line_rules.SetLine]:
    """List every line on record as the rules know it."""
    return [line_rules.SetLine(row.area_path, row.year, row.amount, row.document, row.decided_on)
            for row in session.scalars(select(MonitoringLine))]


def line_for(session: Session, area_path: str, on: date) -> line_rules.LineInForce | None:
    """Return the line in force for an area on a day; last year's, marked, where this year's is not set."""
    return line_rules.resolve(all_lines(session), area_path, on)
