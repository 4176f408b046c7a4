"""The page of differences from the national system, and the word of it where the analyst enters."""

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from fanpin.steps.delivery_intake import Intake
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
