"""三(四) 公示: the notice, its places, its five working days, objections and complaints, the village's report."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.dossiers import period_of
from fanpin.models.households import Household
from fanpin.models.notices import Notice, NoticePlace, Objection, ObjectionKind, PlaceKind
from fanpin.models.scoped import system_scope
from fanpin.rules.actions import Action
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere
from fanpin.rules.roles import Actor
from fanpin.rules.stages import MONITORED, Stage
from fanpin.steps import doing, posting
from fanpin.steps.advance import Advanced, advance_list
from fanpin.steps.deliberation import everybody
from fanpin.steps.numbering import next_number

MOST_WAITING = 200
INVESTIGATORS = 2
NAME_MARKS = re.compile(r"[、，,；;/\s]+")


def issue(session: Session, village_list: VillageList, *, platform: str, actor: Actor, now: datetime,
          today: date) -> Notice:
    """Make the notice of a list whose cases are all at `publicity`, with a place for every group and the platform."""
    doing.permit(session, Action.PUBLICITY_NOTICE, actor=actor, subject=village_list)
    cases = doing.cases_on(village_list)
    if not cases or any(case.stage is not Stage.PUBLICITY for case in cases):
        raise NotAllowedHere("名单上的农户全部进入公示环节后才能制作公示。", action="publicity.notice", clause="三(四)")
    if current(session, village_list) is not None:
        raise Invalid("这份名单已经制作过公示。如有差错，请先撤销原公示。")
    number = next_number(session, "公示", village_list.area_path, today.year)
    village_list.village_report_by, village_list.village_report_on = "", None
    notice = Notice(list_id=village_list.id, area_path=village_list.area_path, number=number, issued_on=today,
                    issued_by=actor.name)
    groups = session.scalars(select(Area).where(
        Area.path.in_({case.area_path for case in cases})).order_by(Area.code12)).all()
    notice.places = [
        *(NoticePlace(kind=PlaceKind.GROUP, group_id=group.id, place=group.name, area_path=group.path)
          for group in groups),
        NoticePlace(kind=PlaceKind.PLATFORM, place=platform or PlaceKind.PLATFORM.title,
                    area_path=village_list.area_path),
    ]
    session.add(notice)
    posting.owe_content(session, notice.places[-1], actor=actor, now=now)
    doing.note(session, Action.PUBLICITY_NOTICE, actor=actor, now=now, subject=village_list,
               facts={"number": number, "places": len(notice.places), "households": len(cases)})
    return notice


def current(session: Session, village_list: VillageList) -> Notice | None:
    """Return the list's notice that was not cancelled."""
    return session.scalar(select(Notice).where(Notice.list_id == village_list.id, Notice.cancelled_on.is_(None))
                          .order_by(Notice.id.desc()).limit(1))


def cancel(session: Session, notice: Notice, *, reason: str, actor: Actor, now: datetime, today: date) -> None:
    """Take a wrong notice back; a new one starts its own five days."""
    doing.permit(session, Action.PUBLICITY_NOTICE, actor=actor, subject=notice)
    doing.filled(reason=reason)
    if notice.cancelled_on is not None:
        raise AlreadyHandled(by=None)
    if any(case.stage is not Stage.PUBLICITY for case in doing.cases_on(notice.village_list)):
        raise NotAllowedHere("名单已经上报，公示不能再撤销。", action="publicity.notice", clause="三(四)")
    notice.cancelled_on, notice.cancelled_reason = today, reason[:200]
    for place in notice.places:
        place.removed_on = today
        if place.kind is PlaceKind.PLATFORM:
            posting.cancelled(session, place, actor=actor, now=now)
    doing.note(session, Action.PUBLICITY_NOTICE, actor=actor, now=now, subject=notice.village_list,
               facts={"number": notice.number, "cancelled": reason})


def post(session: Session, place: NoticePlace, *, posted_at: datetime, posted_on: date, where: str, address: str,
         file_id: int | None, actor: Actor, now: datetime, today: date) -> None:
    """Record that the notice hangs: where, since when, with photo; on the platform with address and screenshot."""
    doing.permit(session, Action.PUBLICITY_POST, actor=actor, subject=place)
    doing.not_future(today, posted_on=posted_on)
    if place.posted_on is not None:
        raise AlreadyHandled(by=place.posted_by, at=place.posted_at)
    if place.removed_on is not None:
        raise NotAllowedHere("这份公示已经撤销，不用再张贴。", action="publicity.post", clause="三(四)")
    if posted_at > now:
        raise Invalid({"posted_time": "时间不能晚于现在。"})
    if posted_on < made(session, place)[0]:
        raise Invalid({"posted_on": "日期早于公示的制作日期，请核对。"})
    if place.kind is PlaceKind.PLATFORM:
        doing.filled(address=address)
        if file_id is None:
            raise Invalid({"file": "请上传平台发布页面的截图。"})
    else:
        doing.filled(where=where)
    hang(session, place, posted_at=posted_at, posted_on=posted_on, where=where, address=address, file_id=file_id,
         posted_by=actor.name, actor=actor, now=now)


def hang(session: Session, place: NoticePlace, *, posted_at: datetime, posted_on: date, where: str, address: str,
         file_id: int | None, posted_by: str, actor: Actor, now: datetime) -> None:
    """Write down that the notice hangs: what a clerk recorded, or what the platform confirmed to the worker."""
    place.place = where or place.place
    place.address, place.file_id = address, file_id
    place.posted_at, place.posted_on, place.posted_by = posted_at, posted_on, posted_by
    doing.note(session, Action.PUBLICITY_POST, actor=actor, now=now, subject=place,
               facts={"kind": place.kind.value, "place": place.place, "on": posted_on.isoformat(), "address": address})


