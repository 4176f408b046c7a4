"""导入平台申报 (三(一)): a platform's export is kept as it came; its reading is owed, and what came of it is looked at."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from fanpin import audit, crypto, sheets
from fanpin.adapters.versions import PluginRole
from fanpin.models.adapters import AdapterRelease
from fanpin.models.areas import Area
from fanpin.models.households import Household
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.outbox import OutboxItem, StoredFile
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.intake import Channel, LeadImportState
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import Actor
from fanpin.steps import adapters, doing, files, matching, outbox

READ = "channel.read"
PURPOSE = "平台导出的申报"
UNDER_WAY = (LeadImportState.WAITING, LeadImportState.READING)


def offered(session: Session) -> list[AdapterRelease]:
    """List the channels whose exports can be read, the newest release of each."""
    releases = sorted(adapters.present_releases(session, role=PluginRole.CHANNEL), key=lambda row: row.id)
    return list({row.name: row for row in releases if row.usable}.values())


def upload(session: Session, store: Path, sent: files.Upload, release: AdapterRelease, *, area: Area, actor: Actor,
           now: datetime) -> LeadImport:
    """Keep a platform's export as it came and owe its reading; the very same file is taken once."""
    digest = crypto.digest(sent.content)
    row = LeadImport(
        area_path=area.path, channel=Channel(release.declared.channel), adapter=release.name, version=release.version,
        digest=digest, file_name=sent.name[:120], state=LeadImportState.WAITING, created_by=actor.name,
        created_by_id=actor.user_id, created_as=actor.role.value, created_at=now)
    doing.permit(session, Action.INTAKE_IMPORT, actor=actor, subject=row)
    if not sent.content:
        raise Invalid({"file": "请选择平台导出的表（xlsx或CSV）。"})
    if len(sent.content) > files.MAX_BYTES:
        raise Invalid({"file": "文件超过20MB，请在平台上分时段导出后再上传。"})
    earlier = session.scalar(select(LeadImport).where(
        LeadImport.digest == digest, LeadImport.area_path == area.path, LeadImport.channel == row.channel,
        LeadImport.state != LeadImportState.REFUSED).order_by(LeadImport.id.desc()).limit(1))
    if earlier is not None:
        raise Invalid({"file": f"这份文件已由{earlier.created_by}导入过，不用再导；平台上有新的申报，请重新导出。"})
    media = sheets.XLSX if sent.content.startswith(b"PK") else "text/csv"
    row.file_id = files.keep(session, store, sent.content, media_type=media, name=sent.name[:120] or PURPOSE, area_path=area.path,
                             purpose=PURPOSE, household_id=None, actor=actor, now=now).id
    session.add(row)
    doing.note(session, Action.INTAKE_IMPORT, actor=actor, now=now, subject=row,
               facts={"channel": row.channel.value, "digest": digest, "adapter": release.name, "version": release.version})
    outbox.put(session, READ, {"import": row.id}, now=now)
    return row


def refuse(session: Session, import_id: int, message: str, *, now: datetime) -> None:
    """Send a file back whole, with what is to be done; what another worker has finished stays finished."""
    taken = session.execute(update(LeadImport).where(LeadImport.id == import_id, LeadImport.state.in_(UNDER_WAY)).values(
        state=LeadImportState.REFUSED, refused=message[:400], done_at=now))
    if taken.rowcount:
        row = session.scalars(select(LeadImport).where(LeadImport.id == import_id)).one()
        audit.record(session, "intake.refuse", actor="系统", now=now, stream=audit.user_stream(row.created_by_id), object=row.ref,
                     area_path=row.area_path, facts={"channel": row.channel.value, "problem": message[:400]})


def numbers_on_file(session: Session, channel: Channel, numbers: Collection[str], *, county_path: str) -> set[str]:
    """Say which of a platform's numbers a county has, those too that were added to a spoken or paper declaration."""
    return set(session.scalars(select(Lead.platform_number).where(
        Lead.platform_number.in_(list(numbers)), within(Lead.area_path, (county_path,)),
        or_(Lead.channel == channel, Lead.channel.in_((Channel.PAPER, Channel.SPOKEN))))))


def households_of(session: Session, leads: Collection[Lead], *, county_path: str) -> Mapping[Lead, int]:
    """Say about which household on file a lead may be: by its ID number, else by the head's name in its village; in two statements."""
    numbers = {lead: lead.head_id_number for lead in leads if lead.head_id_number}
    found = matching.by_number(session, set(numbers.values()), county_path=county_path)
    heads: dict[str, list[tuple[int, str]]] = defaultdict(list)
    names = {lead.head_name for lead in leads if lead not in numbers}
    for row in session.execute(select(Household.id, Household.head_name, Household.area_path).where(
            Household.head_name.in_(names), Household.departed_on.is_(None), within(Household.area_path, (county_path,)))):
        heads[row.head_name].append((row.id, row.area_path))
    hinted = {lead: found[number].household_id for lead, number in numbers.items() if number in found}
    for lead in leads:
        own = [home for home, path in heads.get(lead.head_name, ()) if lead not in numbers and path.startswith(lead.area_path)]
        if len(own) == 1:
            hinted[lead] = own[0]
    return hinted


def given_up(session: Session, row: LeadImport) -> bool:
    """Say whether the worker stopped trying to read an export: then somebody must look, and the page says so."""
    if not row.under_way:
        return False
    dead = session.scalars(select(OutboxItem.payload).where(OutboxItem.state == "dead", OutboxItem.kind == READ))
    return any(payload.get("import") == row.id for payload in dead)


def file_of(session: Session, row: LeadImport) -> StoredFile | None:
    """Return the export as it came."""
    return session.scalar(select(StoredFile).where(StoredFile.id == row.file_id))


def leads_of(session: Session, row: LeadImport) -> Sequence[Lead]:
    """List the leads that came of an export."""
    return session.scalars(select(Lead).where(Lead.import_id == row.id).order_by(Lead.id)).all()
