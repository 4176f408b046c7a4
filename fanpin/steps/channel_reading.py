"""The worker reads a platform's export (三(一)): whose each row is, where, and whether it is on file already.

Reading writes nothing but the progress; the leads, the counts and the event are one transaction at the end. A worker that
is killed before it leaves nothing behind, and whoever comes second finds the import done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.lead_trial import LeadTrial, try_leads
from fanpin.adapters.leads import MappedLead
from fanpin.adapters.manifest import ColumnType, Manifest
from fanpin.adapters.versions import PluginRole
from fanpin.clock import legal_date
from fanpin.extensions import read_only, writing
from fanpin.models.areas import Area
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.users import Grant
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import Channel, DifficultyCategory, LeadImportState, LeadSource
from fanpin.rules.refusals import Invalid, NotAllowedHere, NotFound, NotPermitted
from fanpin.rules.roles import Actor
from fanpin.steps import adapter_health, adapters, channels, doing, files, intake, matching, outbox
from fanpin.steps.intake import Declaration

# What one transaction writes while nobody else can; a platform lets a longer list be exported by months.
MOST_ROWS, MOST_TOLD, MOST_NOTICES = 5000, 2000, 20
SELF = ("", "本人", "户主", "户主本人", "自己")
UNKNOWN_PLACE = "本县没有这个行政村（或有重名）：外县的请退回平台转办，重名的请改填12位代码后重新导入"
OUTSIDE = "不在您的辖区内，请交由该村所在乡镇或县级导入"


@dataclass
class Sorted:
    """Where the rows of an export have gone."""

    leads: list[Lead] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    repeated: int = 0
    none: int = 0


class Jobs:
    """What the worker does of it; the store is where files lie."""

    def __init__(self, store: Path) -> None:
        self._store = store

    @property
    def handlers(self) -> dict[str, outbox.Handler]:
        """Return what the worker calls for each kind of item."""
        return {channels.READ: self.read}

    def read(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Read one export to its end; run again, it comes to the same."""
        read_only(session)
        row = session.scalars(select(LeadImport).where(LeadImport.id == payload["import"])).one()
        import_id, path, by, name = row.id, row.area_path, row.created_by, row.adapter
        file = channels.file_of(session, row)
        actor = sender_of(session, row.created_by_id, row.created_as, row.area_path, today=legal_date(now))
        done = not row.under_way
        session.commit()
        if done:
            return
        try:
            if actor is None or file is None:
                raise NotAllowedHere("上传人已没有这个岗位，没有导入，请由现任人员重新上传。", action="", clause="三(一)")
            content = files.content_of(self._store, file)
            release = adapters.release_named(session, name, role=PluginRole.CHANNEL)
            settings = adapters.settings_of(session, release.declared, path)

            def act(installed: Installed, manifest: Manifest) -> LeadTrial:
                return _read(session, import_id, content, installed, manifest, settings, today=legal_date(now))

            trial = adapter_health.call(session, release, act, area_path=path, actor=by, now=now)
        except (NotAllowedHere, NotFound) as refusal:
            self._refuse(session, import_id, refusal.message, now=now)
        except AdapterFailed as failed:
            self._refuse(session, import_id, failed.failure.text, now=now)
        else:
            if problem := trial.refused or _too_long(trial):
                self._refuse(session, import_id, problem, now=now)
            else:
                _write(session, import_id, trial, release.declared, actor=actor, now=now)

    def _refuse(self, session: Session, import_id: int, message: str, *, now: datetime) -> None:
        session.rollback()
        channels.refuse(session, import_id, message, now=now)


def _too_long(trial: LeadTrial) -> str:
    return f"一次最多导入{MOST_ROWS}行，这份有{trial.opened.rows}行，请在平台上分时段导出" if trial.opened.rows > MOST_ROWS else ""


def _read(session: Session, import_id: int, content: bytes, installed: Installed, manifest: Manifest,
          settings: Mapping[str, str], *, today: date) -> LeadTrial:
    def progress(read: int, rows: int) -> None:
        with writing(session):
            session.execute(update(LeadImport).where(LeadImport.id == import_id, LeadImport.state.in_(channels.UNDER_WAY)).values(
                state=LeadImportState.READING, rows=rows, rows_read=min(read, rows)))

    return try_leads(installed, manifest, content, today=today, settings=settings, progress=progress, most=MOST_ROWS)


def sender_of(session: Session, user_id: int, role: str, area_path: str, *, today: date) -> Actor | None:
    """Return who asked, as still in that post; a job may do no more than its originator."""
    grants = session.scalars(select(Grant).where(Grant.user_id == user_id, Grant.role == role))
    return next((grant.actor() for grant in grants if grant.area.path == area_path and grant.in_force_on(today)
                 and grant.user.disabled_at is None), None)


