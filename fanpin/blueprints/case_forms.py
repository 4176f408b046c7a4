"""Forms about one case as it was read: a decision taken on an older page is told so."""

from wtforms import HiddenField

from fanpin.blueprints.forms import HouseForm, NoteField, longest, required

REASON_LENGTH = 500
LONGEST_VERSION = 9


class VersionForm(HouseForm):
    """A form that carries the version of the case as it was read."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """Return the version that the page showed, None where it came back as something else."""
        typed = self.version.data or ""
        return int(typed) if str(typed).isascii() and str(typed).isdigit() and len(str(typed)) <= LONGEST_VERSION else None


class ReasonForm(VersionForm):
    """A decision with its reason."""

    reason = NoteField("理由", validators=[required("请写明理由。"), longest(REASON_LENGTH)])
