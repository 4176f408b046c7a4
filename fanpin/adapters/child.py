"""The only place that imports an adapter: a confined child with one entry point, rows in and answers out."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import msgspec
import pluggy

from fanpin import sandbox
from fanpin.adapters import hookspecs
from fanpin.adapters.base import Adapter, Reply, Row
from fanpin.adapters.contract import Fact, Known, Later, NotFound
from fanpin.adapters.manifest import CONTRACT
from fanpin.adapters.wire import Answers, Ask, Declared, FactOut, ReplyOut, encode


class Unusable(Exception):
    """The module is no adapter; the sentence says why."""


def adapter_of(module: ModuleType) -> Adapter:
    """Let pluggy check the module's hook and call it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
        manager.check_pending()
        found = manager.hook.fanpin_adapter()
    except pluggy.PluginValidationError as error:
        raise Unusable(f"钩子不符合约定：{str(error).splitlines()[-1]}") from error
    if len(found) != 1 or not isinstance(found[0], Adapter):
        raise Unusable("没有用 @hookimpl 标出返回适配器对象的 fanpin_adapter()")
    return found[0]


class Served:
    """One adapter, imported once, answering frames."""

    def __init__(self, module: str, folder: str) -> None:
        self._module, self._folder = module, folder
        self._adapter: Adapter | None = None

    def answer(self, payload: bytes) -> bytes:
        """Answer a frame: without content the declaration, with an Ask what its rows say."""
        if not payload:
            return encode(self._declared())
        ask = msgspec.json.decode(payload, type=Ask)
        adapter = self._loaded()
        table = adapter.manifest().table(ask.table)
        rows = [Row(table, token, cells, ask.settings) for token, cells in ask.rows]
        return encode(Answers(list(_out(adapter.facts(rows)))))

    def _declared(self) -> Declared:
        try:
            adapter = self._loaded()
            if adapter.contract != CONTRACT:
                return Declared(refused=f"适配器按第{adapter.contract}版约定编写，本平台支持第{CONTRACT}版，请升级适配器或平台")
            return Declared(adapter.manifest())
        except Unusable as unusable:
            return Declared(refused=str(unusable)[:400])
        except (ImportError, AttributeError, SyntaxError, TypeError) as error:
            return Declared(refused=f"载入出错（{type(error).__name__}：{error}）"[:400])

    def _loaded(self) -> Adapter:
        if self._adapter is None:
            if self._folder:
                sys.path.insert(0, self._folder)
            self._adapter = adapter_of(importlib.import_module(self._module))
        return self._adapter


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
