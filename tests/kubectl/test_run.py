"""Command lines: what is printed for good ones and for bad ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.kubectl import run
from tests.kubectl.fake import FakeControlPlane


@pytest.fixture
def cp() -> FakeControlPlane:
    return FakeControlPlane("1.36")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("get nope", 'error: the server doesn\'t have a resource type "nope"\n'),
        ("frobnicate", 'error: unknown command "frobnicate" for "kubectl"\n'),
        ("get pods --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"),
        ("get pods -z", "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n"),
        ("get pods -o", "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n"),
        ("create -f missing.yaml", 'error: the path "missing.yaml" does not exist\n'),
        ("delete pods", "error: resource(s) were provided, but no name was specified\n"),
        ("scale deploy x", 'error: required flag(s) "replicas" not set\n'),
    ],
)
def test_mistakes_are_told_in_kubectls_words(cp: FakeControlPlane, line: str, text: str) -> None:
    assert run(cp, line) == (1, "", text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "get",
                "describe",
                "create",
                "-o",
                "yaml",
                "pods",
                "sa",
                "-n",
                "--",
                "/",
                "-f",
                "-",
                "a=b",
                "a-",
                "pods/x",
                "label",
                "delete",
                "exec",
                "run",
                "--image=x",
                "patch",
                "-p",
                "{}",
                "apply",
                "--dry-run",
                "--replicas=x",
                "scale",
                ",",
                "'",
            ]
        ),
        max_size=6,
    )
)
def test_no_command_line_raises(words: list[str]) -> None:
    done = run(FakeControlPlane("1.36"), words, "kind: [")
    assert "internal problem" not in done.stderr
    assert done.exit_code in (0, 1)


def test_a_result_shows_what_a_terminal_shows(cp: FakeControlPlane) -> None:
    run(cp, "create sa a")
    done = run(cp, "get sa a b")
    assert repr(done) == 'NAME   AGE\na      0s\nError from server (NotFound): serviceaccounts "b" not found'
    assert done._repr_mimebundle_() == {"text/plain": repr(done)}


@pytest.mark.parametrize(
    ("minor", "created", "deleted", "again"),
    [
        ("1.10", 'serviceaccount "a" created\n', 'serviceaccount "a" deleted\n', "Error from server (AlreadyExists): "),
        ("1.20", "serviceaccount/a created\n", 'serviceaccount "a" deleted\n', "Error from server (AlreadyExists): "),
        (
            "1.23",
            "serviceaccount/a created\n",
            'serviceaccount "a" deleted\n',
            "error: failed to create serviceaccount: ",
        ),
        (
            "1.34",
            "serviceaccount/a created\n",
            'serviceaccount "a" deleted from default namespace\n',
            "error: failed to create serviceaccount: ",
        ),
    ],
)
def test_each_minor_reports_changes_in_its_own_way(minor: str, created: str, deleted: str, again: str) -> None:
    cp = FakeControlPlane(minor)
    assert run(cp, "create sa a").stdout == created
    assert run(cp, "create sa a").stderr == again + 'serviceaccounts "a" already exists\n'
    assert run(cp, "delete sa a").stdout == deleted


@pytest.mark.parametrize(
    ("minor", "text"),
    [("1.10", "No resources found.\n"), ("1.23", "No resources found in default namespace.\n")],
)
def test_an_empty_list_is_told_on_stderr(minor: str, text: str) -> None:
    assert run(FakeControlPlane(minor), "get pods") == (0, "", text)


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        ("1.10", 'error: unable to recognize "STDIN": no matches for kind "Nope" in version "v1"\n'),
        (
            "1.36",
            (
                'error: resource mapping not found for name: "p" namespace: "" from "STDIN": no matches for '
                'kind "Nope" in version "v1"\nensure CRDs are installed first\n'
            ),
        ),
    ],
)
def test_an_unknown_kind_is_told(minor: str, text: str) -> None:
    assert (
        run(FakeControlPlane(minor), "create -f -", "{kind: Nope, apiVersion: v1, metadata: {name: p}}").stderr == text
    )


def test_old_kubectl_checks_required_fields_itself() -> None:
    bad = "{kind: Pod, apiVersion: v1, metadata: {name: p}, spec: {containers: [{image: x}]}}"
    assert run(FakeControlPlane("1.23"), "create -f -", bad).stderr == (
        'error: error validating "STDIN": error validating data: ValidationError(Pod.spec.containers[0]): missing '
        'required field "name" in io.k8s.api.core.v1.Container; if you choose to ignore these errors, '
        "turn validation off with --validate=false\n"
    )


@pytest.mark.parametrize(
    ("minor", "kind"), [("1.10", "Deployment"), ("1.17", "Deployment"), ("1.18", "Pod"), ("1.36", "Pod")]
)
def test_run_makes_a_deployment_up_to_1_17(minor: str, kind: str) -> None:
    cp = FakeControlPlane(minor)
    done = run(cp, "run nginx --image=nginx")
    assert cp.requests[-1].body["kind"] == kind
    assert ("DEPRECATED" in done.stderr) == (minor == "1.17")


def test_run_has_no_serviceaccount_flag_since_1_24() -> None:
    assert run(FakeControlPlane("1.23"), "run n --image=n --serviceaccount=a").exit_code == 0
    assert run(FakeControlPlane("1.24"), "run n --image=n --serviceaccount=a").stderr == (
        "error: unknown flag: --serviceaccount\nSee 'kubectl run --help' for usage.\n"
    )


def test_apply_creates_then_changes_then_leaves_alone(cp: FakeControlPlane) -> None:
    text = "{kind: ConfigMap, apiVersion: v1, metadata: {name: c}, data: {a: '1', b: '2'}}"
    assert run(cp, "apply -f -", text).stdout == "configmap/c created\n"
    assert run(cp, "apply -f -", text).stdout == "configmap/c unchanged\n"
    assert run(cp, "apply -f -", text.replace(", b: '2'", "")).stdout == "configmap/c configured\n"
    assert run(cp, "get cm c -o jsonpath={.data}").stdout == '{"a":"1"}'


def test_exec_ends_with_the_exit_code_of_its_command(cp: FakeControlPlane) -> None:
    run(cp, "run web --image=nginx")
    assert run(cp, "exec web -- false") == (2, "", "no\ncommand terminated with exit code 2\n")
    assert run(cp, "exec web ls").stderr.startswith("error: exec [POD] [COMMAND] is not supported anymore.")


@pytest.mark.parametrize(("minor", "group"), [("1.10", "extensions"), ("1.16", "apps")])
def test_a_bare_deployment_is_of_the_preferred_group(minor: str, group: str) -> None:
    cp = FakeControlPlane(minor)
    run(cp, "create deployment d --image=nginx")
    assert run(cp, "get deploy -o name").stdout == f"deployment.{group}/d\n"
    assert run(cp, "get all -o name").stdout == "deployment.apps/d\n"
    assert run(cp, "delete deployment d").stdout == f'deployment.{group} "d" deleted\n'


@pytest.mark.parametrize(
    ("minor", "done"),
    [("1.10", 'serviceaccount "a" not patched\n'), ("1.36", "serviceaccount/a patched (no change)\n")],
)
def test_a_patch_without_effect_is_told(minor: str, done: str) -> None:
    cp = FakeControlPlane(minor)
    run(cp, "create sa a")
    change = ["patch", "sa", "a", "--type=merge", "-p", '{"automountServiceAccountToken":false}']
    assert run(cp, change).stdout.endswith("patched\n")
    assert run(cp, change).stdout == done


def test_custom_columns_obey_no_headers(cp: FakeControlPlane) -> None:
    run(cp, "create sa a")
    assert run(cp, "get sa --no-headers -o custom-columns=N:.metadata.name,S:.secrets").stdout == "a     <none>\n"


def test_labels_are_not_overwritten_unless_asked(cp: FakeControlPlane) -> None:
    run(cp, "create sa a")
    assert run(cp, "label sa a team=x").stdout == "serviceaccount/a labeled\n"
    assert run(cp, "label sa a team=y").stderr == "error: 'team' already has a value (x), and --overwrite is false\n"
    assert run(cp, "label sa a team=y --overwrite").stdout == "serviceaccount/a labeled\n"
    assert run(cp, "label sa a team-").stdout == "serviceaccount/a unlabeled\n"


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--duration=-1s", "--duration must be greater than or equal to 0"),
        ("--duration=1500ms", "--duration cannot be expressed in units less than seconds"),
        ("--audience=", "--audience must not be an empty string"),
        ("--bound-object-name=x", "--bound-object-name can only be set if --bound-object-kind is provided"),
        ("--bound-object-uid=x", "--bound-object-uid can only be set if --bound-object-kind is provided"),
        ("--bound-object-kind=Foo", "supported --bound-object-kind values are Node, Pod, Secret"),
        ("--bound-object-kind=Pod", "--bound-object-name is required if --bound-object-kind is provided"),
    ],
)
def test_create_token_checks_its_flags(cp: FakeControlPlane, flags: str, text: str) -> None:
    assert run(cp, f"create token a {flags}") == (1, "", f"error: {text}\n")


def test_create_role_makes_one_rule_per_group(cp: FakeControlPlane) -> None:
    run(cp, "create role r --verb=get,list --resource=pods,deployments.apps,pods/log")
    body = cp.requests[-1].body
    assert body["rules"] == [
        {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]},
    ]


@pytest.mark.parametrize(
    ("line", "sign"), [("get sa | head", "|"), ("get sa > x", ">"), ("get sa && get ns", "&&"), ("get sa; get ns", ";")]
)
def test_what_only_a_shell_can_do_is_refused_with_advice(cp: FakeControlPlane, line: str, sign: str) -> None:
    done = run(cp, line)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: there is no shell here that knows what {sign!r} means. Work on the result")


@pytest.mark.parametrize(
    "line", ["get sa -l 'a!=b'", "get sa x -o go-template='{{.a | len}}'", "create sa 'a|b'", "get sa # | more"]
)
def test_signs_in_quotes_templates_and_comments_are_no_shell(cp: FakeControlPlane, line: str) -> None:
    assert "no shell here" not in run(cp, line).stderr
