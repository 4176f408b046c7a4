"""Put a backup back into an instance that has none, and prove that it is whole."""

import shutil
from pathlib import Path

import click

from fanpin import crypto
from fanpin.cli import Plain, load_settings
from fanpin.cli.backup import (
    FILES,
    POSTGRESQL_DUMP,
    PRIVATE,
    Manifest,
    check_sqlite,
    check_trail,
    read_manifest,
    run_postgresql,
)
from fanpin.cli.schema import engine_for, sqlite_file, standing
from fanpin.config import Settings


@click.command(name="restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
def command(folder: Path) -> None:
    """从备份目录 DIR 恢复到还没有数据库的安装目录；先把密钥文件放回原处。"""
    settings = load_settings()
    manifest = read_manifest(folder)
    crypto.init_keyring(crypto.Keyring.load(settings.key_file))
    _require_empty(settings)
    settings.instance.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    if settings.sqlite:
        _restore_sqlite(settings, folder, manifest)
    else:
        _restore_postgresql(settings, folder, manifest)
    shutil.copytree(folder / FILES, settings.files_dir, dirs_exist_ok=True)
    report = check_trail(engine_for(settings))
    if report.events != manifest.events:
        raise Plain(f"恢复后有{report.events}条审计记录，备份时是{manifest.events}条，请用另一份备份。")
    click.echo(f"恢复好了：{manifest.made_at} 的备份，{report.events}条审计记录、{report.anchors}次封存核验无误。")
    click.echo("请与抄存在别处的封存值核对（fanpin audit verify --export），再运行 fanpin db upgrade 和 fanpin serve。")


def _require_empty(settings: Settings) -> None:
    file = sqlite_file(settings)
    if file is not None and file.exists():
        raise Plain(f"这里已经有数据库（{file}），没有恢复。请先把它移走，或用 --instance 指定别的目录。")
    if file is None:
        engine = engine_for(settings)
        try:
            if standing(engine).current is not None:
                raise Plain("这个 PostgreSQL 数据库不是空的，没有恢复。请另建一个空库。")
        finally:
            engine.dispose()


def _restore_sqlite(settings: Settings, folder: Path, manifest: Manifest) -> None:
    if manifest.database == POSTGRESQL_DUMP:
        raise Plain("这是 PostgreSQL 的备份。请把设置 database_url 指向一个空的 PostgreSQL 数据库。")
    target = sqlite_file(settings)
    check_sqlite(folder / manifest.database)
    fresh = target.with_name(f"{target.name}.new")
    target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    shutil.copyfile(folder / manifest.database, fresh)
    fresh.replace(target)


def _restore_postgresql(settings: Settings, folder: Path, manifest: Manifest) -> None:
    if manifest.database != POSTGRESQL_DUMP:
        raise Plain("这是 SQLite 的备份。请把设置 database_url 指向一个文件（sqlite:///…）。")
    run_postgresql(settings, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner",
                   str(folder / manifest.database), "--dbname")
