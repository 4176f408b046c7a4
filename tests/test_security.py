"""Headers, cookies, CSRF, limits and passwords, seen from a browser."""

import io
import re
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from flask import Blueprint, Flask, abort, request, session, url_for
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from hypothesis import given
from hypothesis import strategies as st

from fanpin import security
from fanpin.config import Settings
from fanpin.security import StalePage, TooBusy

GOOD = "Liu7-Shan_hai"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"FANPIN_PASSWORD_PROFILE": "test"}, instance=tmp_path)


@pytest.fixture(autouse=True)
def cheap_hashes() -> None:
    security.set_password_profile("test")


def build(settings: Settings, folder: Path) -> Flask:
    static = folder / "static"
    static.mkdir(exist_ok=True)
    (static / "style.css").write_text("body {}", encoding="utf-8")
    app = Flask("small", static_folder=str(static))
    app.secret_key = "of the test"
    security.init_security(app, settings)
    desk = Blueprint("desk", __name__, static_folder=str(static), static_url_path="/desk/static")
    app.register_blueprint(desk)

    @app.get("/token")
    def token() -> str:
        return generate_csrf()

    @app.post("/form")
    def form() -> str:
        return f"received {request.form.get('name', '')} {len(request.files)}"

    @app.get("/who")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    @app.get("/links")
    def links() -> str:
        return " ".join((url_for("static", filename="style.css"), url_for("desk.static", filename="style.css"),
                         url_for("static", filename="missing.css"), url_for("who")))

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("broken")

    @app.get("/refused")
    def refused() -> str:
        abort(403)

    @app.get("/session")
    def remember() -> str:
        session["x"] = 1
        return "remembered"

    @app.errorhandler(StalePage)
    def stale(error: StalePage) -> tuple[str, int]:
        return error.description, 400

    return app


@pytest.fixture
def client(settings: Settings, tmp_path: Path) -> FlaskClient:
    return build(settings, tmp_path).test_client()


@pytest.mark.parametrize(("path", "status"), [
    ("/who", 200), ("/missing", 404), ("/refused", 403), ("/broken", 500), ("/form", 405), ("/static/missing.css", 404),
])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers


