"""Fields whose refusals say in Chinese what to do, and which keep what was typed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import DateField, Form, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from fanpin.blueprints.forms import longest
from fanpin.rules.names import clean_note

EARLIEST = date(2000, 1, 1)
MOST_PEOPLE = 9999
LONGER = 4  # normal form may take more characters than were typed; `longest` judges the result
UNKNOWN_CHOICE = "请从给出的选项中选择。"


class LineField(StringField):
    """One line of plain text of limited length; control and direction characters are taken out."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, limit: int = 60, **kwargs: Any) -> None:
        super().__init__(label, [*validators, longest(limit)], **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read and clean what was typed; a field that did not come is empty."""
        typed = valuelist[0] if valuelist else ""
        self.data = " ".join(clean_note(typed, limit=LONGER * len(typed)).split())


class CountField(IntegerField):
    """A number of people or things; empty is None."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; refuse with what to do."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit()) or int(typed[:9]) > MOST_PEOPLE or len(typed) > 9:
            raise ValueError(f"请填写0到{MOST_PEOPLE}之间的整数。")
        self.data = int(typed)


class DayField(DateField):
    """A legal date."""

    earliest = EARLIEST
    example = "2026-03-02"
    too_early = "日期过早，请核对年份。"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; refuse with what to do."""
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        try:
            day = date.fromisoformat(typed)
        except ValueError as error:
            raise ValueError(f"日期不对，请按“{self.example}”的样子填写。") from error
        if day < self.earliest:
            raise ValueError(self.too_early)
        self.data = day


class ClockField(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; refuse with what to do."""
        try:
            super().process_formdata([typed[:5] for typed in valuelist if typed.strip()])
        except ValueError as error:
            raise ValueError("时间不对，请按“09:30”的样子填写。") from error


def _as_choices(given: Iterable[tuple[str, str] | SelectChoice] | None) -> list[SelectChoice]:
    return [choice if isinstance(choice, SelectChoice) else SelectChoice(*choice) for choice in given or ()]


class _Chosen:
    """Take choices as (code, title) pairs; refuse one that the page did not offer."""

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, choices=_as_choices(choices), **kwargs)

    @property
    def choices(self) -> list[SelectChoice]:
        """Return what the field offers."""
        return SelectField.choices.fget(self)

    @choices.setter
    def choices(self, given: Iterable[tuple[str, str]]) -> None:
        SelectField.choices.fset(self, _as_choices(given))

    def pre_validate(self, form: Form) -> None:
        """Say what to do where WTForms would speak English."""
        chosen = self.data if isinstance(self.data, list) else [self.data]
        offered = {choice.value for choice in self.iter_choices()}
        if any(value not in offered for value in chosen if value not in (None, "")):
            raise ValidationError(UNKNOWN_CHOICE)


class PickField(_Chosen, SelectField):
    """One of several, from a closed list."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was chosen; a field that did not come is empty, whatever the page came filled with."""
        self.data = valuelist[0] if valuelist else ""


class TickField(_Chosen, RadioField):
    """One of a few, all in sight; nothing chosen is None unless a validator asks."""

    def __init__(self, label: str, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, [Optional()] if validators is None else validators, coerce=_chosen_text, **kwargs)


class ManyField(_Chosen, SelectMultipleField):
    """Any number of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was ticked; an empty one is none."""
        super().process_formdata([value for value in valuelist if value])


def _chosen_text(value: object) -> str | None:
    return None if value is None else str(value)
