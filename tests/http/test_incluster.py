"""Programs as if they ran in a Pod: what the article is about, live."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest

from sanb import Cluster
from sanb.errors import ApiError, UsageError
from sanb.http import incluster
from sanb.http.serve import serve

OFFICIAL = """
from kubernetes import client, config
config.load_incluster_config()
pods = client.CoreV1Api().list_namespaced_pod("default").items
print([(pod.metadata.name, pod.spec.service_account_name) for pod in pods])
"""
READING = """
import os
from pathlib import Path
place = Path("/var/run/secrets/kubernetes.io/serviceaccount")
print(sorted(one for one in os.listdir(place) if not one.startswith("..")))
print(open(place / "namespace").read(), os.path.isfile(place / "token"), (place / "ca.crt").exists())
print((place / "token").read_text().count("."), os.path.exists("/run/secrets/kubernetes.io/serviceaccount/nothing"))
print(os.environ["HOSTNAME"], os.environ["COLOUR"])
"""
READ = "['ca.crt', 'namespace', 'token']\ndefault True True\n2 False\nweb green\n"


@pytest.fixture
def cluster() -> Cluster:
    """A Pod whose account may read."""
    cluster = Cluster("1.36", seed=3)
    cluster.create("sa", "reader")
    cluster.kubectl("create rolebinding reader --clusterrole=view --serviceaccount=default:reader")
    container = {"name": "c", "image": "python", "env": [{"name": "COLOUR", "value": "green"}]}
    spec = {"serviceAccountName": "reader", "containers": [container]}
    cluster.create("pod", "web", body={"spec": spec})
    cluster.run()
    return cluster


def _script(tmp_path: Path, text: str) -> Path:
    place = tmp_path / "script.py"
    place.write_text(text)
    return place


@pytest.fixture(params=["private mount", "redirected"])
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which a program is shown the files."""
    if request.param == "redirected":
        monkeypatch.setattr(incluster, "private_mounts", lambda: False)
    elif not incluster.private_mounts():
        pytest.skip("this platform gives no mounts of one's own")


@pytest.mark.usefixtures("platform")
def test_the_official_client_finds_its_credentials(cluster: Cluster, tmp_path: Path) -> None:
    pytest.importorskip("kubernetes", reason="the official client is not installed")
    done = cluster.pod("default", "web").run(_script(tmp_path, OFFICIAL))
    assert done == (0, "[('web', 'reader')]\n", "")


@pytest.mark.usefixtures("platform")
def test_files_and_environment_are_the_pods(cluster: Cluster, tmp_path: Path) -> None:
    assert cluster.pod("default", "web").run(_script(tmp_path, READING)) == (0, READ, "")
    assert not Path("/run/secrets/kubernetes.io").exists()


def test_what_the_account_may_not_do_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    pytest.importorskip("kubernetes", reason="the official client is not installed")
    text = OFFICIAL.replace("list_namespaced_pod", "list_namespaced_secret")
    done = cluster.pod("default", "web").run(_script(tmp_path, text))
    assert done.exit_code == 1
    assert 'User \\"system:serviceaccount:default:reader\\" cannot list resource \\"secrets\\"' in done.stderr


def test_kr8s_finds_its_credentials(cluster: Cluster, tmp_path: Path) -> None:
    pytest.importorskip("kr8s", reason="kr8s is not installed")
    text = "import warnings\nwarnings.simplefilter('ignore')\n"
    text += "import kr8s\nprint([one.name for one in kr8s.get('pods')])\n"
    done = cluster.pod("default", "web").run(_script(tmp_path, text), env={"HOME": str(tmp_path)})
    assert (done.exit_code, done.stdout) == (0, "['web']\n"), done.stderr


def test_an_open_server_is_used_and_stays_open(cluster: Cluster, tmp_path: Path) -> None:
    script = _script(tmp_path, "import os\nprint(os.environ['KUBERNETES_SERVICE_PORT'])\n")
    with cluster.serve() as api:
        assert cluster.pod("default", "web").run(script).stdout == f"{api.port}\n"
        assert not api.closed
    assert cluster.pod("default", "web").run(script).stdout != f"{api.port}\n"


def test_a_fork_is_served_by_itself(cluster: Cluster, tmp_path: Path) -> None:
    script = _script(tmp_path, "import os\nprint(os.environ['KUBERNETES_SERVICE_PORT'])\n")
    with cluster.serve() as api:
        assert cluster.fork().pod("default", "web").run(script).stdout != f"{api.port}\n"


def test_exit_codes_arguments_and_streams_are_the_programs(cluster: Cluster) -> None:
    program = [sys.executable, "-c", "import sys; print(sys.argv[1:]); print('no', file=sys.stderr); sys.exit(3)"]
    assert cluster.pod("default", "web").run(program, "a", "b c") == (3, "['a', 'b c']\n", "no\n")


def test_a_program_that_does_not_end_is_ended(cluster: Cluster) -> None:
    with pytest.raises(UsageError, match=r"did not end within 0\.5 seconds"):
        cluster.pod("default", "web").run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5)


def test_a_pod_that_does_not_run_yet_says_so(cluster: Cluster) -> None:
    cluster.create("pod", "late", image="python")
    with pytest.raises((UsageError, ApiError), match="late"):
        cluster.pod("default", "late").run("script.py")


def test_nothing_is_left_when_the_cluster_is_no_longer_served(cluster: Cluster, tmp_path: Path) -> None:
    with serve(cluster) as api:
        folder = api.kubeconfig.parent
        assert folder.exists()
    assert not folder.exists()


def test_the_page_about_it_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kubernetes", reason="the official client is not installed")
    page = (Path(__file__).parents[2] / "docs" / "incluster.md").read_text()
    program, *steps = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    printed = ["\n".join(line[4:] for line in block.splitlines()) for block in re.findall(r"\n\n((?:    .*\n)+)", page)]
    (tmp_path / "who.py").write_text(program)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for step, wanted in zip(steps, printed, strict=True):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(step, names)
        assert out.getvalue().strip() == wanted
