"""`c.apply`: what becomes of manifests of all sorts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanb import Cluster, UsageError
from tests.definitions import definition

MONITOR = "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: %s}, spec: {a: [1, {b: 2}]}}"
RENDERED = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: \"1\"\n"
DUMP = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: conf
    namespace: default
    uid: 2f1c2d5e-0000-0000-0000-000000000000
    resourceVersion: "123456"
    creationTimestamp: "2020-01-01T00:00:00Z"
    managedFields: []
  data: {a: "1"}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, resourceVersion: "7", generation: 9, annotations: {deployment.kubernetes.io/revision: "4"}}
  spec:
    selector: {matchLabels: {app: web}}
    template: {metadata: {creationTimestamp: null, labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}
  status: {availableReplicas: 3, replicas: 3, observedGeneration: 9}
"""


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_dump_of_a_real_cluster_loads_and_its_server_fields_are_the_servers(minor: str) -> None:
    c = Cluster(minor)
    assert c.apply(DUMP).counts() == {"created": 2}
    conf, web = c.get("configmap", "conf"), c.get("deployment", "web")
    assert conf["metadata"]["resourceVersion"] != "123456"
    assert conf["metadata"]["uid"] != "2f1c2d5e-0000-0000-0000-000000000000"
    assert conf["metadata"]["creationTimestamp"].startswith("2026-01-01")
    assert web["metadata"]["generation"] == 1
    assert "availableReplicas" not in web.get("status", {})
    c.run()
    assert c.get("deployment", "web")["status"]["readyReplicas"] == 1


def test_kubectl_create_takes_a_dump_as_well() -> None:
    c = Cluster("1.36")
    assert c.kubectl("create -f -", stdin=DUMP).stdout == "configmap/conf created\ndeployment.apps/web created\n"


@pytest.mark.parametrize("minor", ["1.10", "1.15", "1.36"])
def test_unknown_kinds_are_refused_or_stored_as_they_are(minor: str) -> None:
    c = Cluster(minor)
    (refused,) = c.apply(MONITOR % "a").refused
    assert 'no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"' in refused.why
    stored = c.apply("\n---\n".join(MONITOR % name for name in ("a", "b")), unknown="store")
    assert stored.counts() == {"created": 2}
    assert stored[0].why == "stored as it is: no CustomResourceDefinition tells what a ServiceMonitor is"
    assert c.kubectl("get servicemonitors a -o jsonpath={.spec}").stdout == '{"a":[1,{"b":2}]}'
    assert c.kubectl("get servicemonitors -o name").stdout.count("servicemonitor.monitoring.coreos.com/") == 2


def test_kinds_of_builtin_groups_are_never_stored_as_unknown() -> None:
    (row,) = Cluster("1.36").apply("{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: p}}", unknown="store")
    assert row.result == "refused"


def test_a_word_that_says_nothing_about_unknown_kinds_is_refused() -> None:
    with pytest.raises(UsageError, match=r'choose "refuse" \(as kubectl does\) or "store"'):
        Cluster("1.36").apply(DUMP, unknown="ignore")


def test_objects_of_a_definition_in_the_same_manifest_are_taken() -> None:
    crd = definition("foos.x.io", "Foo", names="listKind: FooList")
    foo = "{apiVersion: x.io/v1, kind: Foo, metadata: {name: a}}"
    assert Cluster("1.36").apply(f"{crd}---\n{foo}").counts() == {"created": 2}


def test_what_a_caller_changes_later_does_not_change_what_was_stored() -> None:
    c = Cluster("1.36")
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "1"}}
    c.apply(obj)
    obj["data"]["k"] = "2"  # type: ignore[index]
    assert c.get("configmap", "a")["data"] == {"k": "1"}


def test_many_refusals_are_shown_in_part() -> None:
    bad = "\n---\n".join(f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: Bad_{number}}}}}" for number in range(30))
    shown = repr(Cluster("1.36").apply(bad)).splitlines()
    assert shown[0] == "30 refused"
    assert shown[-1] == "  ... and 10 more: see .refused"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_rendered_chart_loads_whatever_its_lines_end_in(end: str, tmp_path: Path) -> None:
    text = "---\n# Source: chart/templates/empty.yaml\n---\n# Source: chart/templates/cm.yaml\n" + RENDERED + "---\n"
    path = tmp_path / "rendered.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", end).encode())
    assert Cluster("1.36").apply(path).counts() == {"created": 1}
    assert Cluster("1.36").kubectl(["apply", "-f", str(path)]).stdout == "configmap/a created\n"
