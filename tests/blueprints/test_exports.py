"""Exports and signing on pages: asked for with a reason, followed, fetched; a department's own columns, questions, signature."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin import sheets
from fanpin.models.audit import AuditEvent
from fanpin.models.households import Household
from fanpin.models.register import ColumnPart, ColumnQuestion
from fanpin.steps import register_signing
from fanpin.worker import drain
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.world import World, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=people())
    session.commit()
    monkeypatch.setattr(register_signing, "wanted", lambda _batch: select(Household.id))
    return row


def test_an_export_is_asked_for_followed_and_fetched(app: Flask, home: Household, session: Session):
    client = log_in(app, "xian.ban")
    refused = client.post("/exports/", data={"kind": "all", "reason": ""})
    assert refused.status_code == 422 and "请写明用途" in words(refused)
    answer = client.post("/exports/", data={"kind": "all", "reason": "乡镇核对"})
    assert answer.status_code == 302 and "正在导出" in words(client.get(answer.location))
    drain(app)
    page = words(client.get(answer.location))
    assert "下载第1份" in page and "乡镇核对" in page
    address = page.split('href="/exports/files/')[1].split('"')[0]
    fetched = client.get(f"/exports/files/{address}")
    read = sheets.read(fetched.get_data())
    assert "乡镇核对" in read.rows[0].cells[0] and home.head_name in str(read.rows[2].cells)
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert session.scalars(select(AuditEvent).where(AuditEvent.tag == "register.export", AuditEvent.outcome == "seen")).all()


def test_a_department_looks_through_asks_and_signs_and_the_village_answers(app: Flask, home: Household, session: Session):
    county, officer, village = log_in(app, "xian.ban"), log_in(app, "bm.health"), log_in(app, "cun.gan")
    made = county.post("/exports/", data={"kind": "monitored", "reason": "3月上报", "for_signing": "1"})
    assert made.status_code == 302
    drain(app)
    assert "未核准" in words(county.get(made.location)) and "卫健部门" in words(county.get("/"))
    part = session.scalars(select(ColumnPart).where(ColumnPart.department == "health")).one()
    assert "核准上报数据" in words(officer.get("/")) and part.number in words(officer.get("/signing/"))
    page = words(officer.get(f"/signing/{part.ref}"))
    assert home.members[1].name in page and "健康状况：患有大病" in page and "劳动技能" not in page and "户联系电话" not in page
    refused = officer.post(f"/signing/{part.ref}/ask", data={"household": home.id, "person": home.head_name, "column": "health", "text": " "})
    assert refused.status_code == 422 and "请填写此项" in words(refused)
    asked = officer.post(f"/signing/{part.ref}/ask", data={"household": home.id, "person": home.head_name, "column": "health",
                                                           "text": "有住院记录"})
    assert asked.status_code == 302
    assert "还有1个疑问没有答复" in words(officer.get(f"/signing/{part.ref}"))
    assert officer.post(f"/signing/{part.ref}/sign", data={"statement": "真实"}).status_code == 422
    question = session.scalars(select(ColumnQuestion)).one()
    assert "答复部门对上报数据的疑问" in words(village.get("/")) and "有住院记录" in words(village.get("/signing/questions"))
    assert "有住院记录" not in words(log_in(app, "lin.cun").get("/signing/questions"))
    place = f"/signing/questions/{question.ref}"
    assert "请选择处理结果" in words(village.post(place, data={"reply": "x"}))
    assert village.post(place, data={"corrected": "0", "reply": "是陪护，不是本人住院"}).status_code == 302
    assert officer.post(f"/signing/{part.ref}/sign", data={"statement": "真实、准确"}).status_code == 302
    assert "已核准" in words(county.get(made.location)) and "是陪护" in words(officer.get(f"/signing/{part.ref}"))


def test_a_department_fetches_its_own_columns_and_cannot_open_anothers(app: Flask, home: Household, session: Session):
    log_in(app, "xian.ban").post("/exports/", data={"kind": "monitored", "reason": "3月上报", "for_signing": "1"})
    drain(app)
    parts = {part.department: part.ref for part in session.scalars(select(ColumnPart))}
    officer = log_in(app, "bm.education")
    read = sheets.read(officer.get(f"/signing/{parts['education']}/sheet").get_data())
    assert read.rows[1].cells[:4] == ["所在村组", "户主", "姓名", "证件号码"] and "健康状况" not in read.rows[1].cells
    assert officer.get(f"/signing/{parts['health']}").status_code == 404
    assert log_in(app, "xian.ban").get(f"/signing/{parts['health']}").status_code == 403
