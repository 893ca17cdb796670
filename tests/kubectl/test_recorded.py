"""What the real kubectl 1.36 printed, command by command, on a whole cluster without scheduler and kubelet."""

from __future__ import annotations

import json
from pathlib import Path

from sanb import Cluster
from tests.kubectl.play import argv, squeeze

STEPS = json.loads((Path(__file__).parent / "data" / "1.36.json").read_text())


def test_all_commands_print_what_the_real_kubectl_printed() -> None:
    cluster = Cluster("1.36", seed=1, controllers="*,-scheduler,-kubelet")
    wrong = []
    for step in STEPS:
        done = cluster.kubectl(argv(step["command"]), stdin=step["stdin"])
        cluster.run()
        wanted = (step["exit"], squeeze(step["stdout"]), squeeze(step["stderr"]))
        if (done.exit_code, squeeze(done.stdout), squeeze(done.stderr)) != wanted:
            wrong.append((step["command"], done))
    assert wrong == []
    assert len(STEPS) == 93
