"""The demo's invented people: officials for every role and households with 演 in every name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fanpin.rules.identity import synthetic_id
from fanpin.rules.members import LabourSkill, Relation
from fanpin.rules.roles import Role
from fanpin.steps.households import Person

PASSWORD = "Yanshi-2026-fanpin"
COUNTY = "530628"
# 洛泽河镇 with two villages, 牛街镇 with one: real places, invented people. Most of the demo's stories happen here.
TOWNSHIPS = ("530628102", "530628103")
VILLAGES = ("530628102202", "530628102203", "530628103201")
GROUPS = ("第一村民小组", "第二村民小组", "第三村民小组")
# The sixteen of 附件1, 财政 and 人民银行.
OFFICER_DEPARTMENTS = (
    "education", "public_security", "civil_affairs", "finance", "human_resources", "natural_resources", "housing",
    "agriculture", "water", "health", "market", "forestry", "medical_insurance", "statistics", "disabled_federation",
    "central_bank", "emergency", "rural_revitalization")


@dataclass(frozen=True)
class Post:
    """A demo account: user name, person, role, the code of the area, department."""

    username: str
    name: str
    role: Role
    code: str
    department: str = ""


def term(post: Post, begun: date) -> dict[str, date]:
    """Return from when to when a demo account works; an inspector comes in the demo's last weeks, for half a year (六(三))."""
    if post.role is not Role.INSPECTOR:
        return {"valid_from": begun}
    came = begun + timedelta(days=390)
    return {"valid_from": came, "valid_to": came + timedelta(days=180)}


STAFF = (
    Post("cun", "周演村", Role.VILLAGE_CADRE, VILLAGES[0]),
    Post("zhucun", "吴演驻", Role.RESIDENT_MEMBER, VILLAGES[0]),
    Post("zu", "郑演组", Role.GROUP_CADRE, VILLAGES[0] + "01"),
    Post("cun2", "冯演村", Role.VILLAGE_CADRE, VILLAGES[1]),
    Post("zhucun2", "陈演驻", Role.RESIDENT_MEMBER, VILLAGES[1]),
    Post("cun3", "褚演村", Role.VILLAGE_CADRE, VILLAGES[2]),
    Post("zhucun3", "卫演驻", Role.RESIDENT_MEMBER, VILLAGES[2]),
    Post("xiang", "李演乡", Role.TOWNSHIP_CADRE, TOWNSHIPS[0]),
    Post("xiangzhang", "王演镇", Role.TOWNSHIP_LEADER, TOWNSHIPS[0]),
    Post("xiang2", "蒋演乡", Role.TOWNSHIP_CADRE, TOWNSHIPS[1]),
    Post("xiangzhang2", "沈演镇", Role.TOWNSHIP_LEADER, TOWNSHIPS[1]),
    Post("xian", "赵演县", Role.COUNTY_ANALYST, COUNTY),
    Post("xianshen", "孙演审", Role.COUNTY_DECIDER, COUNTY),
    Post("lingdao", "钱演领", Role.COUNTY_LEADING_GROUP, COUNTY),
    Post("zhuze2", "白演民", Role.LEAD_DEPARTMENT, COUNTY, "civil_affairs"),
    Post("zhuze", "韩演农", Role.LEAD_DEPARTMENT, COUNTY, "agriculture"),
    Post("bangfu", "杨演帮", Role.HELPER, COUNTY, "agriculture"),
    Post("shengting", "朱演厅", Role.PROVINCIAL_OFFICER, "53", "education"),
    Post("shengting2", "金演厅", Role.PROVINCIAL_OFFICER, "53", "public_security"),
    Post("zhou", "秦演州", Role.PREFECTURE, "5306"),
    Post("sheng", "尤演省", Role.PROVINCE, "53"),
    Post("jiancha", "许演查", Role.INSPECTOR, COUNTY),
    *(Post(f"bm-{department.replace('_', '-')}", f"何演{number:02d}", Role.DEPARTMENT_OFFICER, COUNTY, department)
      for number, department in enumerate(OFFICER_DEPARTMENTS, start=1)),
)
ADMINISTRATOR_NAMES = ("施演系", "张演安", "孔演审")

