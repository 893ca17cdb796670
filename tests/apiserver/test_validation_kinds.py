"""Sets, batch, budgets, networking, storage and webhooks: the usual mistakes, in the words of real servers."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.validation.schedules import fault
from sanb.errors import ApiError
from tests.apiserver.alone import Alone

LABELS = {"app": "web"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
SELECTOR = {"matchLabels": LABELS}
ONCE = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "nginx"}]}}


def faults(resource: str, minor: str = "1.36", namespace: str = "shop", **body: Any) -> list[str]:
    """The sentences that a new object is refused with; none if it is taken."""
    found, fields = Alone(minor), {"metadata": {"name": "a", **body.pop("metadata", {})}, **body}
    try:
        found.ask("create", resource, namespace, body=fields)
    except ApiError as error:
        return [f"{one['field']}: {one['message']}" for one in error.status["details"]["causes"]]
    return []


def changed(resource: str, body: dict[str, Any], patch: dict[str, Any], minor: str = "1.36", namespace: str = "shop") -> str:
    """What an update is refused with."""
    found = Alone(minor)
    found.ask("create", resource, namespace, body={"metadata": {"name": "a"}, **body})
    refused = found.refused("patch", resource, namespace, "a", body=patch, patchType="merge")
    return str(refused["message"]).partition(" is invalid: ")[2]


# ---------------------------------------------------------------------- sets

UNCHOSEN = 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'


@pytest.mark.parametrize(("resource", "spec", "texts"), [
    ("statefulsets.apps", {"template": TEMPLATE}, ["spec.selector: Required value", UNCHOSEN]),
    ("daemonsets.apps", {"template": TEMPLATE}, [UNCHOSEN]),
    ("statefulsets.apps", {"selector": SELECTOR, "template": TEMPLATE, "podManagementPolicy": "Fast"},
     ['spec.podManagementPolicy: Invalid value: "Fast": must be \'OrderedReady\' or \'Parallel\'']),
    ("statefulsets.apps", {"selector": SELECTOR, "template": TEMPLATE, "updateStrategy": {"type": "Now"}},
     ['spec.updateStrategy: Invalid value: {"type":"Now"}: must be \'RollingUpdate\' or \'OnDelete\'']),
    ("statefulsets.apps", {"selector": {"matchLabels": {"x": "y"}}, "template": TEMPLATE},
     ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']),
    ("daemonsets.apps", {"selector": SELECTOR, "template": TEMPLATE, "updateStrategy": {"type": "Now"}},
     ['spec.updateStrategy.type: Unsupported value: "Now": supported values: "RollingUpdate", "OnDelete"']),
    ("daemonsets.apps", {"selector": SELECTOR, "template": TEMPLATE,
                         "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}},
     ["spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0 when maxSurge is 0"]),
    ("replicationcontrollers", {"selector": LABELS}, ["spec.template: Required value"]),
    ("replicationcontrollers", {"selector": {"x": "y"}, "template": TEMPLATE},
     ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`']),
])
def test_sets(resource: str, spec: dict[str, Any], texts: list[str]) -> None:
    assert faults(resource, spec=spec) == texts


@pytest.mark.parametrize(("minor", "text"), [
    ("1.10", "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' "
             "are forbidden."),
    ("1.23", "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', 'updateStrategy', "
             "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"),
    ("1.36", "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
             "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
             "forbidden"),
])
def test_most_of_a_statefulset_stays(minor: str, text: str) -> None:
    spec = {"serviceName": "a", "selector": SELECTOR, "template": TEMPLATE}
    assert changed("statefulsets.apps", {"spec": spec}, {"spec": {"serviceName": "b"}}, minor) == text


def test_a_statefulsets_pods_may_mount_its_claims() -> None:
    container = {"name": "c", "image": "nginx", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
                                                    "resources": {"requests": {"storage": "1Gi"}}}}
    template = {**TEMPLATE, "spec": {"containers": [container]}}
    spec = {"selector": SELECTOR, "template": template, "serviceName": "a"}
    assert faults("statefulsets.apps", spec={**spec, "volumeClaimTemplates": [claim]}) == []
    assert faults("statefulsets.apps", spec=spec) == [
        'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'
    ]


# ---------------------------------------------------------------------- batch


@pytest.mark.parametrize(("minor", "text"), [
    ("1.10", 'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"'),
    ("1.36", 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'),
])
def test_pods_of_a_job_end(minor: str, text: str) -> None:
    assert faults("jobs.batch", minor, spec={"template": {"spec": TEMPLATE["spec"]}}) == [text]


def test_a_job_finds_its_pods_by_its_own_labels() -> None:
    for minor, labels in (("1.10", ["controller-uid", "job-name"]), ("1.27", [
            "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"])):
        made = Alone(minor).body("create", "jobs.batch", "shop", body={"metadata": {"name": "a"}, "spec": {"template": ONCE}})
        assert sorted(made["spec"]["template"]["metadata"]["labels"]) == labels
        uid = made["metadata"]["uid"]
        assert made["spec"]["selector"] == {"matchLabels": {labels[0]: uid}}


def test_the_template_of_a_job_stays() -> None:
    patch = {"spec": {"template": {"spec": {"restartPolicy": "OnFailure"}}}}
    assert changed("jobs.batch", {"spec": {"template": ONCE}}, patch).endswith(": field is immutable")


@pytest.mark.parametrize(("schedule", "new", "old"), [
    ("* * * * *", "", ""),
    ("@hourly", "", ""),
    ("*/5 0-6,12 1 jan-mar mon", "", ""),
    ("a b", "expected exactly 5 fields, found 2: [a b]", "Expected exactly 5 fields, found 2: a b"),
    ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax',
     'Failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
    ("60 * * * *", "end of range (60) above maximum (59): 60", "End of range (60) above maximum (59): 60"),
    ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1", "Beginning of range (5) beyond end of range (1): 5-1"),
    ("@never", "unrecognized descriptor: @never", "Unrecognized descriptor: @never"),
])
def test_schedules(schedule: str, new: str, old: str) -> None:
    assert (fault(schedule), fault(schedule, capitals=True)) == (new, old)


def test_a_cronjobs_name_leaves_room_for_its_jobs() -> None:
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": ONCE}}}
    name = "a" * 53
    assert faults("cronjobs.batch", metadata={"name": name}, spec=spec) == [
        f'metadata.name: Invalid value: "{name}": must be no more than 52 characters'
    ]


# ---------------------------------------------------------------------- budgets, quotas, priorities, autoscalers


@pytest.mark.parametrize(("resource", "fields", "texts"), [
    ("poddisruptionbudgets.policy", {"spec": {"minAvailable": 1, "maxUnavailable": 1}},
     ['spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set']),
    ("poddisruptionbudgets.policy", {"spec": {"minAvailable": "101%"}},
     ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%']),
    ("resourcequotas", {"spec": {"hard": {"things": "1"}}},
     ['spec.hard[things]: Invalid value: "things": must be a standard resource type or fully qualified',
      'spec.hard[things]: Invalid value: "things": must be a standard resource for quota']),
    ("resourcequotas", {"spec": {"hard": {"requests.example.com/gpu": "1", "storage": "1"}}},
     ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota']),
    ("resourcequotas", {"spec": {"hard": {"pods": "500m"}}},
     ['spec.hard[pods]: Invalid value: "500m": must be an integer']),
    ("limitranges", {"spec": {"limits": [{"type": "Pod", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]}},
     ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1']),
    ("limitranges", {"spec": {"limits": [{"type": "Pod", "max": {"pods": "1"}}]}},
     ['spec.limits[0].max[pods]: Invalid value: "pods": must be a standard resource for containers']),
    ("limitranges", {"spec": {"limits": [{"type": "PersistentVolumeClaim"}]}},
     ["spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided"]),
    ("limitranges", {"spec": {"limits": [{"type": "Container", "max": {"cpu": "2"}, "min": {"cpu": "1"},
                                          "maxLimitRequestRatio": {"cpu": "3", "memory": "500m"}}]}},
     ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000',
      'spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "500m": ratio 500m is less than 1']),
    ("limitranges", {"spec": {"limits": [{"type": "Container", "default": {"example.com/gpu": "2"},
                                          "defaultRequest": {"example.com/gpu": "1"}}]}},
     ['spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 '
      'in example.com/gpu']),
    ("priorityclasses.scheduling.k8s.io", {"value": 1_000_000_001},
     ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]),
    ("horizontalpodautoscalers.autoscaling",
     {"spec": {"maxReplicas": 1, "minReplicas": 2, "scaleTargetRef": {"kind": "Deployment", "name": "d"}}},
     ["spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`"]),
    ("horizontalpodautoscalers.autoscaling", {"spec": {"maxReplicas": 1}},
     ["spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value"]),
])
def test_policies(resource: str, fields: dict[str, Any], texts: list[str]) -> None:
    namespace = "" if resource.startswith("priority") else "shop"
    assert faults(resource, namespace=namespace, **fields) == texts


def test_the_value_of_a_priority_class_stays() -> None:
    text = changed("priorityclasses.scheduling.k8s.io", {"value": 1}, {"value": 2}, namespace="")
    assert text == "value: Forbidden: may not be changed in an update."


# ---------------------------------------------------------------------- networking

BACKEND = {"service": {"name": "web", "port": {"number": 80}}}


def rule(**path: Any) -> dict[str, Any]:
    return {"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND, **path}]}}]}


@pytest.mark.parametrize(("spec", "text"), [
    ({}, "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"),
    (rule(pathType=None), "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"),
    (rule(pathType="Regex"), 'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact",'
                             ' "ImplementationSpecific", "Prefix"'),
    (rule(path="x"), 'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path'),
    (rule(backend={}), 'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required'),
    (rule(backend={"service": {"name": "web", "port": {}}}),
     "spec.rules[0].http.paths[0].backend: Required value: port name or number is required"),
    ({"rules": [{"host": "1.2.3.4", "http": {"paths": [{"pathType": "Prefix", "path": "/", "backend": BACKEND}]}}]},
     'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'),
])
def test_ingresses(spec: dict[str, Any], text: str) -> None:
    assert faults("ingresses.networking.k8s.io", spec=spec) == [text]


@pytest.mark.parametrize(("spec", "text"), [
    ({"podSelector": {}, "ingress": [{"from": [{}]}]}, "spec.ingress[0].from[0]: Required value: must specify a peer"),
    ({"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}]},
     "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"),
    ({"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}}]}]},
     'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'),
    ({"podSelector": {}, "ingress": [{"ports": [{"port": 70000}]}]},
     "spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"),
    ({"podSelector": {}, "policyTypes": ["Sideways"]},
     'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"'),
])
def test_network_policies(spec: dict[str, Any], text: str) -> None:
    assert faults("networkpolicies.networking.k8s.io", spec=spec) == [text]


def test_what_a_network_policy_is_about_follows_from_its_rules() -> None:
    found = Alone()
    made = found.body("create", "networkpolicies.networking.k8s.io", "shop", body={
        "metadata": {"name": "a"}, "spec": {"podSelector": {}, "egress": [{"ports": [{"port": 53}]}]}})
    assert made["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert made["spec"]["egress"] == [{"ports": [{"port": 53, "protocol": "TCP"}]}]


@pytest.mark.parametrize(("resource", "fields", "text"), [
    ("endpoints", {"subsets": [{}]}, "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"),
    ("endpoints", {"subsets": [{"addresses": [{"ip": "127.0.0.1"}]}]},
     'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'),
    ("endpointslices.discovery.k8s.io", {"addressType": "Phone"},
     'addressType: Unsupported value: "Phone": supported values: "FQDN", "IPv4", "IPv6"'),
    ("endpointslices.discovery.k8s.io", {"addressType": "IPv4", "endpoints": [{"addresses": []}]},
     "endpoints[0].addresses: Required value: must contain at least 1 address"),
])
def test_endpoints(resource: str, fields: dict[str, Any], text: str) -> None:
    assert faults(resource, **fields) == [text]


# ---------------------------------------------------------------------- storage

CLAIM: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


@pytest.mark.parametrize(("spec", "text"), [
    ({**CLAIM, "accessModes": []}, "spec.accessModes: Required value: at least 1 access mode is required"),
    ({"accessModes": ["ReadWriteOnce"]}, "spec.resources[storage]: Required value"),
    ({**CLAIM, "accessModes": ["Sometimes"]},
     'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",'
     ' "ReadWriteOncePod"'),
])
def test_claims(spec: dict[str, Any], text: str) -> None:
    assert faults("persistentvolumeclaims", spec=spec) == [text]


def test_a_claim_stays_as_it_is() -> None:
    patch = {"spec": {"accessModes": ["ReadWriteMany"]}}
    text = changed("persistentvolumeclaims", {"spec": CLAIM}, patch, "1.10")
    assert text == "spec: Forbidden: is immutable after creation except resources.requests for bound claims"
    newest = changed("persistentvolumeclaims", {"spec": CLAIM}, patch)
    assert newest == (
        "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound"
        " claims\n  core.PersistentVolumeClaimSpec{\n  \t... // 1 identical field\n"
        '- \tAccessModes: ["ReadWriteOnce"],\n+ \tAccessModes: ["ReadWriteMany"],\n'
        "  \t... // 1 identical field\n  }\n"
    )


@pytest.mark.parametrize(("spec", "text"), [
    ({"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}, "spec: Required value: must specify a volume type"),
    ({"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"},
      "nfs": {"server": "s", "path": "/"}}, "spec.nfs: Forbidden: may not specify more than 1 volume type"),
    ({"accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}, "spec.capacity: Required value"),
])
def test_volumes(spec: dict[str, Any], text: str) -> None:
    assert faults("persistentvolumes", namespace="", spec=spec) == [text]


def test_a_storage_class_stays() -> None:
    text = changed("storageclasses.storage.k8s.io", {"provisioner": "x.io/a"}, {"parameters": {"a": "b"}}, namespace="")
    assert text == "parameters: Forbidden: updates to parameters are forbidden."


# ---------------------------------------------------------------------- extensions

HOOK: dict[str, Any] = {
    "name": "a.b.c", "clientConfig": {"url": "https://x"}, "sideEffects": "None", "admissionReviewVersions": ["v1"],
    "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
}


@pytest.mark.parametrize(("change", "text"), [
    ({"name": "a.b"},
     'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'),
    ({"sideEffects": None}, "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun"),
    ({"admissionReviewVersions": []}, "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1"),
    ({"clientConfig": {}}, "webhooks[0].clientConfig: Required value: exactly one of url or service is required"),
    ({"timeoutSeconds": 60},
     "webhooks[0].timeoutSeconds: Invalid value: 60: the timeout value must be between 1 and 30 seconds"),
    ({"failurePolicy": "Shrug"}, 'webhooks[0].failurePolicy: Unsupported value: "Shrug": supported values: "Fail", "Ignore"'),
])
def test_webhooks(change: dict[str, Any], text: str) -> None:
    resource = "validatingwebhookconfigurations.admissionregistration.k8s.io"
    assert faults(resource, namespace="", webhooks=[{**HOOK, **change}]) == [text]
    assert faults(resource, namespace="", webhooks=[HOOK]) == []


def test_the_name_of_an_api_service_is_that_of_its_version_and_group() -> None:
    spec = {"group": "x.io", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 100}
    assert faults("apiservices.apiregistration.k8s.io", namespace="", spec=spec) == [
        'metadata.name: Invalid value: "a": must be `spec.version+"."+spec.group`: "v1.x.io"'
    ]
    assert faults("apiservices.apiregistration.k8s.io", namespace="", metadata={"name": "v1.x.io"}, spec=spec) == []
