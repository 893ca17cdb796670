"""The Lab as people use it: in JupyterLab, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT, Page, Server
from tests.browser.pictures import judged

OPEN = "import sanb\nc = sanb.Cluster('1.36', seed=7)\nc.lab()"
FAULTY = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: Shell\nspec:\n  containers:\n  - name: main\n    image: nginx\n"
Opener = Callable[..., Page]
pytestmark = pytest.mark.browser
CUT_OFF = """lab => [...lab.querySelectorAll('button, h3, h4, label')].filter(each =>
    each.offsetParent && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline'
).map(each => each.innerText)"""
"""Texts that do not fit into what they label."""
OUTSIDE = """lab => [...lab.querySelectorAll('.canvas .card')].filter(card => {
    const box = card.querySelector('.box').getBoundingClientRect();
    return [...card.querySelectorAll('text')].some(text => {
        const place = text.getBoundingClientRect();
        return place.right > box.right + 1 || place.left < box.left - 1;
    });
}).map(card => card.dataset.id)"""
"""Cards whose texts leave them."""


def opened(open_page: Opener, *cells: str, **how: object) -> Page:
    page = open_page(OPEN, *cells, **how)
    page.run()
    page.node("serviceaccount/default/default").wait_for()
    return page


def step_until(page: Page, name: str) -> None:
    """Step until an object is there; every step is waited for."""
    for _ in range(12):
        if page.node(name).count():
            return
        before = page.lab.get_by_role("status").inner_text()
        page.button("Step").click()
        page.lab.get_by_role("status").filter(has_not_text=before).wait_for()
    raise AssertionError(f"{name} does not appear")


def test_a_namespace_and_a_pod_by_their_forms(open_page: Opener, axe: str) -> None:
    """Create, step, see the account appear, create a Pod, see what admission added and the token in the container."""
    page = opened(open_page)
    page.button("Create Namespace").click()
    page.lab.locator(".frame .title[data-id='namespace/shop']").wait_for()
    assert page.node("serviceaccount/shop/default").count() == 0
    page.lab.get_by_text("learns that Namespace shop was created").wait_for()
    step_until(page, "serviceaccount/shop/default")
    assert page.lab.get_by_role("status").inner_text().endswith("create ServiceAccount shop/default")
    page.shot("lab-controllers")
    assert page.complaints(axe) == []
    page.quiet()

    page.button("Pod").click()
    page.lab.get_by_label("Name", exact=True).fill("Web_1")
    page.lab.get_by_role("alert").get_by_text("must consist of lower case").wait_for()
    assert page.button("Create Pod").is_disabled()
    page.shot("lab-complaint", ".left")
    page.lab.get_by_label("Name", exact=True).fill("web")
    page.tab("Stored as").click()
    page.lab.locator(".create .yaml .added", has_text="serviceAccountName: default").wait_for()
    assert page.node("pod/shop/web").count() == 0
    page.shot("lab-create", ".left")
    page.button("YAML…").click()
    page.lab.get_by_label("YAML to apply").fill(FAULTY)
    page.lab.locator(".editor .wrong", has_text="4").wait_for()
    page.shot("lab-editor", ".left")
    page.button("Pod").click()
    page.lab.get_by_label("Name", exact=True).fill("web")
    page.button("Create Pod").click()
    page.node("pod/shop/web").wait_for()
    page.quiet()
    page.shot("lab-graph", "section.graph")

    page.node("pod/shop/web").click()
    inspector = page.lab.locator(".inspector")
    inspector.locator(".added", has_text="mountPath: /var/run/secrets/kubernetes.io/serviceaccount").wait_for()
    inspector.locator(".later", has_text="nodeName: node-1").wait_for()
    page.shot("lab-yaml", ".inspector")
    page.tab("Timeline").click()
    page.lab.get_by_role("button", name="scheduler").first.click()
    page.lab.get_by_label("The chosen call").get_by_text("nodeName: node-1").first.wait_for()
    page.shot("lab-timeline", ".dock")
    assert page.complaints(axe) == []
    page.tab("Token").click()
    inspector.get_by_text("✓ signature: signed by this cluster's key").wait_for()
    inspector.get_by_text("system:serviceaccount:shop:default").first.wait_for()
    page.shot("lab-token", ".inspector")
    page.tab("Tables").click()
    page.lab.locator("tr.selected", has_text="web").wait_for()
    page.shot("lab-tables", ".dock")
    assert page.complaints(axe) == []
    page.tab("Files").click()
    inspector.get_by_role("treeitem", name="namespace").last.get_by_role("button").click()
    inspector.locator(".file pre", has_text="shop").wait_for()
    page.shot("lab-files", ".inspector")
    page.tab("Shell").click()
    prompt = inspector.get_by_label("Command in container web")
    prompt.fill("cat /var/run/secrets/kubernetes.io/serviceaccount/namespace")
    prompt.press("Enter")
    inspector.locator(".log .out", has_text="shop").wait_for()
    page.shot("lab-shell", ".inspector")
    page.tab("History").click()
    inspector.get_by_text("because").or_(inspector.get_by_text("scheduler")).first.wait_for()
    page.shot("lab-history", ".inspector")
    page.tab("Console").click()
    assert "kubectl run web --image=nginx -n shop" in page.lab.get_by_role("log").last.inner_text()
    page.shot("lab-console", ".dock")
    assert page.complaints(axe) == []
    page.button("Export as script").click()
    page.lab.get_by_label("Script as kubectl").get_by_text("kubectl create namespace shop").wait_for()
    page.shot("lab-script", ".dock")
    page.button("Back to the console").click()

    for width in (1920, 1280, 700):
        page.page.set_viewport_size({"width": width, "height": 1300})
        page.page.wait_for_function("() => !document.querySelector('.sanb').getAnimations({subtree: true}).length")
        page.shot(f"lab-{width}")
        assert page.lab.evaluate("lab => lab.scrollWidth - lab.clientWidth") <= 0
        assert page.lab.evaluate(CUT_OFF) == []
        assert page.lab.evaluate(OUTSIDE) == []
    assert page.troubles == []


def test_a_paused_token_controller_leaves_an_old_cluster_without_tokens(open_page: Opener) -> None:
    page = open_page("import sanb\nc = sanb.Cluster('1.10')\nc.create('namespace', 'shop')\nc.run()\nc.lab()")
    page.run()
    page.node("serviceaccount/shop/default").wait_for()
    page.button("Pause token controller").click()
    page.button("Resume token controller").wait_for()
    prompt = page.lab.locator(".dock").get_by_role("textbox", name="kubectl command")
    page.tab("Console").click()
    prompt.fill("create sa late -n shop")
    prompt.press("Enter")
    page.node("serviceaccount/shop/late").wait_for()
    page.quiet()
    page.button("Pod").click()
    page.lab.get_by_label("ServiceAccount", exact=True).fill("late")
    page.lab.get_by_role("alert").get_by_text('No API token found for service account "late"').wait_for()
    page.shot("lab-no-token")
    page.tab("Controllers").click()
    page.button("Resume token controller").click()
    page.quiet()
    page.button("Create Pod").click()
    page.node("pod/shop/web").wait_for()
    page.quiet()
    page.lab.locator(".canvas .edge[data-type='mounts']").first.wait_for(state="attached")
    page.button("Crash token controller").click()
    page.lab.get_by_role("status").filter(has_text="kube-controller-manager has crashed").wait_for()
    page.shot("lab-old-minor")
    assert page.troubles == []


def test_filters_search_keys_and_focus_of_the_graph_and_loading_it_again(open_page: Opener) -> None:
    page = opened(open_page)
    graph = page.lab.locator("section.graph")
    legend = graph.get_by_role("button", name="ConfigMap", exact=True)
    legend.click()
    page.node("configmap/default/kube-root-ca.crt").wait_for(state="hidden")
    legend.click()
    page.node("configmap/default/kube-root-ca.crt").wait_for(state="visible")
    graph.get_by_label("Namespace", exact=True).select_option("kube-system")
    page.node("serviceaccount/kube-system/default").wait_for()
    graph.get_by_label("Namespace", exact=True).select_option("")
    page.node("serviceaccount/kube-public/default").wait_for()
    graph.get_by_label("Search in the graph").fill("node-1")
    page.lab.locator(".canvas .card.dim").first.wait_for()
    assert "dim" not in (page.node("node/node-1").get_attribute("class") or "")
    graph.get_by_label("Search in the graph").press("Enter")
    page.lab.locator(".inspector").get_by_text("node-1").first.wait_for()
    graph.get_by_label("Search in the graph").fill("")
    page.node("serviceaccount/default/default").focus()
    page.page.keyboard.press("ArrowRight")
    focused = page.page.evaluate("document.activeElement.dataset.id")
    assert focused == "configmap/default/kube-root-ca.crt"
    page.page.keyboard.press("Enter")
    page.lab.locator(".canvas .selected[data-id='configmap/default/kube-root-ca.crt']").wait_for()
    page.page.keyboard.press("Escape")
    page.lab.locator(".inspector.empty").wait_for(state="attached")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.page.reload()
    page.node("serviceaccount/kube-public/default").wait_for()
    assert page.troubles == []


def test_a_stretch_of_the_timeline_chooses_objects_in_graph_and_tables_until_it_is_undone(open_page: Opener) -> None:
    page = opened(open_page)
    page.tab("Timeline").click()
    dim = page.lab.locator(".canvas .card.dim")
    lanes = page.lab.locator(".lanes svg")
    box = lanes.bounding_box()
    marks = lanes.locator(".mark")
    first, last = marks.nth(-6).bounding_box(), marks.last.bounding_box()
    page.page.mouse.move(first["x"] - 6, box["y"] + 4)
    page.page.mouse.down()
    page.page.mouse.move(last["x"] + 24, box["y"] + 10, steps=4)
    page.page.mouse.up()
    dim.first.wait_for()
    page.tab("Tables").click()
    page.lab.get_by_label("Table", exact=True).select_option("configmaps")
    page.lab.locator(".tables .soft", has_text=" of ").first.wait_for()
    some = page.lab.locator(".tables tbody tr").count()
    page.button("Undo filters").click()
    dim.first.wait_for(state="detached")
    page.page.wait_for_function("some => document.querySelectorAll('.sanb .tables tbody tr').length > some", arg=some)
    page.tab("Timeline").click()
    marks.last.focus()
    for _ in range(3):
        page.page.keyboard.press("Shift+ArrowLeft")
    page.lab.get_by_role("button", name="brushed").wait_for()
    assert lanes.locator(".brush").count() == 1
    page.page.keyboard.press("Escape")
    page.lab.get_by_role("button", name="brushed").wait_for(state="detached")
    assert dim.count() == 0
    page.tab("Console").click()
    prompt = page.lab.get_by_role("textbox", name="kubectl command")
    prompt.fill("get servicea")
    prompt.press("Tab")
    page.page.wait_for_function("() => document.querySelector('.sanb .prompt input').value.startsWith('get serviceaccount')")
    prompt.fill("get ns")
    prompt.press("Enter")
    page.lab.get_by_role("log").get_by_text("kube-public").wait_for()
    prompt.fill("version")
    prompt.press("Enter")
    prompt.press("ArrowUp")
    prompt.press("ArrowUp")
    assert prompt.input_value() == "get ns"
    prompt.press("ArrowDown")
    assert prompt.input_value() == "version"
    assert page.troubles == []


def test_parts_stand_alone_and_share_the_selection(open_page: Opener, axe: str) -> None:
    cells = [f"c.lab.{part}()" for part in ("graph", "timeline", "queues", "inspector", "console")]
    page = open_page("import sanb\nc = sanb.Cluster('1.36', seed=7)\nc.run()", *cells, height=3000)
    for number in range(6):
        page.run(number)
    parts = [page.page.locator(".sanb").nth(number) for number in range(5)]
    graph, timeline, queues, inspector, console = parts
    graph.locator(".canvas [data-id='serviceaccount/default/default']").click()
    inspector.get_by_text("ServiceAccount in default").wait_for()
    timeline.locator(".mark").first.wait_for()
    console.get_by_role("textbox", name="kubectl command").fill("create ns shop")
    console.get_by_role("textbox", name="kubectl command").press("Enter")
    graph.locator(".title[data-id='namespace/shop']").wait_for()
    queues.get_by_text("learns that Namespace shop was created").click()
    queues.get_by_text("starts on shop").first.wait_for()
    for part in parts:
        assert part.evaluate("lab => lab.scrollWidth - lab.clientWidth") <= 0
        assert part.evaluate(CUT_OFF) == []
    assert page.complaints(axe) == []
    assert page.troubles == []


def test_playing_and_clicks_while_a_cell_steps_the_cluster(open_page: Opener) -> None:
    busy = (
        "import time\nfor i in range(60):\n    c.create('namespace', f'cell-{i:02}')\n    c.step()\n    time.sleep(0.02)\n"
        "print('done')"
    )
    check = "c.run()\nprint(sanb.replay(c.trace).fingerprint() == c.fingerprint(), len(c.list('namespaces')))"
    page = opened(open_page, "print('free')", busy, check)
    page.button("Play").click()
    page.lab.get_by_label("Speed").select_option("20")
    page.button("Create Namespace").click()
    page.run(1)
    page.page.locator(".jp-OutputArea-output", has_text="free").wait_for()
    page.node("serviceaccount/shop/default").wait_for()
    page.lab.get_by_text("plays when something can happen").wait_for()
    page.button("Pause").first.click()
    page.tab("Console").click()
    prompt = page.lab.get_by_role("textbox", name="kubectl command")
    page.run(2)
    for number in range(15):
        prompt.fill(f"create ns click-{number:02}")
        prompt.press("Enter")
        if page.button("Step").is_enabled():
            page.button("Step").click(no_wait_after=True, force=True)
    page.page.locator(".jp-OutputArea-output", has_text="done").wait_for()
    page.run(3)
    page.page.locator(".jp-OutputArea-output", has_text="True 80").wait_for()
    for name in ("serviceaccount/cell-59/default", "serviceaccount/click-14/default"):
        page.node(name).wait_for(state="attached")
    assert page.troubles == []


def test_versions_side_by_side(open_page: Opener, axe: str) -> None:
    page = open_page("import sanb\nboth = sanb.compare('1.10', '1.36', seed=7)\nboth")
    page.run()
    old = page.lab.get_by_role("region", name="Kubernetes 1.10", exact=True)
    new = page.lab.get_by_role("region", name="Kubernetes 1.36", exact=True)
    page.button("Create Namespace").click()
    for side in (old, new):
        side.locator(".title[data-id='namespace/shop']").wait_for()
    page.quiet()
    old.locator(".card[data-id^='secret/shop/default-token-'] .sign[data-how='only']").wait_for()
    new.locator(".card[data-id='configmap/shop/kube-root-ca.crt'] .sign[data-how='only']").wait_for()
    told = page.lab.get_by_role("region", name="Differences")
    for _ in range(2):
        told.locator("button[title='serviceaccount/shop/default']").first.click()
        for side in (old, new):
            side.locator(".selected[data-id='serviceaccount/shop/default']").wait_for()
        new.get_by_role("button", name="Close").click()
        old.locator(".inspector.empty").wait_for(state="attached")
    page.button("Pod").click()
    page.button("Create Pod").click()
    for side in (old, new):
        side.locator(".card[data-id='pod/shop/web']").wait_for()
    page.quiet()
    old.locator(".card[data-id='pod/shop/web']").click()
    for side, volume in ((old, "default-token"), (new, "kube-api-access")):
        side.locator(".inspector .added", has_text=f"name: {volume}").first.wait_for()
    told.get_by_text("spec.volumes[default-token-*].secret.secretName").wait_for()
    page.shot("lab-compare")
    assert page.complaints(axe) == []
    assert page.lab.evaluate("lab => lab.scrollWidth - lab.clientWidth") <= 0
    old.get_by_role("button", name="Delete").click()
    page.quiet()
    for side in (old, new):
        side.locator(".card[data-id='pod/shop/web']").wait_for(state="detached")
    assert page.troubles == []


def test_a_saved_notebook_shows_a_picture_and_a_sequence_without_a_kernel(open_page: Opener, server: Server) -> None:
    (server.folder / "saved.ipynb").write_bytes((ROOT / "notebooks/00-the-lab.ipynb").read_bytes())
    page = open_page(name="saved.ipynb")
    picture = page.page.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 400
    diagram = page.page.locator(".jp-RenderedMermaid").first
    diagram.scroll_into_view_if_needed()
    diagram.locator("img, svg").first.wait_for()


def test_an_export_to_html_shows_graph_sequence_and_table_without_a_network(chromium: Any, tmp_path: Path) -> None:
    exporter = pytest.importorskip("nbconvert", reason="nbconvert is needed: pip install '.[dev]'").HTMLExporter()
    html, _ = exporter.from_filename(str(ROOT / "notebooks/00-the-lab.ipynb"))
    (tmp_path / "saved.html").write_text(html, encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1200, "height": 1200})
    page = context.new_page()
    page.goto((tmp_path / "saved.html").as_uri(), wait_until="load")
    shown = page.locator(".jp-OutputArea-output")
    sizes = shown.locator("img").evaluate_all("all => all.map(each => [each.naturalWidth, each.clientHeight])")
    assert len(sizes) == 5  # the Lab, the graph, the timeline's sequence, the old Lab, two versions
    assert all(width > 400 and height > 200 for width, height in sizes)
    assert judged("lab-export", shown.locator("img").first.screenshot()) == ""
    assert judged("lab-export-sequence", shown.locator("img").nth(2).screenshot()) == ""
    assert shown.filter(has_text="sequenceDiagram").count() == 0
    assert shown.filter(has_text="NAMESPACE").filter(has_text="SERVICEACCOUNT").count() == 1  # the queues
    context.close()
