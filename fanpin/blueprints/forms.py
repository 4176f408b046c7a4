"""What all forms share: a one-time key, refusals turned into messages, fields of the house."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import current_app, render_template, request
from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, StringField
from wtforms.fields.simple import TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from fanpin.blueprints.guard import actor, is_administrator, today
from fanpin.extensions import db, read_only
from fanpin.rules.income import parse_yuan, yuan
from fanpin.rules.names import clean_note
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotPermitted, Refusal, RequirementsNotMet
from fanpin.steps import handwork

STATUS = {AlreadyHandled: 409, NotPermitted: 403, NotAllowedHere: 409, RequirementsNotMet: 422, Invalid: 422}


UNCOUNTED = frozenset({"CSRFTokenField", "HiddenField", "FileField", "MultipleFileField"})


class HouseForm(FlaskForm):
    """A form with a one-time key; `refusal` holds why its act was refused, `missing` what it lacks."""

    # wtforms takes no attribute with a leading underscore for a field; the name in the page may have one.
    once = HiddenField(name="_key")
    # Fields that no paper or department could have filled.
    uncounted: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal: Refusal | None = None
        if not self.once.data:
            self.once.data = secrets.token_urlsafe(18)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run a step; a refusal rolls back and is shown on the form, with all that was typed."""
        try:
            yield
            self._count()
        except Refusal as refusal:
            db.session.rollback()
            read_only(db.session())
            self.refusal = refusal
            self.once.data = secrets.token_urlsafe(18)
            self.once.raw_data = None
            if isinstance(refusal, Invalid):
                self._place(refusal)

    def _count(self) -> None:
        """Count what was typed by hand, where the form came filled and an act with an area was done."""
        guarded = getattr(current_app.view_functions.get(request.endpoint or ""), "guard", None)
        filled = sum(_plain(field.object_data) is not None for field in self._counted())
        if filled and guarded is not None and guarded.action is not None and not is_administrator():
            handwork.note(db.session(), guarded.action, filled=filled, typed=self.typed, actor=actor(), today=today())

    @property
    def typed(self) -> int:
        """Count the fields that differ from what the page came filled with."""
        return sum(_plain(field.data) != _plain(field.object_data) for field in self._counted())

    def _counted(self) -> Iterator[Field]:
        return (field for field in self if field.type not in UNCOUNTED and field.name not in self.uncounted)

    def _place(self, refusal: Invalid) -> None:
        for name, message in refusal.problems.items():
            if name and name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, message]

    @property
    def status(self) -> int:
        """Return the HTTP status of a page that shows this form again."""
        if self.refusal is not None:
            return STATUS.get(type(self.refusal), 422)
        return 422 if self.is_submitted() else 200

    def answer(self, template: str, **values: Any) -> tuple[str, int]:
        """Render the page with the form, under the status that fits."""
        return render_template(template, form=self, **values), self.status


def _plain(value: object) -> object:
    return value or None


class YuanField(StringField):
    """An amount typed in yuan, kept in fen; an empty field is 0 when not required."""

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else yuan(self.data).replace(",", "")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; refuse with the sentence of the rules."""
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            self.data = 0
            return
        try:
            self.data = parse_yuan(text)
        except ValueError as error:
            self.data = None
            raise ValueError(str(error)) from error


class NoteField(TextAreaField):
    """Plain text over several lines; control and direction characters are taken out."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read and clean what was typed; what is too long stays on the page to be shortened."""
        self.data = valuelist[0] if valuelist else ""
        self.data = clean_note(self.data, limit=4000)


class _Filled(InputRequired):
    """Ask for something that is still something when blanks and signs nobody sees are taken off."""

    def __call__(self, form: Form, field: Field) -> None:
        typed = field.raw_data[0] if field.raw_data else ""
        blank = isinstance(typed, str) and not typed.strip()
        if not typed or blank or (field.data in (None, "") and not field.process_errors):
            field.errors = []
            raise StopValidation(self.message)


def required(message: str) -> InputRequired:
    """Return the validator of a field that must be filled, with its sentence."""
    return _Filled(message=message)


def longest(limit: int) -> Length:
    """Return the validator of a text's length."""
    return Length(max=limit, message=f"最多{limit}个字。")


def refuse(message: str) -> ValidationError:
    """Return the error that a field's own validator raises."""
    return ValidationError(message)
