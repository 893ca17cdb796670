"""A served cluster: TLS, tokens, limits, forms of answers, watches, the end."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import stat
import threading
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import requests

from sanb import Cluster
from sanb.errors import UsageError
from sanb.http import kubeconfig
from sanb.http import serve as module
from sanb.http.serve import Served, serve
from sanb.tokens import ca, keys
from tests.http.served import Http

POD = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PODS = "/api/v1/namespaces/default/pods"


# ---------------------------------------------------------------------- how it is reached


def test_the_kubeconfig_is_private_and_names_server_authority_and_token(api: Served) -> None:
    assert stat.S_IMODE(api.kubeconfig.stat().st_mode) == 0o600
    assert json.loads(api.kubeconfig.read_text()) == kubeconfig.kubeconfig(api.url, api.ca, api.token)
    assert api.env == {"KUBECONFIG": str(api.kubeconfig)}


def test_the_kubeconfig_goes_where_it_is_wanted_and_stays_there(cluster: Cluster, tmp_path: Path) -> None:
    with serve(cluster, file=tmp_path / "deep" / "config") as served:
        assert json.loads((tmp_path / "deep" / "config").read_text())["users"][0]["user"] == {"token": served.token}
    assert (tmp_path / "deep" / "config").exists()


def test_two_servers_of_one_seed_have_different_tokens(cluster: Cluster) -> None:
    with serve(cluster) as one, serve(cluster) as other:
        assert one.token != other.token and one.url != other.url


def test_the_certificate_is_of_the_clusters_authority_and_tls_1_1_is_refused(api: Served) -> None:
    context = ssl.create_default_context(cadata=api.ca)
    with socket.create_connection(("127.0.0.1", api.port)) as plain, context.wrap_socket(
        plain, server_hostname="kubernetes.default.svc"
    ) as tls:
        assert tls.version() in ("TLSv1.2", "TLSv1.3")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", api.port)) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain)


def test_other_machines_are_let_in_only_with_random_keys(cluster: Cluster) -> None:
    with pytest.raises(UsageError, match="public pool"):
        serve(cluster, host="0.0.0.0")
    with serve(Cluster("1.36", keys="random"), host="0.0.0.0") as served:
        assert served.url == f"https://0.0.0.0:{served.port}"


def test_a_taken_port_is_named(api: Served, cluster: Cluster) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{api.port}: .*choose another port"):
        serve(cluster, port=api.port)


def test_an_unknown_clock_is_named(cluster: Cluster) -> None:
    with pytest.raises(UsageError, match="unknown clock 'sundial': choose one of fast, manual, realtime"):
        serve(cluster, clock="sundial")


def test_a_missing_extra_is_named(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NEEDED", ("uvicorn", "no_such_package_at_all"))
    with pytest.raises(UsageError, match=r"serving needs no_such_package_at_all: pip install 'sanb-k8s\[serve\]'"):
        serve(cluster)


def test_after_the_end_nobody_answers_and_the_cluster_is_as_it_was(cluster: Cluster, tmp_path: Path) -> None:
    with serve(cluster) as served:
        http = Http(served, tmp_path)
        assert http("POST", PODS, POD).status_code == 201
    assert served.closed and "closed" in repr(served)
    with pytest.raises(requests.ConnectionError):
        http("GET", PODS)
    assert cluster.get("pod", "web")["status"]["phase"] == "Running"
    assert cluster.observers == []


# ---------------------------------------------------------------------- who


def test_without_a_credential_one_is_anonymous(api: Served, tmp_path: Path) -> None:
    answer = Http(api, tmp_path, token="")("GET", PODS)
    assert answer.status_code == 403
    assert 'User "system:anonymous" cannot list resource "pods"' in answer.json()["message"]


def test_an_unknown_token_is_a_401_even_where_anybody_may(api: Served, tmp_path: Path) -> None:
    answer = Http(api, tmp_path, token="wrong")("GET", "/healthz")
    assert (answer.status_code, answer.json()["reason"]) == (401, "Unauthorized")


def test_nobody_is_told_so_before_his_request_is_read(api: Served, tmp_path: Path) -> None:
    http = Http(api, tmp_path, token="wrong")
    assert http("POST", PODS, b"{not json", headers={"Content-Type": "application/json"}).status_code == 401
    assert http("GET", "/api/v1/robots").status_code == 401


def test_the_use_of_a_secrets_token_is_warned_of(tmp_path: Path) -> None:
    cluster = Cluster("1.36", seed=3)
    annotations = {"kubernetes.io/service-account.name": "default"}
    secret = {"metadata": {"annotations": annotations}, "type": "kubernetes.io/service-account-token"}
    cluster.run()
    cluster.create("secret", "old", body=secret)
    cluster.patch("sa", "default", {"secrets": [{"name": "old"}]})
    cluster.run()
    token = b64decode(str(cluster.get("secret", "old")["data"]["token"])).decode()
    with serve(cluster) as served:
        answer = Http(served, tmp_path, token=token)("GET", "/version")
    assert answer.status_code == 200
    assert "Use tokens from the TokenRequest API" in answer.headers["Warning"]


def test_health_may_be_asked_by_anybody(api: Served, tmp_path: Path) -> None:
    answer = Http(api, tmp_path, token="")("GET", "/readyz")
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (200, "ok", "text/plain; charset=utf-8")


def test_an_accounts_token_is_that_account(api: Served, cluster: Cluster, tmp_path: Path) -> None:
    made = Http(api, tmp_path)("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {"spec": {}})
    answer = Http(api, tmp_path, token=made.json()["status"]["token"])("GET", PODS)
    assert answer.status_code == 403
    assert 'User "system:serviceaccount:default:default"' in answer.json()["message"]
    cluster.delete("sa", "default")
    cluster.run(for_="11s")  # a good answer counts for ten seconds
    assert Http(api, tmp_path, token=made.json()["status"]["token"])("GET", PODS).status_code == 401


def test_a_client_certificate_is_a_user_in_groups(api: Served, cluster: Cluster, tmp_path: Path) -> None:
    authority, key = cluster.authority, keys.generate()
    text = ca.client(authority.ca_pem, authority.ca_key, key, "alice", ("system:masters",), cluster.now)
    (tmp_path / "alice.pem").write_text(text + key.pem)
    answer = Http(api, tmp_path, token="")("GET", PODS, cert=str(tmp_path / "alice.pem"))
    assert answer.status_code == 200


def test_impersonation_acts_as_somebody_else(http: Http) -> None:
    answer = http("GET", PODS, headers={"Impersonate-User": "bob", "Impersonate-Group": "dev"})
    assert answer.status_code == 403 and 'User "bob" cannot list' in answer.json()["message"]


# ---------------------------------------------------------------------- limits and faults


def test_a_body_of_more_than_three_megabytes_is_a_413(http: Http) -> None:
    answer = http("POST", PODS, b"x" * (3 * 1024 * 1024 + 1), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (413, "RequestEntityTooLarge")


def test_a_fault_of_ours_is_a_500_without_a_traceback(
    http: Http, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "submit", lambda request: 1 / 0)
    answer = http("GET", PODS)
    assert (answer.status_code, answer.json()["reason"]) == (500, "InternalError")
    assert "Traceback" not in answer.text and "division" not in answer.text


def test_a_paused_api_server_does_not_hang_its_clients_forever(
    http: Http, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sanb.http import app

    monkeypatch.setattr(app, "PATIENCE", 0.2)
    with cluster.paused("kube-apiserver"):
        answer = http("GET", PODS)
    assert (answer.status_code, answer.json()["reason"]) == (504, "Timeout")
    assert http("GET", PODS).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/namespaces/../../etc/passwd", "/../../etc/passwd", "/api/v1/%2e%2e/%2e%2e"])
def test_paths_do_not_lead_out(http: Http, path: str) -> None:
    assert http("GET", path).status_code in (403, 404)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff", b'{"kind":"","kind":"Node"}', b"null"])
def test_odd_bodies_are_refused_and_never_a_500(http: Http, body: bytes) -> None:
    answer = http("POST", PODS, body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500 and answer.json()["kind"] == "Status"


def test_billion_laughs_are_refused(http: Http) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi")
    )
    answer = http("POST", PODS, bomb.encode(), headers={"Content-Type": "application/yaml"})
    assert 400 <= answer.status_code < 500


# ---------------------------------------------------------------------- forms


def test_a_large_list_is_compressed_for_those_who_can_read_it(http: Http, cluster: Cluster) -> None:
    for number in range(40):
        cluster.create("configmap", f"big-{number}", data={"text": "x" * 5000})
    path = "/api/v1/namespaces/default/configmaps"
    answer = http("GET", path, headers={"Accept-Encoding": "gzip"}, stream=True)
    raw = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "gzip" and len(raw) < 100_000
    plain = http("GET", path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content


def test_yaml_is_answered_to_those_who_accept_nothing_else(http: Http) -> None:
    answer = http("GET", "/api/v1/namespaces/default", headers={"Accept": "application/yaml"})
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.text.startswith("apiVersion: v1\nkind: Namespace\nmetadata:\n")


def test_nothing_that_can_be_written_is_a_406(http: Http) -> None:
    answer = http("GET", "/api/v1/namespaces/default", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["reason"]) == (406, "NotAcceptable")


def test_metadata_only_is_answered_on_demand(http: Http) -> None:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    answer = http("GET", "/api/v1/namespaces", headers={"Accept": accept}).json()
    assert (answer["kind"], answer["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [list(item) for item in answer["items"]] == [["metadata"]] * 4


def test_head_has_no_body(http: Http) -> None:
    answer = http("HEAD", PODS)
    assert (answer.status_code, answer.content) == (200, b"")


def test_metrics_are_prometheus_text(http: Http) -> None:
    answer = http("GET", "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'apiserver_storage_objects{resource="namespaces"} 4.0' in answer.text


def test_the_issuers_documents_are_there(http: Http, cluster: Cluster, api: Served) -> None:
    found = http("GET", "/.well-known/openid-configuration").json()
    assert found["issuer"] == cluster.authority.issuer
    assert found["jwks_uri"] == f"{api.url}/openid/v1/jwks"
    keyset = http("GET", "/openid/v1/jwks")
    assert keyset.headers["Content-Type"] == "application/jwk-set+json"
    assert keyset.json() == cluster.authority.jwks()


# ---------------------------------------------------------------------- watches


def _lines(answer: requests.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.iter_lines()]


def test_a_watch_tells_what_happens_while_it_lasts(http: Http, cluster: Cluster) -> None:
    start = http("GET", PODS).json()["metadata"]["resourceVersion"]
    found: list[dict[str, Any]] = []

    def follow() -> None:
        found.extend(_lines(http("GET", f"{PODS}?watch=1&resourceVersion={start}&timeoutSeconds=2", stream=True)))

    follower = threading.Thread(target=follow)
    follower.start()
    http("POST", PODS, POD)
    http("DELETE", f"{PODS}/web?gracePeriodSeconds=0")
    follower.join()
    assert (found[0]["type"], found[-1]["type"]) == ("ADDED", "DELETED")
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in found]
    assert versions == sorted(versions) and len(set(versions)) == len(versions)


def test_a_watch_hears_what_the_notebook_does(http: Http, cluster: Cluster) -> None:
    answer = http("GET", "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=20", stream=True)
    lines = answer.iter_lines()
    assert json.loads(next(lines))["object"]["metadata"]["name"] == "kube-root-ca.crt"
    cluster.create("configmap", "from-python")
    assert json.loads(next(lines))["object"]["metadata"]["name"] == "from-python"
    answer.close()


def test_a_watch_can_begin_with_everything_and_say_so(http: Http, cluster: Cluster) -> None:
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1"
    found = _lines(http("GET", f"/api/v1/namespaces?{query}", stream=True))
    assert [event["type"] for event in found] == ["ADDED"] * 4 + ["BOOKMARK"]
    assert found[-1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert found[-1]["object"]["metadata"]["resourceVersion"] == str(cluster.store.rev)


def test_beginning_with_everything_must_be_asked_for_completely(http: Http) -> None:
    answer = http("GET", "/api/v1/namespaces?watch=1&sendInitialEvents=true")
    assert answer.status_code == 422
    assert "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan" in answer.json()["message"]


def test_minors_that_cannot_begin_with_everything_refuse_so_that_clients_list(tmp_path: Path) -> None:
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    for minor, why in (
        ("1.23", "resourceVersionMatch is forbidden for watch"),
        ("1.33", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"),
    ):
        with serve(Cluster(minor)) as served:
            answer = Http(served, tmp_path)("GET", f"/api/v1/namespaces?{query}")
        assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
        assert why in answer.json()["message"]


def test_rows_are_watched_as_tables_and_only_the_first_has_columns(http: Http) -> None:
    http("POST", PODS, POD)
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    query = "watch=1&timeoutSeconds=1&resourceVersion=101"
    found = _lines(http("GET", f"{PODS}?{query}", headers={"Accept": accept}, stream=True))
    assert {event["object"]["kind"] for event in found} == {"Table"}
    assert [bool(event["object"]["columnDefinitions"]) for event in found] == [True] + [False] * (len(found) - 1)
    assert found[-1]["object"]["rows"][0]["cells"][:3] == ["web", "1/1", "Running"]


def test_a_watch_from_too_long_ago_ends_with_a_410(http: Http, cluster: Cluster) -> None:
    cluster.store.compact(cluster.store.rev)
    found = _lines(http("GET", f"{PODS}?watch=1&resourceVersion=101&timeoutSeconds=5", stream=True))
    assert [(event["type"], event["object"]["code"]) for event in found] == [("ERROR", 410)]


def test_a_client_that_does_not_read_keeps_nobody_else_waiting(http: Http, cluster: Cluster, api: Served) -> None:
    stuck = [http("GET", f"{PODS}?watch=1", stream=True) for _ in range(20)]
    for number in range(30):
        body = {**POD, "metadata": {"name": f"p{number}", "annotations": {"text": "x" * 20_000}}}
        assert http("POST", PODS, body).status_code == 201
    assert len(http("GET", PODS).json()["items"]) == 30
    for answer in stuck:
        answer.close()


def test_too_many_watches_are_told_to_come_back(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    from sanb.http import app

    monkeypatch.setattr(app, "MOST_WATCHES", 0)
    answer = http("GET", f"{PODS}?watch=1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


# ---------------------------------------------------------------------- time


def test_with_the_wall_clock_a_pod_needs_its_time(tmp_path: Path) -> None:
    with serve(Cluster("1.36", seed=3), clock="realtime") as served:
        http = Http(served, tmp_path)
        http("POST", PODS, POD)
        assert http("GET", f"{PODS}/web").json()["status"]["phase"] == "Pending"
        end = time.monotonic() + 30
        while http("GET", f"{PODS}/web").json()["status"]["phase"] != "Running":
            assert time.monotonic() < end
            time.sleep(0.2)


def test_with_the_manual_clock_the_notebook_lets_time_pass(cluster: Cluster, tmp_path: Path) -> None:
    with serve(cluster, clock="manual") as served:
        http = Http(served, tmp_path)
        http("POST", PODS, POD)
        assert http("GET", f"{PODS}/web").json()["status"]["phase"] == "Pending"
        cluster.run()
        assert http("GET", f"{PODS}/web").json()["status"]["phase"] == "Running"


def test_with_the_fast_clock_it_is_there_at_once(http: Http) -> None:
    http("POST", PODS, POD)
    assert http("GET", f"{PODS}/web").json()["status"]["phase"] == "Running"


def test_what_falls_due_happens_although_somebody_read_the_cluster_when_it_was_planned() -> None:
    cluster = Cluster("1.36", seed=3)
    with serve(cluster, clock="realtime") as api:
        hub, alarms = api._app._hub, []
        with cluster.lock:  # as a view has it for a moment; nothing changes, so nobody is told
            hub._loop.call_soon_threadsafe(lambda: (api._app._plan(), alarms.append(api._app._alarm)))
            for _ in range(200):
                if alarms:
                    break
                time.sleep(0.01)
        (alarm,) = alarms
        assert alarm is not None and alarm.when() <= hub._loop.time() + 1
