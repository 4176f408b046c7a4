"""What is on record of many households, as the national columns show it: for comparing with a sheet, and for export."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import crypto
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import GuaranteeRecord, Household, IncomeRecord, Member
from fanpin.models.measures import Measure, MeasureStatus
from fanpin.models.reviews import Marking
from fanpin.models.surveys import Survey
from fanpin.rules.income import FEN, Branch, IncomeStatement
from fanpin.rules.members import Education, Health, Schooling
from fanpin.rules.national import Development, HouseholdKind, columns
from fanpin.rules.risks import MOST_RISKS, Risk
from fanpin.rules.stages import Procedure, Stage
from fanpin.rules.titles import TitledEnum

AT_ONCE = 500
PLACES = ("province", "prefecture", "county", "township", "village", "group")
INCOME_CODES = frozenset(column.field.removeprefix("income.") for column in columns() if column.field.startswith("income."))


@dataclass(frozen=True)
class PersonOnRecord:
    """A present member: id, values by column code, and what was kept of earlier imports; blank values are left out."""

    id: int
    values: Mapping[str, str]
    extra: Mapping[str, str]


@dataclass(frozen=True)
class OnRecord:
    """A household with its people, as the national columns show them."""

    id: int
    ref: str
    area_path: str
    values: Mapping[str, str]
    extra: Mapping[str, str]
    people: tuple[PersonOnRecord, ...]
    monitored: bool

    @property
    def digest(self) -> str:
        """Return a digest of all that an import may change: it differs when somebody has changed the file meanwhile."""
        told = [self.values, self.extra, [(person.id, person.values, person.extra) for person in self.people]]
        return crypto.digest(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())


def on_record(session: Session, numbers: Collection[int]) -> dict[int, OnRecord]:
    """Read households by their ids within the session's scope, five hundred at a time."""
    found: dict[int, OnRecord] = {}
    ordered = sorted(numbers)
    for first in range(0, len(ordered), AT_ONCE):
        found |= _chunk(session, ordered[first:first + AT_ONCE])
    return found


def _chunk(session: Session, numbers: Sequence[int]) -> dict[int, OnRecord]:
    columns_of_household = (
        Household.id, Household.ref, Household.area_path, Household.head_name, Household.size, Household.lifted,
        Household.hukou_place, Household.address, Household.phone, Household.relocation_community, Household.national_code,
        Household.extra)
    households = session.execute(select(*columns_of_household).where(Household.id.in_(numbers))).all()
    people = _people(session, numbers)
    records = _Records(session, numbers)
    places = _places(session, {row.area_path for row in households})
    return {row.id: _household(row, people.get(row.id, ()), places[row.area_path], records) for row in households}


def _people(session: Session, numbers: Sequence[int]) -> dict[int, list[Any]]:
    wanted = (Member.id, Member.household_id, Member.name, Member.relation, Member.id_number, Member.born_on, Member.sex,
              Member.ethnicity, Member.education, Member.schooling, Member.school, Member.health, Member.labour, Member.work,
              Member.work_months, Member.disability_certificate, Member.insured, Member.extra)
    found: dict[int, list[Any]] = {}
    for row in session.execute(select(*wanted).where(Member.household_id.in_(numbers), Member.left_on.is_(None))
                               .order_by(Member.household_id, Member.position, Member.id)):
        found.setdefault(row.household_id, []).append(row)
    return found


