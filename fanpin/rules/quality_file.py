"""What a 疑点 rule may look at of one household: frozen values, and how a rule is written down."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fanpin.rules.income import IncomeStatement
from fanpin.rules.members import Education, Health, LabourSkill, Relation, Schooling, Sex, age_on
from fanpin.rules.risks import MeasureCategory, Risk

PROVINCIAL = "某省监测数据质量疑点规则（公开整理）"
FIELD_TOOL = "全国系统导出数据核对（公开工具）"


@dataclass(frozen=True, kw_only=True)
class PersonFile:
    """One present member; None and "" say: not filled in."""

    name: str
    relation: Relation
    has_number: bool = True
    born_on: date | None = None
    sex: Sex | None = None
    education: Education | None = None
    schooling: Schooling | None = None
    health: frozenset[Health] = frozenset()
    labour: LabourSkill | None = None
    work: str = ""
    work_months: int | None = None
    certificate: bool = False
    insured: bool | None = None
    worker_insured: bool | None = None
    minimum_living: str = ""
    destitute: str = ""
    not_at_school: str = ""

    def age(self, day: date) -> int | None:
        """Return completed years, None without a birthday."""
        return age_on(self.born_on, day) if self.born_on else None

    @property
    def works(self) -> bool:
        """Say whether the file tells of work away from home or for pay."""
        return bool(self.work or self.work_months)

    @property
    def at_vocational_school(self) -> bool:
        """Say whether the person is at 中职, 高职高专 or a 技师学院."""
        return self.schooling is not None and self.schooling.value.split("_")[0] in ("vocational", "college", "technician")


@dataclass(frozen=True, kw_only=True)
class MeasureFile:
    """One measure that was decided; `started` says 已实施."""

    category: MeasureCategory
    detail: str = ""
    started: bool = False


@dataclass(frozen=True, kw_only=True)
class HouseholdFile:
    """A household as it stands on a day, from file, survey, account, measures and marking; None where nothing is on record."""

    today: date
    head_name: str
    persons: tuple[PersonFile, ...]
    phone: str = ""
    monitored: bool = False
    leaving: bool = False
    eliminated: bool = False
    identified_on: date | None = None
    risks: tuple[Risk, ...] | None = None
    measures: tuple[MeasureFile, ...] = ()
    income: IncomeStatement | None = None
    housing_safe: bool | None = None
    water_safe: bool | None = None
    schooling_safe: bool | None = None
    medical_safe: bool | None = None
    elimination_way: str = ""
    contact: str = ""
    after_income: IncomeStatement | None = None
    after_housing_safe: bool | None = None
    after_water_safe: bool | None = None
    line: int | None = None
    land: Mapping[str, float] = field(default_factory=dict)

    @property
    def going(self) -> bool:
        """Say whether the risk is marked as gone, or the household is on its way to that."""
        return self.leaving or self.eliminated

    @property
    def surveyed(self) -> bool:
        """Say whether risks were named, so that they can be held against the facts."""
        return bool(self.risks)

    def has(self, category: MeasureCategory, *words: str) -> bool:
        """Say whether a measure of the kind was decided (whose detail holds one of the words, where some are given)."""
        return any(row.category is category and (not words or any(word in row.detail for word in words)) for row in self.measures)

    @property
    def known_labour(self) -> list[LabourSkill]:
        """List the persons' skills that are filled in."""
        return [person.labour for person in self.persons if person.labour is not None]

    @property
    def labour_told(self) -> bool:
        """Say whether every grown person's labour is filled in: what is not filled in is never read as none."""
        return all(person.labour is not None for person in self.persons
                   if (age := person.age(self.today)) is None or age >= 16)

    @property
    def has_labour(self) -> bool:
        """Say whether somebody can work at least in part."""
        return any(skill.has_labour for skill in self.known_labour)


Found = Iterable[tuple[str, str]]
Judge = Callable[[HouseholdFile], Found]


@dataclass(frozen=True)
class Rule:
    """One 疑点 rule: its code, what it is about, where it comes from, where one mends it, and the function that judges."""

    code: str
    title: str
    source: str
    mend: str
    judge: Judge
    note: str = ""

    @property
    def named(self) -> str:
        """Return the title, behind the number that the national check gives it; a code of our own is no word for a cadre."""
        return f"{self.code} {self.title}" if self.code[0].isdigit() else self.title


@dataclass(frozen=True)
class Doubt:
    """One 疑点 of a household: the rule, whom it concerns ("" the household), and the sentence with its facts."""

    rule: Rule
    person: str
    text: str

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from the household's others."""
        return self.rule.code, self.person


RULES: dict[str, Rule] = {}


def rule(code: str, title: str, *, mend: str, source: str = PROVINCIAL, note: str = "") -> Callable[[Judge], Judge]:
    """Write a function down as the rule of a code; it yields (person, sentence) for each 疑点."""

    def keep(judge: Judge) -> Judge:
        if code in RULES:
            raise ValueError(f"{code} is written down twice")
        RULES[code] = Rule(code, title, source, mend, judge, note)
        return judge

    return keep
