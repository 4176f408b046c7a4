"""Known persons: what an adapter must say of its own sample's rows, written down once and looked at by the department."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fanpin.adapters.channel import ToldLead
from fanpin.adapters.contract import Answer, Fact, Later, NotFound, Unavailable
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed, Failure
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.run import MappedRow
from fanpin.adapters.trial import try_sheet
from fanpin.adapters.wire import encode

CODE = "known_wrong"
SHOWN = 3


@dataclass(frozen=True)
class Compared:
    """How many known rows were compared, and which were answered otherwise, as "“table” row"."""

    rows: int = 0
    wrong: tuple[str, ...] = ()


def said(row: MappedRow) -> dict[str, object]:
    """Return what an adapter says of a row as `fanpin adapter run` prints it: without token, key or blank."""
    return {"row": row.row.number, "facts": [told(fact) for fact in row.facts],
            "answers": {kind: _answer(answer) for kind, answer in row.answers}}


def told(value: Fact | ToldLead) -> dict[str, object]:
    """Return what a fact or a declaration says, without its token and without blanks."""
    values = json.loads(encode(value))
    return {name: value for name, value in values.items() if name != "subject" and value not in ("", None)}


def beside(sample: Path) -> Path:
    """Return where the known answers to a sample lie."""
    return sample.with_suffix(".jsonl")


def differing(file: Path, mapped: Iterable[MappedRow]) -> tuple[int, list[int]]:
    """Return how many rows are known, and the numbers of those of which something else, or nothing, is said now."""
    try:
        expected = {item["row"]: item for item in map(json.loads, file.read_text(encoding="utf-8").splitlines()) if "facts" in item}
    except (ValueError, TypeError, KeyError):
        return 1, [0]
    now = {row.row.number: said(row) for row in mapped if not row.refused}
    return len(expected), [number for number, item in expected.items() if now.get(number) != {"answers": {}} | item]


def compare(installed: Installed, manifest: Manifest, *, as_of: date) -> Compared:
    """Let the adapter answer about all its known persons in its confined child; one that fails raises AdapterFailed."""
    rows, wrong = 0, []
    for table in manifest.tables:
        sample = installed.sample(table.code)
        if sample is None or not beside(sample).is_file():
            continue
        many, numbers = differing(beside(sample), try_sheet(installed, manifest, sample, as_of=as_of, table=table.code).mapped)
        rows += many
        wrong += [f"“{table.title}”第{number}行" if number else f"“{table.title}”的已知答复读不出来" for number in numbers]
    return Compared(rows, tuple(wrong))


def require_right(compared: Compared) -> None:
    """Raise AdapterFailed where a known person was answered wrongly: whoever is wrong about them may be wrong about anybody."""
    if compared.wrong:
        raise AdapterFailed(Failure(
            CODE, f"对已知人员答错（{'、'.join(compared.wrong[:SHOWN])}），已停止调用；请联系适配器的开发人员，核对后重新安装", security=True))


def _answer(answer: Answer) -> str:
    if isinstance(answer, NotFound):
        return "查无此人"
    if isinstance(answer, Later):
        return f"{answer.due}前答复"
    return f"无法查询：{answer.reason}" if isinstance(answer, Unavailable) else "未查到"
