"""A sound adapter with two small tables; the faults beside it each break one thing of it."""

import os
import struct

from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Row, Table, amount, bulk, code, day, hookimpl, id_number, person_name, question, text,
)
from fanpin.confine import FRAMES_OUT

RELIEF = Table("relief", "临时救助发放", (
    id_number(), person_name(), amount("救助金额", required=True), day("发放日期", required=True), text("救助事由"),
), (bulk("temporary_relief", amount="救助金额", date="发放日期", label="救助事由"),))

AID = Table("aid", "低保核查", (
    id_number(), person_name(), code("救助类别", values={"低保": "dibao", "特困": "destitute"}, required=True), amount("月金额"),
), (question("dibao", value="救助类别", amount="月金额"),))


class Well(Adapter):
    """Does what it says."""

    name, title, department = "fanpin-fault", "民政部门（测试）", Department.CIVIL_AFFAIRS
    tables = (RELIEF, AID)


def answer(adapter: type[Adapter]):
    """Return the hook."""
    return hookimpl(lambda: adapter())


def raw(content: bytes, size: int | None = None) -> None:
    """Write a frame past the core's code, as whoever means harm would."""
    os.write(FRAMES_OUT, struct.pack(">IB", len(content) if size is None else size, 0) + content)


__all__ = ["Adapter", "Fact", "Reply", "Row", "Well", "answer", "os", "raw"]
