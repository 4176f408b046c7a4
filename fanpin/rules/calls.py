"""How a department's own system is asked by itself (三(六)): how far a call is, when it is tried again, what a silence proves."""

from datetime import date, datetime, timedelta

from fanpin.rules.titles import TitledEnum

# So long a call that failed rests before the next try; after the last one an officer asks again or answers by hand.
PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
# A ticket whose day has come is asked for so often; the last pause goes on.
TICKET_PAUSES = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(days=1))
# Who comes new to a system that fails waits no longer than this.
LONGEST_JOINED = timedelta(hours=1)


class CallState(TitledEnum):
    """How far a call to a department's system is."""

    OWED = ("owed", "等待查询")
    TICKET = ("ticket", "对方已受理，等待结果")
    DONE = ("done", "已取得结果")
    FAILED = ("failed", "没有查成，稍后自动再查")
    STOPPED = ("stopped", "没有查成，已停止自动查询")

    @property
    def open(self) -> bool:
        """Say whether the system will be asked, or asked again, by itself."""
        return self in (CallState.OWED, CallState.TICKET, CallState.FAILED)


def next_try(failed: int, *, now: datetime, jitter: float) -> datetime | None:
    """Return when a call that has failed so often is tried again, None where no more; `jitter` (0 to 1) spreads them."""
    return now + PAUSES[failed - 1] * (1 + jitter / 4) if failed <= len(PAUSES) else None


def next_collecting(collected: int, *, opens: datetime, now: datetime, jitter: float) -> datetime:
    """Return when a ticket is asked for: as its due day `opens`, then after growing pauses."""
    if now < opens:
        return opens
    return now + TICKET_PAUSES[min(collected, len(TICKET_PAUSES) - 1)] * (1 + jitter / 4)


def overdue(due: date | None, *, today: date) -> bool:
    """Say whether the day promised has passed."""
    return due is not None and due < today
