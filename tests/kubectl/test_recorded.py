"""What the real kubectl 1.36 printed, command by command, without controllers, admission and RBAC behind it."""

from __future__ import annotations

import json
from pathlib import Path

from sanb.kubectl import run
from tests.kubectl.fake import FakeControlPlane
from tests.kubectl.play import argv, squeeze

STEPS = json.loads((Path(__file__).parent / "data" / "1.36.json").read_text())
ALIKE = 58
"""Commands whose output needs nobody but the API server."""


def test_commands_that_need_only_the_server_print_what_kubectl_prints() -> None:
    cp = FakeControlPlane("1.36")
    alike = 0
    for step in STEPS:
        done = run(cp, argv(step["command"]), step["stdin"])
        wanted = (step["exit"], squeeze(step["stdout"]), squeeze(step["stderr"]))
        alike += (done.exit_code, squeeze(done.stdout), squeeze(done.stderr)) == wanted
    assert alike >= ALIKE
