"""Build the frozen dossier of a case: only the parts that the asked-for requirements read."""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area, RegionalDayOff
from fanpin.models.cases import Case, CaseReturn, began_in_round, first_round_that_counts
from fanpin.models.deliberation import ListEntry, MeetingKind, MeetingRecord, Opinion, VillageList
from fanpin.models.dossier_county import determination_part, joint_review_part
from fanpin.models.households import GuaranteeRecord, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.notices import Notice, Objection, PlaceKind
from fanpin.models.reviews import ExitConsent, Marking, Review, ReviewConclusion
from fanpin.models.surveys import Consent, Survey
from fanpin.models.township import SpotCheck
from fanpin.models.warnings import Warning
from fanpin.rules import dossier as parts
from fanpin.rules import workdays
from fanpin.rules.eligibility import judge_class, judge_residence
from fanpin.rules.members import LabourState, Person, Relation, household_labour, is_adult
from fanpin.rules.risks import PlannedMeasure, Risk, plan_problems
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.survey import income_drop, large_spending
from fanpin.rules.verdicts import errors

LEAVING_STAGES = (Stage.REVIEW,)


def build(session: Session, case: Case, needs: Iterable[str], *, today: date) -> parts.Dossier:
    """Return the case's dossier with the named parts filled in."""
    reader = _Reader(session, case, today)
    values: dict[str, object] = {}
    for need in needs:
        values |= PARTS[need](reader)
    return parts.Dossier(
        case_code=case.code, head_name=case.household.head_name, procedure=case.procedure.value,
        stage=case.stage.value, round=case.round, today=today, groups=frozenset({reader.group.name}), **values)


def list_procedure(case: Case) -> Procedure:
    """Return the procedure of the list on which the case stands now: from its review on, that of leaving."""
    return Procedure.LEAVING if case.stage in LEAVING_STAGES else case.procedure


class _Reader:
    """One reading of a case: what several parts share is asked for once."""

    def __init__(self, session: Session, case: Case, today: date) -> None:
        self.session, self.case, self.today = session, case, today
        self._entry: ListEntry | None | bool = False
        self._returns: list[CaseReturn] | None = None
        self._began = 1
        self._group: Area | None = None

    @property
    def group(self) -> Area:
        """Return the case's villagers' group."""
        if self._group is None:
            self._group = self.session.scalars(select(Area).where(Area.path == self.case.area_path)).one()
        return self._group

    @property
    def entry(self) -> ListEntry | None:
        """Return the entry by which the case stands on its list."""
        if self._entry is False:
            self._entry = self.session.scalar(
                select(ListEntry).join(VillageList, VillageList.id == ListEntry.list_id)
                .where(ListEntry.case_id == self.case.id, ListEntry.left_on.is_(None),
                       VillageList.procedure == list_procedure(self.case))
                .order_by(ListEntry.id.desc()).limit(1))
        return self._entry

    @property
    def village_list(self) -> VillageList | None:
        """Return the list of the entry."""
        return self.entry.village_list if self.entry else None

    def first_round(self, stage: Stage) -> int:
        """Return the earliest round whose records of the stage count."""
        if self.case.round == 1:
            # Nothing was returned and no review was opened: either would have begun a second round.
            return 1
        if self._returns is None:
            self._returns = list(self.session.scalars(select(CaseReturn).where(CaseReturn.case_id == self.case.id)))
            self._began = began_in_round(self.session, self.case)
        return first_round_that_counts(self._returns, self.case.procedure, stage, began=self._began)

    def members(self) -> list[Member]:
        """List the household's present members."""
        return self.case.household.present_members

    def meeting(self, kind: MeetingKind, list_ids: list[int]) -> parts.Meeting | None:
        """Return the latest meeting of the kind about one of the lists; groups may have met each on its own."""
        rows = self.session.scalars(select(MeetingRecord).where(
            MeetingRecord.list_id.in_(list_ids), MeetingRecord.kind == kind).order_by(MeetingRecord.id.desc())).all()
        found = [_as_meeting(row) for row in rows]
        if kind is MeetingKind.DELIBERATION:
            found.sort(key=lambda meeting: self.group.name not in meeting.groups_present)
        return found[0] if found else None


def _as_meeting(row: MeetingRecord) -> parts.Meeting:
    # Of a group that only others came for, neither Party members nor heads of household attended (三(四)).
    only_named = row.kind is MeetingKind.DELIBERATION
    present = frozenset(group for group, (party, heads, others) in row.attendance.items()
                        if party + heads + (0 if only_named else others))
    return parts.Meeting(row.held_on, row.place, row.host, row.recorder, row.party_members, row.household_heads, present,
                         row.decided, row.decision)


