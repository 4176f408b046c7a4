"""Write a new adapter's distribution: project file, module, sample sheet and test, that pass as they are."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from fanpin.adapters.contract import Transport
from fanpin.adapters.declaration import NAME, may_claim
from fanpin.adapters.versions import CONTRACT
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS, Basis, Column, Kind, SubjectKind, Unit, duties_of
from fanpin.rules.identity import synthetic_id

PEOPLE = (("样甲", date(1974, 3, 12), 901), ("样乙", date(1977, 8, 5), 902), ("样丙", date(2001, 11, 20), 904))
# No county has this code: nobody real can bear such a number.
COUNTY = "539999"
VILLAGES = ("样本一村", "样本二村", "样本三村")
DAYS = ("2026-01-12", "2026年1月20日", "2026/2/3")
KEYS = {
    SubjectKind.PERSON: (("id_number", "身份证号"), ("person_name", "姓名")),
    SubjectKind.HOUSEHOLD: (("head_id", "户主身份证号"), ("head_name", "户主姓名")),
    SubjectKind.VILLAGE: (("village", "行政村"),),
}
WIDTH = 118


class Unmakeable(ValueError):
    """No adapter can be made of what was asked for; the words say why."""


def claimable(department: Department) -> tuple[Kind, ...]:
    """List the kinds that the department may claim; what only the visitors see is nobody's."""
    return tuple(kind for kind in KINDS.values() if may_claim(department, kind) and not kind.village)


def project(name: str, module: str, description: str) -> str:
    """Return the project file of an adapter; the eighteen follow the same text."""
    return f'''[build-system]
requires = ["setuptools>=84", "wheel"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "1.0"
description = "{description}"
requires-python = ">=3.11"

[project.entry-points."fanpin.adapters"]
{name} = "{module}"

[tool.setuptools]
py-modules = ["{module}"]

[tool.setuptools.data-files]
"share/fanpin/{name}/samples" = ["samples/*.csv", "samples/*.jsonl"]
'''


def description(department: Department, title: str = "") -> str:
    """Return the one line that says whose adapter it is, and on what ground."""
    ground = "附件1" if duties_of(department) else "三(六)，县级分工"
    return f"{title or department.title}的适配器（{ground}）"


def new(name: str, department: Department, *, title: str = "", kinds: Sequence[str] = (),
        transports: Sequence[Transport] = ()) -> dict[str, str]:
    """Return the files of a new adapter by their paths; raise Unmakeable in plain words."""
    name = name if name.startswith("fanpin-") else f"fanpin-{name}"
    if not NAME.fullmatch(name) or len(name) > 60:
        raise Unmakeable("名称只能用小写字母、数字和短横，不超过60个字符")
    chosen = [_kind(code, department) for code in kinds] or list(claimable(department)[:1])
    if not chosen:
        raise Unmakeable(f"附件1没有给{department.title}要提供或核查的事项")
    module = name.replace("-", "_")
    title = title or department.title
    return {
        "pyproject.toml": project(name, module, description(department, title)),
        f"{module}.py": _module(name, title, department, chosen, transports),
        **{f"samples/{kind.code}.csv": _sample(kind) for kind in chosen},
        f"tests/test_{module.removeprefix('fanpin_')}.py": _test(module, title, chosen),
    }


def _kind(code: str, department: Department) -> Kind:
    kind = KINDS.get(code)
    if kind is None or kind not in claimable(department):
        allowed = "、".join(f"{kind.code}（{kind.title}）" for kind in claimable(department))
        raise Unmakeable(f"{department.title}不能申报“{code}”，可以申报：{allowed or '无'}")
    return kind


