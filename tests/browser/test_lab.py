"""The Lab as people use it: in JupyterLab, in Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Page, Server

OPEN = "import sanb\nc = sanb.Cluster('1.36', seed=7)\nc.lab()"
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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_namespace_and_a_pod_by_their_forms(open_page: Opener, dark: bool) -> None:
    """Create, step, see the account appear, create a Pod, see what admission added and the token in the container."""
    page = opened(open_page, dark=dark)
    theme = "dark" if dark else "light"
    page.button("Create Namespace").click()
    page.lab.locator(".frame .title[data-id='namespace/shop']").wait_for()
    assert page.node("serviceaccount/shop/default").count() == 0
    page.lab.get_by_text("learns that Namespace shop was created").wait_for()
    page.shot(f"namespace-{theme}")
    for _ in range(3):
        page.button("Step").click()
    page.node("serviceaccount/shop/default").wait_for()
    assert page.lab.get_by_role("status").inner_text().endswith("create ServiceAccount shop/default")
    page.shot(f"steps-{theme}")
    page.quiet()

    page.button("Pod").click()
    page.lab.get_by_label("Name", exact=True).fill("Web_1")
    page.lab.get_by_role("alert").get_by_text("must consist of lower case").wait_for()
    assert page.button("Create Pod").is_disabled()
    page.shot(f"complaint-{theme}")
    page.lab.get_by_label("Name", exact=True).fill("web")
    page.tab("Stored as").click()
    page.lab.locator(".create .yaml .added", has_text="serviceAccountName: default").wait_for()
    page.button("Create Pod").click()
    page.node("pod/shop/web").wait_for()
    page.quiet()

    page.node("pod/shop/web").click()
    inspector = page.lab.locator(".inspector")
    inspector.locator(".added", has_text="mountPath: /var/run/secrets/kubernetes.io/serviceaccount").wait_for()
    inspector.locator(".later", has_text="nodeName: node-1").wait_for()
    page.tab("Timeline").click()
    page.lab.get_by_role("button", name="scheduler").first.wait_for()
    page.shot(f"pod-{theme}")
    page.tab("Token").click()
    inspector.get_by_text("✓ signature: signed by this cluster's key").wait_for()
    inspector.get_by_text("system:serviceaccount:shop:default").first.wait_for()
    page.tab("Tables").click()
    page.lab.locator("tr.selected", has_text="web").wait_for()
    page.shot(f"token-{theme}")
    page.tab("Files").click()
    inspector.get_by_role("treeitem", name="namespace").last.get_by_role("button").click()
    inspector.locator(".file pre", has_text="shop").wait_for()
    page.tab("Console").click()
    assert "kubectl run web --image=nginx -n shop" in page.lab.get_by_role("log").inner_text()
    page.shot(f"files-{theme}")
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
    page.shot("no-token")
    page.tab("Controllers").click()
    page.button("Resume token controller").click()
    page.quiet()
    page.button("Create Pod").click()
    page.node("pod/shop/web").wait_for()
    page.quiet()
    page.lab.locator(".canvas .edge[data-type='mounts']").first.wait_for(state="attached")
    page.shot("old-minor")
    assert page.troubles == []


def test_filters_search_keys_and_focus_of_the_graph(open_page: Opener) -> None:
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
    assert page.troubles == []


def test_playing_leaves_other_cells_free(open_page: Opener) -> None:
    page = opened(open_page, "print('free')")
    page.button("Play").click()
    page.lab.get_by_label("Speed").select_option("20")
    page.button("Create Namespace").click()
    page.run(1)
    page.page.locator(".jp-OutputArea-output", has_text="free").wait_for()
    page.node("serviceaccount/shop/default").wait_for()
    page.lab.get_by_text("plays when something can happen").wait_for()
    page.button("Pause").first.click()
    assert page.troubles == []


def test_clicks_while_a_cell_steps_the_cluster(open_page: Opener) -> None:
    busy = (
        "import time\nfor i in range(60):\n    c.create('namespace', f'cell-{i:02}')\n    c.step()\n    time.sleep(0.02)\n"
        "print('done')"
    )
    check = "c.run()\nprint(sanb.replay(c.trace).fingerprint() == c.fingerprint(), len(c.list('namespaces')))"
    page = opened(open_page, busy, check)
    page.tab("Console").click()
    prompt = page.lab.get_by_role("textbox", name="kubectl command")
    page.run(1)
    for number in range(15):
        prompt.fill(f"create ns click-{number:02}")
        prompt.press("Enter")
        if page.button("Step").is_enabled():
            page.button("Step").click(no_wait_after=True, force=True)
    page.page.locator(".jp-OutputArea-output", has_text="done").wait_for()
    page.run(2)
    page.page.locator(".jp-OutputArea-output", has_text="True 79").wait_for()
    for name in ("serviceaccount/cell-59/default", "serviceaccount/click-14/default"):
        page.node(name).wait_for(state="attached")
    assert page.troubles == []


@pytest.mark.parametrize("width", [1280, 1920, 700])
def test_nothing_overlaps_or_is_cut_off(open_page: Opener, width: int) -> None:
    page = opened(open_page, width=width)
    page.button("Create Namespace").click()
    page.quiet()
    page.button("Pod").click()
    page.lab.get_by_text("Create Pod").wait_for()
    page.button("Create Pod").click()
    page.quiet()
    page.node("pod/shop/web").click()
    page.lab.locator(".inspector .yaml").wait_for()
    page.shot(f"width-{width}")
    assert page.lab.evaluate("lab => lab.scrollWidth - lab.clientWidth") <= 0
    assert page.lab.evaluate(CUT_OFF) == []
    assert page.lab.evaluate(OUTSIDE) == []


def test_a_page_that_is_loaded_again_shows_the_state_it_had(open_page: Opener) -> None:
    page = opened(open_page)
    page.button("Create Namespace").click()
    page.quiet()
    page.page.keyboard.press("Control+s")
    page.page.wait_for_timeout(1500)
    page.page.reload()
    page.page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.node("serviceaccount/shop/default").wait_for()


def test_a_saved_notebook_shows_a_picture_without_a_kernel(open_page: Opener, server: Server) -> None:
    from tests.browser.conftest import ROOT

    (server.folder / "saved.ipynb").write_bytes((ROOT / "notebooks/02-the-lab.ipynb").read_bytes())
    page = open_page(name="saved.ipynb")
    picture = page.page.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 400
