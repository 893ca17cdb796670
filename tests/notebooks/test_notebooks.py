"""Notebooks are committed with the outputs that nbval compares, and start where Binder starts them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STORY = ROOT / "notebooks" / "01-the-story-of-a-token.ipynb"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_code_cell_was_executed_in_order(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code" and cell.source.strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_outputs_are_there_and_no_widget_state_is(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) > 10
    assert "widgets" not in notebook.metadata
    assert not [out for cell in shown for out in cell.outputs if out.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_output_depends_on_the_machine(path: Path) -> None:
    text = path.read_text()
    assert "0x7f" not in text
    assert str(ROOT) not in text


@pytest.mark.slow
def test_binder_can_build_and_run_the_notebook(tmp_path: Path) -> None:
    """What Binder does, without docker: install binder/requirements.txt, run postBuild, execute the notebook."""
    try:
        urllib.request.urlopen(_index(), timeout=10).close()
    except OSError as problem:
        pytest.skip(f"a package index is needed to install what Binder installs: {problem}")
    clone = tmp_path / "repo"
    ignore = shutil.ignore_patterns(".venv*", ".git", ".*_cache", "out", "__pycache__")
    shutil.copytree(ROOT, clone, ignore=ignore)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    binary = venv / "bin"
    environment = {**os.environ, "PATH": f"{binary}:{os.environ['PATH']}", "VIRTUAL_ENV": str(venv)}
    environment.pop("PYTHONPATH", None)
    quiet = ["--quiet", "--disable-pip-version-check"]
    _run([binary / "pip", "install", *quiet, "-r", "binder/requirements.txt"], clone, environment)
    _run(["bash", "binder/postBuild"], clone, environment)
    target = tmp_path / "executed.ipynb"
    _run(
        [binary / "jupyter", "nbconvert", "--to", "notebook", "--execute", "--output", target, STORY.name],
        clone / "notebooks", environment,
    )
    fresh, committed = nbformat.read(target, 4), nbformat.read(STORY, 4)
    assert [_texts(cell) for cell in fresh.cells] == [_texts(cell) for cell in committed.cells]


def _index() -> str:
    found = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL") or found.stdout.strip() or "https://pypi.org/simple"


def _run(command: list[object], where: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [str(word) for word in command], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    outputs = cell.get("outputs", ())
    return [str(out.get("text") or out.get("data", {}).get("text/plain", "")) for out in outputs]
