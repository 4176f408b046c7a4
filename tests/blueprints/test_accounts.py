"""Logging in: who is let in, who waits, what is forgotten, and what the first password must become."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin.models.audit import AuditEvent
from fanpin.models.users import User, UserSession
from fanpin.rules.roles import Role
from fanpin.steps import accounts
from tests.conftest import StandingClock
from tests.world import PASSWORD, World, log_in

NEW = "Luoze-he-88-shan"


def attempt(client: FlaskClient, username: str, password: str, *, address: str = "10.1.1.1", **query: str):
    return client.post("/login", data={"username": username, "password": password}, query_string=query,
                       environ_base={"REMOTE_ADDR": address})


def words(answer) -> str:
    return answer.get_data(as_text=True)


def plain(answer) -> str:
    return re.sub(r'name="_key"[^>]*', "", words(answer))


def test_right_password_opens_the_desk(world: World, client: FlaskClient):
    answer = attempt(client, "cun.gan", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    page = words(client.get("/"))
    assert "我的工作台" in page and "周村干" in page and "村干部" in page


def test_unknown_name_and_wrong_password_look_alike(world: World, client: FlaskClient):
    wrong = attempt(client, "cun.gan", "Bu-dui-de-2026")
    unknown = attempt(client, "mei.you", "Bu-dui-de-2026")
    assert wrong.status_code == unknown.status_code == 422
    assert plain(wrong).replace("cun.gan", "") == plain(unknown).replace("mei.you", "")
    assert "用户名或密码不对" in words(wrong)


def test_unknown_name_costs_a_verification_too(world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    burnt = []
    monkeypatch.setattr("fanpin.security.burn_time", burnt.append)
    attempt(client, "mei.you", "Bu-dui-de-2026")
    assert burnt == ["Bu-dui-de-2026"]


@pytest.mark.parametrize("username", ["", "a\x00b", "名" * 5000, "CUN GAN", "x" * 70])
def test_odd_user_names_are_refused_with_a_sentence(world: World, client: FlaskClient, username: str):
    assert attempt(client, username, "Bu-dui-de-2026").status_code == 422


def test_failures_from_one_place_make_that_place_wait(world: World, client: FlaskClient, clock: StandingClock):
    for _ in range(6):
        attempt(client, "cun.gan", "Bu-dui-de-2026")
    waiting = attempt(client, "cun.gan", PASSWORD)
    assert waiting.status_code == 429 and "后再试" in words(waiting) and int(waiting.headers["Retry-After"]) >= 1
    clock.instant += timedelta(minutes=16)
    assert attempt(client, "cun.gan", PASSWORD).status_code == 302


def test_failures_elsewhere_never_slow_the_owners_own_device(world: World, app: Flask):
    own, stranger = app.test_client(), app.test_client()
    assert attempt(own, "cun.gan", PASSWORD).status_code == 302
    own.post("/logout")
    for _ in range(8):
        attempt(stranger, "cun.gan", "Bu-dui-de-2026")
    assert attempt(stranger, "cun.gan", PASSWORD).status_code == 429
    assert attempt(own, "cun.gan", PASSWORD).status_code == 302


def test_one_persons_device_is_no_known_device_for_another(world: World, app: Flask):
    own, colleague = app.test_client(), app.test_client()
    attempt(own, "zhu.cun", PASSWORD)
    own.post("/logout")
    for _ in range(8):
        attempt(colleague, "cun.gan", "Bu-dui-de-2026")
    assert attempt(own, "cun.gan", PASSWORD).status_code == 429


@pytest.mark.parametrize(("target", "led_to"), [
    ("/households?name=x", "/households?name=x"), ("//evil.example/", "/"), ("https://evil.example/", "/"),
    ("/\\evil.example", "/"), ("javascript:alert(1)", "/"), ("/a\nb", "/"), ("", "/"),
])
def test_after_log_in_only_our_own_pages_are_opened(world: World, client: FlaskClient, target: str, led_to: str):
    assert attempt(client, "cun.gan", PASSWORD, next=target).location == led_to


def test_a_page_asked_for_before_log_in_comes_after_it(world: World, client: FlaskClient):
    sent = client.get("/password")
    assert sent.location == "/login?next=/password"


def test_log_out_ends_the_session_on_the_server(world: World, app: Flask, session: Session):
    client = log_in(app, "cun.gan")
    kept = client.get_cookie("fanpin").value
    answer = client.post("/logout")
    assert answer.location == "/login" and "storage" in answer.headers["Clear-Site-Data"]
    client.set_cookie("fanpin", kept)
    assert client.get("/").location.startswith("/login")
    session.rollback()
    assert session.scalars(select(UserSession.ended_at)).one() is not None


def test_log_in_and_out_leave_their_events(world: World, app: Flask, session: Session):
    log_in(app, "cun.gan").post("/logout")
    session.rollback()
    tags = list(session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.like("session.%")).order_by(AuditEvent.id)))
    assert tags == ["session.login", "session.logout"]


def test_one_time_password_must_be_replaced_before_anything_else(world: World, app: Flask, session: Session):
    session.execute(update(User).where(User.username == "cun.gan").values(must_change_password=True))
    session.commit()
    client = log_in(app, "cun.gan")
    assert client.get("/").location == "/password"
    page = words(client.get("/password"))
    assert "请先修改密码" in page and "至少12个字符" in page
    answer = client.post("/password", data={"current": PASSWORD, "new": NEW, "repeat": NEW})
    assert answer.location == "/" and "密码已修改" in words(client.get("/"))
    assert attempt(app.test_client(), "cun.gan", PASSWORD).status_code == 422
    assert attempt(app.test_client(), "cun.gan", NEW).status_code == 302


@pytest.mark.parametrize(("current", "new", "repeat", "said"), [
    ("Cuowu-de-2026", NEW, NEW, "现在的密码不对"),
    (PASSWORD, "duan", "duan", "密码至少要12个字符"),
    (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一样"),
    (PASSWORD, PASSWORD, PASSWORD, "不能与原密码相同"),
    ("", NEW, NEW, "请填写现在的密码"),
])
def test_unfit_new_passwords_are_refused_with_the_reason(world: World, app: Flask, current: str, new: str, repeat: str,
                                                         said: str):
    client = log_in(app, "cun.gan")
    answer = client.post("/password", data={"current": current, "new": new, "repeat": repeat})
    assert answer.status_code == 422 and said in words(answer)


def test_new_password_ends_the_other_sessions_only(world: World, app: Flask):
    here, elsewhere = log_in(app, "cun.gan"), log_in(app, "cun.gan")
    here.post("/password", data={"current": PASSWORD, "new": NEW, "repeat": NEW})
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").location.startswith("/login")


def test_person_with_two_posts_acts_under_one_at_a_time(world: World, app: Flask, session: Session, clock: StandingClock):
    user = accounts.by_username(session, "cun.gan")
    second = accounts.grant(session, user, role=Role.TOWNSHIP_CADRE, area=world.areas["township"], document="镇任〔2026〕3号",
                            valid_from=clock.today(), by="test", now=clock.now())
    session.commit()
    client = log_in(app, "cun.gan")
    assert client.post("/switch", data={"grant": second.id}).location == "/"
    assert "洛泽河镇" in words(client.get("/"))


def test_nobody_switches_to_a_post_of_somebody_else(world: World, app: Flask, session: Session):
    client = log_in(app, "cun.gan")
    others = accounts.by_username(session, "xian.zhang").grants[0].id
    session.rollback()
    for value in (str(others), "0", "x", "9" * 30):
        assert client.post("/switch", data={"grant": value}).status_code == 404


def test_health_is_answered_to_anybody(world: World, client: FlaskClient):
    answer = client.get("/healthz")
    assert (answer.status_code, words(answer), answer.mimetype) == (200, "ok\n", "text/plain")
