"""Issued papers: numbered, data frozen, rendered once, reprints counted."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Referenced, Scoped
from fanpin.models.types import Encrypted, Instant


class Paper(Referenced, Scoped, Base):
    """One issued paper; its bytes are rendered from `data` by the worker and never change afterwards.

    `about` names what it is made of where that is neither a case nor a list: `warning:…`, `round:…`, `area:…/2026-03`.
    """

    __tablename__ = "paper"
    __table_args__ = (Index("ix_paper_case_id", "case_id"), Index("ix_paper_list_id", "list_id"),
                      Index("ix_paper_about", "about"), Index("ix_paper_household_id", "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_case.id"))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("village_list.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    about: Mapped[str] = mapped_column(String(60), default="")
    issuer: Mapped[str] = mapped_column(String(120))
    data: Mapped[str] = mapped_column(Encrypted("paper.data"))
    data_digest: Mapped[str] = mapped_column(String(80))
    verify_code: Mapped[str] = mapped_column(String(20), unique=True)
    event_hash: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    problem: Mapped[str] = mapped_column(String(300), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pages: Mapped[int | None]
    prints: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[str] = mapped_column(String(60))


class PaperNumber(Base):
    """The last number given, per area, kind and year: taken under a row lock, never reused."""

    __tablename__ = "paper_number"

    series: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
