"""Help of 四: measures, their progress, posting in the village, and monitoring visits."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.risks import MeasureCategory, Risk
from fanpin.rules.stages import MONITORED, Procedure
from fanpin.rules.titles import TitledEnum


class MeasureStatus(TitledEnum):
    """How far a measure has come."""

    PLANNED = ("planned", "村级提出")
    CONFIRMED = ("confirmed", "乡镇明确")
    STARTED = ("started", "已落实")
    DONE = ("done", "已完成")
    STOPPED = ("stopped", "已终止")


class Measure(Referenced, Scoped, Base):
    """One measure for a household or a person of it; `category` None says: this person needs none."""

    __tablename__ = "measure"
    __table_args__ = (
        Index("ix_measure_case_id", "case_id"),
        Index("ix_measure_household_id", "household_id"),
        Index("ix_measure_department_status", "department", "status"),
        Index("ix_measure_helper_id", "helper_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    category: Mapped[MeasureCategory | None] = mapped_column(Code(MeasureCategory))
    detail: Mapped[str] = mapped_column(String(200), default="")
    risk: Mapped[Risk | None] = mapped_column(Code(Risk))
    status: Mapped[MeasureStatus] = mapped_column(Code(MeasureStatus))
    department: Mapped[str] = mapped_column(String(40), default="")
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[date | None]
    started_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(Text, default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def taken_on_by(cls, scope: Scope) -> ColumnElement[bool]:
        """Return the condition that the department (or, without one, the helper) of the scope carries the measure.

        From the naming of the lead department to the end of the case, and neither before nor after.
        """
        mine = cls.helper_id == scope.user_id
        carried = or_(cls.department == scope.department, mine) if scope.department else mine
        # The case is a model above this one.
        case = cls.metadata.tables["monitoring_case"]
        helped = select(case.c.id).where(case.c.closed_on.is_(None), or_(
            case.c.stage.in_([stage.value for stage in MONITORED]), case.c.procedure == Procedure.LEAVING.value))
        return and_(carried, cls.case_id.in_(helped),
                    cls.status.in_((MeasureStatus.CONFIRMED, MeasureStatus.STARTED, MeasureStatus.DONE)))

    @classmethod
    def seen_by_assigned(cls, scope: Scope) -> ColumnElement[bool]:
        """A lead department or helper sees the measures that it carries."""
        return cls.taken_on_by(scope)


class MeasurePosting(Referenced, Scoped, Base):
    """Measures posted in the village (帮扶措施要在村内公示，接受监督)."""

    __tablename__ = "measure_posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    posted_on: Mapped[date]
    removed_on: Mapped[date | None]
    posted_by: Mapped[str] = mapped_column(String(60))


class Visit(Referenced, Scoped, Base):
    """A monitoring visit of 二(一): income and spending, guarantees, water, what changed."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_case_id", "case_id", "visited_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("monitoring_case.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    visited_on: Mapped[date]
    income_change: Mapped[str] = mapped_column(Text, default="")
    spending_change: Mapped[str] = mapped_column(Text, default="")
    guarantees_safe: Mapped[bool]
    water_safe: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    visited_by: Mapped[str] = mapped_column(String(60))
