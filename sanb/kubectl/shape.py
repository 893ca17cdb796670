"""What kubectl itself needs of an object to read it: apiVersion, kind, and metadata of the right types."""

from __future__ import annotations

from typing import Any, Final

from sanb.kubectl.result import Failure, Unreadable, error
from sanb.values import Obj

INVALID: Final = (
    'error validating "{source}": error validating data: {why}; if you choose to ignore these errors, turn validation off '
    "with --validate=false"
)
NO_OBJECT: Final = "invalid object to validate"
TEXTS: Final = ("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion")
MAPS: Final = ("labels", "annotations")
LISTS: Final = ("finalizers", "ownerReferences", "managedFields")
ELEMENTS: Final = {
    "finalizers": "[]string",
    "ownerReferences": "[]v1.OwnerReference",
    "managedFields": "[]v1.ManagedFieldsEntry",
}


def invalid(source: str, why: str) -> Failure:
    """An object that kubectl does not take."""
    return Unreadable(f"error: {INVALID.format(source=source, why=why)}")


def check_head(obj: Any, source: str) -> None:
    """Refuse what is no object, or has no apiVersion and kind.

    Raises:
        Failure: it is so.
    """
    if not isinstance(obj, dict):
        raise invalid(source, NO_OBJECT)
    faults = [f"{field} {_fault(obj.get(field))}" for field in ("apiVersion", "kind") if _fault(obj.get(field))]
    if faults:
        raise invalid(source, faults[0] if len(faults) == 1 else f"[{', '.join(faults)}]")


def _fault(value: Any) -> str:
    if value is None or value == "":
        return "not set"
    return "" if isinstance(value, str) else "isn't string type"


def check_metadata(obj: Obj, source: str) -> None:
    """Refuse metadata that Go cannot read.

    Raises:
        Failure: a field has another type.
    """
    metadata = obj.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise _undecodable(source, metadata, "metadataOnlyObject.metadata", "v1.ObjectMeta")
    for field, value in metadata.items():
        place = f"ObjectMeta.metadata.{field}"
        if value is None:
            continue
        if field in TEXTS and not isinstance(value, str):
            raise _undecodable(source, value, place, "string")
        if field in MAPS:
            if not isinstance(value, dict):
                raise _undecodable(source, value, place, "map[string]string")
            wrong = next((one for one in value.values() if not isinstance(one, str) and one is not None), None)
            if wrong is not None:
                raise _undecodable(source, wrong, place, "string")
        if field in LISTS and not isinstance(value, list):
            raise _undecodable(source, value, place, ELEMENTS[field])


def _undecodable(source: str, value: Any, place: str, wanted: str) -> Failure:
    got = _word(value)
    return error(
        f'unable to decode "{source}": json: cannot unmarshal {got} into Go struct field {place} of type {wanted}'
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"