# Published office numbers of the demo: the county's true area code, a number that rings nowhere.
PHONE = "0870-0000{:03d}"

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何罗高林和木岩刀龙陆安禄邓谢冯曾彭袁唐许韩曹蒋熊余肖聂毛文阮潘申铁顾宋范薛"
# Names with characters that fonts and keyboards lack are as frequent here as in any county.
MEN = "福贵明华强发云学才江海平安军勇伟涛金银山林松柏成功正光辉荣富全顺义忠孝仁礼开朝廷洪启文武元吉祥德刚毅国庆建"
WOMEN = "秀英芳兰珍琼香凤春梅红艳丽玉瑞菊桂莲翠巧会仙珠素月琴慧敏娟芬燕霞花美琳云华明艺"
RARE = ("㬹", "垚", "槟", "𬭎", "堃", "祎", "赟", "燊", "犇", "淼", "鑫", "骉")
RARE_SHARE = 0.03
MINORITY = ("阿依·演香", "迪丽·演花", "尼玛·演吉", "岩演·罕恩")
BEFORE_DOT, AFTER_DOT = ("阿鲁", "阿呷", "扎西", "尼玛", "勒排", "玉罕", "曲珍", "艾嘎"), ("香", "花", "吉", "呷", "措", "当", "恩", "珍")


class Names:
    """Give out invented names and ID numbers, the same ones at every run."""

    def __init__(self, seed: int = 20260302, *, county: str = COUNTY, first: int = 0) -> None:
        """Begin anew; another `county` or `first` order number (even) keeps two series apart."""
        self.random, self._county, self._first = Random(seed), county, first
        self._orders: dict[date, list[int]] = {}
        self._minority: Iterator[str] = iter(MINORITY)

    def surname(self) -> str:
        """Return a surname."""
        return self.random.choice(SURNAMES)

    def name(self, surname: str | None = None, *, man: bool = True) -> str:
        """Return a name whose middle character is 演."""
        given = RARE if self.random.random() < RARE_SHARE else MEN if man else WOMEN
        return f"{surname or self.surname()}演{self.random.choice(given)}"

    def unlike(self, used: set[str], surname: str, *, man: bool) -> str:
        """Return a name that nobody of `used` bears."""
        while True:
            name = self.name(surname, man=man)
            if name not in used:
                return name

    def minority(self) -> str:
        """Return one of the few names with an interpunct, each once."""
        return next(self._minority, None) or self.name()

    def with_interpunct(self) -> str:
        """Return a name in two parts."""
        return f"{self.random.choice(BEFORE_DOT)}·演{self.random.choice(AFTER_DOT)}"

    def id_number(self, born: date, *, man: bool) -> str:
        """Return an ID number with a valid check digit, never twice."""
        last = self._orders.setdefault(born, [self._first, self._first - 1])
        last[man] = last[man] + 2
        return synthetic_id(self._county, born, last[man])

    def born(self, first: int, last: int) -> date:
        """Return a birthday between two years."""
        return date(self.random.randint(first, last), self.random.randint(1, 12), self.random.randint(1, 28))

    def person(self, relation: Relation, *, born: tuple[int, int], man: bool, surname: str | None = None,
               labour: LabourSkill = LabourSkill.ORDINARY, health: tuple[str, ...] = ("healthy",), name: str = "",
               schooling: str = "") -> Person:
        """Return a member with everything filled in that the national form asks first."""
        day = self.born(*born)
        return Person(
            name or self.name(surname, man=man), relation, self.id_number(day, man=man), ethnicity="01", health=health,
            labour=labour, education="" if schooling else "junior", schooling=schooling, insured=True)

    def family(self, *, head_name: str = "", ill: bool = False, without_labour: bool = False) -> tuple[Person, ...]:
        """Return a household of two to four persons."""
        surname = self.random.choice(SURNAMES)
        if without_labour:
            return (self.person(Relation.HEAD, born=(1944, 1952), man=True, surname=surname, labour=LabourSkill.NONE,
                                health=("chronic",), name=head_name),
                    self.person(Relation.SPOUSE, born=(1945, 1953), man=False, labour=LabourSkill.LOST,
                                health=("disabled",)))
        people = [self.person(Relation.HEAD, born=(1968, 1985), man=True, surname=surname, name=head_name),
                  self.person(Relation.SPOUSE, born=(1970, 1986), man=False,
                              labour=LabourSkill.LOST if ill else LabourSkill.ORDINARY,
                              health=("serious",) if ill else ("healthy",))]
        for _ in range(self.random.randint(0, 2)):
            man = self.random.random() < 0.5
            people.append(self.person(Relation.SON if man else Relation.DAUGHTER, born=(2010, 2015), man=man,
                                      surname=surname, labour=LabourSkill.NONE, schooling="primary"))
        return tuple(people)
