"""What strategies are made of: generations, and parts that only a subresource may change."""

from __future__ import annotations

from sanb.values import Obj


def generation(obj: Obj, value: int) -> Obj:
    """The object with this generation."""
    metadata = obj["metadata"]
    return obj if metadata.get("generation") == value else {**obj, "metadata": {**metadata, "generation": value}}


def kept(new: Obj, old: Obj, field: str) -> Obj:
    """The new object with the old value of a field."""
    before = old.get(field)
    if new.get(field) is before or new.get(field) == before:
        return new
    kept = dict(new)
    if before is None:
        del kept[field]
    else:
        kept[field] = before
    return kept


def same(new: Obj, old: Obj, field: str) -> bool:
    """Whether a field is as it was."""
    return new.get(field) is old.get(field) or new.get(field) == old.get(field)


def bumped(new: Obj, old: Obj) -> Obj:
    """The new object with the next generation."""
    return generation(new, (old["metadata"].get("generation") or 0) + 1)
