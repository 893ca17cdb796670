"""The committed bundle is what its sources make, small, and asks nobody on the network."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "sanb/widgets/static"
FILES = ("lab.js", "lab.css")


def test_building_the_front_end_again_makes_the_committed_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are needed to build the front end: apt-get install nodejs npm")
    front = tmp_path / "frontend"
    shutil.copytree(ROOT / "frontend", front, ignore=shutil.ignore_patterns("node_modules"))
    _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], front)
    _run(["npm", "run", "--silent", "check"], front)
    _run(["node", "build.mjs", str(tmp_path / "out")], front)
    for name in FILES:
        fresh = (tmp_path / "out" / name).read_bytes()
        assert fresh == (STATIC / name).read_bytes(), f"{name} is not what frontend/ makes: run make frontend and commit it"


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_script_is_below_a_hundred_kilobytes() -> None:
    assert (STATIC / "lab.js").stat().st_size < 100_000
    assert sum((STATIC / name).stat().st_size for name in FILES) < 120_000


def test_nothing_is_fetched_from_the_network() -> None:
    text = "".join((STATIC / name).read_text(encoding="utf-8") for name in FILES)
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
    assert addresses <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink",
        "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/", "http://www.w3.org/1998/Math/MathML",
    }
    assert "import(" not in text
    assert "@import" not in text
    assert "url(http" not in text
