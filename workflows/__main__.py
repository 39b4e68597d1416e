"""The command line: `zhengcheng …`, or `./zheng …` from a checkout. Exit code 1 is a refusal."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from workflows import (
    access,
    backup,
    cases,
    console,
    deadlines,
    demo,
    designing,
    errors,
    intake,
    logs,
    migrations,
    people,
    procedures,
    queries,
    scheduler,
    serving,
    settings,
    stories,
    terminal,
    workdays,
)
from workflows.registry import screening
from workflows.store import Store, open_store


def main() -> None:
    """Run a command; refusals go to standard error in the person's language, exit code 1."""
    logs.hush()
    try:
        cli.main(prog_name="zhengcheng", standalone_mode=True)
    except errors.ZhengchengError as refusal:
        click.echo(f"{type(refusal).__name__}：{refusal.message}", err=True)
        sys.exit(1 if isinstance(refusal, errors.Refusal) else 2)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """正程：按法定程序办理严重违法失信治理案件。"""
    context.obj = _store


@cli.command("demo")
@click.option("--port", default=8000, show_default=True, help="网页端口")
@click.option("--fresh", is_flag=True, help="清空演示数据后重新生成")
def demo_command(port: int, fresh: bool) -> None:
    """生成演示数据并启动网页（SQLite）。"""
    serving.check_port("127.0.0.1", port)
    logins = demo.prepare(click.echo, fresh=fresh)
    click.echo("\n演示账号：")
    click.echo(f"  {'登录名':<7}{'密码':<15}姓名　职责")
    for login, password, name, duties in logins:
        click.echo(f"  {login:<10}{password:<17}{name}　{duties}")
    click.echo(f"\n打开 http://127.0.0.1:{port}　按 Ctrl+C 停止。")
    click.echo("推进办公时间：./zheng tick --at 2027-01-15T09:00\n")
    serving.serve("127.0.0.1", port, secure=False, processes=1, worker=True)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, help="网页端口")
@click.option("--insecure", is_flag=True, help="允许在没有HTTPS的内网试用（Cookie不加Secure）")
@click.option("--processes", default=2, show_default=True, help="网页进程数，约等于处理器核数")
@click.option("--no-worker", is_flag=True, help="本机只启动网页，作业进程在别的机器上")
def serve(host: str, port: int, insecure: bool, processes: int, no_worker: bool) -> None:
    """启动网页和作业进程。"""
    serving.check_port(host, port)
    serving.serve(host, port, secure=not insecure, processes=processes, worker=not no_worker)


@cli.command()
@click.option("--metrics-port", default=0, help="在本机此端口答复Prometheus（本机没有网页进程时）")
def worker(metrics_port: int) -> None:
    """只启动作业进程：定时、文书、督办、每日筛查。"""
    serving.work(metrics_port)


@cli.command()
def migrate() -> None:
    """把数据库升级到最新表结构。"""
    with _store() as store:
        migrations.migrate(store)
    click.echo("数据库已是最新。")


@cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """把正在运行的数据库和数据文件夹备份到 FILE（一个文件）。"""
    store = open_store()
    try:
        made = backup.back_up(store, file.absolute())
    finally:
        store.close()
    click.echo(f"已备份到 {made.file}，{made.size}字节。\nSHA-256：{made.sha256}")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="替换这里已有的数据")
def restore(file: Path, overwrite: bool) -> None:
    """从备份 FILE 恢复；先停止网页和作业进程。"""
    store = open_store()
    try:
        stands = backup.restore(store, file.absolute(), overwrite=overwrite)
    finally:
        store.close()
    click.echo(
        f"已恢复到 {stands.made_at} 的状态：{stands.cases}件案件，"
        f"其中{stands.verified}件的历史已核验完整。"
    )


@cli.command()
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--note", default="", help="版本说明")
def deploy(paths: tuple[Path, ...], note: str) -> None:
    """检查并部署 PATHS（bpmn/ 下的程序文件夹，可以是几个）为新版本；没有变化的不增加版本。

    程序之间互相立案：部署一个程序时，把它会立案的程序一并部署（例如 bpmn/*/）。
    """
    with _store() as store:
        for path in paths:
            folder = path.resolve()
            if not (folder / f"{folder.name}.bpmn").is_file() and len(paths) > 1:
                continue  # bpmn/*/ 中的 law 和 shared
            bundle = procedures.load_folder(folder)
            version = designing.deploy_bundle(store, bundle, folder.name, note=note)
            click.echo(f"{folder.name} 第{version}版已部署。")


