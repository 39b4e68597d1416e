"""流程设计: versions and their files; a change with every fault at once; hostile uploads."""

import base64
import io
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.cases import office
from tests.web.conftest import Site
from web import changing
from workflows import designing, models, procedures
from workflows.queries import designing as questions

BPMN = "serious_listing.bpmn"
CHANGE = "/procedures/serious_listing/change"


def diagram(old: str = "", new: str = "") -> bytes:
    """The deployed diagram, one text in it exchanged."""
    data = procedures.load("serious_listing")[f"serious_listing/{BPMN}"]
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


RENAMED = diagram('name="法制审核"', 'name="合法性审核"')
FAULTY = diagram('camunda:formKey="serious_listing/draft_case"', 'camunda:formKey="nowhere/form"')


def send(site: Site, files: dict[str, bytes], action: str = "check", **fields: str) -> TestResponse:
    """One button pressed on the page of a change, with files chosen."""
    values: dict[str, Any] = {"newest": "1", "_action": action, **fields}
    values["files"] = [FileStorage(io.BytesIO(data), name) for name, data in files.items()]
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    return site.client("zhou").post(CHANGE, data=body, content_type=kind)


def carried(reply: TestResponse) -> dict[str, str]:
    """The hidden fields that carry files from page to page."""
    found = re.findall(r'name="(carried:[^"]+)" value="([^"]*)"', reply.text)
    return {unescape(name): unescape(value) for name, value in found}


def versions(site: Site) -> list[tuple[int, str, str]]:
    found = questions.versions(site.house, site.actor("zhou"), "serious_listing")
    return [(one.version, one.note, one.deployed_by) for one in found]


def test_procedures_are_listed_with_the_cases_that_run(busy_site: Site) -> None:
    (one,) = questions.deployed_procedures(busy_site.house, busy_site.actor("zhou"))
    assert (one.key, one.version, one.running, one.ended) == ("serious_listing", 1, 2, 0)
    page = busy_site.client("zhou").get("/procedures").text
    assert "严重失信主体名单认定" in page
    assert "第1版" in page


def test_running_cases_are_counted_on_their_own_version(busy_site: Site) -> None:
    site = busy_site
    assert send(site, {BPMN: RENAMED}, "deploy", note="改名").status_code == 302
    site.open("later")
    found = questions.versions(site.house, site.actor("zhou"), "serious_listing")
    assert [(one.version, one.running) for one in found] == [(2, 1), (1, 2)]


def test_a_version_shows_who_does_each_step_with_which_form_by_when_on_which_law(
    site: Site,
) -> None:
    page = questions.version_page(site.house, site.actor("zhou"), "serious_listing", 1)
    decide = next(one for one in page.elements if one.id == "decide")
    assert (decide.role, decide.form) == ("dept_head", "serious_listing/decide")
    assert "5个工作日" in decide.limit or "工作日" in decide.limit
    assert decide.article
    machine = next(one for one in page.elements if one.id == "read_registry")
    assert machine.role == "system"
    text = site.client("zhou").get("/procedures/serious_listing/versions/1").text
    assert "部门负责人" in text
    assert f'data-url="/procedures/serious_listing/versions/1/files/serious_listing/{BPMN}"' in text
    assert site.client("zhou").get("/procedures/serious_listing/versions/9").status_code == 404
    assert site.client("zhou").get("/procedures/nothing").status_code == 404


def test_files_come_back_as_they_were_deployed(site: Site) -> None:
    bundle = procedures.load("serious_listing")
    base = "/procedures/serious_listing/versions/1"
    for path in (f"serious_listing/{BPMN}", "forms/serious_listing/decide.form", "law/limits.yaml"):
        reply = site.client("zhou").get(f"{base}/files/{path}")
        assert reply.data == bundle[path]
        assert reply.headers["Content-Disposition"].startswith("attachment")
    for path in ("../../etc/passwd", "nothing.bpmn", "law/../law/limits.yaml"):
        assert site.client("zhou").get(f"{base}/files/{path}").status_code == 404
    packed = site.client("zhou").get(f"{base}.zip").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == bundle


