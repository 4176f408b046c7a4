"""Log in and out, change the password, act under another of one's posts; and the sign of life."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from sqlalchemy import literal, select
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo

from fanpin import crypto, security
from fanpin.blueprints.forms import HouseForm, required
from fanpin.blueprints.guard import for_everyone, logged_in, now, present, today
from fanpin.blueprints.principal import enter
from fanpin.extensions import db, read_only, writing
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.steps import accounts, sessions

DEVICE_AGE = 400 * 24 * 3600
MOST_OWNERS = 8
NOT_A_NAME = "-"

RULES = (
    f"至少{security.SHORTEST_PASSWORD}个字符，最多{security.LONGEST_PASSWORD}个字符；",
    "大写字母、小写字母、数字、其他符号四种里至少有三种；",
    f"同一个字符不连着出现{security.LONGEST_RUN + 1}次以上；",
    "不包含用户名、自己的姓名，也不用人人都会猜的组合（123456、qwerty、yunnan等）；",
    "不与原密码相同。",
)

blueprint = Blueprint("accounts", __name__)


class LoginForm(HouseForm):
    """User name and password."""

    username = StringField("用户名", validators=[required("请填写用户名。")])
    password = PasswordField("密码", validators=[required("请填写密码。")])


class PasswordForm(HouseForm):
    """The old password once, the new one twice."""

    current = PasswordField("现在的密码", validators=[required("请填写现在的密码。")])
    new = PasswordField("新密码", validators=[required("请填写新密码。")])
    repeat = PasswordField("再输一遍新密码", validators=[
        required("请再输一遍新密码。"), EqualTo("new", message="两次输入的新密码不一样，请重新输入。")])


@blueprint.get("/healthz")
@for_everyone("值班程序查看服务是否正常，不含任何业务信息")
def healthz() -> ResponseReturnValue:
    """Say that the server and its database answer."""
    db.session.scalar(select(literal(1)))
    return Response("ok\n", mimetype="text/plain")


@blueprint.route("/login", methods=["GET", "POST"])
@for_everyone("登录之前没有身份")
def login() -> ResponseReturnValue:
    """Open a session for whoever knows the account's password."""
    target = _local(request.args.get("next", ""))
    if request.method == "GET" and present() is not None:
        return redirect(target)
    form = LoginForm()
    if form.validate_on_submit():
        username = _plain(form.username.data or "")
        wait = 0
        with form.attempt():
            try:
                token = _open(username, form.password.data or "")
            except sessions.TooManyTries as refusal:
                wait = refusal.wait_seconds
                raise
            enter(token)
            return _remember(make_response(redirect(target)), username)
        db.session.rollback()
        page, status = form.answer("accounts/login.html")
        return (page, 429, {"Retry-After": str(wait)}) if wait else (page, status)
    return form.answer("accounts/login.html")


@blueprint.post("/logout")
@logged_in("结束自己的登录")
def logout() -> ResponseReturnValue:
    """End the session on the server and clear what the browser kept of it."""
    who = present()
    assert who is not None
    sessions.end(db.session(), who, now=now())
    logout_user()
    session.clear()
    flash("已退出登录。", "success")
    response = make_response(redirect(url_for("accounts.login")))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/password", methods=["GET", "POST"])
@logged_in("修改自己的密码")
def password() -> ResponseReturnValue:
    """Change one's own password; the first log-in leads here."""
    who = present()
    assert who is not None
    form = PasswordForm()
    if form.validate_on_submit():
        with form.attempt():
            known = sessions.find_account(db.session(), who.user.username)
            assert known is not None
            old = known.password_hash
            # Hashing takes its time; nobody else's writing waits for it.
            db.session.rollback()
            fresh = sessions.fresh_hash(who.user, old, current=form.current.data or "", new=form.new.data or "")
            sessions.set_password(db.session(), who.user, old=old, fresh=fresh, now=now(), session_id=who.session_id)
            flash("密码已修改，下次登录请用新密码。", "success")
            return redirect(url_for("desk.index"))
    return form.answer("accounts/password.html", first=who.user.must_change_password, rules=RULES)


@blueprint.post("/switch")
@logged_in("换用自己的另一个岗位")
def switch() -> ResponseReturnValue:
    """Act under another of one's own posts from now on."""
    who = present()
    chosen = request.form.get("grant", type=int)
    if who is None or chosen is None:
        raise NotFound
    sessions.switch(db.session(), who, chosen, now=now())
    return redirect(url_for("desk.index"))


def _open(username: str, typed: str) -> str:
    """Return the token of a new session: read, verify outside any transaction, then write."""
    database, place, address = db.session(), _place(username), _address()
    read_only(database)
    sessions.check_pace(database, username=username, place=place, now=now())
    known = sessions.find_account(database, username)
    stored = known.password_hash if known is not None else None
    database.rollback()
    if stored is None:
        security.burn_time(typed)
    right = stored is not None and security.verify_password(stored, typed)
    with writing(database):
        # Many tries at once all passed the first look; the second one counts.
        sessions.check_pace(database, username=username, place=place, now=now())
        user = sessions.find_account(database, username)
        if right and user is not None and user.password_hash == stored:
            return sessions.start(database, user, place=place, address=address, now=now(), today=today())
        sessions.note_failure(database, username=username, place=place, address=address, now=now())
    raise Invalid({"password": "用户名或密码不对，请重新输入。"})


def _plain(typed: str) -> str:
    name = typed.strip().lower()
    return name if accounts.USERNAME.fullmatch(name) else NOT_A_NAME


def _local(target: str) -> str:
    """Return the path if it leads to a page of ours, else the desk."""
    parts = urlsplit(target)
    ours = target.isprintable() and target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if ours and not (parts.scheme or parts.netloc) else url_for("desk.index")


def _address() -> str:
    return (request.remote_addr or "")[:45]


def _cookie_name() -> str:
    return "__Host-fanpin-device" if current_app.config["SESSION_COOKIE_SECURE"] else "fanpin-device"


def _sealed(device: str, username: str) -> bytes:
    return f"{device}|{username}".encode()


def _is_owner(device: str, username: str, seal: str) -> bool:
    try:
        return crypto.check("device", _sealed(device, username), bytes.fromhex(seal))
    except ValueError:
        return False


def _device() -> list[str]:
    """Return the parts of the device cookie: its number, then a seal for each person who has logged in here."""
    parts = request.cookies.get(_cookie_name(), "").split(".")
    return parts if len(parts) > 1 and 16 <= len(parts[0]) <= 40 and parts[0].isascii() else []


def _place(username: str) -> str:
    """Return where this try comes from: the person's own device, else the network address."""
    parts = _device()
    if parts and any(_is_owner(parts[0], username, seal) for seal in parts[1:MOST_OWNERS + 1]):
        return f"device:{parts[0]}"
    return f"address:{_address()}"


def _remember(response: Response, username: str) -> Response:
    """Mark the browser as one where this person has logged in; a shared computer knows several."""
    device, *seals = _device() or [secrets.token_urlsafe(16)]
    mine = crypto.seal("device", _sealed(device, username)).hex()
    owners = [mine, *(seal for seal in seals if seal != mine)][:MOST_OWNERS]
    settings: dict[str, Any] = {"max_age": DEVICE_AGE, "httponly": True, "samesite": "Strict", "path": "/",
                                "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    response.set_cookie(_cookie_name(), ".".join([device, *owners]), **settings)
    return response
