"""Files into the registry: receipts, duplicates, conflicts, and imports that stop half-way."""

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from tests.databases import Databases
from tests.intake import make_batch
from workflows import access, clock, errors, intake, models, settings, store
from workflows.intake import importing

SAMPLES = settings.ROOT / "workflows" / "samples"
ROWS = list(make_batch.make_batch(25))
OFFICER = access.Actor(None, "wang", "王虚构", None, "/", "credit_center")


@pytest.fixture
def registry(databases: Databases) -> Iterator[store.Store]:
    office = clock.TravellingClock(datetime.fromisoformat("2026-11-21T09:00+08:00"))
    kept = store.Store(databases.fresh(), office)
    yield kept
    kept.close()


def file_of(rows: list[dict[str, str]]) -> io.BytesIO:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def send(registry: store.Store, rows: list[dict[str, str]], **options: Any) -> intake.Receipt:
    return intake.import_penalties(registry, OFFICER, "虚构.csv", file_of(rows), **options)


def told(receipt: intake.Receipt) -> tuple[int, int, int, int]:
    assert receipt.total == receipt.accepted + receipt.duplicates + receipt.rejected
    return receipt.accepted, receipt.duplicates, receipt.rejected, receipt.warnings


def all_of(registry: store.Store, table: Any) -> list[Any]:
    with registry.reading() as tx:
        return list(tx.all(table.select().order_by(table.c.id)))


def reasons_of(registry: store.Store, receipt: intake.Receipt) -> list[tuple[int, str, str]]:
    return [
        (one["row_no"], one["verdict"], reason[2])
        for one in all_of(registry, models.import_rejects)
        if one["import_id"] == receipt.id
        for reason in one["reasons"]
    ]


def test_the_sample_batches_come_in_with_a_receipt(registry: store.Store):
    with (SAMPLES / "subjects.csv").open("rb") as stream:
        subjects = intake.import_subjects(registry, OFFICER, "subjects.csv", stream)
    with (SAMPLES / "penalties.csv").open("rb") as stream:
        penalties = intake.import_penalties(registry, OFFICER, "penalties.csv", stream)
    assert told(subjects) == (1200, 0, 0, 0)
    assert told(penalties) == (5796, 145, 204, 559)
    assert len(all_of(registry, models.subjects)) == 1200
    assert len(all_of(registry, models.records)) == 5796
    row = all_of(registry, models.imports)[1]
    assert (row["status"], row["accepted"], row["done_bytes"]) == ("done", 5796, row["size"])


def test_a_record_keeps_what_was_understood_beside_the_row_as_given(registry: store.Store):
    send(registry, [ROWS[0] | {"CF_WSH": "虚罚[2025]1号", "CF_NR_FK": "2", "CF_NR": "罚款2万元"}])
    (record,) = all_of(registry, models.records)
    assert record["doc_no"] == "虚罚〔2025〕1号"
    assert record["fine_fen"] == 2_000_000
    assert record["raw"]["CF_WSH"] == "虚罚[2025]1号"
    assert [
        "CF_WSH",
        "虚罚[2025]1号",
        "虚罚〔2025〕1号",
        "文号统一为六角括号、半角数字",
    ] in record["changes"]


def test_an_unknown_party_enters_the_registry_once(registry: store.Store):
    send(registry, [ROWS[0], ROWS[1] | {"CF_XDR_SHXYM": ROWS[0]["CF_XDR_SHXYM"]}])
    (subject,) = all_of(registry, models.subjects)
    assert (subject["id_scheme"], subject["id_no"], subject["source"], subject["track"]) == (
        "uscc",
        ROWS[0]["CF_XDR_SHXYM"],
        "penalty",
        "market",
    )
    assert {record["subject_id"] for record in all_of(registry, models.records)} == {subject["id"]}


