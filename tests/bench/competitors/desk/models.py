"""The case: its answers are JSON fields of a proxy of viewflow's process."""

# pyright: reportMissingImports=false, reportMissingModuleSource=false

from viewflow import jsonstore
from viewflow.workflow.models import Process


class Permit(Process):
    """One case."""

    topic = jsonstore.CharField(max_length=250)
    title = jsonstore.CharField(max_length=250)
    place = jsonstore.CharField(max_length=250, blank=True)
    reason = jsonstore.CharField(max_length=250, blank=True)
    agreed = jsonstore.BooleanField(default=False)
    remark = jsonstore.CharField(max_length=250, blank=True)

    class Meta:
        proxy = True
