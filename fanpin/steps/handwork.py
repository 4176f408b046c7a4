"""六(二) 减少不必要的填表报数: what is typed by hand into forms that came filled is counted and reported."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.models.handwork import FilledForm
from fanpin.models.scoped import within
from fanpin.rules.actions import Action
from fanpin.rules.roles import Actor


@dataclass(frozen=True)
class Handwork:
    """One kind of form: how many were sent, and how many fields came filled and were typed, in all."""

    title: str
    forms: int
    filled: int
    typed: int

    @property
    def filled_on_average(self) -> str:
        """Return the fields that came filled, for one form."""
        return f"{self.filled / self.forms:.1f}"

    @property
    def typed_on_average(self) -> str:
        """Return the fields typed or changed by hand, for one form."""
        return f"{self.typed / self.forms:.1f}"


def note(session: Session, action: Action, *, filled: int, typed: int, actor: Actor, today: date) -> None:
    """Count a form that was taken; it names nobody."""
    session.add(FilledForm(area_path=actor.area_path, form=action.value, on=today, filled=filled, typed=typed))


def of_year(session: Session, area: Area, *, first: date, last: date) -> tuple[Handwork, ...]:
    """Add up the forms sent in the area, the most frequent first, in one statement."""
    rows = session.execute(
        select(FilledForm.form, func.count(), func.sum(FilledForm.filled), func.sum(FilledForm.typed))
        .where(within(FilledForm.area_path, (area.path,)), FilledForm.on >= first, FilledForm.on <= last)
        .group_by(FilledForm.form)).all()
    return tuple(sorted((Handwork(Action(form).title, count, int(filled), int(typed)) for form, count, filled, typed in rows),
                        key=lambda row: (-row.forms, row.title)))
