"""Build the frozen files that the 疑点 rules look at, for many households by a fixed number of statements."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import Marking, Review, ReviewConclusion
from fanpin.models.surveys import Survey
from fanpin.rules.members import Education, Health, Schooling
from fanpin.rules.quality import HouseholdFile, MeasureFile, PersonFile
from fanpin.rules.risks import Risk
from fanpin.rules.stages import MONITORED, Procedure, Stage
from fanpin.rules.titles import TitledEnum

LAND = ("farmland", "forest", "returned_forest")


@dataclass(frozen=True)
class Filed:
    """A household with its file and the latest of its cases."""

    household: Household
    case: Case | None
    file: HouseholdFile


def build(session: Session, numbers: Sequence[int], *, today: date) -> dict[int, Filed]:
    """Return the files of the households that lie within the session's scope."""
    households = session.scalars(select(Household).where(Household.id.in_(numbers)).options(
        selectinload(Household.members))).all()
    read = _Read(session, [row.id for row in households])
    return {row.id: Filed(row, read.cases.get(row.id), read.file(row, today)) for row in households}


class _Read:
    """What is on record of some households, read once."""

    def __init__(self, session: Session, numbers: Sequence[int]) -> None:
        self.cases: dict[int, Case] = {}
        for case in session.scalars(select(Case).where(Case.household_id.in_(numbers)).order_by(Case.id)):
            self.cases[case.household_id] = case
        cases = [case.id for case in self.cases.values()]
        self.incomes = {row.id: row for row in self._all(session, IncomeRecord, IncomeRecord.household_id, numbers)}
        self.guarantees = {row.id: row for row in self._all(session, GuaranteeRecord, GuaranteeRecord.household_id, numbers)}
        self.surveys = {(row.case_id, row.procedure): row for row in self._all(session, Survey, Survey.case_id, cases, Survey.round)}
        self.measures: dict[int, list[Measure]] = {}
        for row in self._all(session, Measure, Measure.case_id, cases):
            self.measures.setdefault(row.case_id, []).append(row)
        self.markings = {row.case_id: row for row in self._all(session, Marking, Marking.case_id, cases)}
        self.identified = dict(session.execute(select(Determination.case_id, Determination.decided_on).where(
            Determination.case_id.in_(cases), Determination.procedure == Procedure.ENTERING,
            Determination.result == DeterminationResult.INCLUDED)).all()) if cases else {}
        self.stable = {row.case_id for row in self._all(session, Review, Review.case_id, cases)
                       if row.conclusion is ReviewConclusion.STABLE and not row.closed}

    @staticmethod
    def _all(session: Session, model: type[Any], column: Any, numbers: Sequence[int], order: Any = None) -> Sequence[Any]:
        if not numbers:
            return ()
        return session.scalars(select(model).where(column.in_(numbers)).order_by(order if order is not None else model.id)).all()

    def file(self, household: Household, today: date) -> HouseholdFile:
        """Return the household's file."""
        case = self.cases.get(household.id)
        entering = self.surveys.get((case.id, Procedure.ENTERING)) if case else None
        leaving = self.surveys.get((case.id, Procedure.LEAVING)) if case else None
        included = case is not None and case.id in self.identified
        monitored = included and not case.stage.ended and case.stage in MONITORED | {Stage.COUNTY} or (
            included and case.procedure is Procedure.LEAVING and not case.stage.ended)
        marking = self.markings.get(case.id) if case else None
        income = self._latest(self.incomes, household.id, entering.income_record_id if entering else None)
        safe = self._latest(self.guarantees, household.id, None)
        after = self.guarantees.get(leaving.guarantee_record_id or 0) if leaving else None
        after_income = self.incomes.get(leaving.income_record_id or 0) if leaving else None
        told = json.loads(household.extra) if household.extra else {}
        return HouseholdFile(
            today=today, head_name=household.head_name, phone=household.phone or "",
            persons=tuple(_person(member) for member in household.present_members), monitored=bool(monitored),
            leaving=case is not None and not case.stage.ended and (
                case.procedure is Procedure.LEAVING or (case.stage is Stage.REVIEW and case.id in self.stable)),
            eliminated=case is not None and case.stage is Stage.ELIMINATED,
            identified_on=self.identified.get(case.id) if case else None,
            risks=tuple(Risk(code) for code in entering.risks) if entering else None,
            measures=tuple(MeasureFile(category=row.category, detail=row.detail, started=row.started_on is not None)
                           for row in (self.measures.get(case.id, []) if case else [])
                           if row.category is not None and row.status is not MeasureStatus.STOPPED or
                           row.category is not None and row.started_on is not None),
            income=income.statement() if income else None,
            housing_safe=safe.housing if safe else None, water_safe=safe.water if safe else None,
            schooling_safe=safe.schooling if safe else None, medical_safe=safe.medical if safe else None,
            elimination_way=marking.way if marking else "", contact=marking.contact if marking else "",
            after_income=after_income.statement() if after_income else None,
            after_housing_safe=after.housing if after else None, after_water_safe=after.water if after else None,
            land={code: float(told[code]) for code in LAND if _is_number(told.get(code))})

    @staticmethod
    def _latest(rows: dict[int, Any], household_id: int, preferred: int | None) -> Any:
        if preferred in rows:
            return rows[preferred]
        return next((row for number, row in sorted(rows.items(), reverse=True) if row.household_id == household_id), None)


def _person(member: Member) -> PersonFile:
    told = json.loads(member.extra) if member.extra else {}
    return PersonFile(
        name=member.name, relation=member.relation, has_number=bool(member.id_index), born_on=member.born_on, sex=member.sex,
        education=_known(Education, member.education), schooling=_known(Schooling, member.schooling),
        health=frozenset(Health(code) for code in member.health or ()), labour=member.labour, work=member.work,
        work_months=member.work_months, certificate=member.disability_certificate is not None, insured=member.insured,
        worker_insured={"是": True, "否": False}.get(told.get("worker_insurance", "")),
        minimum_living=told.get("minimum_living", ""), destitute=told.get("destitute", ""),
        not_at_school=told.get("not_at_school", ""))


def _known(titled: type[TitledEnum], code: str) -> Any:
    return next((member for member in titled if member.value == code), None)


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and float(text) is not None
    except ValueError:
        return False
