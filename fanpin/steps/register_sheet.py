"""A sheet of the national export's columns as households: every cell judged, every problem at its row and column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fanpin import sheets
from fanpin.rules import national
from fanpin.rules.identity import normalise
from fanpin.rules.national import NationalColumn, Part
from fanpin.sheets import Header, Row, Sheet

UNKNOWN = "~"
REPORTED = ("原表行号", "未导入的原因")
FORMULA = "这一格是公式，请复制该列后“选择性粘贴—数值”再上传"
ANOTHER_ROW = "同一户的第{}行没有通过，整户没有导入"


@dataclass
class SheetPerson:
    """One row: the person's own columns that a file has, and those to be kept as they came."""

    row: int
    values: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


@dataclass
class SheetHousehold:
    """The rows of one household: its place, what a file has, what the procedure's records tell, what is kept."""

    key: str
    place: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    people: list[SheetPerson] = field(default_factory=list)
    raw: dict[str, object] = field(default_factory=dict)

    @property
    def head_name(self) -> str:
        """Return the name by which people know the household."""
        head = next((person for person in self.people if person.values.get("relation") == "户主"), None)
        named = head.values.get("name") if head else self.told.get("head_name")
        return named or next((person.values["name"] for person in self.people if "name" in person.values), "")

    @property
    def rows(self) -> str:
        """Return the household's rows as people say it."""
        numbers = [person.row for person in self.people]
        return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken; the column's title as the sheet has it, "" for the row as a whole."""

    row: int
    column: str
    text: str


@dataclass
class Reading:
    """What a sheet holds: households that may be compared, and rows that were not taken."""

    header: Header
    rows: int
    households: list[SheetHousehold]
    problems: list[RowProblem]
    notices: list[str]
    unknown: list[str]


def read(sheet: Sheet) -> Reading:
    """Find the columns by name, then judge every row; raise `SheetRefused` where the header is not to be understood."""
    header = sheets.find_header(sheet, _names(), national.REQUIRED)
    reader = _Reader(sheet, header)
    rows = sheets.rows_below(sheet, header)
    for row in rows:
        reader.take(row)
    households = reader.finish()
    return Reading(header, len(rows), households, reader.problems, _notices(sheet),
                   [title for title in header.unknown if title not in REPORTED])


def _names() -> Mapping[str, str]:
    return {sheets.plain_title(name): column.code for column in national.columns() for name in (column.title, *column.synonyms)}


def _notices(sheet: Sheet) -> list[str]:
    hidden = [f"含{sheet.hidden_rows}行隐藏或被筛选掉的行，也一并读取了，请核对"] if sheet.hidden_rows else []
    return hidden + ([f"隐藏的工作表（{'、'.join(sheet.hidden_sheets)}）没有读取"] if sheet.hidden_sheets else [])


