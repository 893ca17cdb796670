"""One running command: whom it asks as, where, and what it has printed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from sanb.apiserver.request import ADMIN, NOTHING, Request, Response, UserInfo
from sanb.apiserver.resources import RESOURCES, Resource, served
from sanb.apiserver.unstored import known
from sanb.errors import ApiError
from sanb.kubectl.flags import Parsed
from sanb.kubectl.result import Failure, error
from sanb.profiles.profile import Profile
from sanb.values import Obj

WARNINGS: Final = {"1.10": False, "1.19": True}
"""Whether kubectl shows the server's warnings."""
LINE: Final = {"1.10": '{} "{}" {}\n', "1.11": "{}/{} {}\n"}
"""How a change is reported (SEM 12.1)."""
PREFERRED: Final[dict[str, dict[str, str]]] = {
    "1.10": {"apps": "extensions", "networking.k8s.io": "extensions"}, "1.16": {"networking.k8s.io": "extensions"}, "1.22": {},
}
"""The group that a server puts first for resources that it serves in two."""
MAKERS: Final = ("create", "run", "apply")
DAY: Final = 86400.0


class ControlPlane(Protocol):
    """What a command needs of a control plane."""

    @property
    def profile(self) -> Profile: ...
    @property
    def now(self) -> float: ...
    def request(self, request: Request) -> Response: ...


class Session:
    """A command's connection: `ask` sends requests, `out` and `err` collect what is printed."""

    def __init__(self, cp: Any, parsed: Parsed, stdin: Any) -> None:
        self.cp = cp
        self.profile: Profile = cp.profile
        self.parsed = parsed
        self.stdin = stdin
        self.namespace = parsed.text("namespace") or "default"
        self.user = ADMIN
        self.impersonate = _impersonated(parsed)
        self.with_events = True
        self.out: list[str] = []
        self.err: list[str] = []
        self._warned: set[str] = set()

    @property
    def now(self) -> float:
        """The virtual time of the control plane."""
        return float(self.cp.now)

    def ask(
        self,
        verb: str,
        resource: Resource | str,
        namespace: str = "",
        name: str = "",
        body: Any = None,
        subresource: str = "",
        options: Mapping[str, Any] = NOTHING,
    ) -> Any:
        """The body of the answer to a request.

        Raises:
            ApiError: the request is refused.
        """
        row = self.kinds().get(resource) if isinstance(resource, str) else resource
        target = row.id if row is not None else str(resource)
        inside = namespace if row is None or row.namespaced else ""
        answer = self.cp.request(
            Request(
                verb, target, inside, name, subresource, body, options, self.user, row.stored if row is not None else "",
                self.impersonate,
            )
        )
        for warning in answer.warnings:
            self.warn(warning)
        return answer.body

    def fetch(self, resource: Resource, namespace: str, name: str) -> Any:
        """One object; when it is missing and its namespace is missing too, the namespace is what is told.

        Raises:
            ApiError: there is no such object.
        """
        try:
            return self.ask("get", resource, namespace, name)
        except ApiError as refusal:
            raise self.first_missing(refusal, resource, namespace) from None

    def first_missing(self, refusal: ApiError, resource: Resource, namespace: str) -> ApiError:
        """The refusal, or that of the namespace when this is missing too."""
        if refusal.code != 404 or not resource.namespaced or namespace in ("", "default"):
            return refusal
        try:
            self.ask("get", "namespaces", name=namespace)
        except ApiError as other:
            return other if other.code == 404 else refusal
        return refusal

    def kinds(self) -> Mapping[str, Resource]:
        """The kinds that the server has, by id; those of CustomResourceDefinitions too."""
        found = getattr(self.cp, "resources", None)
        return served(self.profile) if found is None else found()

    def rows(self) -> Iterable[Resource]:
        """The same in order."""
        return self.kinds().values()

    def all_rows(self) -> tuple[Resource, ...]:
        """The kinds that are stored, then those that are only answered: reviews, bindings, componentstatuses."""
        return (*self.rows(), *known(self.profile).values())

    def custom(self) -> tuple[Resource, ...]:
        """Those of CustomResourceDefinitions."""
        return tuple(row for row in self.rows() if row.custom is not None)

    def find(self, kind: str, version: str) -> Resource | None:
        """The kind of an object with this kind and apiVersion; None if the server does not have it."""
        row = next((row for row in self.all_rows() if row.kind == kind and version in row.served), None)
        return row if row is None or row.stored == version else row._replace(stored=version)

    def resolve(self, word: str) -> Resource:
        """The resource that a word of a command line means.

        Raises:
            Failure: the server has none.
        """
        return resolve(word, self.all_rows())

    def targets(self, arguments: list[str], *, names_needed: bool = False) -> list[tuple[Resource, list[str]]]:
        """What TYPE, TYPE NAME..., TYPE/NAME... and comma lists mean; no names mean all objects.

        Raises:
            Failure: the words do not fit together.
        """
        found = targets(arguments, names_needed=names_needed, rows=self.all_rows())
        return [(self.preferred(row, arguments), names) for row, names in found]

    def preferred(self, row: Resource, words: list[str]) -> Resource:
        """The row in the group that a minor prefers for words without one."""
        group = self.profile.pick(PREFERRED).get(row.group)
        if group is None or words[0] == "all" or any(f".{row.group}" in word for word in words):
            return row
        return next((row._replace(stored=one) for one in row.served if one.startswith(f"{group}/")), row)

    def objects(self, resource: Resource | str, namespace: str = "", **selectors: str) -> list[Obj]:
        """The objects of a list; none if the list is refused."""
        try:
            return list(self.ask("list", resource, namespace, options=selectors)["items"] or ())
        except ApiError:
            return []

    def warn(self, text: str) -> None:
        """A warning of the server, once."""
        if self.profile.pick(WARNINGS) and text not in self._warned:
            self._warned.add(text)
            self.err.append(f"Warning: {text}\n")

    def print(self, text: str) -> None:
        """Text for stdout, without a newline of its own."""
        self.out.append(text)

    def complain(self, text: str) -> None:
        """A line for stderr."""
        self.err.append(text if text.endswith("\n") else text + "\n")

    def changed(self, resource: Resource, name: str, done: str) -> None:
        """Report a change: `serviceaccount/test created`."""
        self.print(self.profile.pick(LINE).format(self.named(resource), name, done))

    def named(self, resource: Resource) -> str:
        """The resource as this command names it: a word without a group means the group that the minor prefers."""
        words = " ".join(self.parsed.arguments)
        own = self.parsed.text("as-command") in MAKERS or self.parsed.many("filename") or f".{resource.group}" in words
        if own or self.parsed.arguments[:1] == ["all"]:
            return kind(resource)
        return kind(self.preferred(resource, words.split() or [""]))

    def wait(self, fulfilled: Callable[[], bool], seconds: float = DAY) -> bool:
        """Let time pass until `fulfilled`; False if it never is."""
        if fulfilled():
            return True
        run_until = getattr(self.cp, "run_until", None)
        if run_until is not None:
            run_until(fulfilled, seconds)
        return fulfilled()


