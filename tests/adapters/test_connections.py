"""The transport is a county's setting: what is asked for, what it leads to, and what never reaches a plugin."""

from pathlib import Path

import pytest

from fanpin.adapters import connections, distributions, run
from fanpin.adapters.connections import Unconnected, connected, renamed
from fanpin.adapters.contract import Transport
from fanpin.adapters.run import PluginChild
from fanpin.adapters.transports.http import Platform
from fanpin.adapters.transports.sql import Database
from fanpin.adapters.wire import ReadRow
from tests.adapters.samples import ROW, manifest_of, written
from tests.conftest import TODAY

DATABASE = {"transport": "database", "transport_address": "sqlite:////data/zjk.sqlite", "transport_from_relief": "v_lszz gxsj"}
PLATFORM = {"transport": "platform", "transport_address": "https://10.0.0.1/", "transport_from_relief": "api/lszz",
            "transport_token_address": "/token", "transport_application": "fanpin", "transport_secret": "geheim"}


def test_an_adapter_offers_the_choice_and_one_source_for_each_table_that_arrives_in_bulk() -> None:
    installed = distributions.find("fanpin-civil-affairs")
    assert installed is not None
    manifest = run.declared(installed).manifest
    assert manifest is not None
    names = [setting.name for setting in manifest.settings]
    assert names[:2] == ["transport", "transport_address"]
    assert [name for name in names if "from" in name] == ["transport_from_relief"]
    assert dict(manifest.settings[0].choices) == {"sheet": "表格导入", "database": "中间库", "platform": "数据共享平台"}
    assert {setting.name for setting in manifest.settings if setting.secret} == {"transport_address", "transport_secret"}


def test_each_table_that_answers_about_persons_has_a_source_of_its_own_and_says_whether_it_is_the_whole_register() -> None:
    manifest = run.declared(distributions.find("fanpin-public-security")).manifest
    assert manifest is not None
    settings = {setting.name: setting for setting in manifest.settings}
    assert [name for name in settings if "_ask_" in name] == ["transport_ask_persons", "transport_ask_vehicles"]
    assert settings["transport_whole_vehicles"].default == "no" and set(dict(settings["transport_whole_vehicles"].choices)) == {"no", "yes"}
    assert all(len(name) <= 40 for name in settings)


def test_the_source_that_is_asked_is_not_the_one_that_is_fetched() -> None:
    values = DATABASE | {"transport_ask_aid": " v_dbcx "}
    asked = connected(values, "aid", folder=Path("/data"), asking=True)
    assert asked == Database(url="sqlite:////data/zjk.sqlite", table="v_dbcx")
    assert connected(values, "aid", folder=Path("/data")) is None
    assert connected(values, "relief", folder=Path("/data"), asking=True) is None
    asked = connected(PLATFORM | {"transport_ask_aid": "/api/cx"}, "aid", asking=True)
    assert asked is not None and asked.url == "https://10.0.0.1/api/cx"


def test_an_adapter_for_sheets_alone_offers_no_choice() -> None:
    assert connections.settings((Transport.SHEET,), ()) == ()


def test_a_database_and_a_platform_are_what_the_settings_say() -> None:
    assert connected(DATABASE, "relief", folder=Path("/data")) == Database(url="sqlite:////data/zjk.sqlite", table="v_lszz", watermark="gxsj")
    assert connected(PLATFORM, "relief") == Platform(
        url="https://10.0.0.1/api/lszz", token_url="https://10.0.0.1/token", app_id="fanpin", secret="geheim")


@pytest.mark.parametrize("address", ["sqlite:////instance/fanpin.sqlite", "sqlite:////data/../instance/fanpin.sqlite", "sqlite:///x"])
def test_no_setting_leads_to_a_file_elsewhere(address: str) -> None:
    with pytest.raises(Unconnected, match="exchange"):
        connected(DATABASE | {"transport_address": address}, "relief", folder=Path("/data"))
    with pytest.raises(Unconnected, match="exchange"):
        connected(DATABASE, "relief")


@pytest.mark.parametrize("values", [{}, {"transport": "sheet"}, {**DATABASE, "transport": "sheet"}, DATABASE | {"transport_from_relief": ""}])
def test_whatever_is_not_connected_comes_as_a_sheet(values: dict[str, str]) -> None:
    assert connected(values, "relief") is None


@pytest.mark.parametrize(("values", "words"), [
    (DATABASE | {"transport_address": ""}, "还没有填写"), (PLATFORM | {"transport_address": "ftp://10.0.0.1"}, "http"),
    (PLATFORM | {"transport_address": "https://user:geheim@10.0.0.1"}, "不带用户名和口令"),
])
def test_settings_that_lead_nowhere_are_named_without_what_is_secret(values: dict[str, str], words: str) -> None:
    with pytest.raises(Unconnected, match=words) as failed:
        connected(values, "relief")
    assert "geheim" not in str(failed.value)


def test_fields_are_led_to_columns() -> None:
    assert renamed({"transport_fields": "ZJHM=身份证号、XM=姓名，FFRQ=发放日期 "}) == {
        "ZJHM": "身份证号", "XM": "姓名", "FFRQ": "发放日期"}
    with pytest.raises(Unconnected, match="字段=列名"):
        renamed({"transport_fields": "ZJHM"})


def test_neither_address_nor_secret_reaches_the_plugin(tmp_path: Path) -> None:
    installed = written(tmp_path, 'return [row.fact("high_medical_cost", amount=len(row.settings), date=date(2026, 1, 1))] '
                                  'if "line" in row.settings else []')
    manifest = manifest_of(installed)
    with PluginChild(installed, manifest, settings=PLATFORM | {"line": "7"}) as plugin:
        (told,) = plugin.map(manifest.tables[0], [ReadRow(2, ROW.keys, ROW.cells)], as_of=TODAY)
    assert told.facts[0].amount == 1
