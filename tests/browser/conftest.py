"""A real JupyterLab and a real browser; `pictures.py` tells what happens to screenshots."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.browser.pictures import judged

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
AXE = "axe-core@4.14.1"
SERIOUS = """async () => (await axe.run(document.querySelector('.sanb'), {resultTypes: ['violations']})).violations
    .filter(each => ['serious', 'critical'].includes(each.impact))
    .flatMap(each => each.nodes.map(node =>
        `${each.id}: ${node.html.slice(0, 160)} ${node.any.map(one => one.message).join('; ').slice(0, 200)}`))"""
CALM = """() => Promise.allSettled([...document.querySelectorAll('.sanb')].flatMap(
    lab => lab.getAnimations({subtree: true})).map(each => each.finished))"""
"""Waits until everything has glided to its place."""
PATIENCE = 30_000
"""Milliseconds; machines of CI are slow."""


class Server:
    """JupyterLab in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """A call of the server's own API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def notebook(self, *cells: str) -> str:
        """Write a notebook; returns its name."""
        name = f"{time.monotonic_ns()}.ipynb"
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        found = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=found, metadata=kernel), self.folder / name)
        return name


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("jupyterlab", reason="JupyterLab is needed: pip install '.[dev]'")
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    news = home / "settings/@jupyterlab/apputils-extension"
    news.mkdir(parents=True)
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(home / "config"), "IPYTHONDIR": str(home / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=",
        "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True", "--allow-root", f"--ServerApp.root_dir={folder}",
        "--expose-app-in-browser",
    ]
    how: dict[str, Any] = {"env": environment, "cwd": folder}
    with (home / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, **how) as process:
        found = Server(folder, port)
        try:
            _wait_for(found, process, home / "log")
            yield found
        finally:
            process.terminate()


def _wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        try:
            server.ask("api/status")
            return
        except OSError:
            assert process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.25)
    raise AssertionError(f"JupyterLab does not answer: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")  # its event loop runs as long as it is there, and other tests are to be without one
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is needed: pip install '.[dev]'")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is needed: apt-get install chromium")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of axe-core, which looks for what people cannot use who do not see, or who have no mouse."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is needed to get axe-core: apt-get install npm")
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run([npm, "pack", "--silent", AXE], cwd=folder, check=True, capture_output=True, timeout=120)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        found = archive.extractfile("package/axe.min.js")
        assert found is not None
        return found.read().decode()


class Page:
    """A notebook in the browser, and the Lab in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.troubles: list[str] = []
        """Errors of scripts, and pictures that are not what they should be."""
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        # JupyterLab asks now and then (which kernel? leave? a lost connection): whatever it proposes
        page.add_locator_handler(page.locator(".jp-Dialog"), lambda: page.locator(".jp-Dialog .jp-mod-accept").last.click())

    def run(self, cell: int = 0) -> None:
        """Run a cell; a page whose kernel is not ready yet forgets what it was told, so it is told again."""
        code = self.page.locator(".jp-Notebook .jp-CodeCell").nth(cell)
        taken = code.locator(".jp-InputArea-prompt").filter(has_not_text="[ ]:")
        for _ in range(30):
            code.locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
            try:
                taken.wait_for(timeout=1000)
                return
            except Exception:  # not yet: again
                continue
        raise AssertionError("the kernel takes no cells")

    @property
    def lab(self) -> Any:
        """The Lab."""
        return self.page.locator(".sanb").first

    def button(self, name: str) -> Any:
        """A button of the Lab."""
        return self.lab.get_by_role("button", name=name, exact=True)

    def tab(self, name: str) -> Any:
        """A tab of the Lab; tabs may show a number after their name."""
        return self.lab.get_by_role("tab", name=name)

    def node(self, name: str) -> Any:
        """An object in the graph."""
        return self.lab.locator(f'.canvas [data-id="{name}"]:not(.leave)')

    def quiet(self) -> None:
        """Run to quiet, and wait until it is."""
        self.button("Run to quiet").click()
        self.lab.locator(".state.calm").wait_for()

    def theme(self, name: str) -> None:
        """Change the theme of JupyterLab: "light" or "dark"."""
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[name])
        self.page.locator(f"body[data-jp-theme-light='{'true' if name == 'light' else 'false'}']").wait_for(state="attached")

    def shot(self, name: str, part: str = "") -> None:
        """Keep a picture in each theme and compare it with the documentation's; `part` is a selector in the Lab."""
        seen = self.lab.locator(part).first if part else self.lab
        size = self.page.viewport_size
        if not part:  # the notebook would show a piece of it only
            self.page.set_viewport_size({**size, "height": max(size["height"], int(seen.bounding_box()["height"]) + 300)})
        for theme in ("dark", "light"):
            self.theme(theme)
            self.page.wait_for_timeout(100)
            self.page.evaluate(CALM)
            wrong = judged(f"{name}-{theme}", seen.screenshot())
            if wrong:
                self.troubles.append(wrong)
        self.page.set_viewport_size(size)

    def complaints(self, axe: str) -> list[str]:
        """What axe finds serious or critical in the Lab, in both themes."""
        self.page.evaluate(axe)
        found = []
        for theme in ("dark", "light"):
            self.theme(theme)
            self.page.wait_for_timeout(200)  # colours are animated
            found += [f"{theme}: {each}" for each in self.page.evaluate(SERIOUS)]
        return found


@pytest.fixture
def open_page(server: Server, chromium: Any) -> Iterator[Callable[..., Page]]:
    """Opens a notebook with these cells: `open_page("c.lab()", width=1280)`."""
    opened: list[Any] = []

    def opener(*cells: str, width: int = 1600, height: int = 1300, name: str = "") -> Page:
        page = chromium.new_page(viewport={"width": width, "height": height})
        opened.append(page)
        found = Page(page)
        page.goto(f"{server.address}/lab/tree/{name or server.notebook(*cells)}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(state="attached")
        return found

    yield opener
    for page in opened:
        page.close()
    for session in server.ask("api/sessions"):
        server.ask(f"api/sessions/{session['id']}", "DELETE")