def _write(session: Session, import_id: int, trial: LeadTrial, manifest: Manifest, *, actor: Actor, now: datetime) -> None:
    """Write everything at once; whoever comes second finds the import done and writes nothing."""
    taken = session.execute(update(LeadImport).where(
        LeadImport.id == import_id, LeadImport.state.in_(channels.UNDER_WAY)).values(state=LeadImportState.DONE, done_at=now))
    if taken.rowcount == 0:
        return
    row = session.scalars(select(LeadImport).where(LeadImport.id == import_id).execution_options(populate_existing=True)).one()
    county = doing.ancestor(session, row.area_path, AreaLevel.COUNTY)
    done = _sorted(session, row, trial.mapped, county=county, actor=actor, now=now)
    place = next(column.name for column in manifest.table(trial.opened.table).columns if column.type is ColumnType.VILLAGE)
    done.problems = [(number, place if reason in (UNKNOWN_PLACE, OUTSIDE) else column, reason) for number, column, reason in done.problems]
    for lead in done.leads:
        lead.import_id = row.id
    session.add_all(done.leads)
    problems = sorted([*((problem.row, problem.column, problem.reason) for problem in trial.problems), *done.problems])
    row.version, row.table, row.rows, row.rows_read = manifest.version, trial.opened.table, trial.opened.rows, trial.opened.rows
    row.taken, row.repeated, row.none, row.wrong = len(done.leads), done.repeated, done.none, len({number for number, _, _ in problems})
    row.known = sum(len(channels.households_of(session, some, county_path=county.path)) for some in matching.chunks(done.leads))
    row.problems = [[str(number), column, reason] for number, column, reason in problems[:MOST_TOLD]]
    row.notices = [*trial.opened.confirm, *trial.notices][:MOST_NOTICES]
    session.flush()
    audit.record(session, "intake.imported", actor=actor, now=now, stream=audit.user_stream(actor.user_id), object=row.ref,
                 area_path=row.area_path, facts={"channel": row.channel.value, "rows": row.rows, "taken": row.taken,
                                                 "repeated": row.repeated, "wrong": row.wrong, "known": row.known})


def _sorted(session: Session, row: LeadImport, mapped: Sequence[MappedLead], *, county: Area, actor: Actor, now: datetime) -> Sorted:
    done, today, seen = Sorted(), legal_date(now), set()
    for chunk in matching.chunks(mapped):
        villages = matching.villages_of(session, {_place(each) for each in chunk}, county_path=county.path)
        on_file = channels.numbers_on_file(session, row.channel, {each.lead.number.strip() for each in chunk if each.lead},
                                           county_path=county.path)
        for each in chunk:
            if each.lead is None:
                done.none += not each.problems
            elif (number := each.lead.number.strip()) in on_file or number in seen:
                done.repeated += 1
            else:
                try:
                    done.leads.append(_lead(session, each, row.channel, villages.get(_place(each)), actor=actor, now=now, today=today))
                    seen.add(number)
                except (Invalid, NotPermitted) as refusal:
                    told = refusal.problems.values() if isinstance(refusal, Invalid) else (OUTSIDE,)
                    done.problems += [(each.row.number, "", text) for text in told]
    return done


def _place(each: MappedLead) -> str:
    return each.row.keys.get(ColumnType.VILLAGE.value, "")


def _lead(session: Session, each: MappedLead, channel: Channel, village: Area | None, *, actor: Actor, now: datetime,
          today: date) -> Lead:
    """Make a row's lead as the desk makes one; a place that is unknown or outside the actor's area refuses it."""
    if village is None:
        raise Invalid({"area": UNKNOWN_PLACE})
    lead = intake.lead_of(village, declaration_of(each, channel), actor=actor, now=now, today=today)
    doing.permit(session, Action.INTAKE_REGISTER, actor=actor, subject=lead)
    return lead


def declaration_of(each: MappedLead, channel: Channel) -> Declaration:
    """Put a row's keys and its words together: for whom, by whom, what was said.

    Where the export names no head, the declarer stands for the household: merging finds it by any of its members.
    """
    assert each.lead is not None and each.lead.declared_on is not None
    keys, lead = each.row.keys, each.lead
    declarer, head = keys.get(ColumnType.NAME.value, ""), keys.get(ColumnType.HEAD_NAME.value, "")
    for_self = not declarer or (matching.same_name(declarer, head) if head else lead.relation in SELF)
    own_number = keys.get(ColumnType.ID_NUMBER.value, "") if for_self or not head else ""
    return Declaration(
        source=LeadSource.DECLARATION, channel=channel, platform_number=lead.number, head_name=head or declarer,
        head_id_number=keys.get(ColumnType.HEAD_ID.value, "") or own_number, phone=keys.get(ColumnType.PHONE.value, ""),
        statement=lead.statement, declared_on=lead.declared_on, reporter="" if for_self else declarer,
        reporter_relation="" if for_self else lead.relation,
        categories=tuple(DifficultyCategory(code) for code in lead.categories))
