"""Commands in containers over WebSocket (exec, attach), and what containers print (log)."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from posixpath import basename
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from sanb.apiserver import status
from sanb.apiserver.request import Request
from sanb.controlplane import ControlPlane
from sanb.errors import ApiError
from sanb.http import identity, negotiation
from sanb.http.calls import Answer, Call, Followed
from sanb.http.wire import Message
from sanb.kubelet import logs
from sanb.kubelet.shell import SHELLS, Done, ExecError, Shell, opened

if TYPE_CHECKING:
    from sanb.http.app import App, Receive, Scope, Send

STREAMED: Final = ("attach", "exec", "log", "portforward")
"""Subresources that are not decided by the API server but handed to the node."""
PROTOCOLS: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255
UPGRADE: Final = (
    "Upgrade request required: this server speaks WebSocket (v4 and v5.channel.k8s.io) and no SPDY; kubectl does so "
    "from 1.31 on, 1.29 and 1.30 with KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true"
)
FORWARD: Final = "port-forward is not served: containers of this cluster are simulated and listen on no port"
CREATES: Final = {"1.10": False, "1.35": True}
"""Whether a WebSocket, which begins with a GET, also needs the right to create (a gate of 1.35)."""
NORMAL: Final = 1000
PROMPT: Final = {0: "# "}
USER_PROMPT: Final = "$ "
END_OF_INPUT: Final = "\x04"
INTERRUPT: Final = "\x03"


class Options(NamedTuple):
    """What a client wants of a container."""

    container: str = ""
    command: tuple[str, ...] = ()
    stdin: bool = False
    stdout: bool = False
    stderr: bool = False
    tty: bool = False


def options_of(target: str) -> Options:
    """The options in the query of a path."""
    query = parse_qs(urlsplit(target).query, keep_blank_values=True)
    flags = {name: query.get(name, [""])[-1].lower() in ("true", "1") for name in ("stdin", "stdout", "stderr", "tty")}
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
    pod, container = logs.find(plane.world, request.namespace, request.name, str(chosen.get("container") or ""))
    previous = str(chosen.get("previous") or "").lower() in ("true", "1")
    text, more = logs.output(pod, container, previous)
    message = Message(200, (("Content-Type", "text/plain"),), text.encode())
    if more and str(chosen.get("follow") or "").lower() in ("true", "1"):
        return Followed(message, lambda: _rest(plane, request, container))
    return message


def _rest(plane: ControlPlane, request: Request, container: str) -> tuple[bytes, bool]:
    try:
        pod, _ = logs.find(plane.world, request.namespace, request.name, container)
        _, more = logs.output(pod, container)
    except ApiError:
        return b"", False
    return b"", more


# ---------------------------------------------------------------------- over WebSocket


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
    protocol = next((one for one in offered if one in PROTOCOLS), None)
    await send({"type": "websocket.accept", "subprotocol": protocol})
    wires = _Channels(receive, send, protocol == PROTOCOLS[0], options)
    try:
        await wires.greet()
        await (_attach if request.subresource == "attach" else _exec)(app, request, options, wires)
        await send({"type": "websocket.close", "code": NORMAL})
    except _Gone:
        pass
    return None


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
        raise status.bad_request("only exec and attach are served over WebSocket")
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


async def _attach(app: App, request: Request, options: Options, wires: _Channels) -> None:
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


async def _exec(app: App, request: Request, options: Options, wires: _Channels) -> None:
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


async def _converse(app: App, shell: Shell, wires: _Channels) -> Done:
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


class _Gone(Exception):
    """The client closed the connection."""


class _Channels:
    """The channels of one connection; the first byte of each message is the channel's number."""

    def __init__(
        self, receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]], closes: bool, options: Options,
    ) -> None:
        self._receive, self._send = receive, send
        self._closes = closes
        self._options = options

    async def greet(self) -> None:
        """An empty message tells the client that the connection stands."""
        await self._send({"type": "websocket.send", "bytes": bytes([STDOUT if self._options.stdout else ERROR])})

    async def write(self, channel: int, text: str) -> None:
        """Send text, if the client wants that channel."""
        wanted = {STDOUT: self._options.stdout, STDERR: self._options.stderr, ERROR: True}[channel]
        if text and wanted:
            shown = text.replace("\n", "\r\n") if self._options.tty and channel == STDOUT else text
            await self._send({"type": "websocket.send", "bytes": bytes([channel]) + shown.encode()})

    async def read(self) -> str | None:
        """What was typed next; None at the end of the input."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise _Gone
            data = message.get("bytes") or (message.get("text") or "").encode()
            if data[:1] == bytes([CLOSE]) and data[1:2] == bytes([STDIN]):
                return None
            if data[:1] == bytes([STDIN]) and len(data) > 1:
                return data[1:].decode(errors="replace")

    async def all(self) -> str:
        """The whole input: until the client closes it, or, where the protocol cannot say so, until it pauses."""
        parts: list[str] = []
        with suppress(TimeoutError):
            while (part := await asyncio.wait_for(self.read(), 60 if self._closes else 0.5)) is not None:
                parts.append(part)
        return "".join(parts)

    async def drain(self) -> None:
        """Read and forget, until the client goes."""
        with suppress(_Gone):
            while True:
                await self.read()
                await asyncio.sleep(0)

    async def finish(self, done: Done) -> None:
        """Say how the command ended."""
        await self._status(ended(done))

    async def fail(self, why: str) -> None:
        """Say why the command could not be started."""
        head = {"metadata": {}, "status": "Failure"}
        await self._status({**head, "message": why, "reason": "InternalError", "code": 500})

    async def _status(self, body: Mapping[str, Any]) -> None:
        await self.write(ERROR, json.dumps(body, separators=(",", ":")))


def ended(done: Done) -> dict[str, Any]:
    """The Status that tells a client how its command ended."""
    if not done.exit_code:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: exit status {done.exit_code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(done.exit_code)}]},
    }
