"""The verbs of the API and kubectl, for whoever can send requests: a cluster, or somebody who acts in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from sanb.apiserver.request import Request, Response
from sanb.apiserver.resources import Resource
from sanb.bodies import body_of, question_of, resource_of
from sanb.errors import UsageError
from sanb.objects import Object, ObjectList, frozen

if TYPE_CHECKING:
    from sanb.applying import Applied
    from sanb.kubectl.result import Result

PATCH_TYPES = ("strategic", "merge", "json", "apply")


class Verbs:
    """create, get, list, patch, replace, delete, apply and kubectl by `request`."""

    lock: Any

    def request(self, request: Request) -> Response:
        """Send a request and wait for its answer."""
        raise NotImplementedError

    def resources(self) -> Mapping[str, Resource]:
        """The kinds that there are now, by id."""
        raise NotImplementedError

    def kind(self, word: str) -> Resource:
        """The kind that a word means: "pod", "pods", "po", "Pod", also one of a CustomResourceDefinition.

        Raises:
            UsageError: there is none.
        """
        return resource_of(word, self.resources().values())

    def create(self, kind: str, name: str | None = None, *, namespace: str = "default", **fields: Any) -> Object:
        """Create an object from keywords: `c.create("pod", "web", namespace="shop", image="nginx")`.

        Parameters:
            kind: "pod", "pods", "po", "Pod", "deployment", …
            name: its name; or give `generate_name="web-"`.
            namespace: where; ignored for cluster-scoped kinds.
            fields: what the kind takes (image, replicas, data, service_account, automount, labels, …), and `body`, a
                whole or partial manifest that counts more.

        Returns:
            The object as the server stored it; of a question (`c.create("tokenreview", body=...)`) the answer.

        Raises:
            ApiError: the server refused it.
            UsageError: the kind or a keyword is unknown.
        """
        question = question_of(kind, name, fields)
        row = self.kind(kind) if question is None else question[0]
        body = body_of(row, name, fields) if question is None else question[1]
        return self._answer(Request("create", row.id, namespace if row.namespaced else "", body=body))

    def get(self, kind: str, name: str, *, namespace: str = "default") -> Object:
        """One object.

        Raises:
            ApiError: there is no such object (`error.reason == "NotFound"`).
            UsageError: the kind is unknown.
        """
        row = self.kind(kind)
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
        row = self.kind(kind)
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
        row = self.kind(kind)
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
        row, metadata = self.kind(str(obj.get("kind", ""))), obj.get("metadata") or {}
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
        row = self.kind(kind)
        chosen = {"gracePeriodSeconds": grace, "propagationPolicy": propagation}
        body = {key: value for key, value in chosen.items() if value is not None}
        return self._answer(Request("delete", row.id, namespace if row.namespaced else "", name, body=body or None))

    def apply(self, source: Any, *, namespace: str = "default", unknown: str = "refuse") -> Applied:
        """Create or change what a manifest describes, as `kubectl apply` does.

        Parameters:
            source: a path (file, folder, glob), a text of YAML or JSON documents, an object, or a list of objects.
            namespace: for objects that name none.
            unknown: "refuse" kinds that the server does not have, as kubectl does, or "store" them as opaque objects.

        Returns:
            One row for each object: created, configured, unchanged or refused, and why.

        Raises:
            UsageError: the source cannot be read; the text names file, document and line.
        """
        from sanb.applying import apply_all  # kubectl and a YAML parser: a third of the time that an import may take

        return apply_all(self, source, namespace, unknown)

    def _answer(self, request: Request) -> Object:
        # the caller keeps the body and may change it later; what is stored must not change with it
        found: Object = frozen(self.request(request._replace(body=deepcopy(request.body))).body)
        return found

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
