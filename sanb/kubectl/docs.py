"""docs/kubectl.md: the commands, kinds and formats there are, from the tables that make them.

    python -m sanb.kubectl.docs > docs/kubectl.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sanb.apiserver.resources import RESOURCES, Resource, group_versions
from sanb.kubectl import dryrun, manifest, output, refused
from sanb.kubectl.commands import COMMANDS, GROUPS, Command
from sanb.kubectl.flags import GLOBAL, Flags
from sanb.kubectl.usage import ABOUT
from sanb.profiles.profile import MINORS, Profile
from sanb.views.describe import DESCRIBERS

HEAD: Final = """\
# kubectl in process

`c.kubectl("get pods -A")`, `%kubectl get pods -A` in a notebook, `%%kubectl apply -f -` with a manifest in the cell:
sanb has the kubectl of each minor in process. It needs no binary, no kubeconfig and no server, knows the minor of its
cluster, and ends with exit code, stdout and stderr as the real one does. What it prints was compared with real
kubectls of 1.20, 1.27 to 1.33 and 1.36, command by command, 800 of them; for other minors it follows the sources.

This page is made from the tables in the code (`python -m sanb.kubectl.docs > docs/kubectl.md`); a test fails when it is
stale.

What is different from a terminal:

- **Time is virtual.** `wait`, `rollout status`, `delete`, `get -w` and `run -i` let virtual time pass until what they wait
  for is there; `get -w` ends when nothing more happens.
- **Nothing is kept between commands**: there is no kubeconfig, so `config set-context` is refused; give `-n` each time.
- **Containers are simulated**: `exec` has a small shell to look around with, `logs` prints what the annotation of a Pod
  says, `cp` copies out of a Pod and not into it.
- A command never raises: whatever goes wrong is told in its stderr.
"""
MORE: Final = """\
## Loading manifests

`c.apply(source)` takes a path, a folder, a pattern, text, an object or a list of objects, and gives a table of what was
created, configured, unchanged or refused, and why. Server fields of a dump (`kubectl get -o yaml`) do no harm: status, uid
and resourceVersion are the server's to set. `unknown="store"` keeps kinds that nobody defined as opaque objects; without
it they are refused as kubectl refuses them. More than 200 objects show their progress on a terminal or in a notebook.
"""
COMMON: Final = {**dryrun.FLAGS, **manifest.FLAGS}
FORMATS: Final = "`-o wide`, " + ", ".join(f"`-o {one}`" for one in output.FORMATS if one not in ("wide", "templatefile"))


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_commands(), *_refused(), *_formats(), *_kinds(), MORE])


def _since(command: Command) -> str:
    text = "" if command.since == MINORS[0] else f"from {command.since}"
    return f"{text} before {command.until}".strip() if command.until else text


def _flags(flags: Flags) -> str:
    shown = [f"-{flags[one].short}/--{one}" if flags[one].short else f"--{one}" for one in sorted(flags)]
    return " ".join(f"`{one}`" for one in shown)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    rows = []
    for name, command in COMMANDS.items():
        if name in refused.REASONS or (name not in ABOUT and not name.startswith(("config", "alpha", "options"))):
            continue
        about, words = ABOUT.get(name, ("", ""))
        own = {one: flag for one, flag in command.flags.items() if one not in COMMON}
        rows.append((f"`kubectl {name}{' ' + words if words else ''}`", about, _since(command), _flags(own)))
    yield from _table(("command", "does", "minors", "flags"), rows)
    yield f"All commands: {_flags(GLOBAL)}\n"
    yield f"Commands that make or change something: {_flags(COMMON)}\n"
    others = [f"`{head} {short}` is `{head} {word}`".replace("` ", "`") for head, words in GROUPS.items() if head
              for short, word in words.items()]
    yield "Other words: " + ", ".join(others) + ".\n"


def _refused() -> Iterator[str]:
    yield "## Commands that are refused, and why\n"
    rows = [(f"`kubectl {name}`", why[0].upper() + why[1:]) for name, why in refused.REASONS.items()]
    yield from _table(("command", "what it says"), rows)


def _formats() -> Iterator[str]:
    also = "`--sort-by`, `--show-labels`, `-L`, `--no-headers`, `--show-kind` and `-w` work as they do there."
    yield f"## Output\n\n{FORMATS}.\n\n{also}\n"


def _kinds() -> Iterator[str]:
    yield "## Kinds\n"
    yield "With the API versions that minors serve, preferred first. A `CustomResourceDefinition` adds its own kind.\n"
    rows = [
        (f"`{row.plural}`", ", ".join(row.short), row.kind, "yes" if row.namespaced else "no", _versions(row),
         "own" if row.kind in DESCRIBERS else "all fields")
        for row in RESOURCES.values()
    ]
    yield from _table(("resource", "short", "kind", "namespaced", "versions", "describe"), rows)


def _versions(row: Resource) -> str:
    """`1.10: v1beta1; 1.21: v1, v1beta1; 1.25: v1`."""
    parts: list[str] = []
    before: tuple[str, ...] | None = None
    for minor in MINORS:
        found = group_versions(Profile.of(minor), row)
        if found != before and (found or before):
            parts.append(f"{minor}: {', '.join(found) or 'none'}")
        before = found
    return "; ".join(parts)


if __name__ == "__main__":
    print(page(), end="")
