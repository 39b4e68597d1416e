"""The workload as a flow; each task is given to the clerk as it opens. Its views are not used."""

# pyright: reportMissingImports=false, reportMissingModuleSource=false

from functools import cache
from typing import Any

from django.contrib.auth.models import User
from viewflow import this
from viewflow.workflow import flow

from tests.bench.competitors.desk.models import Permit


@cache
def clerk() -> User:
    """Whose tasks they are."""
    return User.objects.get_or_create(username="clerk")[0]


def owner(_activation: Any) -> User:
    """The clerk, for any task."""
    return clerk()


class Desk(flow.Flow):
    """start → describe → check → gateway → confirm → file → end."""

    process_class = Permit

    start = flow.StartHandle(this.begin).Next(this.describe)
    describe = flow.View(None).Assign(owner).Next(this.check)
    check = flow.View(None).Assign(owner).Next(this.result)
    result = (
        flow.If(lambda activation: activation.process.agreed).Then(this.confirm).Else(this.describe)
    )
    confirm = flow.View(None).Assign(owner).Next(this.file)
    file = flow.View(None).Assign(owner).Next(this.filed)
    filed = flow.End()

    def begin(self, activation: Any, topic: str) -> Permit:
        """Take the start form in."""
        activation.process.topic = topic
        return activation.process
