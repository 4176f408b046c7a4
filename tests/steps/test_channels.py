"""三(一) 三个平台: an export becomes leads, each once and word for word, within the clerk's area; what cannot be taken goes back."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.adapters import distributions, run
from fanpin.adapters.run import Usable
from fanpin.models.adapters import AdapterRelease
from fanpin.models.audit import AuditDetail, AuditEvent
from fanpin.models.areas import Area
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.users import Grant
from fanpin.rules.areas import AreaLevel
from fanpin.rules.intake import Channel, LeadImportState, LeadSource, LeadStatus
from fanpin.rules.refusals import Invalid, NotPermitted
from fanpin.steps import adapters, channel_reading, channels, delivery_errors, files, intake
from tests.adapters import platforms
from tests.builders import a_household, an_id
from tests.conftest import StandingClock
from tests.world import World

NAME = "fanpin-channel-province"
HEADING = "受理编号,申请时间,申请人,申请人身份证号,手机号,申请人与户主关系,户主姓名,所在村（社区）,救助类型,申请事由"
COUNTY, TOWNSHIP = "xian.ban", "xiang.gan"
Bring = Callable[..., LeadImport]


@pytest.fixture(scope="module")
def found() -> Usable:
    installed = distributions.find(NAME)
    assert installed is not None
    return run.declared(installed)


@pytest.fixture
def release(session: Session, clock: StandingClock, found: Usable) -> AdapterRelease:
    adapters.refresh(session, [found], now=clock.now())
    session.commit()
    return channels.offered(session)[0]


@pytest.fixture
def send(session: Session, world: World, clock: StandingClock, tmp_path: Path, release: AdapterRelease) -> Bring:
    def act(*lines: str, who: str = COUNTY) -> LeadImport:
        clock.move(minutes=1)
        actor = world.actors[who]
        area = next(area for area in world.areas.values() if area.path == actor.area_path)
        row = channels.upload(session, tmp_path, files.Upload("导出.csv", "\n".join([HEADING, *lines, ""]).encode("gb18030")),
                              release, area=area, actor=actor, now=clock.now())
        session.commit()
        return row

    return act


@pytest.fixture
def bring(session: Session, clock: StandingClock, tmp_path: Path, send: Bring) -> Bring:
    def act(*lines: str, who: str = COUNTY) -> LeadImport:
        return read(session, clock, tmp_path, send(*lines, who=who))

    return act


def read(session: Session, clock: StandingClock, store: Path, row: LeadImport) -> LeadImport:
    number = row.id
    session.commit()
    channel_reading.Jobs(store).read(session, {"import": number}, clock.now())
    session.commit()
    session.refresh(row)
    return row


def line(number: str, *, place: str, name: str = "测试阿朵", person: str = "", told: str = "没有钱看病", day: str = "2026-02-12",
         phone: str = "", relation: str = "本人", head: str = "", kind: str = "医疗救助") -> str:
    return f'{number},{day},{name},{person},{phone},{relation},{head},{place},{kind},"{told}"'


def all_leads(session: Session) -> list[Lead]:
    return list(session.scalars(select(Lead).order_by(Lead.id)))


def counts(row: LeadImport) -> tuple[int, int, int, int]:
    return row.taken, row.repeated, row.wrong, row.known


@pytest.fixture
def village(world: World) -> str:
    return world.areas["village"].name


def test_an_export_becomes_leads_as_the_desk_would_take_them_down(
        session: Session, world: World, bring: Bring, village: str) -> None:
    number = an_id(date(1970, 1, 1))
    row = bring(line("YN1", place=village, person=number, phone="13800000000", told="第一行，\n第二行"),
                line("YN2", place=world.areas["village"].code12, name="测试小李", relation="女儿", head="测试老李", kind="教育救助"))
    assert (row.state, counts(row)) == (LeadImportState.DONE, (2, 0, 0, 0))
    own, other = all_leads(session)
    assert (own.head_name, own.head_id_number, own.phone, own.reporter, own.statement, own.categories) == (
        "测试阿朵", number, "13800000000", "", "第一行，\n第二行", ["medical"])
    assert (other.head_name, other.reporter, other.reporter_relation, other.head_id_number) == ("测试老李", "测试小李", "女儿", None)
    assert {(lead.source, lead.channel, lead.status, lead.area_path, lead.import_id) for lead in (own, other)} == {
        (LeadSource.DECLARATION, Channel.PROVINCE, LeadStatus.RECEIVED, world.areas["village"].path, row.id)}
    assert own.declared_on == date(2026, 2, 12) and own.registered_by == world.actors[COUNTY].name


def test_one_who_declares_for_a_household_that_is_not_named_stands_for_it(session: Session, bring: Bring, village: str) -> None:
    number = an_id(date(1990, 1, 1))
    bring(line("YN1", place=village, name="测试小李", person=number, relation="儿子"))
    (lead,) = all_leads(session)
    assert (lead.head_name, lead.head_id_number, lead.reporter, lead.reporter_relation) == ("测试小李", number, "测试小李", "儿子")


def test_the_file_is_kept_as_it_came(session: Session, bring: Bring, tmp_path: Path, village: str) -> None:
    row = bring(line("YN1", place=village))
    file = channels.file_of(session, row)
    assert file is not None
    assert files.content_of(tmp_path, file).decode("gb18030").splitlines()[0] == HEADING


def test_the_same_export_is_refused_and_a_later_one_adds_only_what_is_new(
        session: Session, bring: Bring, send: Bring, village: str) -> None:
    bring(line("YN1", place=village), line("YN2", place=village))
    with pytest.raises(Invalid, match="导入过"):
        send(line("YN1", place=village), line("YN2", place=village))
    later = bring(line("YN2", place=village, told="改了说法"), line("YN3", place=village), line("YN3", place=village, told="又说一遍"))
    assert counts(later) == (1, 2, 0, 0)
    assert [lead.platform_number for lead in all_leads(session)] == ["YN1", "YN2", "YN3"]
    assert all_leads(session)[1].statement == "没有钱看病"


def test_what_a_clerk_has_typed_before_is_not_brought_again(
        session: Session, world: World, clock: StandingClock, bring: Bring, village: str) -> None:
    told = intake.Declaration(LeadSource.DECLARATION, "测试阿朵", "没钱", date(2026, 2, 1), channel=Channel.PROVINCE, platform_number="YN1")
    spoken = intake.Declaration(LeadSource.DECLARATION, "测试阿朵", "没钱", date(2026, 2, 1), channel=Channel.SPOKEN)
    who, place = world.actors["cun.gan"], world.areas["group1"]
    intake.register(session, place, told, actor=who, now=clock.now(), today=clock.today())
    lead = intake.register(session, place, spoken, actor=who, now=clock.now(), today=clock.today())
    intake.add_number(session, lead, platform_number="YN2", actor=who, now=clock.now())
    session.commit()
    assert counts(bring(line("YN1", place=village), line("YN2", place=village), line("YN3", place=village))) == (1, 2, 0, 0)
    with pytest.raises(Invalid) as refused:
        intake.register(session, place, told, actor=who, now=clock.now(), today=clock.today())
    assert "已经登记过这个流水号" in refused.value.problems["platform_number"]


def test_rows_that_cannot_be_taken_go_back_in_the_platforms_own_columns(
        session: Session, world: World, bring: Bring, tmp_path: Path, village: str) -> None:
    row = bring(line("YN1", place=village), line("YN2", place="没有这个村"), line("YN3", place="440101001201"),
                line("YN4", place=village, person="530102197001010000"), line("", place=village), line("YN6", place=village, day="2026-03-03"),
                line("YN7", place=village, name="张3"), line("YN8", place=world.areas["other_village"].name))
    assert counts(row) == (1, 0, 7, 0)
    reasons = {int(number): reason for number, _, reason in row.problems}
    assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 9]
    assert reasons[3] == reasons[4] == reasons[9] == channel_reading.UNKNOWN_PLACE
    assert {column for number, column, _ in row.problems if number in ("3", "4", "9")} == {"所在村（社区）"}
    assert "校验" in reasons[5] and "受理编号" in reasons[6] and "晚于今天" in reasons[7] and "姓名" in reasons[8]
    sheet = sheets.read(delivery_errors.refused_rows(tmp_path, channels.file_of(session, row), row.problems, unkept=""))
    assert [cell for cell in sheet.rows[0].cells if cell][1:-1] == HEADING.split(",")
    assert [list(line.cells)[1] for line in sheet.rows[1:]][:3] == ["YN2", "YN3", "YN4"] and len(sheet.rows) == 8


def test_a_township_imports_its_own_villages_only(session: Session, world: World, bring: Bring, village: str) -> None:
    beside = world.areas["county"]
    for code, level, name in (("530628103000", AreaLevel.TOWNSHIP, "测试乡"), ("530628103201", AreaLevel.VILLAGE, "测试乡外村")):
        area = Area(parent_id=beside.id, level=level, name=name, code12=code, path=f"pending-{code}", valid_from=date(2023, 6, 30), details={})
        session.add(area)
        session.flush()
        area.path, beside = f"{beside.path}{area.id}/", area
    row = bring(line("YN1", place=village), line("YN2", place="测试乡外村"), who=TOWNSHIP)
    assert counts(row) == (1, 0, 1, 0) and row.problems[0][2] == channel_reading.OUTSIDE


@pytest.mark.parametrize("who", ["cun.gan", "zhu.cun", "xiang.zhang", "xian.zhang", "bm.health"])
def test_nobody_else_imports(send: Bring, world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        send(line("YN1", place="村"), who=who)


def test_a_household_on_file_is_told_and_nothing_is_merged(
        session: Session, world: World, clock: StandingClock, bring: Bring, village: str) -> None:
    home = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    row = bring(line("YN1", place=village, person=home.head.id_number, name=home.head.name), line("YN2", place=village),
                line("YN3", place=village, name=home.head_name))
    assert counts(row) == (3, 0, 0, 2)
    hints = channels.households_of(session, channels.leads_of(session, row), county_path=world.areas["county"].path)
    assert [(lead.platform_number, found) for lead, found in hints.items()] == [("YN1", home.id), ("YN3", home.id)]
    assert {lead.household_id for lead in all_leads(session)} == {None}


def test_each_file_leaves_one_event_of_its_coming_and_one_of_its_end(session: Session, bring: Bring, village: str) -> None:
    bring(line("YN1", place=village), line("YN2", place=village), line("YN2", place="别处"))
    events = dict(session.execute(select(AuditEvent.tag, func.count()).where(AuditEvent.tag.like("intake.%")).group_by(AuditEvent.tag)).all())
    assert events == {"intake.import": 1, "intake.imported": 1}
    detail = session.scalars(select(AuditDetail.payload).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
                             .where(AuditEvent.tag == "intake.imported")).one()
    assert '"taken":2' in str(detail) and "测试阿朵" not in str(detail)


def test_an_export_read_twice_comes_to_the_same(
        session: Session, clock: StandingClock, bring: Bring, tmp_path: Path, village: str) -> None:
    row = bring(line("YN1", place=village))
    read(session, clock, tmp_path, row)
    assert counts(row) == (1, 0, 0, 0) and len(all_leads(session)) == 1


@pytest.mark.parametrize("place", ["_sorted", "_too_long"])
def test_broken_off_anywhere_and_read_again_nothing_is_there_twice(
        session: Session, clock: StandingClock, send: Bring, tmp_path: Path, village: str, place: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    row = send(line("YN1", place=village), line("YN2", place=village))
    with monkeypatch.context() as broken:
        def stop(*_args: object, **_more: object) -> None:
            raise KeyboardInterrupt

        broken.setattr(channel_reading, place, stop)
        with pytest.raises(KeyboardInterrupt):
            read(session, clock, tmp_path, row)
    session.rollback()
    session.refresh(row)
    assert row.under_way and all_leads(session) == [] and row.rows == 2
    assert counts(read(session, clock, tmp_path, row)) == (2, 0, 0, 0)


def test_how_far_the_reading_is_can_be_seen_while_it_goes_on(
        session: Session, clock: StandingClock, send: Bring, tmp_path: Path, village: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row, seen = send(*(line(f"YN{number}", place=village) for number in range(1100))), []
    real = channel_reading.try_leads

    def watched(*args: object, progress: Callable[[int, int], None], **more: object) -> object:
        def told(done: int, rows: int) -> None:
            progress(done, rows)
            seen.append(tuple(session.execute(select(LeadImport.state, LeadImport.rows_read, LeadImport.rows)).one()))
            session.commit()

        return real(*args, progress=told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(channel_reading, "try_leads", watched)
    assert counts(read(session, clock, tmp_path, row)) == (1100, 0, 0, 0)
    assert [state for state, _, _ in seen] == [LeadImportState.READING] * len(seen)
    assert [done for _, done, _ in seen][:2] == [500, 1000] and {rows for _, _, rows in seen} == {1100}


@pytest.mark.parametrize(("lines", "reason"), [
    (["随便,一列"], "整份"), ([], "整份")])
def test_a_file_of_another_shape_is_sent_back_whole(
        session: Session, world: World, clock: StandingClock, release: AdapterRelease, tmp_path: Path, lines: list[str], reason: str) -> None:
    row = channels.upload(session, tmp_path, files.Upload("别的.csv", "\n".join(["甲,乙", *lines, ""]).encode()), release,
                          area=world.areas["county"], actor=world.actors[COUNTY], now=clock.now())
    session.commit()
    read(session, clock, tmp_path, row)
    assert (row.state, reason in row.state.title) == (LeadImportState.REFUSED, True) and row.refused
    assert session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "intake.refuse")).all() == ["intake.refuse"]


def test_an_export_longer_than_one_import_takes_is_sent_back_unread(
        session: Session, clock: StandingClock, send: Bring, tmp_path: Path, village: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_reading, "MOST_ROWS", 1)
    row = read(session, clock, tmp_path, send(line("YN1", place=village), line("YN2", place=village)))
    assert row.state is LeadImportState.REFUSED and "分时段导出" in row.refused and all_leads(session) == []


def test_who_has_left_the_post_imports_nothing_more(
        session: Session, world: World, clock: StandingClock, send: Bring, tmp_path: Path, village: str) -> None:
    row = send(line("YN1", place=village))
    grant = session.scalars(select(Grant).where(Grant.user_id == world.actors[COUNTY].user_id)).one()
    grant.revoked_at = clock.now()
    read(session, clock, tmp_path, row)
    assert row.state is LeadImportState.REFUSED and "现任人员" in row.refused and all_leads(session) == []


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session, clock: StandingClock) -> Iterator[Callable[[str], AdapterRelease]]:
    def made(body: str) -> AdapterRelease:
        installed = platforms.written(tmp_path / "plugin", body)
        monkeypatch.setattr(distributions, "find", lambda _name: installed)
        adapters.refresh(session, [run.declared(installed)], now=clock.now())
        session.commit()
        return channels.offered(session)[0]

    yield made


def test_a_channel_that_tells_of_somebody_else_is_a_security_event_and_nothing_is_kept(
        session: Session, world: World, clock: StandingClock, tmp_path: Path, invented: Callable[[str], AdapterRelease], village: str) -> None:
    body = platforms.SOUND.replace("row.lead(", "ToldLead(subject='f' * 16, ").replace('[row.code("类别")]', "()")
    release = invented(body)
    sheet = platforms.export(tmp_path, f"YN-1,2026-02-12,没有钱,样甲,,,,,{village},,因病").read_bytes()
    row = channels.upload(session, tmp_path, files.Upload("导出.csv", sheet), release, area=world.areas["county"],
                          actor=world.actors[COUNTY], now=clock.now())
    session.commit()
    read(session, clock, tmp_path, row)
    assert row.state is LeadImportState.REFUSED and "整份退回" in row.refused and all_leads(session) == []
    payload = session.scalars(select(AuditDetail.payload).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
                              .where(AuditEvent.tag == "adapter.failed")).one()
    assert '"security":true' in str(payload)
    session.refresh(release)
    assert release.open_until is not None
