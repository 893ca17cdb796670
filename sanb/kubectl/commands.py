"""COMMANDS: one row per command of kubectl."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sanb.kubectl import (
    apply,
    auth,
    create,
    delete,
    describe,
    dryrun,
    edit,
    execute,
    get,
    info,
    rbac,
    reconcile,
    rollout,
    runpod,
    token,
)
from sanb.kubectl.flags import SWITCH, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session


class Command(NamedTuple):
    """One command: `since` says in which minors it is there, `more` are flags of some minors."""

    run: Callable[[Session], None]
    flags: Flags
    since: str = "1.10"
    more: Mapping[str, Flags] = {"1.10": {}}
    rest: bool = False
    """Whether words after the second belong to something else (exec)."""


def _no_context(session: Session) -> None:
    raise error("no kubeconfig here: give the namespace to each command with -n")


_RUN: Final[Mapping[str, Flags]] = {
    "1.10": {**runpod.OLD_FLAGS, **runpod.GENERATOR_FLAGS},
    "1.18": runpod.OLD_FLAGS,
    "1.24": {},
}
COMMANDS: Final[Mapping[str, Command]] = {
    "get": Command(get.get, get.FLAGS),
    "describe": Command(describe.describe, describe.FLAGS),
    "create": Command(create.from_files, create.FILE_FLAGS),
    **{f"create {word}": Command(run, {**flags, **dryrun.FLAGS}) for word, (run, flags) in create.CREATES.items()},
    **{f"create {word}": Command(run, {**flags, **dryrun.FLAGS}) for word, (run, flags) in rbac.CREATES.items()},
    "create token": Command(token.create_token, token.FLAGS, "1.24"),
    "run": Command(runpod.run, runpod.FLAGS, more=_RUN),
    "apply": Command(apply.apply, apply.FLAGS),
    "delete": Command(delete.delete, delete.FLAGS),
    "exec": Command(execute.execute, execute.FLAGS, rest=True),
    "label": Command(edit.marker("labels", "labeled", "label"), edit.MARK_FLAGS),
    "annotate": Command(edit.marker("annotations", "annotated", "annotation"), edit.MARK_FLAGS),
    "patch": Command(edit.patch, edit.PATCH_FLAGS),
    "scale": Command(edit.scale, edit.SCALE_FLAGS),
    "set serviceaccount": Command(edit.set_serviceaccount, edit.SET_FLAGS),
    "set image": Command(edit.set_image, edit.SET_FLAGS),
    "rollout history": Command(rollout.history, rollout.FLAGS),
    "rollout restart": Command(rollout.restart, rollout.FLAGS, "1.15"),
    "rollout status": Command(rollout.status, rollout.FLAGS),
    "auth can-i": Command(auth.can_i, auth.FLAGS),
    "auth reconcile": Command(reconcile.reconcile, reconcile.FLAGS),
    "auth whoami": Command(auth.whoami, auth.WHOAMI_FLAGS, "1.27"),
    "alpha auth whoami": Command(auth.whoami, auth.WHOAMI_FLAGS, "1.26"),
    "config set-context": Command(_no_context, {"current": Flag(SWITCH)}),
    "version": Command(info.version, info.VERSION_FLAGS),
    "api-resources": Command(info.api_resources, info.RESOURCE_FLAGS),
    "api-versions": Command(info.api_versions, {}),
}
GROUPS: Final = {"create": create.ALIASES, "set": {"sa": "serviceaccount"}}
"""Other words for the commands below a command."""
