"""Acting as somebody, asking what somebody may do and why, and working in a Pod."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from sanb.apiserver import impersonation, nodeauthorizer, rbac, rulecover
from sanb.apiserver.access import MASTERS, Access, refused
from sanb.apiserver.authn import Verdict, authenticate
from sanb.apiserver.request import ADMIN, NOBODY, Request, UserInfo
from sanb.apiserver.view import View
from sanb.bodies import resource_of
from sanb.errors import ApiError, UsageError

if TYPE_CHECKING:
    import networkx

    from sanb.clients import Client, User
    from sanb.cluster import Cluster
    from sanb.kubelet.shell import Done

Who: TypeAlias = "str | UserInfo | User"
TOKEN_BEGINS: Final = "eyJ"
TOKEN_FILE: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_ACTING: Final[ContextVar[tuple[tuple[object, UserInfo], ...]]] = ContextVar("acting", default=())
"""Clusters and the users that blocks around the running code act as, innermost last; each thread has its own."""


@contextmanager
def block(cluster: object, user: UserInfo) -> Iterator[None]:
    """Calls to the cluster are made as the user while the block lasts."""
    before = _ACTING.set((*_ACTING.get(), (cluster, user)))
    try:
        yield
    finally:
        _ACTING.reset(before)


def dressed(cluster: object, request: Request) -> Request:
    """The request as the user of the innermost block makes it; somebody else's request stays as it is."""
    user = next((user for owner, user in reversed(_ACTING.get()) if owner is cluster), None)
    if user is None or request.user is not ADMIN:
        return request
    if request.impersonate is None:
        return request._replace(impersonate=user)
    return request._replace(user=impersonation.completed(user))


# ---------------------------------------------------------------------- who


def user_of(who: Who) -> UserInfo:
    """The user that is meant; a name alone gets the groups that the server gives whoever authenticates with it."""
    if not isinstance(who, str):
        return who if isinstance(who, UserInfo) else who.info
    if who == ADMIN.name:
        return ADMIN
    if who.startswith(nodeauthorizer.PREFIX):
        return UserInfo(who, groups=(nodeauthorizer.GROUP, impersonation.AUTHENTICATED))
    return impersonation.completed(UserInfo(who))


def access_of(user: UserInfo, verb: str, resource: str, name: str, namespace: str) -> Access:
    """What is asked about."""
    if resource.startswith("/"):
        return Access(user, verb, path=resource)
    word, _, subresource = resource.partition("/")
    try:
        row = resource_of(word)
    except UsageError:
        plural, _, group = word.partition(".")
        return Access(user, verb, group, plural, subresource, namespace, name)
    space = namespace if row.namespaced else name if row.id == "namespaces" else ""
    return Access(user, verb, row.group, row.plural, subresource, space, name)


# ---------------------------------------------------------------------- why


