"""区域性、规模性返贫风险 of 二(四): events, the areas they touch, exposed households, plans and responses.

An event concerns everybody whose area it touches, above and below, and so do its plans and responses (`Shared`); who is
exposed is a household's matter and stays within the area (`Scoped`). To count by event, ask `steps.regional_numbers`.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fanpin.extensions import Base
from fanpin.models.areas import Area
from fanpin.models.scoped import Referenced, Scope, Scoped, Shared
from fanpin.models.types import Code, Instant, path_column_type
from fanpin.rules.actions import Action
from fanpin.rules.regional import Degree, EventKind, EventSource, ExposedBy, ExposureResult, HelpedWho


class _Known(Shared):
    """What departments of the county may read as well: it names no household."""

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool]:
        """Every department sees the events of its county."""
        return cls.area_path.is_not(None)


class Event(Referenced, _Known, Base):
    """One event: `area_path` is the smallest area that holds all that it touches, `charge_path` whose it is to handle."""

    __tablename__ = "regional_event"
    __table_args__ = (Index("ix_regional_event_closed_charge", "closed_on", "charge_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(Code(EventKind))
    title: Mapped[str] = mapped_column(String(80))
    happened_on: Mapped[date]
    source: Mapped[EventSource] = mapped_column(Code(EventSource))
    degree: Mapped[Degree] = mapped_column(Code(Degree))
    document: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    exposed_by: Mapped[ExposedBy] = mapped_column(Code(ExposedBy))
    exposed_word: Mapped[str] = mapped_column(String(40), default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("relocation_community.id"))
    charge_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    charge_path: Mapped[str] = mapped_column(path_column_type())
    department: Mapped[str] = mapped_column(String(40), default="")
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    matched_at: Mapped[datetime | None] = mapped_column(Instant)
    conclusion: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    closed_by: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)
    charge: Mapped[Area] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class EventArea(_Known, Base):
    """One area that an event touches: `area_path`, at any level."""

    __tablename__ = "event_area"
    __table_args__ = (UniqueConstraint("event_id", "area_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("regional_event.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))


class EventAct(_Known, Base):
    """What was done with an event as such: entered, searched again, reported on, closed."""

    __tablename__ = "event_act"
    __table_args__ = (Index("ix_event_act_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("regional_event.id"))
    action: Mapped[Action] = mapped_column(Code(Action))
    note: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)


class EventPlan(Referenced, _Known, Base):
    """防范措施: what is to be done, by which unit and person, by when, at which level (`area_path`)."""

    __tablename__ = "event_plan"
    __table_args__ = (Index("ix_event_plan_event_id", "event_id"), Index("ix_event_plan_owed", "done_on", "due_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("regional_event.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    measures: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(80))
    unit_department: Mapped[str] = mapped_column(String(40), default="")
    person: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(60))
    made_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Instant)
    done_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    event: Mapped[Event] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class EventResponse(Referenced, _Known, Base):
    """帮扶举措: what was done, when, for which and how many households, with evidence."""

    __tablename__ = "event_response"
    __table_args__ = (Index("ix_event_response_event_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("regional_event.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("event_plan.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    unit: Mapped[str] = mapped_column(String(80))
    done: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    helped: Mapped[HelpedWho] = mapped_column(Code(HelpedWho))
    helped_note: Mapped[str] = mapped_column(String(200), default="")
    households: Mapped[int]
    evidence: Mapped[str] = mapped_column(String(200), default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Exposure(Scoped, Base):
    """A household that an event reaches, with the ground; owed a look until `visited_on` is set."""

    __tablename__ = "event_exposure"
    __table_args__ = (
        UniqueConstraint("event_id", "household_id"),
        Index("ix_event_exposure_place", "event_id", "area_path", "household_id"),
        Index("ix_event_exposure_household_id", "household_id"),
        Index("ix_event_exposure_owed", "visited_on", "removed_at", "area_path"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("regional_event.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    ground: Mapped[str] = mapped_column(String(200))
    by_hand: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by: Mapped[str] = mapped_column(String(60), default="")
    removed_reason: Mapped[str] = mapped_column(String(200), default="")
    visited_on: Mapped[date | None]
    result: Mapped[ExposureResult | None] = mapped_column(Code(ExposureResult))
    note: Mapped[str] = mapped_column(Text, default="")
    visited_by: Mapped[str] = mapped_column(String(60), default="")
