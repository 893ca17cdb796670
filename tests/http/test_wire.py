"""HTTP messages: what becomes a request, and what is refused before it is one."""

from __future__ import annotations

import json

import pytest

from sanb.apiserver import status
from sanb.apiserver.request import ADMIN, Response, UserInfo
from sanb.errors import ApiError
from sanb.http import wire
from sanb.http.nonresource import elsewhere
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone

NEW, MIDDLE, OLD = Profile.of("1.36"), Profile.of("1.23"), Profile.of("1.10")
JSON = {"Content-Type": "application/json"}
POD = b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}'


def _refused(*arguments: object, **options: object) -> dict:
    with pytest.raises(ApiError) as caught:
        wire.parse(*arguments, **options)  # type: ignore[arg-type]
    return caught.value.status


@pytest.mark.parametrize(
    ("method", "path", "verb", "place"),
    [
        ("GET", "/api/v1/pods", "list", ("pods", "", "", "")),
        ("GET", "/api/v1/namespaces/shop/pods", "list", ("pods", "shop", "", "")),
        ("GET", "/api/v1/namespaces/shop/pods/p", "get", ("pods", "shop", "p", "")),
        ("GET", "/api/v1/namespaces/shop", "get", ("namespaces", "", "shop", "")),
        ("GET", "/api/v1/namespaces", "list", ("namespaces", "", "", "")),
        ("GET", "/api/v1/namespaces/shop/status", "get", ("namespaces", "", "shop", "status")),
        ("PUT", "/api/v1/namespaces/shop/finalize", "update", ("namespaces", "", "shop", "finalize")),
        ("GET", "/apis/apps/v1/deployments", "list", ("deployments.apps", "", "", "")),
        ("DELETE", "/apis/apps/v1/namespaces/shop/deployments/web", "delete", ("deployments.apps", "shop", "web", "")),
        ("DELETE", "/apis/apps/v1/namespaces/shop/deployments", "deletecollection", ("deployments.apps", "shop", "", "")),
        ("GET", "/apis/apps/v1/namespaces/shop/deployments/web/scale", "get", ("deployments.apps", "shop", "web", "scale")),
        ("POST", "/api/v1/namespaces/shop/serviceaccounts/a/token", "create", ("serviceaccounts", "shop", "a", "token")),
        ("POST", "/api/v1/namespaces/shop/pods/p/binding", "create", ("pods", "shop", "p", "binding")),
        (
            "GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/x", "get",
            ("clusterroles.rbac.authorization.k8s.io", "", "x", ""),
        ),
        ("GET", "/api/v1/watch/namespaces/shop/pods", "watch", ("pods", "shop", "", "")),
        ("GET", "/api/v1/namespaces/shop/pods?watch=true", "watch", ("pods", "shop", "", "")),
        ("GET", "/api/v1/namespaces/shop/pods?watch=1", "watch", ("pods", "shop", "", "")),
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews", "create", ("tokenreviews.authentication.k8s.io", "", "", "")),
    ],
)
def test_paths_become_verb_resource_namespace_name_and_subresource(
    method: str, path: str, verb: str, place: tuple[str, str, str, str]
) -> None:
    request = wire.parse(NEW, method, path, {}, b"{}" if method in ("POST", "PUT") else b"")
    assert request.verb == verb
    assert (request.resource, request.namespace, request.name, request.subresource) == place


def test_the_query_becomes_options() -> None:
    request = wire.parse(NEW, "GET", "/api/v1/pods?labelSelector=a%3Db&limit=5&watch=false", {})
    assert dict(request.options) == {"labelSelector": "a=b", "limit": "5"}


def test_the_version_of_the_path_is_kept() -> None:
    assert wire.parse(OLD, "GET", "/apis/apps/v1beta1/deployments", {}).api_version == "apps/v1beta1"


def test_a_watch_of_one_object_selects_it_by_name() -> None:
    request = wire.parse(NEW, "GET", "/api/v1/namespaces/shop/pods/p?watch=true", {})
    assert (request.verb, request.name, request.options["fieldSelector"]) == ("watch", "", "metadata.name=p")


@pytest.mark.parametrize("path", ["/apis/nope.example.com/v1/robots", "/nothing", "/apis/apps/v1beta1/deployments"])
def test_a_group_that_is_not_served_is_a_plain_404(path: str) -> None:
    with pytest.raises(wire.NotServed):
        wire.parse(NEW, "GET", path, {})
    answer = elsewhere(NEW, "GET", path)
    assert (answer.code, answer.body) == (404, b"404 page not found\n")
    assert dict(answer.headers)["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/api/v1/namespaces/shop/robots", "/api/v1/namespaces/shop/serviceaccounts/default/nope"])
