"""二(二): monitoring lines, set by the province each year, by a 州市 where it wants its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fanpin import authorization
from fanpin.models.areas import Area, AreaSetting
from fanpin.models.lines import MonitoringLine
from fanpin.rules import lines as line_rules
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.rules.settings import SETTINGS
from fanpin.steps import doing


def set_line(session: Session, area: Area, *, year: int, amount: int, document: str, decided_on: date,
             factors: Mapping[str, str], actor: Actor, now: datetime, today: date) -> MonitoringLine:
    """Set the area's line for a year, with its document and the four factors; never below what 二(二) allows."""
    doing.filled(document=document)
    doing.not_future(today, decided_on=decided_on)
    if not today.year - 1 <= year <= today.year + 1:
        raise Invalid({"year": f"请选择{today.year - 1}年至{today.year + 1}年。"})
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
    doing.permit(session, Action.OVERSIGHT_LINE, actor=actor, subject=row)
    row.amount, row.document, row.decided_on, row.factors = amount, document, decided_on, dict(factors)
    row.entered_by, row.entered_at = actor.name, now
    session.add(row)
    doing.note(session, Action.OVERSIGHT_LINE, actor=actor, now=now, subject=row,
               facts={"year": year, "amount": amount, "document": document})
    return row


def set_limit(session: Session, county: Area, *, key: str, value: int, document: str, actor: Actor,
              now: datetime) -> AreaSetting:
    """Set a county's own number for a limit that the policy leaves open, within bounds, with the document that says so."""
    authorization.require(actor, Action.OVERSIGHT_LIMIT, area_path=county.path)
    setting = SETTINGS.get(key)
    if setting is None:
        raise Invalid({"key": "请选择要调整的事项。"})
    doing.filled(document=document)
    if not setting.lowest <= value <= setting.highest:
        raise Invalid({"value": f"“{setting.title}”请填写{setting.lowest}到{setting.highest}之间的整数。"})
    row = session.get(AreaSetting, (county.id, key)) or AreaSetting(area_id=county.id, key=key)
    before = row.value
    row.value, row.document = value, document
    session.add(row)
    doing.note(session, Action.OVERSIGHT_LIMIT, actor=actor, now=now, subject=row,
               facts={"setting": key, "before": setting.default if before is None else before, "after": value,
                      "document": document})
    return row


def all_lines(session: Session) -> list[line_rules.SetLine]:
    """List every line on record as the rules know it."""
    return [line_rules.SetLine(row.area_path, row.year, row.amount, row.document, row.decided_on)
            for row in session.scalars(select(MonitoringLine))]


def line_for(session: Session, area_path: str, on: date) -> line_rules.LineInForce | None:
    """Return the line in force for an area on a day; last year's, marked, where this year's is not set."""
    return line_rules.resolve(all_lines(session), area_path, on)


@dataclass(frozen=True)
class LineStanding:
    """One area's line of this year: set, not yet due, overdue, or (a 州市) that of the province."""

    area: Area
    line: MonitoringLine | None
    overdue: bool
    below_province: bool


def standings(session: Session, area_path: str, *, today: date) -> tuple[list[LineStanding], list[MonitoringLine]]:
    """Return this year's standing of the province and the 州市 that concern an area, and every earlier line of theirs.

    The province owes its line at the start of each year (每年年初): from February it is overdue. A 州市 may do without.
    """
    above = [int(part) for part in area_path.strip("/").split("/")]
    areas = session.scalars(
        select(Area).where(Area.level <= AreaLevel.PREFECTURE, Area.valid_to.is_(None),
                           or_(Area.id.in_(above), Area.path.startswith(area_path, autoescape=True)))
        .order_by(Area.level, Area.code12)).all()
    rows = session.scalars(select(MonitoringLine).where(MonitoringLine.area_id.in_([area.id for area in areas]))
                           .order_by(MonitoringLine.year.desc(), MonitoringLine.area_path)).all()
    current = {row.area_id: row for row in rows if row.year == today.year}
    lowest = max((current[area.id].amount for area in areas if area.level == AreaLevel.PROVINCE and area.id in current),
                 default=0)
    return [LineStanding(
        area, current.get(area.id),
        overdue=area.id not in current and area.level == AreaLevel.PROVINCE and today >= date(today.year, 2, 1),
        below_province=area.id in current and current[area.id].amount < lowest) for area in areas], list(rows)