@cli.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def check(path: Path, as_json: bool) -> None:
    """检查 PATH 中的程序，一次列出全部问题；有错误时退出码为1。"""
    complaints = designing.check_bundle(procedures.load_folder(path.resolve()), path.resolve().name)
    if as_json:
        _print_json([vars(one) | {"text": str(one)} for one in complaints])
    for one in [] if as_json else complaints:
        click.echo(f"{'错误' if one.severity == 'error' else '提醒'}　{one}")
    wrong = sum(one.severity == "error" for one in complaints)
    if not as_json:
        click.echo(f"{wrong}个错误，{len(complaints) - wrong}个提醒。")
    sys.exit(1 if wrong else 0)


@cli.group("import")
def import_group() -> None:
    """导入登记数据。"""


@import_group.command("penalties")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="以谁的名义导入（登录名）")
@click.option("--unit", type=click.Choice(["元", "万元"]), help="金额单位（文件未注明时）")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def import_penalties(file: Path, login: str, unit: Any, as_json: bool) -> None:
    """导入行政处罚“双公示”数据（CSV：UTF-8、GB18030；XLSX）。"""
    _import(file, login, as_json, unit=unit, kind="penalties")


@import_group.command("subjects")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="以谁的名义导入（登录名）")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def import_subjects(file: Path, login: str, as_json: bool) -> None:
    """导入主体登记信息。"""
    _import(file, login, as_json, unit=None, kind="subjects")


@import_group.command("changes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="以谁的名义导入（登录名）")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def import_changes(file: Path, login: str, as_json: bool) -> None:
    """导入变动信息（主体状态、文书撤销、法院名单），并转告有关的在办案件。"""
    _import(file, login, as_json, unit=None, kind="changes")


@cli.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="截至哪一天（默认今天）")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def screen(as_of: datetime | None, as_json: bool) -> None:
    """按三年窗口筛查高频失信主体（D02）。"""
    with _store() as store:
        day = as_of.date() if as_of else store.now.date()
        result = screening.screen(store, day)
    if as_json:
        _print_json({"as_of": str(day), "counts": result.counts})
        return
    click.echo(f"截至{day}：")
    for kind, count in sorted(result.counts.items()):
        click.echo(f"  {kind:<20}{count}")


@cli.command()
@click.option("--at", help="先把演示环境的办公时间推进到此刻，例如 2027-01-15T09:00")
def tick(at: str | None) -> None:
    """运行已到期的作业和督办；--at 只能用于演示环境。"""
    with _store() as store:
        done = scheduler.travel(store, _instant(at)) if at else scheduler.run_due(store)
        click.echo(f"办公时间 {store.now:%Y-%m-%d %H:%M}，已处理{done}项。")
        if at:
            click.echo("时间已推进，网页上的登录随之过期，请重新登录。")


@cli.group()
def case() -> None:
    """案件：立案、查看、列表、核验。"""


@case.command("open")
@click.argument("procedure")
@click.option("--as", "login", required=True, help="承办人登录名")
@click.option("--subject", required=True, help="统一社会信用代码")
@click.option("--record", "records", multiple=True, help="失信记录文号，可多次")
@click.option("--with", "answers", default="{}", help="立案表内容（JSON）")
def case_open(
    procedure: str, login: str, subject: str, records: tuple[str, ...], answers: str
) -> None:
    """按 PROCEDURE（例如 serious_listing）立案。"""
    with _store() as store:
        actor = _actor(store, login)
        subject_id = queries.subject_by_code(store, subject)
        case_id = cases.open_case(
            store,
            actor,
            procedure,
            orjson.loads(answers),
            subject_id=subject_id,
            record_ids=queries.records_by_number(store, subject_id, records),
        )
    click.echo(str(case_id))


@case.command("show")
@click.argument("case_id", type=int)
@click.option("--as", "login", required=True, help="以谁的身份查看（登录名）")
def case_show(case_id: int, login: str) -> None:
    """显示案件的现状、任务、期限、文书（JSON）。"""
    with _store() as store:
        _print_json(queries.case_page(store, _actor(store, login), case_id))


