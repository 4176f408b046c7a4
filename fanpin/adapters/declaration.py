"""Judge a declaration: a department's against 附件1, a channel's against 三(一); every refusal is by name, with the reason."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from fanpin.adapters.contract import Transport
from fanpin.adapters.headers import plain
from fanpin.adapters.manifest import NONE, Claim, ColumnType, Manifest, Mode, Table
from fanpin.adapters.parcels import Errand
from fanpin.adapters.versions import PluginRole, refusal
from fanpin.rules.departments import Department
from fanpin.rules.duties import KINDS, Basis, Kind, SubjectKind, Unit, duties_of
from fanpin.rules.intake import Channel
from fanpin.rules.names import INVISIBLE

MOST_TABLES, MOST_COLUMNS, MOST_WORDS, LONGEST_WORD = 20, 100, 300, 200
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TABLE = re.compile(r"[a-z][a-z0-9_]*")
WORDS = (ColumnType.TEXT, ColumnType.CODE)
DAYS = (ColumnType.DATE, ColumnType.MONTH, ColumnType.YEAR)
FITTING = {"date": DAYS, "ended": DAYS, "value": (ColumnType.CODE, ColumnType.CERTIFICATE, ColumnType.TEXT),
           "ref": WORDS, "other": WORDS, "label": WORDS}


def problems(manifest: Manifest) -> list[str]:
    """Return a sentence for everything that the declaration may not say."""
    if not _bounded(manifest):
        return [f"申报内容过大：最多{MOST_TABLES}张表、每张{MOST_COLUMNS}列、每列{MOST_WORDS}个词，每个词{LONGEST_WORD}个字，且不能有看不见的字符"]
    if refused := refusal(manifest.contract, manifest.role):
        return [refused]
    return [*_form(manifest), *ROLES[manifest.role](manifest), *(problem for table in manifest.tables for problem in _table(manifest, table))]


def same_names(manifests: Sequence[Manifest]) -> dict[str, str]:
    """Return a sentence for each name that two plugins bear."""
    times = Counter(manifest.name for manifest in manifests)
    return {name: f"有{many}个程序同名“{name}”，都不启用，请卸载多余的" for name, many in times.items() if many > 1}


def may_claim(department: Department, kind: Kind) -> bool:
    """Say whether 附件1 or the county's assignment gives the kind to the department."""
    return department in kind.departments or any(kind.code in duty.facts for duty in duties_of(department))


def _bounded(manifest: Manifest) -> bool:
    columns = [column for table in manifest.tables for column in table.columns]
    words = [manifest.name, manifest.title, manifest.scope, *manifest.hosts,
             *(word for table in manifest.tables for word in (table.code, table.title)),
             *(word for column in columns for word in (*column.names, column.hint)),
             *(word for column in columns for pair in column.values for word in pair),
             *(word for one in manifest.settings for word in (one.name, one.title, one.hint, one.default))]
    return (len(manifest.tables) <= MOST_TABLES and len(manifest.settings) <= MOST_COLUMNS
            and all(len(table.columns) <= MOST_COLUMNS and len(table.claims) <= MOST_COLUMNS for table in manifest.tables)
            and all(len(column.values) <= MOST_WORDS and len(column.names) <= MOST_WORDS for column in columns)
            and all(len(word) <= LONGEST_WORD and word.isprintable() and not any(map(_invisible, word)) for word in words))


def _invisible(character: str) -> bool:
    return ord(character) in INVISIBLE


def _form(manifest: Manifest) -> Iterable[str]:
    if not NAME.fullmatch(manifest.name) or len(manifest.name) > 60:
        yield "名称只能用小写字母、数字和短横，不超过60个字符"
    if not manifest.title.strip() or len(manifest.title) > 60:
        yield "请写明中文名称（不超过60个字）"
    if not manifest.scope.strip() or len(manifest.scope) > 120:
        yield "请写明查询范围（不超过120个字）"
    if not 0 <= manifest.delay_days <= 400 or not 1 <= manifest.fresh_days <= 400:
        yield "数据时延和有效天数须在400天以内"
    for what, names in (("表", [table.code for table in manifest.tables]),
                        ("设置", [setting.name for setting in manifest.settings])):
        yield from (f"{what}“{name}”重复" for name, many in Counter(names).items() if many > 1)
        yield from (f"{what}的代码“{name}”只能用小写字母、数字和下划线" for name in names if not TABLE.fullmatch(name))


def _department(manifest: Manifest) -> Iterable[str]:
    if manifest.department is None:
        yield "请写明是哪个部门的适配器"


def _channel(manifest: Manifest) -> Iterable[str]:
    platform = next((channel for channel in Channel if channel.value == manifest.channel), None)
    if platform is None or not platform.is_platform:
        yield f"申报渠道只有三个平台：{'、'.join(f'{channel.value}（{channel.title}）' for channel in Channel if channel.is_platform)}"
    if not manifest.tables:
        yield "请写明平台导出的表有哪些列"
    for table in manifest.tables:
        types = {column.type for column in table.columns if column.required}
        if not {ColumnType.NAME, ColumnType.HEAD_NAME} & types:
            yield f"“{table.title}”没有说明谁申报的必填列，须有：姓名或户主姓名"
        if ColumnType.VILLAGE not in types:
            yield f"“{table.title}”没有说明在哪里的必填列，须有：行政村"
        if table.claims:
            yield f"“{table.title}”申报了部门事项，申报渠道只说群众申报了什么"


