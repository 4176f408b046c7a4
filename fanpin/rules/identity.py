"""Numbers that identify: ID cards (GB 11643), disability certificates, social credit codes (GB 32100)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from fanpin.rules.members import FocusGroup, Sex, age_on
from fanpin.rules.titles import TitledEnum

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
OLDEST = 120
TEXT_FORMAT = "身份证号须为文本格式：请把该列设为“文本”后重新录入完整的18位号码，不要用数值格式"

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))

IGNORED = frozenset(
    [*map(chr, range(0x200B, 0x2010)), "\u2060", "\ufeff", "\u00ad", *map(chr, range(0x202A, 0x202F)),
     *map(chr, range(0x2066, 0x206A))]
)


@dataclass(frozen=True)
class IdVerdict:
    """An ID number as it will be kept with what it tells, or why it is refused; never echo it in messages."""

    ok: bool
    canonical: str = ""
    problem: str | None = None
    birth: date | None = None
    sex: Sex | None = None
    warnings: tuple[str, ...] = ()
    suggestion: str = ""


class DisabilityCategory(TitledEnum):
    """残疾类别, the 19th digit of the certificate."""

    SIGHT = ("1", "视力")
    HEARING = ("2", "听力")
    SPEECH = ("3", "言语")
    LIMB = ("4", "肢体")
    INTELLECT = ("5", "智力")
    MIND = ("6", "精神")
    MULTIPLE = ("7", "多重")


MIND_CATEGORIES = frozenset({DisabilityCategory.INTELLECT, DisabilityCategory.MIND})


@dataclass(frozen=True)
class CertificateVerdict:
    """A disability certificate's number taken apart, or why it is refused."""

    ok: bool
    canonical: str = ""
    problem: str | None = None
    id_number: str = ""
    category: DisabilityCategory | None = None
    grade: int = 0
    reissue: str = ""


@dataclass(frozen=True)
class UsccVerdict:
    """A social credit code as it will be kept with the kind of body, or why it is refused."""

    ok: bool
    canonical: str = ""
    problem: str | None = None
    kind: str = ""


def normalise(text: str) -> str:
    """Return the number in half-width upper case without spaces, invisible marks, or Excel's apostrophe."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in plain if not (c.isspace() or c in IGNORED or unicodedata.category(c) == "Cc"))
    return kept.removeprefix("'").removeprefix("’").upper()


def check(value: object, today: date | None = None) -> IdVerdict:
    """Judge an ID number (GB 11643); an abolished or unknown division never refuses a person."""
    if not isinstance(value, str):
        return IdVerdict(False, problem=TEXT_FORMAT)
    number = normalise(value)
    if re.fullmatch(r"\d+(\.\d+)?E[+]?\d+|\d{15,}\.0+", number, re.ASCII):
        return IdVerdict(False, problem=TEXT_FORMAT)
    if len(number) == 15 and _digits(number):
        return _check_old(number, today)
    problem = _shape_problem(number)
    if problem:
        return IdVerdict(False, problem=problem)
    return _check_new(number, today)


def check_digit(first17: str) -> str:
    """Return the eighteenth character by ISO 7064 MOD 11-2."""
    return CHECK_CHARACTERS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def synthetic_id(area6: str, birth: date, order: int) -> str:
    """Return an invented number with a right check digit; an odd `order` (0–999) is a man's."""
    first17 = f"{area6}{birth:%Y%m%d}{order:03d}"
    if len(first17) != 17 or not _digits(first17):
        raise ValueError("area6 is six digits and order is 0 to 999")
    return first17 + check_digit(first17)


def check_certificate(value: str, today: date | None = None) -> CertificateVerdict:
    """Take a 残疾人证 number apart: ID number, category, grade, and a re-issue's two characters."""
    number = normalise(value)
    if len(number) not in (20, 22):
        return CertificateVerdict(False, problem=f"残疾人证号应为20位（补换证为22位），现在是{len(number)}位，请核对")
    person = check(number[:18], today)
    if not person.ok:
        return CertificateVerdict(False, problem=f"残疾人证号前18位应为身份证号：{person.problem}")
    if number[18] not in "1234567":
        return CertificateVerdict(False, problem="残疾人证号第19位是残疾类别，应为1至7，请核对")
    if number[19] not in "1234":
        return CertificateVerdict(False, problem="残疾人证号第20位是残疾等级，应为1至4，请核对")
    if not re.fullmatch(r"|B[0-9]", number[20:], re.ASCII):
        return CertificateVerdict(False, problem="残疾人证号最后两位是补换证标记，应为B加一位数字，请核对")
    category = DisabilityCategory(number[18])
    return CertificateVerdict(True, number, None, person.canonical, category, int(number[19]), number[20:])


