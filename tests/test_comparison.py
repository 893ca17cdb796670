"""Versions side by side: the same is done to each, and what differs is told."""

from __future__ import annotations

import sys
from base64 import b64decode
from io import BytesIO
from typing import Any

import pytest

import sanb
from sanb.comparison import Comparison
from sanb.views.differences import differences


@pytest.fixture
def both() -> Comparison:
    found = sanb.compare("1.10", "1.36", seed=7)
    found.create("namespace", "shop")
    found.run()
    return found


def rows(both: Comparison, about: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.path, row.values) for row in both.differences if row.about == about]


def test_an_old_namespace_has_a_secret_and_a_new_one_a_config_map(both: Comparison) -> None:
    assert rows(both, "secret/shop/default-token-78fzp") == [("", ("there", "–"))]
    assert rows(both, "configmap/shop/kube-root-ca.crt") == [("", ("–", "there"))]


def test_only_the_old_account_names_its_secret(both: Comparison) -> None:
    assert ("secrets[default-token-*].name", ("default-token-*", "–")) in rows(both, "serviceaccount/shop/default")


def test_a_pod_mounts_a_secret_or_a_projected_token(both: Comparison) -> None:
    both.create("pod", "web", image="nginx", namespace="shop")
    both.run()
    found = dict(rows(both, "pod/shop/web"))
    assert found["spec.volumes[default-token-*].secret.secretName"] == ("default-token-*", "–")
    assert found["spec.volumes[kube-api-access-*].projected.defaultMode"] == ("–", "420")
    assert "metadata.uid" not in found
    assert "metadata.creationTimestamp" not in found


def test_the_differences_are_these_and_no_others_in_the_order_of_namespaces_and_kinds(both: Comparison) -> None:
    """No times, no revisions, nothing of the system's namespaces; long values are cut."""
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    label, secret = "metadata.labels.kubernetes.io/metadata.name", "secrets[default-token-*].name"
    found = [tuple(row) for row in both.differences]
    assert found[:12] == [
        ("namespace/default", "metadata.selfLink", ("/api/v1/namespaces/default", "–")),
        ("namespace/default", label, ("–", "default")),
        ("serviceaccount/default/default", "metadata.selfLink", (f"{account[:43]}…", "–")),
        ("serviceaccount/default/default", secret, ("default-token-*", "–")),
        ("secret/default/default-token-5x8q2", "", ("there", "–")),
        ("configmap/default/kube-root-ca.crt", "", ("–", "there")),
        ("namespace/shop", "metadata.selfLink", ("/api/v1/namespaces/shop", "–")),
        ("namespace/shop", label, ("–", "shop")),
        ("serviceaccount/shop/default", "metadata.selfLink", ("/api/v1/namespaces/shop/serviceaccounts/def…", "–")),
        ("serviceaccount/shop/default", secret, ("default-token-*", "–")),
        ("secret/shop/default-token-78fzp", "", ("there", "–")),
        ("configmap/shop/kube-root-ca.crt", "", ("–", "there")),
    ]
    assert {row[0] for row in found[12:]} == {"node/node-1"}
    assert not any("Time" in row[1] for row in found)


def test_what_is_drawn_for_an_object_makes_no_difference() -> None:
    clusters = [sanb.Cluster("1.36", seed=seed, nodes=0) for seed in (1, 2)]
    for c in clusters:
        c.create("deployment", "web", image="nginx")
        c.run()
    owners = [c.list("replicasets")[0]["metadata"]["ownerReferences"][0]["uid"] for c in clusters]
    assert owners[0] != owners[1]
    assert [row for row in differences(clusters) if row.about.startswith(("deployment/", "replicaset/"))] == []


def test_tokens_are_not_signed_to_be_compared() -> None:
    old = sanb.compare("1.10", "1.23", seed=7)
    old.create("namespace", "shop")
    old.run()
    assert {row.path for row in old.differences if row.about.startswith("secret/")} == {"metadata.selfLink"}
    tokens = [c.store.head.scan("secrets", "shop")[0].last["data"]["token"] for c in old.clusters]
    assert [token.read for token in tokens] == [False, False]


def test_no_difference_is_left_out_however_many_there_are(both: Comparison) -> None:
    before = len(both.differences)
    for number in range(301):
        both.clusters[0].create("configmap", f"c-{number}", namespace="shop")
    assert len(both.differences) == before + 301


def test_each_version_answers_in_its_own_words(both: Comparison) -> None:
    assert repr(both.kubectl("create serviceaccount late")) == (
        "1.10:\n  serviceaccount \"late\" created\n1.36:\n  serviceaccount/late created"
    )
    refused = both.get("pod", "nobody")
    assert [type(answer) for answer in refused.values()] == [sanb.ApiError, sanb.ApiError]


