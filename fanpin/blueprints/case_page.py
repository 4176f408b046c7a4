"""Everything that the page of a case shows, read in a number of statements that does not grow with the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.blueprints import answers, case_panels, ways
from fanpin.models.areas import Area
from fanpin.models.cases import Case, CaseAct, CaseReturn, began_in_round, first_round_that_counts
from fanpin.models.county import Determination
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.dossiers import build, list_procedure
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord
from fanpin.models.measures import Measure, MeasureStatus, Visit
from fanpin.models.notices import Notice, Objection
from fanpin.models.papers import Paper
from fanpin.models.reviews import ExitConsent, Review
from fanpin.models.surveys import Consent, Survey
from fanpin.rules.actions import Action
from fanpin.rules.dossier import Dossier
from fanpin.rules.members import is_adult
from fanpin.rules.risks import Risk
from fanpin.rules.roles import Actor
from fanpin.rules.sets import load
from fanpin.rules.stages import ORDER, Row, Stage, find
from fanpin.steps import oversight

VISITS = 6


@dataclass(frozen=True)
class Event:
    """One entry of the timeline, as the component takes it."""

    at: datetime
    title: str
    by: str
    clause: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class History:
    """The acts on a case, its returns, and which stages it has ever reached."""

    acts: tuple[CaseAct, ...]
    returns: tuple[CaseReturn, ...]

    def reached(self, case: Case, stage: Stage) -> bool:
        """Say whether the case stands or ever stood at the stage."""
        return case.stage is stage or any(stage in (act.source, act.target) for act in self.acts)

    def earlier(self, case: Case) -> list[tuple[str, int]]:
        """List who did what in the present procedure, for the separation of duties."""
        return [(act.action, act.actor_id) for act in self.acts if act.procedure is case.procedure]


@dataclass(frozen=True)
class County:
    """What 三(六) and 附件2 have come to."""

    joint: answers.JointReview
    lamps: tuple[answers.Lamp, ...]
    determinations: tuple[Determination, ...]


@dataclass(frozen=True)
class Help:
    """Help and review of a case that was included."""

    visits: tuple[Visit, ...] = ()
    reviews: tuple[Review, ...] = ()
    exit_consent: ExitConsent | None = None


@dataclass(frozen=True)
class CasePage:
    """The page of a case."""

    case: Case
    household: Household
    place: str
    finder: ways.Finder
    road: tuple[tuple[str, str, str], ...]
    ways: tuple[ways.Way, ...]
    links: dict[str, tuple[str, str]]
    panels: tuple[case_panels.Panel, ...]
    people: tuple[case_panels.PersonShown, ...]
    survey: Survey | None
    risks: tuple[str, ...]
    consent: Consent | None
    measures: tuple[Measure, ...]
    village_list: VillageList | None
    notice: Notice | None
    objections: tuple[Objection, ...]
    county: County
    help: Help
    papers: tuple[Paper, ...]
    events: tuple[Event, ...]


def read(session: Session, case: Case, *, actor: Actor, today: date, household_url: str) -> CasePage:
    """Read the page; parts that the case has never reached are not asked for."""
    household = session.scalars(select(Household).where(Household.id == case.household_id).options(
        selectinload(Household.members), selectinload(Household.kin)).execution_options(populate_existing=True)).one()
    history = _history(session, case)
    place = _place(session, case)
    survey, consent = _survey(session, case), _consent(session, case)
    income, guarantees = _records(session, survey)
    listed = _list(session, case)
    notice = _notice(session, listed)
    unsigned = _unsigned(household, consent, today)
    refs = {"household": household.ref} | ({"village_list": listed.ref} if listed else {}) | (
        {"notice": notice.ref} if notice else {})
    finder = ways.Finder(case, actor, history.earlier(case), refs)
    county = _county(session, case, household, history, survey, unsigned, finder, today)
    onward = ways_on(session, case, finder, today)
    measures = _measures(session, case)
    return CasePage(
        case=case, household=household, place=place, finder=finder, road=_road(case, history), ways=onward,
        links=finder.links(onward), survey=survey, consent=consent, measures=measures, village_list=listed,
        panels=case_panels.panels(household, survey, income, guarantees,
                                  oversight.line_for(session, case.area_path, today), county.joint, today=today),
        people=case_panels.people(household, unsigned, today=today, url=household_url),
        risks=tuple(Risk(code).title for code in survey.risks) if survey else (),
        notice=notice, objections=_objections(session, case, history), county=county,
        help=_help(session, case, history), papers=_papers(session, case), events=_events(case, history))


def _history(session: Session, case: Case) -> History:
    acts = session.scalars(select(CaseAct).where(CaseAct.case_id == case.id).order_by(CaseAct.id)).all()
    returns = session.scalars(select(CaseReturn).where(CaseReturn.case_id == case.id).order_by(CaseReturn.id)).all()
    return History(tuple(acts), tuple(returns))


def _place(session: Session, case: Case) -> str:
    ids = [int(part) for part in case.area_path.strip("/").split("/")[2:]]
    names = {row.id: row.name for row in session.execute(select(Area.id, Area.name).where(Area.id.in_(ids)))}
    return "".join(names.get(number, "") for number in ids)


def _survey(session: Session, case: Case) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id.desc()).limit(1))


def _consent(session: Session, case: Case) -> Consent | None:
    return session.scalar(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id.desc()).limit(1)
                          .options(selectinload(Consent.signatures)))


def _records(session: Session, survey: Survey | None) -> tuple[IncomeRecord | None, GuaranteeRecord | None]:
    if survey is None:
        return None, None
    income = session.scalar(select(IncomeRecord).where(IncomeRecord.id == survey.income_record_id))
    guarantees = session.scalar(select(GuaranteeRecord).where(GuaranteeRecord.id == survey.guarantee_record_id))
    return income, guarantees


def _unsigned(household: Household, consent: Consent | None, today: date) -> tuple[tuple[int, str], ...]:
    valid = consent is not None and consent.valid_on(today)
    signed = {signature.member_id for signature in consent.signatures} if valid and consent else set()
    return tuple((member.id, member.name) for member in household.present_members
                 if is_adult(member.born_on, today) and member.id not in signed)


def _list(session: Session, case: Case) -> VillageList | None:
    return session.scalar(
        select(VillageList).join(ListEntry, ListEntry.list_id == VillageList.id)
        .where(ListEntry.case_id == case.id, ListEntry.left_on.is_(None), VillageList.procedure == list_procedure(case))
        .order_by(ListEntry.id.desc()).limit(1))


def _notice(session: Session, listed: VillageList | None) -> Notice | None:
    if listed is None:
        return None
    return session.scalars(select(Notice).where(Notice.list_id == listed.id, Notice.cancelled_on.is_(None))
                           .order_by(Notice.id.desc()).limit(1).options(selectinload(Notice.places))).first()


def _objections(session: Session, case: Case, history: History) -> tuple[Objection, ...]:
    if not history.reached(case, Stage.PUBLICITY):
        return ()
    return tuple(session.scalars(select(Objection).where(Objection.case_id == case.id).order_by(Objection.id)))


def _measures(session: Session, case: Case) -> tuple[Measure, ...]:
    return tuple(session.scalars(select(Measure).where(Measure.case_id == case.id, Measure.status != MeasureStatus.STOPPED)
                                 .order_by(Measure.id)))


def _county(session: Session, case: Case, household: Household, history: History, survey: Survey | None,
            unsigned: Sequence[tuple[int, str]], finder: ways.Finder, today: date) -> County:
    if not history.reached(case, Stage.COUNTY):
        return County(answers.JointReview(), (), ())
    first = first_round_that_counts(list(history.returns), case.procedure, Stage.COUNTY,
                                    began=began_in_round(session, case))
    rows = tuple(session.scalars(select(Determination).where(Determination.case_id == case.id).order_by(Determination.id)))
    # What was fresh when the county decided does not grow stale in the record of that decision.
    decided = [row.decided_on for row in rows if row.procedure is case.procedure and row.round >= first]
    joint = answers.read(session, case, first_round=first, unsigned=unsigned, today=max(decided, default=today))
    url = finder.first(("county.review",))
    lamps = answers.lamps(joint, survey, lives_here=household.lives_here,
                          urls={hit.finding.id: f"{url}#hits" for hit in joint.open_hits} if url else {})
    return County(joint, lamps, rows)


def _help(session: Session, case: Case, history: History) -> Help:
    if not history.reached(case, Stage.ASSISTANCE):
        return Help()
    visits = session.scalars(select(Visit).where(Visit.case_id == case.id).order_by(Visit.visited_on.desc()).limit(VISITS))
    if not history.reached(case, Stage.REVIEW):
        return Help(tuple(visits))
    reviews = session.scalars(select(Review).where(Review.case_id == case.id).order_by(Review.id.desc()))
    consent = session.scalar(select(ExitConsent).where(
        ExitConsent.case_id == case.id, ExitConsent.withdrawn_on.is_(None)).order_by(ExitConsent.id.desc()).limit(1))
    return Help(tuple(visits), tuple(reviews), consent)


def _papers(session: Session, case: Case) -> tuple[Paper, ...]:
    return tuple(session.scalars(select(Paper).where(Paper.case_id == case.id).order_by(Paper.id.desc())))


def ways_on(session: Session, case: Case, finder: ways.Finder, today: date) -> tuple[ways.Way, ...]:
    """List the ways on; the dossier is built once for all of them, by the predicates of the one door."""
    rows = [row for row in load(case.ruleset).table.values()
            if row.procedure is case.procedure and row.source is case.stage and row.action is not Action.CASE_DEPART]
    # The road ahead comes first, ends last.
    onward = sorted((row for row in rows if not row.is_return), key=lambda row: row.target.ended)
    needs: frozenset[str] = frozenset().union(*(row.needs for row in onward)) if onward else frozenset()
    dossier = build(session, case, needs, today=today) if needs else None
    done = _done(dossier)
    found = [finder.way(row, row.missing(dossier) if dossier else ()) for row in onward if row.action not in done]
    # 五(一): where the review found the risk gone for good, the way out is the road ahead, not more help.
    gone = any(way.action is Action.REVIEW_LEAVE and "review.stable" not in {item.code for item in way.missing} for way in found)
    found.sort(key=lambda way: gone and way.action is Action.REVIEW_CONTINUE)
    return (*found, *(finder.way(row, ()) for row in rows if row.is_return))


DECISIONS = frozenset({Action.COUNTY_DETERMINE, Action.COUNTY_DECLINE, Action.COUNTY_REFER, Action.COUNTY_KEEP})
AFTER = frozenset({Action.COUNTY_REPORT, Action.COUNTY_ASSIGN})


def _done(dossier: Dossier | None) -> frozenset[Action]:
    """Name the acts that stay in the table but are behind the case, or lie on the way that was not taken."""
    decided = dossier.determination if dossier else None
    if decided is None:
        return frozenset({Action.COUNTY_NOT_INCLUDE, *AFTER})
    if decided.result == "not_included":
        return DECISIONS | AFTER
    passed = {Action.COUNTY_REPORT} if decided.reported_on else set()
    passed |= {Action.ASSISTANCE_ENTER} if decided.entered_on else set()
    return DECISIONS | {Action.COUNTY_NOT_INCLUDE} | passed


def _road(case: Case, history: History) -> tuple[tuple[str, str, str], ...]:
    road = ways.ROADS[case.procedure]
    left = {act.source: act.on for act in history.acts
            if act.procedure is case.procedure and act.source is not act.target}
    last = history.acts[-1] if history.acts else None
    back = last is not None and last.action.endswith(".return") and last.target is case.stage
    here = last.source if case.stage.ended and last else case.stage
    steps = []
    for stage in road:
        day = left.get(stage)
        if stage is here and not case.stage.ended:
            steps.append((stage.title, "back" if back else "now", f"{case.stage_since.month}月{case.stage_since.day}日起"))
        elif _passed(stage, here) or case.stage is Stage.ELIMINATED or (case.stage.ended and stage is here):
            steps.append((stage.title, "done", f"{day.month}月{day.day}日" if day else ""))
        else:
            steps.append((stage.title, "todo", ""))
    return tuple(steps)


def _passed(stage: Stage, here: Stage) -> bool:
    return ORDER.get(stage, len(ORDER)) < ORDER.get(here, 0)


def _events(case: Case, history: History) -> tuple[Event, ...]:
    events = [Event(act.at, _title(act), act.actor, _clause(act), act.note) for act in history.acts
              if not act.action.endswith(".return")]
    events += [Event(row.returned_at, f"{row.source.title}退回{row.target.title}", row.returned_by, "",
                     f"{row.reason} 涉及内容：{row.field}。依据：{row.rule}。希望补充：{row.evidence_expected}。")
               for row in history.returns]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _title(act: CaseAct) -> str:
    return Action(act.action).title


def _clause(act: CaseAct) -> str:
    row: Row | None = find(act.procedure, act.source, Action(act.action))
    return row.clause if row else ""
