"""All that a plugin imports: the contract with everything outside."""

from fanpin.adapters.base import Adapter, Reply, Row
from fanpin.adapters.contract import Fact, Transport
from fanpin.adapters.hookspecs import hookimpl
from fanpin.adapters.manifest import (
    NONE, Setting, SettingType, Table, amount, bulk, certificate, code, count, day, head_id, head_name, id_number, month,
    person_name, question, text, village, year,
)
from fanpin.rules.departments import Department

__all__ = [
    "NONE", "Adapter", "Department", "Fact", "Reply", "Row", "Setting", "SettingType", "Table", "Transport", "amount", "bulk",
    "certificate", "code", "count", "day", "head_id", "head_name", "hookimpl", "id_number", "month", "person_name",
    "question", "text", "village", "year",
]
