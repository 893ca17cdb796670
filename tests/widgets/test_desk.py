"""The desk tells its panels differences, and applies what they ask for in one place."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import weakref

import sanb
from sanb.widgets import picture
from sanb.widgets.desk import PARTS
from tests.widgets.conftest import Browser


def whole(browser: Browser) -> dict[str, object]:
    """What a browser would be told that opens the Lab now."""
    return browser.ask("hello")["sections"]


def test_a_browser_that_follows_differences_sees_what_one_sees_that_comes_later(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    for _ in range(6):
        browser.ask("step")
    browser.create("deployment", name="web", namespace="shop", image="nginx", replicas="3")
    browser.ask("run")
    browser.ask("remove", name="deployment/shop/web")
    browser.ask("run")
    followed = json.loads(json.dumps(browser.sections))
    assert whole(browser) == followed


def test_a_step_sends_what_differs_however_large_the_cluster_is() -> None:
    small, large = Browser(sanb.Cluster("1.36")), Browser(sanb.Cluster("1.36"))
    for number in range(120):
        large.cluster.create("configmap", f"c-{number}", data={"key": "value"})
    large.cluster.run()
    sizes = []
    for browser in (small, large):
        browser.create("namespace", name="zz")
        browser.ask("step")
        before = len(browser.sent)
        browser.ask("step")
        sizes.append(sum(len(json.dumps(message)) for message in browser.sent[before:]))
    assert max(sizes) < 4000
    assert abs(sizes[0] - sizes[1]) < 400


def test_stepping_shows_the_account_appear_in_a_new_namespace(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    assert "shop" in browser.sections["frames"]
    assert "serviceaccount/shop/default" not in browser.nodes
    assert browser.next[0] == "controller manager: learns that Namespace shop was created"
    said = []
    while "serviceaccount/shop/default" not in browser.nodes:
        browser.ask("step")
        said.append(browser.sections["head"]["said"])
    assert said[-1] == "API server: serves ServiceAccount controller: create ServiceAccount shop/default"


def test_a_click_on_an_action_makes_exactly_that_happen(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    browser.ask("step")
    place = next(at for at, words in enumerate(browser.next) if words.startswith("root CA publisher: starts on shop"))
    browser.ask("act", number=browser.sections["actions"]["order"][place])
    assert browser.sections["cards"]["root-ca-certificate-publisher-controller"]["doing"] == [
        "creating ConfigMap shop/kube-root-ca.crt for shop"
    ]
    assert browser.sections["cards"]["serviceaccount-controller"]["keys"] == ["shop"]


def test_what_can_no_longer_happen_says_so_and_changes_nothing(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    number = browser.sections["actions"]["order"][0]
    browser.ask("run")
    before = browser.cluster.fingerprint(), browser.cluster.world.steps
    assert "can no longer happen" in browser.answer("act", number=number)["error"]
    assert (browser.cluster.fingerprint(), browser.cluster.world.steps) == before


def test_a_quiet_cluster_is_not_stepped_into_tomorrow(browser: Browser) -> None:
    time = browser.sections["head"]["time"]
    assert "it is quiet" in browser.answer("step")["error"]
    assert browser.sections["head"]["time"] == time
    browser.ask("pass", span="1h")
    assert browser.cluster.now == 1767225600.0 + 3600


def test_a_paused_component_gathers_keys_and_the_others_go_on(browser: Browser) -> None:
    browser.ask("pause", component="serviceaccount-controller", on=True)
    browser.create("namespace", name="shop")
    browser.ask("run")
    card = browser.sections["cards"]["serviceaccount-controller"]
    assert (card["paused"], card["keys"], card["can"]) == (True, ["shop"], False)
    assert "configmap/shop/kube-root-ca.crt" in browser.nodes
    assert "serviceaccount/shop/default" not in browser.nodes
    assert not browser.sections["head"]["busy"]
    browser.ask("pause", component="serviceaccount-controller", on=False)
    browser.ask("run")
    assert "serviceaccount/shop/default" in browser.nodes


def test_one_component_is_stepped_alone(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    browser.ask("step", component="serviceaccount-controller")
    browser.ask("step", component="serviceaccount-controller")
    assert browser.sections["cards"]["serviceaccount-controller"]["doing"] == ["creating ServiceAccount shop/default for shop"]
    assert browser.answer("step", component="serviceaccount-controller")["error"] == "it has nothing to do"
    browser.ask("step", component="kube-apiserver")
    assert "serviceaccount/shop/default" in browser.nodes


def test_a_controller_that_crashes_loses_its_queue_and_finds_its_work_again(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    browser.ask("step")
    assert browser.sections["cards"]["serviceaccount-controller"]["keys"] == ["shop"]
    browser.ask("crash", component="serviceaccount-controller")
    assert browser.sections["head"]["said"].startswith("kube-controller-manager has crashed and starts anew")
    assert len(browser.sections["cards"]["serviceaccount-controller"]["keys"]) == 5
    browser.ask("run")
    assert "serviceaccount/shop/default" in browser.nodes
    assert "c.crash('kube-controller-manager')" in browser.cluster.lab.script()


def test_without_the_token_controller_an_old_cluster_has_no_token_for_a_pod(old: Browser) -> None:
    old.create("namespace", name="shop")
    old.ask("run")
    old.ask("pause", component="serviceaccount-token-controller", on=True)
    old.ask("kubectl", line="create sa late -n shop")
    old.create("pod", name="web", namespace="shop", image="nginx", account="late")
    refused = 'No API token found for service account "late", retry after the token is automatically created'
    assert refused in old.console[-1]
    old.ask("pause", component="serviceaccount-token-controller", on=False)
    old.ask("run")
    assert old.create("pod", name="web", namespace="shop", image="nginx", account="late")["ok"]


def test_a_call_that_is_put_off_waits_in_the_lab_until_it_is_decided(browser: Browser) -> None:
    """A Pod in a namespace whose account is not there yet: admission looks again later."""
    browser.create("namespace", name="shop")
    assert not browser.create("pod", name="web", namespace="shop", image="nginx")["ok"]
    assert "waits: the API server decides it again later" in browser.console[-1]
    browser.ask("run")
    assert "was answered: 201" in "\n".join(browser.console)
    assert browser.nodes["pod/shop/web"][3] == "Running"


def test_errors_of_commands_are_answers_and_never_raised(browser: Browser) -> None:
    assert browser.answer("nonsense")["error"] == "the Lab knows no command 'nonsense'"
    assert "names no object of a known kind" in browser.answer("inspect", name="unicorn/x")["error"]
    assert "internal problem of the Lab: KeyError" in browser.answer("create")["error"]


def test_a_cell_that_runs_the_cluster_is_seen(browser: Browser) -> None:
    browser.panel.desk._last = 0.0
    browser.cluster.create("namespace", "shop")
    browser.panel.desk._last = 0.0
    browser.cluster.run()
    browser.panel.desk.publish()
    assert "serviceaccount/shop/default" in browser.nodes


def test_clicks_from_another_thread_while_a_cell_steps_leave_state_and_pictures_right(browser: Browser) -> None:
    cluster = browser.cluster
    names = [f"n-{number}" for number in range(25)]

    def click() -> None:
        for number in range(100):
            if number % 4:
                browser.answer("step")
            else:
                browser.answer("kubectl", line=f"create namespace {names[number // 4]}")

    thread = threading.Thread(target=click)
    thread.start()
    for number in range(20):
        cluster.create("namespace", f"cell-{number}")
        cluster.run()
    thread.join()
    cluster.run()
    browser.panel.desk.publish()
    accounts = {f"serviceaccount/{space}/default" for space in [*names, *(f"cell-{number}" for number in range(20))]}
    assert accounts <= set(browser.nodes)
    assert json.loads(json.dumps(browser.sections)) == whole(browser)
    assert sanb.replay(cluster.trace).fingerprint() == cluster.fingerprint()


def test_playing_gives_others_their_turn_and_stops_when_it_is_quiet() -> None:
    async def scene() -> tuple[int, bool]:
        browser = Browser(sanb.Cluster("1.36"))
        browser.create("namespace", name="shop")
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.get_running_loop().create_task(other())
        await browser.cluster.lab.play(speed=50)
        task.cancel()
        return turns, "serviceaccount/shop/default" in browser.nodes

    turns, there = asyncio.run(scene())
    assert there
    assert turns > 10


def test_play_goes_on_by_itself_when_something_new_can_happen() -> None:
    async def scene() -> bool:
        browser = Browser(sanb.Cluster("1.36"))
        browser.ask("play", speed=50)
        await asyncio.sleep(0)
        browser.create("namespace", name="shop")
        for _ in range(200):
            await asyncio.sleep(0.02)
            if "configmap/shop/kube-root-ca.crt" in browser.nodes and not browser.sections["head"]["busy"]:
                break
        browser.ask("stop")
        return "serviceaccount/shop/default" in browser.nodes and browser.sections["head"]["mode"] == ""

    assert asyncio.run(scene())


def test_ten_labs_leave_nothing_behind_when_they_are_closed() -> None:
    cluster = sanb.Cluster("1.36")
    left = []
    for _ in range(10):
        panel = cluster.lab()
        left.append(weakref.ref(panel))
        cluster.lab.close()
        del panel
    gc.collect()
    assert cluster.observers == []
    assert [ref() for ref in left] == [None] * 10


def test_a_fork_has_a_lab_of_its_own(browser: Browser) -> None:
    fork = browser.cluster.fork()
    assert fork.lab is not browser.cluster.lab
    other = Browser(fork)
    other.create("namespace", name="shop")
    assert "shop" in other.sections["frames"]
    assert "shop" not in browser.sections["frames"]


def test_parts_are_told_only_what_they_show_and_share_the_selection() -> None:
    cluster = sanb.Cluster("1.36")
    graph = Browser(cluster, cluster.lab.graph())
    queues = Browser(cluster, cluster.lab.queues())
    graph.ask("select", name="node/node-1")
    graph.create("namespace", name="shop")
    assert set(graph.sections) == {"head", *picture.NAMES}
    assert set(queues.sections) == {"head", *PARTS["queues"]}
    assert queues.sections["head"]["selected"] == "node/node-1"
    assert queues.next[0] == "controller manager: learns that Namespace shop was created"


def test_the_same_part_is_the_same_widget_until_it_is_closed() -> None:
    cluster = sanb.Cluster("1.36")
    first = cluster.lab()
    assert cluster.lab() is first
    first.close()
    assert cluster.lab() is not first


def test_a_saved_notebook_keeps_a_picture_and_a_text(browser: Browser) -> None:
    data, metadata = browser.panel._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")
    graph, size = browser.cluster.lab.graph()._repr_mimebundle_()
    assert graph["image/png"].startswith("iVBOR")
    # the whole Lab has more below the graph: the last reconcile and the table
    assert metadata["image/png"]["height"] > size["image/png"]["height"] + 200
    # JupyterLab shows Mermaid rather than a picture
    assert "text/vnd.mermaid" not in data
    assert metadata["image/png"]["width"] > 100
    assert data["text/plain"].splitlines()[1].split() == ["NAMESPACE", "SERVICEACCOUNT", "CONFIGMAP", "NODE"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_saved_timeline_keeps_the_last_reconcile_as_a_sequence(browser: Browser) -> None:
    browser.create("namespace", name="shop")
    browser.ask("run")
    browser.create("pod", name="web", namespace="shop", image="nginx")
    browser.ask("run")
    data, _ = browser.cluster.lab.timeline()._repr_mimebundle_()
    assert data["text/vnd.mermaid"].splitlines() == [
        "sequenceDiagram",
        "  participant p0 as admin",
        "  participant p1 as API server",
        "  participant p2 as scheduler",
        "  participant p3 as kubelet",
        "  p0->>p1: create Pod shop/web",
        "  p1-->>p2: Pod shop/web is there",
        "  p2->>p1: bind Pod shop/web",
        "  p1-->>p3: Pod shop/web is bound",
        "  p3->>p1: issue a token for ServiceAccount shop/default",
    ]
    assert data["image/png"].startswith("iVBOR")
    drawn = data["image/svg+xml"]  # exports to HTML prefer it to Mermaid, which they fetch from a network
    for words in ("scheduler", "bind Pod shop/web", "issue a token for ServiceAccount shop/default"):
        assert f">{words}</text>" in drawn
    assert "http" not in drawn.replace("http://www.w3.org/", "")
    assert drawn == browser.cluster.lab.timeline()._repr_mimebundle_()[0]["image/svg+xml"]
    assert "  kubelet → API server: issue a token for ServiceAccount shop/default\n" in data["text/plain"]
    assert "image/png" not in browser.cluster.lab.console()._repr_mimebundle_()[0]


def test_many_objects_are_counted_by_namespace_until_one_is_chosen(browser: Browser) -> None:
    for number in range(1010):
        browser.cluster.create("configmap", f"c-{number:04}", data={})
        if number == 900:  # a thousand are shown one by one
            browser.panel.desk.publish()
            assert not browser.sections["canvas"]["summarised"]
            assert "configmap/default/c-0900" in browser.nodes
    browser.panel.desk.publish()
    assert browser.sections["canvas"]["summarised"]
    assert browser.nodes["configmap/default/*"][4] == 1011
    browser.ask("namespace", name="kube-system")
    assert not browser.sections["canvas"]["summarised"]
    assert "serviceaccount/kube-system/default" in browser.nodes
