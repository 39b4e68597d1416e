"""transaction() with tx.now: the only commit, and the only user of the clock.

A command reads first, in autocommit, and begins its write transaction with its first write, so
that no lock is held while it computes. What it read is guarded by the case's version: the command
that comes second finds the version moved and is refused or retried.

SQLite takes one writer at a time: writers queue at locks on files beside the database, threads and
processes alike, and whoever has been served goes to the end; whoever dies leaves the queue.
PostgreSQL locks rows.
"""

import fcntl
import math
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection

from workflows import clock, errors, models, settings

IDLE_SECONDS = 5

Row = Mapping[str, Any]
"""One row read: column name → value."""


class Store:
    """A database and a clock."""

    def __init__(self, url: str, office_clock: clock.Clock | None = None) -> None:
        """`url`: an SQLAlchemy URL; `office_clock`: the machine's clock unless given."""
        self.url = url
        self.clock = office_clock or clock.OfficeClock()
        self.engine = _engine(url)
        self.origin = f"{url}#{id(self.engine)}"
        """Names this database for what a process keeps in memory of it."""
        self.file = _file(self.engine)

    @property
    def now(self) -> datetime:
        """The instant in office time, for reading; a command uses `tx.now`."""
        return self.clock.now()

    @contextmanager
    def transaction(self, at: datetime | None = None) -> Generator["Transaction"]:
        """One command: one instant, at most one commit; nothing is kept if it raises."""
        with _told_plainly(), self.engine.connect() as connection:
            tx = Transaction(connection, at or self.clock.now(), self.origin, self.file)
            try:
                yield tx
                tx.commit()
            except BaseException:
                tx.rollback()
                raise
            for then in tx.after_commit:
                then()

    @contextmanager
    def reading(self) -> Generator["Transaction"]:
        """Reads only; for `queries`."""
        with _told_plainly(), self.engine.connect() as connection:
            yield Transaction(connection, self.clock.now(), self.origin, self.file)

    @contextmanager
    def alone(self, name: str) -> Generator[bool]:
        """Whether nobody else, on any machine, is at `name` now; nobody will be until this ends.

        Whoever dies lets go. For work that several processes would only do side by side in vain.
        """
        if self.engine.dialect.name == "postgresql":
            with _told_plainly(), self.engine.connect() as connection:
                lock = sa.func.hashtextextended(name, 0)
                taken = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(lock)))
                try:
                    yield bool(taken)
                finally:
                    if taken:
                        connection.execute(sa.select(sa.func.pg_advisory_unlock(lock)))
            return
        with _beside(self.file, name).open("ab") if self.file else nullcontext() as held:
            try:
                if held:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


class Transaction:
    """What one command may do: read at once, write inside one transaction, at one instant."""

    def __init__(
        self, connection: sa.Connection, now: datetime, origin: str, file: Path | None
    ) -> None:
        self.connection = connection
        self.now = now
        self.origin = origin
        self.file = file
        self.writing = False
        self.turn: int | None = None
        self.after_commit: list[Callable[[], None]] = []

    def all(self, statement: Any, **given: Any) -> Sequence[Row]:
        """Every row of a select, as mappings; `given`: the values its `models.given` stand for."""
        found = self.connection.execute(statement, given or None)
        return cast("Sequence[Row]", found.mappings().all())

    def first(self, statement: Any, **given: Any) -> Row | None:
        """The first row of a select, or None."""
        found = self.connection.execute(statement, given or None)
        return cast("Row | None", found.mappings().first())

    def one(self, statement: Any, **given: Any) -> Row:
        """The first row of a select; raises NotFound when there is none."""
        row = self.first(statement, **given)
        if row is None:
            raise errors.NotFound
        return row

    def count(self, statement: Any) -> int:
        """How many rows a select would give."""
        return int(
            self.connection.scalar(sa.select(sa.func.count()).select_from(statement.subquery()))
            or 0
        )

    def insert(self, table: sa.Table, values: dict[str, Any]) -> int:
        """Insert one row and return its id."""
        self.begin()
        done = self.connection.execute(table.insert(), values)
        primary = done.inserted_primary_key
        return int(primary[0]) if primary else 0

    def insert_once(self, table: sa.Table, values: dict[str, Any]) -> bool:
        """Insert one row unless its unique key is taken, by whomever; returns whether it was not.

        Who is at the same key in another transaction is waited for.
        """
        self.begin()
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table).on_conflict_do_nothing()
        kept = {"preserve_rowcount": True}
        return self.connection.execute(statement, values, execution_options=kept).rowcount > 0

    def insert_many(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows in one statement; all rows have the same keys."""
        if rows:
            self.begin()
            self.connection.execute(table.insert(), list(rows))

    def run(self, statement: Any, rows: Sequence[dict[str, Any]] | None = None) -> int:
        """Run an update or delete; returns how many rows it touched.

        `rows`: for each time it runs, the values its `models.given` stand for, and the columns set.
        """
        self.begin()
        return self.connection.execute(statement, list(rows) if rows else None).rowcount

    def begin(self) -> None:
        """Begin the write transaction, once."""
        if self.writing:
            return
        if self.file:
            self.turn = _wait_for_turn(self.file)
        immediate = self.connection.dialect.name == "sqlite"
        self.connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
        self.writing = True

    def queue_at(self, name: str) -> None:
        """Begin, and wait until nobody else is at `name`; SQLite's writers queue anyway."""
        self.begin()
        if self.connection.dialect.name == "postgresql":
            lock = sa.func.hashtextextended(name, 0)
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))

    def commit(self) -> None:
        """The only commit of the house."""
        if self.writing:
            self.connection.exec_driver_sql("COMMIT")
            self.writing = False
        self._let_go()

    def rollback(self) -> None:
        """Keep nothing."""
        try:
            if self.writing and not self.connection.invalidated:
                self.connection.exec_driver_sql("ROLLBACK")
        finally:
            self.writing = False
            self._let_go()

    def _let_go(self) -> None:
        if self.turn is not None:
            os.close(self.turn)
            self.turn = None


