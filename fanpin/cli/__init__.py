"""The command line: one module per group, found by name and imported only when asked for."""

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import OperationalError

from fanpin.cli.misuse import in_chinese
from fanpin.config import Settings, SettingsError
from fanpin.crypto import DecryptionError, KeyringError
from fanpin.rules.refusals import Refusal

# In the order in which somebody meets them; each is the module of that name, which has a `command`.
NAMES = ("init", "serve", "worker", "demo", "db", "user", "adapter", "screen", "documents", "audit", "backup",
         "restore", "policy", "doctor")
OWNER_ONLY = 0o077


class Plain(click.ClickException):
    """Something that the person at the keyboard can mend: its words go to stderr, nothing else does."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message alone."""
        click.echo(self.message, file=file, err=file is None)


class Misused(Plain):
    """The command was not written as it is to be written."""

    exit_code = 2


class Commands(click.Group):
    """The group whose commands are the modules beside this one."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands that exist."""
        return [name for name in NAMES if find_spec(f"{__name__}.{name}")]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the module of that name and return its command."""
        return import_module(f"{__name__}.{name}").command if name in self.list_commands(context) else None

    def invoke(self, context: click.Context) -> Any:
        """Run the command; what a person can mend becomes one plain message."""
        return in_plain_words(lambda: super(Commands, self).invoke(context))


def in_plain_words(act: Callable[[], Any]) -> Any:
    """Do the act; raise what settings, keys, rules or the database refuse as `Plain`."""
    try:
        return act()
    except NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise Misused(in_chinese(error)) from error
    except (SettingsError, KeyringError, DecryptionError, Refusal) as error:
        raise Plain(str(error)) from error
    except OperationalError as error:
        raise Plain(f"数据库连不上或读写不了：{error.orig}。请检查数据库是否在运行、磁盘是否已满、设置 database_url 是否正确。") from error


@click.command(cls=Commands, name="fanpin", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--instance", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="安装目录；不写则用环境变量 FANPIN_INSTANCE，再没有就用当前目录下的 instance。")
@click.version_option(package_name="fanpin", message="fanpin %(version)s")
@click.pass_context
def commands(context: click.Context, instance: Path | None) -> None:
    """防止返贫动态监测和帮扶工作平台。"""
    context.obj = instance


def load_settings(**overrides: object) -> Settings:
    """Read the settings of the instance that the command line names; what the command overrides is checked alike."""
    chosen: Path | None = click.get_current_context().find_root().obj
    given = {f"FANPIN_{name.upper()}": str(value) for name, value in overrides.items() if value is not None}
    return Settings.load({**os.environ, **given}, instance=chosen)


def main() -> None:
    """Run `fanpin`; what it writes is for the account that runs it alone."""
    os.umask(OWNER_ONLY)
    commands(prog_name="fanpin")
