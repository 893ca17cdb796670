"""Pods: containers, volumes, probes, environment, updates (SEM 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.resources import BY_KIND
from sanb.apiserver.validation import validate
from sanb.profiles.profile import Profile
from tests.apiserver.made import container, faults, pod, update_faults

MIRROR = "kubernetes.io/config.mirror"
HTTP = {"path": "/", "port": 80, "scheme": "HTTP"}


def projected(*sources: Any) -> dict[str, Any]:
    return pod(volumes=[{"name": "t", "projected": {"sources": list(sources), "defaultMode": 420}}])


def token(**fields: Any) -> dict[str, Any]:
    return {"serviceAccountToken": {"path": "tok", "expirationSeconds": 3600, **fields}}


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_plain_pod_has_no_fault(minor: str) -> None:
    assert faults(pod(), minor) == []


def test_a_pod_has_containers() -> None:
    assert faults(pod() | {"spec": pod()["spec"] | {"containers": []}}) == ["spec.containers: Required value"]


def test_a_container_has_a_name_and_an_image() -> None:
    assert faults(pod(container("", image=""))) == [
        "spec.containers[0].name: Required value", "spec.containers[0].image: Required value"
    ]


def test_names_of_containers_are_unique_also_among_init_containers() -> None:
    assert faults(pod(container("a"), container("a"))) == ['spec.containers[1].name: Duplicate value: "a"']
    assert faults(pod(container("a"), initContainers=[container("a")])) == [
        'spec.initContainers[0].name: Duplicate value: "a"'
    ]


def test_an_image_of_a_pod_has_no_blanks_around_it() -> None:
    assert faults(pod(container(image=" nginx"))) == [
        'spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'
    ]


def test_a_mirror_pod_belongs_to_a_node() -> None:
    notes = {"annotations": {MIRROR: "x"}}
    assert faults(pod(metadata=notes)) == [
        f'metadata.annotations[{MIRROR}]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set'
    ]
    assert faults(pod(metadata=notes, nodeName="n1")) == []


def test_two_volumes_do_not_share_a_name() -> None:
    volumes = [{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}]
    assert faults(pod(volumes=volumes)) == ['spec.volumes[1].name: Duplicate value: "v"']


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ({"name": "v"}, ["spec.volumes[0]: Required value: must specify a volume type"]),
        ({"name": "v", "emptyDir": {}, "secret": {"secretName": "s"}},
         ["spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type"]),
        ({"name": "v", "secret": {}}, ["spec.volumes[0].secret.secretName: Required value"]),
        ({"name": "v", "configMap": {"name": "c", "items": [{"key": "a", "path": "../a"}]}},
         ["spec.volumes[0].configMap.items[0].path: Invalid value: \"../a\": must not contain '..'"]),
        ({"name": "v", "hostPath": {"path": "/a", "type": "Door"}},
         ['spec.volumes[0].hostPath.type: Unsupported value: "Door": supported values: "", "BlockDevice", "CharDevice",'
          ' "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"']),
    ],
)
def test_a_volume_has_one_complete_source(volume: dict[str, Any], expected: list[str]) -> None:
    assert faults(pod(volumes=[volume])) == expected


def test_a_dot_in_the_name_of_a_volume_is_refused() -> None:
    [fault] = faults(pod(volumes=[{"name": "a.b", "emptyDir": {}}]), "1.10")
    assert fault.startswith('spec.volumes[0].name: Invalid value: "a.b": a DNS-1123 label must consist of')


def test_a_mount_names_a_volume_that_is_there() -> None:
    mounts = [{"name": "x", "mountPath": "/a"}, {"name": "x", "mountPath": "/a"}]
    assert faults(pod(container(volumeMounts=mounts))) == [
        'spec.containers[0].volumeMounts[0].name: Not found: "x"',
        'spec.containers[0].volumeMounts[1].name: Not found: "x"',
        'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    ]


TOKEN_PATH = "spec.volumes[0].projected.sources[0].serviceAccountToken"


def test_a_projected_token_lives_ten_minutes_at_least() -> None:
    assert faults(projected(token(expirationSeconds=600))) == []
    assert faults(projected(token(expirationSeconds=599))) == [
        f"{TOKEN_PATH}.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes"
    ]


def test_the_missing_path_of_a_projected_token_is_reported_under_the_volume() -> None:
    assert faults(projected(token(expirationSeconds=4294967297, path=""))) == [
        f"{TOKEN_PATH}.expirationSeconds: Invalid value: 4294967297:"
        " may not specify a duration larger than 2^32 seconds",
        "spec.volumes[0].projected.path: Required value",
    ]


@pytest.mark.parametrize(("minor", "suffix"), [("1.23", ""), ("1.36", " per source")])
def test_a_projected_source_is_one_thing(minor: str, suffix: str) -> None:
    assert faults(projected(token() | {"secret": {"name": "x"}}), minor) == [
        f"spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type{suffix}"
    ]


def test_two_files_of_a_projected_volume_have_different_paths() -> None:
    item = {"items": [{"key": "k", "path": "same"}]}
    assert faults(projected({"secret": {"name": "s", **item}}, {"configMap": {"name": "c", **item}})) == [
        'spec.volumes[0].projected: Invalid value: "c": conflicting duplicate paths'
    ]


def test_a_projected_token_needs_an_account() -> None:
    obj = projected(token())
    del obj["spec"]["serviceAccountName"]
    assert faults(obj) == [f"{TOKEN_PATH}: Forbidden: must not be specified when serviceAccountName is not set"]


@pytest.mark.parametrize(("minor", "accepted"), [("1.10", False), ("1.23", True), ("1.36", True)])
def test_a_grpc_probe_is_no_handler_where_the_minor_has_none(minor: str, accepted: bool) -> None:
    """The same for an empty probe, to which decoding in 1.10 prunes it."""
    probes = {kind: {"grpc": {"port": 1}, "successThreshold": 1} for kind in ("readinessProbe", "livenessProbe")}
    expected = [f"spec.containers[0].{kind}: Required value: must specify a handler type"
                for kind in ("livenessProbe", "readinessProbe")]
    assert faults(pod(container(**probes)), minor) == ([] if accepted else expected)


def test_a_probe_has_one_handler_and_sensible_numbers() -> None:
    probe = {"exec": {"command": ["ls"]}, "httpGet": HTTP, "timeoutSeconds": -1, "successThreshold": 2}
    assert faults(pod(container(livenessProbe=probe))) == [
        "spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type",
        "spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0",
        "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
    ]


def test_ports_are_named_and_numbered() -> None:
    ports = [{"name": "http", "containerPort": 80, "protocol": "TCP"},
             {"name": "http", "containerPort": 70000, "protocol": "SCTP"}]
    path = "spec.containers[0].ports[1]"
    expected = [f'{path}.name: Duplicate value: "http"',
                f"{path}.containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"]
    assert faults(pod(container(ports=ports))) == expected
    assert faults(pod(container(ports=ports)), "1.10") == [
        *expected, f'{path}.protocol: Unsupported value: "SCTP": supported values: "TCP", "UDP"'
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({}, ": Invalid value: \"\": must specify one of:"
             " `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
        ({"secretKeyRef": {"name": "s"}}, ".secretKeyRef.key: Required value"),
        ({"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nope"}},
         '.fieldRef.fieldPath: Invalid value: "spec.nope":'
         " error converting fieldPath: field label not supported: spec.nope"),
        ({"fieldRef": {"apiVersion": "v1", "fieldPath": "status.phase"}},
         '.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name",'
         ' "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",'
         ' "status.hostIPs", "status.podIP", "status.podIPs"'),
    ],
)
def test_a_variable_takes_its_value_from_one_place(source: dict[str, Any], expected: str) -> None:
    env = [{"name": "A", "valueFrom": source}]
    assert faults(pod(container(env=env))) == [f"spec.containers[0].env[0].valueFrom{expected}"]


def test_a_label_of_the_pod_can_be_a_variable() -> None:
    env = [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels['app']"}}}]
    assert faults(pod(container(env=env))) == []


def test_env_from_names_one_bag() -> None:
    assert faults(pod(container(envFrom=[{}]))) == [
        'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'
    ]


@pytest.mark.parametrize(("minor", "refused"), [("1.31", True), ("1.32", False)])
def test_names_of_variables_are_free_from_1_32_on(minor: str, refused: bool) -> None:
    assert bool(faults(pod(container(env=[{"name": "1 a", "value": "x"}])), minor)) is refused


def test_a_request_is_not_above_its_limit() -> None:
    resources = {"requests": {"cpu": "2"}, "limits": {"cpu": "1500m"}}
    path = 'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit'
    assert faults(pod(container(resources=resources)), "1.10") == [path]
    assert faults(pod(container(resources=resources))) == [f"{path} of 1500m"]


@pytest.mark.parametrize(("resources", "texts"), [
    ({"requests": {"foo": "1"}},
     ['requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'requests[foo]: Invalid value: "foo": must be a standard resource for containers']),
    ({"limits": {"pods": "1"}}, ['limits[pods]: Invalid value: "pods": must be a standard resource for containers']),
    ({"requests": {"example.com/gpu": "1"}}, ["limits: Required value: Limit must be set for non overcommitable resources"]),
    ({"requests": {"example.com/gpu": "1"}, "limits": {"example.com/gpu": "2"}},
     ['requests: Invalid value: "1": must be equal to example.com/gpu limit of 2']),
    ({"requests": {"example.com/gpu": "500m"}, "limits": {"example.com/gpu": "500m"}},
     ['limits[example.com/gpu]: Invalid value: "500m": must be an integer',
      'requests[example.com/gpu]: Invalid value: "500m": must be an integer']),
    ({"requests": {"requests.example.com/gpu": "1"}, "limits": {"requests.example.com/gpu": "1"}},
     ['limits[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": '
      "doesn't follow extended resource name standard",
      'requests[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": '
      "doesn't follow extended resource name standard"]),
    ({"requests": {"hugepages-2Mi": "2Mi"}, "limits": {"hugepages-2Mi": "2Mi"}},
     [": Forbidden: HugePages require cpu or memory"]),
    ({"requests": {"hugepages-2Mi": "2Mi"}, "limits": {"hugepages-2Mi": "2Mi", "cpu": "1"}}, []),
    ({"requests": {"example.com/gpu": "1", "memory": "1Gi"}, "limits": {"example.com/gpu": "1"}}, []),
])
def test_containers_ask_for_resources_that_there_can_be(resources: dict[str, Any], texts: list[str]) -> None:
    found = faults(pod(container(resources=resources)))
    assert [text.removeprefix("spec.containers[0].resources").removeprefix(".") for text in found] == texts


@pytest.mark.parametrize(
    ("field", "value", "values"),
    [("restartPolicy", "Sometimes", '"Always", "OnFailure", "Never"'),
     ("dnsPolicy", "Guess", '"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"')],
)
def test_policies_are_chosen_from_a_list(field: str, value: str, values: str) -> None:
    assert faults(pod(**{field: value})) == [f'spec.{field}: Unsupported value: "{value}": supported values: {values}']


def test_the_account_of_a_pod_has_a_name_like_an_account() -> None:
    [fault] = faults(pod(serviceAccountName="A"))
    assert fault.startswith('spec.serviceAccountName: Invalid value: "A": a lowercase RFC 1123 subdomain must')


def test_errors_come_in_the_order_in_which_the_server_finds_them() -> None:
    obj = pod(container("", image=""), volumes=[{"name": "v"}], restartPolicy="No", metadata={"labels": {"a": "-"}})
    fields = [error.field for error in validate(BY_KIND["Pod"], obj, Profile.of("1.36"))]
    assert fields == ["metadata.labels", "spec.volumes[0]", "spec.containers[0].name", "spec.containers[0].image",
                      "spec.restartPolicy"]


def test_ephemeral_containers_come_later() -> None:
    assert faults(pod(ephemeralContainers=[container("e")])) == [
        "spec.ephemeralContainers: Forbidden: cannot be set on create"
    ]
    old, new = pod(), pod(ephemeralContainers=[container("e")])
    assert update_faults(new, old, subresource="ephemeralcontainers") == []
    assert update_faults(old, new, subresource="ephemeralcontainers") == [
        'spec.ephemeralContainers: Forbidden: existing ephemeral containers "e" may not be removed\n'
    ]


# ---------------------------------------------------------------------- updates

OTHER = {
    "1.10": "`spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or"
            " `spec.tolerations` (only additions to existing tolerations)",
    "1.23": "`spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`,"
            " `spec.tolerations` (only additions to existing tolerations) or `spec.terminationGracePeriodSeconds`"
            " (allow it to be set to 1 if it was previously negative)",
    "1.36": "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
            "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds`"
            " (allow it to be set to 1 if it was previously negative)",
}


@pytest.mark.parametrize("minor", list(OTHER))
def test_the_account_of_a_pod_stays(minor: str) -> None:
    [fault] = update_faults(pod(serviceAccountName="other"), pod(), minor)
    first, _, rest = fault.partition("\n")
    assert first == f"spec: Forbidden: pod updates may not change fields other than {OTHER[minor]}"
    assert "other" in rest and "default" in rest


def test_the_difference_shows_what_changes() -> None:
    [fault] = update_faults(pod(serviceAccountName="other"), pod())
    assert '- \tServiceAccountName: "default",\n+ \tServiceAccountName: "other",' in fault


def test_the_image_of_a_container_may_change() -> None:
    assert update_faults(pod(container(image="nginx")), pod()) == []


def test_containers_do_not_come_or_go() -> None:
    assert update_faults(pod(container("a"), container("b")), pod(container("a"))) == [
        "spec.containers: Forbidden: pod updates may not add or remove containers"
    ]


def test_tolerations_are_only_added() -> None:
    one = {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    old = pod(tolerations=[one])
    assert update_faults(pod(tolerations=[{**one, "tolerationSeconds": 6}, {"operator": "Exists"}]), old) == []
    assert update_faults(pod(tolerations=[]), old) == [
        "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"
    ]


def test_a_deadline_only_comes_nearer() -> None:
    old = pod(activeDeadlineSeconds=100)
    assert update_faults(pod(activeDeadlineSeconds=50), old) == []
    assert update_faults(pod(activeDeadlineSeconds=101), old) == [
        "spec.activeDeadlineSeconds: Invalid value: 101: must be less than or equal to previous value"
    ]


def test_the_mirror_annotation_is_not_added_later() -> None:
    old = pod(nodeName="n1")
    new = pod(nodeName="n1", metadata={"annotations": {MIRROR: "x"}})
    assert update_faults(new, old) == [f"metadata.annotations[{MIRROR}]: Forbidden: may not add mirror pod annotation"]


def test_what_is_over_in_a_pod_that_never_restarts_stays_over() -> None:
    over = {"containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 0}}}]}
    again = {"containerStatuses": [{"name": "c", "state": {"running": {}}}]}
    old = pod(restartPolicy="Never") | {"status": over}
    assert update_faults(old | {"status": again}, old, subresource="status") == [
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"
    ]
    always = pod() | {"status": over}
    assert update_faults(always | {"status": again}, always, subresource="status") == []
