"""Commands in containers over WebSocket and SPDY (exec, attach), and what containers print (log)."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from contextlib import suppress
from posixpath import basename
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from sanb.apiserver import status
from sanb.apiserver.queryoptions import flag
from sanb.apiserver.request import Request
from sanb.controlplane import ControlPlane
from sanb.errors import ApiError
from sanb.http import channels, identity, negotiation
from sanb.http.calls import Answer, Call, Followed
from sanb.http.channels import STDERR, STDOUT, Channels, Gone, Options
from sanb.http.spdysession import Session
from sanb.http.wire import Message
from sanb.kubelet import logs
from sanb.kubelet.shell import SHELLS, Done, ExecError, Shell, opened

if TYPE_CHECKING:
    from sanb.http.app import App, Receive, Scope, Send

STREAMED: Final = ("attach", "exec", "log", "portforward")
"""Subresources that are not decided by the API server but handed to the node."""
UPGRADE: Final = "Upgrade request required"
FORWARD: Final = "port-forward is not served: containers of this cluster are simulated and listen on no port"
CREATES: Final = {"1.10": False, "1.35": True}
"""Whether a WebSocket, which begins with a GET, also needs the right to create (a gate of 1.35)."""
PROMPT: Final = {0: "# "}
USER_PROMPT: Final = "$ "
END_OF_INPUT: Final = "\x04"
INTERRUPT: Final = "\x03"
VERSIONS: Final = "x-stream-protocol-version"


def options_of(target: str) -> Options:
    """The options in the query of a path."""
    query = parse_qs(urlsplit(target).query, keep_blank_values=True)
    flags = {name: flag(query.get(name, ["0"])[0]) for name in ("stdin", "stdout", "stderr", "tty")}
    return Options(query.get("container", [""])[-1], tuple(query.get("command", ())), **flags)


# ---------------------------------------------------------------------- over HTTP


def answer(plane: ControlPlane, request: Request, call: Call) -> Answer:
    """The answer to one of `STREAMED` without an upgrade of the connection.

    Raises:
        ApiError: there is no such Pod or container, or the client asks in a way that is not served.
    """
    if request.subresource != "log":
        _options(plane, request, call.target)
        raise status.bad_request(UPGRADE)
    chosen = request.options
    wanted = logs.wanted(request.name, chosen, plane.now)
    pod, container = logs.find(plane.world, request.namespace, request.name, str(chosen.get("container") or ""))
    previous = flag(chosen.get("previous"))
    text, more = logs.output(pod, container, previous)
    message = Message(200, (("Content-Type", "text/plain"),), logs.part(text, wanted).encode())
    if more and flag(chosen.get("follow")):
        return Followed(message, lambda: _rest(plane, request, container))
    return message


def _rest(plane: ControlPlane, request: Request, container: str) -> tuple[bytes, bool]:
    try:
        pod, _ = logs.find(plane.world, request.namespace, request.name, container)
        _, more = logs.output(pod, container)
    except ApiError:
        return b"", False
    return b"", more


# ---------------------------------------------------------------------- over an upgraded connection


async def serve(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """One WebSocket connection."""
    from sanb.http.app import certificate, fields, target

    headers = fields(scope)
    offered = list(scope.get("subprotocols") or ())
    token = _token(offered)
    if token:
        headers["authorization"] = f"Bearer {token}"
    call = Call("GET", target(scope), {k: v for k, v in headers.items() if k != "accept"}, b"", certificate(scope))
    await receive()  # websocket.connect
    try:
        request, options = await app.locked(_wanted, app, call)
    except ApiError as error:
        return await _deny(send, negotiation.refused(headers, error))
    protocol = next((one for one in offered if one in channels.WEBSOCKET), None)
    await send({"type": "websocket.accept", "subprotocol": protocol})
    return await _serve(app, request, options, channels.WebSocket(receive, send, protocol, options))


async def upgrade(app: App, scope: Scope) -> None:
    """One SPDY connection: `session` of the scope has it."""
    from sanb.http.app import certificate, fields, target

    session: Session = scope["session"]
    headers = fields(scope)
    call = Call(scope["method"], target(scope), {k: v for k, v in headers.items() if k != "accept"}, b"", certificate(scope))
    try:
        request, options = await app.locked(_wanted, app, call)
        protocol = _protocol(headers)
    except ApiError as error:
        return session.refuse(negotiation.refused(headers, error))
    session.accept(protocol)
    return await _serve(app, request, options, channels.Streams(session, protocol, options))


def _protocol(headers: Mapping[str, str]) -> str:
    """The protocol that both ends know.

    Raises:
        ApiError: there is none.
    """
    offered = [one.strip() for one in headers.get(VERSIONS, "").split(",") if one.strip()]
    if not offered:
        raise status.bad_request("unable to upgrade: X-Stream-Protocol-Version is required")
    for one in offered:
        if one in channels.SPDY:
            return one
    client, server = " ".join(offered), " ".join(channels.SPDY)
    why = f"unable to upgrade: unable to negotiate protocol: client supports [{client}], server accepts [{server}]"
    raise status.failure(403, "Forbidden", why)


async def _serve(app: App, request: Request, options: Options, wires: Channels) -> None:
    with suppress(Gone):
        await wires.greet()
        await (_attach if request.subresource == "attach" else _exec)(app, request, options, wires)
        await wires.close()


def _token(offered: list[str]) -> str:
    """The bearer token among the subprotocols, which is taken out of them."""
    for one in list(offered):
        if one.startswith(identity.SUBPROTOCOL):
            offered.remove(one)
            text = one.removeprefix(identity.SUBPROTOCOL)
            with suppress(Base64Error, ValueError):
                return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    return ""


def _wanted(app: App, call: Call) -> tuple[Request, Options]:
    """What a connection is for.

    Raises:
        ApiError: it is for nothing that is served here, or not for this user.
    """
    plane = app.front.plane
    request = app.front.request_of(call)
    if request.subresource not in STREAMED or request.subresource == "log":
        raise status.bad_request("only exec and attach are served over an upgraded connection")
    plane.request(request)
    if plane.profile.pick(CREATES):
        plane.request(request._replace(verb="create"))
    return request, _options(plane, request, call.target)


def _options(plane: ControlPlane, request: Request, target: str) -> Options:
    """What the client wants of which container.

    Raises:
        ApiError: there is no such container, it does not run, or nothing can be done in it.
    """
    if request.subresource == "portforward":
        raise status.failure(501, "NotImplemented", FORWARD)
    options = options_of(target)
    if request.subresource == "exec" and not options.command:
        raise status.bad_request("you must specify at least 1 command for the container")
    pod, container = logs.find(plane.world, request.namespace, request.name, options.container)
    if not pod["spec"].get("nodeName"):
        raise status.bad_request(f"pod {request.name} does not have a host assigned")
    try:
        opened(plane.world, request.namespace, request.name, container)
    except ExecError as error:
        raise status.internal(str(error)) from None
    return options._replace(container=container)


async def _deny(send: Send, message: Message) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in message.headers]
    await send({"type": "websocket.http.response.start", "status": message.code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": message.body})


async def _attach(app: App, request: Request, options: Options, wires: Channels) -> None:
    """A simulated main process prints nothing: wait until the container ends or the client goes."""
    changed = app._hub.subscribe()
    reading = asyncio.create_task(wires.drain())
    try:
        while not reading.done():
            changed.clear()
            _, more = await app.locked(_rest, app.front.plane, request, options.container)
            if not more or app._hub.closed:
                break
            waiting = asyncio.ensure_future(changed.wait())
            await asyncio.wait({waiting, reading}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        await wires.finish(Done())
    finally:
        app._hub.forget(changed)
        reading.cancel()


async def _exec(app: App, request: Request, options: Options, wires: Channels) -> None:
    plane = app.front.plane
    argv = list(options.command)
    bare = not any(not word.startswith("-") for word in argv[1:]) and "-c" not in argv[1:]
    is_shell = basename(argv[0]) in SHELLS
    place = (request.namespace, request.name, options.container)
    try:
        if options.stdin and options.tty and is_shell and bare:
            shell = await app.locked(opened, plane.world, *place)
            done = await _converse(app, shell, wires)
        else:
            reads = options.stdin and not options.tty and bare and (is_shell or argv[0] == "cat")
            text = await wires.all() if reads else ""
            command = [argv[0], "-c", text] if is_shell and text else argv
            done = await app.locked(lambda: plane.exec(*place, command, text))
            await wires.write(STDOUT, done.stdout)
            await wires.write(STDOUT if options.tty else STDERR, done.stderr)
    except ExecError as error:
        return await wires.fail(str(error))
    except ApiError as error:
        return await wires.fail(error.status["message"])
    return await wires.finish(done)


async def _converse(app: App, shell: Shell, wires: Channels) -> Done:
    """A shell on a terminal: it echoes what is typed, runs each line, and prompts for the next."""
    prompt = PROMPT.get(shell.identity.uid, USER_PROMPT)
    await wires.write(STDOUT, prompt)
    line = ""
    while True:
        typed = await wires.read()
        if typed is None:
            return Done(shell.last)
        for sign in typed:
            if sign in "\r\n":
                await wires.write(STDOUT, "\n")
                if line.strip() == "exit" or line.startswith("exit "):
                    return Done(int(line.split()[1]) if line.split()[1:2] and line.split()[1].isdigit() else shell.last)
                done = await app.locked(shell.script, line) if line.strip() else Done()
                await wires.write(STDOUT, done.stdout + done.stderr + prompt)
                line = ""
            elif sign == END_OF_INPUT and not line:
                return Done(shell.last)
            elif sign == INTERRUPT:
                line = ""
                await wires.write(STDOUT, "^C\n" + prompt)
            elif sign in "\x7f\b":
                await wires.write(STDOUT, "\b \b" if line else "")
                line = line[:-1]
            elif sign >= " ":
                line += sign
                await wires.write(STDOUT, sign)
