"""Record what a real kubectl prints in a session: `python -m tests.kubectl.record 1.33 /usr/bin/kubectl get`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sanb
from tests.kubectl.play import SESSIONS, agree, norm, steps_of, words_of

DATA = Path(__file__).parent / "data"


def record(minor: str, kubectl: str, session: str) -> list[dict[str, Any]]:
    """Play a session with both kubectls; steps on which they agree have the real one's words."""
    start = float(int(time.time()) - 3600)  # a real kubectl counts ages from the real time
    served, ours = (sanb.Cluster(minor, seed=1, start=start) for _ in range(2))
    served.run()
    ours.run()
    made: list[dict[str, Any]] = []
    with served.serve() as api, tempfile.TemporaryDirectory() as home:
        env = {**os.environ, **api.env, "HOME": home}
        for command, stdin in steps_of(session):
            words = words_of(command)
            done = subprocess.run(
                [kubectl, *words], env=env, capture_output=True, text=True, input=stdin, timeout=60, cwd=SESSIONS,
                check=False,
            )
            mine = ours.kubectl(words, stdin=stdin)
            ours.run()
            out, err = (norm(text.replace(Path(kubectl).name, "kubectl")) for text in (done.stdout, done.stderr))
            real = {"exit": done.returncode, "stdout": out, "stderr": err}
            same = agree(real, mine)
            made.append({"command": command, "agrees": same, **(real if same else {})})
    return made


def main(minor: str, kubectl: str, session: str) -> None:
    """Write the recording."""
    os.chdir(SESSIONS)
    made = record(minor, kubectl, session)
    good = sum(step["agrees"] for step in made)
    (DATA / f"{session}-{minor}.json").write_text(json.dumps(made, indent=0, ensure_ascii=False) + "\n")
    print(f"{session} {minor}: {good} of {len(made)} agree")
    for step in made:
        if not step["agrees"]:
            print(f"  {step['command']}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
