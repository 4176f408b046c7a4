"""A delivery on its way through the worker: however many rows, a few chunks are held, and what lies on disk is sealed."""

import pickle
from pathlib import Path
from weakref import finalize

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin.adapters.run import MappedRow
from fanpin.adapters.wire import ROWS_AT_A_TIME
from fanpin.crypto import DecryptionError
from fanpin.models.county import FactRow
from fanpin.models.deliveries import Delivery, UnmatchedRow
from fanpin.rules.deliveries import DeliveryState
from fanpin.rules.intake import LeadSource
from fanpin.screening.county import BulkFact
from fanpin.steps import analysis
from fanpin.steps.delivery_draft import Spool
from fanpin.steps.delivery_intake import Intake
from fanpin.steps.delivery_placing import Placed
from fanpin.steps.delivery_reading import ReadRow
from tests.builders import a_household, an_id
from tests.conftest import StandingClock
from tests.sheet_makers import ID, NAME, sent
from tests.world import World

BILL, MEDICAL = "high_medical_cost", "medical_insurance"


class Watch:
    """Counts how many things of a kind were made, and how many lived at once."""

    def __init__(self, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
        self.alive = self.most = self.made = 0
        real = kind.__init__

        def begin(thing: object, *args: object, **more: object) -> None:
            real(thing, *args, **more)
            finalize(thing, self.gone)
            self.made += 1
            self.alive += 1
            self.most = max(self.most, self.alive)

        monkeypatch.setattr(kind, "__init__", begin)

    def gone(self) -> None:
        """Count one that nobody holds any longer."""
        self.alive -= 1


@pytest.mark.parametrize("rows", [3 * ROWS_AT_A_TIME, 6 * ROWS_AT_A_TIME])
def test_memory_holds_a_few_chunks_however_many_rows_there_are(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    home = a_household(session, world, now=clock.now(), today=clock.today())
    analysis.enter_warning(session, home, source=LeadSource.MEDIA, department="", document="", content="妻子住院",
                           actor=world.actors["xian.ban"], now=clock.now(), today=clock.today())
    head, day = home.members[0], clock.today()
    told = [{ID: head.id_number, NAME: head.name, "自付金额": str(number + 1), "结算日期": "2026-01-12"} for number in range(rows // 2)]
    told += [{ID: an_id(day.replace(year=1970)), NAME: "测外县", "自付金额": str(number + 1), "结算日期": "2026-01-12"}
             for number in range(rows // 2)]
    row = sent(session, world, clock, tmp_path, BILL, told, department=MEDICAL)
    number = row.id
    session.commit()
    watches = [Watch(kind, monkeypatch) for kind in (MappedRow, ReadRow, Placed, BulkFact)]
    Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
    session.commit()
    assert [watch.made >= rows // 2 for watch in watches] == [True] * 4
    assert [watch.most for watch in watches if watch.most > 2 * ROWS_AT_A_TIME] == []
    done = session.scalars(select(Delivery)).one()
    assert (done.state, done.rows, done.matched, done.queued) == (DeliveryState.DONE, rows, rows // 2, rows // 2)
    count = [session.scalar(select(func.count()).select_from(model)) for model in (FactRow, UnmatchedRow)]
    assert count == [rows // 2, rows // 2]


def test_what_is_set_aside_comes_back_in_order_and_lies_on_disk_sealed_and_without_a_name(
        session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Spool[str]() as spool:
        spool.put(["测试甲", "测试乙"])
        spool.put([])
        spool.put(["测试丙"])
        assert list(spool.groups()) == list(spool.groups()) == [["测试甲", "测试乙"], [], ["测试丙"]]
        assert list(tmp_path.iterdir()) == []
        spool._file.seek(0)
        assert "测试甲".encode() not in spool._file.read()


def test_a_group_that_was_moved_or_changed_is_not_unpacked(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with Spool[int]() as spool:
        spool.put([1])
        spool.put([2])
        spool._file.seek(0)
        one, two = spool._file.read()[:(size := spool._file.tell() // 2)], spool._file.seek(size) and spool._file.read()
        spool._file.seek(0)
        spool._file.write(two + one)
        monkeypatch.setattr(pickle, "loads", lambda _: pytest.fail("unpacked"))
        with pytest.raises(DecryptionError):
            list(spool.groups())
