"""Forms are commands of kubectl: what they show is what they do."""

from __future__ import annotations

from typing import Any

import pytest

import sanb
from sanb.profiles.profile import MINORS, Profile
from sanb.widgets import completion, creating, forms
from sanb.widgets.forms import BY_KEY, FORMS, shown
from tests.widgets.conftest import Browser

VALUES = {
    "namespace": {"name": "shop"},
    "account": {"name": "web", "namespace": "shop"},
    "secret": {"name": "db", "namespace": "shop", "data": "password=s3cret\nuser=jane"},
    "token": {"name": "web-token", "namespace": "shop", "account": "default"},
    "pod": {"name": "web", "namespace": "shop", "image": "nginx", "account": "default"},
    "deployment": {"name": "web", "namespace": "shop", "image": "nginx", "replicas": "2", "account": ""},
}


@pytest.mark.parametrize("minor", MINORS)
def test_every_form_makes_its_kind_on_every_minor(minor: str) -> None:
    browser = Browser(sanb.Cluster(minor))
    for form in FORMS:
        assert browser.create(form.key, **VALUES[form.key])["ok"], browser.console[-2:]
        browser.ask("run")
    kinds = {(node[0], node[2]) for node in browser.nodes.values()}
    assert {("ServiceAccount", "web"), ("Secret", "db"), ("Secret", "web-token"), ("Pod", "web"), ("Deployment", "web")} <= kinds
    assert "shop" in browser.sections["frames"]


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
@pytest.mark.parametrize("key", BY_KEY)
def test_the_command_that_a_form_shows_does_what_the_form_does(minor: str, key: str) -> None:
    cluster = sanb.Cluster(minor)
    cluster.create("namespace", "shop")
    cluster.run()
    values = {**VALUES[key], "name": "other"}
    order = BY_KEY[key].order(cluster.profile, values)
    by_command, by_form = cluster.fork(), cluster.fork()
    assert by_command.kubectl(order.line, stdin=order.stdin).exit_code == 0
    assert Browser(by_form).create(key, **values)["ok"]
    assert by_form.fingerprint() == by_command.fingerprint()


def test_orders_are_what_the_kubectl_of_the_minor_understands() -> None:
    old, new = Profile.of("1.10"), Profile.of("1.36")
    pod = BY_KEY["pod"].order
    assert pod(old, VALUES["pod"]).line == (
        "kubectl run web --image=nginx --generator=run-pod/v1 -n shop --serviceaccount=default"
    )
    assert pod(new, {**VALUES["pod"], "account": ""}).line == "kubectl run web --image=nginx -n shop"
    assert pod(new, VALUES["pod"]).line == "kubectl apply -f -"
    assert BY_KEY["deployment"].order(new, VALUES["deployment"]).line == (
        "kubectl create deployment web --image=nginx --replicas=2 -n shop"
    )
    assert BY_KEY["secret"].order(new, VALUES["secret"]).line == (
        "kubectl create secret generic db --from-literal=password=s3cret --from-literal=user=jane -n shop"
    )
    assert shown(["create", "secret", "generic", "a b"]) == "kubectl create secret generic 'a b'"


def test_checking_a_form_changes_nothing(browser: Browser) -> None:
    cluster = browser.cluster
    before = cluster.fingerprint(), cluster.store.rev, len(cluster.world.journal), cluster.world.steps
    for form in FORMS:
        browser.ask("check", form=form.key, values={**VALUES[form.key], "namespace": "default"})
    assert (cluster.fingerprint(), cluster.store.rev, len(cluster.world.journal), cluster.world.steps) == before


@pytest.mark.parametrize(("key", "values", "field", "words"), [
    ("namespace", {"name": "Shop"}, "name", "a lowercase RFC 1123 label must consist of"),
    ("namespace", {"name": "default"}, "name", 'namespaces "default" already exists'),
    ("namespace", {"name": " "}, "name", "Name is needed"),
    ("account", {"name": "web", "namespace": "nowhere"}, "namespace", 'namespaces "nowhere" not found'),
    ("deployment", {"name": "web", "namespace": "default", "image": "nginx", "replicas": "-1"}, "replicas",
     "must be greater than or equal to 0"),
    ("deployment", {"name": "web", "namespace": "default", "image": "", "replicas": "1"}, "image", "Image is needed"),
    ("pod", {"name": "web", "namespace": "default", "image": "nginx", "account": "Nobody!"}, "account",
     'error looking up service account default/Nobody!'),
])
def test_the_servers_complaint_is_shown_at_the_field(
    browser: Browser, key: str, values: dict[str, str], field: str, words: str,
) -> None:
    found = browser.ask("check", form=key, values=values)
    assert words in found["fields"][field]
    assert found["error"] == ""


