"""Lines, progress and settings on the screen: who sets, who reads, and how exactly."""

import csv

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import AreaSetting
from fanpin.models.audit import AuditDetail
from fanpin.models.lines import MonitoringLine
from fanpin.resources import directory
from fanpin.rules.lines import LineFactor
from fanpin.steps import doing
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


CHANGED = {"key": "visit_days", "value": "15", "document": "彝巩固组〔2026〕3号"}


def test_a_county_changes_a_limit_with_its_document_and_it_holds_from_then_on(app: Flask, world: World, session: Session):
    client = log_in(app, "xian.zhang")
    assert "/settings/limit?key=visit_days" in words(client.get("/settings"))
    assert "监测对象走访间隔（1至60日）" in words(client.get("/settings/limit?key=visit_days"))
    assert client.post("/settings/limit", data=CHANGED).status_code == 302
    assert client.post("/settings/limit", data=CHANGED | {"value": "20"}).status_code == 302
    session.rollback()
    assert doing.setting(session, world.areas["group1"].path, "visit_days") == 20
    assert doing.setting(session, world.areas["other_county"].path, "visit_days") == 31
    told = [detail for detail in session.scalars(select(AuditDetail.payload)) if "visit_days" in detail]
    assert len(told) == 2 and '"before":15' in told[1] and '"after":20' in told[1]


@pytest.mark.parametrize(("wrong", "said"), [
    ({"value": "0"}, "请填写1到60之间的整数"), ({"value": "61"}, "请填写1到60之间的整数"), ({"value": "三十"}, "请填写0到9999之间的整数"),
    ({"value": ""}, "请填写数字"), ({"document": " "}, "请填写文件名称或文号"), ({"key": "quota"}, "请从给出的选项中选择"),
    ({"key": ""}, "请选择要调整的事项"), ({"key": "announcement_days", "value": "31"}, "请填写0到30之间的整数"),
])
def test_a_limit_out_of_bounds_comes_back(app: Flask, world: World, wrong: dict[str, str], said: str):
    answer = log_in(app, "xian.zhang").post("/settings/limit", data=CHANGED | wrong)
    assert answer.status_code == 422 and said in words(answer)


def test_only_the_head_of_the_countys_office_changes_a_limit(app: Flask, world: World):
    for username in ("xian.ban", "xiang.zhang", "zhou.shi", "ling.dao", "xi.tong"):
        assert log_in(app, username).post("/settings/limit", data=CHANGED).status_code == 403
    assert "/settings/limit" not in words(log_in(app, "xian.ban").get("/settings"))


def test_the_province_sees_sixteen_tiles_where_its_prefectures_lie_and_prints_them(app: Flask, world: World):
    client = log_in(app, "sheng.ban")
    for path in ("/progress", "/progress/print"):
        page = words(client.get(path))
        assert "昭通" in page and 'viewBox="0 0 400 250"' in page and "各州（市）正在监测帮扶的户数" in page
    with (directory("data") / "tiles.csv").open(encoding="utf-8", newline="") as rows:
        tiles = list(csv.DictReader(rows))
    assert len({row["code"] for row in tiles}) == len({(row["column"], row["row"]) for row in tiles}) == 16
    assert all(0 <= int(row["column"]) < 5 and 0 <= int(row["row"]) < 5 for row in tiles)
    assert 'viewBox="0 0 400 250"' not in words(log_in(app, "zhou.shi").get("/progress"))


def test_what_is_late_is_shown_kind_by_kind_and_printed(app: Flask, world: World, session: Session, clock: StandingClock):
    a_helped_case(session, world, now=clock.now(), today=clock.today(), days_ago=30)
    session.commit()
    for path in ("/progress", "/progress/print"):
        page = words(log_in(app, "xian.ban").get(path))
        assert "省级答复直通车" in page and "录入全国系统" in page and "洛泽河镇" in page
    assert log_in(app, "xiang.gan").get("/progress").status_code == 200
