"""数据导入 and 筛查: a batch left for the worker, its receipt, rows to mend; whom is found."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from tests.intake import make_batch
from tests.web.conftest import AT, Site
from workflows import cases, errors, intake, models
from workflows.intake import importing, sorting
from workflows.queries import imports as questions

ROWS = [row | {"CF_JDRQ": "2025-06-03"} for row in make_batch.make_batch(12)]
BAD = ROWS[0] | {"CF_WSH": "", "BZ": '=HYPERLINK("http://evil.example","x")'}


def file_of(rows: list[dict[str, str]]) -> io.BytesIO:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def upload(site: Site, rows: list[dict[str, str]], login: str = "wang", **fields: str) -> Any:
    sent = {"kind": "penalties", "file": (file_of(rows), "处罚.csv"), **fields}
    return site.client(login).post("/imports", data=sent)


def received(site: Site, rows: list[dict[str, str]], login: str = "wang", **fields: str) -> int:
    """The id of a batch that the worker has taken in."""
    reply = upload(site, rows, login, **fields)
    assert reply.status_code == 302
    intake.run_queued(site.house)
    return int(reply.location.rpartition("/")[2])


def test_an_upload_waits_shows_its_progress_and_becomes_a_receipt(site: Site) -> None:
    reply = upload(site, [BAD, *ROWS[1:]])
    page = site.client("wang").get(reply.location).text
    assert "正在排队" in page
    assert 'http-equiv="refresh"' in page
    progress = site.client("wang").get(f"{reply.location}/progress")
    assert "<progress" in progress.text
    assert "HX-Refresh" not in progress.headers
    intake.run_queued(site.house)
    assert site.client("wang").get(f"{reply.location}/progress").headers["HX-Refresh"] == "true"
    page = site.client("wang").get(reply.location).text
    assert 'http-equiv="refresh"' not in page
    assert "已完成" in page
    assert "行政处罚决定书文号（CF_WSH）未填写" in page


def test_progress_is_told_while_the_batch_comes_in(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 5)
    reply = upload(site, ROWS)
    seen: list[str] = []
    real = sorting.TAKERS["penalties"]

    def take(*given: Any) -> Any:
        seen.append(site.client("wang").get(f"{reply.location}/progress").text)
        return real(*given)

    monkeypatch.setitem(sorting.TAKERS, "penalties", take)
    intake.run_queued(site.house)
    assert ["已读0行" in seen[0], "已读5行" in seen[1], "已读10行" in seen[2]] == [True] * 3


def test_those_behind_are_told_how_many_are_ahead(site: Site) -> None:
    upload(site, ROWS)
    page = site.client("wang").get(upload(site, ROWS[:3]).location).text
    assert "前面还有1批" in page


def test_rejected_rows_come_back_as_a_table_that_can_be_mended_and_sent_again(site: Site) -> None:
    import_id = received(site, [BAD, *ROWS[1:]])
    reply = site.client("wang").get(f"/imports/{import_id}/rejected.csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig")))
    assert (row["原行号"], row["CF_XDR_MC"]) == ("2", BAD["CF_XDR_MC"])
    assert "未填写" in row["原因和改法"]
    again = received(site, [row | {"CF_WSH": "虚罚〔2025〕999号"}])
    assert questions.receipt(site.house, site.actor("wang"), again).batch.accepted == 1


def test_no_cell_of_the_download_is_a_formula(site: Site) -> None:
    import_id = received(site, [BAD])
    text = site.client("wang").get(f"/imports/{import_id}/rejected.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["BZ"].startswith("'=HYPERLINK")
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_duplicates_and_remarks_have_their_own_pages(site: Site) -> None:
    first = received(site, ROWS)
    again = received(site, ROWS)
    page = site.client("wang").get(f"/imports/{again}").text
    assert "是同一份处罚决定" in page  # nothing was rejected: the duplicates are shown first
    assert f'href="/imports/{first}"' in page
    page = site.client("wang").get(f"/imports/{again}?verdict=rejected").text
    assert "没有这样的行" in page


def test_a_long_receipt_is_turned_over(site: Site) -> None:
    rows = [BAD | {"BZ": str(number)} for number in range(30)]
    import_id = received(site, rows)
    wang = site.actor("wang")
    first = questions.receipt(site.house, wang, import_id)
    rest = questions.receipt(site.house, wang, import_id, after=first.more)
    numbers = [one.row_no for one in (*first.rows, *rest.rows)]
    assert numbers == list(range(2, 32))
    assert rest.more == ""


def test_the_declared_unit_is_kept_and_used(site: Site) -> None:
    bare = ROWS[0] | {"CF_NR_FK": "3", "CF_NR": "罚款", "CF_CFLB": "罚款"}
    import_id = received(site, [bare], unit="万元")
    assert "金额单位：万元" in site.client("wang").get(f"/imports/{import_id}").text
    with site.house.reading() as tx:
        r = models.records
        record = tx.one(r.select().where(r.c.import_id == import_id))
    assert record["fine_fen"] == 3_000_000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": (b"", "")}, "请选择要导入的文件"),
        ({"file": (b"", "x.csv")}, "文件是空的"),
        ({"file": (b"a,b\n1,2\n", "x.csv")}, "缺少必需的列"),
        ({"file": (b"PK\x03\x04junk", "x.xlsx")}, "没有导入"),
        ({"file": (b"\x89PNG\r\n\x1a\n\x00\x00", "x.csv")}, "没有导入"),
        ({"kind": "secrets", "file": (file_of(ROWS).read(), "x.csv")}, "请选择导入的是"),
        ({"unit": "角", "file": (file_of(ROWS).read(), "x.csv")}, "元或者万元"),
    ],
)
def test_what_is_no_table_is_refused_at_once(site: Site, fields: dict[str, Any], said: str) -> None:
    content, name = fields["file"]
    sent = {"kind": "penalties", "unit": "", **fields, "file": (io.BytesIO(content), name)}
    reply = site.client("wang").post("/imports", data=sent)
    assert reply.status_code == 422
    assert said in reply.text
    with site.house.reading() as tx:
        assert tx.all(models.imports.select()) == []


def test_subjects_come_in_too(site: Site) -> None:
    rows = [{"统一社会信用代码": "91410505XXXXXX0197", "名称": "虚构公司", "登记状态": "存续"}]
    import_id = received(site, rows, kind="subjects")
    assert "主体登记信息" in site.client("wang").get(f"/imports/{import_id}").text


def test_a_batch_of_another_department_is_not_found(site: Site) -> None:
    import_id = received(site, ROWS)
    for path in ("", "/progress", "/rejected.csv"):
        assert site.client("he").get(f"/imports/{import_id}{path}").status_code == 404
        assert site.client("qian").get(f"/imports/{import_id}{path}").status_code == 200
    assert "处罚.csv" not in site.client("he").get("/imports").text
    assert "处罚.csv" in site.client("qian").get("/imports").text
    with pytest.raises(errors.NotFound):
        questions.rejected_rows(site.house, site.actor("he"), import_id)


def test_a_failed_batch_says_why_and_what_to_do(site: Site) -> None:
    reply = upload(site, ROWS)
    i = models.imports
    with site.house.transaction() as tx:
        tx.run(i.update().values(status="failed", error="磁盘已满", ended_at=tx.now))
    page = site.client("wang").get(reply.location).text
    assert "磁盘已满" in page
    assert "重新上传同一个文件，不会重复收录" in page


def frequent(site: Site, count: int) -> int:
    """A subject with so many penalties; returns its id."""
    with site.house.transaction() as tx:
        subject = tx.one(models.subjects.select())
        rows = [
            {
                "subject_id": subject["id"],
                "kind": "penalty",
                "doc_no": f"虚罚〔2025〕{number}号",
                "organ": "虚构局",
                "organ_uscc": "11410505865654214Y",
                "behaviour": "虚构行为",
                "decided_on": date(2025, 1, 1) + timedelta(days=number),
                "status": "public",
                "created_at": tx.now,
            }
            for number in range(count)
        ]
        tx.insert_many(models.records, rows)
    return subject["id"]


def screened(site: Site, login: str = "qian") -> int:
    """The id of the job of a screening that a worker has carried out."""
    job_id = intake.request_screening(site.house, site.actor(login), AT.date())
    cases.run_job(site.house, job_id)
    return job_id


def test_the_screening_names_the_class_the_count_and_the_law(site: Site) -> None:
    subject_id = frequent(site, 9)
    screened(site)
    page = site.client("sun").get("/screening").text
    assert "筛查1个主体，1项结果有变化" in page
    assert f'href="/subjects/{subject_id}"' in page
    assert "高频失信（行政处罚）" in page
    assert "行政处罚11次" in page
    assert "10次以上治理，8次以上预警" in page
    assert "虚罚〔2025〕8号" in page
    assert "没有筛查出" in site.client("wang").get("/screening?kind=watch").text


def test_a_warning_says_which_condition_fails(site: Site) -> None:
    frequent(site, 7)
    screened(site)
    page = site.client("wang").get("/screening?kind=watch").text
    assert "失信预警" in page
    assert "三年内次数未达到 10 次" in page


def test_a_screening_asked_for_by_hand_is_left_for_the_workers(site: Site) -> None:
    frequent(site, 9)
    client = site.client("sun")
    page = client.post("/screening", data={"as_of": "2026-03-02"}, follow_redirects=True).text
    assert "正在筛查，截至2026年3月2日" in page
    assert 'http-equiv="refresh"' in page
    progress = client.get("/screening/progress")
    assert "<progress" in progress.text
    assert "HX-Refresh" not in progress.headers
    client.post("/screening", data={"as_of": "2026-03-02"})
    j = models.jobs
    with site.house.reading() as tx:
        (asked,) = tx.all(j.select().where(j.c.kind == "screening"))
    assert asked["payload"] == {"as_of": "2026-03-02", "by": "孙督导"}
    cases.run_job(site.house, asked["id"])
    assert client.get("/screening/progress").headers["HX-Refresh"] == "true"
    page = client.get("/screening").text
    assert 'http-equiv="refresh"' not in page
    assert "筛查1个主体" in page
    with site.house.reading() as tx:
        assert tx.one(models.flags.select())["explanation"]["by"] == "孙督导"


def test_a_screening_that_stopped_says_why(site: Site) -> None:
    job_id = intake.request_screening(site.house, site.actor("sun"), AT.date())
    j = models.jobs
    with site.house.transaction() as tx:
        tx.run(j.update().where(j.c.id == job_id).values(error="磁盘已满"))
    assert "稍后自动重试：磁盘已满" in site.client("sun").get("/screening").text
    with site.house.transaction() as tx:
        tx.run(j.update().where(j.c.id == job_id).values(status="failed"))
    page = site.client("sun").get("/screening").text
    assert "筛查没有完成" in page
    assert "现在筛查" in page


def test_a_screening_of_the_future_is_refused_and_keeps_what_was_typed(site: Site) -> None:
    reply = site.client("sun").post("/screening", data={"as_of": "2026-03-03"})
    assert reply.status_code == 422
    assert "不能晚于今天" in reply.text
    assert 'value="2026-03-03"' in reply.text
    assert site.client("sun").post("/screening", data={"as_of": "明天"}).status_code == 422


def test_only_those_who_screen_may_screen_and_casework_may_look(site: Site) -> None:
    assert site.client("wang").post("/screening", data={"as_of": "2026-03-02"}).status_code == 403
    assert "现在筛查" not in site.client("wang").get("/screening").text
    assert "现在筛查" in site.client("qian").get("/screening").text
    assert site.client("zhou").get("/screening").status_code == 403
    with pytest.raises(errors.NotAllowed):
        intake.request_screening(site.house, site.actor("wang"), AT.date())


def test_only_those_who_import_enter(site: Site) -> None:
    for login in ("sun", "zhou", "zhao", "li"):
        assert site.client(login).get("/imports").status_code == 403
        assert upload(site, ROWS, login).status_code == 403


def test_a_batch_may_be_larger_than_other_uploads_and_too_much_is_refused_clearly(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "MAX_CONTENT_LENGTH", 100)
    assert upload(site, ROWS).status_code == 302
    monkeypatch.setattr("web.routes.imports.LARGEST", 100)
    reply = upload(site, ROWS)
    assert reply.status_code == 413
    assert "500MB" in reply.text
