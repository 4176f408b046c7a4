"""What an installation sets for itself: read once from environment and file, checked whole at start."""

import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "FANPIN_"
SETTINGS_FILE = "fanpin.toml"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PASSWORD_PROFILES = ("production", "test")
SECRET_WORDS = ("SECRET", "PASSWORD", "KEY", "TOKEN", "PEPPER")
KEY_FILE_MODE = 0o600


class SettingsError(Exception):
    """The settings cannot be used; every problem is listed with what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("设置有误，没有启动：\n" + "\n".join(f"- {problem}" for problem in self.problems))


@dataclass(frozen=True)
class Settings:
    """The technical settings of one installation; what a county decides about the procedure is data, not here."""

    instance: Path
    database_url: str = field(repr=False)
    key_file: Path
    files_dir: Path
    host: str
    port: int
    trusted_hosts: tuple[str, ...]
    proxies: int
    idle_minutes: int
    admin_idle_minutes: int
    absolute_hours: int
    https: bool
    log_level: str
    max_upload_mb: int
    password_profile: str
    exchange_hosts: tuple[str, ...] = ()

    @classmethod
    def load(cls, environ: Mapping[str, str], *, instance: Path | None = None) -> Self:
        """Read `<instance>/fanpin.toml`, let the environment override it, and refuse what cannot work."""
        folder = (instance or Path(environ.get(f"{PREFIX}INSTANCE") or "instance")).absolute()
        problems: list[str] = []
        given = _read_file(folder / SETTINGS_FILE, problems)
        given |= _read_environment(environ, problems)
        values: dict[str, Any] = {}
        for name, parse in PARSERS.items():
            if name in given:
                try:
                    values[name] = parse(given[name])
                except ValueError as problem:
                    problems.append(f"{name}：{problem}")
        settings = cls(**_with_defaults(folder, values))
        problems += _problems_between(settings)
        if problems:
            raise SettingsError(problems)
        return settings

    @property
    def loopback(self) -> bool:
        """Tell whether only this machine can reach the server."""
        return self.host in LOOPBACK

    @property
    def sqlite(self) -> bool:
        """Tell whether the database is a file of this instance."""
        return self.database_url.startswith("sqlite:")


def _read_file(path: Path, problems: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path} 读不出来（{error}）。请按 TOML 格式改好，文件存为 UTF-8。")
        return {}
    unknown = sorted(set(found) - set(PARSERS))
    problems += [f"{path} 里有不认识的设置 {name}。请删去或改正；可用的有：{', '.join(PARSERS)}。" for name in unknown]
    return {name: value for name, value in found.items() if name in PARSERS}


def _read_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for variable in sorted(environ):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name == "instance" or name.startswith("test_"):
            continue
        if name in PARSERS:
            found[name] = environ[variable]
        elif any(word in variable for word in SECRET_WORDS):
            # Any process of the same user can read /proc/<pid>/environ.
            problems.append(f"环境变量 {variable} 像是密钥或口令。请从环境变量中删去；密钥只放在密钥文件里（权限 0600）。")
        else:
            problems.append(f"不认识的环境变量 {variable}。请删去或改正名称。")
    if urlsplit(found.get("database_url", "")).password:
        del found["database_url"]
        problems.append(f"环境变量 {PREFIX}DATABASE_URL 里有口令。请删去口令，改用 ~/.pgpass 或本机 peer 登录。")
    return found


def _with_defaults(folder: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    host = values.get("host", "127.0.0.1")
    filled = {
        "host": host, "port": 8000, "proxies": 0, "idle_minutes": 30, "admin_idle_minutes": 15, "absolute_hours": 12,
        "https": host not in LOOPBACK, "log_level": "INFO", "max_upload_mb": 20, "password_profile": "production",
        "trusted_hosts": ("127.0.0.1", "localhost") if host in LOOPBACK else (),
        "database_url": f"sqlite:///{folder / 'fanpin.sqlite'}",
        "key_file": Path("keys.json"), "files_dir": Path("files"),
    } | dict(values)
    filled["key_file"] = folder / filled["key_file"]
    filled["files_dir"] = folder / filled["files_dir"]
    filled["database_url"] = _anchor_sqlite(filled["database_url"], folder)
    return {"instance": folder, **filled}


def _anchor_sqlite(url: str, folder: Path) -> str:
    prefix = "sqlite:///"
    return prefix + str(folder / url.removeprefix(prefix)) if url.startswith(prefix) else url


def _problems_between(settings: Settings) -> list[str]:
    problems = []
    if not settings.loopback and not settings.https:
        problems.append("https：其他电脑能访问时必须用 HTTPS。请设 https = true 并在前面放好证书，"
                        "或者把 host 改回 127.0.0.1。")
    if not settings.trusted_hosts:
        problems.append("trusted_hosts：请写上同事们在浏览器里用的主机名，例如 trusted_hosts = [\"fanpin.example.gov.cn\"]。")
    if settings.password_profile == "test" and not settings.loopback:
        problems.append("password_profile：test 只供本机测试。请改为 production。")
    if settings.admin_idle_minutes > settings.idle_minutes:
        problems.append("admin_idle_minutes：管理员的空闲时限不能比一般用户长。请改为不超过 "
                        f"{settings.idle_minutes} 分钟。")
    if settings.idle_minutes > settings.absolute_hours * 60:
        problems.append("idle_minutes：空闲时限不能超过登录总时长 absolute_hours。请改小。")
    if settings.key_file.exists() and stat.S_IMODE(settings.key_file.stat().st_mode) != KEY_FILE_MODE:
        problems.append(f"密钥文件 {settings.key_file} 别人也能读写。请运行 chmod 600 {settings.key_file}。")
    settings_file = settings.instance / SETTINGS_FILE
    if urlsplit(settings.database_url).password and stat.S_IMODE(settings_file.stat().st_mode) & 0o077:
        problems.append(f"{settings_file} 里有数据库口令，别人却能读。请运行 chmod 600 {settings_file}。")
    return problems


def _whole_number(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise ValueError(f"应为 {low} 到 {high} 的整数，现在是 {value!r}。请改正。")
        return int(text)
    return parse


def _yes_or_no(value: object) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"应为 true 或 false，现在是 {value!r}。请改正。") from None


def _one_of(choices: Sequence[str]) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if value not in choices:
            raise ValueError(f"应为 {'、'.join(choices)} 之一，现在是 {value!r}。请改正。")
        return str(value)
    return parse


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("不能为空，应为一段文字。请填写或删去这一项。")
    return value.strip()


def _path(value: object) -> Path:
    return Path(_text(value))


def _host_names(value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("应为主机名的列表。请写成 [\"甲\", \"乙\"]，环境变量里用英文逗号分开。")
    cleaned = tuple(name.strip() for name in names if name.strip())
    wrong = [name for name in cleaned if "/" in name or "*" in name or " " in name]
    if wrong:
        raise ValueError(f"{'、'.join(wrong)} 不是主机名。只写主机名，不写 http://、路径或星号。")
    return cleaned


def _hosts_and_networks(value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("应为主机名、IP地址或网段的列表。请写成 [\"10.0.0.8\", \"10.1.0.0/16\"]，环境变量里用英文逗号分开。")
    cleaned = tuple(name.strip() for name in names if name.strip())
    for name in cleaned:
        try:
            ip_network(name, strict=False)
        except ValueError:
            _host_names([name])
    return cleaned


def _database(value: object) -> str:
    url = _text(value)
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///") and ":memory:" not in url:
        return url
    if url.startswith("postgresql+psycopg://"):
        return url
    # The address may hold a password, so it is not repeated here.
    raise ValueError("只支持 sqlite:///文件路径 或 postgresql+psycopg://用户@主机/库名。请改成其中一种。")


PARSERS: Mapping[str, Callable[[object], Any]] = MappingProxyType({
    "database_url": _database,
    "key_file": _path,
    "files_dir": _path,
    "host": _text,
    "port": _whole_number(1, 65535),
    "trusted_hosts": _host_names,
    "proxies": _whole_number(0, 5),
    "idle_minutes": _whole_number(1, 240),
    "admin_idle_minutes": _whole_number(1, 240),
    "absolute_hours": _whole_number(1, 24),
    "https": _yes_or_no,
    "log_level": _one_of(LOG_LEVELS),
    "max_upload_mb": _whole_number(1, 200),
    "password_profile": _one_of(PASSWORD_PROFILES),
    "exchange_hosts": _hosts_and_networks,
})