def test_an_unknown_resource_is_a_404_status_without_details(path: str) -> None:
    server = Alone("1.36")
    with pytest.raises(ApiError) as caught:
        server.server.handle(server.store, server.now, wire.parse(NEW, "GET", path, {}))
    refused = caught.value.status
    assert (refused["code"], refused["reason"], refused["details"]) == (404, "NotFound", {})
    assert refused["message"] == "the server could not find the requested resource"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/namespaces/shop/pods/p"), ("PUT", "/api/v1/namespaces/shop/pods"), ("PATCH", "/api/v1/pods")],
)
def test_a_method_that_a_path_does_not_have_is_a_405(method: str, path: str) -> None:
    refused = _refused(NEW, method, path, JSON, b"{}")
    assert (refused["code"], refused["reason"]) == (405, "MethodNotAllowed")
    assert refused["message"] == "the server does not allow this method on the requested resource"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{not json", "invalid character 'n' looking for beginning of object key string ({not json)"),
        (b"", "unexpected end of JSON input (<empty>)"),
        (b"x", "invalid character 'x' looking for beginning of value (78)"),
    ],
)
def test_a_body_that_is_no_json_is_quoted(body: bytes, why: str) -> None:
    refused = _refused(NEW, "POST", "/api/v1/namespaces/shop/pods", JSON, body)
    assert refused["code"] == 400
    assert refused["message"] == (
        f"the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: {why}"
    )


def test_an_array_as_a_body_is_refused_in_go_words() -> None:
    message = _refused(NEW, "POST", "/api/v1/namespaces/shop/pods", JSON, b"[]")["message"]
    assert "json: cannot unmarshal array into Go value of type struct {" in message and message.endswith("(5b5d)")


def test_a_long_body_is_quoted_to_thirty_bytes() -> None:
    assert wire.summary(b"{" + b"x" * 40) == "{" + "x" * 29 + " ..."


def test_an_unknown_body_format_is_a_415() -> None:
    refused = _refused(NEW, "POST", "/api/v1/namespaces/shop/pods", {"Content-Type": "text/plain"}, b"x")
    assert (refused["code"], refused["reason"]) == (415, "UnsupportedMediaType")
    assert "details" not in refused


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        ("application/json-patch+json", "json"),
        ("application/merge-patch+json", "merge"),
        ("application/strategic-merge-patch+json; charset=utf-8", "strategic"),
    ],
)
def test_the_content_type_of_a_patch_is_its_kind(media: str, kind: str) -> None:
    request = wire.parse(NEW, "PATCH", "/api/v1/namespaces/shop/pods/p", {"Content-Type": media}, b'{"a":1}')
    assert request.options["patchType"] == kind and request.body == {"a": 1}


def test_a_patch_of_another_type_is_a_415_with_empty_details() -> None:
    refused = _refused(NEW, "PATCH", "/api/v1/namespaces/shop/pods/p", JSON, b"{}")
    assert (refused["code"], refused["message"], refused["details"]) == (415, "415: Unsupported Media Type", {})


def test_1_10_knows_no_apply_patch() -> None:
    media = {"Content-Type": "application/apply-patch+yaml"}
    assert _refused(OLD, "PATCH", "/api/v1/namespaces/shop/pods/p", media, b"{}")["code"] == 415


def test_a_client_that_accepts_nothing_served_gets_a_406() -> None:
    path = "/api/v1/namespaces/shop/pods"
    assert _refused(MIDDLE, "GET", path, {"Accept": "text/html"})["message"] == "406: Not Acceptable"
    new = _refused(NEW, "GET", path, {"Accept": "text/html"})["message"]
    assert new.startswith("406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, ")
    assert new.endswith("stream=watch")


def test_kubectl_asks_for_tables() -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
    request = wire.parse(NEW, "GET", "/api/v1/pods", {"Accept": accept})
    assert (request.options["as"], request.options["asVersion"]) == ("Table", "v1")


def test_protobuf_first_falls_back_to_json() -> None:
    accept = "application/vnd.kubernetes.protobuf,application/json"
    assert "as" not in wire.parse(NEW, "GET", "/api/v1/pods", {"Accept": accept}).options


def test_a_body_of_delete_is_its_options() -> None:
    request = wire.parse(NEW, "DELETE", "/api/v1/namespaces/shop/pods/p", JSON, b'{"gracePeriodSeconds":0}')
    assert request.body == {"gracePeriodSeconds": 0}
    assert wire.parse(NEW, "DELETE", "/api/v1/namespaces/shop/pods/p", {}).body is None


