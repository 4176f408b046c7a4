"""三(一) 群众自主申报: register and accept leads, merge them into households, answer, guide to the platforms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.leads import Guidance, Lead
from fanpin.models.outbox import StoredFile
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.identity import check
from fanpin.rules.intake import Channel, DifficultyCategory, LeadSource, LeadStatus, declaration_problem
from fanpin.rules.names import check_name
from fanpin.rules.refusals import Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.steps import doing



@dataclass(frozen=True)
class Declaration:
    """A lead as it was received; `statement` is kept word for word."""

    source: LeadSource
    head_name: str
    statement: str
    declared_on: date
    channel: Channel | None = None
    platform_number: str = ""
    head_id_number: str = ""
    phone: str = ""
    reporter: str = ""
    reporter_relation: str = ""
    categories: tuple[DifficultyCategory, ...] = ()


def register(session: Session, area: Area, declaration: Declaration, *, actor: Actor, now: datetime,
             today: date) -> Lead:
    """Take down a lead; one from a platform carries that platform's number, under which it is on file once."""
    lead = lead_of(area, declaration, actor=actor, now=now, today=today)
    doing.permit(session, Action.INTAKE_REGISTER, actor=actor, subject=lead)
    if lead.platform_key and session.scalar(select(Lead.id).where(Lead.platform_key == lead.platform_key)) is not None:
        raise Invalid({"platform_number": "本县已经登记过这个流水号的申报，请在线索列表中查找，不要重复登记。"})
    session.add(lead)
    doing.note(session, Action.INTAKE_REGISTER, actor=actor, now=now, subject=lead,
               facts={"source": declaration.source.value, "channel": declaration.channel or ""})
    return lead


def lead_of(area: Area, declaration: Declaration, *, actor: Actor, now: datetime, today: date) -> Lead:
    """Judge a declaration and make its lead, however it came: typed at a desk or read from a platform's export."""
    name = check_name(declaration.head_name)
    problems: dict[str, str] = {}
    channel_problem = declaration_problem(declaration.source, declaration.channel)
    if channel_problem:
        problems["channel"] = channel_problem
    if name.problem:
        problems["head_name"] = name.problem
    if not declaration.statement.strip():
        problems["statement"] = "请记下申报人说的困难。"
    if declaration.channel is not None and declaration.channel.is_platform and not declaration.platform_number.strip():
        problems["platform_number"] = "从平台来的申报请填写平台流水号。"
    number = check(declaration.head_id_number, today=today) if declaration.head_id_number else None
    if number is not None and not number.ok:
        problems["head_id_number"] = number.problem or "身份证号不对。"
    if problems:
        raise Invalid(problems)
    doing.not_future(today, declared_on=declaration.declared_on)
    return Lead(
        area_id=area.id, area_path=area.path, source=declaration.source, channel=declaration.channel,
        platform_number=declaration.platform_number.strip(), platform_key=_key(area, declaration), head_name=name.name,
        head_id_number=number.canonical if number else None, phone=declaration.phone or None,
        reporter=declaration.reporter, reporter_relation=declaration.reporter_relation,
        categories=[category.value for category in declaration.categories], statement=declaration.statement,
        declared_on=declaration.declared_on, status=LeadStatus.RECEIVED, registered_by=actor.name, registered_at=now)


def _key(area: Area, declaration: Declaration) -> str | None:
    """Return what names a platform's declaration in its county, None for what no platform has sent."""
    if declaration.channel is None or not declaration.channel.is_platform:
        return None
    county = "/".join(area.path.strip("/").split("/")[:AreaLevel.COUNTY])
    return f"{county}:{declaration.channel.value}:{declaration.platform_number.strip()}"


def add_number(session: Session, lead: Lead, *, platform_number: str, actor: Actor, now: datetime) -> None:
    """Add the platform's number to a spoken or paper declaration once it was filed there; the declaration stays as it is."""
    doing.permit(session, Action.INTAKE_REGISTER, actor=actor, subject=lead)
    doing.filled(platform_number=platform_number)
    if lead.source is not LeadSource.DECLARATION:
        raise NotAllowedHere("只有自主申报才有平台流水号。", action=Action.INTAKE_REGISTER.value, clause="三(一)")
    if lead.platform_number:
        raise NotAllowedHere(f"已经登记过平台流水号{lead.platform_number}，不能改动。", action=Action.INTAKE_REGISTER.value,
                             clause="三(一)")
    lead.platform_number = platform_number.strip()[:60]
    doing.note(session, Action.INTAKE_REGISTER, actor=actor, now=now, subject=lead,
               facts={"platform_number": lead.platform_number})


