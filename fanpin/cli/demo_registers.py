"""The registers of the demo's departments, row by row in the departments' own column names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fanpin.cli.demo_families import Family
from fanpin.cli.demo_ledger import Entry
from fanpin.cli.demo_people import Names
from fanpin.rules.departments import Department as D
from fanpin.rules.identity import check_certificate
from fanpin.rules.members import Relation
from fanpin.steps.households import Person

Line = dict[str, str]
TableKey = tuple[D, str]
SEED = 20260305
# How many days back the events of the last deliveries reach.
RECENT = 55
STRANGERS, NEIGHBOUR = 2, "530627"
# Per household, or per person where a table is about persons.
TRAFFIC, CRIME, RELIEF, IDLE, HOUSE, CROPS, WATER, LOSS, FOREST, COSTLY, STUDENT, CERTIFIED = (
    0.005, 0.001, 0.012, 0.03, 0.006, 0.02, 0.012, 0.006, 0.002, 0.012, 0.35, 0.3)
SCHOOLS = (("昆明演示学院", "民办", "云南省"), ("广东演示大学", "公办", "广东省"), ("浙江演示学院", "民办", "浙江省"))
CROPS_HIT = (("烤烟", "冰雹"), ("玉米", "旱灾"), ("魔芋", "病虫害"), ("花椒", "泥石流"))
LOSSES = (("滑坡", "房屋后墙受损"), ("冰雹", "屋面瓦损坏"), ("火灾", "厨房烧毁"))


class Registers:
    """Fill the departments' tables about households as they are settled, the same at every run."""

    def __init__(self, *, today: date) -> None:
        self.random, self.today = Random(SEED), today
        self.lines: dict[TableKey, list[Line]] = defaultdict(list)
        self._heads: list[Person] = []
        self._certified: list[Person] = []

    def household(self, family: Family) -> None:
        """Let departments know what is to be known of one household."""
        head = family.people[0]
        self._heads.append(head)
        for person in family.people:
            self._person(person)
        whole = {"户主姓名": head.name, "户主身份证号": head.id_number}
        if self._happens(HOUSE):
            self._add(D.HOUSING, "houses", {**whole, "建筑面积": str(self.random.randint(60, 140)), "鉴定等级": self.random.choice("CD"),
                                            "鉴定日期": self._day(), "鉴定编号": self._number("演鉴"), "认定类型": "新增", "唯一住房": "是"})
        if self._happens(CROPS):
            crop, why = self.random.choice(CROPS_HIT)
            self._add(D.AGRICULTURE, "disasters", {**whole, "作物或畜种": crop, "灾种": why, "受灾日期": self._day(),
                                                   "受灾面积": f"{self.random.randint(10, 90) / 10}"})
        if self._happens(WATER):
            self._add(D.WATER, "supply", {**whole, "供水方式": "集中供水", "核准日期": self._day(), "评价结论": "不达标", "水量": "不达标",
                                          "水质": "达标", "问题开始日期": self._day()})
        if self._happens(LOSS):
            self._loss(head)
        if self._happens(FOREST):
            self._add(D.FORESTRY, "disasters", {**whole, "灾种": "林业有害生物", "发生日期": self._day(), "受灾面积": "3.5"})

    def _person(self, person: Person) -> None:
        who = {"姓名": person.name, "身份证号": person.id_number}
        if person.schooling.startswith(("college", "bachelor")) and self._happens(STUDENT):
            school, nature, where = self.random.choice(SCHOOLS)
            self._add(D.EDUCATION, "students", {"学生姓名": person.name, "身份证号": person.id_number, "院校名称": school, "办学性质": nature,
                                                "院校所在省": where, "入学年月": "2024年9月", "学年自付费用": str(self.random.randint(8, 26) * 1000)})
        if person.disability_certificate:
            self._certified.append(person)
            if self._happens(CERTIFIED):
                self._certificate(person)
        if "务工" in person.work and self._happens(IDLE):
            self._add(D.HUMAN_RESOURCES, "idle", {**who, "停工日期": self._day(), "原外出务工地": person.work.removesuffix("务工"),
                                                  "未复工原因": self.random.choice(("企业停产", "身体原因", "照顾家人"))})
        grown = person.relation in (Relation.HEAD, Relation.SPOUSE, Relation.SON)
        if grown and self._happens(COSTLY):
            self._add(D.MEDICAL_INSURANCE, "settlements", {**who, "就诊类型": "住院", "结算日期": self._day(),
                                                           "个人自付": f"{self.random.randint(40, 420) * 100}.50"})
        if grown and self._happens(TRAFFIC):
            self._add(D.PUBLIC_SECURITY, "traffic", {"受害人姓名": person.name, "受害人身份证号": person.id_number, "伤害后果": self.random.choice(("致伤", "致残", "重伤")),
                                                     "事故时间": self._day(), "事故编号": self._number("演交")})
        if grown and self._happens(CRIME):
            self._crime(person)
        if grown and self._happens(RELIEF):
            self._add(D.CIVIL_AFFAIRS, "relief", {**who, "救助金额": str(self.random.randint(5, 40) * 100), "发放日期": self._day(),
                                                  "救助事由": self.random.choice(("突发疾病", "意外事故", "生活困难"))})

    def _loss(self, head: Person) -> None:
        what, how = self.random.choice(LOSSES)
        self._add(D.EMERGENCY, "losses", {"户主姓名": head.name, "户主身份证号": head.id_number, "灾害种类": what, "发生时间": self._day(),
                                          "损失情况": how, "经济损失": f"{self.random.randint(20, 300) * 100}"})

    def _certificate(self, person: Person) -> None:
        certificate = check_certificate(person.disability_certificate)
        self._add(D.DISABLED_FEDERATION, "certificates", {
            "姓名": person.name, "残疾人证号": person.disability_certificate, "残疾类别": certificate.category.title if certificate.category else "",
            "残疾等级": f"{'一二三四'[certificate.grade - 1]}级", "发证日期": self._day(900), "证件状态": "有效"})

    def _crime(self, person: Person) -> None:
        self._add(D.PUBLIC_SECURITY, "crime", {"被害人姓名": person.name, "被害人身份证号": person.id_number, "后果": "致伤", "发案日期": self._day(),
                                               "案件编号": self._number("演刑"), "是否家庭重要劳动力": "是"})

    def rarities(self) -> None:
        """Let what is rare happen once where a small county had none of it, so that every department has something to send."""
        middle = self._heads[len(self._heads) // 2]
        for key, write, people in (((D.EMERGENCY, "losses"), self._loss, [middle]), ((D.PUBLIC_SECURITY, "crime"), self._crime, [middle]),
                                   ((D.DISABLED_FEDERATION, "certificates"), self._certificate, self._certified[:1])):
            for person in people if not self.lines.get(key) else ():
                write(person)

    def village(self, code: str, *, people: int) -> None:
        """Let departments know what is to be known of a village."""
        self._add(D.STATISTICS, "population", {"行政村": code, "乡村人口": str(people), "统计时点": f"{self.today.year - 1}-12-31"})
        self._add(D.AGRICULTURE, "villages", {"行政村": code, "年度": str(self.today.year - 1),
                                              "村级集体经济收入": f"{self.random.randint(60, 400) * 1000}"})

    def story(self, people: Sequence[Person], entries: Sequence[Entry]) -> None:
        """Let departments know a story's household: everybody's entry in the register of persons, and what was planted."""
        known = {entry.id_number: _PERSONS[entry.kind](entry) for entry in entries if entry.kind in _PERSONS}
        for person in people:
            self._add(D.PUBLIC_SECURITY, "persons", {
                "公民身份号码": person.id_number, "姓名": person.name, "户籍状态": "正常", "与户主关系核准": "一致",
                "登记的与户主关系": person.relation.title, "登记的户主姓名": people[0].name, **NOTHING, **known.get(person.id_number, {})})
            if "serious" in person.health:
                self._add(D.HEALTH, "treatment", {"身份证件号码": person.id_number, "姓名": person.name, "救治类别": "大病专项救治",
                                                  "确诊日期": _iso(self.today - timedelta(days=120))})
        for entry in entries:
            if entry.kind in _TABLES:
                table, written = _TABLES[entry.kind]
                self._add(entry.department, table, written(entry))

    def messes(self) -> None:
        """Put into each department's sheet what real sheets hold: people of another county, a name that differs."""
        names = Names(SEED, county=NEIGHBOUR)
        for key in sorted(self.lines, key=lambda one: (one[0].value, one[1])):
            id_column = next((column for column in self.lines[key][0] if "身份证" in column), "")
            name_column = next((column for column in self.lines[key][0] if "姓名" in column), "")
            if not id_column or key[1] in ANSWERING:
                continue
            for _ in range(STRANGERS):
                stranger = names.person(Relation.HEAD, born=(1960, 1990), man=True)
                self._add(*key, {**self.lines[key][0], name_column: stranger.name, id_column: stranger.id_number})
            last = self.lines[key][len(self.lines[key]) // 2]
            self._add(*key, {**last, name_column: f"{last[name_column][0]}演误"})

    def _add(self, department: D, table: str, line: Mapping[str, str]) -> None:
        self.lines[department, table].append(dict(line))

    def _happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def _day(self, within: int = RECENT) -> str:
        return (self.today - timedelta(days=self.random.randint(3, within))).isoformat()

    def _number(self, prefix: str) -> str:
        return f"{prefix}〔{self.today.year}〕{self.random.randint(1, 99999):05d}号"


# Planted facts in the words of the departments' tables.

def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _who(entry: Entry, number: str = "身份证号", name: str = "姓名") -> Line:
    return {name: entry.name, number: entry.id_number}


def _vehicle(entry: Entry) -> Line:
    kind, use = {"private_car": ("小型轿车", "非营运"), "unknown": ("小型普通客车", "")}[entry.value]
    return {**_who(entry, "身份证明号码", "机动车所有人"), "号牌号码": entry.ref, "车辆类型": kind, "使用性质": use,
            "品牌型号": entry.label, "初次登记日期": _iso(entry.date), "机动车状态": "正常"}


def _status(entry: Entry) -> Line:
    return {"人员情况": "死亡", "情况发生日期": _iso(entry.date), "文书号": entry.ref}


def _movement(entry: Entry) -> Line:
    return {"户口变动": "分户", "变动日期": _iso(entry.date), "变动原因": entry.label}


def _office(entry: Entry) -> Line:
    word = {"civil_servant": "公务员", "institution": "事业编制"}[entry.value]
    return {**_who(entry), "单位名称": entry.label, "人员类别": word, "起始日期": _iso(entry.date)}


def _property(entry: Entry) -> Line:
    return {**_who(entry, "证件号码", "权利人"), "不动产单元号": entry.ref, "坐落": entry.label, "规划用途": "住宅", "城乡": "城镇",
            "权利性质": "划拨", "建筑面积": str((entry.amount or 0) / 100), "登记日期": _iso(entry.date), "安置房标志": "易地扶贫搬迁", "权属状态": "现势"}


def _company(entry: Entry) -> Line:
    return {**_who(entry, "证件号码"), "统一社会信用代码": entry.ref, "主体类型": "有限责任公司", "职务": entry.label, "成立日期": _iso(entry.date),
            "登记状态": "存续"}


def _discipline(entry: Entry) -> Line:
    return {**_who(entry, "证件号码"), "名单类别": "失信被执行人", "案号": entry.ref, "列入日期": _iso(entry.date), "退出日期": _iso(entry.ended)}


NOTHING = dict.fromkeys(("户口变动", "变动日期", "变动原因", "人员情况", "情况发生日期", "文书号"), "")
_PERSONS = {"person_status": _status, "hukou_movement": _movement}
_TABLES = {"vehicle": ("vehicles", _vehicle), "public_office": ("payroll", _office), "property": ("property", _property),
           "company": ("entities", _company), "credit_discipline": ("discipline", _discipline)}
# Tables of which a complete sheet answers the questions about everybody asked.
ANSWERING = frozenset({"persons", "treatment", *(table for table, _ in _TABLES.values())})


@dataclass(frozen=True)
class SheetOf:
    """One department's table as it goes out: its columns in order, and its lines."""

    department: D
    table: str
    columns: tuple[str, ...]
    lines: Sequence[Line]


def sheets_of(registers: Registers) -> Iterable[SheetOf]:
    """Return every table that has a line, departments in their order."""
    order = {department: number for number, department in enumerate(D)}
    for department, table in sorted(registers.lines, key=lambda key: (order[key[0]], key[1])):
        lines = registers.lines[department, table]
        columns = tuple(dict.fromkeys(column for line in lines for column in line))
        yield SheetOf(department, table, columns, lines)
