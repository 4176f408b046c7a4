"""What guards every page and password: headers, cookies, CSRF, limits, hashing."""

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Any, NoReturn

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from fanpin.config import Settings

CONTENT_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
))
HEADERS = (
    ("Content-Security-Policy", CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=()"),
)
FOR_EVER = "public, max-age=31536000, immutable"
FORM_MEMORY = 1 << 20
FORM_PARTS = 2000

LONGEST_PASSWORD = 128
SHORTEST_PASSWORD = 12
CLASSES_NEEDED = 3
SHORTEST_LOCAL_WORD = 3
LONGEST_RUN = 3
# Stems that the lists of leaked passwords begin with, and those that our users would think of first.
COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "asdfgh", "zxcvbn", "1qaz2wsx", "1q2w3e", "123456",
    "654321", "abcdef", "abc123", "112233", "123123", "520131", "5201314", "admin", "letmein", "welcome", "iloveyou",
    "woaini", "changeme", "dragon", "monkey", "fanpin", "fangfanpin", "xiangcunzhenxing", "zhenxing", "fupin",
    "tuopin", "yunnan",
)
HASH_PLACES = max(2, min(4, os.cpu_count() or 1))
HASH_WAIT_SECONDS = 10


class StalePage(BadRequest):
    """The form's token does not belong to this session any more, or the form came from another site."""

    description = "页面已过期，没有提交成功。你填写的内容未丢失，请核对后再提交一次。"


class TooBusy(ServiceUnavailable):
    """More people log in at this moment than the machine can hash for."""

    description = "现在登录的人太多，请等一分钟再试。"


class _Protect(CSRFProtect):
    """CSRF protection that raises our named error and also believes the browser about where a form came from."""

    def protect(self, apply_exemptions: bool = False) -> None:
        # The browser states the source itself; with no-referrer neither Origin nor Referer would tell.
        if request.method not in ("GET", "HEAD", "OPTIONS", "TRACE"):
            if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
                self._error_response("another site")
        super().protect(apply_exemptions)

    def _error_response(self, reason: str) -> NoReturn:
        raise StalePage


csrf = _Protect()


def init_security(app: Flask, settings: Settings) -> None:
    """Set cookies, limits, trusted hosts and proxies, CSRF and the headers of every response."""
    set_password_profile(settings.password_profile)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-fanpin" if settings.https else "fanpin",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.absolute_hours),
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        MAX_CONTENT_LENGTH=settings.max_upload_mb << 20,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=FORM_PARTS,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=settings.absolute_hours * 3600,
        # There is no referrer to compare: our own pages send none.
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    csrf.init_app(app)
    app.url_defaults(lambda endpoint, values: _add_version(app, endpoint, values))

    @app.after_request
    def guard_response(response: Response) -> Response:
        for name, value in HEADERS:
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["Cache-Control"] = _cache_control(app, response)
        return response


def _cache_control(app: Flask, response: Response) -> str:
    path = _static_path(app, request.endpoint, request.view_args or {})
    if path is None or response.status_code not in (200, 206, 304):
        return "no-store"
    return FOR_EVER if request.args.get("v") == _version(path) else "no-cache"


def _add_version(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    path = _static_path(app, endpoint, values)
    if path is not None and (version := _version(path)):
        values.setdefault("v", version)


def _static_path(app: Flask, endpoint: str | None, values: Mapping[str, Any]) -> Path | None:
    owner, _, name = (endpoint or "").rpartition(".")
    if name != "static" or "filename" not in values:
        return None
    folder = (app.blueprints[owner] if owner else app).static_folder
    return Path(folder, values["filename"]) if folder else None


def _version(path: Path) -> str | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _content_version(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=512)
def _content_version(path: Path, _changed: int, _size: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


# Passwords.

PROFILES: Mapping[str, PasswordHasher] = MappingProxyType({
    "production": PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4),
    "test": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
})
_profile = "production"
_places = BoundedSemaphore(HASH_PLACES)


def set_password_profile(profile: str) -> None:
    """Choose the cost of hashing: `production`, or `test`, which protects nothing."""
    global _profile
    if profile not in PROFILES:
        raise ValueError(f"unknown password profile {profile!r}")
    _profile = profile
    _dummy_hash(profile)


def hash_password(password: str, *, profile: str | None = None) -> str:
    """Return the argon2id hash of a password, with its parameters and salt."""
    with _Place():
        return PROFILES[profile or _profile].hash(_normal(password))


def verify_password(password_hash: str, password: str) -> bool:
    """Tell whether the password fits the hash; the cost is the hash's own."""
    with _Place():
        try:
            return PROFILES[_profile].verify(password_hash, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(password_hash: str, *, profile: str | None = None) -> bool:
    """Tell whether the hash was made at another cost than today's."""
    return PROFILES[profile or _profile].check_needs_rehash(password_hash)


def burn_time(password: str = "") -> None:
    """Spend what a verification costs, so that an unknown user name takes as long as a wrong password."""
    verify_password(_dummy_hash(_profile), password)


def password_problems(password: str, *, username: str, words: Sequence[str] = ()) -> list[str]:
    """Return, in Chinese, everything that a new password lacks; GB/T 22239 asks for length and composition."""
    problems = []
    if len(password) < SHORTEST_PASSWORD:
        problems.append(f"密码至少要{SHORTEST_PASSWORD}个字符，现在是{len(password)}个。")
    if len(password) > LONGEST_PASSWORD:
        problems.append(f"密码最多{LONGEST_PASSWORD}个字符。")
    if any(unicodedata.category(char).startswith("C") for char in password):
        problems.append("密码里有看不见的字符，请重新输入。")
    if _classes(password) < CLASSES_NEEDED:
        problems.append("密码要包含大写字母、小写字母、数字、其他符号中的至少三种。")
    if re.search(rf"(.)\1{{{LONGEST_RUN},}}", password):
        problems.append(f"同一个字符不要连着出现{LONGEST_RUN + 1}次以上。")
    return problems + _word_problems(_folded(password), username=username, words=words)


def _word_problems(folded: str, *, username: str, words: Sequence[str]) -> list[str]:
    problems = []
    if username and _folded(username) in folded:
        problems.append("密码里不要包含用户名。")
    local = [word for word in words if _tellable(word) and _folded(word) in folded]
    if local:
        problems.append(f"密码里不要包含姓名、单位或地名（{'、'.join(local)}）。")
    common = [word for word in COMMON if word in folded]
    if common:
        problems.append(f"密码里有人人都会猜的组合（{max(common, key=len)}），请换一个。")
    return problems


def _tellable(word: str) -> bool:
    # Two Chinese characters already make a name; two letters occur in any password.
    return len(word) >= (SHORTEST_LOCAL_WORD if word.isascii() else 2)


def _classes(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit)
    found = {next((number for number, test in enumerate(tests) if test(char)), len(tests)) for char in password}
    return len(found)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _normal(password: str) -> str:
    # The same password typed on another keyboard may arrive in another form of the same characters.
    return unicodedata.normalize("NFC", password[:LONGEST_PASSWORD * 4])


@cache
def _dummy_hash(profile: str) -> str:
    return PROFILES[profile].hash(os.urandom(16).hex())


class _Place:
    """One of the few places at which passwords are hashed: each takes 64 MB while it lasts."""

    def __enter__(self) -> None:
        if not _places.acquire(timeout=HASH_WAIT_SECONDS):
            raise TooBusy(retry_after=60)

    def __exit__(self, *_error: object) -> None:
        _places.release()
