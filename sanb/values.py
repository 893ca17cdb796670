"""Objects as values: plain dictionaries in Kubernetes' JSON shape that nobody changes after they are committed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, Final

Obj = dict[str, Any]
Key = tuple[str, str, str]
"""(resource, namespace, name), for example ("pods", "shop", "web-1") or ("deployments.apps", "shop", "web")."""

pack: Final = tuple.__new__
"""`pack(Kind, (a, b))` is `Kind(a, b)` for a named tuple of which all fields are given, without the Python function in
between. For the few places that make one for every call and every action."""

REMOVE: Final = object()
"""Given to `evolve` as the value: take the last step of the path out."""


class Lazy:
    """A string that is computed when somebody reads it: a token that is signed late.

    `make(*args)` must be a pure function; `size(*args)` gives the length of its text without making it. Equality,
    length, `str()`, JSON and the methods of `str` see the text; `args` alone identify it.
    """

    __slots__ = ("_make", "_size", "_text", "args")

    def __init__(self, make: Callable[..., str], *args: Any, size: Callable[..., int] | None = None) -> None:
        self._make = make
        self._size = size
        self.args = args
        self._text: str | None = None

    @property
    def read(self) -> bool:
        """Whether the text is there already."""
        return self._text is not None

    @property
    def maker(self) -> str:
        """The name of the function that computes it."""
        return self._make.__name__

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._make(*self.args)
        return self._text

    def __repr__(self) -> str:
        return repr(str(self))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __len__(self) -> int:
        if self._text is None and self._size is not None:
            return self._size(*self.args)
        return len(str(self))

    def __bool__(self) -> bool:
        return len(self) > 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(str, name):
            raise AttributeError(f"'str' object has no attribute {name!r}")
        return getattr(str(self), name)

    def __getitem__(self, index: Any) -> str:
        return str(self)[index]

    def __iter__(self) -> Iterator[str]:
        return iter(str(self))

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __add__(self, other: str) -> str:
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        return other + str(self)

    def __lt__(self, other: object) -> bool:
        return str(self) < other if isinstance(other, str | Lazy) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return str(self) > other if isinstance(other, str | Lazy) else NotImplemented

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Lazy):
            same = self._make == other._make and self.args == other.args
            return same or (len(self) == len(other) and str(self) == str(other))
        return isinstance(other, str) and len(self) == len(other) and str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return _lazy, (self._make, self.args, self._size, self._text)


def _lazy(make: Callable[..., str], args: tuple[Any, ...], size: Callable[..., int] | None, text: str | None) -> Lazy:
    """What a pickle or a copy of a `Lazy` is made of."""
    lazy = Lazy(make, *args, size=size)
    lazy._text = text
    return lazy


class Late:
    """An object that is made when somebody looks at it: by `make(rev, *args)`, a pure function.

    A commit takes one in place of an object, which then must be one that no index files.
    """

    __slots__ = ("args", "make")

    def __init__(self, make: Callable[..., Obj], *args: Any) -> None:
        self.make = make
        self.args = args

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Late) and self.make == other.make and self.args == other.args

    __hash__ = None  # type: ignore[assignment] # as that of a dictionary

    def __repr__(self) -> str:
        return f"Late({self.make.__name__}, {', '.join(map(repr, self.args))})"


def plain(value: Any) -> Any:
    """The same value with every `Lazy` text resolved; parts that hold none are shared, not copied."""
    if isinstance(value, Lazy):
        return str(value)
    if isinstance(value, dict):
        changed = {k: new for k, old in value.items() if (new := plain(old)) is not old}
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def json_default(value: Any) -> str:
    """What `json.dumps(..., default=...)` needs to write a `Lazy`."""
    if isinstance(value, Lazy):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def dig(obj: Any, *path: str | int, default: Any = None) -> Any:
    """The value at `path`, or `default` where a step is missing or null."""
    for step in path:
        if obj.__class__ is dict or isinstance(obj, Mapping):
            obj = obj.get(step)
        elif isinstance(obj, Sequence) and isinstance(step, int) and -len(obj) <= step < len(obj):
            obj = obj[step]
        else:
            return default
        if obj is None:
            return default
    return obj


def evolve(obj: Any, path: Sequence[str | int], value: Any) -> Any:
    """A copy of `obj` with `value` at `path`, sharing all that did not change; missing dictionaries are made.

    `REMOVE` as value takes the last step out. The original is never touched.
    """
    head, rest = path[0], path[1:]
    if isinstance(obj, list):
        items = list(obj)
        items[int(head)] = evolve(items[int(head)], rest, value) if rest else value
        return items
    copy = dict(obj)
    if rest:
        inner = copy.get(head)
        if inner is None and value is REMOVE:
            return obj
        copy[head] = evolve(inner if inner is not None else {}, rest, value)
    elif value is REMOVE:
        copy.pop(head, None)
    else:
        copy[head] = value
    return copy


def ident(value: Any) -> int:
    """A 64-bit identity of a value's content: equal contents give equal numbers, in every process."""
    digest = blake2b(digest_size=8)
    for chunk in _canonical(value):
        digest.update(chunk)
    return int.from_bytes(digest.digest(), "big")


def _canonical(value: Any) -> Iterator[bytes]:
    if isinstance(value, Mapping):
        yield b"{"
        for key in sorted(value, key=repr):
            yield repr(key).encode()
            yield from _canonical(value[key])
        yield b"}"
    elif isinstance(value, (list, tuple)):
        yield b"["
        for item in value:
            yield from _canonical(item)
            yield b","
        yield b"]"
    elif isinstance(value, Lazy | Late):
        yield from _canonical(value.args)
    else:
        yield repr(value).encode()


@contextmanager
def quiet_gc() -> Iterator[None]:
    """Suspend the cyclic garbage collector: with many objects alive it multiplies the cost of making more.

    What was made meanwhile is counted among the old objects, unseen: switched on again, the collector would else begin by
    walking over all of it. It does so when there are enough old objects, as always.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() == 0:  # else somebody has frozen objects for a reason of his own
                gc.freeze()
                gc.unfreeze()
            gc.enable()