def test_a_name_other_than_the_registrars_is_a_warning(registry: store.Store):
    send(registry, [ROWS[0]])
    code = ROWS[0]["CF_XDR_SHXYM"]
    receipt = send(registry, [ROWS[1] | {"CF_XDR_SHXYM": code, "CF_XDR_MC": "别的公司"}])
    assert told(receipt) == (1, 0, 0, 1)
    assert "“别的公司”与主体库中的“" in reasons_of(registry, receipt)[0][2]


def test_a_repeated_row_is_a_duplicate_that_names_the_first(registry: store.Store):
    brackets = ROWS[0]["CF_WSH"].replace("〔", "[").replace("〕", "]")
    receipt = send(registry, [ROWS[0], ROWS[1], ROWS[0] | {"CF_WSH": brackets, "BZ": "别的备注"}])
    assert told(receipt) == (2, 1, 0, 0)
    ((row_no, verdict, text),) = reasons_of(registry, receipt)
    assert (row_no, verdict) == (4, "duplicate")
    assert "本文件第 2 行" in text


def test_the_same_number_with_other_content_is_a_conflict(registry: store.Store):
    other = ROWS[0] | {"CF_NR": "罚款3万元", "CF_NR_FK": "3", "CF_XDR_SHXYM": "91410505XXXXXX0197"}
    receipt = send(registry, [ROWS[0], other])
    assert told(receipt) == (1, 0, 1, 0)
    ((row_no, verdict, text),) = reasons_of(registry, receipt)
    assert (row_no, verdict) == (3, "rejected")
    assert "本文件第 2 行" in text
    assert "行政相对人、处罚内容、罚款金额" in text
    again = send(registry, [other])
    assert told(again) == (0, 0, 1, 0)
    assert "已入库的第 1 号记录" in reasons_of(registry, again)[0][2]


def test_the_same_number_of_another_organ_is_another_decision(registry: store.Store):
    assert told(send(registry, [ROWS[0], ROWS[0] | {"CF_CFJGDM": "11410505XXXXXX086D"}])) == (
        2, 0, 0, 0,
    )  # fmt: skip


def test_rejected_rows_are_kept_with_reason_and_row(registry: store.Store):
    receipt = send(registry, [ROWS[0] | {"CF_WSH": ""}, ROWS[1]])
    assert told(receipt) == (1, 0, 1, 0)
    (kept,) = all_of(registry, models.import_rejects)
    assert (kept["row_no"], kept["verdict"]) == (2, "rejected")
    assert kept["reasons"][0][:2] == ["CF_WSH", "missing"]
    assert kept["raw"]["CF_XDR_MC"] == ROWS[0]["CF_XDR_MC"]


def test_the_same_file_again_adds_nothing(registry: store.Store):
    first = send(registry, ROWS)
    again = send(registry, ROWS)
    assert told(again) == (0, 25, 0, 0)
    assert again.same_as == first.id
    assert len(all_of(registry, models.records)) == 25


def test_two_imports_of_one_file_at_once_keep_each_row_once(registry: store.Store, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 5)
    with ThreadPoolExecutor(2) as both:
        receipts = list(both.map(lambda _: send(registry, ROWS), range(2)))
    assert sum(receipt.accepted for receipt in receipts) == 25
    assert sum(receipt.duplicates for receipt in receipts) == 25
    assert len(all_of(registry, models.records)) == 25


