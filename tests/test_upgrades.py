"""One running cluster on its way 1.20 -> 1.22 -> 1.24 -> 1.29: every change that its users can see (SEM 13.2, 14).

A row of the table is a question and its answers in the four minors. Each is asked in a fork, so that none disturbs another.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

import sanb
from sanb.apiserver.request import Request
from sanb.tokens import claims

SHOP = {"namespace": "shop"}
MINORS = ("1.20", "1.22", "1.24", "1.29")
Ask = Callable[[sanb.Cluster], object]


@pytest.fixture(scope="module")
def road() -> dict[str, sanb.Cluster]:
    """The cluster at each stage: a namespace with a Pod that began in 1.20."""
    c = sanb.Cluster("1.20", seed=7)
    c.create("namespace", "shop")
    c.run()
    c.create("pod", "first", image="nginx", **SHOP)
    for kind in OLD:
        c.apply(kind, **SHOP)
    c.run()
    found = {}
    for minor in MINORS:
        c.upgrade(minor)
        c.run(for_="5m")
        found[minor] = c.fork()
    return found


OLD: list[dict[str, Any]] = [
    {"apiVersion": "networking.k8s.io/v1beta1", "kind": "Ingress", "metadata": {"name": "web"},
     "spec": {"backend": {"serviceName": "web", "servicePort": 80}}},
    {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
     "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 50, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}},
    {"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition", "metadata": {"name": "carts.shop.io"},
     "spec": {"group": "shop.io", "version": "v1", "scope": "Namespaced", "names": {"plural": "carts", "kind": "Cart"},
              "additionalPrinterColumns": [{"name": "Owner", "type": "string", "JSONPath": ".spec.owner"}]}},
]


# ---------------------------------------------------------------------- asking


def secret(c: sanb.Cluster) -> Any:
    """The Secret that 1.20 made for the account."""
    return c.list("secrets", **SHOP)[0]


def legacy(c: sanb.Cluster) -> str:
    return b64decode(str(secret(c)["data"]["token"])).decode()


def review(c: sanb.Cluster, token: str) -> str:
    """What a review says against a token; "" for one that is accepted."""
    c.advance(11)
    request = Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})
    return str(c.request(request).body["status"].get("error", "")).removeprefix("[invalid bearer token, ").removesuffix("]")


def ask(c: sanb.Cluster, account: str = "default", **spec: Any) -> Any:
    return c.request(Request("create", "serviceaccounts", "shop", account, "token", {"spec": spec})).body


def new_pod(c: sanb.Cluster) -> Any:
    c.create("pod", "second", image="nginx", **SHOP)
    c.run()
    return c.get("pod", "second", **SHOP)


def mounted(c: sanb.Cluster, pod: str) -> dict[str, Any]:
    """The claims of the token in a Pod."""
    text = c.pod("shop", pod).exec("cat /var/run/secrets/kubernetes.io/serviceaccount/token").stdout
    return c.authority.verify(text)


def volume_of_a_new_pod(c: sanb.Cluster) -> str:
    return next(key for key in new_pod(c)["spec"]["volumes"][0] if key != "name")


def volume_of_the_old_pod(c: sanb.Cluster) -> str:
    return next(key for key in c.get("pod", "first", **SHOP)["spec"]["volumes"][0] if key != "name")


def days_of_a_new_pods_token(c: sanb.Cluster) -> int | None:
    new_pod(c)
    said = mounted(c, "second")
    return (said["exp"] - said["iat"]) // 86400 if "exp" in said else None


def other_audience_is_extended(c: sanb.Cluster) -> bool:
    pod = c.get("pod", "first", **SHOP)
    reference = {"kind": "Pod", "apiVersion": "v1", "name": "first", "uid": pod["metadata"]["uid"]}
    spec = ask(c, audiences=["vault"], expirationSeconds=3607, boundObjectRef=reference)
    said = c.authority.verify(str(spec["status"]["token"]))
    return bool(said["exp"] - said["iat"] > 3607)


def secrets_of_a_new_namespace(c: sanb.Cluster) -> tuple[int, int]:
    """Token Secrets, and references of the account to them."""
    c.create("namespace", "late")
    c.run()
    account = c.get("sa", "default", namespace="late")
    return len(c.list("secrets", namespace="late")), len(account.get("secrets") or ())


def a_deleted_secret_comes_back(c: sanb.Cluster) -> tuple[bool, int]:
    """Whether there is another one, and how many the account lists."""
    c.delete("secret", secret(c)["metadata"]["name"], **SHOP)
    c.run()
    return bool(c.list("secrets", **SHOP)), len(c.get("sa", "default", **SHOP).get("secrets") or ())


def the_old_secrets_token(c: sanb.Cluster) -> str:
    return review(c, legacy(c))


def use_of_the_old_token(c: sanb.Cluster) -> tuple[bool, bool]:
    """Whether a use is warned of, and noted."""
    warnings = c.authenticate(legacy(c))[1]
    return bool(warnings), "kubernetes.io/legacy-token-last-used" in (secret(c)["metadata"].get("labels") or {})


def a_token_marked_invalid(c: sanb.Cluster) -> bool:
    """Whether the label that the cleaner puts on Secrets is refused."""
    label = {"metadata": {"labels": {"kubernetes.io/legacy-token-invalid-since": "2026-01-01"}}}
    c.patch("secret", secret(c)["metadata"]["name"], label, **SHOP)
    return "has been marked invalid" in review(c, legacy(c))


def an_unused_secret_after_three_years(c: sanb.Cluster) -> bool:
    """Whether it is still there."""
    c.delete("pod", "first", grace=0, **SHOP)
    c.run(for_="1100d")
    return bool(c.list("secrets", **SHOP))


def an_expired_token(c: sanb.Cluster) -> str:
    token = str(ask(c, expirationSeconds=600)["status"]["token"])
    c.run(for_="12m")
    return review(c, token)


def a_token_of_the_future(c: sanb.Cluster) -> str:
    uid = c.get("sa", "default", **SHOP)["metadata"]["uid"]
    said = claims.bound(c.authority.issuer, "shop", ("default", uid), now=int(c.now) + 120, seconds=3600,
                        audiences=c.authority.api_audiences)
    return review(c, c.authority.sign({**said, "nbf": int(c.now)}))


def a_token_of_an_account_that_ended_twice(c: sanb.Cluster) -> str:
    """Another account of that name is being deleted: which of the two is told."""
    c.create("sa", "twice", **SHOP)
    token = str(ask(c, "twice")["status"]["token"])
    c.delete("sa", "twice", **SHOP)
    c.create("sa", "twice", body={"metadata": {"finalizers": ["shop.io/wait"]}}, **SHOP)
    c.delete("sa", "twice", **SHOP)
    c.advance(100)
    said = review(c, token).lower()
    return "uid" if "uid" in said else "deleted" if "has been deleted" in said else said


def answer_of_a_token_request(c: sanb.Cluster) -> tuple[object, object]:
    metadata = ask(c)["metadata"]
    return metadata.get("name"), metadata.get("namespace")


def edit_may_request_tokens(c: sanb.Cluster) -> bool:
    c.kubectl("create rolebinding jane --clusterrole=edit --user=jane -n shop")
    return c.can("jane", "create", "serviceaccounts/token", **SHOP)


def exit_code(line: str) -> Ask:
    return lambda c: c.kubectl(line).exit_code


def there(kind: str, name: str, **space: str) -> Ask:
    """Whether there is such an object."""
    def found(c: sanb.Cluster) -> bool:
        try:
            c.get(kind, name, **space)
        except sanb.ApiError as problem:
            assert problem.code == 404
            return False
        return True
    return found


def shape(kind: str, *paths: str) -> Ask:
    """The apiVersion under which an object of 1.20 is stored, and the fields of its spec that are looked at."""
    def found(c: sanb.Cluster) -> tuple[object, ...]:
        obj = c.get(kind, "carts.shop.io" if kind == "crd" else "web", **SHOP)
        return (obj["apiVersion"], *(path for path in paths if path in obj["spec"]))
    return found


TRACKING = "kube-apiserver-legacy-service-account-token-tracking"
CONTROLLER = "system:controller:"
NO_SECRET = "Token has been invalidated"
CHANGES: list[tuple[str, Ask, tuple[object, object, object, object]]] = [
    # what Pods get
    ("new Pods mount", volume_of_a_new_pod, ("secret", "projected", "projected", "projected")),
    ("the Pod of 1.20 keeps", volume_of_the_old_pod, ("secret",) * 4),
    ("days of a new Pod's token", days_of_a_new_pods_token, (None, 365, 365, 365)),
    ("a Pod's token for others lives a year", other_audience_is_extended, (False, True, False, False)),
    # token Secrets
    ("Secrets, and references, of a new namespace", secrets_of_a_new_namespace, ((1, 1), (1, 1), (0, 0), (0, 0))),
    ("a deleted token Secret comes back", a_deleted_secret_comes_back, ((True, 1), (True, 1), (False, 0), (False, 0))),
    ("against the token of 1.20", the_old_secrets_token, ("",) * 4),
    ("its use is warned of, and noted", use_of_the_old_token, ((False, False),) * 3 + ((True, True),)),
    ("the mark of the cleaner counts", a_token_marked_invalid, (False, False, False, True)),
    ("a Secret that nobody used for three years is there", an_unused_secret_after_three_years, (True, True, True, False)),
    ("the tracking ConfigMap", there("configmap", TRACKING, namespace="kube-system"), (False, False, False, True)),
    # bound tokens
    ("an expired token", an_expired_token,
     ("Token has expired.", "Token has expired.", *["service account token has expired"] * 2)),
    ("a token of the future", a_token_of_the_future, ("", "", "", "service account token is issued in the future")),
    ("an account that is gone and another one going", a_token_of_an_account_that_ended_twice,
     ("deleted", "deleted", "deleted", "uid")),
    ("name and namespace in the answer", answer_of_a_token_request,
     ((None, None), (None, None), ("default", "shop"), ("default", "shop"))),
    ("edit may request tokens", edit_may_request_tokens, (False, False, True, True)),
    # namespaces
    ("the label of a namespace", lambda c: c.get("namespace", "shop")["metadata"].get("labels"),
     (None, *[{"kubernetes.io/metadata.name": "shop"}] * 3)),
    ("the root CA is annotated", lambda c: "annotations" in c.get("configmap", "kube-root-ca.crt", **SHOP)["metadata"],
     (False, False, True, True)),
    # kubectl
    ("create token", exit_code("create token default -n shop"), (1, 1, 0, 0)),
    ("auth whoami", exit_code("auth whoami"), (1, 1, 1, 0)),
    ("a second account of a name", lambda c: c.kubectl("create sa default -n shop").stderr.partition(":")[0],
     ("Error from server (AlreadyExists)", *["error"] * 3)),
    ("describe pod names the account", lambda c: "Service Account:" in c.kubectl("describe pod first -n shop").stdout,
     (False, False, False, True)),
    ("version of the node", lambda c: c.get("node", "node-1")["status"]["nodeInfo"]["kubeletVersion"],
     tuple(f"v{minor}.0" for minor in MINORS)),
    # roles
    ("the cleaner's role", there("clusterrole", f"{CONTROLLER}legacy-service-account-token-cleaner"),
     (False, False, False, True)),
    ("the root CA publisher's role", there("clusterrole", f"{CONTROLLER}root-ca-cert-publisher"), (True,) * 4),
    # objects of older versions
    ("Ingress", shape("ingress", "backend", "defaultBackend"), (("networking.k8s.io/v1", "defaultBackend"),) * 4),
    ("autoscaler", shape("hpa", "targetCPUUtilizationPercentage", "metrics"), (
        *[("autoscaling/v1", "targetCPUUtilizationPercentage")] * 2, *[("autoscaling/v2", "metrics")] * 2)),
    ("definition", shape("crd", "version", "versions"), (("apiextensions.k8s.io/v1", "versions"),) * 4),
]


@pytest.mark.parametrize(("question", "answers"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_an_upgrade_changes(road: dict[str, sanb.Cluster], question: Ask, answers: tuple[object, ...]) -> None:
    assert {minor: question(c.fork()) for minor, c in road.items()} == dict(zip(MINORS, answers, strict=True))


# ---------------------------------------------------------------------- objects of older versions


def test_objects_of_1_11_are_converted_to_the_shape_that_1_36_stores() -> None:
    c = sanb.Cluster("1.11", seed=7, nodes=0)
    ingress = {**OLD[0], "apiVersion": "extensions/v1beta1"}
    c.apply([ingress, *OLD[1:]])
    assert c.get("ingress", "web")["spec"]["backend"]["serviceName"] == "web"
    uids = [c.get(kind, "web")["metadata"]["uid"] for kind in ("ingress", "hpa")]
    c.upgrade("1.36")
    c.run()
    assert c.get("ingress", "web")["spec"] == {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
    assert c.get("hpa", "web")["spec"]["metrics"] == [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]
    (version,) = c.get("crd", "carts.shop.io")["spec"]["versions"]
    assert version["additionalPrinterColumns"] == [{"name": "Owner", "type": "string", "jsonPath": ".spec.owner"}]
    assert [c.get(kind, "web")["metadata"]["uid"] for kind in ("ingress", "hpa")] == uids
    c.apply({"apiVersion": "shop.io/v1", "kind": "Cart", "metadata": {"name": "mine"}, "spec": {"owner": "jane"}})
    assert c.kubectl("get carts").stdout.split()[:2] == ["NAME", "OWNER"]


def test_slices_of_1_20_name_their_node_where_1_21_looks_for_it() -> None:
    c = sanb.Cluster("1.20", seed=7)
    c.create("deployment", "web", image="nginx")
    c.create("service", "web")
    c.run()
    (old,) = c.list("endpointslices")
    assert old["endpoints"][0]["topology"]["kubernetes.io/hostname"] == "node-1"
    with c.paused("endpointslices"):
        c.upgrade("1.22")
        c.run()
        (new,) = c.list("endpointslices")
    (endpoint,) = new["endpoints"]
    assert (new["apiVersion"], endpoint["nodeName"], "topology" in endpoint) == ("discovery.k8s.io/v1", "node-1", False)
