"""The Lab as an app: Voilà serves it, without a notebook around it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CALM, PATIENCE, ROOT, Page
from tests.browser.pictures import judged

pytestmark = pytest.mark.browser


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    """The address of the app that `make app` serves."""
    pytest.importorskip("voila", reason="Voilà is needed: pip install '.[dev]'")
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    recipe = next(line for line in lines if "nbconvert" in line and "the-lab" in line)
    words = recipe.replace("$(BIN)/jupyter nbconvert", f"{sys.executable} -m nbconvert").replace("$(OUT)", str(tmp_path)).split()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(tmp_path / "the-lab.ipynb"), "--no-browser", f"--port={port}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")}
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/voila/static/", timeout=5)
                    break
                except urllib.error.HTTPError:
                    break  # it answers
                except OSError:
                    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
                    time.sleep(0.25)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def test_the_lab_is_an_app(app: str, chromium: Any) -> None:
    tab = chromium.new_page(viewport={"width": 1600, "height": 1200})
    page = Page(tab)
    tab.goto(app, timeout=2 * PATIENCE)
    page.node("serviceaccount/default/default").wait_for()
    tab.get_by_text("A tour of ten minutes").wait_for()
    assert tab.locator(".sanb").count() == 1  # what else the notebook shows is for those who write code
    page.button("Create Namespace").click()
    page.quiet()
    page.node("serviceaccount/shop/default").wait_for()
    tab.wait_for_timeout(100)
    tab.evaluate(CALM)
    assert judged("lab-app", tab.screenshot()) == ""
    tab.close()
