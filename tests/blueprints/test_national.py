"""The page of differences from the national system, and the word of it where the analyst enters."""

from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.adapters import distributions, run
from fanpin.adapters.parcels import Errand
from fanpin.models.national import NationalSheet, NationalTask
from fanpin.models.register import ImportBatch
from fanpin.steps import adapters, national_tasks
from fanpin.steps.delivery_intake import Intake
from fanpin.worker import drain
from tests.builders import a_household
from tests.conftest import StandingClock
from tests.counting import statements
from tests.later import a_helped_case
from tests.sheet_makers import sent
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_analyst_reads_the_state_where_he_enters_and_the_list_of_differences(
        app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    homes = [a_household(session, world, now=clock.now(), today=clock.today()) for _ in range(3)]
    session.commit()
    client = log_in(app, "xian.ban")
    assert "还没有完整的全国系统导出表" in words(client.get("/national"))
    assert "不能核对" in words(client.get(f"/cases/{case.ref}/enter"))
    row = sent(session, world, clock, tmp_path, "national_entry", [
        {"户主身份证号": home.members[0].id_number, "户主姓名": home.head_name, "录入标注情况": "已录入为监测对象",
         "识别或标注日期": "2026-01-01", "户编号": f"53062800{home.id}"} for home in homes], department="rural_revitalization", complete=True)
    number = row.id
    session.commit()
    Intake(tmp_path).handle(session, {"delivery": number}, clock.now())
    session.commit()
    page = words(client.get(f"/cases/{case.ref}/enter"))
    assert "全国系统未见录入，数据截至" in page and "/national" in page
    page = words(client.get("/national"))
    assert case.household.head_name in page and "未见录入" in page and "数据截至" in page
    page = words(client.get("/national?list=no_case"))
    assert f"53062800{homes[0].id}" in page and page.count("已录入为监测对象") == 3
    assert "没有这种差异" in words(client.get("/national?list=not_marked"))
    desk = words(client.get("/"))
    assert "核对全国系统（2）" in desk and "1户" in desk and "3户" in desk and "/national?list=no_case" in desk
    assert "核对全国系统（" not in words(log_in(app, "wai.xian").get("/"))


def test_the_list_asks_the_database_no_more_often_for_more_households(
        app: Flask, session: Session, world: World, clock: StandingClock, tmp_path: Path) -> None:
    def told(number: int) -> int:
        homes = [a_household(session, world, now=clock.now(), today=clock.today()) for _ in range(number)]
        row = sent(session, world, clock, tmp_path, "national_entry", [
            {"户主身份证号": home.members[0].id_number, "户主姓名": home.head_name, "录入标注情况": "已录入为监测对象",
             "识别或标注日期": "2026-01-01"} for home in homes], department="rural_revitalization", complete=True)
        session.commit()
        Intake(tmp_path).handle(session, {"delivery": row.id}, clock.now())
        session.commit()
        page = client.get("/national?list=no_case")
        with statements() as asked:
            page = client.get("/national?list=no_case")
        assert words(page).count("已录入为监测对象") == number
        return len(asked)

    client = log_in(app, "xian.ban")
    assert told(2) == told(9)


def test_sheets_are_made_downloaded_and_proved_by_the_systems_own_export(
        app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    installed = distributions.find("fanpin-outlet-national-system")
    assert installed is not None
    adapters.refresh(session, [run.declared(installed)], now=clock.now())
    case, measure = a_helped_case(session, world, now=clock.now(), today=clock.today())
    measure.started_on = clock.today()
    session.commit()
    client = log_in(app, "xian.ban")
    assert "还没有生成过" in words(client.get("/national/tasks"))
    page = words(client.post("/national/sheets", follow_redirects=True))
    assert "录入1户" in page and "正在生成" in page and case.household.head_name in page
    session.commit()
    drain(app)
    session.expire_all()
    sheet = session.scalars(select(NationalSheet)).one()
    assert sheet.number in words(client.get("/national/tasks"))
    content = client.get(f"/national/sheets/{sheet.ref}").data
    assert case.household.members[0].id_number in [str(cell) for row in sheets.read(content).rows for cell in row.cells]
    assert "录入，等导出表核对" in words(client.get("/"))
    answer = client.post("/national/tasks", data={"exported_on": clock.today().isoformat(), "whole": "whole"})
    assert answer.status_code == 422 and "请选择全国系统的导出表" in words(answer)
    client.post("/national/tasks", data={"file": (BytesIO(content), "导出.xlsx"), "exported_on": clock.today().isoformat(), "whole": "whole"})
    session.commit()
    drain(app)
    upload = session.scalars(select(ImportBatch)).one()
    assert "核对上1项" in words(client.get(f"/register/imports/{upload.ref}"))
    assert case.household.head_name in words(client.get("/national/tasks?state=proven"))
    assert "录入，等导出表核对" not in words(client.get("/"))
    village = log_in(app, "cun.gan")
    assert village.get("/national/tasks").status_code == 403 and village.get(f"/national/sheets/{sheet.ref}").status_code in (403, 404)
    assert log_in(app, "wai.xian").get(f"/national/sheets/{sheet.ref}").status_code == 404


def test_an_officer_closes_a_task_with_a_reason(app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    case, _ = a_helped_case(session, world, now=clock.now(), today=clock.today())
    national_tasks.open_tasks(session, Errand.MARK, [case.household_id], by="赵县办", today=clock.today())
    session.commit()
    task = session.scalars(select(NationalTask)).one()
    client = log_in(app, "xian.ban")
    assert "请写明" in words(client.post(f"/national/tasks/{task.ref}/close", data={"reason": ""}))
    client.post(f"/national/tasks/{task.ref}/close", data={"reason": "已在系统查看"})
    assert "已在系统查看" in words(client.get("/national/tasks?state=by_hand"))
    assert "已在系统查看" in words(client.get(f"/national/tasks/{task.ref}/close"))


def test_the_list_of_tasks_asks_the_database_no_more_often_for_more(app: Flask, session: Session, world: World, clock: StandingClock) -> None:
    client = log_in(app, "xian.ban")

    def asked_for(number: int) -> int:
        homes = [a_household(session, world, now=clock.now(), today=clock.today()).id for _ in range(number)]
        national_tasks.open_tasks(session, Errand.ENTER, homes, by="赵县办", today=clock.today())
        session.commit()
        client.get("/national/tasks")
        with statements() as asked:
            assert client.get("/national/tasks").status_code == 200
        return len(asked)

    assert asked_for(1) == asked_for(6)
