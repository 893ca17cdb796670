"""What the decoders of three ages say about values of the wrong type, and the forms of scalars."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver.types import scalars
from tests.apiserver.test_schema import ACCOUNT, DEPLOYMENT, POD, SECRET, container, pod, refusal

HANDLED = 'Pod in version "v1" cannot be handled as a Pod: '
GO, FIELD = "json: cannot unmarshal", "into Go struct field"
OLD = "v1.Pod.Spec: v1.PodSpec."
IN_CONTAINER = OLD + "Containers: []v1.Container: v1.Container."
REGEX = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (pod(image=5), f"number {FIELD} Container.spec.containers.image of type string"),
        (pod(env=[{"name": "a", "value": 5}]), f"number {FIELD} EnvVar.spec.containers.env.value of type string"),
        (pod(command=["a", True]), f"bool {FIELD} Container.spec.containers.command of type string"),
        (pod(ports={}), f"object {FIELD} Container.spec.containers.ports of type []v1.ContainerPort"),
        (pod(ports=[{"hostPort": "80"}]), f"string {FIELD} ContainerPort.spec.containers.ports.hostPort of type int32"),
        (pod({"priority": 8.5}), f"number 8.5 {FIELD} PodSpec.spec.priority of type int32"),
        (pod({"priority": 2**31}), f"number 2147483648 {FIELD} PodSpec.spec.priority of type int32"),
        (pod({"hostNetwork": "yes"}), f"string {FIELD} PodSpec.spec.hostNetwork of type bool"),
        (pod(imagePullPolicy=[]), f"array {FIELD} Container.spec.containers.imagePullPolicy of type v1.PullPolicy"),
        ({"spec": []}, f"array {FIELD} Pod.spec of type v1.PodSpec"),
        ({"metadata": {"labels": {"a": 1}}}, f"number {FIELD} ObjectMeta.metadata.labels of type string"),
        ({"metadata": {"labels": "a"}}, f"string {FIELD} ObjectMeta.metadata.labels of type map[string]string"),
        (pod(livenessProbe={"httpGet": {"port": True}}), "bool into Go value of type int32"),
        ({"metadata": {"creationTimestamp": 5}}, "number into Go value of type string"),
    ],
)
def test_from_1_23_on_the_innermost_struct_and_the_path_are_named(obj: dict[str, Any], text: str) -> None:
    assert refusal(POD, obj, "1.23") == f"{HANDLED}{GO} {text}"


def test_a_deployment_names_its_version_without_the_group() -> None:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": "3"}}
    assert refusal(DEPLOYMENT, body, "1.36") == (
        'Deployment in version "v1" cannot be handled as a Deployment: '
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
    )


def test_1_10_leads_through_the_types_and_shows_the_surroundings() -> None:
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": 5}}
    assert refusal(ACCOUNT, body, "1.10") == (
        'ServiceAccount in version "v1" cannot be handled as a ServiceAccount: '
        'v1.ServiceAccount: ObjectMeta: v1.ObjectMeta: Name: ReadString: expects " or n, but found 5, '
        'error found in #10 byte of ...|:{"name":5}}|..., '
        'bigger context ...|:"v1","kind":"ServiceAccount","metadata":{"name":5}}|...'
    )


def test_the_text_that_was_sent_is_quoted_as_it_was() -> None:
    body = {"metadata": {"name": "s2"}, "data": {"a": "!!"}}
    text = '{"metadata": {"name": "s2"}, "data": {"a": "!!"}}'
    assert refusal(SECRET, body, "1.10", text=text) == (
        'Secret in version "v1" cannot be handled as a Secret: '
        "v1.Secret: Data: decode base64: illegal base64 data at input byte 0, error found in #10 byte of "
        '...|{"a": "!!"}}|..., bigger context ...|{"metadata": {"name": "s2"}, "data": {"a": "!!"}}|...'
    )


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (pod(image=5), IN_CONTAINER + 'Image: ReadString: expects " or n, but found 5'),
        (pod(stdin="x"), IN_CONTAINER + 'Stdin: ReadBool: expect t or f, but found "'),
        (pod({"containers": {}}), OLD + "Containers: decode slice: expect [ or n, but found {"),
        ({"spec": "x"}, 'v1.Pod.Spec: readObjectStart: expect { or n, but found "'),
        ({"metadata": {"labels": []}},
            "v1.Pod.ObjectMeta: v1.ObjectMeta.Labels: ReadMapCB: expect { or n, but found ["),
        (pod({"activeDeadlineSeconds": "x"}), OLD + "ActiveDeadlineSeconds: readUint64: unexpected character: \ufffd"),
        (pod({"priority": 1.5}), OLD + "Priority: assertInteger: can not decode float as int"),
        (
            pod(resources={"limits": {"cpu": "x"}}),
            f"{IN_CONTAINER}Resources: v1.ResourceRequirements.Limits: unmarshalerDecoder: {REGEX}",
        ),
    ],
)
def test_between_1_11_and_1_22_a_dot_stands_before_the_field(obj: dict[str, Any], text: str) -> None:
    for minor in ("1.11", "1.22"):
        assert refusal(POD, obj, minor).startswith(f"{HANDLED}{text}, error found in #")


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (pod(resources={"limits": {"cpu": "x"}}), REGEX),
        (pod(resources={"limits": {"cpu": True}}), REGEX),
        (
            {"metadata": {"creationTimestamp": "noon"}},
            'parsing time "noon" as "2006-01-02T15:04:05Z07:00": cannot parse "noon" as "2006"',
        ),
    ],
)
def test_a_scalar_with_a_form_brings_its_own_complaint(obj: dict[str, Any], text: str) -> None:
    assert refusal(POD, obj, "1.36") == HANDLED + text


# ---------------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("0.1", "100m"), ("1000m", "1"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("0.1Gi", "107374182400m"),
        ("1000", "1k"),
        ("1500", "1500"), ("1e3", "1e3"), ("12e1", "120"), ("1E6", "1e6"), ("512Ki", "512Ki"), ("1023Ki", "1023Ki"),
        ("0.5Ki", "512"), ("1.5Ki", "1536"), ("100M", "100M"), ("1500M", "1500M"), ("0", "0"), ("0Gi", "0"),
        ("-1", "-1"),
        ("+5", "5"), (".5", "500m"), ("5.", "5"), ("0.0000000001", "1n"), ("1u", "1u"), ("64Mi", "64Mi"),
        ("250m", "250m"),
    ],
)
def test_quantities_are_written_in_canonical_form(given: str, written: str) -> None:
    assert scalars.quantity(given) == written


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("", REGEX), ("x", REGEX), ("Mi", REGEX), ("1 Gi", REGEX), ("1kb", REGEX),
        ("1Mii", "unable to parse quantity's suffix"),
        ("1.2.3", "unable to parse numeric part of quantity"),
    ],
)
def test_what_is_no_quantity_is_refused(given: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        scalars.quantity(given)
    assert str(caught.value) == complaint


@given(st.integers(0, 10**12), st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3"]))
def test_a_canonical_quantity_stays_as_it_is(number: int, suffix: str) -> None:
    once = scalars.quantity(f"{number}{suffix}")
    assert scalars.quantity(once) == once


def test_a_number_is_a_quantity() -> None:
    assert container(resources={"limits": {"cpu": 0.5, "memory": 1024}}) == {
        "resources": {"limits": {"cpu": "500m", "memory": "1024"}},
    }


def test_resources_are_rounded_up_to_thousandths() -> None:
    assert container(resources={"limits": {"cpu": "100u", "memory": "1.0001"}}) == {
        "resources": {"limits": {"cpu": "1m", "memory": "1001m"}},
    }


@pytest.mark.parametrize(
    ("given", "byte"),
    [("!!", 0), ("YQ", 0), ("YWJj!", 4), ("YWJjZA", 4), ("YQ=", 3), ("YQ=a", 2), ("YQ==x", 4), ("Y===", 1),
        ("YWJjZGU=YQ==", 8)],
)
def test_base64_is_refused_at_the_byte_where_it_breaks(given: str, byte: int) -> None:
    with pytest.raises(ValueError) as caught:
        scalars.base64(given)
    assert str(caught.value) == f"illegal base64 data at input byte {byte}"


def test_base64_loses_its_line_breaks() -> None:
    assert scalars.base64("YWJj\nZGVm\r\n") == "YWJjZGVm"
    assert scalars.base64("") == ""


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), ("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.75Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_in_utc_and_whole_seconds(given: str, written: str) -> None:
    assert scalars.time(given) == written


def test_times_of_events_have_microseconds() -> None:
    assert scalars.microtime("2026-01-01T00:00:00.75Z") == "2026-01-01T00:00:00.750000Z"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("2026-13-01T00:00:00Z", 'parsing time "2026-13-01T00:00:00Z": month out of range'),
        ("2026-02-30T00:00:00Z", 'parsing time "2026-02-30T00:00:00Z": day out of range'),
        ("2026-01-01T25:00:00Z", 'parsing time "2026-01-01T25:00:00Z": hour out of range'),
        ("2026-01-01", 'parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'),
        ("2026-01-01T00:00:00Zx", 'parsing time "2026-01-01T00:00:00Zx": extra text: "x"'),
    ],
)
def test_what_is_no_time_is_refused(given: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:
        scalars.time(given)
    assert str(caught.value) == complaint
