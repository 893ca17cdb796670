"""Keys that a body names twice, and fields that nobody knows: refused, told or let pass, as `fieldValidation` says.

The bodies and sentences are those of upstream's integration tests of field validation, a little smaller.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

import sanb
from sanb.http.calls import Call
from sanb.http.front import Front
from sanb.http.pace import Fast
from sanb.http.wire import Message

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
REST = (
    '"unknown1":"v","unknownDupe":"a","unknownDupe":"b","paused":true,"paused":false,"template":{%s"spec":{"containers":'
    '[{"name":"nginx","image":"i","unknownNested":"v","imagePullPolicy":"Always","imagePullPolicy":"Never"}]}}'
)
SELECTED = '"metadata":{"labels":{"app":"nginx"}},'
JSON = (
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","name":"web","unknownMeta":"x","labels":'
    '{"a":"1","a":"2","a":"3"}},"spec":{"selector":{"matchLabels":{"app":"nginx"}},' + REST % SELECTED + "}}"
)
PATCH = '{"spec":{' + REST % "" + "}}"
OPERATIONS = (
    '[{"op":"add","path":"/spec/unknown1","value":"v","foo":"bar"},{"op":"add","path":"/spec/unknown2","path":"/spec/unknown3",'
    '"value":{"a":1,"a":2}},{"op":"add","path":"/spec/paused","value":true}]'
)
YAML = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  name: web
  unknownMeta: x
spec:
  unknown1: v
  paused: true
  paused:
    false
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - name: nginx
        image: i
        unknownNested: v
        imagePullPolicy: Always
        imagePullPolicy: Never
"""
CLEAN = YAML.replace("  unknownMeta: x\n", "").replace("  unknown1: v\n", "").replace("        unknownNested: v\n", "")
PAUSED = '{"spec":{"paused":false,"paused":false}}'
NESTED = "spec.template.spec.containers[0]"
CREATED = [
    'duplicate field "metadata.name"', 'unknown field "metadata.unknownMeta"', 'duplicate field "metadata.labels.a"',
    'unknown field "spec.unknown1"', 'unknown field "spec.unknownDupe"', 'duplicate field "spec.paused"',
    f'unknown field "{NESTED}.unknownNested"', f'duplicate field "{NESTED}.imagePullPolicy"',
]
PATCHED = [
    'duplicate field "spec.unknownDupe"', 'duplicate field "spec.paused"', f'duplicate field "{NESTED}.imagePullPolicy"',
    f'unknown field "{NESTED}.unknownNested"', 'unknown field "spec.unknown1"', 'unknown field "spec.unknownDupe"',
]
OPERATED = [
    'json patch unknown field "[0].foo"', 'json patch duplicate field "[1].path"', 'json patch duplicate field "[1].value.a"',
    'unknown field "spec.unknown1"', 'unknown field "spec.unknown3"',
]
LINES = [f'line {line}: key "{key}" already set in map' for line, key in ((5, "name"), (11, "paused"), (21, "imagePullPolicy"))]
UNKNOWN = [f'unknown field "{path}"' for path in ("metadata.unknownMeta", f"{NESTED}.unknownNested", "spec.unknown1")]
APPLIED = [f'line {line}: key "{key}" already set in map' for line, key in ((5, "name"), (9, "paused"), (18, "imagePullPolicy"))]
GO_LINES = "yaml: unmarshal errors:\n  "

CREATE = [("application/json", JSON, ", ".join(CREATED), CREATED),
          ("application/yaml", YAML, ", ".join([GO_LINES + "\n  ".join(LINES), *UNKNOWN]), LINES + UNKNOWN)]
PATCHES = [("merge", PATCH, PATCHED), ("strategic-merge", PATCH, PATCHED), ("json", OPERATIONS, OPERATED),
           ("merge", PAUSED, ['duplicate field "spec.paused"']), ("strategic-merge", PAUSED, ['duplicate field "spec.paused"'])]


class Desk:
    """The counter of a cluster."""

    def __init__(self, minor: str = "1.36") -> None:
        self.cluster = sanb.Cluster(minor, nodes=0, controllers="")
        self._front = Front(self.cluster, "secret", Fast())

    def ask(self, method: str, path: str, body: str, media: str = "application/json") -> tuple[int, Any, list[str]]:
        """Code, body and the texts of warnings."""
        answer = self._front.answer(Call(method, path, {"authorization": "Bearer secret", "content-type": media}, body.encode()))
        assert isinstance(answer, Message)
        warnings = [json.loads(value.removeprefix("299 - ")) for name, value in answer.headers if name == "Warning"]
        return answer.code, json.loads(answer.body), warnings

    def make(self) -> None:
        """The Deployment, without anything that there could be said about."""
        assert self.ask("POST", DEPLOYMENTS, CLEAN.replace("  name: web\n", "", 1), "application/yaml")[0] == 201


@pytest.mark.parametrize(("media", "body", "sentence", "warnings"), CREATE, ids=["json", "yaml"])
@pytest.mark.parametrize("verb", ["create", "update"])
def test_bodies_are_refused_told_about_or_let_pass(media: str, body: str, sentence: str, warnings: list[str], verb: str) -> None:
    desk = Desk()
    method, path = ("POST", DEPLOYMENTS) if verb == "create" else ("PUT", f"{DEPLOYMENTS}/web")
    if verb == "update":
        desk.make()
    code, status, told = desk.ask(method, f"{path}?fieldValidation=Strict", body, media)
    why = f'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: {sentence}'
    assert (code, status["reason"], status["message"], told) == (400, "BadRequest", why, [])
    for level, expected in (("Warn", warnings), ("", warnings), ("Ignore", [])):
        code, made, told = desk.ask(method, f"{path}?fieldValidation={level}", body, media)
        assert (code, told) == (201 if verb == "create" else 200, expected)
        assert "paused" not in made["spec"], "the last one counts"
        if verb == "create":
            assert desk.ask("DELETE", f"{DEPLOYMENTS}/web", "")[0] == 200


