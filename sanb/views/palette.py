"""Colours, letters and strokes of every picture: safe for colour-blind readers, and never colour alone.

The hues are those of Okabe and Ito; where they are too pale for a light background they are darkened until the contrast
to it is at least 3:1 (white letters on a badge: 4.5:1).
"""

from __future__ import annotations

from typing import Final, NamedTuple

CARD: Final = "#FBFBF8"
"""The background of a picture: its own light card, so that it reads the same in light and dark notebooks."""
FRAME: Final = "#FFFFFF"
INK: Final = "#1F2933"
SOFT: Final = "#5A6672"
"""Secondary text."""
RULE: Final = "#C9CFD6"
"""Borders that carry no meaning."""


class KindStyle(NamedTuple):
    """How objects of a kind look; `shape` is one of pen.SHAPES."""

    colour: str
    letters: str
    shape: str


class Stroke(NamedTuple):
    """How links of a type look; `dashes` are (on, off, …) in units of the line's width, () is solid."""

    colour: str
    dashes: tuple[float, ...] = ()
    width: float = 1.5
    words: str = ""


KINDS: Final[dict[str, KindStyle]] = {
    "Namespace": KindStyle("#4B5563", "ns", "pill"),
    "ServiceAccount": KindStyle("#0072B2", "sa", "circle"),
    "Secret": KindStyle("#B84E00", "sec", "hexagon"),
    "ConfigMap": KindStyle("#80600A", "cm", "square"),
    "Pod": KindStyle("#00785A", "pod", "rounded"),
    "ReplicaSet": KindStyle("#A8487F", "rs", "octagon"),
    "Deployment": KindStyle("#6B4C9A", "dep", "tag"),
    "Node": KindStyle("#374151", "node", "pill"),
    "Service": KindStyle("#1F6F8B", "svc", "square"),
    "Role": KindStyle("#1B6E88", "role", "diamond"),
    "RoleBinding": KindStyle("#2F5D8A", "rb", "tag"),
    "ClusterRole": KindStyle("#1B6E88", "c.role", "diamond"),
    "ClusterRoleBinding": KindStyle("#2F5D8A", "crb", "tag"),
    "User": KindStyle("#9A3B6A", "user", "circle"),
    "Group": KindStyle("#9A3B6A", "group", "pill"),
    "StatefulSet": KindStyle("#6B4C9A", "sts", "tag"),
    "DaemonSet": KindStyle("#6B4C9A", "ds", "tag"),
    "ReplicationController": KindStyle("#A8487F", "rc", "octagon"),
    "ControllerRevision": KindStyle("#A8487F", "rev", "octagon"),
    "CronJob": KindStyle("#7A4A8C", "cron", "tag"),
    "Job": KindStyle("#A8487F", "job", "octagon"),
    "HorizontalPodAutoscaler": KindStyle("#6B4C9A", "hpa", "diamond"),
    "PodDisruptionBudget": KindStyle("#4B5563", "pdb", "diamond"),
    "Endpoints": KindStyle("#1F6F8B", "ep", "square"),
    "EndpointSlice": KindStyle("#1F6F8B", "eps", "square"),
    "Ingress": KindStyle("#1F6F8B", "ing", "hexagon"),
    "IngressClass": KindStyle("#4B5563", "ic", "diamond"),
    "NetworkPolicy": KindStyle("#4B5563", "np", "diamond"),
    "PersistentVolumeClaim": KindStyle("#80600A", "pvc", "octagon"),
    "PersistentVolume": KindStyle("#80600A", "pv", "pill"),
    "StorageClass": KindStyle("#4B5563", "sc", "diamond"),
    "PriorityClass": KindStyle("#4B5563", "pc", "diamond"),
    "ResourceQuota": KindStyle("#4B5563", "quota", "diamond"),
    "LimitRange": KindStyle("#4B5563", "limits", "diamond"),
    "CustomResourceDefinition": KindStyle("#4B5563", "crd", "tag"),
    "Lease": KindStyle("#4B5563", "lease", "square"),
    "Event": KindStyle("#4B5563", "ev", "square"),
}
"""Letters are kubectl's short names where it has one. The legend has this order."""
OTHER: Final = KindStyle("#4B5563", "obj", "square")

STROKES: Final[dict[str, Stroke]] = {
    "uses": Stroke("#0072B2", (), 1.7, "uses"),
    "mounts": Stroke("#B84E00", (), 1.7, "mounts"),
    "reads": Stroke("#B84E00", (1.0, 1.6), 1.7, "reads (env)"),
    "references": Stroke("#0072B2", (4.0, 2.0), 1.4, "lists"),
    "issued-for": Stroke("#8A5A00", (6.0, 1.8, 1.2, 1.8), 1.4, "issued for"),
    "pulls-with": Stroke("#80600A", (1.2, 1.8), 1.6, "pulls with"),
    "owns": Stroke("#8F4A96", (), 1.4, "owns"),
    "runs-on": Stroke("#6B7280", (), 0.9, "runs on"),
    "binds": Stroke("#1B6E88", (), 1.4, "binds"),
    "grants": Stroke("#1B6E88", (4.0, 2.0), 1.4, "grants"),
    "bound-to": Stroke("#80600A", (), 1.4, "bound to"),
    "of-class": Stroke("#6B7280", (1.2, 1.8), 1.2, "of class"),
    "prioritized-by": Stroke("#6B7280", (1.2, 1.8), 1.2, "has the priority of"),
    "governed-by": Stroke("#1F6F8B", (4.0, 2.0), 1.3, "governed by"),
    "routes-to": Stroke("#1F6F8B", (), 1.4, "routes to"),
    "reaches": Stroke("#1F6F8B", (1.2, 1.8), 1.3, "reaches"),
    "stands-for": Stroke("#1F6F8B", (4.0, 2.0), 1.3, "stands for"),
    "serves-with": Stroke("#B84E00", (4.0, 2.0), 1.4, "serves with"),
    "scales": Stroke("#6B4C9A", (4.0, 2.0), 1.4, "scales"),
    "calls": Stroke("#374151", (4.0, 2.0), 1.3, "calls"),
    "answered-by": Stroke("#374151", (), 1.3, "answered by"),
}
PLAIN: Final = Stroke("#6B7280", (), 1.3)

VERBS: Final = {
    "create": "#00785A", "update": "#0072B2", "patch": "#0072B2", "delete": "#B84E00", "deletecollection": "#B84E00",
    "get": "#6B7280", "list": "#6B7280", "watch": "#6B7280",
}
FAILED: Final = "#B3261E"


def kind(name: str) -> KindStyle:
    """The look of a kind."""
    return KINDS.get(name, OTHER)


def stroke(name: str) -> Stroke:
    """The look of a type of link."""
    return STROKES.get(name, PLAIN._replace(words=name))


def tint(colour: str, share: float) -> str:
    """The colour thinned with white; `share` is what remains of it."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02X}" for part in parts)


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