def test_every_fault_is_told_at_once_with_file_element_and_weight(site: Site) -> None:
    form = b'{"components": [{"type": "magic"}], "schemaVersion": 16}'
    reply = send(site, {BPMN: FAULTY, "decide.form": form})
    assert reply.status_code == 422
    assert f'data-element="draft_case" data-in="serious_listing/{BPMN}"' in reply.text
    assert "nowhere/form" in reply.text
    assert "forms/serious_listing/decide.form" in reply.text
    assert "错误" in reply.text
    assert "&#34;draft_case&#34;: &#34;fault&#34;" in reply.text.replace('"', "&#34;")
    assert 'value="deploy"' not in reply.text
    assert versions(site) == [(1, "", "")]


def test_nothing_uploaded_is_lost_by_a_fault(site: Site) -> None:
    form = procedures.load("serious_listing")["forms/serious_listing/decide.form"]
    first = send(site, {BPMN: FAULTY, "decide.form": form + b"\n"})
    assert set(carried(first)) == {f"carried:{BPMN}", "carried:decide.form"}
    assert base64.b64decode(carried(first)[f"carried:{BPMN}"]) == FAULTY
    mended = send(site, {BPMN: RENAMED}, **carried(first))
    assert mended.status_code == 200
    assert "检查通过" in mended.text
    assert base64.b64decode(carried(mended)[f"carried:{BPMN}"]) == RENAMED
    dropped = send(site, {}, "drop:decide.form", **carried(mended))
    assert set(carried(dropped)) == {f"carried:{BPMN}"}


def test_what_a_change_does_is_shown_before_it_is_deployed(busy_site: Site) -> None:
    reply = send(busy_site, {BPMN: RENAMED})
    assert "<del>法制审核</del>" in reply.text
    assert "<ins>合法性审核</ins>" in reply.text
    assert "2件在办案件仍按立案时的版本办理" in reply.text
    assert "部署第2版" in reply.text


def test_elements_added_and_removed_are_named(site: Site) -> None:
    designing.deploy_bundle(site.house, office.bundle(), "permit")
    bundle = office.bundle()
    changed = bundle["permit/permit.bpmn"].replace(b"confirm", b"approve")
    bundle["permit/permit.bpmn"] = changed.replace(b"permit/approve", b"permit/confirm")
    found = questions.compare(site.house, site.actor("zhou"), "permit", bundle)
    told = {one.id: one.change for one in found.elements}
    assert told["confirm"] == "removed"
    assert told["approve"] == "added"
    assert told["result"] == "changed"
    (file,) = found.files
    assert (file.path, file.change) == ("permit/permit.bpmn", "changed")


def test_a_change_is_deployed_with_a_note_by_a_name(busy_site: Site) -> None:
    site = busy_site
    checked = send(site, {BPMN: RENAMED})
    reply = send(site, {}, "deploy", note="按新条例改称", **carried(checked))
    assert reply.status_code == 302
    assert reply.location == "/procedures/serious_listing/versions/2"
    assert versions(site)[0] == (2, "按新条例改称", "周设计")
    client = site.client("zhou")
    sent = {
        "newest": "2",
        "_action": "deploy",
        "note": "改回",
        "files": (io.BytesIO(diagram()), BPMN),
    }
    page = client.post(CHANGE, data=sent, follow_redirects=True).text
    assert "已部署第3版" in page
    assert "2件在办案件仍按立案时的版本办理" in page


def test_running_cases_stay_on_the_version_they_began_with(busy_site: Site) -> None:
    send(busy_site, {BPMN: RENAMED}, "deploy", note="改名")
    with busy_site.house.reading() as tx:
        case = tx.one(models.cases.select().where(models.cases.c.id == 1))
        assert procedures.deployed(tx, case["procedure_id"]).version == 1


def test_nothing_is_deployed_without_a_note(site: Site) -> None:
    reply = send(site, {BPMN: RENAMED}, "deploy", note=" ")
    assert reply.status_code == 422
    assert "请写明修改了什么" in reply.text
    assert set(carried(reply)) == {f"carried:{BPMN}"}
    assert len(versions(site)) == 1


def test_a_faulty_change_is_not_deployed_however_it_is_asked(site: Site) -> None:
    assert send(site, {BPMN: FAULTY}, "deploy", note="硬来").status_code == 422
    assert len(versions(site)) == 1


