"""Money: integer fen inside, yuan for people."""

import re
import unicodedata

from fanpin.rules.refusals import Invalid

FEN = 100
MOST = 10**10
PLAIN = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?")


def yuan(fen: int) -> str:
    """Return an amount as people write it: 123450 → "1,234.50"."""
    sign, amount = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{amount // FEN:,}.{amount % FEN:02d}"


def parse_yuan(text: str) -> int:
    """Return the fen that a typed amount in yuan means; raise Invalid with what to do."""
    typed = unicodedata.normalize("NFKC", text).replace("¥", "").removesuffix("元").strip()
    if not typed:
        raise Invalid("请填写金额，没有就填0")
    if typed.startswith(("-", "−")):
        raise Invalid("金额不能为负数")
    if "万" in typed:
        raise Invalid("请以元为单位填写，例如1.5万元写15000")
    match = PLAIN.fullmatch(typed) if typed.isascii() else None
    if match is None:
        raise Invalid("金额应为数字，最多两位小数，例如1234.5")
    fen = int(match[1].replace(",", "")) * FEN + int((match[2] or "").ljust(2, "0"))
    if fen > MOST:
        raise Invalid("金额过大，请核对是否多写了几位")
    return fen
