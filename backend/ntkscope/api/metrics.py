"""What Prometheus is told: read off the server when it asks, so that nothing is kept for it in between."""

from collections import Counter
from collections.abc import Iterator

import anyio.to_thread
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ntkscope.api.dependencies import ServicesDep
from ntkscope.api.services import Services
from ntkscope.wire.codec import decode_first

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
async def get_metrics(services: ServicesDep) -> Response:
    """In Prometheus' text format. Who may look may read it; a scraper brings the viewers' token as a bearer."""
    stored = await anyio.to_thread.run_sync(services.store.count_by_state)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Now(services, stored))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Now:
    """One moment of the server, as a collector.

    Args:
        services: What it has; read on the event loop.
        stored: Runs in the database, by state.
    """

    def __init__(self, services: Services, stored: dict[str, int]) -> None:
        self._services, self._stored = services, stored

    def collect(self) -> Iterator[Metric]:
        services = self._services
        scheduler, memory = services.scheduler, services.scheduler.live.memory
        live = scheduler.live.all()
        yield _by("ntkscope_runs", "Runs that are kept, by state.", "state", self._stored)
        now = Counter[str](run.state for run in live)
        yield _by("ntkscope_live_runs", "Runs that have not ended, by state.", "state", now)
        yield _one("ntkscope_queue", "Runs that wait for a worker.", scheduler.live.queued())
        yield _one("ntkscope_workers_ready", "Workers that can take a run.", scheduler.warm)
        events = CounterMetricFamily("ntkscope_events", "Events that workers have delivered, by type.", labels=["type"])
        for kind, count in sorted(scheduler.delivered.items()):
            events.add_metric([kind], count)
        yield events
        speeds = [decode_first(run.tick, "steps_per_second") for run in live if run.tick and run.state == "running"]
        yield _one("ntkscope_steps_per_second", "Steps that all runs take in a second.", sum(speeds))
        lags = [services.notifier.latest(viewer.run_id) - viewer.seq for viewer in services.viewers]
        yield _one("ntkscope_viewers", "Sockets that follow a run.", len(lags))
        yield _one("ntkscope_viewer_lag_events", "Events that the slowest viewer has not got.", max([*lags, 0]))
        yield _one("ntkscope_memory_held_bytes", "Estimated memory of runs and previews.", memory.most - memory.free)
        yield _one("ntkscope_memory_limit_bytes", "Most that they may take.", memory.most)
        trouble = bool(services.writer.trouble)
        yield _one("ntkscope_database_refuses", "1 while the database takes no writes.", trouble)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
