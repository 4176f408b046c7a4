"""A real installation: complete, private, made once, or not at all."""

import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from fanpin import audit, crypto, security
from fanpin.cli import init
from fanpin.extensions import prepare_engine
from fanpin.models.areas import Area, Installation
from fanpin.models.lines import MonitoringLine
from fanpin.models.users import Grant, User
from fanpin.rules.roles import ADMINISTRATORS
from fanpin.steps import areas, sessions
from tests.cli.conftest import COUNTY, Run, fanpin


def opened(url: str) -> Engine:
    engine = create_engine(url)
    prepare_engine(engine)
    return engine


def test_an_installation_is_complete_on_both_databases(empty_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "county"
    result = fanpin(folder, "init", "--county", COUNTY, "--admin-names", "字测试甲", "杨测试乙", "和测试丙",
                    FANPIN_DATABASE_URL=empty_url)
    assert result.exit_code == 0, result.output
    crypto.init_keyring(crypto.Keyring.load(folder / "keys.json"))
    engine = opened(empty_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Area)) == 16_495
        assert dict(session.execute(select(Installation.key, Installation.value)).all()) == {
            "kind": "production", "county": COUNTY}
        assert session.scalars(select(MonitoringLine.year).order_by(MonitoringLine.year)).all() == [2020, 2022, 2024, 2025]
        grants = session.scalars(select(Grant).order_by(Grant.id)).all()
        assert {grant.role for grant in grants} == ADMINISTRATORS
        assert all(grant.area.code12 == "530602000000" and sessions.seal_of(grant) == grant.seal for grant in grants)
        assert [grant.user.name for grant in grants] == ["字测试甲", "杨测试乙", "和测试丙"]
        printed = dict(re.findall(r"^  (\w+)\s+([\w-]{19})  ", result.stdout, re.MULTILINE))
        for user in session.scalars(select(User)):
            assert user.must_change_password
            assert security.verify_password(user.password_hash, printed[user.username])
        assert audit.verify(session).whole and audit.verify(session).events >= 7
        fresh = Area(level=1, name="试", code12="x", path="/x/", valid_from=areas.STANDARD_DATE, details={})
        session.add(fresh)
        session.flush()
        assert fresh.id == 16_496
    engine.dispose()
    again = fanpin(folder, "init", "--county", COUNTY, FANPIN_DATABASE_URL=empty_url)
    assert again.exit_code == 1 and "没有改动" in again.stderr


def test_everything_in_the_folder_is_for_its_owner_alone(pristine: Path) -> None:
    assert stat.S_IMODE((pristine / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(pristine.stat().st_mode) == 0o700
    assert stat.S_IMODE((pristine / "files").stat().st_mode) == 0o700


def test_a_second_installation_in_the_same_place_is_refused(run: Run, instance: Path) -> None:
    before = (instance / "keys.json").read_bytes()
    result = run("init", "--county", COUNTY)
    assert result.exit_code == 1 and "已经有数据库" in result.stderr
    assert (instance / "keys.json").read_bytes() == before


def test_keys_without_a_database_are_never_overwritten(run: Run, instance: Path) -> None:
    before = (instance / "keys.json").read_bytes()
    (instance / "fanpin.sqlite").unlink()
    result = run("init", "--county", COUNTY)
    assert result.exit_code == 1 and "密钥文件" in result.stderr
    assert (instance / "keys.json").read_bytes() == before


@pytest.mark.parametrize("code", ["5306", "530602001", "110101", "昭阳区"])
def test_what_is_no_county_is_refused_before_anything_is_made(tmp_path: Path, code: str) -> None:
    result = fanpin(tmp_path / "county", "init", "--county", code)
    assert result.exit_code == 1 and "六位" in result.stderr
    assert not (tmp_path / "county").exists()


def test_a_failure_takes_the_new_files_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(init, "install", fail)
    with pytest.raises(RuntimeError):
        fanpin(tmp_path / "county", "init", "--county", COUNTY)
    assert list((tmp_path / "county").iterdir()) == []


def test_a_store_that_another_installation_filled_is_not_taken_over(tmp_path: Path) -> None:
    left = tmp_path / "county" / "files" / "ab" / "abcd"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"encrypted under other keys")
    result = fanpin(tmp_path / "county", "init", "--county", COUNTY)
    assert result.exit_code == 1 and "密钥" in result.stderr
    assert left.exists() and not (tmp_path / "county" / "keys.json").exists()
