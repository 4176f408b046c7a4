"""What waits about the register's sheets: differences to decide, departments' columns to sign, their questions to answer."""

from sqlalchemy import select

from fanpin.blueprints.desk_work import Bench, Group, Item
from fanpin.blueprints.links import link
from fanpin.clock import legal_date
from fanpin.models.register import (
    ChangeKind,
    ChangeState,
    ColumnPart,
    ColumnQuestion,
    ImportBatch,
    ImportChange,
    ImportState,
)
from fanpin.rules.departments import Department

TO_DECIDE = (ChangeKind.NEW, ChangeKind.MEMBERS, ChangeKind.CHANGED)


def questions(bench: Bench) -> list[Group]:
    """List what departments ask about the area's data: for village, township and county."""
    return [bench.group("答复部门对上报数据的疑问", "六(一)", select(ColumnQuestion).where(ColumnQuestion.answered_at.is_(None)), lambda row: Item(
        f"{row.head_name}家{'，' + row.person if row.person else ''}", row.area_path, legal_date(row.asked_at),
        url=link("signing.answer", question=row.ref), note=Department(row.department).title), oldest=ColumnQuestion.asked_at,
        url=link("signing.questions"))]


def county(bench: Bench) -> list[Group]:
    """List imports whose differences wait for a decision, and batches that departments have not signed."""
    waits = select(ImportChange.id).where(ImportChange.batch_id == ImportBatch.id, ImportChange.state == ChangeState.OPEN,
                                          ImportChange.kind.in_(TO_DECIDE)).exists()
    imports = select(ImportBatch).where(ImportBatch.state == ImportState.COMPARED, waits)
    return [
        bench.group("处理导入的差异", "六(一)", imports, lambda row: Item(
            row.name, "", legal_date(row.created_at), url=link("register.show", upload=row.ref), note=f"{row.households - row.same}户有差异"),
            oldest=ImportBatch.created_at, url=link("register.index")),
        bench.group("催办部门核准上报数据", "六(一)", select(ColumnPart).where(ColumnPart.signed_at.is_(None)), lambda row: Item(
            f"{Department(row.department).title}：{row.number}", "", legal_date(row.made_at), url=link("exports.index")),
            oldest=ColumnPart.made_at, hands="有关部门", url=link("exports.index")),
        *questions(bench)]


def officer(bench: Bench) -> list[Group]:
    """List the batches whose columns the department has not signed."""
    return [bench.group("核准上报数据", "六(一)", select(ColumnPart).where(ColumnPart.signed_at.is_(None)), lambda row: Item(
        row.number, "", legal_date(row.made_at), url=link("signing.show", part=row.ref), note=f"{row.compared}处与本部门数据不一致"),
        oldest=ColumnPart.made_at, url=link("signing.index"))]