class _Reader:
    """Takes row after row; a household is the rows with one 户编号, one head's number, or those below a 户主."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.problems: list[RowProblem] = []
        self._households: dict[str, SheetHousehold] = {}
        self._current: SheetHousehold | None = None
        self._wrong: dict[str, int] = {}
        known = [(place, national.by_code()[code]) for code, place in header.columns.items()]
        self._own = [(place, column) for place, column in known if column.of_person]
        self._shared = [(place, column) for place, column in known if not column.of_person]
        self._unknown = [(title, place) for title, place in header.unknown.items() if title not in REPORTED]
        self._numbers: dict[str, int] = {}

    def take(self, row: Row) -> None:
        """Put a row to its household and judge its cells."""
        household = self._household_of(row)
        if household is None:
            return
        self._current = household
        for place, column in self._shared:
            cell = row.at(place)
            if cell is not None:
                self._take_shared(row, household, column, cell, place)
        person = SheetPerson(row.number)
        household.people.append(person)
        for place, column in self._own:
            cell = row.at(place)
            if cell is not None:
                self._take_own(row, household, person, column, cell, place)
        for title, place in self._unknown:
            cell = row.at(place)
            if cell is not None:
                person.extra[UNKNOWN + title] = _plain(cell)
        self._check_person(row, household, person)

    def finish(self) -> list[SheetHousehold]:
        """Return the households without a problem; the other rows of one that has some are named, too."""
        for household in self._households.values():
            self._check_household(household)
        for key, wrong in self._wrong.items():
            named = {problem.row for problem in self.problems}
            self.problems += [RowProblem(person.row, "", ANOTHER_ROW.format(wrong))
                              for person in self._households[key].people if person.row not in named]
        self.problems.sort(key=lambda problem: problem.row)
        return [household for key, household in self._households.items() if key not in self._wrong]

    def _household_of(self, row: Row) -> SheetHousehold | None:
        code, head = (self._key(row, name) for name in ("household_code", "head_id"))
        key = f"户编号{code}" if code else f"户主{head}" if head else ""
        relation = row.at(self.header.columns["relation"])
        if not key and isinstance(relation, str) and relation.strip() in ("户主", "本人"):
            key = f"第{row.number}行"
        if not key:
            if self._current is None:
                self.problems.append(RowProblem(row.number, "", "看不出属于哪一户：请填写户编号，或把户主排在本户第一行"))
            return self._current
        return self._households.setdefault(key, SheetHousehold(key))

    def _key(self, row: Row, code: str) -> str:
        place = self.header.columns.get(code)
        cell = row.at(place) if place is not None else None
        return normalise(str(cell)) if cell is not None else ""

    def _take_shared(self, row: Row, household: SheetHousehold, column: NationalColumn, cell: object, place: int) -> None:
        if column.code in household.raw:
            if household.raw[column.code] != cell and self._value(row, household, column, cell, place) != self._kept(household, column):
                self._problem(row, household, place, "与本户前面的行不一致，请核对")
            return
        household.raw[column.code] = cell
        value = self._value(row, household, column, cell, place)
        if value:
            self._shelf(household, column)[column.code] = value

    def _shelf(self, household: SheetHousehold, column: NationalColumn) -> dict[str, str]:
        if column.type == "place":
            return household.place
        if column.kept_here:
            return household.values
        return household.told if column.field else household.extra

    def _kept(self, household: SheetHousehold, column: NationalColumn) -> str:
        return self._shelf(household, column).get(column.code, "")

    def _take_own(self, row: Row, household: SheetHousehold, person: SheetPerson, column: NationalColumn, cell: object,
                  place: int) -> None:
        value = self._value(row, household, column, cell, place)
        if value:
            (person.values if column.kept_here else person.extra)[column.code] = value

    def _value(self, row: Row, household: SheetHousehold, column: NationalColumn, cell: object, place: int) -> str:
        if (row.number, place) in self.sheet.formulas:
            self._problem(row, household, place, FORMULA)
            return ""
        try:
            return national.parse(column, cell)
        except ValueError as error:
            if column.kept_here or column.type in ("account", "id") or _lost_digits(cell):
                self._problem(row, household, place, str(error))
                return ""
            # What is only kept, or only compared, stays as it came: it is not ours to mend.
            return _plain(cell)

    def _check_person(self, row: Row, household: SheetHousehold, person: SheetPerson) -> None:
        columns = self.header.columns
        for code, words in (("name", "没有姓名"), ("relation", "没有与户主关系")):
            if code not in person.values and row.at(columns[code]) is None:
                self._problem(row, household, columns[code], words)
        number = person.values.get("id_number", "")
        if len(number) > 18:
            person.values.setdefault("disability_certificate", number)
            number = person.values["id_number"] = number[:18]
        if number and number in self._numbers:
            self._problem(row, household, columns["id_number"], f"同一证件号码在第{self._numbers[number]}行也出现")
        elif number:
            self._numbers[number] = row.number

    def _check_household(self, household: SheetHousehold) -> None:
        heads = [person for person in household.people if person.values.get("relation") == "户主"]
        first = household.people[0].row
        if len(heads) > 1:
            self._fail(household, heads[1].row, "与户主关系", f"这户有{len(heads)}名户主，请只保留一名")
        given = household.told.get("head_id", "")[:18]
        if len(heads) == 1 and given and heads[0].values.get("id_number", given) != given:
            self._fail(household, first, "户主证件号码", "与户主本人一行的证件号码不一致，请核对")
        if not household.place.get("village"):
            self._fail(household, first, "村", "没有写明所在的行政村")

    def _problem(self, row: Row, household: SheetHousehold, place: int, text: str) -> None:
        self._fail(household, row.number, self.header.titles[place], text)

    def _fail(self, household: SheetHousehold, row: int, column: str, text: str) -> None:
        self.problems.append(RowProblem(row, column, text))
        self._wrong.setdefault(household.key, row)


def _lost_digits(cell: object) -> bool:
    return isinstance(cell, (int, float)) and abs(cell) >= national.MOST_DIGITS


def _plain(cell: object) -> str:
    return national.parse(_FREE, cell)


_FREE = NationalColumn("", "", (), Part.MEMBER, "text", "", "", national.Department.OTHER, "", "")


def report(sheet: Sheet, reading: Reading, problems: Sequence[RowProblem]) -> bytes:
    """Write the rows that were not taken, in the sender's own columns, each with its reasons, to be mended and sent again."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.row, []).append(f"{problem.column}：{problem.text}" if problem.column else problem.text)
    titles = [*reading.header.titles, *REPORTED]
    columns = [sheets.Column(title, 60 if title == REPORTED[1] else 14) for title in titles]
    return sheets.write(columns, _refused(sheet, reading, reasons), sheet="未导入的行")


def _refused(sheet: Sheet, reading: Reading, reasons: Mapping[int, list[str]]) -> Iterable[list[sheets.Cell]]:
    width = len(reading.header.titles)
    for row in sheet.rows:
        if row.number in reasons:
            # The reason stands beside the row as it came; a number that lost its digits is not written as if it were whole.
            cells = ["（数值格式，已丢失末位）" if _lost_digits(cell) else cell for cell in row.cells[:width]]
            yield [*cells, *[None] * (width - len(cells)), str(row.number), "；".join(reasons[row.number])]
