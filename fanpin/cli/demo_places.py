"""Where the demo lies: twelve townships and 120 villages of 彝良县 by their real codes, groups and staff invented."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fanpin.cli.demo_people import COUNTY, STAFF, TOWNSHIPS, VILLAGES, Names, Post
from fanpin.models.areas import Area
from fanpin.rules.roles import Role
from fanpin.steps.areas import by_code, divisions

# Below this many households the demo is three villages, as the tests use it.
WHOLE_COUNTY = 1000
PER_STORY_VILLAGE = 60
# 角奎街道 发界街道 洛泽河镇 牛街镇 龙安镇 两河镇 小草坝镇 龙海镇 龙街乡 奎香乡 树林乡 柳溪乡: 120 villages and communities.
COUNTY_TOWNSHIPS = tuple(f"{COUNTY}{number}" for number in (
    "001", "002", "102", "103", "106", "108", "109", "110", "201", "202", "203", "211"))
ORDINALS = "一二三四五六七八九"
FEWEST_GROUPS, PER_GROUP = 3, 45
STAFF_SEED = 20260303


@dataclass(frozen=True)
class Place:
    """A village of the demo: its area, how many households, and whether the stories happen here."""

    village: Area
    households: int
    stories: bool

    @property
    def groups(self) -> tuple[str, ...]:
        """Name the village's groups: more of them where more households live."""
        count = min(len(ORDINALS), max(FEWEST_GROUPS, self.households // PER_GROUP))
        return tuple(f"第{ordinal}村民小组" for ordinal in ORDINALS[:count])


def spread(households: int) -> list[tuple[str, int, bool]]:
    """Say how many households each village gets, the stories' villages first: (code, households, stories)."""
    if households < WHOLE_COUNTY:
        return [(code, count, True) for code, count in zip(VILLAGES, _shares(households, len(VILLAGES)), strict=True)]
    others = sorted(row.code for row in divisions() if row.parent in COUNTY_TOWNSHIPS and row.code not in VILLAGES)
    rest = _shares(households - PER_STORY_VILLAGE * len(VILLAGES), len(others))
    return [*((code, PER_STORY_VILLAGE, True) for code in VILLAGES),
            *((code, count, False) for code, count in zip(others, rest, strict=True))]


def places(session: Session, households: int) -> list[Place]:
    """Spread the households over three villages, or over the whole county."""
    return [Place(by_code(session, code), count, stories) for code, count, stories in spread(households)]


def _shares(whole: int, parts: int) -> list[int]:
    """Divide a number into parts that differ by a third around their mean, and add up to it."""
    mean, wide = divmod(whole, parts)[0], 3
    counts = [mean + (mean // wide if number % 2 else -(mean // wide)) for number in range(parts)]
    counts[-1] += whole - sum(counts)
    return counts


def posts(here: list[Place]) -> list[Post]:
    """List the demo's accounts: the county's, and a cadre and a team member for each village, two for each township."""
    names = Names(STAFF_SEED)
    made = list(STAFF)
    for code in sorted({place.village.code12[:9] for place in here} - set(TOWNSHIPS)):
        made += [Post(f"xiang-{code[6:]}", names.name(man=False), Role.TOWNSHIP_CADRE, code),
                 Post(f"xiangzhang-{code[6:]}", names.name(), Role.TOWNSHIP_LEADER, code)]
    for place in here:
        code = place.village.code12
        if code not in VILLAGES:
            made += [Post(f"cun-{code[6:]}", names.name(), Role.VILLAGE_CADRE, code),
                     Post(f"zhucun-{code[6:]}", names.name(), Role.RESIDENT_MEMBER, code)]
    return made
