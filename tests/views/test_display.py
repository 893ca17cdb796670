"""HTML of notebooks: escaped, the same every time, and complete without its styles."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from sanb.kernel.action import Action
from sanb.values import Lazy
from sanb.views.display import (
    actions_html,
    cluster_html,
    object_html,
    objects_html,
    result_html,
    table_html,
    timeline_html,
    value_text,
)
from sanb.views.timeline import Entry, Timeline
from tests.views.planes import busy


def _words(html: str) -> list[str]:
    """The texts that are left when all tags and styles are stripped."""
    return [unescape(part) for part in re.split(r"<[^>]*>", html) if part.strip()]


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _well_formed(html: str) -> bool:
    parser = _Balance()
    parser.feed(html)
    parser.close()
    return parser.open == []


def test_a_cluster_is_a_table_of_namespaces_and_counts() -> None:
    html = cluster_html(busy())
    assert _well_formed(html)
    assert _words(html) == [
        "Kubernetes 1.23 · 2026-01-01T00:00:05Z · revision 28", "3 Namespaces, 2 Nodes",
        "Namespace", "Phase", "ServiceAccount", "Secret", "ConfigMap", "Pod", "ReplicaSet", "Deployment",
        "default", "Active", "1", "1", "1", "kube-system", "Active", "1", "1", "1",
        "shop", "Active", "1", "1", "1", "5 Pending, 5 Running", "2", "2"]


def test_an_object_is_an_outline() -> None:
    html = object_html({"kind": "Pod", "apiVersion": "v1", "status": {"phase": "Running"},
                        "metadata": {"name": "web", "namespace": "shop", "labels": {}}})
    assert _well_formed(html)
    assert _words(html) == [
        "pod", "Pod", " shop/web ", "Running", "apiVersion", ": v1", "kind", ": Pod", "metadata", ": ", "3 fields",
        "name", ": web", "namespace", ": shop", "labels", ": {}", "status", ": ", "1 field", "phase", ": Running"]


def test_what_users_wrote_is_escaped() -> None:
    evil = "<script>alert('x')</script>"
    for html in (object_html({"kind": evil, "metadata": {"name": evil, evil: evil}}),
                 table_html([evil], [[evil]], evil),
                 result_html(SimpleNamespace(stdout=evil, stderr=evil, exit_code=1)),
                 timeline_html(Timeline(evil, [Entry(0.0, 1, evil, evil, evil, (evil,), evil)]))):
        assert "<script" not in html
        assert _well_formed(html)


def test_tokens_are_shortened_and_lazy_ones_stay_unsigned() -> None:
    def sign() -> str:
        raise AssertionError("signed")

    data = {"token": Lazy(sign), "ca.crt": "LS0t" * 100, "namespace": "c2hvcA=="}
    words = _words(object_html({"kind": "Secret", "data": data}))
    assert ": … (token)" in words
    assert ": LS0tLS0tLS0tLS… (400 characters)" in words
    assert ": c2hvcA==" in words


@pytest.mark.parametrize(("value", "text"), [
    (None, "null"), (True, "true"), ([], "[]"), ({}, "{}"), (3, "3"), ("a\nb", "a⏎b"),
    ("x" * 500, f"{'x' * 60}…{'x' * 30} (500 characters)"), ("eyJ" + "x" * 97, "eyJxxxxxxxxxxx… (100 characters)")])
def test_values_are_one_line(value: Any, text: str) -> None:
    assert value_text(value) == text


def test_a_list_of_objects_is_a_table() -> None:
    found = [{"kind": "Pod", "metadata": {"name": f"web-{n}", "namespace": "shop"}} for n in range(201)]
    words = _words(objects_html(found))
    assert words[:9] == ["201 objects", "Kind", "Namespace", "Name", "Phase", "Created", "Pod", "shop", "web-0"]
    assert words[-1] == "and 1 more"


def test_a_timeline_is_a_table() -> None:
    found = Timeline("pod shop/web", [Entry(0.0, 7, "kubelet", "system:node:node-1", "patched", ("status",), "why")])
    assert _words(timeline_html(found)) == [
        "pod shop/web", "Time", "Revision", "Who", "Did", "Changed", "Why",
        "1970-01-01T00:00:00Z", "7", "kubelet", "patched", "status", "why"]
    assert _words(timeline_html(Timeline("pod shop/web"))) == ["pod shop/web: nothing is known"]


def test_actions_are_sentences() -> None:
    assert _words(actions_html([Action("start", "tokens", ("shop", "default"))])) == [
        "1 action", "#", "Op", "Actor", "What", "0", "start", "tokens", "tokens starts on shop/default"]


def test_a_failed_command_says_so_in_words() -> None:
    html = result_html(SimpleNamespace(stdout="NAME  READY\n", stderr="Error from server (NotFound)\n", exit_code=1))
    assert _words(html) == ["NAME  READY\n", "Error from server (NotFound)\n", "exit code 1"]
