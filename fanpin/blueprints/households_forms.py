"""The forms of a household's file: the household, a person, kin, focus groups, changes of head."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.validators import Optional, ValidationError

from fanpin.blueprints.fields import CountField, DayField, LineField, ManyField, PickField, TickField
from fanpin.blueprints.forms import HouseForm, required
from fanpin.models.households import Household, Member
from fanpin.rules.ethnicities import Ethnicity
from fanpin.rules.members import (
    DepartureReason,
    Education,
    FocusGroup,
    Health,
    LabourSkill,
    Relation,
    Schooling,
    Sex,
)
from fanpin.rules.relations import OUTSIDE_KIN
from fanpin.rules.titles import TitledEnum
from fanpin.steps.households import Person

PHONE = re.compile(r"\+?[0-9]{3,4}[- ]?[0-9]{4,8}[0-9 -]{0,6}")
YES_NO = [("1", "是"), ("0", "否")]
EMPTY = ("", "未填写")
NOT_RELOCATED = ("", "不住在集中安置区")


def options(titled: type[TitledEnum], *, empty: tuple[str, str] | None = EMPTY) -> list[tuple[str, str]]:
    """Return the choices of a code set, with an empty one in front unless the field asks for none."""
    return [*([empty] if empty else []), *titled.choices()]


class BirthField(DayField):
    """A date of birth."""

    earliest = date(1890, 1, 1)
    example = "1976-05-01"
    too_early = "出生日期过早，请核对年份。"


def phone_number(_form: HouseForm, field: Any) -> None:
    """Refuse what cannot be a phone number."""
    if field.data and not PHONE.fullmatch(field.data):
        raise ValidationError("电话号码不对，请填手机号或带区号的固定电话。")


class HouseholdFields:
    """What a household's file says besides its people."""

    lifted = TickField("脱贫户", [required("请选择是不是脱贫户。")], choices=YES_NO)
    lives_here = TickField("实际在农村生产生活", [required("请选择是否实际在农村生产生活。")], choices=YES_NO)
    rural_services = TickField("享受农村公共服务及待遇", [required("请选择是否享受农村公共服务及待遇。")], choices=YES_NO)
    hukou_place = LineField("户籍所在地", limit=120)
    address = LineField("住址", limit=120)
    phone = LineField("联系电话", [phone_number], limit=30)
    relocation_community = PickField("易地扶贫搬迁集中安置区", choices=[])
    national_code = LineField("全国系统户编号", limit=40)

    def offer_communities(self, names: Sequence[str]) -> None:
        """Offer the registered communities, and what stands in the file already, however it is spelt."""
        kept = self.relocation_community.object_data or ""
        self.relocation_community.choices = [NOT_RELOCATED, *((name, name) for name in dict.fromkeys([*names, kept]) if name)]

    def values(self) -> dict[str, object]:
        """Return what changes."""
        texts = {name: getattr(self, name).data or "" for name in ("hukou_place", "relocation_community", "national_code")}
        found: dict[str, object] = {name: getattr(self, name).data == "1"
                                    for name in ("lifted", "lives_here", "rural_services")}
        found |= texts | {"address": self.address.data or None}
        return found | ({"phone": self.phone.data} if self.phone.data else {})


class PersonFields:
    """What is recorded of one person."""

    name = LineField("姓名", [required("请填写姓名。")], limit=60)
    id_number = LineField("身份证号", limit=40)
    born_on = BirthField("出生日期", [Optional()])
    sex = PickField("性别", choices=options(Sex))
    ethnicity = PickField("民族", choices=options(Ethnicity))
    education = PickField("文化程度（不在校的填）", choices=options(Education))
    schooling = PickField("在校生状况（在校或学龄前的填）", choices=options(Schooling))
    school = LineField("就读学校", limit=80)
    health = ManyField("健康状况", choices=Health.choices())
    labour = PickField("劳动技能", choices=options(LabourSkill))
    work = LineField("务工地点或从事工作", limit=120)
    work_months = CountField("务工月数", [Optional()])
    disability_certificate = LineField("残疾人证号", limit=40)
    insured = PickField("参加城乡居民基本医疗保险", choices=[EMPTY, *YES_NO])

    def validate_work_months(self, field: CountField) -> None:
        """A year has twelve months."""
        if field.data is not None and field.data > 12:
            raise ValidationError("务工月数最多12个月。")

    def person(self, relation: Relation) -> Person:
        """Return the person as typed."""
        return Person(
            name=self.name.data or "", relation=relation, id_number=self.id_number.data or "", born_on=self.born_on.data,
            sex=Sex(self.sex.data) if self.sex.data else None, ethnicity=self.ethnicity.data or "",
            education=self.education.data or "", schooling=self.schooling.data or "", school=self.school.data or "",
            health=tuple(self.health.data or ()), labour=LabourSkill(self.labour.data) if self.labour.data else None,
            work=self.work.data or "", work_months=self.work_months.data,
            disability_certificate=self.disability_certificate.data or "",
            insured=None if not self.insured.data else self.insured.data == "1")


