"""Print a frozen paper: check what it holds, ask the press, check what came out."""

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from fanpin.documents.catalogue import paper, to_json
from fanpin.documents.papers_common import Contact, Imprint, PublicHousehold
from fanpin.documents.verification import format_code
from fanpin.resources import directory, printable
from fanpin.rules import privacy
from fanpin.rules.eligibility import HouseholdClass
from fanpin.rules.names import check_name
from fanpin.rules.refusals import Refusal
from fanpin.rules.risks import MeasureCategory
from fanpin.sandbox import Child, ChildFailed, RequestFailed

WALL_SECONDS = 60.0
NO_SEALS: Mapping[str, bytes] = MappingProxyType({})
CLASSES = frozenset(row.title for row in HouseholdClass)
CATEGORIES = frozenset(row.title for row in MeasureCategory)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The bytes of a printed paper, their digest and the text; the same data always give the same bytes."""

    pdf: bytes
    digest: str
    pages: int
    text: str


class MissingGlyph(Refusal):
    """A character that no bundled typeface can draw: the paper stops rather than print a gap."""

    def __init__(self, characters: tuple[str, ...], where: tuple[str, ...]) -> None:
        super().__init__()
        self.characters, self.where = characters, where
        named = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in characters)
        self.message = f"文书没有打印：字库里没有{named}，出现在{'；'.join(where)}。请核对用字，或请系统管理员补充字库。"


class NotPublic(Refusal):
    """A public paper would show what the public may not see."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__()
        self.findings = findings
        self.message = f"文书没有打印：公开的文书里有不能公开的内容（{'；'.join(findings)}）。请改用可以公开的写法。"


class PressFailed(Exception):
    """The press gave no paper: a technical fault for the system administrator."""


class Printer:
    """Keep one press warm and print on it; a context manager, closed with its folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fanpin-press-")
        room = self._folder.name
        self._child = Child(
            ["-m", "fanpin.documents.press"], files=[directory("templates"), directory("fonts")],
            writable=[Path(room)], environment={"TMPDIR": room, "HOME": room, "XDG_CACHE_HOME": room},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the press and remove its folder."""
        self._child.close()
        self._folder.cleanup()

    def render(self, code: str, data: Any, *, imprint: Imprint, demo: bool,
               seals: Mapping[str, bytes] = NO_SEALS) -> Rendered:
        """Print one paper; `seals` maps an issuer's full name to the PNG of its registered seal."""
        kind = paper(code)
        if not isinstance(data, kind.data):
            raise TypeError(f"{code} takes {kind.data.__name__}, not {type(data).__name__}")
        check_glyphs(data, imprint)
        if kind.public:
            check_values(data)
        told, pdf = self._ask(_request(code, data, imprint, demo=demo, seals=seals))
        if kind.public:
            check_text(told["text"], data, imprint)
        return Rendered(pdf=pdf, digest="sha256:" + hashlib.sha256(pdf).hexdigest(), pages=told["pages"],
                        text=told["text"])

    def _ask(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            answer = self._child.ask(request, wall_seconds=WALL_SECONDS)
        except (ChildFailed, RequestFailed) as error:
            raise PressFailed(str(error)) from error
        head, _newline, pdf = answer.partition(b"\n")
        return json.loads(head), pdf


def check_glyphs(data: Any, imprint: Imprint) -> None:
    """Raise MissingGlyph for characters that no bundled typeface draws, with the words they stand in."""
    found = [(char, words) for words in (*_texts(data), *_texts(imprint)) for char in printable(words)]
    if found:
        raise MissingGlyph(tuple(dict.fromkeys(char for char, _words in found)),
                           tuple(dict.fromkeys(f"“{words[:20]}”" for _char, words in found)))


def check_values(data: Any) -> None:
    """Raise NotPublic unless names are names, classes and measures the policy's own words: free text tells causes."""
    rows = [value for value in _values(data) if isinstance(value, PublicHousehold)]
    findings = [f"户主姓名“{row.head_name}”" for row in rows if not _is_name(row.head_name)]
    findings += [f"监测对象类别“{row.household_class}”" for row in rows if row.household_class not in CLASSES]
    findings += [f"帮扶措施“{item}”" for row in rows for item in row.measures if item not in CATEGORIES]
    if findings:
        raise NotPublic(tuple(dict.fromkeys(findings)))


def check_text(text: str, data: Any, imprint: Imprint) -> None:
    """Raise NotPublic if the finished text holds anything personal; published office numbers and the imprint are known."""
    for words in (imprint.number, format_code(imprint.verify_code), imprint.shown_hash):
        text = text.replace(words, " ")
    offices = [value.phone for value in _values(data) if isinstance(value, Contact)]
    findings = privacy.scan(text, official=offices)
    if findings:
        raise NotPublic(tuple(dict.fromkeys(finding.kind.title for finding in findings)))


def _request(code: str, data: Any, imprint: Imprint, *, demo: bool, seals: Mapping[str, bytes]) -> bytes:
    images = {issuer: base64.b64encode(image).decode("ascii") for issuer, image in seals.items()}
    return json.dumps({
        "code": code, "data": to_json(data), "demo": demo, "seals": images,
        "imprint": asdict(imprint) | {"issued_on": imprint.issued_on.isoformat()},
    }, ensure_ascii=False).encode()


def _values(data: Any) -> Iterator[Any]:
    yield data
    if is_dataclass(data):
        for row in fields(data):
            yield from _values(getattr(data, row.name))
    elif isinstance(data, tuple):
        for item in data:
            yield from _values(item)


def _texts(data: Any) -> Iterator[str]:
    return (value for value in _values(data) if isinstance(value, str))


def _is_name(text: str) -> bool:
    verdict = check_name(text)
    return verdict.ok and verdict.name == text