def _survey(reader: _Reader) -> dict[str, object]:
    case, session = reader.case, reader.session
    row = session.scalar(
        select(Survey).where(Survey.case_id == case.id, Survey.procedure == case.procedure,
                             Survey.round >= reader.first_round(Stage.SURVEY)).order_by(Survey.round.desc()).limit(1))
    if row is None:
        return {"survey": None}
    risks = tuple(Risk(code) for code in row.risks)
    household = case.household
    residence = judge_residence(lives_here=household.lives_here, rural_services=household.rural_services,
                                hukou_place=household.hukou_place)
    class_problem = ""
    if row.household_class is not None:
        verdict = judge_class(
            row.household_class, lifted=household.lifted, risks=risks, large_spending=large_spending(row.judgements),
            income_drop=income_drop(row.judgements), serious_difficulty=row.class_reason)
        class_problem = "" if verdict.met else verdict.reason
    complete = row.guarantee_record_id is not None and session.scalar(
        select(GuaranteeRecord.id).where(GuaranteeRecord.id == row.guarantee_record_id)) is not None
    return {"survey": parts.Survey(
        visited_on=row.visited_on, items=frozenset(row.items), judgements=frozenset(row.judgements),
        visitors=tuple(row.visitors), household_signed=row.household_signed, risks=risks,
        household_class=row.household_class, class_problem=class_problem,
        residence_problem="" if residence.met else residence.reason, has_income=row.income_record_id is not None,
        has_guarantees=complete, conclusion=row.conclusion)}


def _consent(reader: _Reader) -> dict[str, object]:
    row = reader.session.scalar(
        select(Consent).where(Consent.case_id == reader.case.id).order_by(Consent.id.desc()).limit(1))
    members = reader.members()
    grown = [member for member in members if is_adult(member.born_on, reader.today)]
    if row is None or row.withdrawn_on is not None:
        return {"consent": None}
    signed = {signature.member_id for signature in row.signatures}
    heads = {member.id for member in members if member.relation is Relation.HEAD}
    return {"consent": parts.Consent(
        application_signed=row.applied_on is not None and bool(signed), truth_declared=row.truth_declared,
        authorised=row.authorised, head_signed=bool(heads & signed), adults=tuple(member.name for member in grown),
        signed_adults=tuple(member.name for member in grown if member.id in signed), valid_until=row.valid_until)}


def _deliberation(reader: _Reader) -> dict[str, object]:
    listed = reader.village_list
    if listed is None:
        return {}
    about_case = (Opinion.case_id == reader.case.id) | Opinion.case_id.is_(None)
    opinions = reader.session.scalars(select(Opinion).where(Opinion.list_id == listed.id, about_case)).all()
    return {
        "announced_on": listed.announced_on, "announced_place": listed.announced_place,
        "meeting": reader.meeting(MeetingKind.DELIBERATION, [listed.id]),
        "committee": reader.meeting(MeetingKind.COMMITTEE, [listed.id]),
        "opinions": parts.Opinions(len(opinions), sum(not row.verified for row in opinions),
                                   sum(row.answered_on is None for row in opinions)),
    }


def _plan(reader: _Reader) -> dict[str, object]:
    rows = reader.session.scalars(select(Measure).where(
        Measure.case_id == reader.case.id, Measure.status != MeasureStatus.STOPPED)).all()
    survey = reader.session.scalar(select(Survey).where(
        Survey.case_id == reader.case.id, Survey.procedure == Procedure.ENTERING).order_by(Survey.round.desc()).limit(1))
    members = reader.members()
    with_plan = {row.member_id for row in rows}
    names = {member.id: member.name for member in members}
    planned = [PlannedMeasure(row.category, row.detail, row.risk, names.get(row.member_id, ""))
               for row in rows if row.category is not None]
    problems = plan_problems(
        [Risk(code) for code in survey.risks] if survey else [], _labour(members, reader.today), planned,
        survey.motivation_weak if survey else False,
        stable_work_income=survey.stable_work_income if survey else False,
        no_development_reason=survey.no_development_reason if survey else "")
    of_household = [row for row in rows if row.category is not None and row.member_id is None]
    return {"plan": parts.Plan(
        household_measures=len(of_household),
        persons_without=tuple(member.name for member in members if member.id not in with_plan),
        problems=tuple(problem.text for problem in errors(problems)),
        confirmed_by_township=bool(of_household) and all(row.status is not MeasureStatus.PLANNED for row in of_household),
        started=sum(row.started_on is not None for row in rows))}


def _labour(members: list[Member], today: date) -> LabourState:
    return household_labour([Person(name=member.name, relation=member.relation, born_on=member.born_on,
                                    labour=member.labour) for member in members], today=today)


def calendar(session: Session) -> workdays.Calendar:
    """Return the national calendar with the prefectures' own days off that were loaded."""
    rows = session.scalars(select(RegionalDayOff)).all()
    scopes = {True: workdays.DayOffScope.ALL, False: workdays.DayOffScope.PART}
    return workdays.NATIONAL.with_regional(*(
        workdays.DayOff(row.day, row.code_prefix, row.title, row.document, scopes[row.whole_population])
        for row in rows)) if rows else workdays.NATIONAL


def period_of(session: Session, notice: Notice, *, area_code: str) -> workdays.Period | None:
    """Return the notice's five working days, counted from the last place; None until every place has it."""
    posted = [place.posted_on for place in notice.places]
    if not posted or any(day is None for day in posted):
        return None
    return workdays.period(max(posted), 5, calendar=calendar(session), area_code=area_code)


