"""The page about annotations says what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sanb.errors import ApiError
from sanb.kubelet import logs, scripts
from tests.kubelet.node import Node, container

PAGE = Path(__file__).parent.parent.parent / "docs" / "annotations.md"


def test_the_page_lists_exactly_the_annotations_that_there_are() -> None:
    listed = re.findall(r"^\| `sanb\.dev/([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE)
    assert listed == list(scripts.ANNOTATIONS)


def test_a_container_prints_what_its_annotation_says() -> None:
    node = Node()
    node.start(containers=[container("a"), container("b")], annotations={"sanb.dev/log.a": "one\ntwo"})
    assert logs.output(node.pod(), "a") == ("one\ntwo\n", True)
    assert logs.output(node.pod(), "b") == ("", True)


def test_the_log_of_the_run_before_can_be_read_after_a_restart() -> None:
    node = Node()
    node.start(annotations={"sanb.dev/log": "boom", "sanb.dev/crashes": "1"})
    assert logs.output(node.pod(), "app", previous=True) == ("boom\n", False)
    with pytest.raises(ApiError, match='previous terminated container "app" in pod "other" not found'):
        logs.output(node.start("other"), "app", previous=True)


@pytest.mark.parametrize(
    ("error", "why"),
    [("image-pull-error", "trying and failing to pull image"), ("start-error", "RunContainerError")],
)
def test_a_container_that_was_never_started_has_no_log(error: str, why: str) -> None:
    node = Node()
    pod = node.start(annotations={f"sanb.dev/{error}": "true"})
    with pytest.raises(ApiError, match=f'container "app" in pod "web" is waiting to start: {why}'):
        logs.output(pod, "app")
