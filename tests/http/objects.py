"""Objects that the tests of clients send."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
POD: Body = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "nginx"}]},
}
DEPLOYMENT: Body = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "dep"},
    "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "dep"}},
        "template": {"metadata": {"labels": {"app": "dep"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}},
    },
}
CRD: Body = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "books.shop.example"},
    "spec": {
        "group": "shop.example", "scope": "Namespaced",
        "names": {"plural": "books", "singular": "book", "kind": "Book", "shortNames": ["bk"]},
        "versions": [{
            "name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "spec": {"type": "object", "properties": {"title": {"type": "string"}}},
                "status": {"type": "object", "properties": {"sold": {"type": "integer"}}},
            }}},
        }],
    },
}
BOOK: Body = {"apiVersion": "shop.example/v1", "kind": "Book", "metadata": {"name": "emma"}, "spec": {"title": "Emma"}}


def config_map(name: str, **data: str) -> Body:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
