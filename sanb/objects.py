"""Objects as users get them: dictionaries and lists that read like Kubernetes' JSON and refuse to be changed.

They are `dict` and `list` subclasses, so `json.dumps` and `yaml.safe_dump` take them. Tokens in them are signed when
the object is handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NoReturn

from sanb.errors import UsageError
from sanb.values import Lazy


def _refuse(self: Any, *_arguments: Any, **_options: Any) -> NoReturn:
    raise UsageError(
        "objects of a cluster cannot be changed in place, because history, forks and views share them; take a copy "
        "with `.copy()` and give it to c.apply(...), or use c.patch(kind, name, {...})"
    )


class Object(dict[str, Any]):
    """One API object, or a part of one."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def copy(self) -> dict[str, Any]:
        """A plain dictionary with the same contents that can be changed freely, at every depth."""
        return {key: _thawed(value) for key, value in self.items()}

    def __copy__(self) -> dict[str, Any]:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        return self.copy()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return frozen, (self.copy(),)

    def _repr_html_(self) -> str:
        from sanb.views.display import object_html

        return str(object_html(self))


class Items(list[Any]):
    """A list in an object, or the objects that `c.list` found."""

    __slots__ = ()

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def copy(self) -> list[Any]:
        """A plain list with the same contents that can be changed freely, at every depth."""
        return [_thawed(value) for value in self]

    def __copy__(self) -> list[Any]:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> list[Any]:
        return self.copy()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return frozen, (self.copy(),)


class ObjectList(Items):
    """The objects that `c.list` found, in order of (namespace, name)."""

    __slots__ = ()

    def __init__(self, objects: Iterable[Any] = ()) -> None:
        _tell_yaml()
        super().__init__(objects)

    def __repr__(self) -> str:
        return "[" + ", ".join(f"{one.get('kind', '')} {one['metadata']['name']}" for one in self) + "]"

    def _repr_html_(self) -> str:
        from sanb.views.display import objects_html

        return str(objects_html(self))


def frozen(value: Any) -> Any:
    """A value as users get it: read-only, with every lazy text resolved."""
    _tell_yaml()
    return _frozen(value)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return Object({key: _frozen(inner) for key, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return Items(_frozen(inner) for inner in value)
    return str(value) if isinstance(value, Lazy) else value


def _thawed(value: Any) -> Any:
    return value.copy() if isinstance(value, (Object, Items)) else value


@cache
def _tell_yaml() -> None:
    """Let `yaml.safe_dump` write them. Done for the first object that somebody gets: yaml is slow to import."""
    import yaml

    for dumper in (yaml.SafeDumper, getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
        dumper.add_representer(Object, yaml.representer.SafeRepresenter.represent_dict)
        dumper.add_representer(Items, yaml.representer.SafeRepresenter.represent_list)
        dumper.add_representer(ObjectList, yaml.representer.SafeRepresenter.represent_list)
