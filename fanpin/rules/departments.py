"""The departments of 附件1 and 三(六), and the kinds of duty that 附件1 lays on them."""

from fanpin.rules.titles import TitledEnum


class Department(TitledEnum):
    """The sixteen of 附件1, the two that only 三(六) names, and 其他部门."""

    EDUCATION = ("education", "教育部门")
    PUBLIC_SECURITY = ("public_security", "公安部门")
    CIVIL_AFFAIRS = ("civil_affairs", "民政部门")
    HUMAN_RESOURCES = ("human_resources", "人社部门")
    NATURAL_RESOURCES = ("natural_resources", "自然资源部门")
    HOUSING = ("housing", "住建部门")
    AGRICULTURE = ("agriculture", "农业农村部门")
    WATER = ("water", "水利部门")
    HEALTH = ("health", "卫健部门")
    EMERGENCY = ("emergency", "应急管理部门")
    MARKET = ("market", "市场监管部门")
    FORESTRY = ("forestry", "林草部门")
    STATISTICS = ("statistics", "统计（调查）部门")
    RURAL_REVITALIZATION = ("rural_revitalization", "乡村振兴部门")
    MEDICAL_INSURANCE = ("medical_insurance", "医保部门")
    DISABLED_FEDERATION = ("disabled_federation", "残联")
    FINANCE = ("finance", "财政部门")
    CENTRAL_BANK = ("central_bank", "人民银行")
    OTHER = ("other", "其他部门")


class DutyKind(TitledEnum):
    """What 附件1 has a department do; 核准 and 认定 yield an answer that only that department can change."""

    PROVIDE = ("provide", "提供")
    CHECK = ("check", "核查")
    CONFIRM = ("confirm", "核准")
    RATE = ("rate", "认定")
    COMPARE = ("compare", "比对")
    GUIDE = ("guide", "指导")
    ENTER = ("enter", "录入标注")

    @property
    def is_signed(self) -> bool:
        """Say whether the duty yields a signed answer that only the department itself can change."""
        return self in (DutyKind.CONFIRM, DutyKind.RATE)


_D = Department

# 三(六): 教育、公安、民政、财政、人社、自然资源、住建、农业农村、卫健、市场监管、林草、医保、统计（调查）、残联、人民银行.
BLOCKING_DEPARTMENTS: tuple[Department, ...] = (
    _D.EDUCATION, _D.PUBLIC_SECURITY, _D.CIVIL_AFFAIRS, _D.FINANCE, _D.HUMAN_RESOURCES, _D.NATURAL_RESOURCES,
    _D.HOUSING, _D.AGRICULTURE, _D.HEALTH, _D.MARKET, _D.FORESTRY, _D.MEDICAL_INSURANCE, _D.STATISTICS,
    _D.DISABLED_FEDERATION, _D.CENTRAL_BANK,
)