def test_two_of_the_same_minor_do_not_differ() -> None:
    same = sanb.compare("1.36", "1.36")
    same.create("namespace", "shop")
    assert same.differences == []
    assert list(same.kubectl("get namespace shop")) == ["1.36 (1)", "1.36 (2)"]


def test_clusters_that_are_compared_have_come_to_rest() -> None:
    assert [ran.actions for ran in sanb.compare("1.10", "1.36").run().values()] == [0, 0]


def test_one_version_is_nothing_to_compare() -> None:
    with pytest.raises(sanb.UsageError, match="name two versions"):
        sanb.compare("1.36")


def test_without_a_kernel_there_are_pictures_and_a_table(both: Comparison) -> None:
    data, metadata = both.still()
    assert metadata["image/png"]["width"] > 800
    assert data["image/png"].startswith("iVBOR")
    assert data["text/plain"].splitlines()[0] == "The same on Kubernetes 1.10 and 1.36: what differs"
    assert data["text/plain"].splitlines()[1].split() == ["OBJECT", "FIELD", "1.10", "1.36"]


def test_a_saved_notebook_keeps_them_beside_the_widget(both: Comparison) -> None:
    data, _ = both._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert both.still()[0].items() <= data.items()
    both.lab().close()


def test_the_pictures_stand_beside_each_other_above_the_table(both: Comparison) -> None:
    image = pytest.importorskip("PIL.Image")
    with image.open(BytesIO(b64decode(both.still()[0]["image/png"]))) as picture:
        wide, high = picture.size
        places = ((0, 0, wide // 2, 300), (wide // 2, 0, wide, 300), (0, high - 200, 500, high))
        colours = [len(picture.crop(place).convert("RGB").getcolors(1 << 24)) for place in places]
    assert min(colours) > 100


def test_without_matplotlib_there_is_a_table_as_html(both: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    html = both.still()[0]["text/html"]
    assert html.startswith("<table><thead><tr><th>object</th><th>field</th><th>1.10</th><th>1.36</th></tr></thead>")
    assert "<tr><td>secret/shop/default-token-78fzp</td><td>(the object)</td><td>there</td><td>–</td></tr>" in html


def test_what_a_cluster_cannot_do_neither_can_a_comparison(both: Comparison) -> None:
    with pytest.raises(AttributeError, match="no attribute 'fly', and neither has a cluster"):
        both.fly()


class Ears:
    """What a pair of clusters tells its browser, by side; -1: about both."""

    def __init__(self, both: Comparison) -> None:
        self.pair = both.lab()
        self.sent: list[tuple[int, dict[str, Any]]] = []
        self.pair.send = self._hear  # type: ignore[method-assign]

    def _hear(self, message: dict[str, Any], buffers: Any = None) -> None:
        self.sent.append((message["side"], message["content"]) if "side" in message else (-1, message))

    def ask(self, side: int, what: str, **rest: Any) -> Any:
        content = {"id": f"t-{len(self.sent)}", "do": what, **rest}
        self.pair._received(self.pair, content if side < 0 else {"side": side, "content": content}, [])
        return next(message for place, message in self.sent if place == side and message.get("re") == content["id"])["ok"]


def test_the_lab_of_both_keeps_the_sides_apart_and_marks_what_differs(both: Comparison) -> None:
    ears = Ears(both)
    old, new = (ears.ask(side, "hello")["sections"] for side in (0, 1))
    assert (old["head"]["minor"], new["head"]["minor"]) == ("1.10", "1.36")
    assert "secret/shop/default-token-78fzp" in old["nodes"]
    assert "configmap/shop/kube-root-ca.crt" in new["nodes"]
    marked = ears.ask(-1, "differences")["signs"]
    assert marked[0]["secret/shop/default-token-78fzp"] == "only"
    assert "configmap/shop/kube-root-ca.crt" not in marked[0]
    assert marked[1]["serviceaccount/shop/default"] == "differs"
    ears.ask(0, "create", form="account", values={"name": "late", "namespace": "shop"})
    assert both.clusters[0].get("serviceaccount", "late", namespace="shop")
    assert ears.ask(-1, "differences")["signs"][0]["serviceaccount/shop/late"] == "only"
    both.lab().close()
    assert [cluster.observers for cluster in both.clusters] == [[], []]


def test_what_goes_wrong_while_comparing_is_told(both: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    ears = Ears(both)

    def fail(clusters: Any) -> Any:
        raise sanb.UsageError("nothing to see")

    monkeypatch.setattr("sanb.widgets.pair.differences", fail)
    ears.pair._received(ears.pair, {"id": "q", "do": "differences"}, [])
    assert ears.sent == [(-1, {"re": "q", "error": "nothing to see"})]
    both.lab().close()
