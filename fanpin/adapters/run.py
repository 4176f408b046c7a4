"""The core's side of a plugin: its declaration and its answers, each judged before anything believes it."""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Self, TypeVar

import msgspec

from fanpin.adapters import connections, declaration, distributions
from fanpin.adapters.contract import Answer, Fact, Known, Later, NotFound, Unavailable, fact_errors
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import LOADING, MAPPING, AdapterFailed, Failure, failure_of
from fanpin.adapters.manifest import Manifest, Table
from fanpin.adapters.wire import (
    LARGEST_ANSWER, MOST_FACTS, ROWS_AT_A_TIME, Answers, AskFacts, Declared, FactOut, Problem, ReadRow, ReplyOut, Request, encode,
)
from fanpin.rules import identity, names
from fanpin.sandbox import Child, ChildFailed, RequestFailed

LOAD_SECONDS, MAP_SECONDS, CPU_SECONDS, MEMORY_MB = 20, 30, 300, 512
ENDLESS = 10**9
PROGRAM = "fanpin.adapters.child"
# An ID number that a plugin puts into words would reach people who may not see it; one in a clerk's remark never gets there.
ID_INSIDE = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")
FREE = ("ref", "other", "label")
SHORTEST_ID = 15
HIDDEN = "（证件号码略）"
Message = TypeVar("Message")


@dataclass(frozen=True)
class Usable:
    """An installed plugin: its declaration, or the sentences why it is refused."""

    installed: Installed
    manifest: Manifest | None = None
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the plugin may be called."""
        return self.manifest is not None and not self.problems


@dataclass(frozen=True)
class MappedRow:
    """What a plugin said of one row: facts, answers without facts by kind; with problems none of it counts.

    A row that was `refused` answers its questions by Unavailable: who stands in a refused row was not found clear.
    """

    row: ReadRow
    facts: tuple[Fact, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: bool = False


def usable(found: Sequence[Installed] | None = None) -> list[Usable]:
    """Ask every installed plugin for its declaration, each in a child of its own, and judge it."""
    listed = distributions.installed() if found is None else list(found)
    with ThreadPoolExecutor(max_workers=2) as pool:
        asked = list(pool.map(declared, listed))
    twice = declaration.same_names([one.manifest for one in asked if one.manifest is not None])
    return [one if one.manifest is None or one.manifest.name not in twice
            else replace(one, problems=(*one.problems, twice[one.manifest.name])) for one in asked]


def manifests() -> dict[str, Manifest]:
    """Return the declarations that may be used, by name."""
    return {one.manifest.name: one.manifest for one in usable() if one.ok and one.manifest is not None}


def declared(installed: Installed) -> Usable:
    """Ask one plugin for its declaration and judge it: a department's against 附件1, every other against its role."""
    if installed.problem:
        return Usable(installed, problems=(installed.problem,))
    child = _child(installed)
    try:
        said = msgspec.json.decode(child.ask(b"", wall_seconds=LOAD_SECONDS), type=Declared)
    except (ChildFailed, RequestFailed, msgspec.MsgspecError) as error:
        return Usable(installed, problems=(failure_of(error, LOADING).text,))
    finally:
        child.close()
    if said.manifest is None:
        return Usable(installed, problems=(said.refused or "程序没有说明自己是什么",))
    own = said.manifest.settings
    manifest = replace(said.manifest, version=installed.version,
                       settings=(*own, *connections.settings_of(said.manifest)))
    problems = list(declaration.problems(manifest))
    if manifest.name != installed.entry:
        problems.append(f"名称“{manifest.name}”与安装的入口点“{installed.entry}”不一致")
    return Usable(installed, manifest, tuple(problems))


class PluginChild:
    """A plugin's child kept for many chunks of rows; close it, or use it in a `with`."""

    def __init__(self, installed: Installed, manifest: Manifest, *, settings: Mapping[str, str] | None = None,
                 program: str = PROGRAM) -> None:
        # Where the rows come from is the core's own business: no address and no secret crosses.
        own = [setting for setting in manifest.settings if not setting.secret and not connections.is_ours(setting.name)]
        open_names, defaults = {setting.name for setting in own}, {setting.name: setting.default for setting in own}
        self.settings = {**defaults, **{name: value for name, value in (settings or {}).items() if name in open_names}}
        self._manifest, self.child = manifest, _child(installed, program)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close()

    def ask(self, request: Request, answer: type[Message]) -> Message:
        """Put one request; what is no such answer raises AdapterFailed."""
        try:
            return msgspec.json.decode(self.child.ask(encode(request), wall_seconds=MAP_SECONDS), type=answer)
        except (ChildFailed, RequestFailed, msgspec.MsgspecError) as error:
            raise AdapterFailed(failure_of(error, MAPPING)) from error

    def map(self, table: Table, rows: Iterable[ReadRow], *, as_of: date) -> Iterator[MappedRow]:
        """Yield what the plugin says of each row, in order; an answer about anybody else raises AdapterFailed."""
        coming = iter(rows)
        while chunk := tuple(islice(coming, ROWS_AT_A_TIME)):
            yield from self._chunk(table, chunk, as_of)

    def _chunk(self, table: Table, rows: Sequence[ReadRow], as_of: date) -> Iterator[MappedRow]:
        tokens = tokens_for(rows)
        asked = AskFacts(table.code, self.settings, [(token, _hidden(row.cells)) for token, row in tokens.items()])
        return _judged(table, tokens, self.ask(asked, Answers).items, as_of)


