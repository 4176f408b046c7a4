"""What an adapter declares: tables with their columns, the kinds that come of them, settings; values that travel as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from fanpin.adapters.contract import Transport
from fanpin.adapters.versions import OLDEST, PluginRole
from fanpin.rules.departments import Department
from fanpin.rules.titles import TitledEnum

LONGEST_TEXT = 200
# What somebody told in own words; five hundred rows of it stay below what one answer may hold.
LONGEST_WORDS = 2000


class ColumnType(TitledEnum):
    """What stands in a column; the first seven are keys, which the core takes out before a plugin sees the row."""

    ID_NUMBER = ("id_number", "身份证号")
    NAME = ("name", "姓名")
    HEAD_ID = ("head_id", "户主身份证号")
    HEAD_NAME = ("head_name", "户主姓名")
    VILLAGE = ("village", "行政村")
    CERTIFICATE = ("certificate", "残疾人证号")
    PHONE = ("phone", "联系电话")
    TEXT = ("text", "文字")
    WORDS = ("words", "原话")
    DATE = ("date", "日期")
    MONTH = ("month", "年月")
    YEAR = ("year", "年度")
    AMOUNT = ("amount", "数额")
    COUNT = ("count", "个数")
    CODE = ("code", "选项")

    @property
    def is_key(self) -> bool:
        """Say whether the column tells who the row is about."""
        return self in (ColumnType.ID_NUMBER, ColumnType.NAME, ColumnType.HEAD_ID, ColumnType.HEAD_NAME,
                        ColumnType.VILLAGE, ColumnType.CERTIFICATE, ColumnType.PHONE)


class Mode(TitledEnum):
    """How a kind arrives: everything unasked (basis duty), or answers about persons asked."""

    BULK = ("bulk", "批量提供")
    QUESTION = ("question", "逐人核查")


class SettingType(TitledEnum):
    """What a county types into a setting of an adapter."""

    TEXT = ("text", "文字")
    NUMBER = ("number", "数字")
    CHOICE = ("choice", "选项")
    URL = ("url", "地址")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a department's table under its canonical name, with the department's other names for it.

    `values` leads from the department's words to codes; a word that leads to "" says nothing, one that leads to NONE
    says that the register was searched and has nothing; `otherwise` is the code of all other words, None refuses them.
    """

    name: str
    type: ColumnType
    synonyms: tuple[str, ...] = ()
    required: bool = False
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    hint: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names under which the column is found."""
        return (self.name, *self.synonyms)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One kind that a table yields: `fields` (field, columns) say from where, `only` (column, codes) from which rows."""

    kind: str
    mode: Mode
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Table:
    """One table as the department keeps it; `samples/<code>.csv` in the distribution is an honest small one."""

    code: str
    title: str
    columns: tuple[Column, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the declared columns, and those of the result where persons are asked about."""
        asked = any(claim.mode is Mode.QUESTION for claim in self.claims)
        return (*self.columns, *QUESTION_COLUMNS) if asked else self.columns

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the codes of the kinds that this table yields."""
        return tuple(dict.fromkeys(claim.kind for claim in self.claims))

    def column(self, name: str) -> Column:
        """Return the column with the canonical name."""
        found = next((column for column in self.all_columns if column.name == name), None)
        if found is None:
            raise KeyError(f"“{self.title}”没有“{name}”这一列，只有：{'、'.join(c.name for c in self.all_columns)}")
        return found


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a county fills in before the adapter works there; a secret never reaches the plugin."""

    name: str
    title: str
    type: SettingType = SettingType.TEXT
    secret: bool = False
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The whole declaration; `version` is the distribution's, added by the core. Stored, shown and compared.

    A department's adapter has a department, a channel the platform (`rules.intake.Channel`) whose declarations it reads,
    an outlet the errands (`parcels.Errand`) that it does.
    """

    name: str
    title: str
    role: PluginRole = PluginRole.DEPARTMENT
    department: Department | None = None
    channel: str = ""
    errands: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    contract: int = OLDEST
    version: str = ""
    scope: str = "本县登记范围"
    delay_days: int = 30
    fresh_days: int = 90
    settings: tuple[Setting, ...] = ()
    transports: tuple[Transport, ...] = (Transport.SHEET,)
    hosts: tuple[str, ...] = ()
    declarative: bool = True

    @property
    def owner(self) -> str:
        """Return whose plugin it is, in words: the department, else what the plugin is."""
        return self.department.title if self.department is not None else self.role.title

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the codes of all kinds that the adapter claims."""
        return tuple(dict.fromkeys(kind for table in self.tables for kind in table.kinds))

    def table(self, code: str) -> Table:
        """Return the table with the code."""
        return next(table for table in self.tables if table.code == code)

    def modes(self, kind: str) -> frozenset[Mode]:
        """Return how a kind arrives."""
        return frozenset(claim.mode for table in self.tables for claim in table.claims if claim.kind == kind)


def _column(type_: ColumnType, names: tuple[str, ...], required: bool, hint: str = "", **more: object) -> Column:
    return Column(name=names[0], synonyms=names[1:], type=type_, required=required, hint=hint, **more)  # type: ignore[arg-type]


ID_NAMES = ("身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "居民身份证号码", "证件号码", "证件号", "身份证")
HEAD_ID_NAMES = ("户主身份证号", "户主身份证号码", "户主证件号码", "户主证件号", "户主公民身份号码")
VILLAGE_NAMES = ("行政村", "村", "村名", "村委会", "行政村名称", "所在村", "村（社区）", "行政村代码")
PHONE_NAMES = ("联系电话", "手机号", "手机号码", "电话", "联系方式", "联系手机")
CERTIFICATE_NAMES = ("残疾人证号", "残疾证号", "残疾人证号码", "残疾人证")


def id_number(*names: str, required: bool = True) -> Column:
    """Declare whom the row is about."""
    return _column(ColumnType.ID_NUMBER, names or ID_NAMES, required, "18位，单元格须为文本格式")


def person_name(*names: str, required: bool = True) -> Column:
    """Declare the person's name."""
    return _column(ColumnType.NAME, names or ("姓名", "人员姓名", "本人姓名"), required)


def head_id(*names: str, required: bool = True) -> Column:
    """Declare the ID number of the head of the household that the row is about."""
    return _column(ColumnType.HEAD_ID, names or HEAD_ID_NAMES, required, "18位，单元格须为文本格式")


def head_name(*names: str, required: bool = False) -> Column:
    """Declare the name of the head of the household."""
    return _column(ColumnType.HEAD_NAME, names or ("户主姓名", "户主"), required)


def village(*names: str, required: bool = False) -> Column:
    """Declare the village, by name or by its twelve digits."""
    return _column(ColumnType.VILLAGE, names or VILLAGE_NAMES, required)


def certificate(*names: str, required: bool = True) -> Column:
    """Declare the 残疾人证号: its ID number becomes the key, and the row keeps category and grade ("54")."""
    return _column(ColumnType.CERTIFICATE, names or CERTIFICATE_NAMES, required, "20位或22位，单元格须为文本格式")


def phone(*names: str, required: bool = False) -> Column:
    """Declare the phone number under which the person can be reached."""
    return _column(ColumnType.PHONE, names or PHONE_NAMES, required, "手机号或带区号的固定电话")


def words(*names: str, required: bool = False, hint: str = "") -> Column:
    """Declare what somebody told in own words: kept as it stands, lines too, at most 2000 characters."""
    return _column(ColumnType.WORDS, names, required, hint)


def text(*names: str, required: bool = False, hint: str = "") -> Column:
    """Declare free words, at most 200 characters."""
    return _column(ColumnType.TEXT, names, required, hint)


def day(*names: str, required: bool = False, hint: str = "如 2026-03-02") -> Column:
    """Declare a date."""
    return _column(ColumnType.DATE, names, required, hint)


def month(*names: str, required: bool = False, hint: str = "如 2026-03") -> Column:
    """Declare a month, kept as its first day."""
    return _column(ColumnType.MONTH, names, required, hint)


def year(*names: str, required: bool = False, hint: str = "如 2026") -> Column:
    """Declare a year, kept as its last day."""
    return _column(ColumnType.YEAR, names, required, hint)


def amount(*names: str, required: bool = False, hint: str = "") -> Column:
    """Declare an amount with at most two decimals, kept in hundredths."""
    return _column(ColumnType.AMOUNT, names, required, hint)


def count(*names: str, required: bool = False, hint: str = "") -> Column:
    """Declare a whole number of persons, households or times."""
    return _column(ColumnType.COUNT, names, required, hint)


def code(*names: str, values: Mapping[str, str], otherwise: str | None = None, required: bool = False,
         hint: str = "") -> Column:
    """Declare a choice: the department's own words, each with the code that it stands for."""
    return _column(ColumnType.CODE, names, required, hint, values=tuple(values.items()), otherwise=otherwise)


Source = str | tuple[str, ...]


def bulk(kind: str, *, only: Mapping[str, Source] | None = None, constants: Mapping[str, str] | None = None,
         **fields: Source) -> Claim:
    """Claim a duty kind of 附件1 that arrives in bulk; fields of the fact by the columns that fill them."""
    return _claim(kind, Mode.BULK, only, constants, fields)


def question(kind: str, *, only: Mapping[str, Source] | None = None, constants: Mapping[str, str] | None = None,
             **fields: Source) -> Claim:
    """Claim a kind that is answered about the persons asked."""
    return _claim(kind, Mode.QUESTION, only, constants, fields)


def _claim(kind: str, mode: Mode, only: Mapping[str, Source] | None, constants: Mapping[str, str] | None,
           fields: Mapping[str, Source]) -> Claim:
    return Claim(kind=kind, mode=mode, fields=_pairs(fields), constants=tuple((constants or {}).items()),
                 only=_pairs(only or {}))


def _pairs(sources: Mapping[str, Source]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, (source,) if isinstance(source, str) else tuple(source)) for key, source in sources.items())


FOUND, NONE, NOT_FOUND, LATER, UNAVAILABLE = "found", "none", "not_found", "later", "unavailable"
RESULT, DUE, REASON = "查询结果", "预计答复日期", "无法查询的原因"
RESULT_WORDS = {"查到": FOUND, "有": FOUND, "未查到": NONE, "无": NONE, "查无此人": NOT_FOUND, "稍后答复": LATER,
                "暂时无法查询": UNAVAILABLE}
# Part of every table that answers about persons asked; nobody has to fill them where something was found.
QUESTION_COLUMNS = (code(RESULT, values=RESULT_WORDS), day(DUE), text(REASON))