@case.command("list")
@click.option("--as", "login", required=True, help="以谁的身份查看（登录名）")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
@click.option("--text", default="", help="在案号、案由、主体中查找")
@click.option("--after", default="", help="从哪里接着列")
def case_list(login: str, as_json: bool, text: str, after: str) -> None:
    """列出本部门（督导、牵头部门含下级）的案件，每页25件。"""
    with _store() as store:
        page = queries.list_cases(store, _actor(store, login), text=text, after=after)
    if as_json:
        _print_json(page)
        return
    for row in page.rows:
        click.echo(f"{row.id:>6}  {row.number}  {row.status:<6} {row.title}")
    if page.more:
        click.echo(f"下一页：--after {page.more}")


@case.command("verify")
@click.argument("case_id", type=int)
def case_verify(case_id: int) -> None:
    """核验案件历史的散列链和文书；发现第一处不符时退出码为1。"""
    with _store() as store:
        fault = cases.verify_case(store, case_id)
    if fault:
        click.echo(f"第{fault.seq}条：{fault.reason}")
        sys.exit(1)
    click.echo("历史完整，文书与登记的散列值一致。")


@cli.group()
def limit() -> None:
    """期限。"""


@limit.command("explain")
@click.argument("limit_id")
@click.option("--from", "since", required=True, help="起算日或者时刻，例如 2026-02-11")
@click.option("--json", "as_json", is_flag=True, help="输出JSON")
def limit_explain(limit_id: str, since: str, as_json: bool) -> None:
    """逐日说明期限 LIMIT_ID 如何计算。"""
    start = _instant(since)
    limits = deadlines.load_limits(settings.LAW / "limits.yaml")
    found = deadlines.find(limits, limit_id, start.date())
    deadline = deadlines.compute(found, start, procedures.calendar())
    if as_json:
        _print_json(deadline)
        return
    for line in deadlines.explain(deadline):
        click.echo(line)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def story(files: tuple[Path, ...]) -> None:
    """运行案例文件 FILE…；有一个不成立时退出码为1。"""
    failed = 0
    for file in files:
        told = stories.tell(file)
        failed += bool(told.error)
        click.echo(f"{'✗' if told.error else '✓'} {told.name}（{told.steps}步）")
        if told.error:
            click.echo(f"    {told.error}")
    click.echo(f"{len(files) - failed}个成立，{failed}个不成立。")
    sys.exit(1 if failed else 0)


@cli.command("test", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def test_command(words: tuple[str, ...]) -> None:
    """运行测试（./zheng test 会先安装测试所需的组件）。"""
    sys.exit(serving.run_tests(words))


@contextmanager
def _store() -> Generator[Store]:
    store = open_store()
    try:
        migrations.migrate(store)
        yield store
    finally:
        store.close()


def _import(file: Path, login: str, as_json: bool, *, unit: Any, kind: str) -> None:
    with _store() as store, file.open("rb") as stream:
        actor = _actor(store, login)
        size = file.stat().st_size
        with terminal.progress_bar(file.name, size, shown=not as_json) as progress:
            if kind == "penalties":
                receipt = intake.import_penalties(
                    store, actor, file.name, stream, unit=unit, progress=progress
                )
            else:
                take = {"subjects": intake.import_subjects, "changes": intake.import_changes}[kind]
                receipt = take(store, actor, file.name, stream, progress=progress)
    if as_json:
        _print_json(receipt)
        return
    click.echo(
        f"回执{receipt.id}：共{receipt.total}行，接收{receipt.accepted}，"
        f"重复{receipt.duplicates}，拒收{receipt.rejected}。"
    )


def _actor(store: Store, login: str) -> access.Actor:
    with store.reading() as tx:
        return people.find_actor(tx, login)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise click.BadParameter(
            f"“{text}”不是时刻，应为 2027-01-15 或者 2027-01-15T09:00"
        ) from fault
    return at.replace(tzinfo=workdays.OFFICE) if at.tzinfo is None else at


def _print_json(value: Any) -> None:
    def plain(one: Any) -> Any:
        if isinstance(one, date):
            return one.isoformat()
        return dict(one) if hasattr(one, "keys") else str(one)

    click.echo(orjson.dumps(value, default=plain, option=orjson.OPT_INDENT_2).decode())


for command in console.COMMANDS:
    cli.add_command(command)


if __name__ == "__main__":
    main()
