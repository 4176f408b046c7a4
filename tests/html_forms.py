"""Forms read from a page as a browser reads them: their fields, what they hold and what they offer."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "textarea", "search", "tel", "date", "time", "number", "url", "email"})


@dataclass
class Field:
    """One named control: its kind, what it holds, what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    """One form that posts: where to, and its fields by name."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        """Return what a browser would send, with the last offer taken where nothing is chosen yet."""
        return {name: held.values or ([] if held.kind == "checkbox" else held.offers[-1:] or [""])
                for name, held in self.fields.items() if held.kind not in ("file", "submit")}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open: PageForm | None = None
        self._area: Field | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = PageForm(given.get("action") or "") if given.get("method", "").lower() == "post" else None
            self.forms += [self._open] if self._open else []
        if self._open is None:
            return
        if tag == "option" and self._select is not None:
            value = given.get("value") or ""
            self._select.offers.append(value)
            if "selected" in given:
                self._select.values.append(value)
        name = given.get("name")
        if name:
            self._control(tag, name, given)

    def _control(self, tag: str, name: str, given: dict[str, str | None]) -> None:
        kind = {"input": given.get("type") or "text", "button": "submit"}.get(tag, tag)
        held = self._open.fields.setdefault(name, Field(name, kind))
        value = given.get("value") or ""
        if kind in ("radio", "checkbox"):
            held.offers.append(value)
            held.values += [value] if "checked" in given else []
        elif tag == "input":
            held.values.append(value)
        elif tag == "textarea":
            held.values.append("")
            self._area = held
        elif tag == "select":
            self._select = held

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None


def forms(page: str) -> list[PageForm]:
    """Return the forms of a page that post."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
