"""The administrators' pages: a password shown once, posts given along the tree of areas, the matrix of rights."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.outbox import Submission
from fanpin.models.users import Grant, User
from fanpin.rules.roles import Role
from fanpin.steps import accounts
from tests.counting import statements
from tests.world import PASSWORD, World, grants_of, log_in

NEW = {"username": "xin.ren", "name": "新人", "organisation": "洛泽河镇人民政府", "phone": "", "expires_on": ""}
POST = {"role": "village_cadre", "department": "", "valid_from": "2026-03-02", "valid_to": "", "document": "彝任〔2026〕1号",
        "area": "530628102202"}
SECRET = re.compile(r"(?:[a-zA-Z2-9]{4}-){3}[a-zA-Z2-9]{4}")


def words(answer) -> str:
    return answer.get_data(as_text=True)


def ref_of(session: Session, username: str) -> str:
    found = session.scalars(select(User.ref).where(User.username == username)).one()
    session.rollback()
    return found


def test_an_account_is_made_and_its_password_shown_once(app: Flask, world: World, session: Session):
    client = log_in(app, "xi.tong")
    key = "k" * 20
    answer = client.post("/accounts/new", data=NEW | {"_key": key})
    password = SECRET.search(words(answer))
    assert answer.status_code == 200 and password and answer.headers["Cache-Control"] == "no-store"
    again = client.post("/accounts/new", data=NEW | {"_key": key})
    assert not SECRET.search(words(again)) and session.get(Submission, key) is not None
    session.rollback()
    entered = app.test_client()
    entered.post("/login", data={"username": "xin.ren", "password": password[0]})
    assert entered.get("/").location == "/password"
    assert not SECRET.search(words(client.get(f"/accounts/{ref_of(session, 'xin.ren')}")))


@pytest.mark.parametrize(("changed", "said"), [
    ({"username": "新人"}, "用户名用2到40个"), ({"username": "cun.gan"}, "用过了"), ({"name": ""}, "请填写使用人姓名"),
    ({"phone": "12"}, "手机号码是11位数字"), ({"expires_on": "2026-03-01"}, "有效期不能早于今天"), ({"name": "名" * 100}, "最多60个字"),
])
def test_a_wrong_account_comes_back_without_a_password(app: Flask, world: World, session: Session, changed: dict, said: str):
    answer = log_in(app, "xi.tong").post("/accounts/new", data=NEW | changed)
    assert answer.status_code == 422 and said in words(answer) and not SECRET.search(words(answer))
    session.rollback()
    assert session.scalar(select(User).where(User.username == "xin.ren")) is None


def test_a_reset_is_asked_first_and_shown_once(app: Flask, world: World, session: Session):
    client, url = log_in(app, "xi.tong"), f"/accounts/{ref_of(session, 'cun.gan')}/reset"
    assert "原密码立即作废" in words(client.get(url))
    assert SECRET.search(words(client.post(url)))
    refused = app.test_client().post("/login", data={"username": "cun.gan", "password": PASSWORD})
    assert refused.status_code == 422


def test_an_account_is_switched_off(app: Flask, world: World, session: Session):
    busy, client = log_in(app, "cun.gan"), log_in(app, "xi.tong")
    client.post(f"/accounts/{ref_of(session, 'cun.gan')}/disable")
    assert busy.get("/").location.startswith("/login")
    assert "已停用" in words(client.get("/accounts?q=cun.gan"))


@pytest.mark.parametrize("act", ["reset", "disable"])
def test_another_administrator_is_not_taken_over(app: Flask, world: World, session: Session, act: str):
    answer = log_in(app, "xi.tong").post(f"/accounts/{ref_of(session, 'shen.ji')}/{act}")
    assert answer.status_code == 403 and "三权分立" in words(answer)


def test_accounts_of_another_county_are_not_found(app: Flask, world: World, session: Session):
    client = log_in(app, "xi.tong")
    assert "尤外县" not in words(client.get("/accounts?q=wai"))
    assert client.get(f"/accounts/{ref_of(session, 'wai.xian')}").status_code == 404


@pytest.mark.parametrize("q", ["%", "_", "'", "<script>", "名" * 3000, "\x00"])
def test_odd_searches_find_nothing_and_break_nothing(app: Flask, world: World, q: str):
    answer = log_in(app, "xi.tong").get("/accounts", query_string={"q": q})
    assert answer.status_code == 200 and "<script>alert" not in words(answer)


def test_the_list_costs_the_same_for_few_and_many(app: Flask, world: World, session: Session):
    client = log_in(app, "xi.tong")
    with statements() as few:
        client.get("/accounts?q=cun.gan")
    with statements() as many:
        client.get("/accounts")
    assert len(many) == len(few)


def test_a_post_is_given_down_the_tree_of_areas(app: Flask, world: World, session: Session):
    client, ref = log_in(app, "an.quan"), ref_of(session, "xiang.gan")
    page = words(client.get(f"/accounts/{ref}/grants/new"))
    assert "洛泽河镇" in page and "县级业务人员" in page and ">村干部<" not in page
    page = words(client.get(f"/accounts/{ref}/grants/new?area=530628102202"))
    assert ">村干部<" in page and ">县级业务人员<" not in page and "第一村民小组" in page
    client.post(f"/accounts/{ref}/grants/new", data=POST)
    session.rollback()
    assert [grant.role for grant in grants_of(session, "xiang.gan")] == [Role.TOWNSHIP_CADRE, Role.VILLAGE_CADRE]
    assert "村干部" in words(client.get(f"/accounts/{ref}/grants"))
    assert "村干部·洛泽河村民委员会" in words(client.get("/grants?q=xiang.gan"))


@pytest.mark.parametrize(("changed", "said"), [
    ({"document": ""}, "请写明授权依据"), ({"role": "county_decider"}, "请从给出的选项中选择"), ({"role": ""}, "请选择岗位"),
    ({"department": "water"}, "不写明部门"), ({"valid_to": "2026-01-01"}, "结束日期不能早于开始日期"),
    ({"area": "530628000000", "role": "helper"}, "要写明部门"), ({"area": "530628000000", "role": "inspector"}, "请写明结束日期"),
    ({"area": "530628000000", "role": "audit_admin"}, "三权分立"),
])
def test_a_wrong_post_comes_back(app: Flask, world: World, session: Session, changed: dict[str, str], said: str):
    answer = log_in(app, "an.quan").post(f"/accounts/{ref_of(session, 'xiang.gan')}/grants/new", data=POST | changed)
    assert answer.status_code == 422 and said in words(answer)


def test_nobody_gives_posts_beyond_the_own_area_or_to_himself(app: Flask, world: World, session: Session):
    client = log_in(app, "an.quan")
    page = words(client.get(f"/accounts/{ref_of(session, 'xiang.gan')}/grants/new?area=530627000000"))
    assert "镇雄县" not in page and "彝良县" in page
    own = ref_of(session, "an.quan")
    assert "由另一位安全管理员办理" in words(client.get(f"/accounts/{own}/grants"))
    answer = client.post(f"/accounts/{own}/grants/new", data=POST)
    assert answer.status_code == 403 and "不能给自己授权" in words(answer)


def test_a_post_is_taken_back(app: Flask, world: World, session: Session):
    client, ref = log_in(app, "an.quan"), ref_of(session, "cun.gan")
    number, other = (grants_of(session, name)[0].id for name in ("cun.gan", "zhu.cun"))
    for wrong in (str(other), "0", "x", "9" * 30, ""):
        assert client.post(f"/accounts/{ref}/grants/revoke", data={"grant": wrong}).status_code == 404
    client.post(f"/accounts/{ref}/grants/revoke", data={"grant": str(number)})
    session.rollback()
    assert session.get(Grant, number).revoked_at is not None
    assert "收回" in words(client.get(f"/accounts/{ref}/grants"))


def test_the_matrix_prints_for_administrators_alone(app: Flask, world: World):
    for username in ("xi.tong", "an.quan", "shen.ji"):
        page = words(log_in(app, username).get("/permissions"))
        assert "县级确定" in page and "须另一人" in page and "打印本页" in page
    assert log_in(app, "xian.zhang").get("/permissions").status_code == 403


@pytest.mark.parametrize("username", ["xi.tong", "an.quan", "shen.ji"])
@pytest.mark.parametrize("path", ["/cases", "/households", "/reviews", "/elimination", "/assistance"])
def test_administrators_see_no_household(app: Flask, world: World, username: str, path: str):
    assert log_in(app, username).get(path, follow_redirects=True).status_code in (403, 404)


def test_each_administrator_keeps_to_his_own_power(app: Flask, world: World, session: Session):
    ref = ref_of(session, "cun.gan")
    assert log_in(app, "an.quan").get("/accounts").status_code == 403
    assert log_in(app, "xi.tong").get(f"/accounts/{ref}/grants").status_code == 403
    assert log_in(app, "shen.ji").post(f"/accounts/{ref}/reset").status_code == 403
    assert accounts.by_username(session, "cun.gan").disabled_at is None
