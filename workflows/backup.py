"""Backup and restore of an installation: one archive with all it needs, made while it runs.

The archive is a zip with the database as it stood at one instant, the files beside it (the
agency's fonts, a demonstration's clock) and a manifest with the sha256 of each. A backup is checked
before it gets its name; a restore is checked before it replaces anything. An embedded database is
copied by SQLite itself while others write; a server's by its own pg_dump.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from workflows import cases, errors, migrations, models, settings
from workflows.store import Store

MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1 << 20
SAMPLE = 500
"""So many cases at most prove their history after a restore, spread over all."""


@dataclass(frozen=True)
class Archive:
    """A finished backup: its size in bytes and the sha256 to note down elsewhere."""

    file: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Restored:
    """What stands again: the instant of the backup, its cases and how many proved themselves."""

    made_at: str
    cases: int
    verified: int


def back_up(store: Store, file: Path) -> Archive:
    """Write the installation as it stands to `file`, while others go on working.

    Raises BackupFailed where the file exists, a program is wanting or the copy is not whole;
    nothing is left then.
    """
    if file.exists():
        raise errors.BackupFailed(f"{file}已存在，请另取文件名")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as folder:
            unfinished = _archive(store, file, Path(folder))
            unfinished.rename(file)
        return Archive(file, file.stat().st_size, _hash(file))
    except OSError as fault:
        raise errors.BackupFailed(f"{file}：{fault}") from fault


def restore(store: Store, file: Path, *, overwrite: bool = False) -> Restored:
    """Put the installation in `file` in the place of the empty one of `store`.

    Raises NotRestored, and changes nothing, where the archive is not whole, comes from a newer
    version or another kind of database, where an installation stands here already (unless
    `overwrite`), or where it is at work.
    """
    home = store.file.parent if store.file else settings.DATA
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        manifest = _unpack(store, file, Path(folder))
        beside = [name for name in manifest["files"] if name.startswith("data/")]
        if not overwrite:
            _refuse_replacing(store, beside)
        database = Path(folder, DATABASE[manifest["database"]])
        put = _put_embedded if store.file else _load
        said = put(store, database, manifest["made_at"])
        for name in beside:
            to = settings.DATA / PurePosixPath(name).relative_to("data")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(folder, name), to)
    return said


def _archive(store: Store, file: Path, folder: Path) -> Path:
    """Make what shall be `file`, in `folder`."""
    kind = store.engine.dialect.name
    copy, unfinished = folder / DATABASE[kind], folder / "archive"
    if kind == "sqlite":
        _copy_embedded(store, copy)
    else:
        _run(store, "pg_dump", "--format=custom", "--compress=0", f"--file={copy}", *PLAIN)
    said = {
        "format": 1,
        "database": kind,
        "revision": migrations.revision(store),
        "made_at": store.now.isoformat(timespec="seconds"),
    }
    _write(unfinished, said, {DATABASE[kind]: copy, **_files_beside(store, file)})
    return unfinished


def _copy_embedded(store: Store, to: Path) -> None:
    """Copy in one reading: writers go on, and none of what they write meanwhile is in it."""
    if store.file is None or not store.file.exists():
        raise errors.BackupFailed(f"没有数据库{store.engine.url.database}")
    source = f"{store.file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as read, closing(sqlite3.connect(to)) as write:
        read.backup(write)
        write.execute("PRAGMA journal_mode=DELETE")
        fault = _fault(write)
    if fault:
        raise errors.BackupFailed(f"数据库已经损坏：{fault}")


def _files_beside(store: Store, archive: Path) -> dict[str, Path]:
    """The installation's other files; not the database's own, locks, or what is being made."""
    own = store.file.name if store.file else ""
    return {
        f"data/{path.relative_to(settings.DATA).as_posix()}": path
        for path in sorted(settings.DATA.rglob("*"))
        if path.is_file()
        and path != archive.absolute()
        and path.suffix != ".lock"
        and not (own and path.name.startswith(own))
        and not any(part.startswith(".") for part in path.relative_to(settings.DATA).parts)
    }


def _write(archive: Path, said: dict[str, Any], files: Mapping[str, Path]) -> None:
    told: dict[str, Any] = {}
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, path in files.items():
            with path.open("rb") as read, made.open(name, "w", force_zip64=True) as write:
                shutil.copyfileobj(read, write, CHUNK)
            mode = path.stat().st_mode & 0o777
            told[name] = {"sha256": _hash(path), "size": path.stat().st_size, "mode": mode}
        made.writestr(MANIFEST, orjson.dumps({**said, "files": told}, option=orjson.OPT_INDENT_2))
    with archive.open("rb") as written:
        os.fsync(written.fileno())


def _unpack(store: Store, file: Path, folder: Path) -> dict[str, Any]:
    """Everything in the archive, in `folder`, as the manifest says it was; returns the manifest."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = orjson.loads(archive.read(MANIFEST))
            _check_fits(store, manifest)
            for name, said in manifest["files"].items():
                to = folder / _inside(name)
                to.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as read, to.open("wb") as write:
                    shutil.copyfileobj(read, write, CHUNK)
                to.chmod(said["mode"])
                if _hash(to) != said["sha256"]:
                    raise errors.NotRestored(f"{file}已损坏：{name}与登记的散列值不符")
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as fault:
        raise errors.NotRestored(f"{file}不是完整的备份文件（{fault}）") from fault
    return manifest