def test_progress_is_told_and_can_be_seen_after_every_batch(registry: store.Store, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    seen: list[tuple[int, int]] = []

    def progress(done: int) -> None:
        row = all_of(registry, models.imports)[0]
        assert done == row["done_bytes"]
        seen.append((row["total"], done))

    send(registry, ROWS, progress=progress)
    assert [total for total, _ in seen] == [10, 20, 25]
    assert [done for _, done in seen] == sorted({done for _, done in seen})
    assert seen[-1][1] == len(file_of(ROWS).getvalue())


def test_an_import_killed_half_way_can_be_run_again(registry: store.Store, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)

    def kill(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(registry, ROWS, progress=kill)
    assert all_of(registry, models.imports)[0]["status"] == "running"
    assert len(all_of(registry, models.records)) == 10
    receipt = send(registry, ROWS)
    assert told(receipt) == (15, 10, 0, 0)
    assert [one["doc_no"] for one in all_of(registry, models.records)] == [
        row["CF_WSH"] for row in ROWS
    ]
    stopped = all_of(registry, models.imports)[0]
    assert (stopped["status"], stopped["error"]) == ("failed", "导入中断，由第 2 批接续")


def test_a_batch_that_fails_leaves_nothing_of_itself(registry: store.Store, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    real = store.Transaction.insert_many

    def fail(tx: store.Transaction, table: Any, rows: Any) -> None:
        real(tx, table, rows)
        if table is models.records and rows[0]["doc_no"] == ROWS[10]["CF_WSH"]:
            raise OSError("disk full")

    monkeypatch.setattr(store.Transaction, "insert_many", fail)
    with pytest.raises(OSError, match="disk full"):
        send(registry, ROWS)
    assert len(all_of(registry, models.records)) == 10
    row = all_of(registry, models.imports)[0]
    assert (row["status"], row["total"], row["error"]) == ("failed", 10, "disk full")


def test_a_refused_file_leaves_no_trace(registry: store.Store):
    with pytest.raises(errors.FileRefused):
        intake.import_penalties(registry, OFFICER, "x.csv", io.BytesIO(b"a,b\n1,2\n"))
    with pytest.raises(errors.FileRefused, match="元或者万元"):
        send(registry, ROWS, unit="角")
    assert all_of(registry, models.imports) == []


def test_only_those_who_import_may_import(registry: store.Store):
    designer = access.Actor(None, "li", "李虚构", None, "/", "designer")
    with pytest.raises(errors.NotAllowed):
        intake.import_penalties(registry, designer, "x.csv", file_of(ROWS))
    with pytest.raises(errors.NotAllowed):
        intake.import_subjects(registry, designer, "x.csv", file_of(ROWS))


SUBJECT = {"统一社会信用代码": "91410505XXXXXX0197", "名称": "虚构公司", "登记状态": "存续"}


def register(registry: store.Store, *rows: dict[str, str]) -> intake.Receipt:
    return intake.import_subjects(registry, OFFICER, "主体.csv", file_of(list(rows)))


def test_the_registrars_word_replaces_what_was_known_and_says_so(registry: store.Store):
    register(registry, SUBJECT | {"登记地址": "示例路1号"})
    receipt = register(registry, SUBJECT | {"登记状态": "注销", "登记地址": ""})
    assert told(receipt) == (1, 0, 0, 1)
    assert "登记状态 存续→注销" in reasons_of(registry, receipt)[0][2]
    (subject,) = all_of(registry, models.subjects)
    assert (subject["status"], subject["address"]) == ("注销", "示例路1号")


def test_a_party_of_a_penalty_is_completed_by_the_registry_extract(registry: store.Store):
    send(registry, [ROWS[0]])
    row = SUBJECT | {"统一社会信用代码": ROWS[0]["CF_XDR_SHXYM"], "名称": ROWS[0]["CF_XDR_MC"]}
    register(registry, row)
    (subject,) = all_of(registry, models.subjects)
    assert (subject["source"], subject["status"]) == ("subjects", "存续")


def test_a_subject_twice_in_one_file_is_a_duplicate_or_a_conflict(registry: store.Store):
    receipt = register(registry, SUBJECT, SUBJECT, SUBJECT | {"登记状态": "注销"})
    assert told(receipt) == (1, 1, 1, 0)
    assert all_of(registry, models.subjects)[0]["status"] == "存续"


def test_the_same_extract_again_changes_nothing(registry: store.Store):
    register(registry, SUBJECT)
    (before,) = all_of(registry, models.subjects)
    receipt = register(registry, SUBJECT)
    assert told(receipt) == (0, 1, 0, 0)
    (after,) = all_of(registry, models.subjects)
    assert after == {**before, "import_id": receipt.id}
