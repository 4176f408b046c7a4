"""Lines, progress and settings on the screen: who sets, who reads, and how exactly."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import AreaSetting
from fanpin.models.lines import MonitoringLine
from fanpin.rules.lines import LineFactor
from tests.conftest import StandingClock
from tests.later import a_helped_case
from tests.world import World, log_in

LINE = {"year": "2026", "amount": "9000", "document": "云农办通〔2026〕1号", "decided_on": "2026-01-20"} | {
    factor.value: f"{factor.title}已综合考虑" for factor in LineFactor}


def words(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_province_sets_the_line_and_the_village_reads_it(app: Flask, world: World, session: Session):
    client = log_in(app, "sheng.ban")
    assert "逾期未确定" in words(client.get("/lines")) and "6,000.00元" in words(client.get("/lines/set"))
    client.post("/lines/set", data=LINE)
    session.rollback()
    assert session.scalar(select(MonitoringLine.amount)) == 900_000
    page = words(log_in(app, "cun.gan").get("/lines"))
    assert "9,000.00元" in page and "物价指数变化已综合考虑" in page and "登记监测底线" not in page


@pytest.mark.parametrize(("changed", "said"), [
    ({"amount": "5999"}, "不得低于国家扶贫标准的1.5倍"), ({"amount": "九千"}, "监测底线（每人每年）"), ({"amount": ""}, "请填写金额"),
    ({"prices": ""}, "请写明"), ({"year": "1949"}, "请从给出的选项中选择"), ({"decided_on": "2027-01-01"}, "日期不能晚于今天"),
    ({"document": "文" * 300}, "最多200个字"),
])
def test_a_wrong_line_comes_back(app: Flask, world: World, changed: dict[str, str], said: str):
    answer = log_in(app, "sheng.ban").post("/lines/set", data=LINE | changed)
    assert answer.status_code == 422 and said in words(answer) and "全省社会经济发展条件已综合考虑" in words(answer)


def test_a_county_sets_no_line(app: Flask, world: World):
    answer = log_in(app, "xian.zhang").get("/lines/set")
    assert answer.status_code == 403 and "由州（市）、省办理" in words(answer)


def test_the_prefecture_drills_down_and_the_province_sees_no_small_number(
        app: Flask, world: World, session: Session, clock: StandingClock):
    a_helped_case(session, world, now=clock.now(), today=clock.today(), entered=True)
    session.commit()
    client = log_in(app, "zhou.shi")
    page = words(client.get("/progress"))
    assert "正在监测帮扶 1 户" in page and "彝良县" in page and "镇雄县" in page and "<svg" in page
    assert "洛泽河镇" in words(client.get("/progress?area=530628000000"))
    page = words(log_in(app, "sheng.ban").get("/progress"))
    assert "正在监测帮扶 少于5 户" in page and "1户" not in page and "昭通市" in page


@pytest.mark.parametrize("area", ["530627000000", "530000000000", "x", "", "0" * 5000])
def test_nobody_looks_beyond_the_own_area(app: Flask, world: World, area: str):
    page = words(log_in(app, "xian.ban").get("/progress", query_string={"area": area}))
    assert "彝良县的进度" in page and "镇雄县" not in page


def test_the_village_and_the_administrators_see_no_progress(app: Flask, world: World):
    for username in ("cun.gan", "xi.tong", "shen.ji", "bang.fu"):
        assert log_in(app, username).get("/progress").status_code == 403


def test_settings_name_their_source(app: Flask, world: World, session: Session):
    session.add(AreaSetting(area_id=world.areas["county"].id, key="visit_days", value=15, document="彝巩固组〔2026〕3号"))
    session.commit()
    page = words(log_in(app, "xian.ban").get("/settings"))
    assert "15日" in page and "彝巩固组〔2026〕3号" in page and "安徽省做法2日" in page
    assert "31日" in words(log_in(app, "wai.xian").get("/settings"))
