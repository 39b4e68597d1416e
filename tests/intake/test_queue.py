"""Imports left for the worker: taken in once, whoever dies on the way."""

import io
from datetime import timedelta
from typing import Any

import pytest

from tests.intake import test_importing as importing_tests
from tests.intake.test_importing import OFFICER, ROWS, all_of, file_of, registry
from workflows import access, errors, intake, models, store
from workflows.intake import importing, sorting, uploads

__all__ = ["registry"]

SUBJECT = importing_tests.SUBJECT


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    monkeypatch.setattr(uploads, "CHUNK", 1000)


def leave(registry: store.Store, rows: list[dict[str, str]] = ROWS, **options: Any) -> int:
    return intake.queue_import(registry, OFFICER, "penalties", "虚构.csv", file_of(rows), **options)


def row_of(registry: store.Store, import_id: int) -> Any:
    return next(one for one in all_of(registry, models.imports) if one["id"] == import_id)


def chunks(registry: store.Store) -> list[Any]:
    with registry.reading() as tx:
        c = models.upload_chunks
        return list(tx.all(c.select().order_by(c.c.import_id, c.c.no)))


def run_dying(registry: store.Store, monkeypatch: Any, kind: str, batches: int) -> None:
    """The worker dies in the middle of the batch behind these: nothing runs after it."""
    real, left = sorting.TAKERS[kind], iter(range(batches))

    def take(*given: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as dying:
        dying.setitem(sorting.TAKERS, kind, take)
        with pytest.raises(KeyboardInterrupt):
            intake.run_queued(registry)


def test_an_upload_waits_in_pieces_until_a_worker_takes_it_in(registry):
    import_id = leave(registry)
    waiting = row_of(registry, import_id)
    assert (waiting["status"], waiting["total"], waiting["size"]) == (
        "queued",
        0,
        len(file_of(ROWS).read()),
    )
    kept = chunks(registry)
    assert b"".join(one["content"] for one in kept) == file_of(ROWS).read()
    assert {len(one["content"]) for one in kept[:-1]} == {1000}
    assert intake.run_queued(registry) == 1
    done = row_of(registry, import_id)
    assert (done["status"], done["total"], done["accepted"]) == ("done", 25, 25)
    assert done["done_bytes"] == done["size"]
    assert intake.run_queued(registry) == 0


def test_the_upload_is_forgotten_once_it_is_taken_in(registry):
    leave(registry)
    again = leave(registry)
    intake.run_queued(registry)
    assert chunks(registry) == []
    assert row_of(registry, again)["duplicates"] == 25


def test_an_import_whose_worker_died_goes_on_behind_the_last_batch_kept(registry, monkeypatch):
    import_id = leave(registry)
    run_dying(registry, monkeypatch, "penalties", 2)
    stopped = row_of(registry, import_id)
    assert (stopped["status"], stopped["total"]) == ("running", 20)
    assert intake.run_queued(registry) == 1
    done = row_of(registry, import_id)
    assert (done["status"], done["total"], done["accepted"], done["duplicates"]) == (
        *("done", 25, 25),
        0,
    )
    assert len(all_of(registry, models.records)) == 25


def test_a_row_that_repeats_one_taken_in_before_the_stop_is_still_told_which(registry, monkeypatch):
    import_id = leave(registry, [*ROWS[:10], ROWS[3]])
    run_dying(registry, monkeypatch, "penalties", 1)
    intake.run_queued(registry)
    (kept,) = all_of(registry, models.import_rejects)
    assert (kept["import_id"], kept["verdict"]) == (import_id, "duplicate")
    assert "本文件第 5 行" in kept["reasons"][0][2]


def test_a_conflicting_subject_is_refused_though_its_first_row_came_before_the_stop(
    registry, monkeypatch
):
    monkeypatch.setattr(importing, "BATCH", 1)
    rows = [SUBJECT, SUBJECT | {"登记状态": "注销"}]
    intake.queue_import(registry, OFFICER, "subjects", "主体.csv", file_of(rows))
    run_dying(registry, monkeypatch, "subjects", 1)
    intake.run_queued(registry)
    (done,) = all_of(registry, models.imports)
    assert (done["accepted"], done["rejected"]) == (1, 1)
    assert all_of(registry, models.subjects)[0]["status"] == "存续"


def test_an_upload_that_broke_off_waits_for_nobody_and_is_told_after_an_hour(registry, monkeypatch):
    real, left = store.Transaction.insert, iter(range(2))

    def insert(tx: store.Transaction, table: Any, values: dict[str, Any]) -> int:
        if table is models.upload_chunks and next(left, None) is None:
            raise KeyboardInterrupt
        return real(tx, table, values)

    with monkeypatch.context() as dying:
        dying.setattr(store.Transaction, "insert", insert)
        with pytest.raises(KeyboardInterrupt):
            leave(registry)
    (row,) = all_of(registry, models.imports)
    assert (row["status"], len(chunks(registry))) == ("uploading", 2)
    assert intake.run_queued(registry) == 0
    assert len(chunks(registry)) == 2
    store.travel(registry, registry.now + timedelta(hours=2))
    intake.run_queued(registry)
    (row,) = all_of(registry, models.imports)
    assert (row["status"], row["error"]) == ("failed", "上传中断，请重新上传")
    assert chunks(registry) == []


def test_what_was_left_of_an_upload_by_a_worker_that_died_is_forgotten(registry, monkeypatch):
    leave(registry)
    with monkeypatch.context() as dying:
        dying.setattr(uploads, "forget_finished", lambda _store: None)
        intake.run_queued(registry)
    assert chunks(registry)
    assert intake.run_queued(registry) == 0
    assert chunks(registry) == []


def test_imports_that_another_worker_is_at_are_left_alone(registry):
    import_id = leave(registry)
    with registry.alone("imports") as mine:
        assert mine
        assert intake.run_queued(registry) == 0
        assert row_of(registry, import_id)["status"] == "queued"
    assert intake.run_queued(registry) == 1


def test_an_import_goes_on_where_the_database_was_gone_for_a_while(registry, monkeypatch):
    import_id = leave(registry)
    real, left = sorting.TAKERS["penalties"], iter(range(1))

    def take(*given: Any) -> Any:
        if next(left, None) is None:
            raise errors.DatabaseUnavailable
        return real(*given)

    with monkeypatch.context() as failing:
        failing.setitem(sorting.TAKERS, "penalties", take)
        assert intake.run_queued(registry) == 0
    stopped = row_of(registry, import_id)
    assert (stopped["status"], stopped["total"], stopped["error"]) == ("running", 10, "")
    assert intake.run_queued(registry) == 1
    done = row_of(registry, import_id)
    assert (done["status"], done["accepted"], done["duplicates"]) == ("done", 25, 0)


def test_whoever_finds_that_another_went_on_keeps_nothing(registry, monkeypatch):
    import_id = leave(registry)
    real = sorting.TAKERS["penalties"]

    def overtaken(tx: store.Transaction, *given: Any) -> Any:
        done = real(tx, *given)
        table = models.imports
        tx.run(table.update().where(table.c.id == import_id).values(total=3))
        return done

    with monkeypatch.context() as racing:
        racing.setitem(sorting.TAKERS, "penalties", overtaken)
        intake.run_queued(registry)
    row = row_of(registry, import_id)
    assert (row["status"], row["total"]) == ("running", 0)
    assert all_of(registry, models.records) == []


def test_the_declared_unit_reaches_the_rows(registry):
    bare = ROWS[0] | {"CF_NR_FK": "3", "CF_NR": "罚款", "CF_CFLB": "罚款"}
    leave(registry, [bare], unit="万元")
    intake.run_queued(registry)
    assert all_of(registry, models.records)[0]["fine_fen"] == 3_000_000


def test_a_file_that_cannot_be_taken_is_refused_at_once_and_not_kept(registry):
    with pytest.raises(errors.FileRefused, match="缺少必需的列"):
        intake.queue_import(registry, OFFICER, "penalties", "x.csv", io.BytesIO(b"a,b\n1,2\n"))
    with pytest.raises(errors.FileRefused, match="元或者万元"):
        leave(registry, unit="角")
    with pytest.raises(errors.FileRefused, match="请选择"):
        intake.queue_import(registry, OFFICER, "secrets", "x.csv", file_of(ROWS))
    assert all_of(registry, models.imports) == []
    assert chunks(registry) == []


def test_an_upload_that_vanished_fails_with_what_to_do_and_stops_nobody(registry):
    lost = leave(registry)
    with registry.transaction() as tx:
        tx.run(models.upload_chunks.delete().where(models.upload_chunks.c.no == 0))
    kept = leave(registry, ROWS[:5])
    intake.run_queued(registry)
    row = row_of(registry, lost)
    assert row["status"] == "failed"
    assert row["error"].endswith("上传的文件已经不在服务器上，请重新上传")
    assert row_of(registry, kept)["status"] == "done"


def test_an_import_that_failed_is_told_and_not_tried_for_ever(registry, monkeypatch):
    import_id = leave(registry)

    def fail(*given: Any) -> Any:
        raise OSError("disk full")

    with monkeypatch.context() as failing:
        failing.setitem(sorting.TAKERS, "penalties", fail)
        intake.run_queued(registry)
    assert row_of(registry, import_id)["error"] == "disk full"
    assert intake.run_queued(registry) == 0


def test_only_those_who_import_may_leave_a_file(registry):
    designer = access.Actor(None, "li", "李虚构", None, "/", "designer")
    with pytest.raises(errors.NotAllowed):
        intake.queue_import(registry, designer, "penalties", "x.csv", file_of(ROWS))
