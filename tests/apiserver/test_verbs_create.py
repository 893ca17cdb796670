"""create: system metadata, generated names, refusals in Kubernetes' order (SEM 4.1, 4.2, 4.4)."""

from __future__ import annotations

import pytest

from sanb.apiserver.admission import Chain, Plugin
from sanb.apiserver.request import Wait
from sanb.apiserver.status import forbidden
from sanb.entropy import ALPHABET, suffix
from tests.apiserver.alone import NOW_TEXT, Alone, config


def test_a_created_object_has_uid_time_and_the_next_revision() -> None:
    server = Alone()
    made = server.ask("create", "configmaps", "shop", body=config("a", k="v"))
    assert made.code == 201
    assert made.body["apiVersion"] == "v1" and made.body["kind"] == "ConfigMap"
    metadata = made.body["metadata"]
    assert metadata["namespace"] == "shop"
    assert metadata["creationTimestamp"] == NOW_TEXT
    assert metadata["resourceVersion"] == "1"
    assert metadata["uid"][14] == "4"
    assert "selfLink" not in metadata


def test_the_stored_object_is_the_answered_one() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    assert server.body("get", "configmaps", "shop", "a") is made


@pytest.mark.parametrize(("minor", "link"), [("1.10", "/api/v1/namespaces/shop/configmaps/a"), ("1.20", None)])
def test_self_link_is_filled_in_up_to_1_19(minor: str, link: str | None) -> None:
    made = Alone(minor).body("create", "configmaps", "shop", body=config("a"))
    assert made["metadata"].get("selfLink") == link


def test_what_a_client_may_not_set_is_replaced() -> None:
    body = config("a")
    body["metadata"] |= {"uid": "mine", "creationTimestamp": "2001-01-01T00:00:00Z", "deletionTimestamp": "2001-01-01T00:00:00Z",
                         "selfLink": "/x", "deletionGracePeriodSeconds": 5}
    metadata = Alone().body("create", "configmaps", "shop", body=body)["metadata"]
    assert metadata["uid"] != "mine"
    assert metadata["creationTimestamp"] == NOW_TEXT
    assert {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"}.isdisjoint(metadata)


def test_the_body_of_the_client_is_not_touched() -> None:
    body = config("a")
    Alone().ask("create", "configmaps", "shop", body=body)
    assert body == {"metadata": {"name": "a"}, "data": {}}


def test_a_client_revision_is_a_500_without_a_reason() -> None:
    body = config("a")
    body["metadata"]["resourceVersion"] = "5"
    status = Alone().refused("create", "configmaps", "shop", body=body)
    assert (status["code"], status.get("reason")) == (500, None)
    assert status["message"] == "resourceVersion should not be set on objects to be created"


def test_another_namespace_in_the_body_is_a_400() -> None:
    body = config("a")
    body["metadata"]["namespace"] = "other"
    status = Alone().refused("create", "configmaps", "shop", body=body)
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"] == "the namespace of the provided object does not match the namespace sent on the request"


def test_a_taken_name_is_a_409_already_exists() -> None:
    server = Alone()
    server.ask("create", "deployments.apps", "shop", body=_deployment())
    status = server.refused("create", "deployments.apps", "shop", body=_deployment())
    assert status["message"] == 'deployments.apps "web" already exists'
    assert status["details"] == {"name": "web", "group": "apps", "kind": "deployments"}
    assert (status["code"], status["reason"]) == (409, "AlreadyExists")


def _deployment() -> dict[str, object]:
    labels = {"app": "web"}
    return {
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}},
        },
    }


def test_a_generated_name_is_the_prefix_and_five_characters() -> None:
    server = Alone()
    made = [server.body("create", "configmaps", "shop", body={"metadata": {"generateName": "a-"}}) for _ in range(3)]
    names = [one["metadata"]["name"] for one in made]
    assert len(set(names)) == 3
    assert all(name.startswith("a-") and len(name) == 7 and set(name[2:]) <= set(ALPHABET) for name in names)
    assert made[0]["metadata"]["generateName"] == "a-"


def test_a_long_generate_name_is_cut_to_58_characters() -> None:
    name = Alone().body("create", "configmaps", "shop", body={"metadata": {"generateName": "x" * 70}})["metadata"]["name"]
    assert name[:58] == "x" * 58 and len(name) == 63


def test_names_and_uids_depend_on_the_seed_alone() -> None:
    first, second, other = Alone(seed=1), Alone(seed=1), Alone(seed=2)
    second.ask("create", "configmaps", "elsewhere", body={"metadata": {"generateName": "a-"}})
    made = [
        server.body("create", "configmaps", "shop", body={"metadata": {"generateName": "a-"}})["metadata"]
        for server in (first, second, other)
    ]
    assert (made[0]["name"], made[0]["uid"]) == (made[1]["name"], made[1]["uid"])
    assert made[0]["name"] != made[2]["name"] and made[0]["uid"] != made[2]["uid"]


def test_a_name_that_comes_back_has_another_uid() -> None:
    server = Alone()
    first = server.body("create", "configmaps", "shop", body=config("a"))["metadata"]["uid"]
    server.ask("delete", "configmaps", "shop", "a")
    assert server.body("create", "configmaps", "shop", body=config("a"))["metadata"]["uid"] != first


@pytest.mark.parametrize("minor", ["1.10", "1.30"])
def test_a_generated_name_that_is_taken_is_refused_before_1_31(minor: str) -> None:
    server = Alone(minor)
    taken = "a-" + suffix(7, "name", "configmaps", "shop", "a-", 0)
    server.ask("create", "configmaps", "shop", body=config(taken))
    status = server.refused("create", "configmaps", "shop", body={"metadata": {"generateName": "a-"}})
    assert (status["code"], status["reason"]) == (409, "AlreadyExists")


