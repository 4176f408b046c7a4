"""Leads: taken down word for word, accepted in time, joined to a household, answered; and people shown the platforms."""

from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.leads import Guidance, Lead
from fanpin.models.outbox import StoredFile
from fanpin.models.papers import Paper
from fanpin.rules.intake import LeadStatus
from tests.builders import a_household, an_id, people
from tests.conftest import StandingClock
from tests.world import World, log_in

STATEMENT = "老伴住院花了两万多，\n药费报不完，想请村里帮忙。"


def words(answer) -> str:
    return answer.get_data(as_text=True)


def a_lead(world: World, **more: str) -> dict[str, str]:
    return {"area": world.areas["group1"].code12, "source": "declaration", "channel": "spoken", "head_name": "测试阿朵",
            "statement": STATEMENT, "declared_on": "2026-03-01", "phone": "13800002222", "categories": "medical", **more}


@pytest.fixture
def lead(world: World, session: Session, app: Flask) -> Lead:
    answer = log_in(app, "cun.gan").post("/intake/new", data=a_lead(world, head_id_number=an_id(date(1970, 1, 1))))
    assert answer.status_code == 302, words(answer)
    return session.scalars(select(Lead)).one()


def test_spoken_declaration_is_kept_word_for_word(lead: Lead, app: Flask):
    page = words(log_in(app, "zhu.cun").get(f"/intake/{lead.ref}"))
    assert lead.statement == STATEMENT and all(line in page for line in STATEMENT.splitlines())
    assert "口头申报" in page and "医疗困难" in page and "待受理" in page
    assert lead.head_id_number not in page and "13800002222" not in page


def test_a_spoken_declaration_gets_its_platform_number_once_and_nothing_else_changes(lead: Lead, app: Flask):
    client = log_in(app, "cun.gan")
    assert "补登平台流水号" in words(client.get(f"/intake/{lead.ref}"))
    assert client.post(f"/intake/{lead.ref}/number", data={"platform_number": " "}).status_code == 422
    assert client.post(f"/intake/{lead.ref}/number", data={"platform_number": "YS2026030512"}).status_code == 302
    page = words(client.get(f"/intake/{lead.ref}"))
    assert "YS2026030512" in page and "补登平台流水号" not in page and lead.statement == STATEMENT
    again = client.post(f"/intake/{lead.ref}/number", data={"platform_number": "YS2"})
    assert again.status_code == 409 and "已经登记过平台流水号YS2026030512" in words(again)
    assert log_in(app, "xiang.zhang").post(f"/intake/{lead.ref}/number", data={"platform_number": "1"}).status_code == 403


def test_what_came_with_a_declaration_is_kept_beside_it(lead: Lead, app: Flask, session: Session):
    client = log_in(app, "cun.gan")
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    assert client.post(f"/intake/{lead.ref}/files", data={"what": "住院发票"}).status_code == 422
    bad = client.post(f"/intake/{lead.ref}/files", data={"what": "住院发票", "file": (BytesIO(b"MZ"), "x.exe")})
    assert bad.status_code == 422 and "只接收JPG、PNG照片或PDF扫描件" in words(bad) and "住院发票" in words(bad)
    sent = {"what": "住院发票", "file": (BytesIO(picture.getvalue()), "发票.png")}
    assert client.post(f"/intake/{lead.ref}/files", data=sent).status_code == 302
    session.rollback()
    file = session.scalars(select(StoredFile)).one()
    assert file.lead_id == lead.id and "住院发票" in words(client.get(f"/intake/{lead.ref}"))
    assert client.get(f"/files/{file.ref}").data.startswith(b"\xff\xd8\xff")
    assert log_in(app, "wai.cun").get(f"/files/{file.ref}").status_code == 404


def test_nothing_on_the_page_or_in_the_addresses_alters_a_lead(lead: Lead, app: Flask):
    client = log_in(app, "xian.ban")
    client.post(f"/intake/{lead.ref}", data={"statement": "改了"})
    client.post(f"/intake/{lead.ref}/accept", data={"statement": "改了"})
    assert lead.statement == STATEMENT and lead.status is LeadStatus.ACCEPTED


@pytest.mark.parametrize(("change", "said"), [
    ({"head_name": ""}, "请填写户主姓名"), ({"statement": " \n "}, "请记下申报人说的困难"),
    ({"channel": ""}, "须选择申报渠道"), ({"channel": "province"}, "请填写平台流水号"),
    ({"source": "media"}, "不填申报渠道"), ({"source": "x"}, "请从给出的选项中选择"), ({"head_id_number": "53"}, "身份证号"),
    ({"declared_on": "2026-04-01"}, "日期不能晚于今天"), ({"declared_on": "昨天"}, "日期不对"), ({"area": ""}, "请选择村民小组"),
    ({"phone": "abc"}, "电话号码不对"), ({"categories": "no"}, "请从给出的选项中选择"),
])
def test_mistakes_are_named_and_what_was_typed_stays(world: World, session: Session, app: Flask, change: dict[str, str],
                                                     said: str):
    answer = log_in(app, "cun.gan").post("/intake/new", data=a_lead(world) | {"reporter": "测试邻居"} | change)
    assert answer.status_code == 422 and said in words(answer) and "测试邻居" in words(answer)
    assert session.scalar(select(Lead.id)) is None


