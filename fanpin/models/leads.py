"""Leads of 三(一): declarations as received, never altered, and the guidance that was given."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Code, Encrypted, Instant
from fanpin.rules.intake import Channel, LeadSource, LeadStatus


class Lead(Referenced, Scoped, Base):
    """A first sign that a household is in trouble; `statement` stays as it was received."""

    __tablename__ = "lead"
    __table_args__ = (Index("ix_lead_status_area", "status", "area_path"), Index("ix_lead_household_id", "household_id"),
                      Index("ix_lead_platform_number", "platform_number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    source: Mapped[LeadSource] = mapped_column(Code(LeadSource))
    channel: Mapped[Channel | None] = mapped_column(Code(Channel))
    platform_number: Mapped[str] = mapped_column(String(60), default="")
    # County, platform and number: the same declaration is on file once, whoever brings it at the same time.
    platform_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("lead_import.id"), index=True)
    head_name: Mapped[str] = mapped_column(String(60))
    head_id_number: Mapped[str | None] = mapped_column(Encrypted("lead.head_id_number"))
    phone: Mapped[str | None] = mapped_column(Encrypted("lead.phone"))
    reporter: Mapped[str] = mapped_column(String(60), default="")
    reporter_relation: Mapped[str] = mapped_column(String(40), default="")
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    statement: Mapped[str] = mapped_column(Text)
    declared_on: Mapped[date]
    status: Mapped[LeadStatus] = mapped_column(Code(LeadStatus))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    registered_by: Mapped[str] = mapped_column(String(60))
    registered_at: Mapped[datetime] = mapped_column(Instant)
    accepted_by: Mapped[str] = mapped_column(String(60), default="")
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(400), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Guidance(Scoped, Base):
    """Who was shown which of the three platforms, when, by whom (引导)."""

    __tablename__ = "guidance"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    person: Mapped[str] = mapped_column(String(60))
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    given_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(String(60))
