"""News in a file: what it changes in the registry, and that it reaches the cases concerned."""

import io
from datetime import date

import pytest

from workflows import access, intake, models, store
from workflows.store import Row

HEAD = "变动类型,统一社会信用代码,变动内容,文书号,作出机关代码,变动日期,依据文书\n"
OFFICER = access.Actor(None, "wang", "王虚构", None, "/", "credit_center")
CODE = "91410505MA44AA018A"


def take(house: store.Store, *rows: str) -> intake.Receipt:
    stream = io.BytesIO((HEAD + "\n".join(rows) + "\n").encode())
    return intake.import_changes(house, OFFICER, "changes.csv", stream)


def reasons(house: store.Store, receipt: intake.Receipt) -> list[str]:
    r = models.import_rejects
    with house.reading() as tx:
        rows = tx.all(r.select().where(r.c.import_id == receipt.id).order_by(r.c.row_no))
    return [reason[2] for row in rows for reason in row["reasons"]]


def only(house: store.Store, table: object) -> Row:
    with house.reading() as tx:
        return tx.one(table.select())  # type: ignore[attr-defined]


@pytest.fixture
def known(house: store.Store) -> store.Store:
    """A subject with one decision."""
    with house.transaction() as tx:
        subject_id = tx.insert(
            models.subjects,
            {
                "id_scheme": "uscc",
                "id_no": CODE,
                "name": "殷都甲商贸有限公司",
                "status": "存续",
                "created_at": tx.now,
                "updated_at": tx.now,
            },
        )
        tx.insert(
            models.records,
            {
                "subject_id": subject_id,
                "kind": "penalty",
                "doc_no": "殷市监罚〔2026〕1号",
                "organ_uscc": "11410505865654214Y",
                "decided_on": date(2026, 2, 24),
                "created_at": tx.now,
            },
        )
    return house


def test_a_status_is_written_into_the_registry(known: store.Store) -> None:
    receipt = take(known, f"主体状态,{CODE},注销,,,2026-03-01,登记机关通知")
    assert (receipt.total, receipt.accepted) == (1, 1)
    assert only(known, models.subjects)["status"] == "注销"


def test_a_bankruptcy_is_no_status_of_the_registrar(known: store.Store) -> None:
    take(known, f"主体状态,{CODE},破产重整,,,2026-03-01,（2026）豫05破1号")
    subject = only(known, models.subjects)
    assert (subject["status"], subject["bankruptcy"]) == ("存续", "reorganising")


def test_the_same_news_again_is_a_duplicate(known: store.Store) -> None:
    row = f"主体状态,{CODE},注销,,,2026-03-01,登记机关通知"
    receipt = take(known, row, row)
    assert (receipt.accepted, receipt.duplicates) == (1, 1)


def test_an_annulled_document_proves_nothing_from_then_on(known: store.Store) -> None:
    take(known, "文书撤销,,,殷市监罚[2026]1号,,2026-03-01,殷政复决〔2026〕3号")
    record = only(known, models.records)
    assert record["status"] == "withdrawn"
    assert record["withdrawn_on"] == date(2026, 3, 1)
    assert record["withdrawn_by"] == "殷政复决〔2026〕3号"


def test_an_entry_of_the_courts_list_comes_and_goes(known: store.Store) -> None:
    r = models.records
    entry = f"法院名单,{CODE},{{}},（2026）豫0505执9号,,2026-03-01,执行决定书"
    take(known, entry.format("列入"))
    take(known, entry.format("删除"))
    with known.reading() as tx:
        row = tx.one(r.select().where(r.c.kind == "listing"))
    assert row["status"] == "ended"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (f"搬家,{CODE},x,,,2026-03-01,通知", "应为主体状态"),
        ("主体状态,,注销,,,2026-03-01,通知", "未填写"),
        (f"主体状态,{CODE},不清楚,,,2026-03-01,通知", "应为：存续"),
        (f"主体状态,{CODE},注销,,,2026-03-09,通知", "还没有到"),
        (f"主体状态,{CODE},注销,,,2026-03-01,", "未填写"),
        ("文书撤销,,,,,2026-03-01,通知", "未填写"),
        ("文书撤销,,,殷市监罚〔2026〕404号,,2026-03-01,通知", "登记簿中没有文书"),
        ("主体状态,91410505MA44AA018B,注销,,,2026-03-01,通知", "有误"),
        (f"法院名单,{CODE},删除,（2020）豫0505执1号,,2026-03-01,通知", "登记簿中没有案号"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(known: store.Store, row: str, says: str) -> None:
    receipt = take(known, row)
    assert receipt.rejected == 1
    assert any(says in reason for reason in reasons(known, receipt))


def test_a_document_of_two_organs_must_be_told_apart(known: store.Store) -> None:
    with known.transaction() as tx:
        first = tx.one(models.records.select())
        copy = {**first, "organ_uscc": "11410506735512209J"}
        tx.insert(models.records, {key: copy[key] for key in copy if key != "id"})
    receipt = take(known, "文书撤销,,,殷市监罚〔2026〕1号,,2026-03-01,通知")
    assert "请填写作出机关的代码" in reasons(known, receipt)[0]
    receipt = take(known, "文书撤销,,,殷市监罚〔2026〕1号,11410505865654214Y,2026-03-01,通知")
    assert receipt.accepted == 1
