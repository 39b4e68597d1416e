"""A backup made while others write is whole and of one instant; a restore proves it first."""

import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from tests import databases as throw_away
from tests.cases import office
from tests.databases import Databases
from workflows import __main__ as command_line
from workflows import backup, cases, errors, models, people, settings, store


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation's folder with its own fonts, and the programs of PostgreSQL on the path."""
    data = tmp_path / "data"
    (data / "fonts").mkdir(parents=True)
    (data / "fonts" / "仿宋.ttf").write_bytes(b"licensed")
    monkeypatch.setattr(settings, "DATA", data)
    found = throw_away.programs()
    if found:
        monkeypatch.setenv("PATH", str(found), prepend=":")


@pytest.fixture
def empty(databases: Databases) -> Generator[store.Store]:
    """Another machine, without tables."""
    there = store.Store(databases.bare())
    yield there
    there.close()


def move(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a machine with an empty folder."""
    new = settings.DATA.with_name("new")
    monkeypatch.setattr(settings, "DATA", new)
    return new


def all_cases(house: store.Store) -> list[store.Row]:
    with house.reading() as tx:
        return list(tx.all(models.cases.select().order_by(models.cases.c.id)))


@contextmanager
def busy(house: store.Store) -> Generator[None]:
    """Three people open cases and bring them on, all the while."""
    ended, faults = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            while not ended.is_set():
                case_id = office.open_permit(house)
                office.complete(house, case_id, "apply", "wang", title="标题")
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)

    crowd = [threading.Thread(target=work) for _ in range(3)]
    for one in crowd:
        one.start()
    try:
        while len(all_cases(house)) < 5:
            assert not faults, faults
        yield
    finally:
        ended.set()
        for one in crowd:
            one.join()
    assert not faults, faults


def test_a_backup_under_way_is_of_one_instant_and_proves_itself(
    house: store.Store, empty: store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(house)
    with busy(house):
        before = len(all_cases(house))
        made = backup.back_up(house, tmp_path / "full.zip")
        after = len(all_cases(house))
    new = move(monkeypatch)
    told = backup.restore(empty, made.file)
    rows = all_cases(empty)
    assert before <= len(rows) == told.cases == told.verified <= after
    assert [cases.verify_case(empty, row["id"]) for row in rows] == [None] * len(rows)
    assert (new / "fonts" / "仿宋.ttf").read_bytes() == b"licensed"
    office.open_permit(empty)
    assert len(all_cases(empty)) == len(rows) + 1


def test_an_installation_is_replaced_only_when_told(
    house: store.Store, empty: store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(house)
    office.open_permit(house)
    made = backup.back_up(house, tmp_path / "one.zip")
    move(monkeypatch)
    backup.restore(empty, made.file)
    office.open_permit(empty)
    with pytest.raises(errors.NotRestored, match="--overwrite"):
        backup.restore(empty, made.file)
    assert len(all_cases(empty)) == 2
    backup.restore(empty, made.file, overwrite=True)
    assert len(all_cases(empty)) == 1


def test_an_installation_at_work_is_not_replaced(house: store.Store, tmp_path: Path) -> None:
    made = backup.back_up(house, tmp_path / "one.zip")
    other = store.Store(house.url)
    with other.reading() as tx:
        tx.all(models.people.select())
        with pytest.raises(errors.NotRestored, match="请先停止"):
            backup.restore(house, made.file, overwrite=True)
    other.close()
    with house.reading() as tx:
        assert people.find_actor(tx, "wang")


def spoiled(archive: Path, name: str, new: bytes) -> Path:
    """The archive with another content under that name."""
    to = archive.with_name("spoiled.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(to, "w") as made:
        for entry in old.namelist():
            made.writestr(entry, new if entry == name else old.read(entry))
    return to


def test_what_is_not_whole_is_refused_and_changes_nothing(
    house: store.Store, empty: store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(house, tmp_path / "one.zip").file
    with zipfile.ZipFile(made) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
        (database,) = [name for name in archive.namelist() if name.startswith("database")]
    cut = tmp_path / "cut.zip"
    cut.write_bytes(made.read_bytes()[:-100])
    newer = orjson.dumps({**manifest, "revision": "9999"})
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[manifest["database"]]
    foreign = orjson.dumps({**manifest, "database": other})
    files = {"../outside": manifest["files"][database]}
    escaping = orjson.dumps({**manifest, "files": files})
    new = move(monkeypatch)
    for archive, said in (
        (lambda: cut, "不是完整的备份"),
        (lambda: spoiled(made, database, b"junk"), "散列值不符"),
        (lambda: spoiled(made, "manifest.json", b"{}"), "不是完整的备份"),
        (lambda: spoiled(made, "manifest.json", newer), "较新版本"),
        (lambda: spoiled(made, "manifest.json", foreign), "备份的数据库是"),
        (lambda: spoiled(made, "manifest.json", escaping), "不是完整的备份"),
    ):
        with pytest.raises(errors.NotRestored, match=said):
            backup.restore(empty, archive())
    assert not list(new.rglob("*")) if new.exists() else True
    with empty.engine.connect() as connection:
        assert not empty.engine.dialect.has_table(connection, "cases")


def test_a_case_that_was_changed_in_the_archive_is_not_restored(
    house: store.Store, empty: store.Store, tmp_path: Path
) -> None:
    office.deploy(house)
    case_id = office.open_permit(house)
    with house.transaction() as tx:
        e = models.events
        tx.run(e.update().where(e.c.case_id == case_id).values(role="supervisor"))
    made = backup.back_up(house, tmp_path / "changed.zip")
    with pytest.raises(errors.BackupFailed, match="内容被改动"):
        backup.restore(empty, made.file, overwrite=True)


def test_nothing_is_overwritten_or_left_half_done_by_a_backup(
    house: store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "there.zip"
    file.write_bytes(b"precious")
    with pytest.raises(errors.BackupFailed, match="已存在"):
        backup.back_up(house, file)
    assert file.read_bytes() == b"precious"
    monkeypatch.setattr(backup.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    backups = tmp_path / "backups"
    backups.mkdir()
    with pytest.raises(errors.BackupFailed, match="full"):
        backup.back_up(house, backups / "new.zip")
    assert not list(backups.iterdir())


def test_backup_and_restore_at_the_command_line(
    house: store.Store, empty: store.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "line.zip"
    monkeypatch.setattr(command_line, "open_store", lambda: store.Store(house.url))
    said = CliRunner().invoke(command_line.cli, ["backup", str(file)])
    assert "SHA-256" in said.output, said
    move(monkeypatch)
    monkeypatch.setattr(command_line, "open_store", lambda: store.Store(empty.url))
    said = CliRunner().invoke(command_line.cli, ["restore", str(file)])
    assert "0件案件" in said.output, said
