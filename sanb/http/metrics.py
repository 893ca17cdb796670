"""/metrics: counters of the cluster as Prometheus text."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from sanb.controlplane import ControlPlane

__all__ = ["CONTENT_TYPE", "text"]


class _Figures:
    """What a cluster counts, read when somebody asks."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def collect(self) -> Iterator[Any]:
        """The figures."""
        plane = self._plane
        objects = GaugeMetricFamily("apiserver_storage_objects", "Number of stored objects.", labels=["resource"])
        for resource in plane.resources():
            objects.add_metric([resource], len(plane.store.head.scan(resource, None)))
        yield objects
        served = CounterMetricFamily("sanb_requests", "Requests in the journal, by component.", labels=["component"])
        for component, count in sorted((plane.counted + Tally(one.actor or "user" for one in plane.world.journal)).items()):
            served.add_metric([component], count)
        yield served
        yield CounterMetricFamily("sanb_actions", "Actions of the simulated world.", value=plane.world.steps)
        yield GaugeMetricFamily("sanb_virtual_time_seconds", "Virtual seconds since the epoch.", value=plane.now)


def text(plane: ControlPlane) -> bytes:
    """The figures of a cluster as Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(plane))
    return generate_latest(registry)
