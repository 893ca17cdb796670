"""Who may do what: decisions of the authorizer among few and among many bindings, and the frame of permissions."""

from __future__ import annotations

from time import perf_counter
from types import SimpleNamespace

from bench.measure import Row, at_most, told
from sanb.apiserver.access import Access
from sanb.apiserver.authorizer import NodeAndRbac
from sanb.apiserver.relations import BINDINGS, GRANTING, INDEXERS, ROLES
from sanb.apiserver.request import Request, UserInfo
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj, quiet_gc
from sanb.views.framearrays import load_pandas
from sanb.views.frames import Frames

FEW, MANY = 1_000, 100_000
FRAMED = 10_000
ASKED = 20_000
SPACES = 100


def _stored(count: int) -> Store:
    """So many RoleBindings in 100 namespaces, each of one account to the role of its namespace."""
    store = Store(INDEXERS, 0, GRANTING)
    rules = [{"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "configmaps"]}]
    for space in range(SPACES):
        namespace = f"ns-{space}"
        store.commit((ROLES, namespace, "r"), {
            "kind": "Role", "metadata": {"name": "r", "namespace": namespace}, "rules": rules})
    for number in range(count):
        namespace, name = f"ns-{number % SPACES}", f"b{number}"
        store.commit((BINDINGS, namespace, name), _binding(namespace, name, f"sa{number}"))
    return store


def _binding(namespace: str, name: str, account: str) -> Obj:
    return {
        "kind": "RoleBinding", "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "name": account}],
    }


def _user(number: int, count: int) -> tuple[UserInfo, str]:
    number = number * 7919 % count
    namespace = f"ns-{number % SPACES}"
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return UserInfo(f"system:serviceaccount:{namespace}:sa{number}", groups=groups), namespace


def decisions(count: int) -> tuple[float, float]:
    """Seconds of one decision among so many bindings: asked as a review does, and as a request does."""
    store = _stored(count)
    view = View(store, 0.0, Profile.of("1.36"), 0)
    authorizer = NodeAndRbac()
    users = [_user(number, count) for number in range(ASKED)]
    accesses = [Access(user, "list", "", "pods", "", namespace) for user, namespace in users]
    requests = [Request("list", "pods", namespace, user=user) for user, namespace in users]
    with quiet_gc():
        start = perf_counter()
        allowed = sum(authorizer.decide(view, access).allowed for access in accesses)
        middle = perf_counter()
        for request in requests:
            authorizer(view, request)
        end = perf_counter()
    assert allowed == ASKED
    return (middle - start) / ASKED, (end - middle) / ASKED


def rows(scale: float) -> list[Row]:
    """Decisions, and the rows of the frame of permissions."""
    few, many = max(100, int(FEW * scale)), max(1_000, int(MANY * scale))
    small, large = min(decisions(few), decisions(few)), decisions(many)
    framed = max(1_000, int(FRAMED * scale))
    frames = Frames(SimpleNamespace(store=_stored(framed), world=None))
    load_pandas()
    start = perf_counter()
    made = len(frames.permissions)
    took = perf_counter() - start
    return [
        told(f"decisions of the authorizer among {few:,} bindings", f"{1 / small[0]:,.0f}/s"),
        at_most(f"the same among {many:,} bindings, to that", f"{1 / large[0]:,.0f}/s", "indexed by subject",
                large[0] / small[0], 2.0),
        told(f"requests let through among {many:,} bindings", f"{1 / large[1]:,.0f}/s"),
        told(f"the frame of permissions of {framed:,} bindings, {made:,} rows", f"{took:.2f} s"),
    ]
