"""The demo's 乡村振兴部门 exports what is entered and marked in the national system, and sends it as every department does."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fanpin.cli.demo_registers import SheetOf
from fanpin.models.cases import Case
from fanpin.models.county import Determination, DeterminationResult
from fanpin.models.households import Member
from fanpin.rules.departments import Department
from fanpin.rules.members import Relation
from fanpin.rules.stages import Stage

TABLE = "entries"


def exported(session: Session) -> SheetOf:
    """Return the export's table: each household that the county has entered, once, as it stands by its latest case."""
    head = and_(Member.household_id == Case.household_id, Member.relation == Relation.HEAD, Member.left_on.is_(None))
    rows = session.execute(
        select(Case, Determination, Member.name, Member.id_number)
        .join(Determination, Determination.case_id == Case.id).join(Member, head)
        .where(Determination.result == DeterminationResult.INCLUDED, Determination.entered_on.is_not(None)).order_by(Case.id)).all()
    latest = {case.household_id: _line(case, decided, name, number or "") for case, decided, name, number in rows}
    lines = tuple(latest.values())
    return SheetOf(Department.RURAL_REVITALIZATION, TABLE, tuple(lines[0]), lines)


def _line(case: Case, decided: Determination, name: str, number: str) -> dict[str, str]:
    marked = case.stage is Stage.ELIMINATED and case.closed_on is not None
    return {
        "户编号": decided.national_number, "户主姓名": name, "户主证件号码": number,
        "监测对象类别": decided.household_class.title if decided.household_class else "",
        "识别监测时间": f"{decided.decided_on:%Y%m}", "风险是否已消除": "是" if marked else "否",
        "风险消除时间": f"{case.closed_on:%Y%m}" if marked else "",
    }
