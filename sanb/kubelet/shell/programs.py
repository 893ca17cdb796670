"""The programs that containers have: small ones here, and the table of all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sanb.kubelet.filesystem import LINK, look
from sanb.kubelet.shell import texts
from sanb.kubelet.shell.conditions import bracket, test
from sanb.kubelet.shell.listing import listing
from sanb.kubelet.shell.machine import Done, Program, Shell
from sanb.kubelet.shell.reading import USERS, take


def readlink(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Where a link leads; -f follows all of them."""
    given = take(arguments)
    out: list[str] = []
    for path in given.rest:
        found = look(shell.files, shell.absolute(path), follow="f" in given.letters)
        if found is None or ("f" not in given.letters and found[1].kind != LINK):
            return Done(1, "".join(out), "")
        out.append((found[0] if "f" in given.letters else found[1].text) + "\n")
    return Done(0, "".join(out))


def mount(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """What is mounted where."""
    lines = ["overlay on / type overlay (rw,relatime)", "proc on /proc type proc (rw,nosuid,nodev,noexec,relatime)"]
    lines += [
        f"tmpfs on {path} type tmpfs (ro,relatime)" for path in sorted(shell.files)
        if shell.files[path].memory and f"{path}/..data" in shell.files
    ]
    return Done(0, "".join(line + "\n" for line in lines))


def printenv(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Variables, or the values of some."""
    if not arguments:
        return Done(0, "".join(f"{name}={value}\n" for name, value in shell.variables.items()))
    known = [name for name in arguments if name in shell.variables]
    return Done(int(len(known) < len(arguments)), "".join(f"{shell.variables[name]}\n" for name in known))


def env(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Variables; a command is run with those given before it."""
    words = list(arguments)
    inner = Shell(shell.files, dict(shell.variables), shell.identity, shell.directory, shell.now)
    while words and "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        inner.variables[name] = value
    if not words:
        return printenv(inner, [], stdin)
    done = inner.run(words, stdin)
    return done if done is not None else Done(127, "", f"env: ‘{words[0]}’: No such file or directory\n")


def echo(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """Its words; -n without the end of line, -e with escapes."""
    words, letters = list(arguments), ""
    while words and re.fullmatch(r"-[neE]+", words[0]):
        letters += words.pop(0)[1:]
    text = " ".join(words)
    if "e" in letters:
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    return Done(0, text if "n" in letters else text + "\n")


def pwd(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """The current directory."""
    return Done(0, shell.directory + "\n")


def hostname(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """The Pod's name; -i its address."""
    if arguments[:1] in (["-i"], ["-I"]):
        hosts = shell.files["/etc/hosts"].text.splitlines()
        return Done(0, hosts[-1].partition("\t")[0] + "\n")
    return Done(0, shell.files["/etc/hostname"].text)


def whoami(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """The user's name."""
    uid = shell.identity.uid
    if uid in USERS:
        return Done(0, USERS[uid] + "\n")
    return Done(1, "", f"whoami: cannot find name for user ID {uid}\n")


def identity(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """id: user and groups; -u, -g and -G the numbers, with -n the names."""
    uid, gid, groups = shell.identity
    letters = take(arguments).letters
    if letters:
        chosen = {"u": [uid], "g": [gid], "G": list(groups)}.get(letters.replace("n", "") or "u", [uid])
        return Done(0, " ".join(USERS.get(n, str(n)) if "n" in letters else str(n) for n in chosen) + "\n")
    shown = ",".join(map(_named, groups))
    return Done(0, f"uid={_named(uid)} gid={_named(gid)} groups={shown}\n")


def _named(number: int) -> str:
    return f"{number}({USERS[number]})" if number in USERS else str(number)


def date(shell: Shell, arguments: list[str], stdin: str) -> Done:
    """The cluster's time, or with +FORMAT in another form."""
    form = next((word[1:] for word in arguments if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    now = datetime.fromtimestamp(int(shell.now), UTC)
    form = form.replace("%s", str(int(shell.now))).replace("%e", f"{now.day:2}")
    return Done(0, now.strftime(form) + "\n")


def _ends_with(code: int) -> Program:
    def run(shell: Shell, arguments: list[str], stdin: str) -> Done:
        """Only an exit code."""
        return Done(code)

    return run


PROGRAMS: Final[Mapping[str, Program]] = {
    "[": bracket, "base64": texts.encode, "cat": texts.cat, "cut": texts.cut, "date": date, "echo": echo, "env": env,
    "false": _ends_with(1), "grep": texts.grep, "head": texts.ends("head"), "hostname": hostname, "id": identity,
    "ls": listing, "mount": mount, "printenv": printenv, "pwd": pwd, "readlink": readlink, "sleep": _ends_with(0),
    "sort": texts.sort, "tail": texts.ends("tail"), "test": test, "tr": texts.tr, "true": _ends_with(0), "wc": texts.wc,
    "whoami": whoami,
}
