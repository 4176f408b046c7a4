"""The command line: modules found by name, mistakes in one plain message."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click
import pytest

from fanpin import cli
from fanpin.cli import NAMES, Plain, commands, in_plain_words
from fanpin.rules.refusals import Invalid
from tests.cli.conftest import Run, fanpin


def test_every_module_with_a_command_is_listed_and_bears_its_name() -> None:
    context = click.Context(commands)
    modules = {info.name: import_module(f"fanpin.cli.{info.name}") for info in iter_modules(cli.__path__)
               if not info.name.startswith("_")}
    found = {name for name, module in modules.items() if hasattr(module, "command")}
    assert found == set(commands.list_commands(context))
    assert [name for name in NAMES if name in found] == commands.list_commands(context)
    for name in found:
        assert commands.get_command(context, name).name == name
        assert commands.get_command(context, name).help


def test_a_command_that_does_not_exist_imports_nothing() -> None:
    assert commands.get_command(click.Context(commands), "schema") is None
    assert commands.get_command(click.Context(commands), "os") is None


def test_a_refusal_is_one_plain_message() -> None:
    def refuse() -> None:
        raise Invalid("请填写姓名。")

    with pytest.raises(Plain) as shown:
        in_plain_words(refuse)
    assert shown.value.message == "请填写姓名。"


def test_wrong_settings_are_told_without_a_traceback(tmp_path: Path) -> None:
    result = fanpin(tmp_path, "db", "current", FANPIN_PORT="eighty")
    assert result.exit_code == 1
    assert "port" in result.stderr and "Traceback" not in result.output and not result.stdout


def test_wrong_keys_are_told_without_a_traceback(run: Run, instance: Path) -> None:
    (instance / "keys.json").write_text("{}", encoding="utf-8")
    result = run("user", "list")
    assert result.exit_code == 1 and "keys.json" in result.stderr


def test_a_database_that_cannot_be_opened_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "fanpin.sqlite").mkdir()
    result = fanpin(tmp_path, "db", "current")
    assert result.exit_code == 1 and "数据库连不上" in result.stderr


@pytest.mark.parametrize("arguments", [("serve",), ("worker", "drain"), ("user", "list"), ("audit", "verify")])
def test_without_an_installation_every_command_says_what_to_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = fanpin(tmp_path, *arguments)
    assert result.exit_code == 1 and "fanpin init" in result.stderr
    assert not (tmp_path / "fanpin.sqlite").exists()