def _publicity(reader: _Reader) -> dict[str, object]:
    listed, session, case = reader.village_list, reader.session, reader.case
    if listed is None:
        return {"publicity": None}
    notice = session.scalar(select(Notice).where(Notice.list_id == listed.id, Notice.cancelled_on.is_(None))
                            .order_by(Notice.id.desc()).limit(1))
    if notice is None:
        return {"publicity": None}
    ended, last_day, problem = False, None, ""
    try:
        period = period_of(session, notice, area_code=reader.group.code12)
        if period is not None:
            ended, last_day = period.over_on(reader.today), period.last_day
    except workdays.BeyondCalendar as error:
        problem = str(error)
    objections = session.scalars(select(Objection).where(
        Objection.case_id == case.id, Objection.about_measures.is_(False),
        Objection.round >= reader.first_round(Stage.PUBLICITY))).all()
    own = [place for place in notice.places if place.kind is PlaceKind.GROUP]
    names = dict(session.execute(select(Area.id, Area.name).where(Area.id.in_([place.group_id for place in own]))).all())
    on_platform = any(place.posted_on for place in notice.places if place.kind is PlaceKind.PLATFORM)
    return {"publicity": parts.Publicity(
        number=notice.number, groups_owed=frozenset(names[place.group_id] for place in own),
        groups_posted=frozenset(names[place.group_id] for place in own if place.posted_on), platform_posted=on_platform,
        ended=ended, last_day=last_day, clock_problem=problem,
        open_objections=sum(row.answered_on is None for row in objections),
        upheld_objections=sum(bool(row.upheld) for row in objections), report_signed=listed.village_report_on is not None)}


def _township(reader: _Reader) -> dict[str, object]:
    listed = reader.village_list
    if listed is None:
        return {"township": None}
    # A household that was returned meanwhile took its check along: it no longer stands for the list.
    checks = reader.session.scalars(select(SpotCheck).join(ListEntry, and_(
        ListEntry.list_id == SpotCheck.list_id, ListEntry.case_id == SpotCheck.case_id, ListEntry.round == SpotCheck.round,
        ListEntry.left_on.is_(None))).where(SpotCheck.list_id == listed.id).order_by(SpotCheck.id)).all()
    mine = [row for row in checks if row.case_id == reader.case.id]
    latest = mine[-1:]
    return {"township": parts.Township(
        spot_checks=len(checks), spot_check_problems=tuple(row.finding for row in latest if not row.agrees),
        meeting=reader.meeting(MeetingKind.TOWNSHIP, [listed.id]), report_signed=listed.township_report_on is not None)}


def _review(reader: _Reader) -> dict[str, object]:
    case, session = reader.case, reader.session
    row = session.scalar(select(Review).where(Review.case_id == case.id, Review.closed.is_(False))
                         .order_by(Review.id.desc()).limit(1))
    if row is None:
        return {"review": None}
    lists = session.scalars(select(ListEntry.list_id).join(VillageList).where(
        ListEntry.case_id == case.id, VillageList.procedure == Procedure.LEAVING)).all()
    consent = session.scalar(select(ExitConsent).where(
        ExitConsent.case_id == case.id, ExitConsent.signed_on >= row.reviewed_on, ExitConsent.withdrawn_on.is_(None))
        .order_by(ExitConsent.id.desc()).limit(1))
    meeting = reader.meeting(MeetingKind.REVIEW, list(lists))
    marked = session.scalar(select(Marking.id).where(Marking.case_id == case.id, Marking.round == case.round))
    return {"review": parts.Review(
        reviewed_on=row.reviewed_on, complete=row.complete, conclusion=row.conclusion.value,
        named_measure=bool(row.continued_help.strip()),
        no_labour=row.conclusion is ReviewConclusion.NO_LABOUR
        or _labour(reader.members(), reader.today) is LabourState.NONE,
        meeting=meeting if meeting is not None and meeting.held_on >= row.reviewed_on else None,
        exit_consent_signed=consent is not None and consent.agrees, marked=marked is not None)}


def _joint_review(reader: _Reader) -> dict[str, object]:
    return {"joint_review": joint_review_part(
        reader.session, reader.case, first_round=reader.first_round(Stage.COUNTY), today=reader.today)}


def _determination(reader: _Reader) -> dict[str, object]:
    return {"determination": determination_part(
        reader.session, reader.case, first_round=reader.first_round(Stage.COUNTY))}


def _warnings(reader: _Reader) -> dict[str, object]:
    """List the months of the household's warnings that nobody has verified."""
    months = reader.session.scalars(select(Warning.month).where(
        Warning.household_id == reader.case.household_id, Warning.verified_at.is_(None)).order_by(Warning.id))
    return {"unverified_warnings": tuple(dict.fromkeys(f"{month[:4]}年{int(month[5:])}月" for month in months))}


PARTS: dict[str, Callable[[_Reader], dict[str, object]]] = {
    "survey": _survey, "consent": _consent, "deliberation": _deliberation, "plan": _plan, "publicity": _publicity,
    "township": _township, "joint_review": _joint_review, "determination": _determination, "review": _review,
    "warnings": _warnings,
}
