"""kubectl auth reconcile: roles and bindings get the rules and subjects that they lack (SEM 12.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from sanb.apiserver import rulecover
from sanb.apiserver.resources import RBAC
from sanb.errors import ApiError
from sanb.kubectl import dryrun, manifest
from sanb.kubectl.flags import SWITCH, Flag, Flags
from sanb.kubectl.manifest import Located
from sanb.kubectl.session import Session
from sanb.values import Obj

FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "remove-extra-permissions": Flag(SWITCH),
    "remove-extra-subjects": Flag(SWITCH),
}
AUTOUPDATE: Final = "rbac.authorization.kubernetes.io/autoupdate"
OPTED_OUT: Final = f", but object opted out ({AUTOUPDATE}: false)"


class Plan(NamedTuple):
    """What reconciling one object comes to: the object to write, how, and what was missing or too much."""

    obj: Obj
    operation: str = ""
    missing: tuple[Obj, ...] = ()
    extra: tuple[Obj, ...] = ()
    opted_out: bool = False


def reconcile(session: Session) -> None:
    """Reconcile the roles and bindings of all -f; other objects are passed over."""
    for item in manifest.each(session):
        if item.resource.group == RBAC:
            _one(session, item)


def _one(session: Session, item: Located) -> None:
    live = _live(session, item)
    is_role = "roleRef" not in item.obj
    plan = (_role if is_role else _binding)(session, item.obj, live)
    dry = dryrun.mode(session)
    if plan.operation and not plan.opted_out and dry != "client":
        _write(session, item, plan, {"dryRun": "All"} if dry == "server" else {})
    session.changed(item.resource, item.name, f"reconciled{dryrun.SUFFIX[dry]}")
    for line in _report(session, plan, is_role):
        session.complain(line)


def _live(session: Session, item: Located) -> Obj | None:
    try:
        found: Obj = session.ask("get", item.resource, item.namespace, item.name)
    except ApiError as refusal:
        if refusal.code == 404:
            return None
        raise
    return found


def _write(session: Session, item: Located, plan: Plan, options: dict[str, Any]) -> None:
    if plan.operation == "recreate":
        session.ask("delete", item.resource, item.namespace, item.name, options=options)
    if plan.operation == "update":
        session.ask("update", item.resource, item.namespace, item.name, plan.obj, options=options)
        return
    metadata = {key: value for key, value in plan.obj["metadata"].items() if key not in ("resourceVersion", "uid")}
    session.ask("create", item.resource, item.namespace, body={**plan.obj, "metadata": metadata}, options=options)


# ---------------------------------------------------------------------- what is missing, what is too much


def _role(session: Session, wanted: Obj, live: Obj | None) -> Plan:
    want = wanted.get("rules") or []
    if live is None:
        return Plan(wanted, "create", tuple(want))
    have, merged = live.get("rules") or [], _marked(live, wanted)
    missing, extra = rulecover.covers(have, want)[1], rulecover.covers(want, have)[1]
    missing, extra = rulecover.compacted(missing), rulecover.compacted(extra)
    if extra and session.parsed.on("remove-extra-permissions"):
        merged = {**merged, "rules": want}
    elif missing:
        merged = {**merged, "rules": [*have, *missing]}
    if "aggregationRule" in wanted and merged.get("aggregationRule") != wanted["aggregationRule"]:
        merged = {**merged, "aggregationRule": wanted["aggregationRule"]}
    return _plan(merged, live, missing, extra)


def _binding(session: Session, wanted: Obj, live: Obj | None) -> Plan:
    want = [_subject(one) for one in wanted.get("subjects") or ()]
    if live is None:
        return Plan(wanted, "create", tuple(want))
    if live["roleRef"] != wanted["roleRef"]:
        return Plan(wanted, "recreate", tuple(want), opted_out=_opted_out(live))
    have, merged = live.get("subjects") or [], _marked(live, wanted)
    missing = [one for one in want if one not in have]
    extra = [one for one in have if one not in want]
    if extra and session.parsed.on("remove-extra-subjects"):
        merged = {**merged, "subjects": want}
    elif missing:
        merged = {**merged, "subjects": [*have, *missing]}
    return _plan(merged, live, missing, extra)


def _subject(one: Obj) -> Obj:
    """A subject as the server completes it."""
    return one if one.get("kind") == "ServiceAccount" or one.get("apiGroup") else {"apiGroup": RBAC, **one}


def _plan(merged: Obj, live: Obj, missing: list[Obj], extra: list[Obj]) -> Plan:
    operation = "" if merged == live else "update"
    return Plan(merged, operation, tuple(missing), tuple(extra), _opted_out(live))


def _opted_out(live: Obj) -> bool:
    return (live["metadata"].get("annotations") or {}).get(AUTOUPDATE) == "false"


def _marked(live: Obj, wanted: Obj) -> Obj:
    """The live object with the labels and annotations that are wanted; those that it has count more."""
    metadata = dict(live["metadata"])
    for field in ("labels", "annotations"):
        given = (wanted.get("metadata") or {}).get(field) or {}
        if given:
            metadata[field] = {**given, **(metadata.get(field) or {})}
    return live if metadata == live["metadata"] else {**live, "metadata": metadata}


# ---------------------------------------------------------------------- what is told


def _report(session: Session, plan: Plan, is_role: bool) -> Iterator[str]:
    if not plan.operation:
        return
    yield f"\treconciliation required {plan.operation}{OPTED_OUT if plan.opted_out else ''}"
    word, show = ("rules", _shown_rule) if is_role else ("subjects", _shown_subject)
    flag = "remove-extra-permissions" if is_role else "remove-extra-subjects"
    yield from _listed(f"missing {word} added", plan.missing, show)
    yield from _listed(f"extra {word} {'removed' if session.parsed.on(flag) else 'present'}", plan.extra, show)


def _listed(title: str, items: tuple[Obj, ...], show: Callable[[Obj], str]) -> Iterator[str]:
    if items:
        yield f"\t{title}:"
        yield from (f"\t\t{show(item)}" for item in items)


def _words(items: list[str] | None) -> str:
    return f"[{' '.join(items or ())}]"


def _shown_rule(rule: Obj) -> str:
    fields = (("Verbs", "verbs"), ("APIGroups", "apiGroups"), ("Resources", "resources"),
              ("ResourceNames", "resourceNames"), ("NonResourceURLs", "nonResourceURLs"))
    return f"{{{' '.join(f'{name}:{_words(rule.get(field))}' for name, field in fields)}}}"


def _shown_subject(subject: Obj) -> str:
    fields = (("Kind", "kind"), ("APIGroup", "apiGroup"), ("Name", "name"), ("Namespace", "namespace"))
    return f"{{{' '.join(f'{name}:{subject.get(field) or str()}' for name, field in fields)}}}"
