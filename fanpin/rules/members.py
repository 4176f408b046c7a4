"""Members of a household: the code sets of the national form, and what a set of members must satisfy."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Problem, warn

ADULT, WORKING_AGE = 18, 16


class Sex(TitledEnum):
    """GB/T 2261.1, without "not stated"."""

    MALE = ("1", "男")
    FEMALE = ("2", "女")


class Relation(TitledEnum):
    """与户主关系: the national form's 28 texts. Never derive 之孙子 or 之外孙子 from sex or surname."""

    HEAD = ("head", "户主")
    SPOUSE = ("spouse", "配偶")
    SON = ("son", "之子")
    DAUGHTER = ("daughter", "之女")
    DAUGHTER_IN_LAW = ("daughter_in_law", "之儿媳")
    SON_IN_LAW = ("son_in_law", "之女婿")
    GRANDSON = ("grandson", "之孙子")
    GRANDDAUGHTER = ("granddaughter", "之孙女")
    DAUGHTERS_SON = ("daughters_son", "之外孙子")
    DAUGHTERS_DAUGHTER = ("daughters_daughter", "之外孙女")
    FATHER = ("father", "之父")
    MOTHER = ("mother", "之母")
    WIFES_FATHER = ("wifes_father", "之岳父")
    WIFES_MOTHER = ("wifes_mother", "之岳母")
    HUSBANDS_FATHER = ("husbands_father", "之公公")
    HUSBANDS_MOTHER = ("husbands_mother", "之婆婆")
    GRANDFATHER = ("grandfather", "之祖父")
    GRANDMOTHER = ("grandmother", "之祖母")
    MOTHERS_FATHER = ("mothers_father", "之外祖父")
    MOTHERS_MOTHER = ("mothers_mother", "之外祖母")
    SIBLING = ("sibling", "之兄弟姐妹")
    GREAT_GRANDSON = ("great_grandson", "之曾孙子")
    GREAT_GRANDDAUGHTER = ("great_granddaughter", "之曾孙女")
    NEPHEW = ("nephew", "之侄儿")
    NIECE = ("niece", "之侄女")
    BROTHERS_WIFE = ("brothers_wife", "之兄弟媳妇")
    UNCLE = ("uncle", "之叔伯")
    OTHER = ("other", "其他")


class Education(TitledEnum):
    """文化程度, of persons who are not at school."""

    ILLITERATE = ("illiterate", "文盲或半文盲")
    PRIMARY = ("primary", "小学")
    JUNIOR = ("junior", "初中")
    SENIOR = ("senior", "高中")
    COLLEGE = ("college", "大专")
    BACHELOR = ("bachelor", "本科及以上")


class Schooling(TitledEnum):
    """在校生状况, of persons at school (or too young); exactly one of this and 文化程度 is filled."""

    TODDLER = ("toddler", "学龄前儿童")
    KINDERGARTEN = ("kindergarten", "学前教育")
    PRIMARY = ("primary", "小学")
    GRADE_7 = ("grade_7", "七年级")
    GRADE_8 = ("grade_8", "八年级")
    GRADE_9 = ("grade_9", "九年级")
    SENIOR_1 = ("senior_1", "普通高中一年级")
    SENIOR_2 = ("senior_2", "普通高中二年级")
    SENIOR_3 = ("senior_3", "普通高中三年级")
    VOCATIONAL_1 = ("vocational_1", "中职一年级")
    VOCATIONAL_2 = ("vocational_2", "中职二年级")
    VOCATIONAL_3 = ("vocational_3", "中职三年级")
    COLLEGE_1 = ("college_1", "高职高专一年级")
    COLLEGE_2 = ("college_2", "高职高专二年级")
    COLLEGE_3 = ("college_3", "高职高专三年级")
    TECHNICIAN_1 = ("technician_1", "技师学院一年级")
    TECHNICIAN_2 = ("technician_2", "技师学院二年级")
    TECHNICIAN_3 = ("technician_3", "技师学院三年级")
    TECHNICIAN_4 = ("technician_4", "技师学院四年级")
    BACHELOR_1 = ("bachelor_1", "本科一年级")
    BACHELOR_2 = ("bachelor_2", "本科二年级")
    BACHELOR_3 = ("bachelor_3", "本科三年级")
    BACHELOR_4 = ("bachelor_4", "本科四年级")
    BACHELOR_5 = ("bachelor_5", "本科五年级")
    POSTGRADUATE = ("postgraduate", "硕士研究生及以上")


class Health(TitledEnum):
    """健康状况: a person has a set of these; 健康 stands alone."""

    HEALTHY = ("healthy", "健康")
    CHRONIC = ("chronic", "长期慢性病")
    SERIOUS = ("serious", "患有大病")
    DISABLED = ("disabled", "残疾")


class LabourSkill(TitledEnum):
    """劳动技能."""

    ORDINARY = ("ordinary", "普通劳动力")
    SKILLED = ("skilled", "技能劳动力")
    WEAK = ("weak", "弱劳动力或半劳动力")
    LOST = ("lost", "丧失劳动力")
    NONE = ("none", "无劳动力")

    @property
    def has_labour(self) -> bool:
        """Say whether the person can work at least in part."""
        return self not in (LabourSkill.LOST, LabourSkill.NONE)

    @property
    def is_full(self) -> bool:
        """Say whether the person can work fully."""
        return self in (LabourSkill.ORDINARY, LabourSkill.SKILLED)


