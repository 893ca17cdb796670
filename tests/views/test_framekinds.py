"""Frames of workloads, networking, volumes and policy."""

from __future__ import annotations

import pandas
import pytest

from sanb import Cluster
from sanb.views.framekinds import KINDS
from sanb.views.frames import Frames
from tests.definitions import definition

MANIFEST = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: nginx}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {completions: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "0 0 1 1 *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, ports: [{port: 80, name: a}, {port: 53, protocol: UDP, name: b}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec:
  ingressClassName: nginx
  tls: [{secretName: cert}]
  rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: "10"}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: p}
spec: {minAvailable: 1, selector: {matchLabels: {app: db}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: auto}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}, maxReplicas: 3}
---
""" + definition("lamps.home.example", "Lamp")
WANTED = {
    "statefulsets": {"namespace": "default", "name": "db", "service": "db", "replicas": 2, "ready": 2, "updated": 2},
    "daemonsets": {"name": "agent", "desired": 1, "current": 1, "ready": 1, "updated": 1},
    "jobs": {"name": "once", "state": "Complete", "completions": 2, "parallelism": 1, "active": 0, "succeeded": 2, "failed": 0},
    "cronjobs": {"name": "tick", "schedule": "0 0 1 1 *", "suspend": True, "active": 0},
    "ingresses": {"name": "front", "class": "nginx", "hosts": "a.example", "tls": 1},
    "claims": {"name": "data-db-0", "phase": "Bound", "requested": "1Gi", "modes": "ReadWriteOnce"},
    "volumes": {"phase": "Bound", "capacity": "1Gi", "claim_namespace": "default", "claim": "data-db-0"},
    "quotas": {"name": "q", "hard": "pods=10"},
    "budgets": {"name": "p", "allowed": 1, "healthy": 2, "desired": 1, "expected": 2},
    "autoscalers": {"name": "auto", "target": "StatefulSet/db", "min": 1, "max": 3},
    "definitions": {"name": "lamps.home.example", "group": "home.example", "kind": "Lamp", "scope": "Namespaced"},
    "replicasets": {},
    "services": {"name": "web", "type": "ClusterIP", "cluster_ip": "None", "ports": "80/TCP,53/UDP"},
}


TIMES = ("2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z")
SAID: dict[str, tuple[dict[str, object], dict[str, object], dict[str, object]]] = {
    # what an object's spec says, its status, and its row; no two numbers of an object are the same
    "replicasets": ({"replicas": 4}, {"replicas": 3, "readyReplicas": 2}, {"replicas": 4, "current": 3, "ready": 2}),
    "statefulsets": (
        {"serviceName": "s", "replicas": 4},
        {"readyReplicas": 3, "updatedReplicas": 2, "currentRevision": "a", "updateRevision": "b"},
        {"service": "s", "replicas": 4, "ready": 3, "updated": 2, "current_revision": "a", "update_revision": "b"},
    ),
    "daemonsets": (
        {}, {"desiredNumberScheduled": 4, "currentNumberScheduled": 3, "numberReady": 2, "updatedNumberScheduled": 1},
        {"desired": 4, "current": 3, "ready": 2, "updated": 1},
    ),
    "jobs": (
        {"completions": 5, "parallelism": 4},
        {"active": 3, "succeeded": 2, "failed": 1, "startTime": TIMES[0], "completionTime": TIMES[1]},
        {"state": "Running", "completions": 5, "parallelism": 4, "active": 3, "succeeded": 2, "failed": 1,
         "started": TIMES[0], "completed": TIMES[1]},
    ),
    "cronjobs": (
        {"schedule": "* * * * *", "suspend": False}, {"active": [{}, {}], "lastScheduleTime": TIMES[0]},
        {"schedule": "* * * * *", "suspend": False, "active": 2, "last_schedule": TIMES[0]},
    ),
    "services": (
        {"type": "ClusterIP", "clusterIP": "10.0.0.1"}, {}, {"type": "ClusterIP", "cluster_ip": "10.0.0.1", "ports": ""},
    ),
    "ingresses": ({"rules": [{}, {"host": "b"}]}, {}, {"class": None, "hosts": "*,b", "tls": 0}),
    "claims": (
        {"volumeName": "v", "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}, "accessModes": ["A", "B"]},
        {"phase": "Bound"}, {"phase": "Bound", "volume": "v", "storage_class": "fast", "requested": "1Gi", "modes": "A,B"},
    ),
    "volumes": (
        {"capacity": {"storage": "1Gi"}, "storageClassName": "fast", "persistentVolumeReclaimPolicy": "Retain",
         "claimRef": {"namespace": "shop", "name": "c"}},
        {"phase": "Bound"},
        {"phase": "Bound", "capacity": "1Gi", "storage_class": "fast", "reclaim": "Retain", "claim_namespace": "shop",
         "claim": "c"},
    ),
    "quotas": (
        {}, {"hard": {"pods": "4", "cpu": "3"}, "used": {"pods": "2", "cpu": "1"}},
        {"hard": "cpu=3,pods=4", "used": "cpu=1,pods=2"},
    ),
    "budgets": (
        {}, {"disruptionsAllowed": 1, "currentHealthy": 4, "desiredHealthy": 3, "expectedPods": 5},
        {"allowed": 1, "healthy": 4, "desired": 3, "expected": 5},
    ),
    "autoscalers": ({"minReplicas": 2, "maxReplicas": 3}, {}, {"target": None, "min": 2, "max": 3}),
    "definitions": (
        {"group": "g", "names": {"kind": "K"}, "scope": "Cluster"}, {}, {"group": "g", "kind": "K", "scope": "Cluster"},
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_column_comes_from_its_own_field(name: str) -> None:
    spec, status, wanted = SAID[name]
    metadata = {"namespace": "shop", "name": "n", "uid": "u", "creationTimestamp": TIMES[0]}
    ((*values,),) = KINDS[name].rows({"metadata": metadata, "spec": spec, "status": status})
    row = dict(zip([column.name for column in KINDS[name].columns], values, strict=True))
    space = {"namespace": "shop"} if "namespace" in row else {}
    assert row == {**space, "name": "n", **wanted, "uid": "u", "created": TIMES[0]}


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    c = Cluster("1.36")
    applied = c.apply(MANIFEST)
    assert applied.refused == []
    c.run()
    return c


def test_every_frame_of_a_kind_is_looked_at() -> None:
    assert set(WANTED) == set(KINDS)
    assert set(KINDS) <= set(Frames.names())


@pytest.mark.parametrize("name", KINDS)
def test_a_frame_has_a_row_for_each_object(cluster: Cluster, name: str) -> None:
    frame = cluster.frames[name]
    assert len(frame) == cluster.store.head.count(KINDS[name].resource)
    assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == {
        column.name: column.dtype for column in KINDS[name].columns}
    if WANTED[name]:
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        assert any(WANTED[name].items() <= row.items() for row in rows), rows


def test_a_job_tells_when_it_began_and_ended(cluster: Cluster) -> None:
    (row,) = cluster.frames.jobs.itertuples()
    assert pandas.Timestamp("2026-01-01", tz="UTC") <= row.started < row.completed


def test_frames_of_kinds_are_brought_up_to_date() -> None:
    c = Cluster("1.36")
    assert len(c.frames.statefulsets) == 0
    c.apply(MANIFEST)
    assert list(c.frames.statefulsets["ready"]) == [0]
    c.run()
    assert list(c.frames.statefulsets["ready"]) == [2]
    assert "StatefulSets" in (type(c.frames).statefulsets.__doc__ or "")
