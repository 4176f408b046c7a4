"""六(三): an inspector looks for a limited time, at one area, changes nothing, and every page that he opens is on record."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.audit import AuditEvent
from fanpin.models.users import Grant, User
from fanpin.rules.actions import Action
from fanpin.rules.refusals import Invalid
from fanpin.rules.roles import PERMISSIONS, Role
from fanpin.steps import accounts
from tests.builders import a_case
from tests.conftest import StandingClock
from tests.world import World, grants_of, log_in


def words(answer) -> str:
    return answer.get_data(as_text=True)


def seen(session: Session, username: str) -> list[str]:
    session.rollback()
    user = session.scalars(select(User.id).where(User.username == username)).one()
    return list(session.scalars(select(AuditEvent.tag).where(AuditEvent.actor_id == user, AuditEvent.outcome == "seen")
                                .order_by(AuditEvent.id)))


def test_every_page_that_an_inspector_opens_leaves_its_event(
        app: Flask, world: World, session: Session, clock: StandingClock):
    case = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    pages = ("/cases", f"/cases/{case.ref}", f"/households/{case.household.ref}", "/progress", "/oversight", "/figures", "/tasks")
    client = log_in(app, "jian.cha")
    for number, path in enumerate(pages, start=1):
        assert client.get(path).status_code == 200
        assert len(seen(session, "jian.cha")) == number, path
    log_in(app, "xian.zhang").get("/progress")
    assert seen(session, "xian.zhang") == []


def test_the_county_reads_what_an_inspector_read_of_it_and_the_neighbour_nothing(
        app: Flask, world: World, session: Session, clock: StandingClock):
    case = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    log_in(app, "jian.cha").get(f"/cases/{case.ref}")
    page = words(log_in(app, "ling.dao").get("/inspections"))
    assert "朱检查" in page and f"测试㬹户，{case.code}" in page and "查看办理情况" in page and "可以查看" in page
    for username in ("xian.ban", "jian.cha", "xiang.zhang", "sheng.ban"):
        assert log_in(app, username).get("/inspections").status_code == 403
    assert "测试㬹" in words(log_in(app, "zhou.shi").get("/inspections"))
    assert "测试㬹" not in words(log_in(app, "ling.dao").get("/inspections?before=1"))


def test_when_the_time_is_over_nothing_opens_any_more(
        app: Flask, world: World, session: Session, clock: StandingClock):
    case = a_case(session, world, now=clock.now(), today=clock.today())
    session.commit()
    grant = grants_of(session, "jian.cha")[0]
    assert grant.valid_to is not None
    clock.set(grant.valid_to)
    assert log_in(app, "jian.cha").get(f"/cases/{case.ref}").status_code == 200
    clock.set(grant.valid_to + timedelta(days=1))
    client = log_in(app, "jian.cha")
    for path in ("/cases", f"/cases/{case.ref}", f"/households/{case.household.ref}", "/progress", "/oversight", "/conduct"):
        assert client.get(path).status_code in (403, 404), path
    assert "还没有分配岗位" in words(client.get("/")) and "测试㬹" not in words(client.get("/"))
    assert "已停止" in words(log_in(app, "ling.dao").get("/inspections"))


@pytest.mark.parametrize(("changed", "field"), [
    ({"valid_to": None}, "valid_to"), ({"valid_to": date(2027, 6, 1)}, "valid_to"), ({"document": " "}, "document"),
    ({"valid_to": date(2026, 3, 1)}, "valid_to"),
])
@pytest.mark.parametrize("by", ["an.quan", "服务器管理员（命令行）"])
def test_the_grant_names_its_end_and_its_document_whoever_gives_it(
        world: World, session: Session, clock: StandingClock, changed: dict[str, object], field: str, by: str):
    user, _ = accounts.create(session, username="xun.shi", name="巡视", by="test", now=clock.now(), password="Ceshi-mima-2026")
    given = {"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 31), "document": "彝督〔2026〕1号"} | changed
    with pytest.raises(Invalid) as refused:
        accounts.grant(session, user, role=Role.INSPECTOR, area=world.areas["county"], by=world.actors.get(by, by), now=clock.now(),
                       **given)
    assert field in refused.value.problems
    assert session.scalars(select(Grant).where(Grant.user_id == user.id)).all() == []


def test_an_inspector_does_nothing_but_read_and_write_down_what_is_wrong():
    may = {action for action, row in PERMISSIONS.items() if Role.INSPECTOR in row.roles}
    assert {action for action in may if not action.value.endswith((".read", ".see"))} == {Action.OVERSIGHT_FIND}
