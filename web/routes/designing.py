"""流程设计: versions, their files, and changing them: every fault at once, then a new version."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from web import changing, files, security
from web.language import gettext as _
from web.language import later
from workflows import access, designing, errors
from workflows.queries import designing as questions

routes = Blueprint("designing", __name__)

KINDS: Mapping[str, Any] = {
    "startEvent": later("开始"),
    "endEvent": later("结束"),
    "userTask": later("人工任务"),
    "manualTask": later("线下任务"),
    "serviceTask": later("系统作业"),
    "sendTask": later("发送"),
    "receiveTask": later("接收"),
    "businessRuleTask": later("规则判断"),
    "callActivity": later("调用流程"),
    "subProcess": later("子流程"),
    "exclusiveGateway": later("条件分支"),
    "parallelGateway": later("并行分支"),
    "inclusiveGateway": later("多选分支"),
    "eventBasedGateway": later("等待分支"),
    "intermediateCatchEvent": later("等待"),
    "intermediateThrowEvent": later("发出"),
    "boundaryEvent": later("附着事件"),
}
FILES: Mapping[str, Any] = {
    "bpmn": later("流程图"),
    "dmn": later("决策表"),
    "form": later("表单"),
    "html": later("文书模板"),
    "css": later("文书样式"),
    "yaml": later("数据"),
}
FIELDS: Mapping[str, Any] = {
    "name": later("名称"),
    "kind": later("类型"),
    "process": later("流程"),
    "lane": later("办理角色"),
    "form": later("表单"),
    "assignee": later("指定办理人"),
    "candidate_groups": later("候选角色"),
    "candidate_users": later("候选人"),
    "due_date": later("期限"),
    "follow_up_date": later("跟进日期"),
    "priority": later("优先级"),
    "topic": later("系统作业"),
    "message": later("消息"),
    "decision": later("决策表"),
    "called": later("调用的流程"),
    "inputs": later("输入"),
    "outputs": later("输出"),
    "properties": later("属性"),
    "documentation": later("说明"),
    "container": later("所在子流程"),
    "event": later("事件类型"),
    "timer": later("时间"),
    "error_code": later("错误代码"),
    "attached_to": later("附着于"),
    "interrupting": later("是否中断"),
    "triggered": later("由事件触发"),
    "loop": later("多实例"),
    "passed_in": later("传入"),
    "passed_out": later("传出"),
    "result_variable": later("结果变量"),
    "result_mapping": later("结果取法"),
    "flows": later("去向和条件"),
}
"""What of an element may change."""
TYPES = {"bpmn": "application/xml", "dmn": "application/xml", "form": "application/json"}


@routes.get("/procedures")
@security.enter(*access.DESIGNS)
def index() -> str:
    """Every procedure with its newest version."""
    found = questions.deployed_procedures(security.store(), security.actor())
    return render_template("designing/index.html", procedures=found)


@routes.get("/procedures/<key>")
@security.enter(*access.DESIGNS)
def procedure(key: str) -> str:
    """Every version, with the cases that run on it."""
    found = questions.versions(security.store(), security.actor(), key)
    return render_template("designing/procedure.html", versions=found, newest=found[0])


@routes.get("/procedures/<key>/versions/<int:number>")
@security.enter(*access.DESIGNS)
def version(key: str, number: int) -> str:
    """One version: diagram, steps, files."""
    page = questions.version_page(security.store(), security.actor(), key, number)
    process = request.args.get("process", key)
    shown = next((one for one in page.processes if one[0] == process), page.processes[0])
    return render_template(
        "designing/version.html", page=page, shown=shown, kinds=KINDS, file_kinds=FILES
    )


@routes.get("/procedures/-/law")
@security.enter(*access.DESIGNS)
def law() -> str:
    """What of the law is blocked, and what is still a draft."""
    page = questions.law_page(security.store(), security.actor())
    return render_template("designing/law.html", page=page)


@routes.get("/procedures/<key>/versions/<int:number>/files/<path:path>")
@security.enter(*access.DESIGNS)
def file(key: str, number: int, path: str) -> Response:
    """One file as it was deployed."""
    found = questions.version_files(security.store(), security.actor(), key, number)
    if path not in found:
        raise errors.NotFound
    name = path.rpartition("/")[2]
    media_type = TYPES.get(name.rpartition(".")[2], "text/plain")
    return files.send(found[path], name, media_type, inline=False)


@routes.get("/procedures/<key>/versions/<int:number>.zip")
@security.enter(*access.DESIGNS)
def bundle(key: str, number: int) -> Response:
    """All files of a version as one archive."""
    found = questions.version_files(security.store(), security.actor(), key, number)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(found):
            archive.writestr(zipfile.ZipInfo(path), found[path], zipfile.ZIP_DEFLATED)
    name = f"{key}-{number}.zip"
    return files.send(packed.getvalue(), name, "application/zip", inline=False)


@routes.route("/procedures/<key>/change", methods=["GET", "POST"])
@security.enter(*access.DESIGNS)
def change(key: str) -> AnyResponse | str:
    """Upload changed files, see every fault or what they change, deploy."""
    store, actor = security.store(), security.actor()
    newest = questions.versions(store, actor, key)[0].version
    page = questions.version_page(store, actor, key, newest)
    if request.method == "GET":
        return _show(changing.Change(page))
    draft = changing.read(page)
    changing.check(store, actor, key, draft)
    if request.form.get("_action") == "deploy" and draft.deployable and not draft.outrun:
        if len(draft.note) >= 2:
            return _deploy(key, draft)
        draft.wrong = {"note": _("请写明修改了什么、为什么修改")}
    failed = draft.faults or draft.refused or draft.wrong
    return Response(_show(draft), status=422 if failed else 200)


def _deploy(key: str, draft: changing.Change) -> AnyResponse:
    store, actor = security.store(), security.actor()
    number = designing.deploy_upload(store, actor, key, draft.files, draft.note)
    running = draft.comparison.running if draft.comparison else 0
    flash(_("已部署第%(n)s版，新立案的案件按此办理。", n=number))
    if running:
        flash(_("%(n)s件在办案件仍按立案时的版本办理，不受影响。", n=running))
    return redirect(url_for("designing.version", key=key, number=number))


def _show(draft: changing.Change) -> str:
    return render_template("designing/change.html", change=draft, page=draft.newest, labels=FIELDS)
