"""The marking page: one household or a whole list, and what stops it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.cases import Case
from fanpin.models.reviews import ExitConsent
from fanpin.rules.stages import Stage
from tests.conftest import StandingClock
from tests.later import to_be_marked
from tests.world import World, log_in

MARKING = {"marked_on": "2026-03-02", "way": "帮扶消除", "list_number": "530628-消除-1", "contact": "赵县办"}


@pytest.fixture
def agreed(session: Session, world: World, clock: StandingClock) -> list[Case]:
    found = [to_be_marked(session, world, now=clock.now(), today=clock.today()) for _ in range(2)]
    session.commit()
    return found


def words(answer) -> str:
    return answer.get_data(as_text=True)


def stages(session: Session, cases: list[Case]) -> set[Stage]:
    session.rollback()
    for case in cases:
        session.refresh(case)
    return {case.stage for case in cases}


def test_the_county_marks_a_whole_list(app: Flask, agreed: list[Case], session: Session):
    client = log_in(app, "xian.ban")
    page = words(client.get("/elimination"))
    assert page.count("测试㬹") == 2 and "530628-消除-20260302" in page and "3月2日审定" in page
    client.post("/elimination", data=MARKING | {"cases": [case.ref for case in agreed]})
    assert stages(session, agreed) == {Stage.ELIMINATED}
    page = words(client.get("/elimination"))
    assert "没有等待标注的农户" in page and "530628-消除-1" in page


def test_one_household_that_took_back_its_word_stops_the_list(app: Flask, agreed: list[Case], session: Session):
    for row in session.scalars(select(ExitConsent).where(ExitConsent.case_id == agreed[1].id)):
        row.agrees = False
    session.commit()
    answer = log_in(app, "xian.ban").post("/elimination", data=MARKING | {"cases": [case.ref for case in agreed]})
    assert answer.status_code == 422 and "测试㬹" in words(answer) and "知情同意" in words(answer)
    assert stages(session, agreed) == {Stage.COUNTY}


@pytest.mark.parametrize(("changed", "said"), [
    ({"cases": []}, "请至少选择一户"), ({"way": ""}, "请选择风险消除方式"), ({"way": "其他"}, "请从给出的选项中选择"),
    ({"list_number": ""}, "请填写标注清单编号"), ({"marked_on": "2026-03-03"}, "日期不能晚于今天"),
    ({"marked_on": "2026-03-01"}, "不能早于县级审定日期"), ({"cases": ["aaaaaaaaaaaaaa"]}, "请从给出的选项中选择"),
])
def test_an_incomplete_marking_comes_back(app: Flask, agreed: list[Case], changed: dict, said: str):
    answer = log_in(app, "xian.ban").post("/elimination", data=MARKING | {"cases": [agreed[0].ref]} | changed)
    assert answer.status_code == 422 and said in words(answer)


def test_one_household_is_marked_alone(app: Flask, agreed: list[Case], session: Session):
    client, url = log_in(app, "xian.ban"), f"/cases/{agreed[0].ref}/mark"
    assert "登记已标注" in words(client.get(url))
    assert client.post(url, data=MARKING | {"version": "99"}).status_code == 409
    client.post(url, data=MARKING | {"version": str(agreed[0].version)})
    assert stages(session, agreed[:1]) == {Stage.ELIMINATED}
    assert client.get(url).status_code == 409


def test_nobody_else_marks(app: Flask, agreed: list[Case]):
    for username in ("cun.gan", "xian.zhang", "xi.tong"):
        assert log_in(app, username).get("/elimination").status_code == 403
    assert log_in(app, "wai.xian").get(f"/cases/{agreed[0].ref}/mark").status_code == 404
