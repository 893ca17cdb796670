"""The little shell: what a running command sees, and how scripts are run."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from sanb.kubelet import filesystem
from sanb.kubelet.filesystem import Tree
from sanb.kubelet.shell import words
from sanb.kubelet.shell.words import Refused, Word

SHELLS: Final = ("sh", "bash")
NOT_FOUND: Final = {"sh": "sh: 1: {name}: not found\n", "bash": "bash: line 1: {name}: command not found\n"}


class Done(NamedTuple):
    """What a command came to."""

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""


class Identity(NamedTuple):
    """Who a container's processes are."""

    uid: int
    gid: int
    groups: tuple[int, ...]


class Shell:
    """What a running command sees: files, variables, directory, user, and `now` on its clock."""

    def __init__(self, files: Tree, variables: dict[str, str], identity: Identity, directory: str, now: float) -> None:
        self.files = files
        self.variables = variables
        self.identity = identity
        self.directory = directory
        self.now = now
        self.flavour = "sh"
        self.last = 0
        self._left = False

    def absolute(self, path: str) -> str:
        """A path seen from the current directory."""
        return path if path.startswith("/") else posixpath.join(self.directory, path)

    def run(self, argv: Sequence[str], stdin: str = "") -> Done | None:
        """Run one program; None if there is none of this name."""
        name = posixpath.basename(argv[0]) if argv[0].startswith(("/bin/", "/usr/bin/")) else argv[0]
        if name in SHELLS:
            return self._shell(name, argv[1:])
        program = programs().get(name)
        return None if program is None else program(self, list(argv[1:]), stdin)

    def _shell(self, flavour: str, arguments: Sequence[str]) -> Done:
        """`sh -c SCRIPT`; a shell without a script has nothing to read and ends."""
        for number, word in enumerate(arguments):
            if word.startswith("-") and not word.startswith("--") and "c" in word:
                inner = Shell(self.files, dict(self.variables), self.identity, self.directory, self.now)
                inner.flavour = flavour
                rest = arguments[number + 1 :]
                return inner.script(rest[0]) if rest else Done(2, "", f"{flavour}: 0: -c requires an argument\n")
            if not word.startswith("-"):
                return Done(2, "", f"{flavour}: 0: cannot open {word}: No such file\n")
        return Done()

    def script(self, text: str) -> Done:
        """Run a script: pipelines joined by `&&`, `||` and `;`."""
        out: list[str] = []
        errors: list[str] = []
        try:
            lines = words.parse(text)
            for joint, pipeline in lines:
                if (joint == "&&" and self.last) or (joint == "||" and not self.last):
                    continue
                done = self._pipeline(pipeline)
                out.append(done.stdout)
                errors.append(done.stderr)
                self.last = done.exit_code
                if self._left:
                    break
        except Refused as refusal:
            return Done(2, "".join(out), "".join(errors) + f"{self.flavour}: {refusal}\n")
        return Done(self.last, "".join(out), "".join(errors))

    def _pipeline(self, pipeline: Sequence[words.Command]) -> Done:
        done = Done()
        errors = ""
        for command in pipeline:
            done = self._command(command, done.stdout)
            errors += done.stderr
        return done._replace(stderr=errors)

    def _command(self, command: words.Command, stdin: str) -> Done:
        argv = [text for word in command.words for text in self._expand(word)]
        while argv and words.ASSIGNMENT.match(argv[0]):
            name, _, value = argv.pop(0).partition("=")
            self.variables[name] = value
        if not argv:
            return Done()
        if argv[0] == "cd":
            return self._cd(argv[1:])
        if argv[0] == "exit":
            self._left = True
            return Done(int(argv[1]) % 256 if len(argv) > 1 and argv[1].isdigit() else self.last)
        done = self.run(argv, stdin)
        if done is None:
            done = Done(127, "", NOT_FOUND[self.flavour].format(name=argv[0]))
        return command.redirected(done)

    def _cd(self, arguments: Sequence[str]) -> Done:
        target = self.absolute(arguments[0] if arguments else self.variables.get("HOME", "/"))
        found = filesystem.look(self.files, target)
        if found is None or found[1].kind != filesystem.DIRECTORY:
            return Done(2, "", f"{self.flavour}: 1: cd: can't cd to {arguments[0] if arguments else target}\n")
        self.directory = posixpath.normpath(target)
        return Done()

    def _expand(self, word: Word) -> list[str]:
        """The texts a word stands for: variables and `$(...)` replaced, split where not quoted, patterns matched."""
        texts = [""]
        pattern = False
        for kind, text, quoted in word:
            value = self._value(kind, text)
            if quoted or kind == "text":
                texts[-1] += value
                pattern = pattern or (not quoted and any(sign in value for sign in "*?["))
                continue
            pieces = value.split()
            if pieces:
                texts[-1] += pieces[0]
                texts += pieces[1:]
        if not word or (texts == [""] and not any(quoted for _, _, quoted in word)):
            return []
        return [found for text in texts for found in (self._glob(text) if pattern else [text])]

    def _value(self, kind: str, text: str) -> str:
        if kind == "variable":
            return str(self.last) if text == "?" else self.variables.get(text, "")
        if kind == "command":
            inner = Shell(self.files, dict(self.variables), self.identity, self.directory, self.now)
            inner.flavour = self.flavour
            return inner.script(text).stdout.rstrip("\n")
        return text

    def _glob(self, text: str) -> list[str]:
        """Paths that match a pattern, sorted; the pattern itself if none does."""
        found = [""] if text.startswith("/") else [self.directory.rstrip("/")]
        for step in (one for one in text.split("/") if one):
            found = [match for path in found for match in self._matches(path, step)]
        if not found:
            return [text]
        start = 0 if text.startswith("/") else len(self.directory.rstrip("/")) + 1
        return [path[start:] for path in found]

    def _matches(self, path: str, step: str) -> list[str]:
        place = filesystem.look(self.files, path or "/")
        if place is None:
            return []
        if not any(sign in step for sign in "*?["):
            return [f"{path}/{step}"] if filesystem.look(self.files, f"{path}/{step}", follow=False) else []
        names = [name for name in filesystem.children(self.files, place[0]) if step.startswith(".") or name[0] != "."]
        return [f"{path}/{name}" for name in names if fnmatch.fnmatchcase(name, step)]


Program = Callable[[Shell, list[str], str], Done]


def programs() -> Mapping[str, Program]:
    """The programs of every image."""
    from sanb.kubelet.shell.programs import PROGRAMS

    return PROGRAMS
