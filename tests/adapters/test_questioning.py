"""A department's own system is asked about named persons: it is sent two fields, and answers about nobody else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

import fanpin_civil_affairs
import fanpin_disabled_federation
from fanpin.adapters import distributions, questioning, run
from fanpin.adapters.contract import Known, Later, NotFound, Unavailable
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.questioning import MOST_PERSONS, Person, Told
from fanpin.adapters.transports import sql
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import AskedBy, Database, DatabaseFailed
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.conftest import POSTGRESQL, TODAY, create_postgresql, drop_postgresql

ID, NAME, STATE, SPOUSE, DAY = "身份证号", "姓名", "婚姻状况", "配偶姓名", "登记日期"
RESULT, DUE, WHY = "查询结果", "预计答复日期", "无法查询的原因"
NUMBERS = ("530102196003011020", "530102196003011039", "530102196003011047")
WIFE, HUSBAND, NEIGHBOUR = (Person(number, name) for number, name in zip(NUMBERS, ("测试甲", "测试乙", "测试邻居"), strict=True))
WITH_X = Person("53010219600301108X", "测试甲")
MARRIED = {ID: WIFE.id_number, NAME: WIFE.name, STATE: "已婚", SPOUSE: "测试乙", DAY: "2012-05-01"}
Row = Mapping[str, object]


def asked(source: Database | Platform, *persons: Person, module: object = fanpin_civil_affairs, table: str = "marriage",
          renamed: Mapping[str, str] | None = None, ticket: str = "") -> Told:
    installed = distributions.in_folder(Path(str(module.__file__)).parent)
    manifest = run.declared(installed).manifest
    assert manifest is not None
    return questioning.ask(installed, manifest, manifest.table(table), source, persons or (WIFE, HUSBAND), number="n1", today=TODAY,
                           renamed=renamed or {}, settings={}, ticket=ticket)


def put(url: str, rows: Sequence[Row], *, name: str = "v_hydj") -> None:
    columns = list(dict.fromkeys(title for row in rows for title in row))
    table = Table(name, MetaData(), *(Column(title, Text) for title in columns))
    engine = create_engine(url)
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), [{title: row.get(title) for title in columns} for row in rows])
    engine.dispose()


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Database]]:
    url = f"sqlite:///{tmp_path / 'zjk.sqlite'}" if request.param == "sqlite" else create_postgresql()

    def holding(*rows: Row) -> Database:
        put(url, rows)
        return Database(url=url, table="v_hydj", reach=HERE)

    yield holding
    if request.param == "postgresql":
        drop_postgresql(url)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def platform(desk: Desk) -> Iterator[Platform]:
    with a_platform(desk) as address:
        yield Platform(url=f"{address}/ask", token_url=f"{address}/token", app_id="fanpin", secret=SECRET, reach=HERE)


# The 中间库.

def test_a_database_gives_the_rows_of_those_asked_and_no_other(database: Callable[..., Database]) -> None:
    told = asked(database(MARRIED, {ID: NEIGHBOUR.id_number, NAME: NEIGHBOUR.name, STATE: "离婚"}))
    (key, answer), = told.answers.items()
    assert key == (WIFE.id_number, "marriage") and isinstance(answer, Known)
    assert (answer.facts[0].value, answer.facts[0].other) == ("married", "测试乙")
    assert told.whole and dict(told.names) == {WIFE.id_number: {"测试甲"}}


def test_a_number_written_with_a_small_x_is_the_same(database: Callable[..., Database]) -> None:
    told = asked(database(MARRIED | {ID: WITH_X.id_number.lower()}), WITH_X)
    assert set(told.answers) == {(WITH_X.id_number, "marriage")}


def test_only_recognised_fields_leave_the_database(database: Callable[..., Database]) -> None:
    source = database(MARRIED | {"备注": "与此无关", "SJHM": "13800000000"})
    seen: list[AskedBy] = []

    def choose(names: Sequence[str]) -> AskedBy:
        seen.append(AskedBy(ID, tuple(name for name in names if name not in ("备注", "SJHM"))))
        return seen[0]

    (rows,) = sql.about(source, [WIFE.id_number], choose)
    assert set(rows[0]) == set(MARRIED) and len(seen) == 1
    assert "无关" not in repr(asked(source))


def test_a_certificate_number_is_asked_about_by_the_id_number_in_it(database: Callable[..., Database]) -> None:
    source = database({"残疾人证号": f"{WIFE.id_number}44", NAME: WIFE.name, "发证日期": "2020-01-01"},
                      {"残疾人证号": f"{NEIGHBOUR.id_number}44", NAME: NEIGHBOUR.name, "发证日期": "2020-01-01"})
    module = fanpin_disabled_federation
    (table,) = [table for table in module.DisabledFederation.tables if "disability" in table.kinds]
    told = asked(source, module=module, table=table.code)
    assert {person for person, _ in told.answers} == {WIFE.id_number}


def test_a_database_that_fails_at_first_is_tried_once_more_and_no_third_time(tmp_path: Path) -> None:
    pauses: list[float] = []
    with pytest.raises(DatabaseFailed):
        list(sql.about(Database(url=f"sqlite:///{tmp_path / 'nothing.sqlite'}", table="x"), [WIFE.id_number], lambda _: AskedBy("", ()),
                       sleep=pauses.append))
    assert len(pauses) == 1 and 0.5 <= pauses[0] <= 1.0


# The platform.

def test_a_platform_is_sent_number_and_name_under_its_own_fields_and_nothing_else(platform: Platform, desk: Desk) -> None:
    desk.records = [{"ZJHM": WIFE.id_number, "XM": WIFE.name, STATE: "已婚"}, {"ZJHM": HUSBAND.id_number, "XM": HUSBAND.name, RESULT: "未查到"}]
    told = asked(platform, renamed={"ZJHM": ID, "XM": NAME})
    assert desk.asked == [{"requestId": "n1", "table": "marriage", "persons": [
        {"ZJHM": WIFE.id_number, "XM": WIFE.name}, {"ZJHM": HUSBAND.id_number, "XM": HUSBAND.name}]}]
    assert isinstance(told.answers[WIFE.id_number, "marriage"], Known)
    assert told.answers[HUSBAND.id_number, "marriage"] == Known()


@pytest.mark.parametrize(("row", "answer"), [
    ({RESULT: "查无此人"}, NotFound()), ({RESULT: "稍后答复", DUE: "2026-03-06"}, Later(TODAY.replace(day=6))),
    ({RESULT: "暂时无法查询", WHY: "系统升级"}, Unavailable("系统升级")), ({RESULT: "无"}, Known()),
])
def test_each_of_the_four_answers_comes_through(platform: Platform, desk: Desk, row: Row, answer: object) -> None:
    desk.records = [{ID: WIFE.id_number, NAME: WIFE.name, **row}]
    assert asked(platform).answers == {(WIFE.id_number, "marriage"): answer}


def test_a_row_about_anybody_else_rejects_the_whole_answer(platform: Platform, desk: Desk) -> None:
    desk.records = [MARRIED, {ID: NEIGHBOUR.id_number, NAME: NEIGHBOUR.name, STATE: "离婚"}]
    with pytest.raises(AdapterFailed, match="没有询问的人员") as failed:
        asked(platform)
    assert failed.value.failure.security and failed.value.failure.blames


def test_a_broken_row_about_anybody_else_rejects_the_whole_answer_too(platform: Platform, desk: Desk) -> None:
    desk.records = [MARRIED, {ID: NEIGHBOUR.id_number, NAME: NEIGHBOUR.name, STATE: "也许"}]
    with pytest.raises(AdapterFailed, match="没有询问的人员"):
        asked(platform)


def test_a_row_that_cannot_be_read_answers_nothing_and_one_of_nobody_known_lets_no_absence_count(
        platform: Platform, desk: Desk) -> None:
    desk.records = [MARRIED | {DAY: "昨天"}]
    told = asked(platform)
    assert told.answers == {(WIFE.id_number, "marriage"): Unavailable(questioning.ROW_REFUSED)} and told.whole
    desk.records = [{ID: "12345", NAME: "测试甲", STATE: "已婚"}]
    told = asked(platform)
    assert told.answers == {} and not told.whole and told.refused_rows == 1


def test_two_rows_that_contradict_each_other_answer_nothing(platform: Platform, desk: Desk) -> None:
    desk.records = [MARRIED, {ID: WIFE.id_number, NAME: WIFE.name, RESULT: "未查到"}]
    assert asked(platform).answers == {(WIFE.id_number, "marriage"): Unavailable(questioning.CONTRADICTED)}


def test_a_ticket_fetches_the_answer_later(platform: Platform, desk: Desk) -> None:
    desk.records, desk.later = [MARRIED], 1
    told = asked(platform)
    assert told.answers == {} and told.waiting is not None and told.waiting.due == TODAY.replace(day=5)
    assert set(asked(platform, ticket=told.waiting.ticket).answers) == {(WIFE.id_number, "marriage")}
    assert len(desk.asked) == 1


def test_a_platform_is_tried_twice_in_one_call(platform: Platform, desk: Desk) -> None:
    desk.failures, desk.retry_after = [503, 503, 503], "0"
    with pytest.raises(AdapterFailed):
        asked(platform)
    assert len(desk.calls) == 2


def test_more_persons_than_one_call_may_hold_are_a_mistake_of_ours(platform: Platform) -> None:
    with pytest.raises(ValueError, match="persons"):
        asked(platform, *[WIFE] * (MOST_PERSONS + 1))
