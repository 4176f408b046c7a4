"""The households of the planted stories: who lives in them, and what departments have on file about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from fanpin.cli.demo_ledger import Entry
from fanpin.cli.demo_people import Names
from fanpin.rules.members import LabourSkill, Relation
from fanpin.steps.households import Person

R = Relation
# Their ID numbers begin beyond those of the other households, however many these are.
PLANTED_FIRST = 700


@dataclass(frozen=True)
class Story:
    """One planted story: its title, where somebody looks, the household, and what is planted about whom."""

    code: str
    title: str
    look: str
    people: Callable[[Names], tuple[Person, ...]]
    planted: tuple[tuple[Relation, dict[str, object]], ...] = ()
    father_outside: bool = False
    empty: frozenset[Relation] = frozenset()
    risks: tuple[str, ...] = field(default=("illness",))

    def entries(self, people: tuple[Person, ...], father: Person | None) -> list[Entry]:
        """Return what the ledger gets for these people; the father outside is named by his relation."""
        by_relation = {person.relation: person for person in (*((father,) if father else ()), *people)}
        return [Entry(id_number=by_relation[relation].id_number, name=by_relation[relation].name, **facts)
                for relation, facts in self.planted]


def _couple(names: Names) -> tuple[Person, ...]:
    surname = names.surname()
    return (names.person(R.HEAD, born=(1972, 1984), man=True, surname=surname),
            names.person(R.SPOUSE, born=(1974, 1985), man=False, labour=LabourSkill.LOST, health=("serious",)),
            names.person(R.DAUGHTER, born=(2011, 2015), man=False, surname=surname, labour=LabourSkill.NONE, schooling="primary"))


def _with_mother(names: Names) -> tuple[Person, ...]:
    return (*_couple(names), names.person(R.MOTHER, born=(1944, 1950), man=False, labour=LabourSkill.NONE, health=("chronic",)))


def _with_brother(names: Names) -> tuple[Person, ...]:
    pair = _couple(names)
    return (*pair, names.person(R.SIBLING, born=(1986, 1990), man=True, surname=pair[0].name[0]))


def _with_son_in_law(names: Names) -> tuple[Person, ...]:
    return (*_couple(names), names.person(R.SON_IN_LAW, born=(1994, 1998), man=True))


def _two_old(names: Names) -> tuple[Person, ...]:
    return names.family(without_labour=True)


def _fact(kind: str, **values: object) -> dict[str, object]:
    return {"kind": kind, **values}


_FIRM = {"ref": "91530628MA6YSYAN8K", "label": "法定代表人"}

STORIES = (
    Story("farm_truck", "车辆其实是拉烤烟的农用货车", "个案页“十类情形”第三项", _couple, (
        (R.HEAD, _fact("vehicle", value="unknown", ref="云C·演101", label="轻型多用途货车", date=date(2020, 9, 4))),)),
    Story("old_car", "车龄十六年的旧轿车，按特殊情况专门说明", "个案页“十类情形”第三项、专门说明", _couple, (
        (R.HEAD, _fact("vehicle", value="private_car", ref="云C·演102", label="微型轿车", date=date(2009, 11, 20))),)),
    Story("dead_member", "户里登记着已去世的母亲", "农户档案成员、个案页第九项", _with_mother, (
        (R.MOTHER, _fact("person_status", value="dead", date=date(2025, 12, 6), ref="演死证〔2025〕117号")),)),
    Story("brother_outside", "户外的哥哥是公务员", "名单页群众意见、农户档案户外亲属", _couple),
    Story("brother_inside", "户内的弟弟是公务员", "个案页“十类情形”第一项", _with_brother, (
        (R.SIBLING, _fact("public_office", value="civil_servant", label="演示县某局", date=date(2016, 8, 1))),)),
    Story("father_official", "分开居住的父亲是国家公职人员", "个案页“十类情形”第一项", _couple, (
        (R.FATHER, _fact("public_office", value="institution", label="演示县某中学", date=date(1988, 9, 1))),),
        father_outside=True),
    Story("resettlement", "县城的房子是易地搬迁安置房", "个案页部门答复：自然资源部门", _couple, (
        (R.HEAD, _fact("property", value="relocation", ref="530628演0001", label="发界街道安置区", amount=10_000,
                       date=date(2019, 12, 30))),), risks=("employment",)),
    Story("cancelled_firm", "名下公司早已不经营", "个案页“十类情形”第五项", _couple, (
        (R.HEAD, _fact("company", value="91", date=date(2017, 5, 8), **_FIRM)),)),
    Story("split_household", "为享受帮扶故意分户", "个案页“十类情形”第七项（两项认定）", _couple, (
        (R.HEAD, _fact("hukou_movement", value="split", date=date(2025, 12, 22), label="与父母分户")),)),
    Story("empty_person", "女婿只挂户口不住这里", "个案页“十类情形”第八项", _with_son_in_law,
          empty=frozenset({R.SON_IN_LAW})),
    Story("paid_debtor", "失信债务已经还清", "个案页部门答复：人民银行", _couple, (
        (R.HEAD, _fact("credit_discipline", value="dishonest_debtor", ref="（2021）演0628执12号", date=date(2021, 6, 3),
                       ended=date(2025, 10, 20))),)),
    Story("objection_refuted", "异议经调查不成立，继续办理", "公示页异议", _couple),
    Story("objection_upheld", "异议查实，退回后不再提出", "公示页异议、个案页时间线", _couple),
    Story("department_down", "自然资源部门系统停机，人工核实", "个案页部门答复：自然资源部门", _couple),
    Story("no_labour", "两位老人没有劳动能力，转民政兜底", "个案页评议、措施", _two_old, risks=("labour", "disability")),
)
BY_CODE = {story.code: story for story in STORIES}


@dataclass(frozen=True)
class Invented:
    """The people of a story's household, the head's father where he lives apart, and what departments know of them."""

    people: tuple[Person, ...]
    father: Person | None
    entries: tuple[Entry, ...]


def invented() -> dict[str, Invented]:
    """Invent the households of all stories, the same ones at every run and whatever the size of the county."""
    names, made = Names(first=PLANTED_FIRST), {}
    for story in STORIES:
        people = story.people(names)
        father = (names.person(R.FATHER, born=(1948, 1954), man=True, surname=people[0].name[0])
                  if story.father_outside else None)
        made[story.code] = Invented(people, father, tuple(story.entries(people, father)))
    return made