def _places(session: Session, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    lines = {path: [int(part) for part in path.strip("/").split("/")] for path in paths}
    wanted = {number for line in lines.values() for number in line}
    names = dict(session.execute(select(Area.id, Area.name).where(Area.id.in_(wanted))).all()) if wanted else {}
    return {path: tuple(names.get(number, "") for number in line) for path, line in lines.items()}


def _household(row: Any, people: Sequence[Any], place: tuple[str, ...], records: "_Records") -> OnRecord:
    persons = tuple(PersonOnRecord(person.id, _filled(person_values(person)), _extra(person.extra)) for person in people)
    head = next((person for person in persons if person.values.get("relation") == "户主"), None)
    values = dict(zip(PLACES, place, strict=False)) | {
        "household_code": row.national_code, "head_name": row.head_name,
        "head_id": head.values.get("id_number", "") if head else "", "phone": row.phone, "address": row.address,
        "hukou_place": row.hukou_place, "relocation": row.relocation_community, "size": str(row.size),
        "household_kind": (HouseholdKind.LIFTED if row.lifted else HouseholdKind.ORDINARY).title}
    told = records.of(row.id)
    return OnRecord(row.id, row.ref, row.area_path, _filled(values | told), _extra(row.extra), persons,
                    monitored="class" in told)


def person_values(person: Any) -> dict[str, str | None]:
    """Return a member's own columns as the sheet shows them."""
    return {
        "name": person.name, "relation": person.relation.title, "id_number": person.id_number,
        "born_on": person.born_on.isoformat() if person.born_on else "", "sex": person.sex.title if person.sex else "",
        "ethnicity": person.ethnicity, "education": _title(Education, person.education),
        "schooling": _title(Schooling, person.schooling), "school": person.school,
        "health": ",".join(member.title for member in Health if member.value in (person.health or ())),
        "labour": person.labour.title if person.labour else "", "work_place": person.work,
        "work_months": "" if person.work_months is None else str(person.work_months),
        "disability_certificate": person.disability_certificate,
        "resident_insurance": "" if person.insured is None else _yes(person.insured)}


def _title(titled: type[TitledEnum], code: str) -> str:
    return next((member.title for member in titled if member.value == code), code)


def _yes(answer: bool) -> str:
    return "是" if answer else "否"


def _filled(values: Mapping[str, str | None]) -> dict[str, str]:
    return {code: value for code, value in values.items() if value}


def _extra(text: str | None) -> dict[str, str]:
    return json.loads(text) if text else {}


def as_yuan(fen: int) -> str:
    """Return an amount as the columns hold it."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // FEN}.{abs(fen) % FEN:02d}"


class _Records:
    """What surveys, accounts, decisions, measures and markings of some households say."""

    def __init__(self, session: Session, numbers: Sequence[int]) -> None:
        self._income = _latest(session, IncomeRecord, numbers)
        self._guarantees = _latest(session, GuaranteeRecord, numbers)
        self._episodes: dict[int, list[Any]] = {}
        included = select(Case.id, Case.household_id, Case.household_class, Case.stage, Determination.decided_on).join(
            Determination, Determination.case_id == Case.id).where(
            Case.household_id.in_(numbers), Determination.procedure == Procedure.ENTERING,
            Determination.result == DeterminationResult.INCLUDED, Case.stage != Stage.COUNTY).order_by(Case.id, Determination.id)
        for row in session.execute(included):
            kept = self._episodes.setdefault(row.household_id, [])
            if not kept or kept[-1].id != row.id:
                kept.append(row)
        cases = [episode.id for kept in self._episodes.values() for episode in kept[-1:]]
        self._surveys: dict[tuple[int, Procedure], Survey] = {}
        self._measures: dict[int, list[Any]] = {}
        self._markings: dict[int, Any] = {}
        if cases:
            for survey in session.scalars(select(Survey).where(Survey.case_id.in_(cases)).order_by(Survey.round)):
                self._surveys[survey.case_id, survey.procedure] = survey
            for row in session.execute(select(Measure.case_id, Measure.category, Measure.detail, Measure.started_on).where(
                    Measure.case_id.in_(cases), Measure.category.is_not(None), Measure.status != MeasureStatus.PLANNED,
                    (Measure.status != MeasureStatus.STOPPED) | Measure.started_on.is_not(None)).order_by(Measure.id)):
                self._measures.setdefault(row.case_id, []).append(row)
            for row in session.execute(select(Marking.case_id, Marking.marked_on, Marking.way, Marking.contact).where(
                    Marking.case_id.in_(cases))):
                self._markings[row.case_id] = row

    def of(self, household_id: int) -> dict[str, str]:
        """Return the values of the monitoring, income, measures and 风险消除后 columns, and of the guarantees."""
        values = self._account(household_id) | self._safe(household_id)
        episodes = self._episodes.get(household_id, [])
        for suffix, episode in (("", episodes[-1:]), ("_0", episodes[-2:-1])):
            for row in episode:
                values |= {f"class{suffix}": row.household_class.title if row.household_class else "",
                           f"identified{suffix}": f"{row.decided_on:%Y%m}",
                           f"eliminated{suffix}": _yes(row.stage is Stage.ELIMINATED)}
        return values | (self._episode(episodes[-1].id) if episodes else {})

    def _account(self, household_id: int) -> dict[str, str]:
        row = next((record for record in self._income.get(household_id, ())), None)
        if row is None:
            return {}
        account = row.statement()
        told = {f"income_{code}": as_yuan(fen) for code, fen in _lines(account).items() if code in INCOME_CODES}
        return told | {
            "income_from": row.period_from.isoformat(), "income_to": row.period_to.isoformat(), "net_income": as_yuan(account.net),
            "heads_year": str(row.heads_year), "heads_now": str(row.heads_now),
            "per_head": "" if account.per_head is None else as_yuan(account.per_head), "claims": as_yuan(row.claims),
            "compliant_spending": as_yuan(row.compliant_spending), "reference": as_yuan(account.reference)}

    def _safe(self, household_id: int) -> dict[str, str]:
        row = next((record for record in self._guarantees.get(household_id, ())), None)
        return {} if row is None else {"dangerous_house": _yes(not row.housing), "safe_water": _yes(row.water)}

    def _episode(self, case_id: int) -> dict[str, str]:
        values: dict[str, str] = {}
        entering, leaving = (self._surveys.get((case_id, procedure)) for procedure in (Procedure.ENTERING, Procedure.LEAVING))
        for place, code in enumerate((entering.risks if entering else [])[:MOST_RISKS], start=1):
            values[f"risk_{place}"] = Risk(code).title
        measures = self._measures.get(case_id, [])
        for row in measures:
            code = f"measure_{row.category.value}"
            told = row.detail or row.category.title
            values[code] = f"{values[code]}；{told}" if code in values and told not in values[code].split("；") else values.get(code, told)
        done = any(row.category.is_development and row.started_on for row in measures)
        values["development"] = (Development.DONE if done else Development.NOT_YET).title
        marking = self._markings.get(case_id)
        if marking is not None:
            values |= {"elimination_way": marking.way, "eliminated_on": f"{marking.marked_on:%Y%m}", "after_contact": marking.contact}
            values |= self._after(leaving) if leaving is not None else {}
        return values

    def _after(self, survey: Survey) -> dict[str, str]:
        """Return the thirteen columns of 风险消除后, from the survey of the way out."""
        values: dict[str, str] = {}
        income = _by_id(self._income, survey.income_record_id)
        if income is not None:
            account = income.statement()
            values = {f"after_{branch.value}": as_yuan(account.total(branch)) for branch in Branch}
            values |= {"after_heads": str(income.heads_year), "after_net": as_yuan(account.net),
                       "after_per_head": "" if account.per_head is None else as_yuan(account.per_head),
                       "after_compliant": as_yuan(income.compliant_spending)}
        found = _by_id(self._guarantees, survey.guarantee_record_id)
        if found is not None:
            values |= {"after_dangerous_house": _yes(not found.housing), "after_safe_water": _yes(found.water)}
        return values


def _by_id(rows: Mapping[int, list[Any]], number: int | None) -> Any:
    return next((row for kept in rows.values() for row in kept if row.id == number), None) if number else None


def _lines(account: IncomeStatement) -> dict[str, int]:
    """Sum the account's lines up to the columns that the form shows apart; a branch's own code is its total."""
    found = {branch.value: account.total(branch) for branch in Branch}
    for code, fen in account.amounts.items():
        if len(code) > 1:
            shown = code if code in INCOME_CODES else code[:2]
            found[shown] = found.get(shown, 0) + fen
    return found


def _latest(session: Session, model: type[Any], numbers: Sequence[int]) -> dict[int, list[Any]]:
    """Return the records of each household, the newest first."""
    found: dict[int, list[Any]] = {}
    for row in session.scalars(select(model).where(model.household_id.in_(numbers)).order_by(model.id.desc())):
        found.setdefault(row.household_id, []).append(row)
    return found
