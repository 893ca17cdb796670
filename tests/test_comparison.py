"""Versions side by side: the same is done to each, and what differs is told."""

from __future__ import annotations

from typing import Any

import pytest

import sanb
from sanb.comparison import Comparison


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


def test_one_version_is_nothing_to_compare() -> None:
    with pytest.raises(sanb.UsageError, match="name two versions"):
        sanb.compare("1.36")


def test_without_a_kernel_there_are_pictures_and_a_table(both: Comparison) -> None:
    data = both.still()
    assert data["image/png"].startswith("iVBOR")
    assert data["text/plain"].splitlines()[0] == "The same on Kubernetes 1.10 and 1.36: what differs"
    assert data["text/plain"].splitlines()[1].split() == ["OBJECT", "FIELD", "1.10", "1.36"]


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
