"""Metadata as messages show it: a Go struct in older minors, JSON in newer ones."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.status import quoted
from sanb.apiserver.validation import shown
from sanb.apiserver.validation.rules import Rules
from sanb.profiles.profile import Profile

ZERO_TIME: Final = "time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)"
STRINGS: Final = (
    ("Name", "name"), ("GenerateName", "generateName"), ("Namespace", "namespace"), ("SelfLink", "selfLink"),
    ("UID", "uid"), ("ResourceVersion", "resourceVersion"),
)
FIELDS: Final = {
    "1.10": ("Initializers:(*v1.Initializers)(nil)", "Finalizers", 'ClusterName:""'),
    "1.16": ("Finalizers", 'ClusterName:""', "ManagedFields"),
    "1.24": ("Finalizers", "ManagedFields"),
}
"""What stands behind the owners."""
ENTRY: Final = (
    "v1.ManagedFieldsEntry{{Manager:{manager}, Operation:{operation}, APIVersion:{version}, Time:{time}, "
    'FieldsType:"FieldsV1", FieldsV1:(*v1.FieldsV1)(0xc000000000), Subresource:{subresource}}}'
)


def metadata(given: dict[str, Any], rules: Rules, profile: Profile) -> str:
    """The metadata of an object that should have none."""
    if rules.json_values:
        return shown.as_json({key: value for key, value in given.items() if value is not None})
    parts = [f"{name}:{quoted(given.get(field) or '')}" for name, field in STRINGS]
    parts += [
        f"Generation:{given.get('generation') or 0}", f"CreationTimestamp:{ZERO_TIME}", "DeletionTimestamp:<nil>",
        "DeletionGracePeriodSeconds:(*int64)(nil)", f"Labels:{shown.string_map(given.get('labels'), rules)}",
        f"Annotations:{shown.string_map(given.get('annotations'), rules)}", "OwnerReferences:[]v1.OwnerReference(nil)",
    ]
    for field in profile.pick(FIELDS):
        if field == "Finalizers":
            field = f"Finalizers:{shown.strings(given.get('finalizers'), rules)}"
        elif field == "ManagedFields":
            field = f"ManagedFields:{_managers(given.get('managedFields'))}"
        parts.append(field)
    return f"v1.ObjectMeta{{{', '.join(parts)}}}"


def _managers(entries: list[dict[str, Any]] | None) -> str:
    if not entries:
        return "[]v1.ManagedFieldsEntry(nil)"
    return "[]v1.ManagedFieldsEntry{" + ", ".join(map(_manager, entries)) + "}"


def _manager(entry: dict[str, Any]) -> str:
    return ENTRY.format(
        manager=quoted(entry.get("manager", "")), operation=quoted(entry.get("operation", "")),
        version=quoted(entry.get("apiVersion", "")), time=ZERO_TIME, subresource=quoted(entry.get("subresource", "")),
    )
