"""What may be shown to whom: masks, the columns of public papers, the scan that fails closed, retention."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from fanpin.rules.identity import IGNORED, check_digit
from fanpin.rules.titles import TitledEnum

STAR = "*"


class PublicColumn(TitledEnum):
    """The only columns that a paper for the public may carry (个人信息保护法 28; design §8)."""

    NUMBER = ("number", "序号")
    GROUP = ("group", "村民小组")
    HEAD_NAME = ("head_name", "户主姓名")
    SIZE = ("size", "家庭人口数")
    HOUSEHOLD_CLASS = ("household_class", "监测对象类别")
    MEASURES = ("measures", "帮扶措施类别")


PUBLIC_COLUMNS: frozenset[str] = frozenset(column.value for column in PublicColumn)


class FindingKind(TitledEnum):
    """What a scan finds in a text that the public would see."""

    ID_NUMBER = ("id_number", "身份证号")
    CERTIFICATE = ("certificate", "残疾人证号")
    PHONE = ("phone", "手机号")
    ACCOUNT = ("account", "银行账号")


@dataclass(frozen=True)
class PrivateFinding:
    """Where in the (normalised) text something private stands; the value itself is never carried along."""

    kind: FindingKind
    start: int
    end: int


@dataclass(frozen=True)
class Retention:
    """How long a kind of record is kept, what happens then, and on what ground; `days` None is by archive schedule."""

    record: str
    title: str
    days: int | None
    then: str
    source: str


ARCHIVE = "县档案部门核定的保管期限"
PROPOSED = "系统默认，县级只能更严"

RETENTION: tuple[Retention, ...] = (
    Retention("name_list", "名单、批复、公告、领导小组纪要", None, "永久保存，移交档案部门", ARCHIVE),
    Retention("case_file", "一户一档（申请、采集、比对、评议、公示、告知）", None, "保管30年后移交或销毁，并清除本地敏感字段", ARCHIVE),
    Retention("unfounded_lead", "未形成识别的线索核实单、走访记录", None, "保管10年后销毁", ARCHIVE),
    Retention("refused_attachments", "未纳入或撤回户的附件和部门答复", 365, "密钥销毁", PROPOSED),
    Retention("raw_answer", "部门原始答复", 30, "只留结论、数据时点和摘要", PROPOSED),
    Retention("import_file", "导入的表格文件", 30, "删除，只留摘要和不含取值的错误报告", PROPOSED),
    Retention("delivery_file", "部门报送的表格文件", 30, "读取完成后到期删除，只留摘要和各行去向的数字", PROPOSED),
    Retention("export_file", "导出的文件", 7, "删除", PROPOSED),
    Retention("session", "登录会话", 1, "删除", PROPOSED),
    Retention("audit", "审计日志", 1095, "由审计管理员清理，链上保留摘要", "网络安全法第二十一条：不少于六个月"),
    Retention("backup_daily", "每日备份", 30, "到期删除", PROPOSED),
    Retention("backup_monthly", "每月备份", 365, "到期删除", PROPOSED),
)

_LONG_RUN = re.compile(r"(?<![0-9])[0-9]{14,}[0-9Xx]")
_SPLIT_ID = re.compile(r"(?<![0-9])[0-9]{6}[ -][0-9]{8}[ -][0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_SPACED_ID = re.compile(r"(?<![0-9])(?:[0-9] ){17}[0-9Xx](?![0-9A-Za-z])")
_SPLIT_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{1,4})?(?![0-9])")
_PHONE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_KIND_BY_LENGTH = {15: FindingKind.ID_NUMBER, 18: FindingKind.ID_NUMBER, 20: FindingKind.CERTIFICATE}


def mask_id(number: str | None) -> str:
    """Show the first two characters of an ID number (the province) and nothing else."""
    return _keep(number, first=2, last=0)


def mask_phone(number: str | None) -> str:
    """Show the first three and the last two digits of a phone number."""
    return _keep(number, first=3, last=2)


def mask_account(number: str | None) -> str:
    """Show the last four digits of an account."""
    return _keep(number, first=0, last=4)


def private_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that a public paper must not carry; none means that it may be issued."""
    return tuple(column for column in columns if column not in PUBLIC_COLUMNS)


def scan(text: str, *, official: Collection[str] = ()) -> list[PrivateFinding]:
    """Find ID numbers, certificates, accounts and phones; `official` phones belong on the paper and pass."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in IGNORED)
    known = {_digits(number) for number in official}
    found = [PrivateFinding(_kind(match[0]), *match.span()) for match in _LONG_RUN.finditer(plain)]
    found += [PrivateFinding(FindingKind.ID_NUMBER, *match.span()) for match in _SPLIT_ID.finditer(plain)]
    found += [
        PrivateFinding(FindingKind.ID_NUMBER, *match.span())
        for match in _SPACED_ID.finditer(plain) if _is_id(match[0].replace(" ", ""))
    ]
    found += [PrivateFinding(FindingKind.ACCOUNT, *match.span()) for match in _SPLIT_ACCOUNT.finditer(plain)]
    found += [
        PrivateFinding(FindingKind.PHONE, *match.span())
        for match in _PHONE.finditer(plain) if _digits(match[0])[-11:] not in known
    ]
    return sorted(found, key=lambda finding: finding.start)


def refusal_of(findings: Collection[PrivateFinding]) -> str:
    """Return why a public text may not go out, without the values, or an empty string."""
    if not findings:
        return ""
    kinds = "、".join(dict.fromkeys(finding.kind.title for finding in findings))
    return f"对外公开的内容里出现了{kinds}，不能发布，请删去后重新制作"


def _keep(number: str | None, *, first: int, last: int) -> str:
    if not number:
        return ""
    if len(number) <= first + last:
        return STAR * len(number)
    return number[:first] + STAR * (len(number) - first - last) + (number[-last:] if last else "")


def _kind(run: str) -> FindingKind:
    if run[-1] in "Xx":
        return FindingKind.ID_NUMBER
    return _KIND_BY_LENGTH.get(len(run), FindingKind.ACCOUNT)


def _is_id(number: str) -> bool:
    return number[:17].isdigit() and check_digit(number[:17]) == number[17].upper()


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
