"""Many clients at once: nothing is lost, nothing comes twice, everything in order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sanb.http.serve import Served
from tests.http import soak
from tests.http.served import Http

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
WRITERS, ROUNDS, WATCHERS = 8, 12, 30


def _write(http: Http, writer: int) -> int:
    """Create, change and delete; how many events that makes."""
    for number in range(ROUNDS):
        name = f"c-{writer}-{number}"
        assert http("POST", CONFIGMAPS, {"metadata": {"name": name}}).status_code == 201
        body = {"data": {"n": str(number)}}
        headers = {"Content-Type": "application/merge-patch+json"}
        assert http("PATCH", f"{CONFIGMAPS}/{name}", body, headers=headers).status_code == 200
        assert http("DELETE", f"{CONFIGMAPS}/{name}").status_code == 200
    return 3 * ROUNDS


def _follow(http: Http, start: str, count: int) -> list[tuple[str, str, int]]:
    """The first `count` events after a revision: type, name, revision."""
    found = []
    with http("GET", f"{CONFIGMAPS}?watch=1&resourceVersion={start}&timeoutSeconds=60", stream=True) as answer:
        for line in answer.iter_lines():
            event = json.loads(line)
            metadata = event["object"]["metadata"]
            found.append((event["type"], metadata["name"], int(metadata["resourceVersion"])))
            if len(found) == count:
                break
    return found


def test_every_watcher_sees_every_change_once_and_in_order(api: Served, tmp_path: Path) -> None:
    http = Http(api, tmp_path)
    start = http("GET", CONFIGMAPS).json()["metadata"]["resourceVersion"]
    count = 3 * ROUNDS * WRITERS
    with ThreadPoolExecutor(WRITERS + WATCHERS) as pool:
        followers = [pool.submit(_follow, http, start, count) for _ in range(WATCHERS)]
        assert sum(pool.map(lambda writer: _write(http, writer), range(WRITERS))) == count
        seen = [follower.result(timeout=60) for follower in followers]
    assert all(events == seen[0] for events in seen)
    revisions = [revision for _, _, revision in seen[0]]
    assert revisions == sorted(set(revisions)) and len(revisions) == count
    for writer in range(WRITERS):
        mine = [kind for kind, name, _ in seen[0] if name.startswith(f"c-{writer}-")]
        assert mine == ["ADDED", "MODIFIED", "DELETED"] * ROUNDS


@pytest.mark.slow
def test_a_mixed_load_of_64_clients_and_200_watches_loses_and_reorders_nothing() -> None:
    found = soak.run(20.0)
    assert found.requests > 64 * 5 and found.events > 200 * 64 * 3 // 8
