"""kubectl auth can-i and whoami (SEM 12.6)."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.discovery import reviews
from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import output
from sanb.kubectl.flags import SWITCH, TEXT, Flag
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj
from sanb.views import text
from sanb.views.describe.rbac import compact

FLAGS: Final = {
    "all-namespaces": Flag(SWITCH, "A"),
    "quiet": Flag(SWITCH, "q"),
    "subresource": Flag(),
    "list": Flag(SWITCH),
    "no-headers": Flag(SWITCH),
}
STRANGERS: Final = ("*", "users", "groups")
"""Words that are asked about although they are no resources."""
WHOAMI_FLAGS: Final = {"output": Flag(TEXT, "o")}
VERBS: Final = (
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "*",
    "approve",
    "sign",
    "escalate",
    "attest",
)
REVIEW: Final = "authorization.k8s.io/v1"
GAP: Final = {"1.10": "\n", "1.24": "\n\n"}
"""What ends a warning."""
USAGE: Final = "you must specify two arguments: verb resource or verb resource/resourceName."


def can_i(session: Session) -> None:
    """Print whether the user may do something; exit 1 for no."""
    if session.parsed.on("list"):
        _list(session)
        return
    attributes, warnings = _attributes(session)
    session.err.extend(f"Warning: {one}{session.profile.pick(GAP)}" for one in warnings)
    body = {"apiVersion": REVIEW, "kind": "SelfSubjectAccessReview", "spec": attributes}
    status = session.ask("create", "selfsubjectaccessreviews.authorization.k8s.io", body=body)["status"]
    quiet = session.parsed.on("quiet")
    if status.get("allowed"):
        session.print("" if quiet else "yes\n")
        return
    reason = "".join(f" - {status[key]}" for key in ("reason", "evaluationError") if status.get(key))
    session.print("" if quiet else f"no{reason}\n")
    raise Failure("")


def _attributes(session: Session) -> tuple[Obj, list[str]]:
    words = session.parsed.arguments
    if len(words) not in (2, 3):
        raise error(USAGE)
    verb, what = words[0], words[1]
    if what.startswith("/"):
        return {"nonResourceAttributes": {"verb": verb, "path": what}}, []
    warnings = [] if verb in VERBS else [f"verb '{verb}' is not a known verb"]
    plural, _, name = what.partition("/")
    name = words[2] if len(words) == 3 else name
    attributes: Obj = {"verb": verb}
    namespace = "" if session.parsed.on("all-namespaces") else session.namespace
    try:
        row = session.resolve(plural)
        attributes["resource"], attributes["group"] = row.plural, _group(session, row, plural)
        if not row.namespaced and plural != "*":
            warnings.append(
                f"resource '{row.plural}' is not namespace scoped" + (f" in group '{row.group}'" if row.group else "")
            )
            namespace = ""
    except Failure:  # what the server does not have may be in a role all the same: the whole word is asked about
        attributes["resource"] = plural
        kind, _, group = plural.partition(".")
        if plural not in STRANGERS:
            warnings.append(f"the server doesn't have a resource type '{kind}'" + (f" in group '{group}'" if group else ""))
    more = {"name": name, "namespace": namespace, "subresource": session.parsed.text("subresource")}
    return {"resourceAttributes": {**attributes, **{key: value for key, value in more.items() if value}}}, warnings


def _group(session: Session, row: Resource, word: str) -> str:
    """The group that a word asks about: that of the kind, or an older one that is named and served.

    Raises:
        Failure: the older group is no longer served.
    """
    named = word.lower().partition(".")[2]
    aliases = {one.partition("/")[0] for others in row.aliases.values() for one in others} - {row.group}
    if named not in aliases:
        return row.group
    if all(one.partition("/")[0] != named for one in session.profile.pick(row.aliases)):
        raise error(f"no kind {word}")
    return named


def _list(session: Session) -> None:
    body = {"apiVersion": REVIEW, "kind": "SelfSubjectRulesReview", "spec": {"namespace": session.namespace}}
    status = session.ask("create", "selfsubjectrulesreviews.authorization.k8s.io", body=body)["status"]
    urls = [{**rule, "apiGroups": [], "resources": []} for rule in status.get("nonResourceRules") or ()]
    rows = [list(row) for row in compact([*(status.get("resourceRules") or ()), *urls])]
    head = [] if session.parsed.on("no-headers") else [["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]]
    session.print(text.lines([*head, *rows], session.profile))


def whoami(session: Session) -> None:
    """Print whom the server takes the user for."""
    versions = reviews(session.profile).get("selfsubjectreviews", ("authentication.k8s.io/v1",))
    body = {"apiVersion": versions[0], "kind": "SelfSubjectReview"}
    try:
        answer = session.ask("create", "selfsubjectreviews.authentication.k8s.io", body=body)
    except ApiError as refusal:
        known = "the selfsubjectreviews API is not enabled in the cluster"
        if refusal.code == 403:
            raise error(f"{known} or you do not have permission to call it") from None
        if refusal.code == 404:
            raise error(known) from None
        raise
    form = session.parsed.text("output")
    if form:
        output.write(session, form, [answer])
        return
    session.print(text.lines([["ATTRIBUTE", "VALUE"], *_attributes_of(answer["status"]["userInfo"])], session.profile))


def _attributes_of(user: dict[str, Any]) -> list[list[str]]:
    rows = [["Username", user.get("username", "")], ["UID", user.get("uid", "")]]
    groups, extra = user.get("groups") or [], user.get("extra") or {}
    rows.append(["Groups", f"[{' '.join(groups)}]" if groups else ""])
    rows += [[f"Extra: {key}", f"[{' '.join(extra[key])}]"] for key in sorted(extra)]
    return [row for row in rows if row[1]]
