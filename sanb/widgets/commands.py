"""COMMANDS: what a browser may ask for. One row each; every answer is JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.widgets import cards, completion, creating, forms, inspector, podfiles, tables
from sanb.widgets.picture import OWN
from sanb.widgets.script import RUN

if TYPE_CHECKING:
    from sanb.widgets.desk import Desk, Panel


def obey(desk: Desk, panel: Panel, content: Any) -> dict[str, Any]:
    """Do what a message asks and give the answer; it never raises."""
    number = content.get("id", 0) if isinstance(content, dict) else 0
    try:
        name = content["do"]
        command = COMMANDS.get(name)
        if command is None:
            raise UsageError(f"the Lab knows no command {name!r}")
        return {"re": number, "ok": command(desk, panel, content)}
    except Exception as problem:  # errors are shown in the Lab
        return {"re": number, "error": desk.failed(problem)}


def _hello(desk: Desk, panel: Panel, _: Any) -> Any:
    return desk.snapshot(panel)


# ---------------------------------------------------------------------- going on


def _step(desk: Desk, _: Panel, message: Any) -> Any:
    name = message.get("component")
    desk.step(None if not name else _of_component(desk, str(name)))
    return None


def _of_component(desk: Desk, name: str) -> Any:
    """The next action of a component."""
    cp = desk.cluster
    own = [workers for workers in cp.world.workers.values() if workers.controller.component == name]
    for action in ControlPlane.enabled(cp):
        if cards.belongs(action, own) or (action.op == "serve" and action.actor == name):
            return action
    raise UsageError("it has nothing to do")


def _act(desk: Desk, _: Panel, message: Any) -> Any:
    action = desk.enabled.actions.get(int(message["number"]))
    if action is None:
        raise UsageError("this can no longer happen: something else has happened meanwhile")
    desk.step(action)
    return None


def _play(desk: Desk, _: Panel, message: Any) -> Any:
    desk.player.start("play", float(message.get("speed") or 0))
    return None


def _run(desk: Desk, _: Panel, message: Any) -> Any:
    desk.say("act", RUN)
    desk.player.start("run")
    return None


def _stop(desk: Desk, _: Panel, message: Any) -> Any:
    desk.player.stop()
    return None


def _pass(desk: Desk, _: Panel, message: Any) -> Any:
    """Let time pass, upkeep included."""
    span = str(message["span"])
    with desk._acting():
        ran = desk.cluster.run(for_=span)
    desk.said = f"{span} pass: {ran.actions} actions"
    desk.script.acted(desk.said, f"c.run(for_={span!r})")
    return None


def _pause(desk: Desk, _: Panel, message: Any) -> Any:
    (desk.pause if message["on"] else desk.resume)(str(message["component"]))
    return None


def _crash(desk: Desk, _: Panel, message: Any) -> Any:
    desk.crash(str(message["component"]))
    return None


# ---------------------------------------------------------------------- creating


def _check(desk: Desk, _: Panel, message: Any) -> Any:
    return creating.checked(desk.cluster, forms.BY_KEY[message["form"]], _texts(message["values"]))


def _create(desk: Desk, _: Panel, message: Any) -> Any:
    form = forms.BY_KEY[message["form"]]
    order = form.order(desk.cluster.profile, _texts(message["values"]))
    code = desk.kubectl(order.line, list(order.argv), order.stdin).exit_code
    return {"ok": code == 0, "said": desk.said}


def _texts(values: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in dict(values).items()}


def _try(desk: Desk, _: Panel, message: Any) -> Any:
    return creating.tried(desk.cluster, str(message["text"]))


def _apply(desk: Desk, _: Panel, message: Any) -> Any:
    text = str(message["text"])
    code = desk.kubectl("kubectl apply -f -", ["apply", "-f", "-"], text if text.endswith("\n") else text + "\n").exit_code
    return {"ok": code == 0, "said": desk.said}


def _remove(desk: Desk, _: Panel, message: Any) -> Any:
    resource, space, name = inspector.key_of(str(message["name"]))
    words = ["delete", RESOURCES[resource].singular, name, *(["-n", space] if space and space != "default" else [])]
    code = desk.kubectl(forms.shown([*words, "--wait=false"]), [*words, "--wait=false"]).exit_code
    return {"ok": code == 0, "said": desk.said}


# ---------------------------------------------------------------------- looking


def _select(desk: Desk, _: Panel, message: Any) -> Any:
    desk.selected = str(message["name"])
    return None


def _namespace(desk: Desk, _: Panel, message: Any) -> Any:
    desk.picture.namespace = str(message["name"])
    return None


def _inspect(desk: Desk, _: Panel, message: Any) -> Any:
    name = str(message["name"])
    made = desk.picture.sections(desk.cluster)
    found = inspector.incoming(dict(made["edges"]), name, dict(made["groups"]))
    return inspector.inspect(desk.cluster, name, desk.lanes.fresh_causes(desk.cluster), found)


def _place(name: str) -> tuple[str, str]:
    _, space, pod = inspector.key_of(name)
    return space, pod


def _file(desk: Desk, _: Panel, message: Any) -> Any:
    space, pod = _place(str(message["name"]))
    return podfiles.contents(desk.cluster, space, pod, str(message["container"]), str(message["path"]))


def _exec(desk: Desk, _: Panel, message: Any) -> Any:
    """A line in a container's shell; it is echoed as the kubectl exec that it is."""
    space, pod = _place(str(message["name"]))
    line = str(message["line"])
    words = ["exec", pod, *(["-n", space] if space != "default" else []), "-c", str(message["container"]), "--", "sh", "-c", line]
    before = len(desk.script.lines)
    code = desk.kubectl(forms.shown(words), words).exit_code
    desk.said = forms.shown(words)
    said = list(desk.script.lines.values())[before + 1 :] if before + 1 <= len(desk.script.lines) else []
    return {"code": code, "lines": said}


def _call(desk: Desk, _: Panel, message: Any) -> Any:
    return desk.lanes.detail(desk.cluster, int(message["number"]))


def _table(desk: Desk, _: Panel, message: Any) -> Any:
    space = desk.picture.namespace
    return tables.rows(desk.cluster, str(message["name"]), None if space == OWN else space or None)


# ---------------------------------------------------------------------- the console


def _kubectl(desk: Desk, _: Panel, message: Any) -> Any:
    return {"code": desk.kubectl(str(message["line"]), None, message.get("stdin")).exit_code}


def _complete(desk: Desk, _: Panel, message: Any) -> Any:
    word, found = completion.complete(desk.cluster, str(message["line"]))
    return {"word": word, "found": found}


def _script(desk: Desk, _: Panel, message: Any) -> Any:
    return desk.script.exported(desk.cluster)


COMMANDS: Final[dict[str, Callable[[Desk, Panel, Any], Any]]] = {
    "hello": _hello, "step": _step, "act": _act, "play": _play, "run": _run, "stop": _stop, "pass": _pass, "pause": _pause,
    "crash": _crash, "check": _check, "create": _create, "try": _try, "apply": _apply, "remove": _remove, "select": _select,
    "namespace": _namespace, "inspect": _inspect, "file": _file, "exec": _exec, "call": _call, "table": _table,
    "kubectl": _kubectl, "complete": _complete, "script": _script,
}
