"""What Prometheus may know of this machine's processes: counts and durations, never whose.

Processes of one machine share their numbers through files where `PROMETHEUS_MULTIPROC_DIR` names a
folder (`serve` does); else a process knows its own alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import prometheus_client
from prometheus_client import CollectorRegistry, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from workflows import settings

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = prometheus_client.Histogram(
    "zhengcheng_http_request_seconds",
    "How long requests took, by endpoint and status.",
    ["endpoint", "status"],
    buckets=SECONDS,
)
JOBS = prometheus_client.Histogram(
    "zhengcheng_job_seconds",
    "How long jobs took, by what became of them: done, outrun, refused, failed.",
    ["outcome"],
    buckets=SECONDS,
)


@dataclass(frozen=True)
class Gauge:
    """A number that goes up and down, by label; `values`: labels → number."""

    name: str
    says: str
    labels: tuple[str, ...]
    values: Mapping[tuple[str, ...], float]


class _Now(Collector):
    """Hands gauges over as they are; nothing of them is kept in a process."""

    def __init__(self, gauges: tuple[Gauge, ...]) -> None:
        self.gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for one in self.gauges:
            family = GaugeMetricFamily(f"zhengcheng_{one.name}", one.says, labels=one.labels)
            for labels, value in one.values.items():
                family.add_metric(labels, value)
            yield family


def of_processes() -> bytes:
    """The numbers of this machine's processes, as Prometheus reads them."""
    if not settings.METRICS_FILES:
        return prometheus_client.generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=settings.METRICS_FILES)
    return prometheus_client.generate_latest(registry)


def of_now(gauges: Iterable[Gauge]) -> bytes:
    """Numbers known at this moment, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Now(tuple(gauges)))
    return prometheus_client.generate_latest(registry)


def serve_alone(port: int) -> None:
    """Answer Prometheus on this machine's own address: for a machine with workers only."""
    prometheus_client.start_http_server(port, addr="127.0.0.1")