def severe(category: DisabilityCategory, grade: int, *, parts: frozenset[DisabilityCategory] = frozenset()) -> bool:
    """二(一): 一、二级重度残疾, or 三、四级 of 智力 or 精神; `parts` are the categories of a multiple disability."""
    return focus_of(category, grade, parts=parts) is not None


def focus_of(
    category: DisabilityCategory, grade: int, *, parts: frozenset[DisabilityCategory] = frozenset()
) -> FocusGroup | None:
    """Return the focus group that a certificate's category and grade put a person in, if any (二(一))."""
    if grade in (1, 2):
        return FocusGroup.SEVERE_DISABILITY
    if grade in (3, 4) and (parts | {category}) & MIND_CATEGORIES:
        return FocusGroup.MIND_DISABILITY
    return None


def check_uscc(value: str) -> UsccVerdict:
    """Judge a 统一社会信用代码 (GB 32100-2015)."""
    code = normalise(value)
    if len(code) != 18:
        return UsccVerdict(False, problem=f"统一社会信用代码应为18位，现在是{len(code)}位，请核对")
    if any(character not in USCC_ALPHABET for character in code):
        return UsccVerdict(False, problem="统一社会信用代码只用数字和大写字母（不含I、O、Z、S、V），请核对")
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(code[:17], USCC_WEIGHTS, strict=True))
    if USCC_ALPHABET[(31 - total % 31) % 31] != code[17]:
        return UsccVerdict(False, problem="统一社会信用代码校验不符，请核对是否录错")
    kinds = {"91": "企业", "92": "个体工商户", "93": "农民专业合作社"}
    return UsccVerdict(True, code, None, kinds.get(code[:2], "其他机构"))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _shape_problem(number: str) -> str | None:
    if not number:
        return "请填写身份证号"
    if len(number) != 18:
        return f"身份证号应为18位，现在是{len(number)}位，请核对"
    if not _digits(number[:17]) or not (_digits(number[17]) or number[17] == "X"):
        return "身份证号前17位应为数字，最后一位是数字或X，请核对"
    return None


def _check_new(number: str, today: date | None) -> IdVerdict:
    birth = _day(number[6:14])
    if birth is None:
        return IdVerdict(False, problem="身份证号第7至14位不是真实的出生日期，请核对")
    if check_digit(number[:17]) != number[17]:
        rounded = "；末三位都是0，可能是表格把号码改成了数值，请按户口簿重新录入" if number.endswith("000") else ""
        return IdVerdict(False, problem=f"身份证号最后一位校验不符，请核对是否录错{rounded}")
    if today and birth > today:
        return IdVerdict(False, problem="身份证号中的出生日期晚于今天，请核对")
    old = today is not None and age_on(birth, today) > OLDEST
    warnings = (f"按身份证号推算年龄超过{OLDEST}岁，请核对",) if old else ()
    return IdVerdict(True, number, None, birth, _sex(number[16]), warnings)


def _check_old(number: str, today: date | None) -> IdVerdict:
    # The short form was only given to people born in the twentieth century, and ceased to be valid in 2013.
    first17 = number[:6] + "19" + number[6:]
    longer = first17 + check_digit(first17)
    verdict = _check_new(longer, today)
    if not verdict.ok:
        return IdVerdict(False, problem="这是15位旧身份证号，其中的出生日期不对，请按户口簿填写18位号码")
    return IdVerdict(
        False, problem="这是15位旧身份证号，已停止使用：请按户口簿或现用身份证填写18位号码（可参考换算结果核对）",
        birth=verdict.birth, sex=verdict.sex, suggestion=longer,
    )


def _sex(digit: str) -> Sex:
    return Sex.MALE if int(digit) % 2 else Sex.FEMALE


def _day(eight: str) -> date | None:
    try:
        return date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None
