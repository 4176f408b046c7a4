"""Personal names and notes: what is kept exactly, what is mended and said so, what is refused."""

import unicodedata
from dataclasses import dataclass

MIDDLE_DOT = "\u00b7"
SEPARATORS = "\u2022\u30fb\uff65\uff0e.\u2027\u2219\u22c5\u2024\u30fb\u16eb\u0387"
LONGEST_NAME = 60
MOST_MARKS = 3

# Planes 2 and 3 hold Han only; Python's own table lags behind the newest extensions.
HAN_PLANES = range(0x20000, 0x3FFFE)
FIRST_CJK = 0x2E80
SPACES = frozenset(" \u3000\u00a0\t")
INVISIBLE = frozenset([
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x00AD, 0x061C, 0x180E,
    *range(0xE0000, 0xE0080),
])
VARIATION = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E)])


@dataclass(frozen=True)
class NameVerdict:
    """A name as it will be kept, what was changed on the way, or why it is refused."""

    name: str
    problem: str | None = None
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the name may be kept."""
        return self.problem is None


def check_name(text: str) -> NameVerdict:
    """Take letters, Han, marks and U+00B7; map separator variants to it; refuse everything else with a sentence."""
    name, changed = _mend(text)
    problem = _name_problem(name)
    return NameVerdict(name, problem, tuple(changed), () if problem else tuple(_name_warnings(name)))


def clean_note(text: str, limit: int) -> str:
    """Return free text without controls, direction marks and invisible characters; too long raises ValueError."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(character for character in lines.replace("\t", " ") if _belongs_in_note(character))
    note = unicodedata.normalize("NFC", kept).strip()
    if len(note) > limit:
        raise ValueError(f"最多{limit}个字，现在是{len(note)}个字，请精简")
    return note


def _mend(text: str) -> tuple[str, list[str]]:
    changed = []
    name = unicodedata.normalize("NFC", text)
    if name != text:
        changed.append("有字换成了标准写法，请与户口簿核对")
    dotted = "".join(MIDDLE_DOT if character in SEPARATORS else character for character in name)
    if dotted != name:
        changed.append("间隔号统一为“·”")
    spaced = _without_spaces(dotted)
    if spaced != dotted.strip():
        changed.append("去掉了姓名中的空格")
    return spaced, changed


def _without_spaces(name: str) -> str:
    plain = "".join(" " if character in SPACES else character for character in name)
    words = [word for word in plain.split(" ") if word]
    # A space divides names in Latin letters and only pads names in Han.
    return ("" if any(ord(character) >= FIRST_CJK for character in name) else " ").join(words)


def _name_problem(name: str) -> str | None:
    if not name:
        return "请填写姓名"
    if len(name) > LONGEST_NAME:
        return f"姓名最多{LONGEST_NAME}个字，请核对"
    for character in name:
        if problem := _character_problem(character):
            return problem
    if name[0] == MIDDLE_DOT or name[-1] == MIDDLE_DOT or MIDDLE_DOT * 2 in name:
        return "间隔号“·”只能用在两部分姓名之间，请核对"
    if _too_many_marks(name):
        return "姓名中的附加符号过多，请核对"
    return None


def _character_problem(character: str) -> str | None:
    code, category = ord(character), unicodedata.category(character)
    if code in INVISIBLE or code in VARIATION or category in ("Cc", "Cs", "Zl", "Zp"):
        return f"姓名中有看不见的控制字符（U+{code:04X}），请删去后重新输入"
    if category in ("Nd", "No") or (category == "Nl" and character != "〇"):
        return "姓名中不能有数字，请核对"
    if character in (MIDDLE_DOT, " ", "〇") or code in HAN_PLANES or category == "Co" or category[0] in "LM":
        return None
    return f"姓名中不能有“{character}”，请只填汉字、字母和间隔号“·”"


def _name_warnings(name: str) -> list[str]:
    if any(unicodedata.category(character) == "Co" for character in name):
        return ["姓名中有自造字，打印时可能缺字形，请换成国家标准编码的字或联系管理员"]
    if unicodedata.normalize("NFKC", name) != name:
        return ["姓名中有兼容写法的字，请与户口簿核对"]
    return []


def _too_many_marks(name: str) -> bool:
    run = 0
    for character in name:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        if run > MOST_MARKS:
            return True
    return False


def _belongs_in_note(character: str) -> bool:
    if character == "\n":
        return True
    return ord(character) not in INVISIBLE and unicodedata.category(character) not in ("Cc", "Cs")
