"""Where a process can have no mounts of its own: Python programs in it open a Pod's secrets through this instead.

Found through PYTHONPATH at the start of the interpreter; `SANB_POD_FILES` is the folder that stands for /run/secrets.
"""

from __future__ import annotations

import builtins
import io
import os
import ssl
import stat
from collections.abc import Callable
from typing import Any

FOLDER = os.environ.get("SANB_POD_FILES", "")
PLACES = ("/var/run/secrets", "/run/secrets")


def there(path: Any) -> Any:
    """Where a path really is."""
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if isinstance(text, str):
        for place in PLACES:
            if text == place or text.startswith(place + "/"):
                return FOLDER + text[len(place):]
    return path


def redirected(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with its first argument looked up."""

    def call(path: Any, *arguments: Any, **options: Any) -> Any:
        return function(there(path), *arguments, **options)

    return call


def is_there(kind: Callable[[int], bool]) -> Callable[[Any], bool]:
    """A test of what a path is; os.path has its own in C, which look nowhere else."""

    def test(path: Any) -> bool:
        try:
            return kind(os.stat(path).st_mode)
        except (OSError, ValueError):
            return False

    return test


def install() -> None:
    """From now on everything in this process that opens files by name looks there."""
    patched: Any = builtins
    patched.open = redirected(builtins.open)
    patched = io
    patched.open = builtins.open
    for name in ("open", "stat", "lstat", "listdir", "scandir", "readlink", "access"):
        setattr(os, name, redirected(getattr(os, name)))
    patched = os.path
    patched.exists, patched.isfile = is_there(lambda mode: True), is_there(stat.S_ISREG)
    patched.isdir = is_there(stat.S_ISDIR)
    load = ssl.SSLContext.load_verify_locations
    patched = ssl.SSLContext
    patched.load_verify_locations = lambda self, cafile=None, capath=None, cadata=None: load(
        self, there(cafile), capath, cadata
    )


if FOLDER:
    install()
