"""导入平台申报: the clerk's pages, from the upload to the leads and the rows that went back."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.adapters import distributions, run
from fanpin.models.lead_imports import LeadImport
from fanpin.models.leads import Lead
from fanpin.models.outbox import OutboxItem
from fanpin.steps import adapters, channels
from fanpin.worker import drain
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.counting import statements
from tests.world import World, log_in

NAME = "fanpin-channel-province"
HEADING = "受理编号,申请时间,申请人,申请人身份证号,手机号,所在村（社区）,救助类型,申请事由"


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def installed(session: Session, clock: StandingClock) -> None:
    found = distributions.find(NAME)
    assert found is not None
    adapters.refresh(session, [run.declared(found)], now=clock.now())
    session.commit()


def send(app: Flask, *lines: str, who: str = "xian.ban", channel: str = NAME):
    content = "\n".join([HEADING, *lines, ""]).encode()
    return log_in(app, who).post("/channels/", data={"channel": channel, "file": (BytesIO(content), "二月导出.csv")},
                                 content_type="multipart/form-data")


def line(number: str, village: str, name: str = "测试阿朵", person: str = "") -> str:
    return f"{number},2026-02-12,{name},{person},13800000000,{village},医疗救助,没有钱看病"


def test_without_an_installed_channel_the_page_says_what_to_do(world: World, app: Flask):
    page = words(log_in(app, "xian.ban").get("/channels/"))
    assert "还没有安装申报渠道程序" in page and "登记线索" in page and 'type="file"' not in page


def test_an_upload_is_read_in_the_background_and_its_leads_are_shown(
        world: World, installed: None, app: Flask, session: Session, clock: StandingClock):
    home = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    village = world.areas["village"].name
    answer = send(app, line("YN1", village, home.head.name, home.head.id_number), line("YN2", village), line("YN3", "没有这个村"))
    assert answer.status_code == 302, words(answer)
    client = log_in(app, "xian.ban")
    waiting = client.get(answer.location)
    assert waiting.headers["Refresh"] == "3" and "正在打开表格" in words(waiting)
    drain(app)
    done = client.get(answer.location)
    page = words(done)
    assert "Refresh" not in done.headers and "已导入" in page
    assert "YN1" in page and "YN2" in page and f"{home.head_name}家</a>" in page and "有1条是已建档的农户申报的" in page
    assert "退回的行（前1条）" in page and "本县没有这个行政村" in page
    assert home.head.id_number not in page and "13800000000" not in page
    listed = words(client.get("/channels/"))
    assert "二月导出.csv" in listed and "政府救助平台" in listed
    assert "测试阿朵" in words(client.get("/intake/"))


def test_refused_rows_come_back_as_a_sheet_and_the_original_as_it_was(world: World, installed: None, app: Flask, session: Session):
    answer = send(app, line("YN3", "没有这个村"))
    drain(app)
    client = log_in(app, "xian.ban")
    sheet = sheets.read(client.get(f"{answer.location}/errors").get_data())
    assert [cell for cell in sheet.rows[0].cells if cell] == ["退回原因", *HEADING.split(","), "原表行号"]
    assert "没有这个村" in sheet.rows[1].cells
    page = words(client.get(answer.location))
    file = page.split('href="/files/')[1].split('"')[0]
    assert client.get(f"/files/{file}").get_data().decode().startswith(HEADING)


def test_a_mended_sheet_of_refused_rows_can_be_sent_as_it_is(world: World, installed: None, app: Flask, session: Session):
    answer = send(app, line("YN3", "没有这个村"))
    drain(app)
    client = log_in(app, "xian.ban")
    sheet = sheets.read(client.get(f"{answer.location}/errors").get_data())
    village = world.areas["village"].name
    mended = sheets.write([sheets.Column(str(cell or "")) for cell in sheet.rows[0].cells],
                          [[village if cell == "没有这个村" else str(cell or "") for cell in row.cells] for row in sheet.rows[1:]], sheet="退回的行")
    client.post("/channels/", data={"channel": NAME, "file": (BytesIO(mended), "改好的.xlsx")}, content_type="multipart/form-data")
    drain(app)
    assert session.scalars(select(Lead.platform_number)).all() == ["YN3"]


def test_what_was_not_chosen_is_said_at_its_field(world: World, installed: None, app: Flask, session: Session):
    client = log_in(app, "xian.ban")
    assert "请选择平台导出的表" in words(client.post("/channels/", data={"channel": NAME}))
    answer = send(app, line("YN1", "村"), channel="")
    assert answer.status_code == 422 and "请选择从哪个平台导出" in words(answer)
    assert session.scalars(select(LeadImport)).all() == []


def test_a_township_sees_its_own_imports_and_a_village_none(world: World, installed: None, app: Flask, tmp_path: Path):
    answer = send(app, line("YN1", world.areas["village"].name))
    own = send(app, line("YN2", world.areas["village"].name), who="xiang.gan")
    client = log_in(app, "xiang.gan")
    assert client.get(answer.location).status_code == 404 and client.get(own.location).status_code == 200
    assert log_in(app, "cun.gan").get("/channels/").status_code == 403
    assert log_in(app, "xian.ban").get(own.location).status_code == 200


def test_an_export_that_the_worker_gave_up_is_said_to_be_so(world: World, installed: None, app: Flask, session: Session):
    answer = send(app, line("YN1", world.areas["village"].name))
    session.scalars(select(OutboxItem).where(OutboxItem.kind == channels.READ)).one().state = "dead"
    session.commit()
    shown = log_in(app, "xian.ban").get(answer.location)
    assert "后台几次都没有读完这份表" in words(shown) and "Refresh" not in shown.headers


def test_the_desk_of_leads_leads_to_the_import(world: World, app: Flask):
    assert "导入平台申报" in words(log_in(app, "xian.ban").get("/intake/"))
    assert "导入平台申报" not in words(log_in(app, "cun.gan").get("/intake/"))


def test_the_page_of_an_import_asks_the_same_number_of_questions_however_many_leads(
        world: World, installed: None, app: Flask, session: Session, clock: StandingClock):
    home = a_household(session, world, now=clock.now(), today=clock.today())
    session.commit()
    village, asked = world.areas["village"].name, []
    for many in (2, 30):
        answer = send(app, *(line(f"YN{many}-{number}", village, home.head.name, home.head.id_number) for number in range(many)))
        drain(app)
        client = log_in(app, "xian.ban")
        client.get(answer.location)
        with statements() as counted:
            client.get(answer.location)
        asked.append(len(counted))
    assert asked[0] == asked[1]