def test_a_generated_name_that_is_taken_is_drawn_again_from_1_31() -> None:
    server = Alone("1.31")
    taken, free = ("a-" + suffix(7, "name", "configmaps", "shop", "a-", number) for number in (0, 1))
    server.ask("create", "configmaps", "shop", body=config(taken))
    made = server.body("create", "configmaps", "shop", body={"metadata": {"generateName": "a-"}})
    assert made["metadata"]["name"] == free


def test_a_dry_run_answers_and_writes_nothing() -> None:
    server = Alone()
    made = server.ask("create", "configmaps", "shop", body=config("a"), dryRun="All")
    assert made.code == 201 and "resourceVersion" not in made.body["metadata"]
    assert server.store.rev == 0 and server.refused("get", "configmaps", "shop", "a")["code"] == 404


def test_1_10_does_not_know_dry_runs() -> None:
    server = Alone("1.10")
    server.ask("create", "configmaps", "shop", body=config("a"), dryRun="All")
    assert server.body("get", "configmaps", "shop", "a")["metadata"]["name"] == "a"


def test_admission_runs_in_order_and_before_the_name_is_generated() -> None:
    seen: list[str] = []

    def mutate(view: object, attributes: object) -> dict[str, object]:
        seen.append(f"mutate {attributes.admitted_name}")  # type: ignore[attr-defined]
        obj = attributes.obj  # type: ignore[attr-defined]
        return {**obj, "data": {"by": "admission"}}

    def validate(view: object, attributes: object) -> None:
        seen.append(f"validate {attributes.obj['data']['by']}")  # type: ignore[attr-defined]

    server = Alone(chain=Chain((Plugin("one", mutate, validate),)))
    made = server.body("create", "configmaps", "shop", body={"metadata": {"generateName": "a-"}})
    assert seen == ["mutate a-", "validate admission"]
    assert made["data"] == {"by": "admission"}


def test_a_wait_decides_the_request_again_with_the_next_attempt() -> None:
    attempts: list[int] = []

    def mutate(view: object, attributes: object) -> Wait | None:
        attempts.append(attributes.attempt)  # type: ignore[attr-defined]
        return Wait(0.1, "later") if len(attempts) < 3 else None

    server = Alone(chain=Chain((Plugin("slow", mutate),)))
    server.ask("create", "configmaps", "shop", body=config("a"))
    assert attempts == [0, 1, 2]


def test_draws_of_admission_repeat_in_every_attempt_and_differ_by_incarnation() -> None:
    drawn: list[str] = []

    def mutate(view: object, attributes: object) -> Wait | None:
        drawn.append(view.suffix("volume"))  # type: ignore[attr-defined]
        return Wait(0.1, "later") if len(drawn) == 1 else None

    server = Alone(chain=Chain((Plugin("draws", mutate),)))
    for _ in range(2):
        server.ask("create", "configmaps", "shop", body=config("a"))
        server.ask("delete", "configmaps", "shop", "a")
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_refusal_of_admission_writes_nothing() -> None:
    def refuse(view: object, attributes: object) -> None:
        raise forbidden("configmaps", "a", "no")

    server = Alone(chain=Chain((Plugin("no", None, refuse),)))
    assert server.refused("create", "configmaps", "shop", body=config("a"))["message"] == 'configmaps "a" is forbidden: no'
    assert server.store.rev == 0


UNKNOWN = 'no kind "{}" is registered for version "{}"'
SCHEMES = {"1.10": "", "1.23": ' in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
           "1.36": ' in scheme "pkg/api/legacyscheme/scheme.go:30"'}


@pytest.mark.parametrize("minor", SCHEMES)
@pytest.mark.parametrize(("given", "where"), [
    ({"apiVersion": "v1", "kind": "configmap"}, ("configmap", "v1")),
    ({"kind": "Robot"}, ("Robot", "v1")),
    ({"apiVersion": "apps/v1", "kind": "ConfigMap"}, ("ConfigMap", "apps/v1")),
    ({"apiVersion": "v2"}, ("ConfigMap", "v2")),
])
def test_a_kind_that_nobody_knows_is_a_400(minor: str, given: dict[str, str], where: tuple[str, str]) -> None:
    """As clients report it: kubectl shows this sentence to whoever writes `kind: pod`."""
    status = Alone(minor).refused("create", "configmaps", "shop", body={**given, "metadata": {"name": "a"}})
    kind, version = where
    why = UNKNOWN.format(*where) + SCHEMES[minor]
    short = version.rpartition("/")[2]
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"] == f'{kind} in version "{short}" cannot be handled as a ConfigMap: {why}'


@pytest.mark.parametrize(("minor", "why"), [
    ("1.10", "converting  to : type names don't match (Secret, ConfigMap), and no conversion "
             "'func (v1.Secret, core.ConfigMap) error' registered."),
    ("1.36", "converting (v1.Secret) to (core.ConfigMap): unknown conversion"),
])
def test_another_kind_in_the_body_is_a_400(minor: str, why: str) -> None:
    for given in ({"apiVersion": "v1", "kind": "Secret"}, {"kind": "Secret"}):
        status = Alone(minor).refused("create", "configmaps", "shop", body={**given, "metadata": {"name": "a"}})
        assert status["message"] == f'Secret in version "v1" cannot be handled as a ConfigMap: {why}'
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}
    status = Alone("1.36").refused("create", "roles.rbac.authorization.k8s.io", "shop", body=deployment)
    assert status["message"] == (
        'Deployment in version "v1" cannot be handled as a Role: converting (v1.Deployment) to (rbac.Role): unknown conversion'
    )