class HouseholdForm(HouseholdFields, HouseForm):
    """The household's own fields; a phone left empty keeps the one on file."""


class NewHouseholdForm(HouseholdFields, PersonFields, HouseForm):
    """A household with its head; further members follow one by one."""

    group = PickField("村民小组", [required("请选择村民小组。")], choices=[])


class PersonForm(PersonFields, HouseForm):
    """A member and the relation to the head."""

    relation = PickField("与户主关系", [required("请选择与户主关系。")], choices=options(Relation))


class DepartForm(HouseForm):
    """Why and when a person left the household."""

    left_on = DayField("减少日期", [required("请填写日期。")])
    reason = PickField("减少原因", [required("请选择原因。")], choices=options(DepartureReason))


class KinForm(HouseForm):
    """A parent, spouse or child of the head who lives elsewhere."""

    name = LineField("姓名", [required("请填写姓名。")], limit=60)
    relation = PickField("与户主关系", [required("请选择与户主关系。")],
                         choices=[EMPTY, *((kin.value, kin.title) for kin in Relation if kin in OUTSIDE_KIN)])
    id_number = LineField("身份证号", limit=40)


class FocusForm(HouseForm):
    """That a person belongs to one of the focus groups of 二(一)."""

    group = PickField("重点人群", [required("请选择重点人群。")], choices=options(FocusGroup))
    since = DayField("从哪天起", [required("请填写日期。")])
    source = LineField("依据（哪份材料、谁提供）", [required("请写明依据。")], limit=120)


class ReasonForm(HouseForm):
    """Why a full number is looked at."""

    reason = LineField("查看原因", [required("请填写查看原因。")], limit=100)


def head_form(household: Household) -> HouseForm:
    """Return the form for a change of head: the new head, and the others' relation to the new head."""
    members = household.present_members

    class HeadForm(HouseForm):
        head = PickField("新户主", [required("请选择新户主。")], choices=[
            EMPTY, *((member.ref, member.name) for member in members if member.relation is not Relation.HEAD)])

        def relations(self) -> dict[int, Relation]:
            """Return each member's relation to the new head by member id."""
            typed = {member: getattr(self, f"to_{member.ref}").data for member in members if member.ref != self.head.data}
            return {member.id: Relation(code) for member, code in typed.items() if code}

        def chosen(self) -> Member:
            """Return the new head."""
            return next(member for member in members if member.ref == self.head.data)

    for member in members:
        setattr(HeadForm, f"to_{member.ref}", SelectedRelation(f"{member.name}与新户主的关系"))
    return HeadForm()


class SelectedRelation(PickField):
    """A relation to the new head; the new head's own stays empty."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        listed = [EMPTY, *((relation.value, relation.title) for relation in Relation if relation is not Relation.HEAD)]
        super().__init__(label, choices=listed, **kwargs)


def person_data(member: Member) -> dict[str, object]:
    """Return what is on file of a person, as the form shows it; numbers stay hidden."""
    return {
        "name": member.name, "relation": member.relation.value, "born_on": member.born_on,
        "sex": member.sex.value if member.sex else "", "ethnicity": member.ethnicity, "education": member.education,
        "schooling": member.schooling, "school": member.school, "health": list(member.health or ()),
        "labour": member.labour.value if member.labour else "", "work": member.work, "work_months": member.work_months,
        "insured": "" if member.insured is None else str(int(member.insured)),
    }


def household_data(household: Household) -> dict[str, object]:
    """Return what is on file of a household, as the form shows it; the phone stays hidden."""
    found: dict[str, object] = {name: str(int(getattr(household, name)))
                                for name in ("lifted", "lives_here", "rural_services")}
    return found | {name: getattr(household, name) or ""
                    for name in ("hukou_place", "address", "relocation_community", "national_code")}
