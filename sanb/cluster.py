"""The public facade: a control plane with kubectl, tables, graphs and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sanb import acting
from sanb.apiserver.request import Request, Response, UserInfo
from sanb.controlplane import ControlPlane
from sanb.kernel.trace import Trace
from sanb.verbs import Verbs

if TYPE_CHECKING:
    import matplotlib.figure
    import networkx

    from sanb.clients import Client, User, Users
    from sanb.durable.keeper import Saved
    from sanb.http.serve import Served
    from sanb.views.actions import Actions
    from sanb.views.frames import Frames
    from sanb.views.timeline import Timeline
    from sanb.widgets import Lab


class Cluster(ControlPlane, Verbs):
    """A simulated Kubernetes cluster on virtual time.

    The caller is the user `admin` of group `system:masters`. Nothing happens by itself: a verb is answered at once, and
    `run()` lets controllers, scheduler and kubelets react to it.

    Parameters:
        minor: "1.10" to "1.36"; the newest by default.
        seed: decides every random name, uid, delay and key; the same seed and calls give the same bytes.
        gates: feature gates to flip, `{"LegacyServiceAccountTokenNoAutoGeneration": False}`.
        controllers: what runs, in kube-controller-manager's syntax: `"*,-scheduler,-kubelet"`.
        nodes: how many ample Nodes, or descriptions `[{"name": "node-1", "pods": 110}]`; by default one if there is a
            kubelet, else none.
        keys: "seeded" (keys from a pool that is shipped, insecure and repeatable) or "random".
        policy: who goes next; see `sanb.policies`.
        start: when virtual time begins, seconds since the epoch or RFC 3339 text.
        authorization: "RBAC" (with the Node authorizer) or "AlwaysAllow".
        admission: plugins to turn on that are off by default: `["NodeRestriction"]`.
        tokens: static bearer tokens and whose they are: `{"sesame": {"user": "jane", "groups": ["dev"]}}`.

    Raises:
        UsageError: a minor, gate or component is unknown; the text lists those that are known.
    """

    _frames: Frames | None = None

    def __init__(self, minor: str | None = None, **options: Any) -> None:
        super().__init__(**options) if minor is None else super().__init__(minor, **options)
        _offer(self)

    # ------------------------------------------------------------------ what can happen

    def enabled(self) -> Actions:
        """Everything that can happen next, each as a sentence; `c.step(c.enabled()[2])` makes one of them happen."""
        from sanb.views.actions import told

        with self.lock:
            return told(self.world, self._visible(self.world.enabled()))

    # ------------------------------------------------------------------ acting as somebody

    @contextmanager
    def as_(self, user: str | User, *, groups: Sequence[str] = (), uid: str = "") -> Iterator[Self]:
        """Act as somebody else inside the block, as `kubectl --as` does: `with c.as_("system:serviceaccount:shop:web"):`.

        Parameters:
            user: a user name, or a user with a certificate; an account without groups gets those of accounts.
            groups: what else the user is.
        """
        info = UserInfo(user, uid, tuple(groups)) if isinstance(user, str) else user.info
        with acting.block(self, info):
            yield self

    def request(self, request: Request) -> Response:
        """Send a request, as whoever `as_` names, and let the world go on until it is answered.

        Raises:
            ApiError: the request was refused.
            UsageError: the API server is paused.
        """
        return super().request(acting.dressed(self, request))

    def can(
        self, who: acting.Who, verb: str, resource: str, name: str = "", *, namespace: str = "default",
    ) -> bool:
        """Whether somebody may do something: `c.can("jane", "get", "pods/log", namespace="shop")`.

        Parameters:
            who: a user name, a UserInfo, a user with a certificate, or a token.
            verb: "get", "list", "create", …
            resource: "secrets", "deployments.apps", "pods/log", or a path like "/metrics".
            name: of one object; without it the question is about all.
            namespace: where; ignored for cluster-scoped kinds, "" for all namespaces.
        """
        return self.why(who, verb, resource, name, namespace=namespace).allowed

    def why(
        self, who: acting.Who, verb: str, resource: str, name: str = "", *, namespace: str = "default",
    ) -> acting.Why:
        """The same, and why: the binding, the role and the rule that allow it, or what there is instead."""
        with self.lock:
            return acting.explain(self, who, verb, resource, name, namespace)

    def pod(self, namespace: str, name: str) -> acting.PodHandle:
        """A Pod to work in: `c.pod("shop", "web").exec("ls /")`, `.client()` acts with the token mounted there."""
        return acting.PodHandle(self, namespace, name)

    @property
    def users(self) -> Users:
        """People with certificates: `c.users.create("jane", groups=["dev"])` has a key, a certificate and a kubeconfig."""
        from sanb.clients import Users

        return Users(self)

    def client(self, token: str = "") -> Client:
        """Whoever shows this bearer token: `c.client(token).get("pod", "web", namespace="shop")`; without one, nobody known."""
        from sanb.clients import bearer

        return bearer(self, lambda: token, "a bearer token" if token else "anonymous")

    def upgrade(self, minor: str, *, gates: Mapping[str, bool] | None = None) -> None:
        """Go on as a newer minor: the same objects, Pods that go on running, and components that start anew.

        Parameters:
            minor: the same or a newer one.
            gates: feature gates to flip from now on; those of before, if nothing is said.

        Raises:
            UsageError: the minor is unknown or older, or a gate is unknown.
        """
        super().upgrade(minor, gates=gates)
        self._frames = None  # its columns are those of a minor

    # ------------------------------------------------------------------ outliving the process

    def save(self, path: str | Path, *, follow: bool = False) -> Saved:
        """Write the cluster to a file that `Cluster.load` reads.

        Parameters:
            path: the file; a cluster saved there before is replaced.
            follow: go on writing what changes, each time before anybody is answered, until `close()` of what is returned.

        Raises:
            UsageError: what stands there is no saved cluster, is newer, damaged or in use, or cannot be written.
        """
        from sanb.durable.keeper import save

        return save(self, Path(path), follow=follow)

    @classmethod
    def load(cls, path: str | Path, *, controllers: str | Sequence[str] | None = None) -> Self:
        """A cluster as it was saved: the same objects, keys and time; components start anew, as after a crash.

        Parameters:
            path: the file that `c.save(path)` or `sanb serve --save` wrote.
            controllers: what runs from now on; what ran before, if nothing is said.

        Raises:
            UsageError: there is no such file, or it is no saved cluster, newer, damaged or in use; it is left as it is.
        """
        from sanb.durable.restoring import load

        return load(cls, Path(path), controllers)

    # ------------------------------------------------------------------ serving

    @property
    def address(self) -> str:
        """The URL under which the cluster is served now; "" while it is not."""
        served = self._served
        return served.url if served is not None and served.plane is self and not served.closed else ""

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, clock: str = "fast", **options: Any) -> Served:
        """Serve the cluster over HTTPS in the background: `with c.serve() as api: api.url, api.kubeconfig, api.env`.

        Parameters:
            host: a loopback address; another one only if the cluster's keys are random.
            port: 0 for a free one.
            clock: "fast" (everything that a request sets off happens at once), "realtime" (virtual time follows the
                wall clock) or "manual" (only what needs no time happens; you let it pass with `run` or `advance`).
            options: `token` (the bearer token of `admin`; random by default), `file` (where the kubeconfig is written;
                a temporary file by default, never ~/.kube/config by itself), `history` (revisions that are kept; all by default).

        Raises:
            UsageError: the port is taken, the address is not allowed, or the extra `sanb-k8s[serve]` is not installed.
        """
        from sanb.http.serve import serve

        self._served = serve(self, host=host, port=port, clock=clock, **options)
        return self._served

    @contextmanager
    def served(self) -> Iterator[str]:
        """The URL under which the cluster is served: it already is, or it is while the block lasts."""
        if self.address:
            yield self.address
            return
        with self.serve() as api:
            yield api.url

    _served: Served | None = None

    # ------------------------------------------------------------------ views

    @property
    def frames(self) -> Frames:
        """The cluster as pandas DataFrames: `c.frames.pods`, `.secrets`, `.mounts`, `.events`, …"""
        from sanb.views.frames import Frames

        if self._frames is None or self._frames_of is not self.world:
            self._frames, self._frames_of = Frames(self), self.world
        return self._frames

    _frames_of: Any = None

    def graph(self) -> networkx.MultiDiGraph:
        """The objects and their relations: nodes with kind, namespace, name, uid, phase; edges keyed by their type."""
        from sanb.views.graph import graph

        with self.lock:
            return graph(self)

    def draw(self, namespace: str | None = None, *, path: str | Path | None = None) -> matplotlib.figure.Figure:
        """A picture of the objects and who holds which credential; with `path` it is written there too."""
        from sanb.views.plot import draw

        with self.lock:
            return draw(self, namespace=namespace, path=path)

    def draw_timeline(self, namespace: str | None = None, *, path: str | Path | None = None) -> matplotlib.figure.Figure:
        """A picture of what every component wrote, when, and because of what."""
        from sanb.views.plottimeline import draw_timeline

        with self.lock:
            return draw_timeline(self, namespace=namespace, path=path)

    def timeline(self, reference: str) -> Timeline:
        """Who did what to one object, when, and why: `c.timeline("secret/shop/default-token-x4b2q")`.

        Raises:
            UsageError: the reference names no known kind.
        """
        from sanb.views.timeline import timeline

        with self.lock:
            return timeline(self, reference)

    @property
    def lab(self) -> Lab:
        """The Lab, where one watches the cluster reconcile: `c.lab()` in a notebook, or a part like `c.lab.graph()`."""
        from sanb.widgets import Lab

        if self._lab is None or self._lab.cluster is not self:
            self._lab = Lab(self)
        return self._lab

    _lab: Lab | None = None

    # ------------------------------------------------------------------ display

    def __repr__(self) -> str:
        return f"<Cluster {self.minor} seed={self.seed} revision={self.store.rev}>"

    def _repr_html_(self) -> str:
        from sanb.views.display import cluster_html

        with self.lock:
            return cluster_html(self)


def replay(source: str | Path | Trace) -> Cluster:
    """A cluster in the state that a saved trace leads to: `c.trace.save("run.json")`, `sanb.replay("run.json")`.

    Raises:
        UsageError: the file is no trace, or one of another version.
    """
    trace = source if isinstance(source, Trace) else Trace.load(source)
    return Cluster.replayed(trace)


def _offer(cluster: Cluster) -> None:
    """Inside IPython: %kubectl speaks to the cluster that was made last."""
    import sys

    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    from sanb.kubectl.magic import MAGICS, load

    shell = get_ipython()
    if shell is not None:
        if MAGICS.cp is None:
            load(shell)
        MAGICS.use(cluster)