def _module(name: str, title: str, department: Department, kinds: Sequence[Kind],
            transports: Sequence[Transport]) -> str:
    body = "\n\n".join(map(_table, kinds))
    tables = ", ".join(kind.code.upper() for kind in kinds)
    ways = "".join(f"Transport.{way.name}, " for way in transports).rstrip()
    used = sorted({"Adapter", "Department", "Table", *(["Transport"] if ways else []), "hookimpl",
                   *re.findall(r"\b(amount|bulk|code|count|day|head_id|head_name|id_number|person_name|question|text|village)\(",
                               body)}, key=lambda word: (word.islower(), word))
    return f'''"""{title}的适配器."""

from fanpin.adapters import (
{_wrapped(used, "    ")}
)

{body}


class {class_of(name)}(Adapter):
    """Hands on what the table says."""

    name = "{name}"
    title = "{title}"
    contract = {CONTRACT}
    department = Department.{department.name}
    tables = ({tables},)
{f"    transports = ({ways})" + chr(10) if ways else ""}

@hookimpl
def fanpin_adapter() -> Adapter:
    """Return the adapter."""
    return {class_of(name)}()
'''


def _table(kind: Kind) -> str:
    keys = ", ".join(f"{call}({'required=True' if call == 'village' else ''})" for call, _ in KEYS[kind.subject])
    columns = "\n".join(f"    {_declared(column, kind)}," for column in kind.columns)
    claim = "bulk" if kind.basis is Basis.DUTY else "question"
    fields = [f'{column.field}="{_heading(column)}"' for column in kind.columns]
    claimed = _wrapped([f'"{kind.code}"', *fields], " " * (4 + len(claim))).lstrip().removesuffix(",")
    return f'''{kind.code.upper()} = Table("{kind.code}", "{kind.title}", (
    {keys},
{columns}
), ({claim}({claimed}),))'''


def _declared(column: Column, kind: Kind) -> str:
    heading, must = f'"{_heading(column)}"', ", required=True" if column.required else ""
    if column.field == "value":
        words = [f'"{_spoken(title)}": "{code}"' for code, title in kind.values]
        return f"code({heading}{must}, values={{\n{_wrapped(words, ' ' * 8)}\n    }})"
    if column.field == "amount":
        return f"{'count' if kind.unit is Unit.HEADS else 'amount'}({heading}{must})"
    return f"{'day' if column.field in ('date', 'ended') else 'text'}({heading}{must})"


def class_of(name: str) -> str:
    """Return the name of the class of a plugin."""
    words = name.replace("_", "-").removeprefix("fanpin-").split("-")
    return "".join(word.capitalize() for word in words)


def _heading(column: Column) -> str:
    return re.sub(r"（.*?）", "", column.label)


def _spoken(title: str) -> str:
    return title.replace("（", "(").replace("）", ")")


def _wrapped(words: Sequence[str], indent: str) -> str:
    lines, line = [], indent
    for word in words:
        if len(line) + len(word) + 2 > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word}, "
    return "\n".join([*lines, line.rstrip()])


def _sample(kind: Kind) -> str:
    sheet = io.StringIO()
    table = csv.writer(sheet, lineterminator="\n")
    table.writerow([*(heading for _, heading in KEYS[kind.subject]), *map(_heading, kind.columns)])
    for at in range(len(PEOPLE)):
        table.writerow([*_keys(kind.subject, at), *(_cell(column, kind, at) for column in kind.columns)])
    return sheet.getvalue()


def _keys(subject: SubjectKind, at: int) -> Iterator[str]:
    name, born, order = PEOPLE[at]
    if subject is SubjectKind.VILLAGE:
        yield VILLAGES[at]
    else:
        yield from (synthetic_id(COUNTY, born, order), name)


def _cell(column: Column, kind: Kind, at: int) -> str:
    if column.field == "value":
        return _spoken(kind.values[at % len(kind.values)][1])
    if column.field == "amount":
        return str((at + 1) * 100)
    if column.field in ("date", "ended"):
        return DAYS[at] if column.field == "date" else ""
    return f"样本{at + 1}" if column.required else ""


def _test(module: str, title: str, kinds: Sequence[Kind]) -> str:
    checks = "\n\n".join(f'''    def test_each_row_of_{kind.code}_is_told(self) -> None:
        assert len(self.facts("{kind.code}", "{kind.code}")) == {len(PEOPLE)}''' for kind in islice(kinds, 5))
    return f'''"""{title}: the contract, and what its samples say."""

import {module}

from fanpin.testing import AdapterContract


class Test{class_of(module)}(AdapterContract):
    module = {module}

{checks}
'''