def made(session: Session, place: NoticePlace) -> tuple[date, int]:
    """Return the day and the list (its id) of the place's notice, also for a group's cadre, who sees only the place."""
    with system_scope(session, reason="核对公示的制作日期和名单"):
        return session.execute(
            select(Notice.issued_on, Notice.list_id).where(Notice.id == place.notice_id)).one()


def heads_at(session: Session, place: NoticePlace) -> list[str]:
    """Name the households whose notice hangs at the place, those within reach."""
    _, list_id = made(session, place)
    return list(session.scalars(
        select(Household.head_name).join(Case, Case.household_id == Household.id)
        .join(ListEntry, ListEntry.case_id == Case.id)
        .where(ListEntry.list_id == list_id, ListEntry.left_on.is_(None), Case.area_path.startswith(place.area_path))
        .order_by(ListEntry.id).limit(MOST_WAITING)))


def waiting_places(session: Session) -> list[NoticePlace]:
    """List the places within reach on which a notice still has to be put."""
    waiting = select(NoticePlace).where(NoticePlace.posted_on.is_(None), NoticePlace.removed_on.is_(None))
    return list(session.scalars(waiting.order_by(NoticePlace.id).limit(MOST_WAITING)))


@dataclass(frozen=True)
class Reported:
    """An objection or complaint as received; who reported it is kept encrypted and may be unknown."""

    kind: ObjectionKind
    content: str
    received_on: date
    reporter: str = ""
    contact: str = ""
    about_measures: bool = False


def receive(session: Session, case: Case, reported: Reported, *, area: Area, actor: Actor, now: datetime,
            today: date) -> Objection:
    """Receive an objection or complaint; the unit that received it investigates and answers (受理单位)."""
    doing.permit(session, Action.PUBLICITY_OBJECT, actor=actor, subject=case)
    doing.filled(content=reported.content)
    doing.not_future(today, received_on=reported.received_on)
    if reported.about_measures and case.stage not in MONITORED:
        raise NotAllowedHere("对帮扶措施的异议在帮扶期间受理。", action="publicity.object", clause="四")
    entry = doing.listed_in(session, case, case.procedure)
    notice = current(session, entry.village_list) if entry and not reported.about_measures else None
    row = Objection(
        kind=reported.kind, case_id=case.id, area_path=case.area_path, round=case.round,
        notice_id=notice.id if notice else None, about_measures=reported.about_measures, content=reported.content,
        reporter=reported.reporter or None, contact=reported.contact or None, received_on=reported.received_on,
        received_unit=area.name, received_area_id=area.id, received_by=actor.name)
    session.add(row)
    doing.note(session, Action.PUBLICITY_OBJECT, actor=actor, now=now, subject=case,
               facts={"kind": reported.kind.value, "measures": reported.about_measures, "unit": area.name})
    return row


def answer(session: Session, objection: Objection, *, investigators: str, finding: str, upheld: bool, answer: str,
           answered_on: date, actor: Actor, now: datetime, today: date) -> None:
    """Close an objection with what two people found, whether it was right, and the answer given."""
    doing.permit(session, Action.PUBLICITY_ANSWER, actor=actor, subject=objection)
    if objection.answered_on is not None:
        raise AlreadyHandled(by=objection.answered_by)
    if actor.area_id != objection.received_area_id:
        raise NotAllowedHere(f"由受理单位（{objection.received_unit}）调查处理。", action="publicity.answer", clause="三(四)")
    doing.filled(investigators=investigators, finding=finding, answer=answer)
    doing.not_future(today, answered_on=answered_on)
    if len(NAME_MARKS.sub(" ", investigators).split()) < INVESTIGATORS:
        raise Invalid({"investigators": "由两人以上调查，请写明每个人的姓名，用顿号隔开。"})
    if answered_on < objection.received_on:
        raise Invalid({"answered_on": "答复日期早于受理日期，请核对。"})
    objection.investigators, objection.finding, objection.upheld = investigators, finding, upheld
    objection.answer, objection.answered_on, objection.answered_by = answer, answered_on, actor.name
    doing.note(session, Action.PUBLICITY_ANSWER, actor=actor, now=now, subject=objection, facts={"upheld": upheld})


def sign_report(session: Session, village_list: VillageList, *, signed_by: str, signed_on: date, actor: Actor,
                now: datetime, today: date) -> None:
    """Record the signed village report."""
    doing.permit(session, Action.PUBLICITY_REPORT, actor=actor, subject=village_list)
    doing.filled(signed_by=signed_by)
    doing.not_future(today, signed_on=signed_on)
    notice = current(session, village_list)
    village = doing.area_of(session, village_list.area_id)
    clock = period_of(session, notice, area_code=village.code12) if notice else None
    if clock is None or not clock.over_on(signed_on):
        raise Invalid({"signed_on": "公示满5个工作日以后才能签署上报报告。"})
    village_list.village_report_by, village_list.village_report_on = signed_by, signed_on
    doing.note(session, Action.PUBLICITY_NOTICE, actor=actor, now=now, subject=village_list,
               facts={"report_signed_by": signed_by, "on": signed_on.isoformat()})


def report(session: Session, village_list: VillageList, *, actor: Actor, now: datetime, today: date) -> list[Advanced]:
    """The period is over without open objection: the whole list goes to the township."""
    return advance_list(session, everybody(village_list), Action.PUBLICITY_REPORT, actor=actor, now=now, today=today)
