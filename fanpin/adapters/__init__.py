"""All that a plugin imports: the contract with everything outside."""

from fanpin.adapters.base import Adapter, Reply, Row
from fanpin.adapters.channel import Channel, LeadRow, ToldLead
from fanpin.adapters.contract import Fact, Transport
from fanpin.adapters.hookspecs import hookimpl
from fanpin.adapters.manifest import (
    NONE, Setting, SettingType, Table, amount, bulk, certificate, code, count, day, head_id, head_name, id_number, month,
    person_name, phone, question, text, village, words, year,
)
from fanpin.adapters.outlet import Outlet
from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.rules.departments import Department
from fanpin.rules.intake import Channel as Platform
from fanpin.rules.intake import DifficultyCategory

__all__ = [
    "NONE", "Adapter", "Channel", "Department", "DifficultyCategory", "Errand", "Fact", "Item", "LeadRow", "Outlet",
    "Parcel", "Platform", "Reply", "Row", "Setting", "SettingType", "Table", "ToldLead", "Transport", "amount", "bulk",
    "certificate", "code", "count", "day", "head_id", "head_name", "hookimpl", "id_number", "month", "person_name", "phone",
    "question", "text", "village", "words", "year",
]