class LabourState(TitledEnum):
    """What 四 asks of a household: can somebody work, only in part, nobody, or is it not yet known."""

    HAS = ("has", "有劳动力")
    PARTLY = ("partly", "部分丧失劳动能力")
    NONE = ("none", "无劳动能力")
    UNKNOWN = ("unknown", "劳动力情况未填写")


class Political(TitledEnum):
    """政治面貌, as the national form lists it."""

    PARTY = ("party", "中共党员")
    PROBATIONARY = ("probationary", "中共预备党员")
    LEAGUE = ("league", "共青团员")
    MASSES = ("masses", "群众")


class FocusGroup(TitledEnum):
    """重点关注的特殊群体 (二(一)); orders attention and decides nothing."""

    SERIOUS_ILLNESS = ("serious_illness", "大病重病患者")
    HEAVY_CHRONIC = ("heavy_chronic", "负担较重的慢性病患者")
    SEVERE_DISABILITY = ("severe_disability", "重度残疾人")
    MIND_DISABILITY = ("mind_disability", "三、四级智力或精神残疾人")
    DISABLED_ELDERLY = ("disabled_elderly", "失能老年人口")


class DepartureReason(TitledEnum):
    """Why a person left a household; the first four by 附件2 第九项, the rest by natural change."""

    DEATH = ("death", "死亡")
    PRISON = ("prison", "服刑")
    MISSING = ("missing", "失踪")
    NOT_SHARING = ("not_sharing", "与户主不共享开支或收入")
    MOVED = ("moved", "迁出")
    MARRIED_OUT = ("married_out", "婚出")
    SPLIT = ("split", "分户")
    MERGED = ("merged", "并户")
    OTHER = ("other", "其他")


CIRCUMSTANCE_NINE = frozenset({
    DepartureReason.DEATH, DepartureReason.PRISON, DepartureReason.MISSING, DepartureReason.NOT_SHARING,
})


@dataclass(frozen=True)
class Person:
    """What the rules look at of one present member; empty or None says: not filled in."""

    name: str
    relation: Relation
    id_number: str = ""
    born_on: date | None = None
    sex: Sex | None = None
    education: Education | None = None
    schooling: Schooling | None = None
    health: frozenset[Health] = frozenset()
    labour: LabourSkill | None = None


def age_on(born_on: date, day: date) -> int:
    """Return completed years; a person born on 29 February completes one on 1 March of common years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_adult(born_on: date | None, day: date) -> bool:
    """Say whether the person signs for himself; an unknown birthday counts as adult, so that nobody is left out."""
    return born_on is None or age_on(born_on, day) >= ADULT


def labour_state(skills: Iterable[LabourSkill | None]) -> LabourState:
    """Sum up the skills of a household's persons of 16 and over (四); an empty answer never reads as none."""
    known = list(skills)
    if any(skill and skill.is_full for skill in known):
        return LabourState.HAS
    if any(skill and skill.has_labour for skill in known):
        return LabourState.PARTLY
    return LabourState.UNKNOWN if not known or None in known else LabourState.NONE


def household_labour(persons: Iterable[Person], *, today: date) -> LabourState:
    """Sum up a household's labour; children under 16 don't count unless they are all there is."""
    everybody = list(persons)
    grown = [p.labour for p in everybody if p.born_on is None or age_on(p.born_on, today) >= WORKING_AGE]
    if everybody and not grown:
        return LabourState.NONE
    return labour_state(grown)


def health_problem(health: Collection[Health]) -> str:
    """Return what is wrong with a set of health states, or an empty string."""
    if Health.HEALTHY in health and len(health) > 1:
        return "健康状况选了“健康”，就不能再选患病或残疾"
    return ""


def member_problems(members: Sequence[tuple[Relation, Sex | None]]) -> list[Problem]:
    """Check relations as one set: exactly one head, at most one spouse, of different sex (a warning)."""
    relations = [relation for relation, _ in members]
    heads, spouses = relations.count(Relation.HEAD), relations.count(Relation.SPOUSE)
    problems = []
    if heads == 0:
        problems.append(Problem("head.none", "这户还没有户主，请指定一名成员为户主"))
    if heads > 1:
        problems.append(Problem("head.many", f"这户有{heads}名户主，请只保留一名"))
    if spouses > 1:
        problems.append(Problem("spouse.many", f"这户有{spouses}名配偶，请核对与户主关系"))
    sexes = dict(members)
    if heads == spouses == 1 and sexes[Relation.HEAD] and sexes[Relation.HEAD] is sexes[Relation.SPOUSE]:
        problems.append(warn("spouse.sex", "户主与配偶性别相同，请核对身份证号和与户主关系"))
    return problems


def household_problems(persons: Sequence[Person], *, today: date) -> list[Problem]:
    """Check the members as one set, then each person, for whatever is filled in."""
    problems = member_problems([(person.relation, person.sex) for person in persons]) + _repeated(persons)
    for person in persons:
        problems += _person_problems(person, today)
    return problems


def _repeated(persons: Sequence[Person]) -> list[Problem]:
    counted = Counter(person.id_number for person in persons if person.id_number)
    return [
        Problem("id.repeated", "同一身份证号在本户出现多次，请核对", subject=person.name)
        for person in persons if counted[person.id_number] > 1
    ]


def _person_problems(person: Person, today: date) -> list[Problem]:
    problems = []
    if person.born_on and person.born_on > today:
        problems.append(Problem("birth.future", "出生日期晚于今天，请核对", subject=person.name))
    if person.education and person.schooling:
        problems.append(Problem("school.both", "文化程度和在校生状况只能填一项：在校的填在校生状况", subject=person.name))
    if text := health_problem(person.health):
        problems.append(Problem("health.both", text, subject=person.name))
    return problems
