"""Numbers that the policy leaves open for warnings: a default with its source, and stricter ones of an area.

An area may only make more warnings than the default, never fewer; nothing here reaches the ten circumstances.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanpin.rules.areas import contains
from fanpin.rules.duty_kinds import Unit
from fanpin.rules.income import FEN, yuan

OPEN = "政策未规定数额"


@dataclass(frozen=True)
class Threshold:
    """A number from which on facts warn, or are looked at first; kept in hundredths where it has a unit."""

    key: str
    title: str
    default: int
    unit: Unit | None
    source: str
    gates: bool = False

    def said(self, value: int) -> str:
        """Return a value with its unit as people read it."""
        if self.unit is None:
            return f"{value}次"
        shown = yuan(value)
        return f"{shown.removesuffix('.00')}{self.unit.title}"


# All are lower limits (“达到”): a smaller number warns more.
THRESHOLDS: dict[str, Threshold] = {row.key: row for row in (
    Threshold("medical_paid", "12个月内住院报销后自付（一般农户）", 20_000 * FEN, Unit.YUAN,
              f"附件1 医保部门“较高”，{OPEN}；参照外省做法累计2万元", gates=True),
    Threshold("medical_paid_lifted", "12个月内住院报销后自付（脱贫户）", 5_000 * FEN, Unit.YUAN,
              f"附件1 医保部门“较高”，{OPEN}；参照外省做法累计5000元", gates=True),
    Threshold("medical_urgent", "自付多少起优先核实", 50_000 * FEN, Unit.YUAN, f"{OPEN}；只排先后"),
    Threshold("tuition_urgent", "学年学费和住宿费多少起优先核实", 10_000 * FEN, Unit.YUAN, f"{OPEN}；参照外省做法1万元，只排先后"),
    Threshold("farm_area_urgent", "种养殖、林草受灾面积多少起优先核实", 5 * FEN, Unit.MU, f"{OPEN}；只排先后"),
    Threshold("loss_urgent", "灾害、火灾损失多少起优先核实", 10_000 * FEN, Unit.YUAN, f"{OPEN}；只排先后"),
    Threshold("relief_urgent", "12个月内临时救助几次起优先核实", 3, None, f"{OPEN}；只排先后"),
)}


@dataclass(frozen=True)
class LocalThreshold:
    """A stricter number that an area has set, with the document and the day from which it is in force."""

    key: str
    area_path: str
    area_name: str
    value: int
    document: str
    valid_from: date


@dataclass(frozen=True)
class Resolved:
    """The number in force for a household on a day, and who says so."""

    key: str
    value: int
    document: str
    whose: str

    @property
    def said(self) -> str:
        """Return the number with its unit, whose it is, and the document."""
        return f"{self.whose}标准{THRESHOLDS[self.key].said(self.value)}（{self.document}）"


def resolve(key: str, local: Iterable[LocalThreshold], *, area_path: str, on: date) -> Resolved:
    """Return the strictest number in force: the default, or the last one that an area on the path has set."""
    threshold = THRESHOLDS[key]
    best = Resolved(key, threshold.default, threshold.source, "默认")
    newest: dict[str, LocalThreshold] = {}
    for row in local:
        if row.key == key and row.valid_from <= on and contains(row.area_path, area_path):
            before = newest.get(row.area_path)
            if before is None or row.valid_from >= before.valid_from:
                newest[row.area_path] = row
    for row in newest.values():
        if row.value < best.value:
            best = Resolved(key, row.value, row.document, row.area_name)
    return best


def resolve_all(local: Iterable[LocalThreshold], *, area_path: str, on: date) -> Mapping[str, Resolved]:
    """Return every number in force for an area on a day."""
    rows = tuple(local)
    return {key: resolve(key, rows, area_path=area_path, on=on) for key in THRESHOLDS}


def stricter_problem(key: str, value: int) -> str:
    """Say why an area may not set this number, or return an empty string."""
    threshold = THRESHOLDS.get(key)
    if threshold is None:
        return "没有这一项预警标准。"
    if value <= 0:
        return "请填写大于0的数。"
    if value > threshold.default:
        return f"地方标准只能使预警更多，不能高于{threshold.said(threshold.default)}。"
    return ""
