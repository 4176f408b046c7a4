"""A department's facts beside its own columns of the national export (六(一): 筛查、比对、核准); no fact says nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from fanpin.rules.departments import Department

Values = frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """What the facts of one kind say of one column: `differs` returns the sentence, or an empty string."""

    department: Department
    kind: str
    column: str
    of_person: bool
    differs: Callable[[Values, str], str]


def _house(grades: Values, told: str) -> str:
    dangerous = bool(grades & {"C", "D"})
    if told and (told == "是") is not dangerous:
        return f"本部门鉴定为{'、'.join(sorted(grades))}级，表中是否危房户为“{told}”"
    return ""


def _water(states: Values, told: str) -> str:
    secure = "partly" not in states
    if told and (told == "是") is not secure:
        return f"本部门核准为{'已保障' if secure else '未完全保障'}，表中是否解决安全饮用水为“{told}”"
    return ""


def _relief(values: Values, told: str) -> str:
    if values & {"dibao", "urban_dibao"} and told in ("", "不享受"):
        return "本部门登记为低保对象，表中没有标明享受低保"
    return ""


def _destitute(values: Values, told: str) -> str:
    return "本部门登记为特困供养，表中没有标明" if "destitute" in values and told in ("", "不享受") else ""


def _schooling(values: Values, told: str) -> str:
    if "enrolled" in values and not told:
        return "本部门登记为在校，表中在校生状况没有填写"
    if values and not values & {"enrolled"} and told:
        return f"本部门登记为不在校，表中在校生状况为“{told}”"
    return ""


def _outwork(values: Values, told: str) -> str:
    return "本部门登记在外务工，表中务工所在地没有填写" if values and not told else ""


def _certificate(values: Values, told: str) -> str:
    return "本部门登记有残疾人证，表中没有填写残疾人证号" if values and not told else ""


def _illness(values: Values, told: str) -> str:
    wrong = []
    if "serious" in values and "患有大病" not in told:
        wrong.append("大病")
    if values & {"heavy_chronic", "chronic"} and "长期慢性病" not in told:
        wrong.append("慢性病")
    return f"本部门有{'、'.join(wrong)}救治记录，表中健康状况为“{told or '未填写'}”" if wrong else ""


def _pension(values: Values, told: str) -> str:
    return "本部门登记已参加城乡居民养老保险，表中为“否”" if "resident" in values and told == "否" else ""


_D = Department
COMPARISONS: tuple[Comparison, ...] = (
    Comparison(_D.HOUSING, "house_grade", "dangerous_house", False, _house),
    Comparison(_D.WATER, "water_supply", "safe_water", False, _water),
    Comparison(_D.CIVIL_AFFAIRS, "dibao", "minimum_living", True, _relief),
    Comparison(_D.CIVIL_AFFAIRS, "dibao", "destitute", True, _destitute),
    Comparison(_D.EDUCATION, "schooling", "schooling", True, _schooling),
    Comparison(_D.HUMAN_RESOURCES, "labour_outwork", "work_place", True, _outwork),
    Comparison(_D.HUMAN_RESOURCES, "pension", "pension_insurance", True, _pension),
    Comparison(_D.DISABLED_FEDERATION, "disability", "disability_certificate", True, _certificate),
    Comparison(_D.HEALTH, "disease_treatment", "health", True, _illness),
)


def differing(department: Department, facts: Mapping[str, Collection[str]], values: Mapping[str, str], *,
              of_person: bool) -> Iterable[tuple[str, str]]:
    """Yield (column, sentence) where a department's facts of one subject, by kind, say otherwise than its columns."""
    for row in COMPARISONS:
        if row.department is department and row.of_person is of_person and facts.get(row.kind):
            told = row.differs(frozenset(facts[row.kind]), values.get(row.column, ""))
            if told:
                yield row.column, told
