"""The numbers of several processes of one machine are read as one."""

import os
import subprocess
import sys
from pathlib import Path

RAN = "from workflows import metrics; metrics.JOBS.labels('done').observe(0.2)"
TOLD = "from workflows import metrics; print(metrics.of_processes().decode())"


def python(program: str, numbers: Path) -> str:
    """What a process says that counts together with others."""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(numbers)}  # noqa: TID251
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_what_a_process_counted_outlives_it_and_adds_up(tmp_path: Path) -> None:
    python(RAN, tmp_path)
    python(RAN, tmp_path)
    said = python(TOLD, tmp_path)
    assert 'zhengcheng_job_seconds_count{outcome="done"} 2.0' in said
    assert 'zhengcheng_job_seconds_sum{outcome="done"} 0.4' in said
