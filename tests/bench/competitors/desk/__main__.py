"""PyPI django-viewflow running the workload: each task a form saved and its activation executed.

`python -m tests.bench.competitors.desk DATABASE`: reads a number of seconds a line, runs cases for
so long, answers {"instances", "seconds"}. A ModelForm checks the answers, the task is completed
inside `task.activation()`, as its documentation shows, without templates and HTTP. SQLite as
durable as ours: WAL, synchronous=FULL, and transactions that take the write lock at once.
"""

# pyright: reportMissingImports=false, reportMissingModuleSource=false

import json
import sys
from time import perf_counter

import django
from django.conf import settings

STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("describe", {"title": "门店招牌", "place": "殷都区钢城路9号", "reason": "换新"}),
    ("check", {"agreed": "on"}),
    ("confirm", {"remark": "属实"}),
    ("file", {"remark": "已归档"}),
)


def configure(file: str) -> None:
    """Django with this one app over an SQLite file."""
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "viewflow",
            "viewflow.workflow",
            "tests.bench.competitors.desk",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": file,
                "OPTIONS": {
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                    "transaction_mode": "IMMEDIATE",
                },
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        MIGRATION_MODULES=dict.fromkeys(("auth", "contenttypes", "viewflow")),  # tables at once
    )
    django.setup()


def main() -> None:
    """Get ready, then run for as long as each line says."""
    configure(sys.argv[1])
    from django.core.management import call_command
    from django.db import transaction
    from django.forms import modelform_factory
    from viewflow.workflow.models import Process, Task
    from viewflow.workflow.status import PROCESS, STATUS

    from tests.bench.competitors.desk.flows import Desk, clerk
    from tests.bench.competitors.desk.models import Permit

    forms = {element: modelform_factory(Permit, fields=list(posted)) for element, posted in STEPS}

    def run() -> int:
        process = Desk.start.run(topic="设置招牌")
        for element, posted in STEPS:
            node = getattr(Desk, element)
            task = Task.objects.get(process_id=process.pk, flow_task=node, status=STATUS.ASSIGNED)
            with transaction.atomic(), task.activation() as activation:
                if not node.can_execute(clerk(), task=activation.task):
                    raise PermissionError(element)
                activation.start(None)
                form = forms[element](posted, instance=activation.process)
                if not form.is_valid():
                    raise ValueError(form.errors)
                form.save()
                activation.execute()
        return process.pk

    call_command("migrate", run_syncdb=True, verbosity=0)
    ended = Process.objects.get(pk=run())
    if ended.status != PROCESS.DONE:
        raise SystemExit(f"the case did not end: {ended.status}")
    _tell("ready")
    for line in sys.stdin:
        begun = perf_counter()
        instances = 0
        while perf_counter() - begun < float(line):
            run()
            instances += 1
        _tell(json.dumps({"instances": instances, "seconds": perf_counter() - begun}))


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
