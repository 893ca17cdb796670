"""The admission chain: plugins in a fixed order, first those that mutate, after validation those that validate (SEM 7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver.request import NOTHING, UserInfo, Wait
from sanb.apiserver.view import View
from sanb.values import Obj, pack

CREATE: Final = "CREATE"
UPDATE: Final = "UPDATE"
DELETE: Final = "DELETE"
CONNECT: Final = "CONNECT"
PODS: Final = frozenset({"pods"})


class Attributes(NamedTuple):
    """What admission is told about a request.

    `operation` is CREATE, UPDATE, DELETE or CONNECT; `resource` the group-qualified plural ("pods", "deployments.apps");
    `name` the one of the request: empty for a create, even if the object has one (`admitted_name` tells the one for messages).
    `obj` is the new object (None on delete), `old` the stored one (None on create). `attempt` counts `Wait`s before.
    """

    operation: str
    resource: str
    subresource: str
    namespace: str
    name: str
    obj: Obj | None
    old: Obj | None
    user: UserInfo
    options: Mapping[str, Any] = NOTHING
    attempt: int = 0

    @property
    def admitted_name(self) -> str:
        """The name that a refusal prints (SEM 4.3): of the request, else of the object, else its generateName."""
        metadata = (self.obj or {}).get("metadata") or {}
        return str(self.name or metadata.get("name") or metadata.get("generateName") or "Unknown")


_OBJ: Final = Attributes._fields.index("obj")
Mutate = Callable[[View, Attributes], "Obj | Wait | None"]
Validate = Callable[[View, Attributes], "Wait | None"]


class Plugin(NamedTuple):
    """One admission plugin.

    `mutate` returns a new object, None to leave it, or a `Wait`: then the whole request is decided again, as attempt n + 1.
    Both raise ApiError to refuse. A Forbidden is raised whole by the plugin: `status.forbidden(resource, admitted_name, why)`.
    """

    name: str
    mutate: Mutate | None = None
    validate: Validate | None = None
    resources: frozenset[str] | None = None
    """What it has a say about: resources ("pods") and subresources ("pods/status"); None: everything."""
    validated: frozenset[str] | None = None
    """The same for its validating phase alone, where that is less."""
    but: frozenset[str] | None = None
    """Where it is given: every resource but these, and no subresources."""

    def mutates(self, target: str) -> bool:
        """Whether it takes part in the mutating phase for a resource or subresource."""
        return self.mutate is not None and self._concerned(target, self.resources)

    def validates(self, target: str) -> bool:
        """Whether it takes part in the validating phase."""
        resources = self.resources if self.validated is None else self.validated
        return self.validate is not None and self._concerned(target, resources)

    def _concerned(self, target: str, resources: frozenset[str] | None) -> bool:
        if self.but is not None:
            return target not in self.but and "/" not in target
        return resources is None or target in resources


class Phases(NamedTuple):
    """What is run for one resource or subresource."""

    mutate: tuple[Mutate, ...]
    validate: tuple[Validate, ...]
    names: tuple[str, ...]


class Chain:
    """The plugins of one profile, split by resource and phase once."""

    __slots__ = ("_phases", "plugins")

    def __init__(self, plugins: tuple[Plugin, ...]) -> None:
        self.plugins = plugins
        self._phases: dict[tuple[str, str], Phases] = {}

    def _of(self, resource: str, subresource: str) -> Phases:
        phases = self._phases.get((resource, subresource))
        if phases is None:
            target, plugins = f"{resource}/{subresource}" if subresource else resource, self.plugins
            phases = self._phases[resource, subresource] = Phases(
                tuple(one.mutate for one in plugins if one.mutate is not None and one.mutates(target)),
                tuple(one.validate for one in plugins if one.validate is not None and one.validates(target)),
                tuple(one.name for one in plugins if one.mutates(target) or one.validates(target)),
            )
        return phases

    def concern(self, resource: str) -> tuple[str, ...]:
        """The names of the plugins that have a say about a resource."""
        return self._of(resource, "").names

    def mutate(self, view: View, attributes: Attributes) -> Attributes | Wait:
        """Run the mutating phase; returns the attributes with the object as admission left it."""
        for plugin in self._of(attributes.resource, attributes.subresource).mutate:
            outcome = plugin(view, attributes)
            if outcome is None:
                continue
            if isinstance(outcome, Wait):
                return outcome
            # what `_replace` does, without its detours
            attributes = pack(Attributes, (*attributes[:_OBJ], outcome, *attributes[_OBJ + 1 :]))
        return attributes

    def validate(self, view: View, attributes: Attributes) -> Wait | None:
        """Run the validating phase."""
        for plugin in self._of(attributes.resource, attributes.subresource).validate:
            outcome = plugin(view, attributes)
            if outcome is not None:
                return outcome
        return None