def test_a_change_made_against_an_older_version_is_looked_at_again(site: Site) -> None:
    send(site, {BPMN: RENAMED}, "deploy", note="先到")
    reply = send(site, {"decide.form": _relabelled()}, "deploy", note="后到")
    assert reply.status_code == 200
    assert "已经部署了第2版" in reply.text
    assert "后到</textarea>" in reply.text
    assert len(versions(site)) == 2


def _relabelled() -> bytes:
    form = procedures.load("serious_listing")["forms/serious_listing/decide.form"]
    return form.replace("理由".encode(), "事由".encode(), 1)


def test_a_file_without_changes_has_nothing_to_deploy(site: Site) -> None:
    reply = send(site, {BPMN: diagram()})
    assert "完全相同" in reply.text
    assert 'value="deploy"' not in reply.text


HOSTILE = {
    "fifty megabytes": (BPMN, b"<" * 50_000_000, "超过5MB"),
    "an archive": (BPMN, b"PK\x03\x04" + b"\x00" * 100, "压缩包"),
    "bytes": (BPMN, b"\x00\x01\x02\xff", "不是UTF-8编码的文本文件"),
    "another encoding": ("decide.form", "理由".encode("gb18030"), "不是UTF-8编码的文本文件"),
    "a strange file": ("passwd", b"root:x:0:0", "没有名为“passwd”的文件"),
    "the law": ("limits.yaml", b"limits: []", "是法律数据"),
    "a path": ("../../law/limits.bpmn", b"<a/>", "没有名为“limits.bpmn”的文件"),
    "nothing": (BPMN, b"", "错误"),
    "no XML": (BPMN, b"this is a letter", "错误"),
    "a doctype": (
        BPMN,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "错误",
    ),
    "a bomb": (
        BPMN,
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>',
        "错误",
    ),
    "no form": ("decide.form", b"{]", "错误"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_upload_is_refused_clearly(site: Site, name: str) -> None:
    filename, data, said = HOSTILE[name]
    reply = send(site, {filename: data})
    assert reply.status_code == 422
    assert said in reply.text
    assert "root:" not in reply.text
    assert len(reply.text) < 100_000
    assert len(versions(site)) == 1


def test_a_template_that_reaches_out_is_not_deployed(site: Site) -> None:
    template = b"{{ ''.__class__.__mro__ }}"
    reply = send(site, {"listing_decision.html": template}, "deploy", note="试试")
    assert reply.status_code == 422
    assert len(versions(site)) == 1


def test_what_is_carried_is_judged_as_if_it_were_uploaded(site: Site) -> None:
    forged = {
        f"carried:{BPMN}": base64.b64encode(b"PK\x03\x04").decode(),
        "carried:decide.form": "not base64!",
        "carried:../x": base64.b64encode(b"x").decode(),
    }
    reply = send(site, {}, "deploy", note="硬来", **forged)
    assert reply.status_code == 422
    assert carried(reply) == {}


def test_all_files_of_a_change_have_a_common_bound(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "WHOLE", len(RENAMED) + 10)
    reply = send(site, {BPMN: RENAMED, "decide.form": _relabelled()})
    assert "合计超过5MB" in reply.text
    assert set(carried(reply)) == {f"carried:{BPMN}"}


def test_only_designers_enter(site: Site) -> None:
    base = "/procedures/serious_listing"
    for path in ("/procedures", base, f"{base}/versions/1", f"{base}/versions/1.zip", CHANGE):
        assert site.client("zhou").get(path).status_code == 200
        for login in ("wang", "sun", "qian"):
            assert site.client(login).get(path).status_code == 403
    assert site.client("wang").post(CHANGE, data={"_action": "deploy"}).status_code == 403


def test_a_designer_sees_which_limits_and_measures_are_drafts_or_blocked(site: Site) -> None:
    client = site.client("zhou")
    version = client.get("/procedures/serious_listing/versions/1").text
    assert "草案，待确认" in version
    assert "legal_review" in version
    law = client.get("/procedures/-/law").text
    assert "不得选用的理由" in law
    assert "国办发〔2020〕49号" in law
