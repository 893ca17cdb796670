"""The chain asks each plugin about what it has a say about, and about nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.admission import CREATE, Attributes, Chain, Plugin
from sanb.apiserver.request import ADMIN

ASKED = {
    "pods": (["everything", "pods"], ["everything", "pods"]),
    "pods/status": (["everything"], ["everything", "pods"]),
    "pods/binding": (["everything"], ["everything"]),
    "secrets": (["everything"], ["everything"]),
}


@pytest.mark.parametrize("target", ASKED)
def test_a_plugin_is_asked_about_the_resources_and_subresources_that_it_names(target: str) -> None:
    asked: tuple[list[str], list[str]] = ([], [])

    def plugin(name: str, *targets: frozenset[str]) -> Plugin:
        def mutate(view: Any, attributes: Attributes) -> None:
            asked[0].append(name)

        def validate(view: Any, attributes: Attributes) -> None:
            asked[1].append(name)

        return Plugin(name, mutate, validate, *targets)

    chain = Chain((plugin("everything"), plugin("pods", frozenset({"pods"}), frozenset({"pods", "pods/status"}))))
    resource, _, subresource = target.partition("/")
    view: Any = None
    attributes = Attributes(CREATE, resource, subresource, "shop", "", {}, None, ADMIN)
    assert chain.mutate(view, attributes) is attributes
    assert chain.validate(view, attributes) is None
    assert asked == ASKED[target]


def test_the_chain_tells_who_has_a_say() -> None:
    chain = Chain((Plugin("a", lambda view, attributes: None), Plugin("b", None, None, frozenset({"pods"}))))
    assert chain.concern("pods") == chain.concern("events") == ("a",)
