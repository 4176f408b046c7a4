"""The only place that imports a plugin: a confined child with one entry point, requests in and answers out."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TypeVar

import msgspec
import pluggy

from fanpin import sandbox
from fanpin.adapters import hookspecs
from fanpin.adapters.base import Adapter, Plugin, Reply, Row
from fanpin.adapters.channel import Channel, LeadRow, ToldLead
from fanpin.adapters.contract import Fact, Known, Later, NotFound
from fanpin.adapters.outlet import Outlet
from fanpin.adapters.parcels import Parcel
from fanpin.adapters.versions import PluginRole, refusal
from fanpin.adapters.wire import (
    Answers, AskFacts, AskLeads, Declared, Deliver, FactOut, LeadOut, Leads, ParcelOut, Parcels, ReplyOut, Request, encode,
)

ROLES: dict[type[Plugin], PluginRole] = {Adapter: PluginRole.DEPARTMENT, Channel: PluginRole.CHANNEL, Outlet: PluginRole.OUTLET}


class Unusable(Exception):
    """The module is no plugin; the sentence says why."""


def plugin_of(module: ModuleType) -> Plugin:
    """Let pluggy check the module's hook and call it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
        manager.check_pending()
        found = manager.hook.fanpin_adapter()
    except pluggy.PluginValidationError as error:
        raise Unusable(f"钩子不符合约定：{str(error).splitlines()[-1]}") from error
    if len(found) != 1 or not isinstance(found[0], tuple(ROLES)):
        raise Unusable("没有用 @hookimpl 标出返回适配器、申报渠道或报送出口对象的 fanpin_adapter()")
    return found[0]


class Served:
    """One plugin, imported once, answering frames."""

    def __init__(self, module: str, folder: str) -> None:
        self._module, self._folder = module, folder
        self._plugin: Plugin | None = None

    def answer(self, payload: bytes) -> bytes:
        """Answer a frame: without content the declaration, else what was asked of this role."""
        if not payload:
            return encode(self._declared())
        request, plugin = msgspec.json.decode(payload, type=Request), self._loaded()
        if isinstance(request, AskFacts) and isinstance(plugin, Adapter):
            return encode(Answers(list(_out(plugin.facts(_rows(plugin, request, Row))))))
        if isinstance(request, AskLeads) and isinstance(plugin, Channel):
            return encode(Leads([_lead(item) for item in plugin.leads(_rows(plugin, request, LeadRow))]))
        if isinstance(request, Deliver) and isinstance(plugin, Outlet):
            return encode(Parcels([_parcel(token, plugin.deliver(item)) for token, item in request.items]))
        raise TypeError(f"{type(plugin).__name__} cannot answer {type(request).__name__}")

    def _declared(self) -> Declared:
        try:
            plugin = self._loaded()
            # Before anything else is asked: a later version may declare what this one cannot read.
            refused = refusal(plugin.contract, next(role for kind, role in ROLES.items() if isinstance(plugin, kind)))
            return Declared(refused=refused) if refused else Declared(plugin.manifest())
        except Unusable as unusable:
            return Declared(refused=str(unusable)[:400])
        except (ImportError, AttributeError, SyntaxError, TypeError) as error:
            return Declared(refused=f"载入出错（{type(error).__name__}：{error}）"[:400])

    def _loaded(self) -> Plugin:
        if self._plugin is None:
            if self._folder and self._folder not in sys.path:
                sys.path.append(self._folder)
            self._plugin = plugin_of(importlib.import_module(self._module))
        return self._plugin


AnyRow = TypeVar("AnyRow", bound=Row)


def _rows(plugin: Plugin, request: AskFacts | AskLeads, kind: type[AnyRow]) -> Sequence[AnyRow]:
    table = plugin.manifest().table(request.table)
    return [kind(table, token, cells, request.settings) for token, cells in request.rows]


def _lead(item: object) -> LeadOut:
    if not isinstance(item, ToldLead):
        raise TypeError(f"leads() returned {type(item).__name__}, not what row.lead() returns")
    return LeadOut(**{name: getattr(item, name) for name in LeadOut.__struct_fields__})


def _parcel(token: str, found: object) -> ParcelOut:
    if not isinstance(found, Parcel):
        raise TypeError(f"deliver() returned {type(found).__name__}, not Parcel")
    return ParcelOut(token, found.title, found.text, list(found.headings), [list(row) for row in found.rows], dict(found.post))


def _out(found: object) -> Iterator[FactOut | ReplyOut]:
    for item in found:  # type: ignore[attr-defined]
        if isinstance(item, Fact):
            yield FactOut(**{name: getattr(item, name) for name in FactOut.__struct_fields__})
        elif isinstance(item, Reply):
            yield _reply(item)
        else:
            raise TypeError(f"facts() returned {type(item).__name__}, not Fact or Reply")


def _reply(item: Reply) -> ReplyOut:
    answer = item.answer
    if isinstance(answer, Known):
        return ReplyOut(item.subject, item.kind, "none")
    if isinstance(answer, NotFound):
        return ReplyOut(item.subject, item.kind, "not_found")
    if isinstance(answer, Later):
        return ReplyOut(item.subject, item.kind, "later", due=answer.due)
    return ReplyOut(item.subject, item.kind, "unavailable", reason=answer.reason)


if __name__ == "__main__":
    sandbox.serve_frames(Served(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "").answer)
