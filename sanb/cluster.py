"""The public facade: a control plane with kubectl, tables, graphs and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sanb.apiserver.request import Request
from sanb.applying import Applied, apply_all
from sanb.bodies import body_of, resource_of
from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.kernel.trace import Trace
from sanb.objects import Object, ObjectList, frozen

if TYPE_CHECKING:
    import matplotlib.figure
    import networkx

    from sanb.http.serve import Served
    from sanb.kubectl.result import Result
    from sanb.views.actions import Actions
    from sanb.views.frames import Frames
    from sanb.views.timeline import Timeline

PATCH_TYPES = ("strategic", "merge", "json", "apply")


class Cluster(ControlPlane):
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

    Raises:
        UsageError: a minor, gate or component is unknown; the text lists those that are known.
    """

    _frames: Frames | None = None

    def __init__(self, minor: str | None = None, **options: Any) -> None:
        super().__init__(**options) if minor is None else super().__init__(minor, **options)
        _offer(self)

    # ------------------------------------------------------------------ verbs

    def create(self, kind: str, name: str | None = None, *, namespace: str = "default", **fields: Any) -> Object:
        """Create an object from keywords: `c.create("pod", "web", namespace="shop", image="nginx")`.

        Parameters:
            kind: "pod", "pods", "po", "Pod", "deployment", …
            name: its name; or give `generate_name="web-"`.
            namespace: where; ignored for cluster-scoped kinds.
            fields: what the kind takes (image, replicas, data, service_account, automount, labels, …), and `body`, a
                whole or partial manifest that counts more.

        Returns:
            The object as the server stored it.

        Raises:
            ApiError: the server refused it.
            UsageError: the kind or a keyword is unknown.
        """
        row = resource_of(kind)
        space = namespace if row.namespaced else ""
        return self._answer(Request("create", row.id, space, body=body_of(row, name, fields)))

    def get(self, kind: str, name: str, *, namespace: str = "default") -> Object:
        """One object.

        Raises:
            ApiError: there is no such object (`error.reason == "NotFound"`).
            UsageError: the kind is unknown.
        """
        row = resource_of(kind)
        return self._answer(Request("get", row.id, namespace if row.namespaced else "", name))

    def list(
        self, kind: str, *, namespace: str | None = "default", labels: str | None = None, fields: str | None = None
    ) -> ObjectList:
        """The objects of a kind, in order of (namespace, name).

        Parameters:
            namespace: one namespace, or None for all.
            labels: a label selector, `"app=web,tier!=db"`.
            fields: a field selector, `"status.phase=Running"`.

        Raises:
            ApiError: a selector is malformed.
            UsageError: the kind is unknown.
        """
        row = resource_of(kind)
        options = {key: text for key, text in (("labelSelector", labels), ("fieldSelector", fields)) if text}
        answer = self.request(Request("list", row.id, (namespace or "") if row.namespaced else "", options=options))
        extra = {"apiVersion": row.api_version, "kind": row.kind}
        return ObjectList(frozen({**extra, **item}) for item in answer.body["items"] or ())

    def patch(
        self, kind: str, name: str, patch: Any, *, namespace: str = "default", type: str = "strategic",
        subresource: str = "", field_manager: str = "", force: bool = False,
    ) -> Object:
        """Change an object by a patch: `c.patch("sa", "web", {"automountServiceAccountToken": False})`.

        Parameters:
            type: "strategic", "merge", "json" (RFC 6902) or "apply" (server-side, needs `field_manager`).

        Raises:
            ApiError: the server refused it.
            UsageError: the kind or the type is unknown.
        """
        if type not in PATCH_TYPES:
            raise UsageError(f"unknown patch type {type!r}: choose one of {', '.join(PATCH_TYPES)}")
        row = resource_of(kind)
        options: dict[str, Any] = {"patchType": type}
        if field_manager:
            options["fieldManager"] = field_manager
        if force:
            options["force"] = "true"
        space = namespace if row.namespaced else ""
        return self._answer(Request("patch", row.id, space, name, subresource, patch, options))

    def replace(self, obj: Mapping[str, Any]) -> Object:
        """Put an object in the place of the stored one; a resourceVersion in it must be the stored one.

        Raises:
            ApiError: the server refused it.
            UsageError: the object has no kind or name.
        """
        row, metadata = resource_of(str(obj.get("kind", ""))), obj.get("metadata") or {}
        if not metadata.get("name"):
            raise UsageError(f"replace {row.singular}: the object has no metadata.name")
        space = metadata.get("namespace") or "default"
        body = obj.copy() if isinstance(obj, Object) else dict(obj)
        return self._answer(Request("update", row.id, space if row.namespaced else "", metadata["name"], body=body))

    def delete(
        self, kind: str, name: str, *, namespace: str = "default", grace: int | None = None,
        propagation: str | None = None,
    ) -> Object:
        """Delete an object; finalizers and grace periods may keep it for a while.

        Parameters:
            grace: seconds a Pod gets to stop; 0 removes it at once.
            propagation: "Background", "Foreground" or "Orphan".

        Returns:
            What the server answers: the object, or a Status.

        Raises:
            ApiError: there is no such object, or it may not be deleted.
            UsageError: the kind is unknown.
        """
        row = resource_of(kind)
        chosen = {"gracePeriodSeconds": grace, "propagationPolicy": propagation}
        body = {key: value for key, value in chosen.items() if value is not None}
        return self._answer(Request("delete", row.id, namespace if row.namespaced else "", name, body=body or None))

    def apply(self, source: Any, *, namespace: str = "default") -> Applied:
        """Create or change what a manifest describes, as `kubectl apply` does.

        Parameters:
            source: a path (file, folder, glob), a text of YAML or JSON documents, an object, or a list of objects.
            namespace: for objects that name none.

        Returns:
            One row for each object: created, configured, unchanged or refused, and why.

        Raises:
            UsageError: the source cannot be read; the text names file, document and line.
        """
        return apply_all(self, source, namespace)

    def _answer(self, request: Request) -> Object:
        # the caller keeps the body and may change it later; what is stored must not change with it
        found: Object = frozen(self.request(request._replace(body=deepcopy(request.body))).body)
        return found

    # ------------------------------------------------------------------ what can happen

    def enabled(self) -> Actions:
        """Everything that can happen next, each as a sentence; `c.step(c.enabled()[2])` makes one of them happen."""
        from sanb.views.actions import told

        with self.lock:
            return told(self.world, self._visible(self.world.enabled()))

    # ------------------------------------------------------------------ kubectl

    def kubectl(self, argv: str | Sequence[str], *, stdin: str | None = None) -> Result:
        """Run a command line of kubectl, as the kubectl of this minor does.

        Parameters:
            argv: the command line as text or as words, with or without `kubectl` in front.
            stdin: what `-f -` reads.

        Returns:
            `exit_code`, `stdout` and `stderr`; shown as a terminal shows it. It never raises.
        """
        from sanb.kubectl import run

        with self.lock:
            return run(self, argv if isinstance(argv, str) else [*argv], stdin)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, clock: str = "fast", **options: Any) -> Served:
        """Serve the cluster over HTTPS in the background: `with c.serve() as api: api.url, api.kubeconfig, api.env`.

        Parameters:
            host: a loopback address; another one only if the cluster's keys are random.
            port: 0 for a free one.
            clock: "fast" (everything that a request sets off happens at once) or "realtime" (virtual time follows the
                wall clock).
            options: `token` (the bearer token of `admin`; random by default), `file` (where the kubeconfig is written;
                a temporary file by default, never ~/.kube/config by itself).

        Raises:
            UsageError: the port is taken, the address is not allowed, or the extra `sanb-k8s[serve]` is not installed.
        """
        from sanb.http.serve import serve

        return serve(self, host=host, port=port, clock=clock, **options)

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

    def draw_timeline(self, *, path: str | Path | None = None) -> matplotlib.figure.Figure:
        """A picture of what every component wrote, when, and because of what."""
        from sanb.views.plottimeline import draw_timeline

        with self.lock:
            return draw_timeline(self, path=path)

    def timeline(self, reference: str) -> Timeline:
        """Who did what to one object, when, and why: `c.timeline("secret/shop/default-token-x4b2q")`.

        Raises:
            UsageError: the reference names no known kind.
        """
        from sanb.views.timeline import timeline

        with self.lock:
            return timeline(self, reference)

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
