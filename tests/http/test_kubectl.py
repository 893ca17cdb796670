"""The real kubectl against a served cluster."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanb import Cluster
from sanb.http.serve import Served, serve
from tests.http.served import Kubectl, kubectl_binary

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
"""
WRONG = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i, colour: red}]}\n"


def test_objects_are_created_in_protobuf_and_shown_in_tables(kubectl: Kubectl) -> None:
    assert kubectl("create", "sa", "bot") == "serviceaccount/bot created\n"
    assert kubectl("create", "configmap", "settings", "--from-literal=a=b") == "configmap/settings created\n"
    assert kubectl("create", "role", "reader", "--verb=get", "--resource=pods").endswith("/reader created\n")
    assert kubectl("run", "web", "--image=nginx", "--labels=app=web") == "pod/web created\n"
    rows = [line.split() for line in kubectl("get", "pods", "-o", "wide").splitlines()]
    assert " ".join(rows[0]) == "NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES"
    assert rows[1][:4] == ["web", "1/1", "Running", "0"] and rows[1][6] == "node-1"
    assert kubectl("get", "pods", "-l", "app=web", "-o", "name") == "pod/web\n"
    assert json.loads(kubectl("get", "cm", "settings", "-o", "json"))["data"] == {"a": "b"}


def test_a_pod_is_waited_for_and_deleted(kubectl: Kubectl) -> None:
    kubectl("run", "web", "--image=nginx")
    assert kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=20s") == "pod/web condition met\n"
    assert kubectl("delete", "pod", "web") == 'pod "web" deleted from default namespace\n'
    assert kubectl("get", "pods") == ""


