"""The State Council's yearly notices on days off, as data: one entry per notice, in the notice's own words."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """Days off that one item of a notice orders, first and last included."""

    title: str
    first: date
    last: date


@dataclass(frozen=True)
class HolidayNotice:
    """国务院办公厅关于某年部分节假日安排的通知: number, date, days off, weekend days that are worked."""

    year: int
    document: str
    issued_on: date
    off: tuple[Span, ...]
    worked: tuple[date, ...]


def _span(title: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> Span:
    return Span(title, date(*first), date(*last))


# Each number and date was found in at least two independent reprints of the notice.
NOTICES: tuple[HolidayNotice, ...] = (
    HolidayNotice(
        2021, "国办发明电〔2020〕27号", date(2020, 11, 25),
        off=(
            _span("元旦", (2021, 1, 1), (2021, 1, 3)),
            _span("春节", (2021, 2, 11), (2021, 2, 17)),
            _span("清明节", (2021, 4, 3), (2021, 4, 5)),
            _span("劳动节", (2021, 5, 1), (2021, 5, 5)),
            _span("端午节", (2021, 6, 12), (2021, 6, 14)),
            _span("中秋节", (2021, 9, 19), (2021, 9, 21)),
            _span("国庆节", (2021, 10, 1), (2021, 10, 7)),
        ),
        worked=(
            date(2021, 2, 7), date(2021, 2, 20), date(2021, 4, 25), date(2021, 5, 8),
            date(2021, 9, 18), date(2021, 9, 26), date(2021, 10, 9),
        ),
    ),
    HolidayNotice(
        2022, "国办发明电〔2021〕11号", date(2021, 10, 25),
        off=(
            _span("元旦", (2022, 1, 1), (2022, 1, 3)),
            _span("春节", (2022, 1, 31), (2022, 2, 6)),
            _span("清明节", (2022, 4, 3), (2022, 4, 5)),
            _span("劳动节", (2022, 4, 30), (2022, 5, 4)),
            _span("端午节", (2022, 6, 3), (2022, 6, 5)),
            _span("中秋节", (2022, 9, 10), (2022, 9, 12)),
            _span("国庆节", (2022, 10, 1), (2022, 10, 7)),
        ),
        worked=(
            date(2022, 1, 29), date(2022, 1, 30), date(2022, 4, 2), date(2022, 4, 24),
            date(2022, 5, 7), date(2022, 10, 8), date(2022, 10, 9),
        ),
    ),
    HolidayNotice(
        2023, "国办发明电〔2022〕16号", date(2022, 12, 8),
        off=(
            _span("元旦", (2022, 12, 31), (2023, 1, 2)),
            _span("春节", (2023, 1, 21), (2023, 1, 27)),
            _span("清明节", (2023, 4, 5), (2023, 4, 5)),
            _span("劳动节", (2023, 4, 29), (2023, 5, 3)),
            _span("端午节", (2023, 6, 22), (2023, 6, 24)),
            _span("中秋节、国庆节", (2023, 9, 29), (2023, 10, 6)),
        ),
        worked=(
            date(2023, 1, 28), date(2023, 1, 29), date(2023, 4, 23), date(2023, 5, 6),
            date(2023, 6, 25), date(2023, 10, 7), date(2023, 10, 8),
        ),
    ),
    HolidayNotice(
        2024, "国办发明电〔2023〕7号", date(2023, 10, 25),
        off=(
            _span("元旦", (2024, 1, 1), (2024, 1, 1)),
            _span("春节", (2024, 2, 10), (2024, 2, 17)),
            _span("清明节", (2024, 4, 4), (2024, 4, 6)),
            _span("劳动节", (2024, 5, 1), (2024, 5, 5)),
            _span("端午节", (2024, 6, 10), (2024, 6, 10)),
            _span("中秋节", (2024, 9, 15), (2024, 9, 17)),
            _span("国庆节", (2024, 10, 1), (2024, 10, 7)),
        ),
        worked=(
            date(2024, 2, 4), date(2024, 2, 18), date(2024, 4, 7), date(2024, 4, 28),
            date(2024, 5, 11), date(2024, 9, 14), date(2024, 9, 29), date(2024, 10, 12),
        ),
    ),
    HolidayNotice(
        2025, "国办发明电〔2024〕12号", date(2024, 11, 12),
        off=(
            _span("元旦", (2025, 1, 1), (2025, 1, 1)),
            _span("春节", (2025, 1, 28), (2025, 2, 4)),
            _span("清明节", (2025, 4, 4), (2025, 4, 6)),
            _span("劳动节", (2025, 5, 1), (2025, 5, 5)),
            _span("端午节", (2025, 5, 31), (2025, 6, 2)),
            _span("国庆节、中秋节", (2025, 10, 1), (2025, 10, 8)),
        ),
        worked=(
            date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11),
        ),
    ),
    HolidayNotice(
        2026, "国办发明电〔2025〕7号", date(2025, 11, 4),
        off=(
            _span("元旦", (2026, 1, 1), (2026, 1, 3)),
            _span("春节", (2026, 2, 15), (2026, 2, 23)),
            _span("清明节", (2026, 4, 4), (2026, 4, 6)),
            _span("劳动节", (2026, 5, 1), (2026, 5, 5)),
            _span("端午节", (2026, 6, 19), (2026, 6, 21)),
            _span("中秋节", (2026, 9, 25), (2026, 9, 27)),
            _span("国庆节", (2026, 10, 1), (2026, 10, 7)),
        ),
        worked=(
            date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9),
            date(2026, 9, 20), date(2026, 10, 10),
        ),
    ),
)