def open_store(url: str = settings.DATABASE_URL) -> Store:
    """The installation's database; on a demonstration with the clock that can be moved."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    return Store(url, clock.DemonstrationClock(settings.CLOCK) if settings.CLOCK.exists() else None)


def travelling(url: str, at: datetime) -> Store:
    """A database whose clock stands at `at` until it is moved: for stories and tests."""
    return Store(url, clock.TravellingClock(at))


def travel(store: Store, at: datetime) -> None:
    """Move a demonstration's clock forward to `at`; raises ClockFixed anywhere else."""
    if not isinstance(store.clock, clock.DemonstrationClock | clock.TravellingClock):
        raise errors.ClockFixed
    if at < store.now:
        raise errors.ClockFixed(f"只能向后推进，现在是{store.now:%Y-%m-%d %H:%M}")
    store.clock.travel(at)


def create_tables(store: Store) -> None:
    """Create every table at once: for throw-away databases. An installation uses `migrate`."""
    models.metadata.create_all(store.engine)


@contextmanager
def _told_plainly() -> Generator[None]:
    """What goes wrong in the database, in the house's words.

    Two commands that block each other are like one that came second: it may be done again.
    """
    try:
        yield
    except exc.DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) in {"40P01", "40001"}:
            raise errors.CaseChanged from fault
        if isinstance(fault, exc.DataError):
            raise errors.NotStorable from fault
        if fault.connection_invalidated or isinstance(fault, exc.OperationalError):
            raise errors.DatabaseUnavailable(str(fault.orig).splitlines()[0]) from fault
        raise


def _file(engine: sa.Engine) -> Path | None:
    """The file of an embedded database; None in memory and on a server."""
    name = engine.url.database or ":memory:"
    embedded = engine.dialect.name == "sqlite" and name != ":memory:"
    return Path(name) if embedded else None


def _wait_for_turn(file: Path) -> int:
    """Wait in line to write; whoever is next shuts the door behind, so that nobody just served
    comes before. Closing what comes back gives the turn to the next.
    """
    door = _lock(file, "door")
    try:
        return _lock(file, "writers")
    finally:
        os.close(door)


def _lock(file: Path, name: str) -> int:
    held = os.open(_beside(file, name), os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def _beside(file: Path, name: str) -> Path:
    return file.with_name(f"{file.name}.{name}.lock")


def _engine(url: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        engine = sa.create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,  # an error that is kept or told does not quote what was typed
            pool_size=20,
            max_overflow=10,
        )
        _greet_again(engine)
        return engine
    memory = url in {"sqlite://", "sqlite:///:memory:"}
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 30},
        **({"poolclass": sa.StaticPool} if memory else {}),
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    return engine


def _greet_again(engine: sa.Engine) -> None:
    """Ask a connection that has lain idle whether it still lives; to ask each time costs as much
    as a statement.
    """

    @event.listens_for(engine, "checkin")
    def _note(_connection: DBAPIConnection | None, record: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: DBAPIConnection, record: Any, _proxy: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        if time.monotonic() - record.info.get("idle_since", math.inf) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise exc.DisconnectionError from gone
