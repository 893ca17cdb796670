"""What real control planes made of public manifests: accounts, Secrets, and each Pod's account, volumes and mounts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sanb import Cluster

HERE = Path(__file__).parent / "manifests"
RECORDED = sorted(HERE.glob("*/*.json"))
ABC = "bcdfghjklmnpqrstvwxz2456789"


def masked(name: str) -> str:
    """A name without what is random in it."""
    name = re.sub(rf"(-token-|kube-api-access-)[{ABC}]{{5}}$", r"\1<rand>", name)
    return re.sub(rf"-[{ABC}]{{6,10}}-$", "-<hash>-", name)


def settled(minor: str, manifest: str, namespace: str, *, nodes: bool = False) -> tuple[Cluster, Any]:
    """A cluster to which a manifest was applied; without nodes, as the real ones had none."""
    c = Cluster(minor, seed=1, controllers="*" if nodes else "*,-scheduler,-kubelet")
    c.create("namespace", namespace)
    c.run()
    applied = c.apply(HERE / manifest, namespace=namespace)
    c.run()
    return c, applied


def pod(obj: Any) -> dict[str, Any]:
    """A Pod as the recordings have it."""
    spec = obj["spec"]
    return {
        "owner": next((o["kind"] for o in obj["metadata"].get("ownerReferences", ()) if o.get("controller")), None),
        "generateName": masked(obj["metadata"].get("generateName", "")),
        "serviceAccountName": spec["serviceAccountName"],
        "automountServiceAccountToken": spec.get("automountServiceAccountToken"),
        "imagePullSecrets": [one["name"] for one in spec.get("imagePullSecrets", ())],
        "volumes": [volume(one) for one in spec.get("volumes", ())],
        "mounts": {
            prefix + one["name"]: sorted(
                [masked(m["name"]), m["mountPath"], m.get("readOnly", False)] for m in one.get("volumeMounts", ())
            )
            for prefix, field in (("init:", "initContainers"), ("", "containers"))
            for one in spec.get(field, ())
        },
    }


def account(obj: Any) -> dict[str, Any]:
    """A ServiceAccount as the recordings have it."""
    automount = obj.get("automountServiceAccountToken")
    return {"name": obj["metadata"]["name"], "automount": automount, "secrets": len(obj.get("secrets", ()))}


def ordered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order that does not depend on random names."""
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def volume(obj: Any) -> dict[str, Any]:
    """A volume as the recordings have it."""
    source = next(key for key in obj if key != "name")
    automounted = bool(re.search(rf"(-token-|kube-api-access-)[{ABC}]{{5}}$", obj["name"]))
    return {"name": masked(obj["name"]), "source": source, "automounted": automounted}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_public_manifest_becomes_what_a_real_control_plane_made_of_it(path: Path) -> None:
    wanted = json.loads(path.read_text())
    space = wanted["namespace"]
    c, applied = settled(wanted["kubernetes"], wanted["manifest"], space)
    unknown = re.findall(r'no matches for kind "(\w+)"', " ".join(wanted["refused"]))
    assert sorted(row.kind for row in applied.refused) == sorted(unknown)
    assert [account(one) for one in c.list("sa", namespace=space)] == wanted["serviceAccounts"]
    secrets = [
        {"name": masked(s["metadata"]["name"]), "type": s["type"], "keys": sorted(s.get("data", ()))}
        for s in c.list("secrets", namespace=space)
    ]
    assert ordered(secrets) == ordered(wanted["secrets"])
    assert ordered(pod(one) for one in c.list("pods", namespace=space)) == ordered(wanted["pods"])


@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_the_boutique_settles_with_every_pod_running(minor: str) -> None:
    c, _ = settled(minor, "online-boutique.yaml", "boutique", nodes=True)
    assert [p["status"]["phase"] for p in c.list("pods", namespace="boutique")] == ["Running"] * 12


def test_on_1_10_deployments_with_grpc_probes_are_refused_and_the_rest_runs() -> None:
    c, applied = settled("1.10", "online-boutique.yaml", "boutique", nodes=True)
    assert sorted(row.name for row in applied.refused) == [
        "adservice", "cartservice", "checkoutservice", "currencyservice", "emailservice", "paymentservice",
        "productcatalogservice", "recommendationservice", "shippingservice",
    ]
    assert all("must specify a handler type" in row.why for row in applied.refused)
    running = sorted(p["metadata"]["labels"]["app"] for p in c.list("pods", namespace="boutique"))
    assert running == ["frontend", "loadgenerator", "redis-cart"]
    assert {p["status"]["phase"] for p in c.list("pods", namespace="boutique")} == {"Running"}
