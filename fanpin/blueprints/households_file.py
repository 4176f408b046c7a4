"""What the page of a household's file shows, gathered by a fixed number of statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from fanpin.blueprints.guard import may
from fanpin.blueprints.links import link
from fanpin.blueprints.papers import PaperShown, shown
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import FocusRecord, GuaranteeRecord, Household, IncomeRecord, Member
from fanpin.models.keychecks import KeyCheck
from fanpin.models.leads import Lead
from fanpin.models.outbox import StoredFile
from fanpin.models.papers import Paper
from fanpin.models.quality import DoubtRow, DoubtState
from fanpin.models.rounds import RoundVisit
from fanpin.models.warnings import Warning
from fanpin.rules.actions import Action
from fanpin.rules.members import Education, Health, Schooling, age_on
from fanpin.rules.privacy import mask_id
from fanpin.rules.survey import GUARANTEE_TITLES
from fanpin.rules.titles import TitledEnum
from fanpin.steps import population

RECENT = 20


@dataclass(frozen=True)
class Shown:
    """A person as the table of members shows them."""

    ref: str
    name: str
    relation: str
    sex: str
    age: str
    id: str
    schooling: str
    health: str
    labour: str
    note: str
    url: str


def member_row(member: Member, *, today: date, focus: tuple[str, ...] = (), url: str = "") -> Shown:
    """Return a member with words in the place of codes and the number hidden."""
    health = "、".join(title_of(Health, code) for code in member.health or ())
    notes = [f"务工{member.work_months}个月" if member.work_months else "", member.work, *focus,
             "有残疾人证" if member.disability_certificate else ""]
    return Shown(
        ref=member.ref, name=member.name, relation=member.relation.title, sex=member.sex.title if member.sex else "",
        age=str(age_on(member.born_on, today)) if member.born_on else "", id=mask_id(member.id_number) or "未登记",
        schooling=title_of(Schooling, member.schooling) or title_of(Education, member.education), health=health,
        labour=member.labour.title if member.labour else "", note="、".join(note for note in notes if note), url=url)


def title_of(titled: type[TitledEnum], code: str) -> str:
    """Return the words of a code; texts from elsewhere stay as they are."""
    return next((member.title for member in titled if member.value == code), code)


def file_of(household: Household, *, today: date) -> dict[str, object]:
    """Gather the file of one household for its page."""
    focus = list(_mine(FocusRecord, household))
    current: dict[int, tuple[str, ...]] = {}
    for row in focus:
        if row.until is None:
            current[row.member_id] = (*current.get(row.member_id, ()), row.group.title)
    cases = list(db.session.scalars(select(Case).where(Case.household_id == household.id).order_by(Case.id.desc())))
    editable = may(Action.HOUSEHOLD_EDIT, household)
    names = {member.id: member.name for member in household.members}
    return {
        "members": [member_row(member, today=today, focus=current.get(member.id, ()),
                               url=link("households.edit_member", member=member.ref) if editable else "")
                    for member in household.present_members],
        "left": [member for member in household.members if member.left_on is not None],
        "kin": [(kin.name, kin.relation.title, mask_id(kin.id_number) or "未登记") for kin in household.kin],
        "focus": [(names[row.member_id], row.group.title, row.since, row.until, row.source) for row in focus],
        "incomes": [(row, row.statement()) for row in _mine(IncomeRecord, household)],
        "guarantees": [(row, _unsafe(row)) for row in _mine(GuaranteeRecord, household)],
        "cases": [(case, link("cases.show", case=case.ref)) for case in cases],
        "regrouped": population.lately_regrouped(db.session(), household, today=today),
        "doubts": list(db.session.scalars(select(DoubtRow).where(
            DoubtRow.household_id == household.id, DoubtRow.state == DoubtState.OPEN).order_by(DoubtRow.id).limit(RECENT))),
        "leads": list(_mine(Lead, household)),
        "warnings": list(_mine(Warning, household)),
        "visits": list(_mine(RoundVisit, household)),
        "key_checks": list(_mine(KeyCheck, household)),
        "papers": _papers(household, [case.id for case in cases]),
        "files": list(_mine(StoredFile, household)),
        "open_case": next((case for case in cases if case.open), None),
    }


def _mine(model: type, household: Household) -> list:
    return list(db.session.scalars(select(model).where(model.household_id == household.id)
                                   .order_by(model.id.desc()).limit(RECENT)))


def _unsafe(row: GuaranteeRecord) -> str:
    return "、".join(title for name, title in GUARANTEE_TITLES.items() if not getattr(row, name))


def _papers(household: Household, case_ids: list[int]) -> list[PaperShown]:
    rows = db.session.scalars(select(Paper).where(or_(Paper.household_id == household.id, Paper.case_id.in_(case_ids)))
                              .order_by(Paper.id.desc()).limit(RECENT))
    return [shown(row) for row in rows]