def test_a_view_may_tighten_a_header_but_not_let_its_page_be_kept(settings: Settings, tmp_path: Path) -> None:
    app = build(settings, tmp_path)

    @app.get("/photo")
    def photo() -> tuple[str, dict[str, str]]:
        return "", {"Content-Security-Policy": "sandbox", "Cache-Control": "public"}

    answer = app.test_client().get("/photo")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def kept(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        return answer.headers["Cache-Control"]


def test_static_files_are_kept_while_their_version_lasts(client: FlaskClient, tmp_path: Path) -> None:
    own, desks, missing, page = client.get("/links").text.split()
    assert re.fullmatch(r"/static/style\.css\?v=[0-9a-f]{12}", own)
    assert desks == own.replace("/static", "/desk/static")
    assert (missing, page) == ("/static/missing.css", "/who")
    assert "immutable" in kept(client, own) and "immutable" in kept(client, desks)
    assert kept(client, "/static/style.css") == kept(client, "/static/style.css?v=1") == "no-cache"
    (tmp_path / "static/style.css").write_text("body { color: black }", encoding="utf-8")
    assert client.get("/links").text.split()[0] != own
    assert kept(client, own) == "no-cache"


def test_the_cookie_is_for_this_host_and_no_script(settings: Settings, tmp_path: Path) -> None:
    plain = build(settings, tmp_path).test_client().get("/session").headers["Set-Cookie"]
    assert plain.startswith("fanpin=") and "HttpOnly" in plain and "SameSite=Strict" in plain
    assert "Secure" not in plain and "Domain" not in plain
    guarded = build(replace(settings, https=True), tmp_path).test_client()
    answer = guarded.get("/session", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-fanpin=") and "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_form_without_its_token_is_refused_in_plain_words(client: FlaskClient) -> None:
    for data in ({}, {"csrf_token": "made up"}, {"csrf_token": ""}):
        answer = client.post("/form", data={"name": "甲"} | data)
        assert answer.status_code == 400 and "页面已过期" in answer.text and "未丢失" in answer.text
    token = client.get("/token").text
    assert client.post("/form", data={"name": "甲", "csrf_token": token}).text == "received 甲 0"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_unsafe_method_needs_the_token(settings: Settings, tmp_path: Path, method: str) -> None:
    app = build(settings, tmp_path)
    app.add_url_rule("/change", "change", lambda: "changed", methods=[method.upper()])
    assert getattr(app.test_client(), method)("/change").status_code == 400


def test_another_sessions_token_is_refused(settings: Settings, tmp_path: Path) -> None:
    app = build(settings, tmp_path)
    foreign = app.test_client().get("/token").text
    mine = app.test_client()
    mine.get("/token")
    assert mine.post("/form", data={"csrf_token": foreign}).status_code == 400


@pytest.mark.parametrize(("source", "status"), [
    ("same-origin", 200), ("none", 200), ("same-site", 400), ("cross-site", 400),
])
def test_a_form_from_another_site_is_refused_even_with_a_token(client: FlaskClient, source: str, status: int) -> None:
    token = client.get("/token").text
    answer = client.post("/form", data={"csrf_token": token}, headers={"Sec-Fetch-Site": source})
    assert answer.status_code == status


def test_https_forms_need_no_referrer(settings: Settings, tmp_path: Path) -> None:
    client = build(replace(settings, https=True), tmp_path).test_client()
    token = client.get("/token", base_url="https://localhost").text
    assert client.post("/form", data={"csrf_token": token}, base_url="https://localhost").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil", "local host"])
def test_a_foreign_host_name_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/who", headers={"Host": host}).status_code == 400
    assert client.get("/who", headers={"Host": "localhost:8000"}).status_code == 200


def test_forwarded_addresses_count_only_from_configured_proxies(settings: Settings, tmp_path: Path) -> None:
    spoofed = {"X-Forwarded-For": "10.9.9.9, 10.1.1.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"}
    direct = build(settings, tmp_path).test_client().get("/who", headers=spoofed)
    assert direct.text == "127.0.0.1 http localhost"
    behind = build(replace(settings, proxies=1), tmp_path).test_client().get("/who", headers=spoofed)
    assert behind.text == "10.1.1.1 https 127.0.0.1"


def part(name: str, content: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)


@pytest.mark.parametrize(("body", "status"), [
    (part("name", b"x" * 1_000_000), 200),
    (part("name", b"x" * 1_100_000), 413),
    (part("name", b"x" * 2_200_000), 413),
    (b"".join(part(f"f{number}", b"") for number in range(1900)), 200),
    (b"".join(part(f"f{number}", b"") for number in range(2100)), 413),
])
def test_large_bodies_and_fields_are_refused(settings: Settings, tmp_path: Path, body: bytes, status: int) -> None:
    client = build(replace(settings, max_upload_mb=2), tmp_path).test_client()
    head = {"X-CSRFToken": client.get("/token").text}
    answer = client.post("/form", data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x", headers=head)
    assert answer.status_code == status


def test_a_photo_is_taken(client: FlaskClient) -> None:
    upload = {"photo": (io.BytesIO(bytes(100_000)), "house.jpg"), "name": "甲", "csrf_token": client.get("/token").text}
    assert client.post("/form", data=upload).text == "received 甲 1"


def test_a_password_is_known_again_and_no_other() -> None:
    stored = security.hash_password(GOOD)
    assert stored.startswith("$argon2id$") and GOOD not in stored
    assert security.verify_password(stored, GOOD)
    assert not security.verify_password(stored, GOOD + " ")
    assert not security.verify_password(stored, "")
    assert security.hash_password(GOOD) != stored


@given(password=st.text(min_size=1, max_size=60))
def test_any_text_can_be_a_password(password: str) -> None:
    assert security.verify_password(security.hash_password(password), password)


def test_the_same_characters_in_another_form_are_the_same_password() -> None:
    assert security.verify_password(security.hash_password("Caf\u00e9-Kunming7"), "Cafe\u0301-Kunming7")


@pytest.mark.parametrize("stored", ["", "!", "plain", "$argon2id$broken", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_a_broken_hash_fits_nothing(stored: str) -> None:
    assert not security.verify_password(stored, GOOD)


def test_production_hashes_cost_what_was_decided_and_old_ones_are_renewed() -> None:
    stored = security.hash_password(GOOD, profile="production")
    assert "m=65536,t=3,p=4" in stored and security.verify_password(stored, GOOD)
    cheap = security.hash_password(GOOD, profile="test")
    assert security.needs_rehash(cheap, profile="production") and not security.needs_rehash(cheap, profile="test")
    assert not security.needs_rehash(stored, profile="production")


def test_the_settings_choose_the_cost(settings: Settings, tmp_path: Path) -> None:
    build(replace(settings, password_profile="production"), tmp_path)
    assert "m=65536" in security.hash_password(GOOD)
    build(settings, tmp_path)
    assert "m=8," in security.hash_password(GOOD)
    with pytest.raises(ValueError, match="unknown"):
        security.set_password_profile("none")


def test_an_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    security.set_password_profile("production")
    stored = security.hash_password(GOOD)

    def fastest(work: object) -> float:
        took = []
        for _ in range(5):
            began = time.perf_counter()
            work()
            took.append(time.perf_counter() - began)
        return min(took)

    wrong, unknown = fastest(lambda: security.verify_password(stored, "wrong")), fastest(security.burn_time)
    assert unknown > 0.01 and 0.5 < unknown / wrong < 2


def test_hashing_is_bounded_and_says_so_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "HASH_WAIT_SECONDS", 0.05)
    for _ in range(security.HASH_PLACES):
        assert security._places.acquire(timeout=1)
    try:
        with pytest.raises(TooBusy) as busy:
            security.hash_password(GOOD)
    finally:
        for _ in range(security.HASH_PLACES):
            security._places.release()
    assert busy.value.code == 503 and "请等一分钟" in busy.value.description
    assert security.verify_password(security.hash_password(GOOD), GOOD)


def test_many_log_in_at_once_and_all_are_served() -> None:
    stored, results = security.hash_password(GOOD), []
    threads = [Thread(target=lambda: results.append(security.verify_password(stored, GOOD))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 20


@pytest.mark.parametrize("password", [
    GOOD, "7dhuMai-shui", "correct Horse 7 battery", "山高水长Shan9gao-liu", "Ab1" * 6, "a" * 3 + "-Bcd7-efgh",
])
def test_a_good_password_has_no_problems(password: str) -> None:
    assert security.password_problems(password, username="county01", words=("寻甸", "xundian", "li")) == []


@pytest.mark.parametrize(("password", "sentence"), [
    ("Ab1-xyzw", "至少要12个字符，现在是8个"),
    ("Liu7-Shan_hai" * 12, "最多128个字符"),
    ("liushanhaihai7", "至少三种"),
    ("739182640517", "至少三种"),
    ("Liu7-Shan\u200b_hai", "看不见的字符"),
    ("Liu7-Shan____hai", "连着出现4次"),
    ("Shan-County01-hai", "不要包含用户名"),
    ("Shan-ＣＯＵＮＴＹ01-hai", "不要包含用户名"),
    ("XunDian-7-shan", "地名（xundian）"),
    ("寻甸Liu7-Shan_hai", "地名（寻甸）"),
    ("Password-2026x", "人人都会猜"),
    ("P@ssw0rd-2026x", "人人都会猜"),
    ("Liu-Shan-123456", "人人都会猜"),
    ("Fanpin@Yunnan26", "人人都会猜"),
])
def test_a_weak_password_is_told_what_it_lacks(password: str, sentence: str) -> None:
    problems = security.password_problems(password, username="county01", words=("寻甸", "xundian", "li"))
    assert any(sentence in problem for problem in problems), problems
    assert all(password not in problem for problem in problems)
