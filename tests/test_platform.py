"""What manifests of platforms contain: the kinds and features that network plugins, certificate managers and monitoring use."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanb import Cluster

MANIFEST = Path(__file__).parent / "data" / "platform.yaml"
LATER = {
    "1.10": ["CSIDriver", "Cert", "CustomResourceDefinition", "FlowSchema", "Lease", "PriorityLevelConfiguration", "RuntimeClass",
             "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"],
    "1.23": ["FlowSchema", "PriorityLevelConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    "1.36": ["PodSecurityPolicy"],
}
"""Kinds that a minor does not have in the version of the manifest."""


@pytest.mark.parametrize("minor", LATER)
def test_all_loads_that_the_minor_has(minor: str) -> None:
    c = Cluster(minor)
    applied = c.apply(MANIFEST)
    assert sorted(row.kind for row in applied.refused) == LATER[minor]
    assert all("no matches for kind" in row.why for row in applied.refused)
    c.run()
    states = {pod["metadata"]["labels"]["k8s-app"]: pod["status"]["phase"] for pod in c.list("pods", namespace="kube-system")}
    net = {} if minor == "1.10" else {"net": "Running"}  # nodes of 1.10 have no label kubernetes.io/os
    assert states == {"metrics": "Running", **net}


def test_objects_of_its_definition_are_completed_pruned_and_checked() -> None:
    c = Cluster("1.36")
    c.apply(MANIFEST)
    spec = c.get("certs.example.io", "web", namespace="platform")["spec"]
    assert (spec["replicas"], spec["mode"], spec["port"], spec["values"]) == (1, "A", "8080", {"deep": {"er": [1, 2]}})
    wrong = "{apiVersion: example.io/v1, kind: Cert, metadata: {name: x}, spec: {secretName: UPPER}}"
    done = c.kubectl("apply -f -", stdin=wrong)
    assert "spec.secretName in body should match" in done.stderr
    assert c.kubectl("get certs -n platform --field-selector=spec.secretName=web-tls -o name").stdout == "cert.example.io/web\n"
    assert c.kubectl("explain cert.spec.mode").exit_code == 0


def test_its_kinds_are_shown() -> None:
    c = Cluster("1.36")
    c.apply(MANIFEST)
    assert c.kubectl("get runtimeclass,podtemplates -n platform --no-headers -o wide").stdout.split()[:2] == [
        "runtimeclass.node.k8s.io/gvisor", "runsc"]
    assert c.kubectl("get flowschemas mine --no-headers").stdout.split()[:4] == ["mine", "mine", "900", "ByUser"]
    assert c.kubectl("get prioritylevelconfigurations mine --no-headers").stdout.split()[:6] == [
        "mine", "Limited", "5", "64", "6", "50"]
