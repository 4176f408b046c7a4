"""人口变动 on pages: one form each, dated, on a document, and the note of 附件2 第七项."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.documents.catalogue import from_json
from fanpin.models.households import Household, PopulationEvent
from fanpin.models.papers import Paper
from tests.builders import a_household, people
from tests.conftest import StandingClock
from tests.steps.test_population import son
from tests.world import World, log_in

GIVEN = {"happened_on": "2026-02-27", "document": "户口簿第3页", "reason": "成家另过"}


def words(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def home(session: Session, world: World, clock: StandingClock) -> Household:
    row = a_household(session, world, now=clock.now(), today=clock.today(), members=(*people(), son()))
    session.commit()
    return row


@pytest.mark.parametrize("place", ["birth", "marry-in", "move-in"])
def test_each_way_in_has_its_form(app: Flask, home: Household, session: Session, place: str):
    client = log_in(app, "cun.gan")
    assert "凭什么材料" in words(client.get(f"/households/{home.ref}/{place}"))
    refused = client.post(f"/households/{home.ref}/{place}", data={"name": "测试阿宝", "relation": "other", "happened_on": "2026-02-27"})
    assert refused.status_code == 422 and "请写明依据的材料" in words(refused) and "测试阿宝" in words(refused)
    done = client.post(f"/households/{home.ref}/{place}", data=GIVEN | {"name": "测试阿宝", "relation": "other", "born_on": "2026-02-27"})
    assert done.status_code == 302 and "测试阿宝" in words(client.get(f"/households/{home.ref}/population"))


@pytest.mark.parametrize("place", ["death", "marry-out", "move-out"])
def test_each_way_out_has_its_form(app: Flask, home: Household, session: Session, place: str):
    client, wife = log_in(app, "zhu.cun"), home.members[1]
    assert wife.name in words(client.get(f"/households/members/{wife.ref}/{place}"))
    assert client.post(f"/households/members/{wife.ref}/{place}", data=GIVEN).status_code == 302
    assert "户口簿第3页" in words(client.get(f"/households/{home.ref}/population"))


def test_a_split_shows_the_circumstance_and_both_files_tell_of_it(app: Flask, home: Household, session: Session):
    client, one = log_in(app, "cun.gan"), home.members[3]
    assert "故意分户、并户" in words(client.get(f"/households/{home.ref}/split"))
    refused = client.post(f"/households/{home.ref}/split", data=GIVEN)
    assert refused.status_code == 422 and "勾选分出去的成员" in words(refused)
    done = client.post(f"/households/{home.ref}/split", data=GIVEN | {f"to_{one.ref}": "head"})
    assert done.status_code == 302
    analyst = log_in(app, "xian.ban")
    assert "近两年办过分户或并户" in words(analyst.get(f"/households/{home.ref}/population"))
    fresh = session.scalars(select(Household).where(Household.head_name == one.name)).one()
    for row in (home, fresh):
        assert "附件2 第七项" in words(analyst.get(f"/households/{row.ref}"))
    assert words(client.get(f"/households/members/{fresh.members[0].ref}/history")).count("家</a>") >= 2


def test_the_sheet_of_changes_tells_every_act_with_its_document_and_reason_on_both_households(
        app: Flask, home: Household, session: Session) -> None:
    client, one, wife = log_in(app, "cun.gan"), home.members[3], home.members[1]
    client.post(f"/households/{home.ref}/birth", data=GIVEN | {"name": "测试阿宝", "relation": "other", "born_on": "2026-02-27"})
    client.post(f"/households/members/{wife.ref}/death", data=GIVEN | {"reason": ""})
    client.post(f"/households/{home.ref}/split", data=GIVEN | {f"to_{one.ref}": "head"})
    fresh = session.scalars(select(Household).where(Household.head_name == one.name)).one()
    assert "打印人口变更、信息更新单" in words(client.get(f"/households/{home.ref}/population"))
    for row in (home, fresh):
        assert client.post(f"/paper-desk/households/{row.ref}").status_code == 302
    session.rollback()
    here, there = [from_json(row.code, row.data).recorded for row in session.scalars(
        select(Paper).where(Paper.code == "change_sheet").order_by(Paper.id))]
    assert [(row.name, row.what, row.document, row.reason) for row in here] == [
        (one.name, f"分户（分出，对方户主{one.name}）", "户口簿第3页", "成家另过"), (wife.name, "死亡", "户口簿第3页", ""),
        ("测试阿宝", "出生", "户口簿第3页", "成家另过")]
    assert [(row.name, row.what) for row in there] == [(one.name, f"分户（从原户分出，对方户主{home.head_name}）")]
    reader = log_in(app, "jian.cha").get(f"/households/{home.ref}/population")
    assert reader.status_code == 200 and "打印人口变更" not in words(reader)


def test_a_merge_finds_the_other_household_first(app: Flask, home: Household, session: Session, world: World, clock: StandingClock):
    into = a_household(session, world, now=clock.now(), today=clock.today(), members=people("测试主家"))
    session.commit()
    client = log_in(app, "cun.gan")
    assert f"into={into.ref}" in words(client.get(f"/households/{home.ref}/merge?q=测试主家"))
    assert "请先查找" in words(client.post(f"/households/{home.ref}/merge", data=GIVEN))
    page = words(client.get(f"/households/{home.ref}/merge?into={into.ref}"))
    assert "测试主家家" in page
    given = GIVEN | {"into": into.ref} | {f"to_{member.ref}": "other" for member in home.members}
    assert client.post(f"/households/{home.ref}/merge", data=given).status_code == 302
    session.expire_all()
    assert session.get(Household, home.id).departed_on is not None and session.scalars(select(PopulationEvent)).one().persons


def test_a_move_chooses_the_village_then_the_group(app: Flask, home: Household, session: Session, world: World):
    analyst = log_in(app, "xian.ban")
    assert "请先选到行政村" in words(analyst.get(f"/households/{home.ref}/move"))
    village, group = world.areas["sibling_village"].code12, world.areas["sibling_group"].code12
    assert "发路村民委员会" in words(analyst.get(f"/households/{home.ref}/move?area={village}"))
    done = analyst.post(f"/households/{home.ref}/move?area={village}", data=GIVEN | {"group": group})
    assert done.status_code == 302
    assert log_in(app, "cun.gan").get(f"/households/{home.ref}").status_code == 404
    assert log_in(app, "lin.cun").get(f"/households/{home.ref}").status_code == 200


