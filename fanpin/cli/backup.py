"""Save the database and the files as one consistent whole: never the keys."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from fanpin import audit
from fanpin.cli import Plain, load_settings
from fanpin.cli.opening import open_app
from fanpin.cli.schema import engine_for, head, sqlite_file
from fanpin.clock import Clock
from fanpin.config import Settings

FORMAT = "fanpin-backup-1"
MANIFEST, FILES = "backup.json", "files"
SQLITE_COPY, POSTGRESQL_DUMP = "fanpin.sqlite", "fanpin.dump"
PRIVATE = 0o700
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: when, which revision, the database's file and digest, and what the trail counted."""

    format: str
    made_at: str
    revision: str
    database: str
    digest: str
    streams: int
    events: int
    files: int


@click.command(name="backup")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def command(folder: Path) -> None:
    """备份数据库和文件到新目录 DIR（不含密钥），并核验；运行中可以备份。"""
    settings = load_settings()
    app = open_app(settings)
    _make_empty(folder)
    clock: Clock = app.extensions["fanpin.clock"]
    database = copy_sqlite(settings, folder) if settings.sqlite else dump_postgresql(settings, folder)
    # After the database: every file that its rows name was in the store before them.
    files = _copy_files(settings.files_dir, folder / FILES)
    report = check_trail(resting(database) if settings.sqlite else engine_for(settings))
    manifest = Manifest(format=FORMAT, made_at=clock.now().isoformat(), revision=head(), database=database.name,
                        digest=digest_of(database), streams=report.streams, events=report.events, files=files)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    click.echo(f"备份好了：{folder}，{report.events}条审计记录已核验，{files}个文件。")
    click.echo(f"密钥文件 {settings.key_file} 不在备份里，请另外保管；没有它，备份读不出来。")


def copy_sqlite(settings: Settings, folder: Path) -> Path:
    """Copy the database in one step, as one reader sees it, and check the copy."""
    target = folder / SQLITE_COPY
    with closing(sqlite3.connect(f"file:{sqlite_file(settings)}?mode=ro", uri=True)) as source, \
            closing(sqlite3.connect(target)) as copy:
        # In one step: a stepwise copy begins again with every write and never ends under load.
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    check_sqlite(target)
    return target


def check_sqlite(file: Path) -> None:
    """Refuse a database file that is not whole."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise Plain(f"{file} 已损坏（{'；'.join(found)}），不能使用。请用另一份备份。")


def dump_postgresql(settings: Settings, folder: Path) -> Path:
    """Dump the database in pg_dump's own format."""
    target = folder / POSTGRESQL_DUMP
    run_postgresql(settings, "pg_dump", "--format=custom", "--no-owner", "--file", str(target), "--dbname")
    return target


def run_postgresql(settings: Settings, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database; the password, if any, goes by the environment."""
    found = shutil.which(program)
    if found is None:
        raise Plain(f"这台机器上没有 {program}。请安装与数据库同版本的 postgresql-client。")
    url = make_url(settings.database_url)
    secret = {"PGPASSWORD": url.password} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    ended = subprocess.run([found, *arguments, address], env={**os.environ, **secret}, capture_output=True, check=False)
    if ended.returncode:
        raise Plain(f"{program} 没有成功：{ended.stderr.decode('utf-8', 'replace').strip()}")


def check_trail(engine: Engine) -> audit.Report:
    """Verify the whole trail of the database and refuse a broken one."""
    try:
        with Session(engine) as session:
            report = audit.verify(session)
    finally:
        engine.dispose()
    if not report.whole:
        raise Plain("审计记录核验没有通过：\n" + "\n".join(f"- {place}" for place in report.broken))
    return report


def resting(file: Path) -> Engine:
    """Return an engine that only reads a database file at rest, and leaves nothing beside it."""
    return create_engine(f"sqlite:///file:{file.absolute()}?mode=ro&uri=true", hide_parameters=True)


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(CHUNK):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def read_manifest(folder: Path) -> Manifest:
    """Return what the backup says of itself; refuse one that is not ours or not whole."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise Plain(f"{folder} 不是完整的备份（没有可用的 {MANIFEST}）。请检查目录，或用另一份备份。") from None
    if manifest.format != FORMAT or Path(manifest.database).name != manifest.database:
        raise Plain(f"{folder} 的备份格式不认识。请换用较新的程序。")
    if not (folder / manifest.database).exists() or digest_of(folder / manifest.database) != manifest.digest:
        raise Plain(f"备份里的 {manifest.database} 缺失或被改动过，不能使用。请用另一份备份。")
    return manifest


def _make_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Plain(f"{folder} 不是空目录，没有备份。请指定一个新目录。")
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)


def _copy_files(store: Path, target: Path) -> int:
    if store.exists():
        shutil.copytree(store, target, ignore=shutil.ignore_patterns("*.new"))
    else:
        target.mkdir(mode=PRIVATE)
    return sum(1 for path in target.rglob("*") if path.is_file())
