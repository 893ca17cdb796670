"""A cluster that is upgraded, and keys that are rotated: the same objects under other programs."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

import sanb
from sanb.apiserver.request import Request

SHOP = {"namespace": "shop"}


def volume(pod: Any) -> str:
    """The kind of the volume in which a Pod's credential is."""
    return next(key for key in pod["spec"]["volumes"][0] if key != "name")


def account(c: sanb.Cluster) -> Any:
    return c.get("sa", "default", **SHOP)


def secrets(c: sanb.Cluster) -> list[str]:
    return [one["metadata"]["name"] for one in c.list("secrets", **SHOP)]


def review(c: sanb.Cluster, token: str) -> Any:
    return c.request(Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})).body["status"]


def legacy(c: sanb.Cluster) -> str:
    """The token in the first Secret."""
    return b64decode(str(c.get("secret", secrets(c)[0], **SHOP)["data"]["token"])).decode()


def mounted(c: sanb.Cluster, pod: str) -> str:
    return c.pod("shop", pod).exec("cat /var/run/secrets/kubernetes.io/serviceaccount/token").stdout


@pytest.fixture
def old() -> sanb.Cluster:
    """1.20 with a running Pod in the namespace shop."""
    c = sanb.Cluster("1.20", seed=7)
    c.create("namespace", "shop")
    c.run()
    c.create("pod", "first", image="nginx", **SHOP)
    c.run()
    return c


# ---------------------------------------------------------------------- upgrades


def test_from_1_20_to_1_29_each_minor_changes_what_it_is_known_for(old: sanb.Cluster) -> None:
    c = old
    assert (volume(c.get("pod", "first", **SHOP)), len(secrets(c))) == ("secret", 1)
    assert "labels" not in c.get("namespace", "shop")["metadata"]
    token = legacy(c)

    c.upgrade("1.22")
    c.run()
    c.create("pod", "second", image="nginx", **SHOP)
    c.run()
    assert volume(c.get("pod", "second", **SHOP)) == "projected"
    assert c.get("namespace", "shop")["metadata"]["labels"] == {"kubernetes.io/metadata.name": "shop"}
    assert "annotations" not in c.get("configmap", "kube-root-ca.crt", **SHOP)["metadata"]

    c.upgrade("1.24")
    c.run()
    c.create("namespace", "late")
    c.run()
    assert c.get("configmap", "kube-root-ca.crt", **SHOP)["metadata"]["annotations"]
    assert len(secrets(c)) == 1 and c.list("secrets", namespace="late") == []
    c.delete("secret", secrets(c)[0], **SHOP)
    c.run()
    assert secrets(c) == [] and "secrets" not in account(c)
    assert review(c, token)["error"] == "[invalid bearer token, Token has been invalidated]"

    c.upgrade("1.29")
    c.run()
    assert c.get("configmap", "kube-apiserver-legacy-service-account-token-tracking", namespace="kube-system")
    assert c.kubectl("create token default -n shop").exit_code == 0
    assert {pod["status"]["phase"] for pod in c.list("pods", **SHOP)} == {"Running"}


def test_pods_go_on_running_and_keep_what_is_mounted_until_the_new_kubelet_looks(old: sanb.Cluster) -> None:
    c = old
    c.upgrade("1.21")
    c.run()
    c.create("pod", "second", image="nginx", **SHOP)
    c.run()
    events, token, first = len(c.list("events", **SHOP)), mounted(c, "second"), mounted(c, "first")
    c.upgrade("1.36")
    c.run()
    assert (mounted(c, "first"), mounted(c, "second")) == (first, token)
    c.run(for_="2m")
    assert len(c.list("events", **SHOP)) == events
    assert mounted(c, "first") == first
    fresh = mounted(c, "second")
    assert fresh != token and "jti" in c.authority.verify(fresh) and "jti" not in c.authority.verify(token)
    assert review(c, token)["authenticated"] and review(c, fresh)["authenticated"]


