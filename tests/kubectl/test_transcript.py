"""The session on 1.10 of SEM 12.7, line by line; what controllers make is put in by hand."""

from __future__ import annotations

import pytest

from sanb.kubectl import run
from tests.kubectl.fake import FakeControlPlane
from tests.kubectl.seeds import account, make


@pytest.fixture
def cp() -> FakeControlPlane:
    return FakeControlPlane("1.10")


def test_an_account_is_created_once_per_namespace(cp: FakeControlPlane) -> None:
    assert run(cp, "kubectl create serviceaccount test") == (0, 'serviceaccount "test" created\n', "")
    assert run(cp, "kubectl create serviceaccount test") == (
        1,
        "",
        'Error from server (AlreadyExists): serviceaccounts "test" already exists\n',
    )
    assert run(cp, "kubectl create namespace name1") == (0, 'namespace "name1" created\n', "")
    assert run(cp, "kubectl create serviceaccount test -n name1") == (0, 'serviceaccount "test" created\n', "")


def test_the_default_account_of_a_namespace_has_one_secret(cp: FakeControlPlane) -> None:
    run(cp, "create namespace name1")
    account(cp, "name1", "default", "default-token-x2k4z")
    cp.now += 24
    assert run(cp, "kubectl get serviceaccounts -n name1").stdout == (
        "NAME      SECRETS   AGE\ndefault   1         24s\n"
    )


def test_token_secrets_have_three_keys(cp: FakeControlPlane) -> None:
    account(cp, "default", "default", "default-token-lg725")
    cp.now += 7 * 86400
    run(cp, "create serviceaccount test")
    account(cp, "default", "test", "test-token-wt6nr")
    cp.now += 4
    assert run(cp, "kubectl get secret").stdout == (
        "NAME                  TYPE                                  DATA      AGE\n"
        "default-token-lg725   kubernetes.io/service-account-token   3         7d\n"
        "test-token-wt6nr      kubernetes.io/service-account-token   3         4s\n"
    )


def test_describe_secret_prints_the_token_and_the_sizes_of_the_rest(cp: FakeControlPlane) -> None:
    account(cp, "default", "test", "test-token-wt6nr")
    uid = run(cp, "get sa test -o jsonpath={.metadata.uid}").stdout
    assert run(cp, "kubectl describe secret test-token-wt6nr").stdout == (
        "Name:         test-token-wt6nr\n"
        "Namespace:    default\n"
        "Labels:       <none>\n"
        "Annotations:  kubernetes.io/service-account.name=test\n"
        f"              kubernetes.io/service-account.uid={uid}\n"
        "\n"
        "Type:  kubernetes.io/service-account-token\n"
        "\n"
        "Data\n"
        "====\n"
        "ca.crt:     1042 bytes\n"
        "namespace:  7 bytes\n"
        "token:      eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.x\n"
    )


def test_a_secret_is_created_from_json(cp: FakeControlPlane) -> None:
    text = (
        '{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "mysecretname", "annotations": '
        '{"kubernetes.io/service-account.name": "myserviceaccount"}}, "type": "kubernetes.io/service-account-token"}'
    )
    assert run(cp, "kubectl create -f -", text) == (0, 'secret "mysecretname" created\n', "")


def test_run_makes_a_deployment(cp: FakeControlPlane) -> None:
    assert run(cp, "kubectl run nginx --image=nginx") == (0, 'deployment.apps "nginx" created\n', "")
    assert run(cp, "get deployment nginx -o jsonpath={.metadata.labels.run}").stdout == "nginx"


def test_a_new_pod_creates_its_container(cp: FakeControlPlane) -> None:
    make(cp, "pods", "default", "nginx-8586cf59-2ksl7", spec={"containers": [{"name": "nginx", "image": "nginx"}]})
    state = [
        {"name": "nginx", "ready": False, "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}
    ]
    patched = {"status": {"containerStatuses": state}}
    from sanb.apiserver.request import Request

    cp.request(Request("patch", "pods", "default", "nginx-8586cf59-2ksl7", "status", patched, {"patchType": "merge"}))
    cp.now += 4
    assert run(cp, "kubectl get pods").stdout == (
        "NAME                   READY     STATUS              RESTARTS   AGE\n"
        "nginx-8586cf59-2ksl7   0/1       ContainerCreating   0          4s\n"
    )


def test_a_command_runs_in_a_container_without_dashes(cp: FakeControlPlane) -> None:
    make(cp, "pods", "default", "web", spec={"containers": [{"name": "nginx", "image": "nginx"}]})
    done = run(cp, "kubectl exec -it web ls /var/run/secrets/kubernetes.io/serviceaccount")
    assert done == (0, "ca.crt\nnamespace\ntoken\n", "")
    assert cp.executed == [("default", "web", "nginx", "ls", "/var/run/secrets/kubernetes.io/serviceaccount")]