def attach(session: Session, lead: Lead, file: StoredFile, *, actor: Actor, now: datetime) -> None:
    """Keep what came with a declaration beside it: a photo, a certificate, a bill."""
    doing.permit(session, Action.INTAKE_REGISTER, actor=actor, subject=lead)
    if lead.closed_at is not None:
        raise NotAllowedHere("这条线索已经办结，不再补充材料。", action=Action.INTAKE_REGISTER.value, clause="三(一)")
    file.lead_id = lead.id
    doing.note(session, Action.INTAKE_REGISTER, actor=actor, now=now, subject=lead,
               facts={"file": file.ref, "what": file.purpose})


def guide(session: Session, area: Area, *, person: str, channel: Channel, given_on: date, actor: Actor, now: datetime,
          today: date) -> Guidance:
    """Record who was shown which platform (引导有困难的群众使用平台自主申报)."""
    doing.filled(person=person)
    if not channel.is_platform:
        raise Invalid({"channel": "引导使用的是三个平台之一，请选择平台。"})
    doing.not_future(today, given_on=given_on)
    row = Guidance(area_id=area.id, area_path=area.path, person=person, channel=channel, given_on=given_on,
                   given_by=actor.name)
    doing.permit(session, Action.INTAKE_GUIDE, actor=actor, subject=row)
    session.add(row)
    doing.note(session, Action.INTAKE_GUIDE, actor=actor, now=now, subject=row, facts={"channel": channel.value})
    return row


def accept(session: Session, lead: Lead, *, actor: Actor, now: datetime) -> None:
    """Accept a lead (县级部门及时受理)."""
    doing.permit(session, Action.INTAKE_ACCEPT, actor=actor, subject=lead)
    _in_status(lead, LeadStatus.RECEIVED)
    lead.status, lead.accepted_by, lead.accepted_at = LeadStatus.ACCEPTED, actor.name, now
    doing.note(session, Action.INTAKE_ACCEPT, actor=actor, now=now, subject=lead)


def merge(session: Session, lead: Lead, household: Household, *, actor: Actor, now: datetime) -> None:
    """Attach an accepted lead to the household that it is about; many leads may join one household."""
    doing.permit(session, Action.INTAKE_MERGE, actor=actor, subject=lead)
    doing.permit(session, Action.INTAKE_MERGE, actor=actor, subject=household)
    _in_status(lead, LeadStatus.ACCEPTED)
    lead.household_id, lead.status = household.id, LeadStatus.MERGED
    doing.note(session, Action.INTAKE_MERGE, actor=actor, now=now, subject=lead, facts={"household": household.ref})


def close(session: Session, lead: Lead, *, outcome: str, actor: Actor, now: datetime, referred: bool = False) -> None:
    """End a lead with what was done and answered (repeated, outside the scope, solved or taken over by others)."""
    doing.permit(session, Action.INTAKE_CLOSE, actor=actor, subject=lead)
    doing.filled(outcome=outcome)
    _in_status(lead, LeadStatus.ACCEPTED, LeadStatus.MERGED)
    lead.status, lead.outcome, lead.closed_at = LeadStatus.REFERRED if referred else LeadStatus.CLOSED, outcome[:400], now
    doing.note(session, Action.INTAKE_CLOSE, actor=actor, now=now, subject=lead, facts={"outcome": outcome})


def _in_status(lead: Lead, *allowed: LeadStatus) -> None:
    if lead.status not in allowed:
        raise NotAllowedHere(f"这条线索现在是“{lead.status.title}”，不能这样办理。", action="intake", clause="三(一)")


def merged_leads(session: Session, household_id: int) -> Sequence[Lead]:
    """List the household's leads that still await analysis."""
    return session.scalars(select(Lead).where(Lead.household_id == household_id, Lead.status == LeadStatus.MERGED)
                           .order_by(Lead.id)).all()
