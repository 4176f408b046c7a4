"""Cases for the benchmark's households: every stage, with the records that lists, desks and pages read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table

from fanpin.clock import at_noon
from fanpin.models.cases import Case, CaseAct
from fanpin.models.county import Determination, DeterminationResult, Inquiry
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.households import GuaranteeRecord, IncomeRecord
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.notices import Notice, NoticePlace, PlaceKind
from fanpin.models.surveys import Consent, ConsentSignature, Survey
from fanpin.rules.actions import Action
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.intake import Channel, KeyCheckStatus, LeadSource, LeadStatus
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.sets import CURRENT
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.survey import Judgement, SurveyItem
from tests.benchmarks.bulk import Bulk

BY = "基准数据"
TODAY = date(2026, 3, 2)
ROAD = (
    (Stage.SURVEY, Action.SURVEY_PROPOSE), (Stage.DELIBERATION, Action.DELIBERATION_SUBMIT),
    (Stage.PUBLICITY, Action.PUBLICITY_REPORT), (Stage.TOWNSHIP, Action.TOWNSHIP_SUBMIT),
    (Stage.COUNTY, Action.COUNTY_ASSIGN), (Stage.ASSISTANCE, Action.REVIEW_OPEN), (Stage.REVIEW, Action.REVIEW_LEAVE),
)
PLACE = {stage: place for place, (stage, _action) in enumerate(ROAD)}
# Of a hundred cases: many are helped, some wait at each stage, some have ended.
SHARES = (
    (Stage.SURVEY, 8), (Stage.DELIBERATION, 6), (Stage.PUBLICITY, 6), (Stage.TOWNSHIP, 5), (Stage.COUNTY, 6),
    (Stage.ASSISTANCE, 48), (Stage.REVIEW, 5), (Stage.NOT_PROPOSED, 5), (Stage.NOT_INCLUDED, 4), (Stage.ELIMINATED, 7),
)
LEADS = 10
REACHED = {Stage.NOT_PROPOSED: 0, Stage.NOT_INCLUDED: PLACE[Stage.COUNTY], Stage.ELIMINATED: PLACE[Stage.REVIEW]}
ITEMS = {item.value: f"{item.title}：已核实" for item in SurveyItem}
JUDGEMENTS = {judgement.value: next(iter(judgement.answers)).value for judgement in Judgement}
ASKED = ("public_security", "market", "natural_resources")


@dataclass(frozen=True)
class Settled:
    """One household as the makers of other rows need it."""

    id: int
    ref: str
    head_name: str
    head_id_number: str
    area_path: str
    group_id: int
    members: tuple[int, ...]


class Cases:
    """Open cases one after the other; `put` keeps a row of a table until it is written."""

    def __init__(self, bulk: Bulk, put: Callable[..., None]) -> None:
        self.bulk, self._put, self._lists = bulk, put, dict[str, int]()
        shares = [share for _stage, share in SHARES] + [LEADS]
        self._kinds = [place for place, share in enumerate(shares) for _ in range(share)]

    def open(self, household: Settled, *, kind: int | None = None) -> None:
        """Make a case with everything that led there, or only the lead that waits; by chance unless a kind is given."""
        place = self.bulk.random.choice(self._kinds) if kind is None else kind % (len(SHARES) + 1)
        if place == len(SHARES):
            self._lead(household)
            return
        stage = SHARES[place][0]
        reached = REACHED.get(stage, PLACE.get(stage, 0))
        day = TODAY - timedelta(days=self.bulk.random.randint(3, 30) + 12 * reached)
        case_id = self._next(Case)
        self._add(Case, household, id=case_id, procedure=Procedure.ENTERING, stage=stage, ruleset=CURRENT, opened_on=day,
                  stage_since=day + timedelta(days=10 * reached), closed_on=TODAY if stage in REACHED else None,
                  household_class=HouseholdClass.UNSTABLE)
        self._add(KeyCheck, household, reason="医疗支出较大", status=KeyCheckStatus.SETTLED, proposed_by=BY,
                  proposed_at=at_noon(day), settled_by=BY, settled_at=at_noon(day), case_id=case_id)
        for place in range(reached):
            self._act(household, case_id, place, day + timedelta(days=10 * place))
        if reached or stage is not Stage.SURVEY:
            self._survey(household, case_id, day)
        if reached >= PLACE[Stage.DELIBERATION]:
            self._listed(household, case_id, day)
        if reached >= PLACE[Stage.COUNTY]:
            self._county(household, case_id, stage, day + timedelta(days=10 * PLACE[Stage.COUNTY]))

    def _next(self, model: Any) -> int:
        return self.bulk.next_id(model.__table__)

    def _add(self, model: Any, household: Settled, **row: Any) -> int:
        table: Table = model.__table__
        row_id = row.pop("id", None) or self.bulk.next_id(table)
        if "household_id" in table.columns:
            row["household_id"] = household.id
        self._put(table, **{"id": row_id, "area_path": household.area_path} | row)
        return row_id

    def _lead(self, household: Settled) -> None:
        self._add(Lead, household, area_id=household.group_id, source=LeadSource.DECLARATION, channel=Channel.PROVINCE,
                  head_name=household.head_name, statement="家里有人住院，周转不开。", declared_on=TODAY - timedelta(days=5),
                  status=LeadStatus.RECEIVED, registered_by=BY, registered_at=at_noon(TODAY - timedelta(days=5)))

    def _act(self, household: Settled, case_id: int, place: int, day: date) -> None:
        source, action = ROAD[place]
        self._add(CaseAct, household, case_id=case_id, action=action.value, procedure=Procedure.ENTERING, source=source,
                  target=ROAD[place + 1][0], round=1, actor_id=1, actor=BY, at=at_noon(day), on=day)

    def _survey(self, household: Settled, case_id: int, day: date) -> None:
        last = day.replace(day=1) - timedelta(days=1)
        income = self._add(
            IncomeRecord, household, case_id=case_id, period_from=date(last.year - 1, last.month, 1), period_to=last,
            amounts={"a1": 2_400_000, "b1": 600_000}, compliant_spending=1_500_000, heads_now=4, heads_year=4,
            recorded_at=at_noon(day), recorded_by=BY)
        safe = dict.fromkeys(("food", "clothing", "housing", "schooling", "medical", "water"), True)
        guarantees = self._add(GuaranteeRecord, household, case_id=case_id, seen_on=day, recorded_by=BY, **safe)
        self._add(Survey, household, case_id=case_id, procedure=Procedure.ENTERING, round=1, visited_on=day,
                  visitors=["周演村", "吴演驻"], household_signed=True, items=ITEMS, judgements=JUDGEMENTS,
                  risks=[Risk.ILLNESS.value], household_class=HouseholdClass.UNSTABLE, conclusion="建议纳入监测。",
                  income_record_id=income, guarantee_record_id=guarantees, recorded_by=BY, recorded_at=at_noon(day))
        consent = self._add(Consent, household, case_id=case_id, applied_on=day, application_reason="医疗支出大",
                            truth_declared=True, authorised=True, signed_on=day, valid_until=day + timedelta(days=730),
                            recorded_by=BY, recorded_at=at_noon(day))
        for member in household.members[:2]:
            self._add(ConsentSignature, household, consent_id=consent, member_id=member, signed_on=day)

    def _listed(self, household: Settled, case_id: int, day: date) -> None:
        village = household.area_path.rstrip("/").rsplit("/", 1)[0] + "/"
        if village not in self._lists:
            self._lists[village] = self._village_list(household, village, day)
        self._add(ListEntry, household, list_id=self._lists[village], case_id=case_id, round=1)
        for member in (None, *household.members):
            self._add(Measure, household, case_id=case_id, member_id=member, status=MeasureStatus.CONFIRMED,
                      category=None if member else MeasureCategory.HEALTH, detail="大病救治", risk=Risk.ILLNESS,
                      department="agriculture", proposed_by=BY, proposed_at=at_noon(day))

    def _village_list(self, household: Settled, village: str, day: date) -> int:
        area_id = int(village.strip("/").split("/")[-1])
        list_id = self._add(
            VillageList, household, area_path=village, area_id=area_id, procedure=Procedure.ENTERING, month="2025-12",
            sequence=1, number=f"{area_id}-202512-入1", announced_on=day, announced_place="公开栏", opened_by=BY,
            opened_at=at_noon(day))
        notice = self._add(Notice, household, area_path=village, list_id=list_id, number=f"{area_id}〔2025〕1号",
                           issued_on=day, issued_by=BY)
        self._add(NoticePlace, household, area_path=village, notice_id=notice, kind=PlaceKind.PLATFORM, place="平台",
                  posted_on=day, posted_at=at_noon(day))
        return list_id

    def _county(self, household: Settled, case_id: int, stage: Stage, day: date) -> None:
        waiting = stage is Stage.COUNTY
        for department in ASKED:
            self._add(Inquiry, household, case_id=case_id, case_code=f"{day.year}-{case_id:06d}", department=department,
                      head_name=household.head_name, place="基准村", procedure=Procedure.ENTERING, round=1, asked_on=day,
                      due_on=day + timedelta(days=7), asked_by=BY, signed_at=None if waiting else at_noon(day),
                      signed_by="" if waiting else BY)
        if stage in (Stage.ASSISTANCE, Stage.REVIEW, Stage.ELIMINATED):
            self._add(Determination, household, case_id=case_id, procedure=Procedure.ENTERING, round=1, decided_by=BY,
                      result=DeterminationResult.INCLUDED, household_class=HouseholdClass.UNSTABLE, decided_on=day,
                      reported_on=day, lead_department="agriculture", lead_named_on=day, entered_on=day,
                      entry_due_on=day + timedelta(days=10), national_number=f"5306{case_id:014d}")
