"""Settings: read once, checked whole, every problem named with what to do."""

from pathlib import Path

import pytest

from fanpin.config import PARSERS, Settings, SettingsError


def problems_of(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.load(environ, instance=folder)
    return "\n".join(refused.value.problems)


def test_a_bare_instance_serves_this_machine_only(tmp_path: Path) -> None:
    settings = Settings.load({}, instance=tmp_path)
    assert settings.loopback and not settings.https and settings.sqlite
    assert settings.database_url == f"sqlite:///{tmp_path}/fanpin.sqlite"
    assert (settings.key_file, settings.files_dir) == (tmp_path / "keys.json", tmp_path / "files")
    assert (settings.idle_minutes, settings.admin_idle_minutes, settings.absolute_hours) == (30, 15, 12)
    assert settings.max_upload_mb == 20 and settings.proxies == 0
    assert settings.password_profile == "production"
    assert "localhost" in settings.trusted_hosts


def test_the_instance_comes_from_the_environment_unless_it_is_given(tmp_path: Path) -> None:
    environ = {"FANPIN_INSTANCE": str(tmp_path / "one")}
    assert Settings.load(environ).instance == tmp_path / "one"
    assert Settings.load(environ, instance=tmp_path / "two").instance == tmp_path / "two"
    assert Settings.load({}).instance == Path("instance").absolute()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "fanpin.toml").write_text('port = 9000\nidle_minutes = 20\nhttps = true\n', encoding="utf-8")
    settings = Settings.load({"FANPIN_PORT": "9001", "HOME": "/nowhere"}, instance=tmp_path)
    assert (settings.port, settings.idle_minutes, settings.https) == (9001, 20, True)


def test_relative_paths_hang_on_the_instance(tmp_path: Path) -> None:
    (tmp_path / "fanpin.toml").write_text(
        'key_file = "private/keys.json"\ndatabase_url = "sqlite:///data/county.sqlite"\n', encoding="utf-8")
    settings = Settings.load({}, instance=tmp_path)
    assert settings.key_file == tmp_path / "private/keys.json"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/county.sqlite"


def test_a_county_server_needs_https_and_names(tmp_path: Path) -> None:
    environ = {"FANPIN_HOST": "0.0.0.0", "FANPIN_HTTPS": "true", "FANPIN_TRUSTED_HOSTS": "fanpin.example, fanpin"}
    settings = Settings.load(environ, instance=tmp_path)
    assert settings.trusted_hosts == ("fanpin.example", "fanpin") and settings.https and not settings.loopback
    assert "trusted_hosts" in problems_of({"FANPIN_HOST": "0.0.0.0"}, tmp_path)
    assert "HTTPS" in problems_of(environ | {"FANPIN_HTTPS": "false"}, tmp_path)
    assert "password_profile" in problems_of(environ | {"FANPIN_PASSWORD_PROFILE": "test"}, tmp_path)


@pytest.mark.parametrize(("variable", "value", "word"), [
    ("FANPIN_PORT", "eighty", "port"),
    ("FANPIN_PORT", "70000", "65535"),
    ("FANPIN_PORT", "８０", "port"),
    ("FANPIN_PROXIES", "-1", "proxies"),
    ("FANPIN_HTTPS", "perhaps", "https"),
    ("FANPIN_HOST", "  ", "host"),
    ("FANPIN_LOG_LEVEL", "loud", "INFO"),
    ("FANPIN_PASSWORD_PROFILE", "none", "production"),
    ("FANPIN_TRUSTED_HOSTS", "http://fanpin.example/", "trusted_hosts"),
    ("FANPIN_TRUSTED_HOSTS", "*", "trusted_hosts"),
    ("FANPIN_DATABASE_URL", "mysql://fanpin", "postgresql+psycopg"),
    ("FANPIN_DATABASE_URL", "postgresql://fanpin", "postgresql+psycopg"),
    ("FANPIN_DATABASE_URL", "sqlite://", "sqlite"),
    ("FANPIN_DATABASE_URL", "sqlite:///:memory:", "sqlite"),
    ("FANPIN_ADMIN_IDLE_MINUTES", "60", "admin_idle_minutes"),
    ("FANPIN_COLOUR", "red", "FANPIN_COLOUR"),
])
def test_what_cannot_work_is_refused_by_name(tmp_path: Path, variable: str, value: str, word: str) -> None:
    assert word in problems_of({variable: value}, tmp_path)


@pytest.mark.parametrize("variable", ["FANPIN_SECRET_KEY", "FANPIN_DATABASE_PASSWORD", "FANPIN_TOKEN"])
def test_a_secret_in_the_environment_is_refused_without_repeating_it(tmp_path: Path, variable: str) -> None:
    problems = problems_of({variable: "hunter2"}, tmp_path)
    assert variable in problems and "hunter2" not in problems


def test_a_database_password_in_the_environment_is_refused(tmp_path: Path) -> None:
    problems = problems_of({"FANPIN_DATABASE_URL": "postgresql+psycopg://fanpin:hunter2@db/fanpin"}, tmp_path)
    assert "口令" in problems and "hunter2" not in problems
    open_door = Settings.load({"FANPIN_DATABASE_URL": "postgresql+psycopg:///fanpin"}, instance=tmp_path)
    assert not open_door.sqlite


def test_a_database_password_in_a_private_file_is_accepted_and_not_shown(tmp_path: Path) -> None:
    settings_file = tmp_path / "fanpin.toml"
    settings_file.write_text('database_url = "postgresql+psycopg://fanpin:hunter2@db/fanpin"\n', encoding="utf-8")
    settings_file.chmod(0o644)
    assert "chmod 600" in problems_of({}, tmp_path)
    settings_file.chmod(0o600)
    assert "hunter2" not in repr(Settings.load({}, instance=tmp_path))


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "fanpin.toml").write_text('port = true\ncolour = "red"\n', encoding="utf-8")
    problems = problems_of({"FANPIN_HTTPS": "perhaps"}, tmp_path)
    assert all(word in problems for word in ("port", "colour", "https"))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "fanpin.toml").write_text("port = = 1", encoding="utf-8")
    assert "fanpin.toml" in problems_of({}, tmp_path)


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key_file = tmp_path / "keys.json"
    key_file.write_text("{}", encoding="utf-8")
    key_file.chmod(0o640)
    assert "chmod 600" in problems_of({}, tmp_path)
    key_file.chmod(0o600)
    assert Settings.load({}, instance=tmp_path).key_file == key_file


def test_every_field_can_be_set() -> None:
    assert set(PARSERS) | {"instance"} == set(Settings.__dataclass_fields__)


def test_hosts_of_the_exchange_are_names_numbers_or_networks(tmp_path: Path) -> None:
    settings = Settings.load({"FANPIN_EXCHANGE_HOSTS": "10.0.0.8, 10.1.0.0/16,zjk.example.gov.cn"}, instance=tmp_path)
    assert settings.exchange_hosts == ("10.0.0.8", "10.1.0.0/16", "zjk.example.gov.cn")
    assert "exchange_hosts" in problems_of({"FANPIN_EXCHANGE_HOSTS": "https://10.0.0.8/x"}, tmp_path)
