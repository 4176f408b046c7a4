"""Names of villages and groups as sheets write them: matched only where exactly one place can be meant."""

import re
import unicodedata

VILLAGE_ENDS = ("村民委员会", "居民委员会", "村委会", "居委会", "行政村", "社区", "村")
TOWNSHIP_ENDS = ("街道办事处", "街道", "镇", "乡")
GROUP_ENDS = ("村民小组", "居民小组", "小组", "组", "社")
DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百]+")


def village(name: str) -> str:
    """Return what tells a village: 洛泽河村民委员会, 洛泽河村 and 洛泽河 are one."""
    return _without(_plain(name), VILLAGE_ENDS)


def township(name: str) -> str:
    """Return what tells a township."""
    return _without(_plain(name), TOWNSHIP_ENDS)


def group(name: str) -> str:
    """Return what tells a villagers' group: 第一村民小组, 一组 and 1组 are one."""
    told = _without(_plain(name), GROUP_ENDS).removeprefix("第")
    if CHINESE_NUMBER.fullmatch(told):
        return str(_number(told))
    return str(int(told)) if told.isascii() and told.isdigit() else told


def _plain(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", name) if not char.isspace())


def _without(name: str, ends: tuple[str, ...]) -> str:
    for end in ends:
        if name.endswith(end) and len(name) > len(end):
            return name.removesuffix(end)
    return name


def _number(words: str) -> int:
    total, digit = 0, 0
    for char in words:
        if char in "十百":
            total += max(digit, 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + DIGITS[char] if digit else DIGITS[char]
    return total + digit
