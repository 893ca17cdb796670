"""COMMANDS: one row per command of kubectl."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from sanb.kubectl import (
    apply,
    auth,
    config,
    copy,
    create,
    delete,
    describe,
    diff,
    dryrun,
    events,
    execute,
    explain,
    expose,
    get,
    info,
    lastapplied,
    mark,
    nodes,
    patching,
    podlogs,
    rbac,
    reconcile,
    refused,
    replace,
    rollout,
    rolloutstatus,
    runpod,
    scaling,
    setenv,
    setting,
    token,
    waiting,
)
from sanb.kubectl.flags import MANY, NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.session import Session


class Command(NamedTuple):
    """One command: `since` says in which minors it is there, `more` are flags of some minors."""

    run: Callable[[Session], None]
    flags: Flags
    since: str = "1.10"
    more: Mapping[str, Flags] = {"1.10": {}}
    rest: bool = False
    """Whether words after the second belong to something else (exec)."""
    until: str = ""
    """The first minor that does not have it any more."""


Table = Mapping[str, tuple[Callable[[Session], None], Flags]]


def _creates(table: Any, since: Mapping[str, str]) -> dict[str, Command]:
    return {
        f"create {word}": Command(run, {**flags, **dryrun.FLAGS}, since.get(word, "1.10"))
        for word, (run, flags) in table.items()
    }


_RUN: Final[Mapping[str, Flags]] = {
    "1.10": {**runpod.OLD_FLAGS, **runpod.GENERATOR_FLAGS},
    "1.18": runpod.OLD_FLAGS,
    "1.24": {},
}
_ANY: Final[Flags] = {
    "filename": Flag(MANY, "f"),
    "kustomize": Flag(TEXT, "k"),
    "container": Flag(TEXT, "c"),
    "stdin": Flag(SWITCH, "i"),
    "tty": Flag(SWITCH, "t"),
    "image": Flag(),
    "port": Flag(NUMBER),
    "address": Flag(),
    "output": Flag(TEXT, "o"),
    "all-namespaces": Flag(SWITCH, "A"),
    "selector": Flag(TEXT, "l"),
    "containers": Flag(SWITCH),
    "no-headers": Flag(SWITCH),
    "sort-by": Flag(),
}
"""Flags of commands that are refused all the same."""
_OWN: Final[Mapping[str, Flags]] = {"proxy": {"port": Flag(NUMBER, "p")}}
"""Those that mean something else for one of them."""
_REST: Final = ("debug",)
"""Commands whose words after `--` are somebody else's."""


def _refused(name: str) -> Command:
    since, until = refused.SPANS.get(name, ("1.10", ""))
    return Command(refused.command(name), {**_ANY, **_OWN.get(name, {})}, since, rest=name in _REST, until=until)


COMMANDS: Final[Mapping[str, Command]] = {
    "get": Command(get.get, get.FLAGS, more=get.OLD_FLAGS),
    "describe": Command(describe.describe, describe.FLAGS),
    "create": Command(create.from_files, create.FILE_FLAGS),
    **_creates(create.CREATES, create.SINCE),
    **_creates(rbac.CREATES, {}),
    "create token": Command(token.create_token, token.FLAGS, "1.24"),
    "run": Command(runpod.run, runpod.FLAGS, more=_RUN),
    "expose": Command(expose.expose, expose.FLAGS),
    "apply": Command(apply.apply, apply.FLAGS),
    "apply view-last-applied": Command(lastapplied.view, lastapplied.FLAGS),
    "apply set-last-applied": Command(lastapplied.put, lastapplied.SET_FLAGS),
    "diff": Command(diff.diff, diff.FLAGS, "1.13"),
    "replace": Command(replace.replace, replace.FLAGS),
    "delete": Command(delete.delete, delete.FLAGS),
    "exec": Command(execute.execute, execute.FLAGS, rest=True),
    "logs": Command(podlogs.logs, podlogs.FLAGS),
    "cp": Command(copy.copy, copy.FLAGS),
    "events": Command(events.events, events.FLAGS, "1.26"),
    "alpha events": Command(events.events, events.FLAGS, "1.23", until="1.26"),
    "label": Command(mark.marker("labels"), mark.FLAGS),
    "annotate": Command(mark.marker("annotations"), mark.FLAGS),
    "patch": Command(patching.patch, patching.FLAGS),
    "scale": Command(scaling.scale, scaling.FLAGS),
    "autoscale": Command(scaling.autoscale, scaling.AUTO_FLAGS, more=scaling.METRIC_FLAGS),
    "set image": Command(setting.set_image, setting.FLAGS),
    "set serviceaccount": Command(setting.set_serviceaccount, setting.FLAGS),
    "set resources": Command(setting.set_resources, setting.RESOURCE_FLAGS),
    "set selector": Command(setting.set_selector, setting.FLAGS),
    "set subject": Command(setting.set_subject, setting.SUBJECT_FLAGS),
    "set env": Command(setenv.set_env, setenv.FLAGS),
    "rollout history": Command(rollout.history, rollout.FLAGS),
    "rollout pause": Command(rollout.pauser(True), rollout.FLAGS),
    "rollout resume": Command(rollout.pauser(False), rollout.FLAGS),
    "rollout restart": Command(rollout.restart, rollout.FLAGS, "1.15"),
    "rollout status": Command(rolloutstatus.status, rollout.FLAGS),
    "rollout undo": Command(rollout.undo, rollout.FLAGS),
    "wait": Command(waiting.wait, waiting.FLAGS, "1.11"),
    "taint": Command(nodes.taint, nodes.TAINT_FLAGS),
    "cordon": Command(nodes.cordon(True), nodes.FLAGS),
    "uncordon": Command(nodes.cordon(False), nodes.FLAGS),
    "drain": Command(nodes.drain, nodes.DRAIN_FLAGS),
    "auth can-i": Command(auth.can_i, auth.FLAGS),
    "auth reconcile": Command(reconcile.reconcile, reconcile.FLAGS),
    "auth whoami": Command(auth.whoami, auth.WHOAMI_FLAGS, "1.27"),
    "alpha auth whoami": Command(auth.whoami, auth.WHOAMI_FLAGS, "1.26", until="1.28"),
    "explain": Command(explain.explain, explain.FLAGS),
    "version": Command(info.version, info.VERSION_FLAGS),
    "api-resources": Command(info.api_resources, info.RESOURCE_FLAGS),
    "api-versions": Command(info.api_versions, {}),
    "cluster-info": Command(config.cluster_info, {}),
    "cluster-info dump": Command(config.dump, config.DUMP_FLAGS),
    "options": Command(info.options, {}),
    "config view": Command(config.view, config.VIEW_FLAGS),
    "config current-context": Command(config.current_context, {}),
    "config get-contexts": Command(config.get_contexts, config.LIST_FLAGS),
    "config get-clusters": Command(config.get_clusters, {}),
    "config get-users": Command(config.get_users, {}, "1.19"),
    "config use-context": Command(config.use_context, {}),
    **{
        f"config {word}": Command(config.refused, config.SET_FLAGS)
        for word in (
            "set",
            "set-context",
            "set-cluster",
            "set-credentials",
            "unset",
            "delete-context",
            "rename-context",
        )
    },
    **{name: _refused(name) for name in refused.REASONS},
}
GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "": {"log": "logs"},
    "create": create.ALIASES,
    "create service": {},
    "set": {"sa": "serviceaccount"},
    "top": {"pods": "pod", "po": "pod", "nodes": "node", "no": "node"},
}
"""Other words for the commands below a command."""
