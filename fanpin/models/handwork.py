"""How much the people of an area typed by hand: one row for each form that came filled (design: nobody types twice)."""

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fanpin.extensions import Base
from fanpin.models.scoped import Scoped


class FilledForm(Scoped, Base):
    """A form that was sent: of which action, how many of its fields came filled, how many were typed or changed."""

    __tablename__ = "filled_form"
    __table_args__ = (Index("ix_filled_form_area", "area_path", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    filled: Mapped[int]
    typed: Mapped[int]