def _outlet(manifest: Manifest) -> Iterable[str]:
    if manifest.tables:
        yield "报送出口不收表格，请去掉 tables"
    known = {errand.value: errand for errand in Errand}
    if strange := [errand for errand in manifest.errands if errand not in known]:
        yield f"没有“{'、'.join(strange)}”这样的事，报送出口能办的是：{'、'.join(errand.title for errand in Errand)}"
    if not manifest.errands:
        yield "请写明报送出口办什么事（errands）"
    if Transport.DATABASE in manifest.transports:
        yield "报送出口只做成表格或发送到平台，不写别人的数据库"
    if Transport.PLATFORM in manifest.transports and not all(known[errand].of_notice for errand in manifest.errands if errand in known):
        yield "全国系统的录入和标注由人办理，只做成表格，不能发送到平台"


ROLES = {PluginRole.DEPARTMENT: _department, PluginRole.CHANNEL: _channel, PluginRole.OUTLET: _outlet}


def _table(manifest: Manifest, table: Table) -> Iterable[str]:
    where = f"“{table.title}”"
    seen: dict[str, str] = {}
    for column in table.all_columns:
        for name in column.names:
            if not plain(name):
                yield f"{where}有一列没有名称"
            elif seen.setdefault(plain(name), column.name) != column.name:
                yield f"{where}的“{name}”同时指“{seen[plain(name)]}”和“{column.name}”两列"
        if column.type is ColumnType.CODE and not column.values:
            yield f"{where}的“{column.name}”没有列出可填的词"
    types = Counter(column.type for column in table.columns if column.type.is_key)
    yield from (f"{where}有两列{kind.title}" for kind, many in types.items() if many > 1)
    for kind, many in Counter((claim.kind, claim.mode) for claim in table.claims).items():
        if many > 1:
            yield f"{where}重复申报“{kind[0]}”"
    for claim in table.claims:
        yield from _claim(manifest, table, claim)


def _claim(manifest: Manifest, table: Table, claim: Claim) -> Iterable[str]:
    kind, department = KINDS.get(claim.kind), manifest.department
    if kind is None:
        yield f"没有“{claim.kind}”这一事项"
        return
    if department is None or not may_claim(department, kind):
        owners = "、".join(owner.title for owner in kind.departments)
        yield f"“{kind.title}”按附件1和县级分工由{owners}提供，{manifest.owner}不能申报"
        return
    if kind.basis is Basis.CONSENT and claim.mode is Mode.BULK:
        yield f"“{kind.title}”须经农户授权，只能逐人核查，不能批量提供"
    yield from _keys(table, kind)
    yield from _fields(manifest, table, claim, kind)


def _keys(table: Table, kind: Kind) -> Iterable[str]:
    types = {column.type for column in table.columns if column.required}
    wanted = {
        SubjectKind.PERSON: ({ColumnType.ID_NUMBER}, {ColumnType.CERTIFICATE}),
        SubjectKind.HOUSEHOLD: ({ColumnType.HEAD_ID}, {ColumnType.ID_NUMBER},
                                {ColumnType.HEAD_NAME, ColumnType.VILLAGE}),
        SubjectKind.VILLAGE: ({ColumnType.VILLAGE},),
    }[kind.subject]
    if not any(keys <= types for keys in wanted):
        words = "，或".join("和".join(sorted(key.title for key in keys)) for keys in wanted)
        yield f"“{table.title}”没有能认定{kind.subject.title}的必填列，须有：{words}"


def _fields(manifest: Manifest, table: Table, claim: Claim, kind: Kind) -> Iterable[str]:
    where = f"“{table.title}”的“{kind.title}”"
    given = {field for field, _ in claim.fields} | {field for field, _ in claim.constants}
    for field in sorted(given):
        if kind.column(field) is None:
            yield f"{where}没有“{field}”这一栏"
    for field, names in (*claim.fields, *claim.only):
        for name in names if (field, names) in claim.fields else (field,):
            if name not in {column.name for column in table.columns}:
                yield f"{where}用到没有声明的列“{name}”"
                return
    if given or manifest.declarative:
        yield from (f"{where}没有说明“{column.label}”从哪一列来" for column in kind.columns
                    if column.required and column.field not in given)
    for field, names in claim.fields:
        yield from _fit(table, kind, where, field, names)
    for field, value in claim.constants:
        if field == "value" and value not in kind.codes:
            yield f"{where}的固定取值“{value}”不在规定范围内"


def _fit(table: Table, kind: Kind, where: str, field: str, names: tuple[str, ...]) -> Iterable[str]:
    wanted = FITTING.get(field) or ((ColumnType.COUNT,) if kind.unit is Unit.HEADS else (ColumnType.AMOUNT,))
    for column in map(table.column, names):
        if column.type not in wanted:
            yield f"{where}的“{field}”不能取自“{column.name}”（{column.type.title}）"
        if field == "value" and column.type is ColumnType.CODE:
            codes = {code for _, code in column.values} | {column.otherwise or ""}
            strange = "、".join(sorted(codes - kind.codes - {"", NONE}))
            if strange:
                yield f"{where}的取值“{strange}”不在规定范围内"
    if len(names) > 1 and field not in ("label", "ref"):
        yield f"{where}的“{field}”只能取自一列"
