"""Days as people write them in sheets: a short list of forms, and nothing that could mean two days."""

import re
import unicodedata
from datetime import date

FORMS = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?: 0{1,2}:00(?::00)?)?"),
    re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
MONTHS = (re.compile(r"(\d{4})(\d{2})"), re.compile(r"(\d{4})[-/.](\d{1,2})"), re.compile(r"(\d{4})年(\d{1,2})月"))
WRONG = "日期要写成2026-03-02、2026/3/2、2026.3.2、2026年3月2日或20260302"
WRONG_MONTH = "年月要写成202603、2026-03或2026年3月"
FIRST, LAST = 1900, 2100


def read_day(text: str) -> date:
    """Return the day that a text means; raise ValueError with the forms that are taken."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for form in FORMS:
        if found := form.fullmatch(plain):
            return _day(*(int(part) for part in found.groups()), wrong=WRONG)
    raise ValueError(WRONG)


def read_month(text: str) -> date:
    """Return the first day of the month that a text means (202603), or the day where one is written out."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for form in MONTHS:
        if found := form.fullmatch(plain):
            return _day(int(found[1]), int(found[2]), 1, wrong=WRONG_MONTH)
    return read_day(plain)


def _day(year: int, month: int, day: int, *, wrong: str) -> date:
    if not FIRST <= year <= LAST:
        raise ValueError(wrong)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(wrong) from error
