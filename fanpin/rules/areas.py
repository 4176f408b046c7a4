"""Levels of the administrative tree, from province to villagers' group."""

from enum import IntEnum


class AreaLevel(IntEnum):
    """Count down from the province: a larger number is a smaller area."""

    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5
    GROUP = 6

    @property
    def title(self) -> str:
        """Return the policy's word for the level."""
        return LEVEL_TITLES[self]


LEVEL_TITLES = {
    AreaLevel.PROVINCE: "省",
    AreaLevel.PREFECTURE: "州（市）",
    AreaLevel.COUNTY: "县（市、区）",
    AreaLevel.TOWNSHIP: "乡（镇）",
    AreaLevel.VILLAGE: "行政村",
    AreaLevel.GROUP: "村民小组",
}


def contains(outer: str, inner: str) -> bool:
    """Say whether the area with path `outer` is, or lies above, the one with path `inner`."""
    return inner.startswith(outer)


def levels_in(path: str) -> int:
    """Count the levels in a path such as `/1/4/19/` (the province alone is 1)."""
    return len(path.strip("/").split("/"))
