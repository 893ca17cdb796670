"""The files of a Pod's containers, and the tokens among them."""

from __future__ import annotations

import stat
from typing import Any, Final

from sanb.errors import UsageError
from sanb.kubelet import filesystem
from sanb.times import rfc3339
from sanb.widgets import tokens

SIZE: Final = 64 * 1024
"""Characters of a file that are shown."""
KINDS: Final = {filesystem.FILE: stat.S_IFREG, filesystem.DIRECTORY: stat.S_IFDIR, filesystem.LINK: stat.S_IFLNK}


def containers(cp: Any, namespace: str, pod: str, obj: Any) -> list[dict[str, Any]]:
    """For each container its mounts and its entries: path, kind, rights, where a link leads."""
    found = []
    for one in obj["spec"]["containers"]:
        tree = filesystem.files(cp.world, namespace, pod, one["name"])
        mounts = [[mount["mountPath"], mount["name"], bool(mount.get("readOnly"))]
                  for mount in one.get("volumeMounts") or ()]
        found.append({
            "name": one["name"], "image": one["image"], "mounts": mounts,
            "files": [_row(path, tree[path]) for path in sorted(tree)],
        })
    return found


def _row(path: str, entry: filesystem.Entry) -> list[Any]:
    rights = stat.filemode(KINDS[entry.kind] | entry.mode)
    return [path, entry.kind, rights, entry.text if entry.kind == filesystem.LINK else ""]


def contents(cp: Any, namespace: str, pod: str, container: str, path: str) -> dict[str, Any]:
    """What a file holds; a token among them is explained.

    Raises:
        UsageError: there is no such file.
    """
    found = filesystem.look(filesystem.files(cp.world, namespace, pod, container), path)
    if found is None or found[1].kind != filesystem.FILE:
        raise UsageError(f"{path} is no file of container {container}")
    real, entry = found
    text = entry.text
    answer = {
        "path": path, "real": real, "text": text[:SIZE], "size": entry.size, "modified": rfc3339(entry.modified),
        "rights": stat.filemode(KINDS[entry.kind] | entry.mode), "owner": f"{entry.uid}:{entry.gid}",
    }
    if text.startswith("eyJ") and text.count(".") == 2:
        answer["token"] = tokens.explained(cp, text.strip(), path)
    return answer


def mounted_tokens(cp: Any, namespace: str, pod: str, obj: Any) -> list[dict[str, Any]]:
    """The tokens that containers find among their files."""
    found: dict[str, dict[str, Any]] = {}
    for one in obj["spec"]["containers"]:
        tree = filesystem.files(cp.world, namespace, pod, one["name"])
        for mount in one.get("volumeMounts") or ():
            path = f"{mount['mountPath'].rstrip('/')}/token"
            place = filesystem.look(tree, path)
            if place is not None and place[1].kind == filesystem.FILE and place[1].text not in found:
                found[place[1].text] = tokens.explained(cp, place[1].text.strip(), f"{one['name']}: {path}")
    return list(found.values())

