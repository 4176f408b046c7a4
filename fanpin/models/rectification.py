"""二(四) 发现解决因工作、责任、政策落实不到位造成的返贫: what was not carried out, who puts it right, who verified it."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scope, Scoped
from fanpin.models.types import Code, Instant
from fanpin.rules.regional import Cause, RectificationState


class Rectification(Referenced, Scoped, Base):
    """A task of the unit responsible (`area_path`, and the department there, if any), found on a case or an event."""

    __tablename__ = "rectification"
    __table_args__ = (Index("ix_rectification_state_area", "state", "area_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("regional_event.id"), index=True)
    about: Mapped[str] = mapped_column(String(120))
    cause: Mapped[Cause] = mapped_column(Code(Cause))
    finding: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    department: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(80))
    person: Mapped[str] = mapped_column(String(60), default="")
    due_on: Mapped[date]
    state: Mapped[RectificationState] = mapped_column(Code(RectificationState))
    opened_by: Mapped[str] = mapped_column(String(120))
    opened_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    result: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date | None]
    done_by: Mapped[str] = mapped_column(String(60), default="")
    done_by_id: Mapped[int | None]
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    verdict: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]
    verified_by: Mapped[str] = mapped_column(String(120), default="")
    returns: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """A department sees the tasks that are its own."""
        return cls.department == scope.department
