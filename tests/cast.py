"""The fixed people of the tests: who they are, what they may do, and the neighbours who must see nothing."""

from dataclasses import dataclass

from fanpin.rules.areas import AreaLevel
from fanpin.rules.roles import Role

L = AreaLevel


@dataclass(frozen=True)
class Part:
    """A person of the cast: user name, name, role, where (key of `WORLD`), department."""

    username: str
    name: str
    role: Role
    place: str
    department: str = ""


# Real areas: 昭通市 彝良县 and its neighbour 镇雄县; groups are ours.
WORLD = {
    "province": ("53", L.PROVINCE, None),
    "prefecture": ("5306", L.PREFECTURE, "province"),
    "county": ("530628", L.COUNTY, "prefecture"),
    "township": ("530628102", L.TOWNSHIP, "county"),
    "village": ("530628102202", L.VILLAGE, "township"),
    "group1": ("53062810220201", L.GROUP, "village"),
    "group2": ("53062810220202", L.GROUP, "village"),
    "sibling_village": ("530628102203", L.VILLAGE, "township"),
    "sibling_group": ("53062810220301", L.GROUP, "sibling_village"),
    "other_county": ("530627", L.COUNTY, "prefecture"),
    "other_township": ("530627102", L.TOWNSHIP, "other_county"),
    "other_village": ("530627102201", L.VILLAGE, "other_township"),
    "other_group": ("53062710220101", L.GROUP, "other_village"),
}
NAMES = {
    "province": "云南省", "prefecture": "昭通市", "county": "彝良县", "township": "洛泽河镇", "village": "洛泽河村民委员会",
    "group1": "第一村民小组", "group2": "第二村民小组", "sibling_village": "发路村民委员会", "sibling_group": "第一村民小组",
    "other_county": "镇雄县", "other_township": "泼机镇", "other_village": "泼机村民委员会", "other_group": "第一村民小组",
}

CAST = {part.username: part for part in (
    Part("cun.gan", "周村干", Role.VILLAGE_CADRE, "village"),
    Part("zhu.cun", "吴驻村", Role.RESIDENT_MEMBER, "village"),
    Part("zu.zhang", "郑组长", Role.GROUP_CADRE, "group1"),
    Part("xiang.gan", "李乡干", Role.TOWNSHIP_CADRE, "township"),
    Part("xiang.zhang", "王乡长", Role.TOWNSHIP_LEADER, "township"),
    Part("xian.ban", "赵县办", Role.COUNTY_ANALYST, "county"),
    Part("xian.zhang", "孙县审", Role.COUNTY_DECIDER, "county"),
    Part("ling.dao", "钱领导", Role.COUNTY_LEADING_GROUP, "county"),
    Part("bang.fu", "冯主责", Role.LEAD_DEPARTMENT, "county", "agriculture"),
    Part("ze.ren", "陈责任", Role.HELPER, "county", "agriculture"),
    Part("sheng.ting", "褚省厅", Role.PROVINCIAL_OFFICER, "province", "education"),
    Part("zhou.shi", "卫州市", Role.PREFECTURE, "prefecture"),
    Part("sheng.ban", "蒋省办", Role.PROVINCE, "province"),
    Part("xi.tong", "沈系统", Role.SYSTEM_ADMIN, "county"),
    Part("an.quan", "韩安全", Role.SECURITY_ADMIN, "county"),
    Part("shen.ji", "杨审计", Role.AUDIT_ADMIN, "county"),
    Part("jian.cha", "朱检查", Role.INSPECTOR, "county"),
    Part("lin.cun", "秦邻村", Role.VILLAGE_CADRE, "sibling_village"),
    Part("wai.xian", "尤外县", Role.COUNTY_ANALYST, "other_county"),
    Part("wai.cun", "许外村", Role.VILLAGE_CADRE, "other_village"),
)}
OFFICERS = {
    department: Part(f"bm.{department.replace('_', '-')}", f"何{department[:3]}", Role.DEPARTMENT_OFFICER, "county", department)
    for department in (
        "education", "public_security", "civil_affairs", "finance", "human_resources", "natural_resources", "housing",
        "agriculture", "water", "health", "market", "forestry", "medical_insurance", "statistics",
        "disabled_federation", "central_bank")
}
# Answers no joint review: enters and marks in the national system, and sends its export.
KEEPER = Part("bm.rural-revitalization", "何录标", Role.DEPARTMENT_OFFICER, "county", "rural_revitalization")