def test_a_deployment_is_applied_rolled_out_scaled_and_rolled_back(kubectl: Kubectl) -> None:
    assert kubectl("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web created\n"
    assert kubectl("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web unchanged\n"
    assert kubectl("rollout", "status", "deploy/web", "--timeout=20s").endswith("successfully rolled out\n")
    assert kubectl("scale", "deploy/web", "--replicas=3") == "deployment.apps/web scaled\n"
    assert kubectl("set", "image", "deploy/web", "c=nginx:2") == "deployment.apps/web image updated\n"
    assert kubectl("rollout", "history", "deploy/web").splitlines()[2:4] == ["1         <none>", "2         <none>"]
    assert kubectl("rollout", "undo", "deploy/web") == "deployment.apps/web rolled back\n"
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}") == "nginx"


def test_server_side_apply_tells_conflicts(kubectl: Kubectl) -> None:
    kubectl("apply", "--server-side", "-f", "-", stdin=DEPLOYMENT)
    other = DEPLOYMENT.replace("replicas: 2", "replicas: 5")
    refused = kubectl("apply", "--server-side", "--field-manager=other", "-f", "-", stdin=other, code=1)
    assert 'conflict with "kubectl": .spec.replicas' in refused
    done = kubectl("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", stdin=other)
    assert done == "deployment.apps/web serverside-applied\n"


def test_dry_runs_and_diffs_write_nothing(kubectl: Kubectl, cluster: Cluster) -> None:
    assert "web created (server dry run)" in kubectl("apply", "--dry-run=server", "-f", "-", stdin=DEPLOYMENT)
    assert "+kind: Deployment" in _diff(kubectl)
    assert cluster.list("deployment") == []


def _diff(kubectl: Kubectl) -> str:
    done = subprocess.run(
        [kubectl._binary, "diff", "-f", "-"], env=kubectl._env, input=DEPLOYMENT, capture_output=True, text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_unknown_fields_are_refused_by_the_server(kubectl: Kubectl) -> None:
    refused = kubectl("apply", "-f", "-", stdin=WRONG, code=1)
    assert 'strict decoding error: unknown field "spec.containers[0].colour"' in refused


def test_unknown_fields_are_warned_of_or_ignored_if_the_user_says_so(kubectl: Kubectl) -> None:
    done = subprocess.run(
        [kubectl._binary, "apply", "--validate=warn", "-f", "-"], env=kubectl._env, input=WRONG, capture_output=True, text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("pod/x created\n", 'Warning: unknown field "spec.containers[0].colour"\n')
    assert kubectl("apply", "--validate=ignore", "-f", "-", stdin=WRONG) == "pod/x configured\n"


def test_tokens_are_made_and_work(kubectl: Kubectl, api: Served) -> None:
    token = kubectl("create", "token", "default", "--duration=20m").strip()
    assert token.count(".") == 2
    refused = kubectl("--token", token, "--kubeconfig", _bare(api), "get", "pods", code=1)
    assert 'User "system:serviceaccount:default:default" cannot list resource "pods"' in refused


def _bare(api: Served) -> str:
    """A kubeconfig without a user."""
    config = json.loads(api.kubeconfig.read_text())
    config["users"][0]["user"] = {}
    place = api.kubeconfig.with_name("bare")
    place.write_text(json.dumps(config))
    return str(place)


def test_rights_are_asked_for(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "create", "pods") == "yes\n"
    kubectl("create", "sa", "bot")
    kubectl("create", "rolebinding", "bot", "--clusterrole=view", "--serviceaccount=default:bot")
    who = "--as=system:serviceaccount:default:bot"
    assert kubectl("auth", "can-i", "list", "pods", who) == "yes\n"
    assert kubectl("get", "pods", who) == ""
    assert "forbidden" in kubectl("get", "secrets", who, code=1)


def test_commands_run_in_containers(kubectl: Kubectl) -> None:
    kubectl("run", "web", "--image=nginx")
    mount = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert kubectl("exec", "web", "--", "cat", f"{mount}/namespace") == "default"
    assert kubectl("exec", "web", "--", "sh", "-c", f"ls {mount} | wc -l").strip() == "3"
    assert "exit code 7" in kubectl("exec", "web", "--", "sh", "-c", "exit 7", code=7)
    assert kubectl("exec", "-i", "web", "--", "cat", stdin="from outside\n") == "from outside\n"
    assert kubectl("exec", "-i", "web", "--", "sh", stdin="echo $HOSTNAME; hostname") == "web\nweb\n"
    assert 'executable file not found in $PATH' in kubectl("exec", "web", "--", "emacs", code=1)
    assert kubectl("logs", "web") == ""


def test_what_nodes_do_not_have_is_said_clearly(kubectl: Kubectl) -> None:
    kubectl("run", "web", "--image=nginx")
    assert "listen on no port" in kubectl("port-forward", "pod/web", "8080:80", code=1)
    assert 'pods "nope" not found' in kubectl("exec", "nope", "--", "ls", code=1)
    assert "container nope is not valid for pod web" in kubectl("exec", "web", "-c", "nope", "--", "ls", code=1)


def test_logs_of_a_container_that_waits_are_refused(tmp_path: Path) -> None:
    with serve(Cluster("1.36", seed=3), clock="realtime") as served:
        kubectl = Kubectl(served, kubectl_binary(), tmp_path)
        kubectl("run", "web", "--image=nginx")
        end = time.monotonic() + 20
        while "does not have a host" in (refused := kubectl("exec", "web", "--", "ls", code=1)):
            assert time.monotonic() < end
        assert "container not found" in refused or "pod does not exist" in refused
        assert 'container "web" in pod "web" is waiting to start: ContainerCreating' in kubectl("logs", "web", code=1)


def test_fields_are_explained(kubectl: Kubectl) -> None:
    text = kubectl("explain", "pod.spec.containers.image")
    assert "FIELD: image <string>" in text
    recursive = kubectl("explain", "deployment", "--recursive")
    assert "terminationGracePeriodSeconds\t<integer>" in recursive


def test_what_the_server_has_is_listed(kubectl: Kubectl) -> None:
    names = kubectl("api-resources", "-o", "name").splitlines()
    assert {"pods", "serviceaccounts", "deployments.apps", "roles.rbac.authorization.k8s.io"} <= set(names)
    assert {"v1", "apps/v1", "rbac.authorization.k8s.io/v1"} <= set(kubectl("api-versions").splitlines())
    assert "Server Version: v1.36" in kubectl("version")


def test_everything_of_a_namespace_goes_with_it(kubectl: Kubectl) -> None:
    kubectl("create", "ns", "shop")
    kubectl("-n", "shop", "create", "sa", "bot")
    assert kubectl("delete", "ns", "shop") == 'namespace "shop" deleted\n'
    assert 'namespaces "shop" not found' in kubectl("get", "ns", "shop", code=1)


def test_objects_are_edited_labelled_annotated_and_replaced(kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "c", "--from-literal=a=1")
    assert kubectl("label", "cm", "c", "x=y") == "configmap/c labeled\n"
    assert kubectl("annotate", "cm", "c", "note=hello") == "configmap/c annotated\n"
    assert kubectl("patch", "cm", "c", "-p", '{"data":{"a":"2"}}') == "configmap/c patched\n"
    patch = '[{"op":"replace","path":"/data/a","value":"3"}]'
    assert kubectl("patch", "cm", "c", "--type=json", "-p", patch) == "configmap/c patched\n"
    body = kubectl("get", "cm", "c", "-o", "json").replace('"a": "3"', '"a": "4"')
    assert kubectl("replace", "-f", "-", stdin=body) == "configmap/c replaced\n"
    assert kubectl("get", "cm", "c", "-o", "jsonpath={.data.a}") == "4"


def test_a_watch_prints_changes_as_they_come(kubectl: Kubectl, cluster: Cluster) -> None:
    follower = subprocess.Popen(
        [kubectl._binary, "get", "cm", "-w", "--no-headers", "-o", "name"], env=kubectl._env, stdout=subprocess.PIPE,
        text=True,
    )
    assert follower.stdout is not None
    assert follower.stdout.readline() == "configmap/kube-root-ca.crt\n"
    cluster.create("configmap", "later")
    assert follower.stdout.readline() == "configmap/later\n"
    follower.terminate()
    follower.wait(10)


@pytest.fixture(params=["1.10", "1.16", "1.23", "1.30"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kubectl]:
    """The newest kubectl against an older cluster."""
    with serve(Cluster(request.param, seed=3)) as served:
        yield Kubectl(served, kubectl_binary(), tmp_path)


def test_older_minors_are_served_to_the_newest_client(older: Kubectl) -> None:
    assert older("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web created\n"
    assert "web" in older("get", "deploy,rs,pods,sa,secrets")
    assert older("exec", "deploy/web", "--", "cat", "/etc/hostname").startswith("web-")
    assert older("explain", "sa").startswith("KIND:")
    deleted = older("delete", "deploy", "web")
    # up to 1.15 a server offers Deployments in two groups, and puts the older one first
    assert deleted in (f'deployment.{group} "web" deleted from default namespace\n' for group in ("apps", "extensions"))


def test_an_old_kubectl_works_too(old_kubectl: Kubectl) -> None:
    assert old_kubectl("create", "sa", "bot") == "serviceaccount/bot created\n"
    assert old_kubectl("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web created\n"
    assert "deployed" not in old_kubectl("get", "deploy,pods,sa")
    assert old_kubectl("get", "sa", "bot", "-o", "name") == "serviceaccount/bot\n"


def test_an_old_kubectl_runs_commands_over_spdy(old_kubectl: Kubectl) -> None:
    old_kubectl("run", "web", "--image=nginx")
    mount = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert old_kubectl("exec", "web", "--", "cat", f"{mount}/namespace") == "default"
    assert "exit code 7" in old_kubectl("exec", "web", "--", "sh", "-c", "exit 7", code=7)
    text = "grüße\n" * 50_000
    assert old_kubectl("exec", "-i", "web", "--", "cat", stdin=text) == text
    assert "listen on no port" in old_kubectl("port-forward", "pod/web", "8080:80", code=1)
    assert 'pods "nope" not found' in old_kubectl("exec", "nope", "--", "ls", code=1)


@pytest.mark.parametrize("websockets", ["true", "false"])
def test_a_terminal_and_an_attachment_are_served_both_ways(
    api: Served, tmp_path: Path, websockets: str, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    """With the variable at false, kubectl speaks SPDY as it did before 1.31."""
    monkeypatch.setenv("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", websockets)
    kubectl = Kubectl(api, kubectl_binary(), tmp_path)
    kubectl("run", "web", "--image=nginx")
    assert _terminal(kubectl, "pwd\nexit 4\n") == ("# pwd\r\n/\r\n# exit 4\r\n", 4)
    before = len(api._app._hub._any)
    attached = subprocess.Popen([kubectl._binary, "attach", "web"], env=kubectl._env, stderr=subprocess.PIPE, text=True)
    while len(api._app._hub._any) == before:  # until the server has it
        assert attached.poll() is None
        time.sleep(0.01)
    cluster.delete("pod", "web", grace=0)
    assert attached.wait(20) == 0, attached.communicate()


def _terminal(kubectl: Kubectl, typed: str) -> tuple[str, int]:
    """What a shell in the Pod shows on a terminal, and its exit code."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    shell = subprocess.Popen(
        [kubectl._binary, "exec", "-it", "web", "--", "sh"], env=kubectl._env, stdin=theirs, stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.write(ours, typed.encode())
    code = shell.wait(30)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # what Linux gives at the end of a terminal
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    return shown.decode(), code


def test_the_newest_kubectl_works_with_the_newest_minor(api: Served, tmp_path: Path) -> None:
    newest = Kubectl(api, kubectl_binary("newest"), tmp_path)
    assert newest("apply", "-f", "-", stdin=DEPLOYMENT) == "deployment.apps/web created\n"
    assert newest("rollout", "status", "deploy/web", "--timeout=20s").endswith("successfully rolled out\n")
    assert newest("apply", "--server-side", "-f", "-", stdin=DEPLOYMENT, code=0).startswith("deployment.apps/web serverside")
    assert newest("exec", "deploy/web", "--", "cat", "/etc/hostname").startswith("web-")
    assert newest("create", "token", "default").count(".") == 2
    assert newest("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}") == "admin"
