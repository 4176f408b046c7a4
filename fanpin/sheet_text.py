"""A CSV in UTF-8 or GB18030, decoded strictly: an error is better than a wrong character in a name."""

import codecs
import csv
import io
from collections.abc import Iterator

from fanpin.sheet_grid import MOST_ROWS, TOO_MANY_ROWS, Grid, Refused

PIECE = 1 << 16
LONGEST_CELL = 10_000
DELIMITERS = (",", "\t", ";", "，")
# Excel keeps long digits as text in a CSV only by this trick.
TEXT_TRICK = ('="', '"')
ENCODINGS = ("utf-8-sig", "gb18030")
NOT_TEXT = "文字编码不是 UTF-8 或 GB18030，或文件已损坏；请用表格软件另存为 .xlsx 再上传"


def read(content: bytes) -> Grid:
    """Return the file's records; refuse what is neither UTF-8 nor GB18030, NUL and lost characters."""
    encoding = next((name for name in ENCODINGS if _decodes(content, name)), "")
    if not encoding:
        raise Refused(NOT_TEXT)
    return Grid("文件", list(_records(content, encoding)))


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for at in range(0, len(content), PIECE):
            words = decoder.decode(content[at:at + PIECE])
            if "\x00" in words:
                raise Refused("文件里有空字节，不是文本表格；请用表格软件另存为 .xlsx 再上传")
            if "\ufffd" in words:
                raise Refused("文件里有丢失的字符（�），说明以前转换编码时出过错，请从原系统重新导出")
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _records(content: bytes, encoding: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
        delimiter = _delimiter(text)
        try:
            for number, record in enumerate(csv.reader(text, delimiter=delimiter, strict=True)):
                if number > MOST_ROWS + 20:
                    raise Refused(TOO_MANY_ROWS)
                yield [_cell(cell) for cell in record]
        except csv.Error:
            raise Refused("引号不成对，或有超长的单元格，不能确定各列的界线；请用表格软件另存为 .xlsx 再上传") from None


def _delimiter(content: io.TextIOBase) -> str:
    head = content.read(PIECE)
    content.seek(0)
    first = [line for line in head.splitlines()[:10] if line.strip()]
    return max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in first), default=0))


def _cell(text: str) -> str:
    if text.startswith(TEXT_TRICK[0]) and text.endswith(TEXT_TRICK[1]) and len(text) > 3 and '"' not in text[2:-1]:
        return text[2:-1]
    return text
