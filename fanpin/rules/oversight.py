"""Words and small rules of 六: who steers whom, who is responsible, what is found and what follows."""

from fanpin.rules.areas import AreaLevel
from fanpin.rules.titles import TitledEnum

L = AreaLevel


class GroupPost(TitledEnum):
    """A post in a 巩固脱贫攻坚推进乡村振兴领导小组."""

    HEAD = ("head", "组长")
    DEPUTY = ("deputy", "副组长")
    MEMBER = ("member", "成员")
    OFFICE = ("office", "办公室负责人")


class TaskKind(TitledEnum):
    """How a higher level moves a lower one: 六(一) 全程督导, 六(二) 督促检查和工作调度."""

    GUIDE = ("guide", "督导")
    INSPECT = ("inspect", "督查")
    DISPATCH = ("dispatch", "调度")


class TaskState(TitledEnum):
    """Where a task stands."""

    OPEN = ("open", "待回复")
    REPLIED = ("replied", "已回复，待认可")
    RETURNED = ("returned", "退回，重新回复")
    ACCEPTED = ("accepted", "已认可")

    @property
    def waits_for_reply(self) -> bool:
        """Say whether the addressee has to act."""
        return self in (TaskState.OPEN, TaskState.RETURNED)


class ResponsibleKind(TitledEnum):
    """六(一): who answers for what, at which level."""

    FIRST_PARTY = ("first_party", "第一责任人（县党委主要负责人）")
    FIRST_GOVERNMENT = ("first_government", "第一责任人（县政府主要负责人）")
    ENTRY_QUALITY = ("entry_quality", "信息录入质量责任人（县乡村振兴部门）")
    DIRECT_PARTY = ("direct_party", "直接责任人（乡镇党委主要负责人）")
    DIRECT_GOVERNMENT = ("direct_government", "直接责任人（乡镇政府主要负责人）")

    @property
    def level(self) -> AreaLevel:
        """Return the level of area to which the responsibility belongs."""
        return L.TOWNSHIP if self in (ResponsibleKind.DIRECT_PARTY, ResponsibleKind.DIRECT_GOVERNMENT) else L.COUNTY

    @property
    def is_first(self) -> bool:
        """Say whether it is one of the county's two 第一责任人."""
        return self in (ResponsibleKind.FIRST_PARTY, ResponsibleKind.FIRST_GOVERNMENT)


class ConductKind(TitledEnum):
    """六(三): what 考核评估、督查巡查、审计监督 find."""

    FALSIFICATION = ("falsification", "弄虚作假")
    NEGLECT = ("neglect", "失职失责")
    RELAPSE = ("relapse", "造成规模性返贫")


class ConductSource(TitledEnum):
    """In the course of what it was found."""

    ASSESSMENT = ("assessment", "考核评估")
    INSPECTION = ("inspection", "督查巡查")
    AUDIT = ("audit", "审计监督")


class Consequence(TitledEnum):
    """六(三): 扣分, 严肃处理, 追究问责; or put right first."""

    RECTIFY = ("rectify", "限期整改")
    DEDUCT = ("deduct", "成效考核扣分")
    DISCIPLINE = ("discipline", "严肃处理")
    ACCOUNTABLE = ("accountable", "追究问责")


# 六: 州（市）全程督导 its counties, the province both, a county its townships.
TASKED: dict[AreaLevel, tuple[AreaLevel, ...]] = {
    L.PROVINCE: (L.PREFECTURE, L.COUNTY), L.PREFECTURE: (L.COUNTY,), L.COUNTY: (L.TOWNSHIP,)}
# Who owes a work plan each year: 各级党委政府 … 细化具体工作方案.
PLANNING = (L.PROVINCE, L.PREFECTURE, L.COUNTY, L.TOWNSHIP)
PLAN_DUE = (2, 1)
"""From this month and day on, a year without its plan is overdue: the start of the year is over."""


def responsible_at(level: AreaLevel) -> tuple[ResponsibleKind, ...]:
    """List the responsibilities that an area of the level must have filled."""
    return tuple(kind for kind in ResponsibleKind if kind.level is level)