def _check_fits(store: Store, manifest: dict[str, Any]) -> None:
    kind = store.engine.dialect.name
    if manifest["format"] != 1 or manifest["revision"] not in migrations.known(store):
        raise errors.NotRestored("备份由较新版本的正程制作，请先升级程序")
    if manifest["database"] != kind:
        raise errors.NotRestored(f"备份的数据库是{manifest['database']}，现在设置的是{kind}")


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(name)
    return path


def _refuse_replacing(store: Store, beside: list[str]) -> None:
    if not (store.file and not store.file.exists()) and migrations.revision(store):
        raise errors.NotRestored("这里已有数据；确认要用备份替换，请加--overwrite")
    for name in beside:
        here = settings.DATA / PurePosixPath(name).relative_to("data")
        if here.exists():
            raise errors.NotRestored(f"{here}已存在；确认要用备份替换，请加--overwrite")


def _put_embedded(store: Store, database: Path, made_at: str) -> Restored:
    """Bring the copy up to date, let it prove itself, then put it in the old one's place."""
    with closing(sqlite3.connect(database)) as connection:
        fault = _fault(connection)
    if fault:
        raise errors.NotRestored(f"备份中的数据库已经损坏：{fault}")
    copy = Store(f"sqlite:///{database}", store.clock)
    try:
        said = _prove(copy, made_at)
    finally:
        copy.close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    store.close()
    assert store.file is not None  # noqa: S101 — for the type: who calls has looked
    if store.file.exists():
        _let_go(store.file)
    database.replace(store.file)
    return said


def _let_go(file: Path) -> None:
    """Nobody may have the database open: they would go on writing into the one replaced."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as fault:
        raise errors.NotRestored("数据库正在使用，请先停止网页和作业进程") from fault
    except sqlite3.DatabaseError:
        for left in ("-wal", "-shm"):  # damaged, or no database at all: it is what is replaced
            file.with_name(file.name + left).unlink(missing_ok=True)


def _load(store: Store, dump: Path, made_at: str) -> Restored:
    """Replace all tables of the server's database in one transaction."""
    with store.engine.connect() as connection:
        others = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).scalar_one()
    store.close()
    if others:
        raise errors.NotRestored("数据库正在使用，请先停止各台机器的网页和作业进程")
    script = dump.with_suffix(".sql")
    _run(store, "pg_restore", f"--file={script}", *PLAIN, str(dump))
    once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    anew = ("--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public")
    _run(store, "psql", *once, *anew, f"--file={script}")
    return _prove(store, made_at)


def _prove(store: Store, made_at: str) -> Restored:
    """Bring the tables up to date and let a sample of the cases prove their history.

    Raises BackupFailed where one cannot: an embedded database is not replaced then.
    """
    migrations.migrate(store)
    c = models.cases
    with store.reading() as tx:
        ids = [row["id"] for row in tx.all(c.select().with_only_columns(c.c.id).order_by(c.c.id))]
    sample = ids[:: max(1, -(-len(ids) // SAMPLE))]
    for case_id in sample:
        fault = cases.verify_case(store, case_id)
        if fault:
            raise errors.BackupFailed(f"备份中的案件{case_id}第{fault.seq}条：{fault.reason}")
    return Restored(made_at, len(ids), len(sample))


PLAIN = ("--no-owner", "--no-privileges")
"""Who owns the tables is the matter of the server they stand on."""


def _run(store: Store, program: str, *words: str) -> None:
    """Run a program of PostgreSQL on the database; its own words are told when it fails."""
    found = shutil.which(program)
    if found is None:
        raise errors.BackupFailed(f"没有找到程序{program}，请安装postgresql-client")
    url = store.engine.url
    said = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGOPTIONS": "-c lock_timeout=10s",
    }
    given = {name: str(value) for name, value in said.items() if value}
    environment = os.environ | given  # noqa: TID251
    done = subprocess.run(  # noqa: S603
        [found, *words], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise errors.BackupFailed(f"{program}：{done.stderr.decode(errors='replace').strip()}")


def _fault(connection: sqlite3.Connection) -> str:
    """What SQLite finds wrong with the database, or an empty text."""
    for check in ("PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"):
        for row in connection.execute(check):
            if row != ("ok",):
                return str(row)
    return ""


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