def tokens_for(rows: Sequence[ReadRow]) -> dict[str, ReadRow]:
    """Give each row a name that is new in every request and tells nothing."""
    return {secrets.token_hex(8): row for row in rows}


def boundary(code: str, text: str) -> AdapterFailed:
    """Return the refusal of a whole answer that is about somebody or something else: a security event."""
    return AdapterFailed(Failure(code, text, security=True))


def map_rows(installed: Installed, manifest: Manifest, table: Table, rows: Iterable[ReadRow], *, as_of: date,
             settings: Mapping[str, str] | None = None) -> Iterator[MappedRow]:
    """Map rows through one lasting child; stop at the first answer that breaks the contract by AdapterFailed."""
    with PluginChild(installed, manifest, settings=settings) as plugin:
        yield from plugin.map(table, rows, as_of=as_of)


def _child(installed: Installed, program: str = PROGRAM) -> Child:
    folder = installed.folder
    named = [str(folder)] if folder is not None else []
    return Child(["-m", program, installed.module, *named], memory_mb=MEMORY_MB,
                 cpu_seconds=CPU_SECONDS, output_limit=LARGEST_ANSWER, files=[folder] if folder else [],
                 max_requests=ENDLESS, max_rss_mb=MEMORY_MB)


def _judged(table: Table, tokens: Mapping[str, ReadRow], items: Iterable[FactOut | ReplyOut],
            as_of: date) -> Iterator[MappedRow]:
    facts: dict[str, list[Fact]] = {token: [] for token in tokens}
    answers: dict[str, list[tuple[str, Answer]]] = {token: [] for token in tokens}
    for item in items:
        if item.subject not in tokens:
            raise boundary("stranger", "适配器答复了没有询问的对象，整批退回")
        if item.kind not in table.kinds:
            raise boundary("not_claimed", "适配器答复了没有申报的事项，整批退回")
        if isinstance(item, FactOut):
            facts[item.subject].append(_fact(item))
        else:
            answers[item.subject].append((item.kind, _answer(item)))
    return (_row(token, row, facts[token], answers[token], as_of) for token, row in tokens.items())


def _fact(item: FactOut) -> Fact:
    if any(holds_id(getattr(item, field)) for field in FREE):
        raise boundary("id_inside", "适配器在答复的文字里夹带证件号码，整批退回")
    return item.fact()


def holds_id(words: str) -> bool:
    """Say whether words hold what may be an ID number, old or new; a licence whose digits give no birthday is none."""
    return any(_birthday(found[0]) for found in ID_INSIDE.finditer(identity.normalise(words)))


def _hidden(cells: Mapping[str, str | int]) -> dict[str, str | int]:
    """Return the cells without the ID numbers that a clerk wrote among other words."""
    return {name: ID_INSIDE.sub(lambda found: HIDDEN if _birthday(found[0]) else found[0], identity.normalise(value))
            if isinstance(value, str) and len(value) >= SHORTEST_ID and holds_id(value) else value for name, value in cells.items()}


def _birthday(number: str) -> bool:
    try:
        date.fromisoformat(number[6:14] if len(number) == 18 else f"19{number[6:12]}")
    except ValueError:
        return False
    return True


def _answer(item: ReplyOut) -> Answer:
    if item.answer == "later" and item.due is not None:
        return Later(item.due)
    if item.answer == "not_found":
        return NotFound()
    if item.answer == "none":
        return Known()
    return Unavailable(item.reason.strip() or "部门没有写明原因")


def _row(token: str, row: ReadRow, facts: Sequence[Fact], answers: Sequence[tuple[str, Answer]],
         as_of: date) -> MappedRow:
    reasons = [reason for fact in facts for reason in fact_errors(fact, as_of=as_of).values()]
    if len(facts) > MOST_FACTS:
        reasons.append(f"一行得出{len(facts)}条事实，超过{MOST_FACTS}条")
    if any(unclean(getattr(fact, field)) for fact in facts for field in FREE):
        reasons.append("文字中有看不见的控制字符")
    kinds = [kind for kind, _ in answers]
    if len(set(kinds)) < len(kinds) or set(kinds) & {fact.kind for fact in facts}:
        reasons.append("对同一事项给出了互相矛盾的答复")
    if reasons:
        return MappedRow(row, problems=tuple(Problem(row.number, "", reason) for reason in dict.fromkeys(reasons)))
    return MappedRow(row, tuple(facts), tuple(answers))


def unclean(words: str) -> bool:
    """Say whether words hold signs that nobody sees."""
    return names.clean_note(words, len(words) + 1) != words.strip()