def test_what_an_older_server_stored_is_stored_as_the_newer_one_reads_it() -> None:
    c = sanb.Cluster("1.10", seed=7)
    c.create("deployment", "web", image="nginx")
    c.run()
    before = c.get("deployment", "web")
    assert "selfLink" in before["metadata"]
    pods = [pod["metadata"]["uid"] for pod in c.list("pods")]
    c.upgrade("1.36")
    c.run()
    after = c.get("deployment", "web")
    assert "selfLink" not in after["metadata"] and after["metadata"]["uid"] == before["metadata"]["uid"]
    assert [pod["metadata"]["uid"] for pod in c.list("pods")] == pods
    assert {pod["status"]["phase"] for pod in c.list("pods")} == {"Running"}
    assert "v1.36.0" in c.kubectl("get nodes").stdout
    assert c.get("namespace", "kube-node-lease")["status"]["phase"] == "Active"


def test_roles_are_completed_and_nothing_is_taken_away() -> None:
    """Bindings of 1.10 to everybody stay: an upgrade only adds (SEM 13.2, 1.14)."""
    c = sanb.Cluster("1.10", seed=7, nodes=0)
    c.upgrade("1.36")
    c.run()
    subjects = [one["name"] for one in c.get("clusterrolebinding", "system:discovery")["subjects"]]
    assert subjects == ["system:authenticated", "system:unauthenticated"]
    assert c.get("clusterrolebinding", "system:public-info-viewer")
    assert c.can("jane", "create", "selfsubjectreviews.authentication.k8s.io")
    new = sanb.Cluster("1.36", seed=7, nodes=0).get("clusterrolebinding", "system:discovery")
    assert [one["name"] for one in new["subjects"]] == ["system:authenticated"]


def test_controllers_start_anew_and_forget_what_they_were_about_to_do(old: sanb.Cluster) -> None:
    c = old
    c.create("namespace", "late")  # nobody has acted on it yet
    c.upgrade("1.24")
    c.run()
    assert [one["metadata"]["name"] for one in c.list("sa", namespace="late")] == ["default"]
    assert c.list("secrets", namespace="late") == []


def test_an_upgrade_of_a_fork_is_only_the_forks(old: sanb.Cluster) -> None:
    other = old.fork()
    other.upgrade("1.36")
    other.run()
    assert (old.minor, other.minor) == ("1.20", "1.36")
    old.create("pod", "second", image="nginx", **SHOP)
    old.run()
    assert volume(old.get("pod", "second", **SHOP)) == "secret"


def test_a_trace_repeats_upgrades_and_rotations(old: sanb.Cluster) -> None:
    c = old
    c.upgrade("1.23")
    c.run()
    c.rotate_keys()
    c.create("pod", "second", image="nginx", **SHOP)
    c.run(for_="3m")
    c.upgrade("1.36")
    c.run(for_="3m")
    c.rotate_keys(keep=False)
    c.run()
    again = sanb.replay(c.trace)
    assert (again.fingerprint(), again.minor, again.authority) == (c.fingerprint(), "1.36", c.authority)


def test_gates_stay_unless_others_are_given() -> None:
    gate = "LegacyServiceAccountTokenNoAutoGeneration"
    c = sanb.Cluster("1.24", seed=7, nodes=0, gates={gate: False})
    c.upgrade("1.25")
    assert not c.profile.gate(gate)
    c.upgrade("1.25", gates={})
    assert c.profile.gate(gate)


@pytest.mark.parametrize(("minor", "text"), [
    ("1.19", r"runs 1\.20 and cannot go back to 1\.19"), ("1.99", r"no profile for Kubernetes '1\.99'"),
])
def test_an_upgrade_goes_forward_to_a_minor_that_there_is(old: sanb.Cluster, minor: str, text: str) -> None:
    rev = old.store.rev
    with pytest.raises(sanb.UsageError, match=text):
        old.upgrade(minor)
    assert (old.minor, old.store.rev) == ("1.20", rev)


# ---------------------------------------------------------------------- keys