class Why(NamedTuple):
    """The answer to `c.why(...)`: whether it is allowed, the sentence of the server, and the chains that lead to it.

    `chains` are the grants that allow it; where it is not allowed, `having` are all that the user has in that scope.
    """

    allowed: bool
    access: Access
    text: str
    chains: tuple[rbac.Grant, ...] = ()
    having: tuple[rbac.Grant, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed

    def __repr__(self) -> str:
        return self.text

    def graph(self) -> networkx.MultiDiGraph:
        """The chains as a graph: subject -> binding -> role -> rule; where nothing allows it, what the user has."""
        from sanb.views.graph import load_networkx

        found = load_networkx().MultiDiGraph()
        for grant in self.chains or self.having:
            _draw(found, self.access.user, grant)
        return found


def explain(cluster: Cluster, who: Who, verb: str, resource: str, name: str, namespace: str) -> Why:
    """Whether somebody may do something, and by which binding, role and rule."""
    shown = _verdict(cluster, who)
    if shown is not None and shown.user is None:
        nobody = access_of(NOBODY, verb, resource, name, namespace)
        return Why(False, nobody, f"not allowed: the token is worth nothing: {shown.error or 'nobody knows it'}")
    user = user_of(who) if shown is None or shown.user is None else shown.user
    access = access_of(user, verb, resource, name, namespace)
    view = View(cluster.store, cluster.now, cluster.profile, cluster.seed)
    verdict = cluster.authorizer.decide(view, access)
    having = rbac.all_grants(view, user, access.namespace)
    chains = tuple(grant for grant in having.grants if rbac.allows(grant.rule, access))
    if verdict.allowed:
        return Why(True, access, _allowed(access, chains, verdict.reason), chains)
    refusal = refused(access, cluster.profile, verdict.reason).message
    return Why(False, access, _denied(refusal, having.grants), (), having.grants)


def _verdict(cluster: Cluster, who: Who) -> Verdict | None:
    """What the API server would say to a token at this moment; None if it is none that is meant."""
    if not isinstance(who, str) or not who.startswith(TOKEN_BEGINS) or who.count(".") != 2:
        return None
    view = View(cluster.store, cluster.now, cluster.profile, cluster.seed)
    return authenticate(view, cluster.server, who)


def _allowed(access: Access, chains: Sequence[rbac.Grant], reason: str) -> str:
    if MASTERS in access.user.groups:
        return f"allowed: {access.user.name} is in the group {MASTERS}, which may do everything"
    if not chains:
        node = nodeauthorizer.node_of(access.user)
        who = f"the Node authorizer lets node {node} do that" if node else reason or "every request is allowed"
        return f"allowed: {who}"
    return "\n".join(["allowed:", *(f"  {_chain(access.user, grant)}" for grant in chains)])


def _denied(refusal: str, having: Sequence[rbac.Grant]) -> str:
    own = [grant for grant in having if grant.binding["metadata"].get("labels", {}).get(BOOTSTRAP) is None]
    lines = [f"not allowed: {refusal}"]
    if own:
        lines.append("what there is instead:")
        lines += [f"  {grant.reason.removeprefix('allowed by ')}: {rule_text(grant.rule)}" for grant in own]
    else:
        lines.append("no binding but those that everybody has")
    return "\n".join(lines)


BOOTSTRAP: Final = "kubernetes.io/bootstrapping"


def rule_text(rule: dict[str, Any]) -> str:
    """A rule in words: `get, list pods`, `get /metrics`."""
    verbs = ", ".join(rule.get("verbs") or ())
    if rule.get("nonResourceURLs"):
        return f"{verbs} {', '.join(rule['nonResourceURLs'])}"
    groups = [group for group in rule.get("apiGroups") or () if group]
    what = ", ".join(rule.get("resources") or ()) + (f" of {', '.join(groups)}" if groups else "")
    names = rule.get("resourceNames")
    return f"{verbs} {what} named {', '.join(names)}" if names else f"{verbs} {what}"


def _chain(user: UserInfo, grant: rbac.Grant) -> str:
    binding, reference = grant.binding, grant.binding["roleRef"]
    subject = rbac.subject_text(grant.subject, binding["metadata"].get("namespace", ""))
    return (
        f"{user.name} is {subject} -> {binding['kind']} {binding['metadata']['name']}"
        f" -> {reference['kind']} {reference['name']} -> {rule_text(grant.rule)}"
    )


def _draw(found: Any, user: UserInfo, grant: rbac.Grant) -> None:
    from sanb.views.relate import thing_id

    binding, reference = grant.binding, grant.binding["roleRef"]
    space = binding["metadata"].get("namespace", "")
    who = f"user/{user.name}"
    bound = thing_id(binding["kind"], space, binding["metadata"]["name"])
    role = thing_id(reference["kind"], space if reference["kind"] == "Role" else "", reference["name"])
    rule = f"{role}#{rulecover.text(grant.rule)}"
    found.add_node(who, kind="User", namespace="", name=user.name)
    found.add_node(bound, kind=binding["kind"], namespace=space, name=binding["metadata"]["name"])
    found.add_node(role, kind=reference["kind"], namespace=space, name=reference["name"])
    found.add_node(rule, kind="Rule", namespace="", name=rule_text(grant.rule))
    for source, target, type_ in ((who, bound, "bound-by"), (bound, role, "grants"), (role, rule, "has-rule")):
        found.add_edge(source, target, type_)


# ---------------------------------------------------------------------- Pods


class PodHandle:
    """A running Pod: run commands in it."""

    def __init__(self, cluster: Cluster, namespace: str, name: str) -> None:
        self.cluster, self.namespace, self.name = cluster, namespace, name

    def exec(self, command: str | Sequence[str], *, container: str = "") -> Done:
        """Run a command in a container, the first one by default: `exec("cat /etc/hostname")`.

        Parameters:
            command: words, or a text that is split at blanks.
        """
        argv = command.split() if isinstance(command, str) else [*command]
        return self.cluster.exec(self.namespace, self.name, container or self._first(), argv)

    def run(
        self, program: str | Path | Sequence[str], *arguments: str, container: str = "", timeout: float | None = 120.0,
        env: Mapping[str, str] | None = None,
    ) -> Done:
        """Run a real program of this machine as if it were in the Pod: `c.pod("default", "web").run("script.py")`.

        It has the Pod's environment and finds the Pod's token and the CA certificate under /var/run/secrets, so that
        `kubernetes.config.load_incluster_config()` works. The cluster is served while it runs.

        Parameters:
            program: a Python script, or the words of a command.
            timeout: seconds until it is ended.
            env: variables to add.

        Raises:
            ApiError: there is no such Pod or container.
            UsageError: the container does not run, or the program does not end in time.
        """
        from sanb.http import incluster
        from sanb.kubelet.shell import ExecError

        argv = [sys.executable, str(program)] if isinstance(program, str | Path) else list(program)
        cluster, inside = self.cluster, (self.namespace, self.name, container or self._first())
        with cluster.served() as url:
            try:
                return incluster.run(cluster, url, *inside, [*argv, *arguments], env=env, timeout=timeout)
            except ExecError as error:
                raise UsageError(f"pod {self.namespace}/{self.name}: {error}; let it start first: run()") from None

    def client(self, container: str = "") -> Client:
        """Act as the Pod does: with the token that is mounted in it, read anew for every request, and nothing else.

        Parameters:
            container: the first one by default.

        Raises:
            ApiError: there is no such Pod.
            UsageError: no token is mounted there, or the Pod does not run (when a request is made).
        """
        from sanb.clients import bearer

        inside = container or self._first()
        return bearer(self.cluster, lambda: self._token(inside), f"pod {self.namespace}/{self.name}")

    def _token(self, container: str) -> str:
        from sanb.kubelet.shell import ExecError

        try:
            done = self.cluster.exec(self.namespace, self.name, container, ["cat", TOKEN_FILE])
        except (ExecError, ApiError) as error:
            if isinstance(error, ApiError) and error.code != 400:
                raise
            raise UsageError(f"pod {self.namespace}/{self.name}: {error}; let it start first: run()") from None
        if done.exit_code:
            raise UsageError(
                f"pod {self.namespace}/{self.name} has no token at {TOKEN_FILE}: it or its account does not mount one"
                " (automountServiceAccountToken)"
            )
        return done.stdout

    def _first(self) -> str:
        pod = self.cluster.get("pod", self.name, namespace=self.namespace)
        return str(pod["spec"]["containers"][0]["name"])

    def __repr__(self) -> str:
        return f"<Pod {self.namespace}/{self.name}>"