def test_a_form_previews_what_would_be_stored_and_who_added_it(browser: Browser) -> None:
    found = browser.ask("check", form="pod", values={"name": "web", "namespace": "default", "image": "nginx"})
    origins = {path: origin for _, origin, _, path in found["lines"]}
    assert origins["spec.containers.0.image"] == "own"
    assert origins["spec.serviceAccountName"] == "added"
    assert origins["spec.containers.0.volumeMounts.0.mountPath"] == "added"
    assert found["yaml"].startswith("apiVersion: v1\nkind: Pod\n")


def test_a_manifest_is_tried_while_it_is_typed_and_the_faulty_line_is_named(browser: Browser) -> None:
    before = browser.cluster.fingerprint()
    good = browser.ask("try", text="apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n")
    assert (good["error"], good["out"], good["line"]) == ("", "serviceaccount/web created", 0)
    bad = browser.ask("try", text="apiVersion: v1\nkind: [\n")
    assert "did not find expected node content" in bad["error"]
    assert bad["line"] == 2
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n"
    pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\nspec:\n  containers:\n  - {name: a, image: nginx}\n  - name: %s\n"
    assert browser.ask("try", text=pod % ("Shell", "two"))["line"] == 4
    wrong = browser.ask("try", text=f"{account}---\n{pod % ('shell', 'Two')}")
    assert 'spec.containers[1].name: Invalid value: "Two"' in wrong["error"]
    assert wrong["line"] == 13
    missing = browser.ask("try", text=pod % ("shell", '""'))
    assert ("Required value" in missing["error"], missing["line"]) == (True, 8)
    assert browser.cluster.fingerprint() == before


def test_apply_and_delete_are_echoed_as_commands(browser: Browser) -> None:
    browser.ask("apply", text="apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}")
    browser.ask("remove", name="serviceaccount/default/web")
    assert browser.console == [
        "kubectl apply -f - <<'EOF'\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\nEOF",
        "serviceaccount/web created",
        "kubectl delete serviceaccount web --wait=false",
        'serviceaccount "web" deleted from default namespace',
    ]
    assert "serviceaccount/default/web" not in browser.nodes


def test_a_complaint_belongs_to_the_field_with_the_longest_path() -> None:
    assert forms.place_of(BY_KEY["pod"], "spec.containers[0].image") == "image"
    assert forms.place_of(BY_KEY["namespace"], "metadata.name") == "name"
    assert forms.place_of(BY_KEY["namespace"], "spec.finalizers") == ""


@pytest.mark.parametrize(("line", "word", "some"), [
    ("kub", "kub", "kubectl"),
    ("kubectl ge", "ge", "get"),
    ("kubectl create se", "se", "secret"),
    ("kubectl create secret g", "g", "generic"),
    ("get po", "po", "pods"),
    ("kubectl get ns kube-", "kube-", "kube-system"),
    ("kubectl -n kube-system get sa d", "d", "default"),
    ("kubectl get sa/d", "sa/d", "sa/default"),
    ("kubectl get pods -n d", "d", "default"),
    ("kubectl get pods --name", "--name", "--namespace"),
])
def test_the_console_completes_commands_kinds_names_and_flags(browser: Browser, line: str, word: str, some: str) -> None:
    found = completion.complete(browser.cluster, line)
    assert found[0] == word
    assert some in found[1]


