"""Starts a program that sees a Pod's secrets under /var/run/secrets: run as a script, it knows nothing of sanb.

    python podview.py FOLDER PROGRAM [ARGUMENT ...]

The program gets mounts of its own (and, for ordinary users, a user namespace) in which FOLDER is /run/secrets. Nobody
else sees that, and it ends with the program.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_BIND = 0x1000
MS_MOVE = 0x2000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
BEFORE = ".before"
"""Where the old /run is, when the new one had to be made."""


def main() -> None:
    """Show FOLDER as /run/secrets, and become the program."""
    folder, argv = sys.argv[1], sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    _own_namespace(libc)
    _mount(libc, "none", "/", "", MS_REC | MS_PRIVATE)
    for run in sorted({os.path.realpath("/run"), os.path.realpath("/var/run")}):
        if not os.path.isdir(f"{run}/secrets"):
            _make_room(libc, run)
        _mount(libc, folder, f"{run}/secrets", "", MS_BIND | MS_REC)
    os.execvp(argv[0], argv)


def _own_namespace(libc: ctypes.CDLL) -> None:
    user, group = os.getuid(), os.getgid()
    if user == 0 and libc.unshare(CLONE_NEWNS) == 0:
        return
    if libc.unshare(CLONE_NEWNS | CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no mount namespace of its own")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _make_room(libc: ctypes.CDLL, run: str) -> None:
    """Put an empty file system in the place of /run, with links to what was there, and a place for secrets."""
    place = tempfile.mkdtemp(prefix="sanb-run-")
    _mount(libc, "tmpfs", place, "tmpfs", 0)
    os.mkdir(f"{place}/{BEFORE}")
    os.mkdir(f"{place}/secrets")
    _mount(libc, run, f"{place}/{BEFORE}", "", MS_BIND | MS_REC)
    for name in os.listdir(f"{place}/{BEFORE}"):
        os.symlink(f"{BEFORE}/{name}", f"{place}/{name}")
    _mount(libc, place, run, "", MS_MOVE)
    os.rmdir(place)


def _mount(libc: ctypes.CDLL, source: str, target: str, kind: str, flags: int) -> None:
    if libc.mount(source.encode(), target.encode(), kind.encode() or None, flags, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


if __name__ == "__main__":
    main()
