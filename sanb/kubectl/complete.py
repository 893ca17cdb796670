"""Completion: what the last word of a command line may become."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.apiserver.resources import Resource, served
from sanb.kubectl import output
from sanb.kubectl.commands import COMMANDS, GROUPS
from sanb.kubectl.find import there
from sanb.kubectl.flags import GLOBAL, SWITCH, Flag
from sanb.kubectl.result import Failure
from sanb.kubectl.session import resolve
from sanb.values import Obj

PODS: Final = ("exec", "logs", "cp", "attach")
NODES: Final = ("cordon", "uncordon", "drain")
TYPES: Final = (
    "get", "describe", "delete", "label", "annotate", "patch", "scale", "autoscale", "expose", "wait", "taint",
    "explain", "set", "rollout", "apply",
)
"""Commands whose first word is a kind."""
RESTARTED: Final = ("deployments", "daemonsets", "statefulsets")
VALUES: Final = {
    "dry-run": ("none", "client", "server"),
    "cascade": ("background", "foreground", "orphan"),
    "restart": ("Always", "OnFailure", "Never"),
    "type": ("json", "merge", "strategic"),
    "for": ("condition=", "delete", "jsonpath="),
    "types": ("Normal", "Warning"),
}


def complete(cp: Any, line: str) -> list[str]:
    """The words that the last word of `line` may become, sorted; `line` may begin with `kubectl`."""
    words = line.split()
    last = "" if not words or line[-1:].isspace() else words.pop()
    words = words[1:] if words[:1] in (["kubectl"], ["%kubectl"], ["%%kubectl"]) else words
    try:
        found = _Line(cp, words).candidates(last)
    except Failure:
        return []
    return sorted({one for one in found if one.startswith(last) and one != last})


class _Line:
    """The words before the one that is being completed."""

    def __init__(self, cp: Any, words: list[str]) -> None:
        self.cp = cp
        self.words = words
        self.known = there(cp.profile)
        self.name, self.rest = self._command()
        command = COMMANDS.get(self.name)
        more = {} if command is None else {**command.flags, **cp.profile.pick(command.more)}
        self.flags: dict[str, Flag] = {**GLOBAL, **more}
        self.arguments, self.values = self._arguments()

    def _command(self) -> tuple[str, list[str]]:
        path: list[str] = []
        rest = list(self.words)
        while rest and not rest[0].startswith("-"):
            word = GROUPS.get(" ".join(path), {}).get(rest[0], rest[0])
            longer = " ".join([*path, word])
            if not any(name == longer or name.startswith(f"{longer} ") for name in self.known):
                break
            path.append(word)
            rest.pop(0)
        return " ".join(path), rest

    def _arguments(self) -> tuple[list[str], dict[str, str]]:
        """Words that are no flags, and the values of flags."""
        found: list[str] = []
        values: dict[str, str] = {}
        rest = list(self.rest)
        while rest:
            word = rest.pop(0)
            if not word.startswith("-"):
                found.append(word)
                continue
            name, equals, value = self._flag(word)
            if equals:
                values[name] = value
            elif self._takes(name) and rest:
                values[name] = rest.pop(0)
        return found, values

    def _flag(self, word: str) -> tuple[str, str, str]:
        name, equals, value = word.lstrip("-").partition("=")
        if not word.startswith("--"):
            name = next((long for long, flag in self.flags.items() if flag.short == name), name)
        return name, equals, value

    def _takes(self, name: str) -> bool:
        flag = self.flags.get(name)
        return flag is not None and flag.kind != SWITCH and flag.bare is None

    @property
    def namespace(self) -> str:
        """The namespace of the command."""
        return self.values.get("namespace", "default")

    # ------------------------------------------------------------------ candidates

    def candidates(self, last: str) -> Iterable[str]:
        """What may stand at the place of the last word."""
        if last.startswith("--") and "=" in last:
            name = last[2:].partition("=")[0]
            return [f"--{name}={value}" for value in self._values(name)]
        if self.rest and self.rest[-1].startswith("-") and "=" not in self.rest[-1]:
            name = self._flag(self.rest[-1])[0]
            if self._takes(name):
                return self._values(name)
        if last.startswith("-"):
            return [f"--{name}" + ("=" if self._takes(name) else "") for name in self.flags]
        if not self.rest:
            below = self._below()
            if below:
                return [*below, *(self._words(last) if self.name in COMMANDS else ())]
        return self._words(last)

    def _below(self) -> list[str]:
        head = f"{self.name} " if self.name else ""
        return [name[len(head) :].split(" ")[0] for name in self.known if name.startswith(head)]

    def _values(self, flag: str) -> list[str]:
        if flag == "namespace":
            return self._names("namespaces")
        if flag == "output":
            extra = ("custom-columns=", "go-template=", "jsonpath=")
            return [*(one for one in output.FORMATS if one not in ("template", "templatefile")), *extra]
        if flag == "as":
            accounts = self._list("serviceaccounts", "")
            return [f"system:serviceaccount:{one['metadata']['namespace']}:{one['metadata']['name']}" for one in accounts]
        if flag == "container":
            return self._containers()
        if flag in ("serviceaccount", "role", "clusterrole"):
            return self._granted(flag)
        return list(VALUES.get(flag, ()))

    def _granted(self, flag: str) -> list[str]:
        if flag == "serviceaccount":
            accounts = self._list("serviceaccounts", "")
            return [f"{one['metadata']['namespace']}:{one['metadata']['name']}" for one in accounts]
        return self._names(f"{flag}s.rbac.authorization.k8s.io")

    def _words(self, last: str) -> Iterable[str]:
        top = self.name.partition(" ")[0]
        if top in PODS:
            return self._names("pods") if not self.arguments else []
        if top in NODES:
            return self._names("nodes")
        if self.name == "create token":
            return self._names("serviceaccounts") if not self.arguments else []
        if top == "explain":
            return self._explained(last)
        if top not in TYPES:
            return []
        if "/" in last:
            return self._with_type(last)
        if self.arguments and "/" not in self.arguments[0]:
            return [name for name in self._names(self._row(self.arguments[0]).id) if name not in self.arguments]
        before = last[: last.rfind(",") + 1]
        return [before + one for one in self._types(top)]

    def _types(self, top: str) -> list[str]:
        rows = self._rows()
        found = [row.plural for row in rows if top != "rollout" or row.plural in RESTARTED]
        return [*found, *(["all"] if top in ("get", "delete") else ())]

    def _with_type(self, last: str) -> list[str]:
        kind = last.partition("/")[0]
        return [f"{kind}/{name}" for name in self._names(self._row(kind).id)]

    def _explained(self, last: str) -> Iterable[str]:
        from sanb.apiserver.types import TYPES as STRUCTS

        head, point, _ = last.rpartition(".")
        if not point:
            return [row.plural for row in self._rows()]
        kind, *path = head.split(".")
        struct: Any = STRUCTS.get(self._row(kind).kind)
        for name in path:
            field = struct.fields.get(name) if struct is not None else None
            struct = field.type if field is not None else None
        return [f"{head}.{name}" for name in struct.fields] if struct is not None else []

    # ------------------------------------------------------------------ what the cluster has

    def _rows(self) -> list[Resource]:
        found = getattr(self.cp, "resources", None)
        return list((served(self.cp.profile) if found is None else found()).values())

    def _row(self, word: str) -> Resource:
        return resolve(word.partition(",")[0], self._rows())

    def _list(self, resource: str, namespace: str) -> list[Obj]:
        # the store is looked at directly: completing a word must leave no trace in the cluster's history
        found = self.cp.store.head.scan(resource, namespace or None)
        return [version.obj for version in found if version.obj is not None]

    def _names(self, resource: str) -> list[str]:
        row = next(one for one in self._rows() if one.id == resource)
        return [one["metadata"]["name"] for one in self._list(resource, self.namespace if row.namespaced else "")]

    def _containers(self) -> list[str]:
        if not self.arguments:
            return []
        name = self.arguments[0].removeprefix("pod/")
        pods = [pod for pod in self._list("pods", self.namespace) if pod["metadata"]["name"] == name]
        fields = ("containers", "initContainers", "ephemeralContainers")
        return [one["name"] for pod in pods for field in fields for one in pod["spec"].get(field) or ()]
