"""What a channel says of a platform's rows, each judged before anything believes it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from fanpin.adapters.channel import ToldLead
from fanpin.adapters.manifest import Table
from fanpin.adapters.run import PluginChild, boundary, holds_id, tokens_for, unclean
from fanpin.adapters.wire import ROWS_AT_A_TIME, AskLeads, Leads, Problem, ReadRow
from fanpin.rules.intake import DifficultyCategory

LONGEST_NUMBER, LONGEST_RELATION = 60, 40
CATEGORIES = frozenset(category.value for category in DifficultyCategory)


@dataclass(frozen=True)
class MappedLead:
    """What a channel said of one row: a declaration, or nothing; with problems the row is refused."""

    row: ReadRow
    lead: ToldLead | None = None
    problems: tuple[Problem, ...] = ()


def map_leads(plugin: PluginChild, table: Table, rows: Iterable[ReadRow], *, today: date) -> Iterator[MappedLead]:
    """Yield what the channel says of each row, in order; a lead about anybody else raises AdapterFailed."""
    coming = iter(rows)
    while chunk := tuple(islice(coming, ROWS_AT_A_TIME)):
        tokens = tokens_for(chunk)
        asked = AskLeads(table.code, plugin.settings, [(token, row.cells) for token, row in tokens.items()])
        told = [item.lead() for item in plugin.ask(asked, Leads).items]
        yield from _judged(tokens, told, today)


def _judged(tokens: Mapping[str, ReadRow], told: Sequence[ToldLead], today: date) -> Iterator[MappedLead]:
    by_token: dict[str, list[ToldLead]] = {token: [] for token in tokens}
    for lead in told:
        if lead.subject not in tokens:
            raise boundary("stranger", "申报渠道的程序说到了表里没有的对象，整份退回")
        # The statement is the citizen's own word; out of it nothing may be carried to where others read it.
        if holds_id(lead.relation) and lead.relation not in _beside(tokens[lead.subject], lead):
            raise boundary("id_inside", "申报渠道的程序在与户主的关系里夹带证件号码，整份退回")
        by_token[lead.subject].append(lead)
    return (_row(row, by_token[token], today) for token, row in tokens.items())


def _beside(row: ReadRow, lead: ToldLead) -> list[object]:
    """Return what the sender wrote in the row beside the statement."""
    return [value for value in row.cells.values() if value != lead.statement]


def _row(row: ReadRow, leads: Sequence[ToldLead], today: date) -> MappedLead:
    if not leads:
        return MappedLead(row)
    reasons = ["一行得出了几条申报"] if len(leads) > 1 else list(_reasons(row, leads[0], today))
    if reasons:
        return MappedLead(row, problems=tuple(Problem(row.number, "", reason) for reason in reasons))
    return MappedLead(row, leads[0])


def _reasons(row: ReadRow, lead: ToldLead, today: date) -> Iterator[str]:
    if not lead.number.strip() or len(lead.number) > LONGEST_NUMBER:
        yield f"没有平台的流水号，或流水号超过{LONGEST_NUMBER}个字"
    if lead.declared_on is None:
        yield "没有申报日期"
    elif lead.declared_on > today:
        yield "申报日期晚于今天"
    if not lead.statement.strip():
        yield "没有申报内容"
    # 三(一): kept word for word; a programme that rewrites it would put words into a citizen's mouth.
    elif lead.statement not in row.cells.values():
        yield "程序改动了申报人的原话"
    if set(lead.categories) - CATEGORIES:
        yield "困难类别不在规定范围内"
    if holds_id(lead.relation):
        yield "与户主的关系里写了证件号码，请删去"
    if len(lead.relation) > LONGEST_RELATION or unclean(lead.relation) or unclean(lead.number):
        yield f"与户主的关系超过{LONGEST_RELATION}个字，或文字中有看不见的控制字符"
