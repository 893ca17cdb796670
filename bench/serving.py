"""The API over HTTPS: creates, gets, lists, watches; beside kmock and a server that does nothing, in the same run.

Figures of a real control plane (1.36 with etcd, two cores that the load shared) are quoted: 687 Pods/s and 787
ServiceAccounts/s created by sixteen clients, 0.35 s for a list of 10,000 Pods.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.measure import Row, at_least, at_most, told

PODS, ACCOUNTS, LIST, SHORT = 10_000, 2_000, 0.35, 2_000
REAL_PODS, REAL_ACCOUNTS = 687.0, 787.0
SERVE = ["sanb.cli", "serve", "--port", "0", "--token", "secret", "--controllers", "*,-scheduler,-kubelet", "--nodes", "0"]
"""As in the real one that was measured: an API server and a controller manager."""


@contextmanager
def _process(*argv: str) -> Iterator[Any]:
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as programs are that somebody has installed
    process = subprocess.Popen([sys.executable, "-u", "-m", *argv], stdout=subprocess.PIPE, text=True, env=compiled)
    try:
        assert process.stdout is not None
        yield process.stdout
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _ours() -> Iterator[str]:
    with _process(*SERVE) as out:
        yield out.readline().split(" at ")[1].split(" ")[0]


@contextmanager
def _other(*name: str) -> Iterator[str]:
    with _process("bench.servers", *name) as out:
        yield out.readline().strip()


def _load(what: str, url: str, count: int, **options: Any) -> float:
    """Seconds that a load takes."""
    more = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", what, url, f"--count={count}", *more], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(json.loads(done.stdout))


def _start() -> float:
    """Seconds from the command to the first answer."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        began = perf_counter()
        with _process(*SERVE, "--kubeconfig", str(config)) as out:
            out.readline()
            url = json.loads(config.read_text())["clusters"][0]["cluster"]["server"]
            import requests

            assert requests.get(f"{url}/readyz", verify=False, timeout=10).text == "ok"
            return perf_counter() - began


def _real(scale: float) -> list[Row]:
    """Beside what a real control plane did under the same load."""
    pods, accounts = max(500, int(PODS * scale)), max(500, int(ACCOUNTS * scale))
    with _other("echo") as url:
        most = pods / _load("requests", url, pods)
        lean = pods / _load("create", url, pods)
    with _ours() as url:
        made = accounts / _load("requests", url, accounts, kind="serviceaccounts")
        created = pods / _load("requests", url, pods)
        own = pods / _load("create", url, pods, start=pods)
        listed = _load("list", url, pods)
    length = 2 * pods
    due = LIST * length / 10_000
    ceiling = f"the load's own ceiling: {most:,.0f}/s"
    return [
        at_least(f"{pods:,} Pods created by 16 TLS clients", f"{created:,.0f}/s", f"a real 1.36: 687/s; {ceiling}",
                 created / REAL_PODS, 1),
        at_least(f"{accounts:,} ServiceAccounts created by them", f"{made:,.0f}/s", f"a real 1.36: 787/s; {ceiling}",
                 made / REAL_ACCOUNTS, 1),
        told(f"{pods:,} Pods created by lean clients", f"{own:,.0f}/s", f"the load's own ceiling: {lean:,.0f}/s"),
        at_most(f"list of {length:,} Pods", f"{listed:.2f} s", f"a real 1.36: 0.35 s for 10,000; {due:.2f} s", listed / due, 1),
    ]


def _beside(name: str, url: str) -> dict[str, float]:
    """Rates of one server that holds 2,000 Pods."""
    few, many = (20, 20) if name == "kmock" else (1_000, 2_000)
    return {
        "creates/s": few / _load("create", url, few, start=10_000),
        "gets/s": many / _load("get", url, many),
        "lists/s": 1 / _load("list", url, SHORT),
        "events/s to 200 watchers": few * 200 / _load("fan", url, few, start=20_000),
    }


def _kmock() -> list[Row]:
    if find_spec("kmock") is None:
        return [told("beside kmock", "", "not installed: pip install '.[bench]'")]
    with _ours() as url:
        _load("create", url, SHORT)
        ours = _beside("sanb", url)
    with _other("kmock", str(SHORT)) as url:  # put in directly: through its API that takes many minutes
        theirs = _beside("kmock", url)
    limits = {"creates/s": 50.0}
    return [
        at_least(f"{what}, 2,000 Pods there", f"{ours[what]:,.1f}", f"kmock 0.8 (no TLS): {theirs[what]:,.1f}",
                 ours[what] / theirs[what], limits.get(what, 1.0))
        for what in ours
    ]


def rows(scale: float) -> list[Row]:
    """Everything about the served API."""
    import warnings

    warnings.simplefilter("ignore")  # the certificate is not looked at
    start = min(_start() for _ in range(3))
    return [*_real(scale), *_kmock(), at_most("`sanb serve`, from start to first answer", f"{start:.2f} s", "1 s", start, 1.0)]