@pytest.mark.parametrize(("kind", "body", "complaints"), PATCHES, ids=["merge", "strategic", "json", "same", "same-strategic"])
def test_patches_tell_what_is_twice_in_them_and_then_what_they_made_that_is_unknown(
    kind: str, body: str, complaints: list[str]
) -> None:
    desk = Desk()
    desk.make()
    path, media = f"{DEPLOYMENTS}/web?fieldValidation=", f"application/{kind}-patch+json"
    code, status, told = desk.ask("PATCH", f"{path}Strict", body, media)
    assert (code, status["reason"], told) == (422, "Invalid", [])
    assert status["message"].startswith(' "" is invalid: patch: Invalid value: "')
    assert status["message"].endswith(f'": strict decoding error: {", ".join(complaints)}')
    assert [cause["field"] for cause in status["details"]["causes"]] == ["patch"]
    for level, expected in (("Warn", complaints), ("Ignore", [])):
        code, _, told = desk.ask("PATCH", f"{path}{level}", body, media)
        assert (code, told) == (200, expected)


@pytest.mark.parametrize("live", [False, True], ids=["new", "there"])
def test_configurations_that_name_keys_twice_are_told_by_line(live: bool) -> None:
    desk = Desk()
    path, media = f"{DEPLOYMENTS}/web?fieldManager=me&force=true&fieldValidation=", "application/apply-patch+yaml"
    if live:
        desk.make()
    code, status, told = desk.ask("PATCH", f"{path}Strict", CLEAN, media)
    why = f"error strict decoding YAML: error converting YAML to JSON: {GO_LINES}" + "\n  ".join(APPLIED)
    assert (code, status["reason"], status["message"], told) == (400, "BadRequest", why, [])
    code, _, told = desk.ask("PATCH", f"{path}Warn", CLEAN, media)
    assert (code, told) == (200 if live else 201, APPLIED)
    code, _, told = desk.ask("PATCH", f"{path}Ignore", CLEAN, media)
    assert (code, told) == (200, [])
    twice = '{"apiVersion":"apps/v1","kind":"Deployment",\n"kind":"Deployment"}'
    code, _, told = desk.ask("PATCH", f"{path}Strict", twice, media)
    assert code == 400 and told == []


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.24"])
def test_older_minors_say_nothing(minor: str) -> None:
    desk = Desk(minor)
    body = '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"},"b":1}'
    code, made, told = desk.ask("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", body)
    assert (code, made["data"], told) == (201, {"a": "2"}, [])
    body = "metadata: {name: b}\ndata: {a: '1', a: '2'}\n"
    code, made, told = desk.ask("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", body, "application/yaml")
    assert (code, made["data"], told) == (201, {"a": "2"}, [])


def test_custom_objects_tell_first_what_is_twice_and_then_what_is_unknown() -> None:
    desk = Desk()
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    spec = {
        "group": "example.org", "scope": "Namespaced", "names": {"kind": "Box", "plural": "boxes"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
    }
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert desk.ask("POST", definitions, json.dumps({"metadata": {"name": "boxes.example.org"}, "spec": spec}))[0] == 201
    body = '{"apiVersion":"example.org/v1","kind":"Box","metadata":{"name":"a"},"spec":{"odd":1,"odd":2,"size":1,"size":2}}'
    path = "/apis/example.org/v1/namespaces/default/boxes?fieldValidation="
    complaints = ['duplicate field "spec.odd"', 'duplicate field "spec.size"', 'unknown field "spec.odd"']
    code, status, _ = desk.ask("POST", f"{path}Strict", body)
    assert code == 400 and status["message"] == (
        f'Box in version "v1" cannot be handled as a Box: strict decoding error: {", ".join(complaints)}'
    )
    code, made, told = desk.ask("POST", f"{path}Warn", body)
    assert (code, made["spec"], told) == (201, {"size": 2}, complaints)


@pytest.mark.parametrize("review", ["tokenreviews.authentication.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io"])
def test_reviews_are_looked_at_as_well(review: str) -> None:
    plural, group = review.split(".", 1)
    path = f"/apis/{group}/v1/{plural}?fieldValidation=Strict"
    body = '{"spec":{"token":"a","token":"b","nonResourceAttributes":{"verb":"a","verb":"b"}}}'
    code, status, _ = Desk().ask("POST", path, body)
    assert code == 400 and "strict decoding error: " in status["message"] and 'duplicate field "spec.' in status["message"]


def test_options_that_only_the_server_gives_are_not_taken_from_the_query() -> None:
    query = "fieldValidation=Strict&duplicates=x&text=x&patchType=json&as=Table&asVersion=v1&accept=application/yaml"
    code, made, told = Desk().ask("POST", f"/api/v1/namespaces/default/configmaps?{query}", '{"metadata":{"name":"a"}}')
    assert (code, made["kind"], told) == (201, "ConfigMap", [])