def kind(resource: Resource) -> str:
    """The resource as messages name it: `serviceaccount`, `deployment.apps`."""
    group = resource.api_version.rpartition("/")[0]
    return f"{resource.singular}.{group}" if group else resource.singular


def resolve(text: str, rows: Iterable[Resource] | None = None) -> Resource:
    """The resource that a word of a command line means: plural, singular, short or with its group.

    Raises:
        Failure: there is none.
    """
    word = text.lower()
    plain, _, group = word.partition(".")
    for row in RESOURCES.values() if rows is None else rows:
        names = (row.plural, row.singular, *row.short)
        if word in names:
            return row
        if plain in names and group and (found := _in_group(row, group)) is not None:
            return found
    raise error(f'the server doesn\'t have a resource type "{text.partition(".")[0]}"')


def _in_group(row: Resource, words: str) -> Resource | None:
    """The row in the version that `apps` or `v1.apps` names; None if it is not served so."""
    for one in row.served or (row.api_version,):
        group, _, version = one.rpartition("/")
        if words in (group, f"{version}.{group}"):
            return row._replace(stored=one)
    return None


def targets(
    arguments: list[str], *, names_needed: bool = False, rows: Sequence[Resource] = tuple(RESOURCES.values())
) -> list[tuple[Resource, list[str]]]:
    """What TYPE, TYPE NAME..., TYPE/NAME... and comma lists mean; no names mean all objects.

    Raises:
        Failure: the words do not fit together.
    """
    if any("/" in word for word in arguments):
        found: dict[str, tuple[Resource, list[str]]] = {}
        for word in arguments:
            if "/" not in word:
                raise error(
                    "there is no need to specify a resource type as a separate argument when passing arguments in "
                    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource "
                    "resource/<resource_name>'"
                )
            kind_word, _, name = word.partition("/")
            if not kind_word or not name or "/" in name:
                raise error("arguments in resource/name form must have a single resource and name")
            row = resolve(kind_word, rows)
            found.setdefault(row.id, (row, []))[1].append(name)
        return list(found.values())
    wanted: dict[str, Resource] = {}
    for word in arguments[0].split(","):
        wanted.update({row.id: row for row in _category(word, rows) or [resolve(word, rows)]})
    names = arguments[1:]
    if names_needed and not names:
        raise error("resource(s) were provided, but no name was specified")
    return [(row, list(names)) for row in wanted.values()]


ALL: Final = (
    "pods", "replicationcontrollers", "services", "daemonsets.apps", "deployments.apps", "replicasets.apps",
    "statefulsets.apps", "horizontalpodautoscalers.autoscaling", "cronjobs.batch", "jobs.batch",
)
"""The order in which servers list what the category `all` has."""


def _category(word: str, rows: Iterable[Resource]) -> list[Resource]:
    found = [row for row in rows if word in row.categories]
    return sorted(found, key=_place)


def _place(row: Resource) -> int:
    """Where a kind of a category comes: kinds of a beta version after the others of their group."""
    place = ALL.index(row.id) if row.id in ALL else len(ALL)
    return place + 2 * (row.id == "cronjobs.batch" and "beta" in row.stored)


def _impersonated(parsed: Parsed) -> UserInfo | None:
    name, uid, groups = parsed.text("as"), parsed.text("as-uid"), tuple(parsed.many("as-group"))
    return UserInfo(name, uid, groups) if name or uid or groups else None


__all__ = ["ControlPlane", "Failure", "Session", "kind", "resolve", "targets"]