def test_list_shows_the_clock_of_acceptance_and_lateness(lead: Lead, app: Flask, clock: StandingClock):
    assert "还剩 2 个工作日" in words(log_in(app, "xian.ban").get("/intake/"))
    clock.move(days=7)
    assert "逾期 3 个工作日" in words(log_in(app, "xian.ban").get("/intake/"))


def test_county_accepts_and_village_does_not(lead: Lead, app: Flask):
    refused = log_in(app, "cun.gan").post(f"/intake/{lead.ref}/accept")
    assert refused.status_code == 403 and "县级业务人员" in words(refused)
    assert log_in(app, "xian.ban").post(f"/intake/{lead.ref}/accept").status_code == 302
    again = log_in(app, "xian.ban").post(f"/intake/{lead.ref}/accept")
    assert again.status_code == 409 and "已受理" in words(again)


def test_lead_is_joined_to_the_household_of_that_name_in_its_village(lead: Lead, session: Session, world: World,
                                                                      clock: StandingClock, app: Flask):
    right = a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试阿朵"))
    elsewhere = a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试阿朵"),
                            group=world.areas["sibling_group"])
    client = log_in(app, "xian.ban")
    client.post(f"/intake/{lead.ref}/accept")
    page = words(client.get(f"/intake/{lead.ref}"))
    assert right.ref in page and elsewhere.ref not in page
    assert elsewhere.ref in words(client.get(f"/intake/{lead.ref}", query_string={"q": "测试阿朵"}))
    assert client.post(f"/intake/{lead.ref}/households/{right.ref}").status_code == 302
    session.expire_all()
    assert (lead.household_id, lead.status) == (right.id, LeadStatus.MERGED)


def test_lead_is_never_joined_to_a_household_of_another_county(lead: Lead, session: Session, world: World,
                                                               clock: StandingClock, app: Flask):
    client = log_in(app, "xian.ban")
    client.post(f"/intake/{lead.ref}/accept")
    assert client.post(f"/intake/{lead.ref}/households/{'a' * 14}").status_code == 404
    assert log_in(app, "wai.xian").get(f"/intake/{lead.ref}").status_code == 404


def test_lead_is_closed_with_an_answer(lead: Lead, session: Session, app: Flask):
    client = log_in(app, "xian.ban")
    client.post(f"/intake/{lead.ref}/accept")
    assert "请写明办理结果" in words(client.post(f"/intake/{lead.ref}/close", data={"outcome": ""}))
    answer = client.post(f"/intake/{lead.ref}/close", data={"outcome": "已由民政临时救助，电话答复本人", "referred": "y"})
    assert answer.status_code == 302
    session.expire_all()
    assert lead.status is LeadStatus.REFERRED
    assert "已由民政临时救助" in words(client.get(f"/intake/{lead.ref}"))


def test_guidance_to_a_platform_is_recorded(world: World, session: Session, app: Flask):
    client = log_in(app, "cun.gan")
    assert client.post("/intake/guide", data={"person": "测试阿普", "channel": "province", "given_on": "2026-03-02"}
                       ).status_code == 302
    assert "测试阿普" in words(client.get("/intake/guide"))
    wrong = client.post("/intake/guide", data={"person": "", "channel": "spoken", "given_on": "2026-03-02"})
    assert wrong.status_code == 422 and "请填写被引导人的姓名" in words(wrong)
    assert session.scalars(select(Guidance.person)).all() == ["测试阿普"]


def test_declaration_and_leaflet_are_issued_as_papers(lead: Lead, session: Session, app: Flask):
    client = log_in(app, "cun.gan")
    for url in (f"/intake/{lead.ref}/paper", "/intake/leaflet"):
        answer = client.post(url)
        assert answer.status_code == 302, words(answer)
    assert sorted(session.scalars(select(Paper.code))) == ["lead", "leaflet"]


def test_county_goes_down_to_the_village_before_it_takes_down_a_lead(world: World, app: Flask):
    client = log_in(app, "xian.ban")
    assert world.areas["township"].name in words(client.get("/intake/new"))
    area = {"area": world.areas["village"].code12}
    assert "不清楚哪个组" in words(client.get("/intake/new", query_string=area))
    assert client.post(f"/intake/new?area={area['area']}", data=a_lead(world, **area)).status_code == 302
