"""The examples have tests of their own, which use the pytest plugin as anybody's would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize(("example", "needs"), [("controller", "kubernetes"), ("kopf-operator", "kopf")])
def test_the_tests_of_an_example_pass(example: str, needs: str, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="serving needs the extra serve")
    pytest.importorskip(needs, reason=f"{needs} is not installed")
    argv = [sys.executable, "-m", "pytest", "-p", "sanb.testing", "-p", "no:cacheprovider", "-q", str(EXAMPLES / example)]
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    env = {**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "HOME": str(tmp_path)}
    done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


def test_every_example_is_listed() -> None:
    listed = (EXAMPLES / "README.md").read_text()
    names = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
    assert names == ["controller", "kopf-operator"]
    assert all(f"`{name}/`" in listed for name in names)
