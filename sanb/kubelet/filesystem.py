"""The files of a container: what its image has, and its volumes with what they were last filled with (SEM 11.2).

Nothing is stored: the tree is made from the Pod and the kubelet's memory when somebody looks. A token is not signed
before somebody reads it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sanb.apiserver.taskapi import kept
from sanb.kernel.world import World
from sanb.kubelet.environment import decoded
from sanb.kubelet.stages import Life
from sanb.kubelet.times import directory
from sanb.kubelet.volumes import Mounted, Source
from sanb.times import parse
from sanb.values import Obj

FILE: Final = "file"
DIRECTORY: Final = "directory"
LINK: Final = "link"
DEFAULT_MODE: Final = 0o644
TOKEN_MODE: Final = 0o600
"""Of a token that belongs to the one user of all containers, or to a group."""
GROUP_READ: Final = 0o440
VOLUME_MODE: Final = 0o1777
EMPTY_DIR_MODE: Final = 0o777
SET_GID: Final = 0o2000
HOPS: Final = 40
"""Links that are followed before it is called a loop."""


class Entry(NamedTuple):
    """A file, directory or link; `content` is a text, perhaps a lazy one: of a link, where it leads."""

    kind: str
    mode: int
    uid: int = 0
    gid: int = 0
    content: Any = ""
    modified: float = 0.0
    memory: bool = False
    """Whether it is on a file system in memory, as volumes are that the kubelet fills."""

    @property
    def text(self) -> str:
        """The content; this signs a token."""
        return str(self.content)

    @property
    def size(self) -> int:
        """Bytes of a file or link; this signs a token."""
        return len(self.text.encode("utf-8", "surrogateescape"))


Tree = dict[str, Entry]
"""Absolute path -> entry. `/var/run` is a link to `/run`: look things up with `look`."""


def files(world: World, namespace: str, pod: str, container: str) -> Tree:
    """All files of a container that runs; empty where there is none."""
    version = world.store.head.get(("pods", namespace, pod))
    life = remembered(world, namespace, pod)
    if version is None or version.obj is None or life is None:
        return {}
    found = running(version.obj, life, container)
    return {} if found is None else tree(version.obj, found, life)


def remembered(world: World, namespace: str, pod: str) -> Life | None:
    """What the kubelet remembers of a Pod; None if it does not have it."""
    life: Life | None = kept(world, "kubelet", (namespace, pod))
    return life


def running(pod: Obj, life: Life, container: str) -> Obj | None:
    """The container of this name, if it runs."""
    spec = pod["spec"]
    every = (*(spec.get("initContainers") or ()), *spec["containers"])
    for one, run in zip(every, life.runs, strict=False):
        if one["name"] == container and run.began and not run.ended:
            return one  # type: ignore[no-any-return]
    return None


def tree(pod: Obj, container: Obj, life: Life) -> Tree:
    """The files of one container: of the image, then each volume over what is at its mount path."""
    found = image_files(pod, life)
    began = parse(life.began)
    mounts = {mounted.volume: mounted for mounted in life.mounts}
    kinds = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    for mount in sorted(container.get("volumeMounts") or (), key=lambda one: str(one["mountPath"]).count("/")):
        path = _real(mount["mountPath"])
        mounted = mounts.get(mount["name"]) or Mounted(mount["name"], (), began)
        entries = volume_files(pod, kinds.get(mount["name"], {}), mounted, life)
        if mount.get("subPath"):
            entries = _part(entries, posixpath.normpath(mount["subPath"]))
        _make_parents(found, path, began)
        for relative, entry in entries.items():
            found[f"{path}/{relative}" if relative else path] = entry
    return found


def look(found: Mapping[str, Entry], path: str, *, follow: bool = True) -> tuple[str, Entry] | None:
    """The entry at a path and its real place; the last link is followed if `follow`."""
    rest = [step for step in path.split("/") if step and step != "."]
    here = ""
    for _ in range(HOPS):
        while rest:
            step = rest.pop(0)
            if step == "..":
                here = here.rpartition("/")[0]
                continue
            entry = found.get(f"{here}/{step}")
            if entry is None:
                return None
            if entry.kind == LINK and (rest or follow):
                target = [one for one in entry.text.split("/") if one and one != "."]
                here, rest = "" if entry.text.startswith("/") else here, target + rest
                break
            if rest and entry.kind != DIRECTORY:
                return None
            here = f"{here}/{step}"
        else:
            return here or "/", found[here or "/"]
    return None


def children(found: Mapping[str, Entry], path: str) -> list[str]:
    """The names in a directory, sorted."""
    prefix = "/" if path == "/" else path + "/"
    start = len(prefix)
    return sorted(p[start:] for p in found if p.startswith(prefix) and len(p) > start and "/" not in p[start:])


# ---------------------------------------------------------------------- volumes


def volume_files(pod: Obj, volume: Obj, mounted: Mounted, life: Life) -> Tree:
    """The entries of a volume by relative path; "" is the volume itself."""
    group = (pod["spec"].get("securityContext") or {}).get("fsGroup")
    payload: Tree = {}
    for source in mounted.sources:
        payload.update(source_files(pod, volume, source, mounted.since))
    special = bool(mounted.sources) or any(kind in volume for kind in WRITTEN)
    mode = VOLUME_MODE if special else EMPTY_DIR_MODE
    when = mounted.since
    root = Entry(DIRECTORY, mode if group is None else mode | SET_GID, 0, group or 0, modified=when, memory=special)
    if not special:
        return {"": root}
    drawn = int.from_bytes(blake2b(f"{life.uid}/{mounted.volume}/{when}".encode(), digest_size=8).digest(), "big")
    stamp = directory(when, drawn)
    inner = root._replace(mode=0o755 if group is None else 0o2775)
    link = Entry(LINK, 0o777, modified=when, memory=True)
    entries: Tree = {"": root, stamp: inner, "..data": link._replace(content=stamp)}
    for path in sorted(payload):
        top, *_ = steps = path.split("/")
        for depth in range(1, len(steps)):
            entries[f"{stamp}/{'/'.join(steps[:depth])}"] = inner
        entry = payload[path]
        if group is not None:
            entry = entry._replace(gid=group, mode=entry.mode | GROUP_READ)
        entry = entry._replace(memory=True)
        entries[f"{stamp}/{path}"] = entry
        entries[top] = link._replace(content=f"..data/{top}")
    return entries


WRITTEN: Final = ("secret", "configMap", "downwardAPI", "projected")
"""Kinds of volumes whose files the kubelet writes."""


def source_files(pod: Obj, volume: Obj, source: Source, when: float) -> Iterator[tuple[str, Entry]]:
    """The files of one source, before ownership by group."""
    default = next((volume[kind].get("defaultMode") for kind in WRITTEN if kind in volume), None)
    mode = DEFAULT_MODE if default is None else int(default)
    if source.kind == "token":
        owner, group = _file_user(pod), (pod["spec"].get("securityContext") or {}).get("fsGroup")
        if owner is not None or group is not None:
            mode = TOKEN_MODE
        yield source.spec["path"], Entry(FILE, mode, owner or 0, 0, source.data.text, when)
        return
    items = source.spec.get("items")
    if source.kind == "downwardAPI":
        modes = {item["path"]: item.get("mode") for item in items or ()}
        for path, text in source.data.items():
            yield path, Entry(FILE, _either(modes.get(path), mode), content=text, modified=when)
        return
    values = _values(source)
    chosen = [(item["key"], item["path"], item.get("mode")) for item in items or ()] or [(k, k, None) for k in values]
    for key, path, own in chosen:
        if key in values:
            yield posixpath.normpath(path), Entry(FILE, _either(own, mode), content=values[key], modified=when)


def _either(mode: int | None, default: int) -> int:
    return default if mode is None else mode


def _values(source: Source) -> dict[str, Any]:
    if source.kind == "secret":
        return {key: decoded(value) for key, value in source.data.items()}
    texts, binary = source.data
    return {**texts, **{key: decoded(value) for key, value in binary.items()}}


def _file_user(pod: Obj) -> int | None:
    """The user that all containers run as, if they all name the same."""
    spec = pod["spec"]
    own = (spec.get("securityContext") or {}).get("runAsUser")
    users = [
        (one.get("securityContext") or {}).get("runAsUser", own)
        for field in ("initContainers", "containers", "ephemeralContainers") for one in spec.get(field) or ()
    ]
    return users[0] if users and all(user is not None and user == users[0] for user in users) else None


def _part(entries: Tree, path: str) -> Tree:
    """What a `subPath` mounts: one file or directory of the volume, links followed; an empty directory if it is new."""
    whole = {f"/{relative}" if relative else "/": entry for relative, entry in entries.items()}
    found = look(whole, path)
    if found is None:
        return {"": Entry(DIRECTORY, 0o755, modified=entries[""].modified)}
    place, entry = found
    inside = place.removeprefix("/") + "/"
    parts = {relative[len(inside) :]: one for relative, one in entries.items() if relative.startswith(inside)}
    return {"": entry, **parts}


# ---------------------------------------------------------------------- the image


def _real(path: str) -> str:
    """A mount path as the runtime resolves it: `/var/run` is a link to `/run`."""
    path = posixpath.normpath("/" + path.strip("/"))
    return path.removeprefix("/var") if path == "/var/run" or path.startswith("/var/run/") else path


def _make_parents(found: Tree, path: str, when: float) -> None:
    """The directories above a mount point, which the runtime makes."""
    parent = posixpath.dirname(path)
    while parent != "/" and parent not in found:
        found[parent] = Entry(DIRECTORY, 0o755, modified=when)
        parent = posixpath.dirname(parent)


PROGRAMS: Final = (
    "[", "base64", "bash", "cat", "cut", "date", "echo", "env", "false", "grep", "head", "hostname", "id", "ls",
    "mount", "printenv", "pwd", "readlink", "sh", "sleep", "sort", "tail", "test", "tr", "true", "wc", "whoami",
)
FOLDERS: Final = (
    "/", "/boot", "/dev", "/etc", "/home", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp",
    "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/sbin", "/usr/share", "/var", "/var/cache",
    "/var/lib", "/var/log", "/var/tmp",
)
LINKS: Final = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/var/run": "/run"}
MODES: Final = {"/tmp": 0o1777, "/var/tmp": 0o1777, "/root": 0o700, "/proc": 0o555, "/sys": 0o555}
PASSWD: Final = (
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
)
BUILT: Final = 1_751_328_000.0
"""2025-07-01: when the images were built, for all their files."""


def _image() -> Tree:
    found = {path: Entry(DIRECTORY, MODES.get(path, 0o755), modified=BUILT) for path in FOLDERS}
    found |= {path: Entry(LINK, 0o777, content=target, modified=BUILT) for path, target in LINKS.items()}
    found |= {f"/usr/bin/{name}": Entry(FILE, 0o755, content=f"<{name}>", modified=BUILT) for name in PROGRAMS}
    found["/etc/passwd"] = Entry(FILE, 0o644, content=PASSWD, modified=BUILT)
    found["/etc/group"] = Entry(FILE, 0o644, content="root:x:0:\nwww-data:x:33:\n", modified=BUILT)
    found["/etc/os-release"] = Entry(
        FILE, 0o644, content='PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
        modified=BUILT,
    )
    found["/dev/null"] = Entry(FILE, 0o666, modified=BUILT)
    return found


IMAGE: Final[Mapping[str, Entry]] = _image()


def hostname(pod: Obj) -> str:
    """What the containers of a Pod call their host."""
    spec = pod["spec"]
    if spec.get("hostNetwork"):
        return str(spec.get("nodeName", ""))
    return str(spec.get("hostname") or pod["metadata"]["name"])[:63].rstrip("-.")


def image_files(pod: Obj, life: Life) -> Tree:
    """The files every image has, with those that the runtime writes for the Pod."""
    name, space, began = hostname(pod), pod["metadata"]["namespace"], parse(life.began)
    hosts = (
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
        f"fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{life.ip}\t{name}\n"
    )
    resolve = (
        f"search {space}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
    )
    texts = {"/etc/hostname": name + "\n", "/etc/hosts": hosts, "/etc/resolv.conf": resolve}
    return {**IMAGE, **{path: Entry(FILE, 0o644, content=text, modified=began) for path, text in texts.items()}}