def test_impersonation_is_asked_for_by_headers_and_decided_by_the_server() -> None:
    headers = {"Impersonate-User": "bob", "Impersonate-Group": "dev", "Impersonate-Extra-Scopes%2fall": "all"}
    request = wire.parse(NEW, "GET", "/api/v1/pods", headers)
    assert request.impersonate == UserInfo("bob", "", ("dev",), (("scopes/all", ("all",)),))
    assert request.user == ADMIN
    assert request.acting.name == "bob"


def test_without_headers_nobody_is_impersonated() -> None:
    assert wire.parse(NEW, "GET", "/api/v1/pods", {}).impersonate is None


def test_an_object_is_written_as_json_with_a_newline() -> None:
    message = wire.render(Response(201, {"kind": "Pod", "apiVersion": "v1"}, ("careful",)))
    assert message.body == b'{"kind":"Pod","apiVersion":"v1"}\n'
    assert message.headers == (("Content-Type", "application/json"), ("Warning", '299 - "careful"'))


def test_items_of_a_list_do_not_repeat_kind_and_version() -> None:
    item = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}}
    body = wire.render(Response(200, {"kind": "PodList", "apiVersion": "v1", "items": [item]})).body
    assert json.loads(body)["items"] == [{"metadata": {"name": "p"}}]
    assert item["kind"] == "Pod"


def test_a_refusal_is_its_status_with_retry_after() -> None:
    message = wire.refuse(status.server_timeout("serviceaccounts", "create pod", "later", 1))
    assert message.code == 500 and ("Retry-After", "1") in message.headers


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/version", "gitVersion", "v1.36.2"),
        ("/api", "versions", ["v1"]),
        ("/apis/apps", "name", "apps"),
        ("/apis/apps/v1", "groupVersion", "apps/v1"),
        ("/api/v1", "groupVersion", "v1"),
        ("/apis", "kind", "APIGroupList"),
    ],
)
def test_discovery_is_served_beside_resources(path: str, field: str, value: object) -> None:
    assert json.loads(elsewhere(NEW, "GET", path).body)[field] == value


def test_the_root_of_a_group_version_is_no_resource() -> None:
    with pytest.raises(wire.NotServed):
        wire.parse(NEW, "GET", "/api/v1", {})


def test_health_is_plain_text() -> None:
    message = elsewhere(NEW, "GET", "/healthz")
    assert (message.body, dict(message.headers)["Content-Type"]) == (b"ok", "text/plain; charset=utf-8")


def test_a_client_without_a_field_manager_is_the_first_word_of_its_user_agent() -> None:
    headers = {**JSON, "User-Agent": "my-tool/v1.2 (linux/amd64)"}
    path = "/api/v1/namespaces/shop/pods"
    assert wire.parse(NEW, "POST", path, headers, POD).options["fieldManager"] == "my-tool"
    assert wire.parse(NEW, "POST", f"{path}?fieldManager=x", headers, POD).options["fieldManager"] == "x"
    applied = {**headers, "Content-Type": "application/apply-patch+yaml"}
    assert "fieldManager" not in wire.parse(NEW, "PATCH", f"{path}/p", applied, POD).options
    assert "fieldManager" not in wire.parse(NEW, "GET", path, headers).options


def test_yaml_that_cannot_be_read_is_a_400() -> None:
    path, bad = "/api/v1/namespaces/shop/pods", b"a: 1\n b: 2\n"
    status = _refused(NEW, "POST", path, {"Content-Type": "application/yaml"}, bad)
    assert status["message"] == (
        "the object provided is unrecognized (must be of type Pod): "
        "yaml: line 2: mapping values are not allowed in this context (613a20310a20623a20320a)"
    )
    status = _refused(NEW, "PATCH", f"{path}/p?fieldManager=x", {"Content-Type": "application/apply-patch+yaml"}, bad)
    assert status["message"] == (
        "error decoding YAML: error converting YAML to JSON: "
        "yaml: line 2: mapping values are not allowed in this context"
    )


@pytest.mark.parametrize("profile", [OLD, NEW])
@pytest.mark.parametrize(("value", "got"), [("[]", "array"), ("{}", "object"), ("5", "number"), ("true", "bool")])
@pytest.mark.parametrize("name", ["kind", "apiVersion"])
def test_a_kind_that_is_no_text_is_told_with_the_beginning_of_the_body(profile: Profile, value: str, got: str, name: str) -> None:
    body = f'{{"{name}":{value}}}'
    status = _refused(profile, "POST", "/api/v1/namespaces/shop/pods", {}, body.encode())
    assert (status["code"], status["message"]) == (400, (
        "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: "
        f"json: cannot unmarshal {got} into Go struct field .{name} of type string ({body})"
    ))
    assert wire.parse(profile, "POST", "/api/v1/namespaces/shop/pods", {}, f'{{"{name}":null}}'.encode()).body == {name: None}