def test_the_session_as_python_leads_to_the_same_state(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    browser.ask("step")
    browser.ask("act", number=browser.sections["actions"]["order"][1])
    browser.ask("run")
    browser.create("pod", name="web", namespace="shop", image="nginx")
    browser.ask("run")
    browser.ask("pass", span="2h")
    script = browser.ask("script")
    python = script["python"].replace("c.lab()\n", "")
    names: dict[str, sanb.Cluster] = {}
    exec(compile(python, "script", "exec"), names)
    assert names["c"].fingerprint() == browser.cluster.fingerprint()
    assert names["c"].now == browser.cluster.now
    assert "kubectl create namespace shop\n" in script["kubectl"]
    assert "# controller manager: learns that Namespace shop was created\n" in script["kubectl"]


def replayed(python: str) -> sanb.Cluster:
    names: dict[str, sanb.Cluster] = {}
    exec(compile(python.replace("c.lab()\n", ""), "script", "exec"), names)
    return names["c"]


def test_pauses_and_crashes_are_in_the_script_and_end_where_they_ended(browser: Browser) -> None:
    browser.ask("pause", component="kubelet", on=True)
    browser.ask("pause", component="kube-scheduler", on=True)
    browser.ask("pause", component="kubelet", on=False)
    browser.ask("pause", component="serviceaccount-controller", on=True)
    browser.create("namespace", name="shop")
    browser.ask("run")
    browser.ask("pause", component="serviceaccount-controller", on=False)
    browser.ask("crash", component="kube-scheduler")
    browser.ask("run")
    browser.create("pod", name="web", namespace="shop", image="nginx")
    browser.ask("run")
    browser.ask("pause", component="kube-scheduler", on=False)
    browser.ask("run")
    again = replayed(browser.ask("script")["python"])
    assert again.fingerprint() == browser.cluster.fingerprint()
    assert again.get("pod", "web", namespace="shop")["status"]["phase"] == "Running"


def test_a_run_that_is_stopped_or_interrupted_is_told_by_its_actions(browser: Browser) -> None:
    desk = browser.cluster.lab.desk
    browser.create("namespace", name="shop")
    start = browser.cluster.world.steps

    def slices(number: int) -> None:
        until = browser.cluster.world.steps + number
        before, browser.cluster.settle = browser.cluster.settle, lambda until: settle()  # type: ignore[method-assign]

        def settle() -> None:
            before(until=lambda: browser.cluster.world.steps >= until)

        desk.run_until(0.0)
        browser.cluster.settle = before  # type: ignore[method-assign]

    slices(2)
    slices(1)
    browser.create("namespace", name="depot")
    slices(2)
    assert browser.cluster.world.steps - start > 5
    python = browser.ask("script")["python"]
    assert "for _ in range(3): c.step()  # 3 actions\nkubectl('create namespace depot')\nfor _ in range(2): c.step()" in python
    assert replayed(python).fingerprint() == browser.cluster.fingerprint()
    browser.ask("run")
    python = browser.ask("script")["python"]
    assert "kubectl('create namespace depot')\nc.run()  # run until it is quiet\n" in python
    assert replayed(python).fingerprint() == browser.cluster.fingerprint()


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_the_session_as_lines_of_kubectl_makes_the_same_objects(minor: str) -> None:
    browser = Browser(sanb.Cluster(minor))
    browser.create("namespace", name="shop")
    browser.ask("run")
    browser.create("account", name="till", namespace="shop", automount="true")
    browser.ask("run")
    browser.create("secret", name="db", namespace="shop", data="password=it's \"secret\"")
    browser.create("token", name="old", namespace="shop", account="till")
    browser.create("pod", name="web", namespace="shop", image="nginx", account="till")
    browser.create("deployment", name="api", namespace="shop", image="nginx", replicas="2")
    browser.ask("run")
    browser.ask("remove", name="secret/shop/db")
    browser.ask("run")
    again = sanb.Cluster(minor)
    again.run()
    for line, stdin in commands(browser.ask("script")["kubectl"]):
        assert again.kubectl(line, stdin=stdin).exit_code == 0, line
        again.run()
    for resource in ("namespaces", "serviceaccounts", "secrets", "pods", "deployments", "replicasets"):
        found, wanted = (sorted(map(bare, cluster.list(resource))) for cluster in (again, browser.cluster))
        assert found == wanted


def commands(script: str) -> list[tuple[str, str | None]]:
    """The commands of a shell script, each with its stdin."""
    found: list[tuple[str, str | None]] = []
    lines = iter(script.splitlines())
    for line in lines:
        if line.endswith(" <<'EOF'"):
            found.append((line.removesuffix(" <<'EOF'"), "".join(f"{each}\n" for each in iter(lambda: next(lines), "EOF"))))
        elif not line.startswith("#"):
            found.append((line, None))
    return found


def bare(thing: Any) -> tuple[str, str]:
    """Namespace and name, without what is drawn for it."""
    metadata = thing["metadata"]
    own = metadata.get("ownerReferences") or (metadata.get("annotations") or {}).get("kubernetes.io/service-account.name")
    name = metadata["name"].rpartition("-")[0] if own and "-" in metadata["name"] else metadata["name"]
    return metadata.get("namespace", ""), name


def test_a_line_of_a_complaint_about_yaml_is_found() -> None:
    from sanb.kubectl.result import Result

    assert creating._line(Result(1, "", "error: yaml: line 7: mapping values are not allowed")) == 7
    assert creating._line(Result(0, "", "line 7")) == 0
