"""kubectl taint, cordon, uncordon and drain."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.delete import gone
from sanb.kubectl.flags import NUMBER, SWITCH, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

FLAGS: Final[Flags] = choose.FLAGS
TAINT_FLAGS: Final[Flags] = {**choose.FLAGS, "overwrite": Flag(SWITCH)}
DRAIN_FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "force": Flag(SWITCH),
    "ignore-daemonsets": Flag(SWITCH),
    "delete-emptydir-data": Flag(SWITCH),
    "delete-local-data": Flag(SWITCH),
    "grace-period": Flag(NUMBER),
    "timeout": Flag(),
    "pod-selector": Flag(),
    "disable-eviction": Flag(SWITCH),
    "skip-wait-for-delete-timeout": Flag(NUMBER),
    "chunk-size": Flag(NUMBER),
}
EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
TAINT: Final = re.compile(r"(?P<key>[^=:]+)(=(?P<value>[^:]*))?(:(?P<effect>\w+))?(?P<gone>-)?")


class Drain(NamedTuple):
    """How a minor says that Pods without a controller keep a Node from being drained, and that they go nevertheless."""

    unable: str
    bare: str
    each: str = ""
    warning: str = "Warning"
    going: str = "Pods that declare no controller"


DUE: Final = 'error: unable to drain node "{node}" due to error:{reason}, continuing command...\n'
SPACED: Final = DUE.replace("{reason}", " {reason}")
UNMANAGED: Final = "Pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet"
WORDS: Final = {
    "1.10": Drain('error: unable to drain node "{node}", aborting command...\n\n', UNMANAGED, "error: ", "WARNING", UNMANAGED),
    "1.24": Drain(DUE, "Pods declare no controller"),
    "1.30": Drain(DUE, "cannot delete Pods that declare no controller"),
    "1.31": Drain(SPACED, "cannot delete Pods that declare no controller"),
    "1.36": Drain(SPACED, "Pods that declare no controller"),
}
DRAINED: Final = {"1.10": "drained", "1.14": "evicted", "1.23": "drained"}
"""What happened to a Node whose Pods were evicted: for some minors what happened to them."""
NODE: Final = RESOURCES["nodes"]
MIRROR: Final = "kubernetes.io/config.mirror"


def _nodes(session: Session, command: str, names: list[str]) -> list[str]:
    parsed = session.parsed
    if not names and not parsed.text("selector"):
        word = command.partition(" ")[0]
        raise error(f"USAGE: {command} [flags]\nSee 'kubectl {word} -h' for help and examples")
    if names:
        return [name.removeprefix("node/").removeprefix("nodes/") for name in names]
    items = session.ask("list", "nodes", options={"labelSelector": parsed.text("selector")})["items"]
    return [item["metadata"]["name"] for item in items]


def cordon(wanted: bool) -> Any:
    """kubectl cordon, or uncordon."""
    word = "cordon" if wanted else "uncordon"

    def command(session: Session) -> None:
        for name in _nodes(session, f"{word} NODE", session.parsed.arguments):
            _cordon(session, name, wanted)

    return command


def _cordon(session: Session, name: str, wanted: bool) -> None:
    node = session.ask("get", "nodes", name=name)
    done = "cordoned" if wanted else "uncordoned"
    suffix = dryrun.SUFFIX[dryrun.mode(session)]
    if bool(dig(node, "spec", "unschedulable", default=False)) == wanted:
        session.changed(NODE, name, f"already {done}{suffix}")
        return
    if dryrun.mode(session) != "client":
        patch = {"spec": {"unschedulable": True if wanted else None}}
        session.ask("patch", "nodes", "", name, patch, options=choose.options(session, "strategic", "kubectl-cordon"))
    session.changed(NODE, name, f"{done}{suffix}")


# ---------------------------------------------------------------------- taint


def taint(session: Session) -> None:
    """Add taints to Nodes, or take them away."""
    marks = [word for word in session.parsed.arguments if "=" in word or ":" in word or word.endswith("-")]
    words = [word for word in session.parsed.arguments if word not in marks]
    if not words:
        raise error("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not marks:
        raise error("at least one taint update is required")
    added, removed = _taints(marks)
    targets = choose.chosen(session, words)
    if any(row.kind != "Node" for row, _, _ in targets):
        raise error(f"invalid resource type {targets[0][0].kind.lower()}, only node types are supported")
    choose.each(session, words, lambda target: _taint(session, target, added, removed))


def _taints(marks: list[str]) -> tuple[list[Obj], list[tuple[str, str]]]:
    added: list[Obj] = []
    removed: list[tuple[str, str]] = []
    for mark in marks:
        found = TAINT.fullmatch(mark)
        if found is None:
            raise error(f"invalid taint spec: {mark}")
        key, effect = found["key"], found["effect"] or ""
        if found["gone"] or (not effect and key.endswith("-")):
            removed.append((key.removesuffix("-"), effect))
            continue
        if effect not in EFFECTS:
            fault = (
                f"invalid taint effect: {effect}, unsupported taint effect" if effect else f"invalid taint spec: {mark}"
            )
            raise error(f"{fault}\nSee 'kubectl taint -h' for help and examples")
        added.append({"effect": effect, "key": key, **({"value": found["value"]} if found["value"] else {})})
    return added, removed


def _taint(session: Session, target: Target, added: list[Obj], removed: list[tuple[str, str]]) -> None:
    _, _, name = target
    node = session.ask("get", "nodes", name=name)
    there: list[Obj] = dig(node, "spec", "taints", default=[]) or []
    for one in added:
        same = [t for t in there if (t["key"], t["effect"]) == (one["key"], one["effect"])]
        if same and not session.parsed.on("overwrite"):
            raise error(f"node {name} already has {one['key']} taint(s) with same effect(s) and --overwrite is false")
    for key, effect in removed:
        if not any(t["key"] == key and effect in ("", t["effect"]) for t in there):
            raise error(f'taint "{key}{":" + effect if effect else ""}" not found')
    new = {(one["key"], one["effect"]) for one in added}
    kept = [t for t in there if (t["key"], t["effect"]) not in new and not _matches(t, removed)]
    if dryrun.mode(session) != "client":
        patch = {"spec": {"taints": [*added, *kept] or None}}
        session.ask("patch", "nodes", "", name, patch, options=choose.options(session, "merge", "kubectl-taint"))
    changed = any(_same(one, added) for one in there)
    done = "modified" if added and (removed or changed) else "tainted" if added else "untainted"
    session.changed(NODE, name, done)


def _same(one: Obj, added: list[Obj]) -> bool:
    return any((one["key"], one["effect"]) == (other["key"], other["effect"]) for other in added)


def _matches(one: Obj, removed: list[tuple[str, str]]) -> bool:
    return any(one["key"] == key and effect in ("", one["effect"]) for key, effect in removed)


# ---------------------------------------------------------------------- drain


def drain(session: Session) -> None:
    """Cordon Nodes and evict their Pods."""
    names = _nodes(session, "drain NODE", session.parsed.arguments)
    for name in names:
        session.ask("get", "nodes", name=name)
    for name in names:
        _cordon(session, name, True)
        _drain(session, name)


def _drain(session: Session, node: str) -> None:
    pods = session.objects("pods", "", fieldSelector=f"spec.nodeName={node}")
    pods = [pod for pod in pods if MIRROR not in (pod["metadata"].get("annotations") or {})]
    kept, problems = _sorted(session, pods)
    words = session.profile.pick(WORDS)
    if problems:
        shown = [text.replace("Pods that declare no controller", words.bare) for text in problems]
        reason = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
        raise Failure(
            words.unable.format(node=node, reason=reason) + f"There are pending nodes to be drained:\n {node}\n"
            + "\n".join(words.each + one for one in shown)
        )
    going = [pod for pod in pods if pod not in kept]
    bare = [pod for pod in going if not _controller(pod)]
    said = {f"deleting {words.going}": bare, "ignoring DaemonSet-managed Pods": kept}
    warnings = [f"{what}: {', '.join(_full(pod) for pod in those)}" for what, those in said.items() if those]
    if warnings:
        session.complain(f"{words.warning}: {'; '.join(warnings)}")
    for pod in going:
        _evict(session, pod)
    targets = [(RESOURCES["pods"], pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in going]
    session.wait(lambda: all(gone(session, target) for target in targets))
    for _, _, name in targets:
        session.changed(RESOURCES["pods"], name, "evicted")
    session.changed(NODE, node, session.profile.pick(DRAINED) if going else "drained")


def _full(pod: Obj) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _controller(pod: Obj) -> Obj | None:
    return next((one for one in pod["metadata"].get("ownerReferences") or () if one.get("controller")), None)


def _sorted(session: Session, pods: list[Obj]) -> tuple[list[Obj], list[str]]:
    """Pods of DaemonSets, which stay, and what speaks against evicting the others."""
    parsed = session.parsed
    kept, sets, bare, local = [], [], [], []
    for pod in pods:
        owner = _controller(pod)
        full = _full(pod)
        if owner is not None and owner["kind"] == "DaemonSet":
            kept.append(pod)
            sets.append(full)
            continue
        if owner is None:
            bare.append(full)
        if any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ()):
            local.append(full)
    problems = []
    if sets and not parsed.on("ignore-daemonsets"):
        problems.append(f"cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): {', '.join(sets)}")
    if bare and not parsed.on("force"):
        problems.append(f"cannot delete Pods that declare no controller (use --force to override): {', '.join(bare)}")
    if local and not (parsed.on("delete-emptydir-data") or parsed.on("delete-local-data")):
        problems.append(
            f"cannot delete Pods with local storage (use --delete-emptydir-data to override): {', '.join(local)}"
        )
    return kept, problems


def _evict(session: Session, pod: Obj) -> None:
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    session.print(f"evicting pod {namespace}/{name}\n")
    metadata = {"name": name, "namespace": namespace}
    body: Obj = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    if session.parsed.values.get("grace-period", -1) >= 0:
        body["deleteOptions"] = {"gracePeriodSeconds": session.parsed.values["grace-period"]}
    try:
        session.ask("create", "pods", namespace, name, body, "eviction")
    except ApiError as refusal:
        if refusal.code != 404:
            raise
