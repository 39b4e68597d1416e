"""运维命令: jobs, retry, suspend, resume; a supervisor's due, a designer's move.

`__main__` opens the store.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

import click
import orjson
from tqdm import tqdm

from workflows import access, cases, people, workdays
from workflows.queries import operating
from workflows.store import Store

OpenStore = Callable[[], AbstractContextManager[Store]]

KIND = click.Choice(["case", "procedure"])

as_whom = click.option("--as", "login", required=True, help="以谁的身份操作（登录名）")
why = click.option("--reason", required=True, help="理由，载入案件历史")


@click.command("jobs")
@as_whom
@click.option("--failed", "status", flag_value="failed", help="只列故障")
@click.option("--due", "status", flag_value="due", help="只列到期待运行的作业")
@click.option("--procedure", default="", help="只看一个程序")
@click.option("--after", default="", help="从哪里接着列")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
@click.pass_obj
def list_jobs(
    opened: OpenStore, login: str, status: str | None, procedure: str, after: str, as_json: bool
) -> None:
    """作业概况；--failed、--due 逐条列出，每页25条。有故障时退出码为1。"""
    with opened() as store:
        actor = find_actor(store, login)
        now = operating.standing(store, actor)
        page = operating.list_jobs(
            store, actor, status=status or "failed", procedure=procedure, after=after
        )
    if as_json:
        click.echo(_json({"standing": now, "jobs": page.rows, "more": page.more}))
    else:
        _tell_standing(now)
        for job in page.rows:
            _tell_job(job)
        if page.more:
            click.echo(f"下一页：--after {page.more}")
    click.get_current_context().exit(1 if now.failed else 0)


@click.command("retry")
@click.argument("job_ids", nargs=-1, type=int)
@as_whom
@click.option("--all", "everything", is_flag=True, help="重试全部故障")
@click.option("--procedure", default="", help="只重试一个程序的故障（与--all同用）")
@click.pass_obj
def retry(
    opened: OpenStore, job_ids: tuple[int, ...], login: str, everything: bool, procedure: str
) -> None:
    """重试故障作业 JOB_IDS…，或者用 --all 重试全部；一项也没有时退出码为1。"""
    if bool(job_ids) == everything:
        raise click.UsageError("请写作业号，或者用 --all")
    with opened() as store:
        actor = find_actor(store, login)
        if everything:
            with tqdm(unit="项", disable=None) as bar:
                done = cases.retry_all(store, actor, procedure=procedure, progress=bar.update)
        else:
            done = cases.retry_jobs(store, actor, job_ids)
    click.echo(f"已安排重试{done}项作业。" if done else "没有需要重试的故障作业。")
    click.get_current_context().exit(0 if done else 1)


@click.command("suspend")
@click.argument("kind", type=KIND)
@click.argument("name")
@as_whom
@why
@click.pass_obj
def suspend(opened: OpenStore, kind: str, name: str, login: str, reason: str) -> None:
    """暂停一个案件（case 案号）或者整个程序（procedure 程序名）。法定期限照常计算。"""
    with opened() as store:
        actor = find_actor(store, login)
        if kind == "case":
            found, _jobs = operating.find_case(store, actor, name)
            cases.suspend_case(store, actor, found.id, reason)
            click.echo(f"案件{found.number}已暂停。")
            return
        with tqdm(unit="件", disable=None) as bar:
            done = cases.suspend_procedure(store, actor, name, reason, bar.update)
    click.echo(f"程序{name}已暂停，不再立案；{done}件在办案件随之暂停。")


@click.command("resume")
@click.argument("kind", type=KIND)
@click.argument("name")
@as_whom
@why
@click.pass_obj
def resume(opened: OpenStore, kind: str, name: str, login: str, reason: str) -> None:
    """恢复一个案件或者整个程序；暂停期间到期的作业立即运行。"""
    with opened() as store:
        actor = find_actor(store, login)
        if kind == "case":
            found, _jobs = operating.find_case(store, actor, name)
            cases.resume_case(store, actor, found.id, reason)
            click.echo(f"案件{found.number}已恢复。")
            return
        with tqdm(unit="件", disable=None) as bar:
            done = cases.resume_procedure(store, actor, name, reason, bar.update)
    click.echo(f"程序{name}已恢复；{done}件案件随之恢复。")


@click.command("due")
@click.argument("kind", type=click.Choice(["task", "timer"]))
@click.argument("number", type=int)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="新的最后一日")
@as_whom
@why
@click.option("--article", default="", help="准许延长法定期限的法律依据")
@click.pass_obj
def change_due(
    opened: OpenStore,
    kind: str,
    number: int,
    until: datetime,
    login: str,
    **said: str,
) -> None:
    """变更任务（task 任务号）或者计时（timer 作业号）的期限，至当日24:00届满。由督导办理。"""
    due_at = _end_of(until.date())
    with opened() as store:
        actor = find_actor(store, login, access.REASSIGNS)
        change = cases.change_task_due if kind == "task" else cases.change_timer
        change(store, actor, number, due_at, said["reason"], said["article"])
    click.echo(f"期限已变更，至{until:%Y-%m-%d} 24:00。")


@click.command("move")
@click.argument("procedure")
@click.option("--to", "version", type=int, help="转到第几版（默认最新版）")
@click.option("--dry-run", is_flag=True, help="只预审：哪些案件能转，不能转的为什么")
@click.option("--case", "chosen", multiple=True, type=int, help="只转这些案件（编号），可多次")
@click.option("--as", "login", help="以哪位流程设计员的名义（默认系统）")
@click.option("--reason", default="命令行转版", show_default=True, help="理由，载入案件历史")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
@click.pass_obj
def move(
    opened: OpenStore,
    procedure: str,
    version: int | None,
    chosen: tuple[int, ...],
    *,
    dry_run: bool,
    login: str | None,
    reason: str,
    as_json: bool,
) -> None:
    """把 PROCEDURE 的在办案件转到另一版本；不能转的说明原因，仍按原版本办理。

    中断后再次运行即可继续：已经转过的不会再转。
    """
    with opened() as store:
        actor = find_actor(store, login, access.DESIGNS) if login else access.SYSTEM
        number = cases.start_move(
            store, actor, procedure, version, trial=dry_run, reason=reason, chosen=chosen or None
        )
        done = cases.read_move(store, actor, number)
        with tqdm(total=done.total, unit="件", disable=as_json or None) as bar:
            while not done.ended_at:
                done = cases.continue_move(store, actor, number)
                bar.update(done.seen - bar.n)
    if as_json:
        click.echo(_json(asdict(done) | {"stayed": done.stayed}))
        return
    _tell_move(done)
    if others := len(set(chosen)) - done.total if chosen else 0:
        click.echo(f"另有{others}件没有看：已办结、已是这一版，或者不是这个程序的案件。")


COMMANDS = (list_jobs, retry, suspend, resume, change_due, move)


def find_actor(store: Store, login: str, roles: Collection[str] = access.OPERATES) -> access.Actor:
    """The person with this login, in one of the roles where he has it; raises NotFound."""
    with store.reading() as tx:
        person = people.find_actor(tx, login)
        held = {row["role"] for row in people.memberships_of(tx, person.person_id or 0)}
        fitting = sorted(held & set(roles))
        return people.find_actor(tx, login, role=fitting[0]) if fitting else person


def _tell_standing(now: operating.Standing) -> None:
    waited = f"，最久已等{int(now.oldest.total_seconds() // 60)}分钟" if now.oldest else ""
    due = f"到期{_number(now.due)}（已分派{now.handed}{waited}）"
    click.echo(f"故障{_number(now.failed)}　{due}　暂停的案件{_number(now.suspended)}")


def _tell_move(done: cases.Move) -> None:
    moved = "可以转" if done.trial else "已转"
    click.echo(f"第{done.version}版：{moved}{done.moved}件，不能转{done.stayed}件。")
    for title, groups in (("不能转的原因", done.reasons), ("转版时注意", done.notes)):
        if groups:
            click.echo(f"{title}：")
        for one in groups:
            more = "……" if one.cases > len(one.numbers) else ""
            click.echo(f"  {one.cases:>6}件  {one.remark}")
            click.echo(f"            {'、'.join(one.numbers)}{more}")


def _tell_job(job: operating.Job) -> None:
    at = job.tried_at or job.due_at
    case = job.case_number or "-"
    click.echo(f"{job.id:>9}  {case:<12} {at:%m-%d %H:%M}  {job.kind:<9} {job.element}", nl=False)
    click.echo(f"　试过{job.attempts}次：{job.error}" if job.error else "")


def _number(count: int) -> str:
    return f"{operating.MOST}+" if count > operating.MOST else str(count)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), workdays.OFFICE)


def _json(value: Any) -> str:
    def plain(one: Any) -> Any:
        return one.total_seconds() if isinstance(one, timedelta) else str(one)

    return orjson.dumps(value, default=plain, option=orjson.OPT_INDENT_2).decode()