def test_tokens_of_an_old_key_are_accepted_while_it_is_kept() -> None:
    c = sanb.Cluster("1.36", seed=7, nodes=0)
    c.run()
    old = c.kubectl("create token default").stdout
    c.rotate_keys()
    new = c.kubectl("create token default").stdout
    assert [review(c, one)["authenticated"] for one in (old, new)] == [True, True]
    c.rotate_keys(keep=False)
    why = "[invalid bearer token, invalid signature, no keys found]"
    assert [review(c, one)["error"] for one in (old, new)] == [why, why]


def test_secrets_keep_their_old_tokens_and_new_ones_are_signed_with_the_new_key() -> None:
    c = sanb.Cluster("1.23", seed=7, nodes=0)
    c.create("namespace", "shop")
    c.run()
    old = legacy(c)
    c.rotate_keys(keep=False)
    c.run()
    assert legacy(c) == old
    assert review(c, old)["error"] == "[invalid bearer token, square/go-jose: error in cryptographic primitive]"
    c.delete("secret", secrets(c)[0], **SHOP)
    c.run()
    new = legacy(c)
    assert c.authority.verify(new)["iss"] == "kubernetes/serviceaccount" and review(c, new)["authenticated"]


def test_the_kubelet_is_not_told_of_new_keys(old: sanb.Cluster) -> None:
    """A Pod's token of a key that is gone is worth nothing until it is due."""
    c = old
    c.upgrade("1.36")
    c.run()
    c.create("pod", "second", image="nginx", **SHOP)
    c.run()
    c.rotate_keys(keep=False)
    c.run(for_="5m")
    with pytest.raises(sanb.ApiError, match="Unauthorized"):
        c.pod("shop", "second").client().list("pods")
    c.run(for_="1h")
    with pytest.raises(sanb.ApiError, match="cannot list resource"):
        c.pod("shop", "second").client().list("pods")


def test_what_was_remembered_of_tokens_is_gone_with_the_server() -> None:
    c = sanb.Cluster("1.36", seed=7, nodes=0)
    c.create("sa", "web")
    token = c.kubectl("create token web").stdout
    assert review(c, token)["authenticated"]
    c.delete("sa", "web")
    assert review(c, token)["authenticated"]  # for ten seconds
    c.upgrade("1.36")
    assert review(c, token)["error"] == '[invalid bearer token, serviceaccounts "web" not found]'


# ---------------------------------------------------------------------- crashes


def test_a_controller_manager_that_crashes_forgets_its_queues_and_finds_everything_again() -> None:
    c = sanb.Cluster("1.36")
    c.run()
    c.create("namespace", "shop")
    c.step()  # the controller manager has heard of it, and keys are in its queues
    queue = c.world.workers["serviceaccount-controller"].queue
    assert list(queue.order) == ["shop"]
    assert c.crash("serviceaccount") == "kube-controller-manager"
    queue = c.world.workers["serviceaccount-controller"].queue
    assert sorted(queue.order) == ["default", "kube-node-lease", "kube-public", "kube-system", "shop"]
    c.run()
    assert account(c)["metadata"]["name"] == "default"
    assert sanb.replay(c.trace).fingerprint() == c.fingerprint()


def test_what_a_crashed_process_had_asked_for_is_done_and_nobody_hears_of_it() -> None:
    c = sanb.Cluster("1.36")
    c.run()
    c.create("namespace", "shop")
    while not any(call.client == "serviceaccount-controller" for call in c.world.server.calls.values()):
        c.step()
    c.crash("kube-controller-manager")
    assert c.world.workers["serviceaccount-controller"].tasks == ()
    c.run()
    assert account(c)["metadata"]["name"] == "default"
    assert not any(workers.replies for workers in c.world.workers.values())
    assert sanb.replay(c.trace).fingerprint() == c.fingerprint()


def test_other_processes_do_not_notice_a_crash() -> None:
    c = sanb.Cluster("1.36")
    c.run()
    before = c.world.workers
    c.crash("scheduler")
    fresh = [name for name, workers in c.world.workers.items() if workers is not before[name]]
    assert {c.world.workers[name].controller.process for name in fresh} == {"kube-scheduler"}
    assert c.crash("apiserver") == "kube-apiserver"
    with pytest.raises(sanb.UsageError, match="unknown component 'printer'"):
        c.crash("printer")
