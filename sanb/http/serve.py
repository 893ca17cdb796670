"""A served cluster: uvicorn with TLS in a background thread. The only place that knows the wall clock and threads."""

from __future__ import annotations

import ipaddress
import secrets
import shutil
import socket
import ssl
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from sanb.apiserver.request import ADMIN
from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.http import kubeconfig
from sanb.http.app import App
from sanb.http.faults import faults
from sanb.http.front import Front
from sanb.http.pace import Fast, Manual, Pace, Realtime

if TYPE_CHECKING:
    import uvicorn

NEEDED: Final = ("uvicorn", "httptools", "websockets", "google.protobuf", "prometheus_client")
CLOCKS: Final = ("fast", "manual", "realtime")
NAMES: Final = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
                "localhost", "127.0.0.1", "::1", "10.96.0.1", "10.0.0.1")
"""What the certificate is for, beside the address that is listened on."""
FEWEST: Final = 100
"""Revisions that are kept at least."""
STARTING: Final = 20.0
STOPPING: Final = 5.0
NO_CHECK_TIME: Final = 0x200000
"""Of OpenSSL: whether a client's certificate has expired is judged by virtual time, which a handshake does not know."""


class Served:
    """A cluster that is served over HTTPS until `close()`, or until the `with` block ends.

    Attributes:
        url: where it is, `https://127.0.0.1:40123`.
        kubeconfig: a file with its address, its certificate and an admin token.
        env: variables for programs that should find it: `subprocess.run(["kubectl", "get", "pods"], env={**os.environ,
            **api.env})`.
        token: the bearer token of the user `admin`.
        ca: the certificate that signed the server's, PEM text.
        plane: the cluster that is served.
    """

    def __init__(
        self, plane: ControlPlane, *, host: str = "127.0.0.1", port: int = 0, clock: str = "fast", token: str = "",
        file: str | Path | None = None, history: int | None = None,
    ) -> None:
        _check(plane, host, clock, history)
        self.plane = plane
        self._folder = Path(tempfile.mkdtemp(prefix="sanb-"))
        self.token = token or secrets.token_urlsafe(24)
        self.ca = plane.authority.ca_pem
        self._socket = _listen(host, port)
        self.port = int(self._socket.getsockname()[1])
        shown = f"[{host}]" if ":" in host else host
        self.url = f"https://{shown}:{self.port}"
        self.kubeconfig = Path(file) if file else self._folder / "kubeconfig"
        self.env = {"KUBECONFIG": str(self.kubeconfig)}
        plane.admit(self.token, ADMIN)
        kubeconfig.write(self.kubeconfig, kubeconfig.kubeconfig(self.url, self.ca, self.token))
        context = _context(plane, host, self._folder)
        self._app = App(Front(plane, self.token, _pace(clock), f"{shown}:{self.port}", history))
        self._server = _server(self._app, context)
        self._thread = threading.Thread(target=self._run, name="sanb-serve", daemon=True)
        self._failure: BaseException | None = None
        self._thread.start()
        self._wait()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except BaseException as failure:
            self._failure = failure

    def _wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + STARTING
        while not self._server.started:
            if self._failure is not None or not self._thread.is_alive() or time.monotonic() > end:
                self.close()
                raise UsageError(f"the server at {self.url} did not start: {self._failure or 'no answer'}")
            time.sleep(0.001)

    def close(self) -> None:
        """Stop serving; open watches end. The cluster stays as it is."""
        self._app.stop()
        self.plane.admit(self.token, None)
        self._server.should_exit = True
        if self._thread is not threading.current_thread():
            self._thread.join(STOPPING)
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def fail(self, *texts: str) -> None:
        """From now on these requests fail and no others: `api.fail("create pods 500", "update * 409 2")`.

        Raises:
            UsageError: a text is no fault; nothing changes then.
        """
        self._app.front.faults = faults(texts)

    @property
    def closed(self) -> bool:
        """Whether it is served no longer."""
        return not self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{'closed' if self.closed else 'serving'} {self.url}; KUBECONFIG={self.kubeconfig}>"


def _check(plane: ControlPlane, host: str, clock: str, history: int | None) -> None:
    missing = [name for name in NEEDED if not _there(name)]
    if missing:
        raise UsageError(f"serving needs {', '.join(missing)}: pip install 'sanb-k8s[serve]'")
    if clock not in CLOCKS:
        raise UsageError(f"unknown clock {clock!r}: choose one of {', '.join(CLOCKS)}")
    if history is not None and history < FEWEST:
        raise UsageError(f"history={history} is too little: watches need some; keep at least {FEWEST} revisions, or all (None)")
    if not _loopback(host) and not plane.authority.signing.name.startswith("random-"):
        raise UsageError(
            f"{host} can be reached from other machines, but this cluster's keys come from a public pool, so anybody "
            "can sign tokens with them: use Cluster(keys='random'), or serve on 127.0.0.1"
        )


def _there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        why = error.strerror
        raise UsageError(f"cannot listen on {host}:{port}: {why}; choose another port, or 0 for a free one") from None
    for name, value in (("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):  # connections whose other end is gone without a word are noticed
            found.setsockopt(socket.SOL_SOCKET if name[0] == "S" else socket.IPPROTO_TCP, getattr(socket, name), value)
    found.listen(1024)
    return found


def _pace(clock: str) -> Pace:
    return Realtime(time.time) if clock == "realtime" else Manual() if clock == "manual" else Fast()


def _context(plane: ControlPlane, host: str, folder: Path) -> ssl.SSLContext:
    """TLS with a new key and a certificate of the cluster's CA; clients may show certificates of the same CA."""
    from sanb.tokens import ca

    authority, key = plane.authority, _key()
    names = tuple(dict.fromkeys((*NAMES, host)))
    certificate = ca.serving(authority.ca_pem, authority.ca_key, key, names, time.time())
    chain = folder / "serving.pem"
    chain.touch(mode=kubeconfig.SECRET_MODE)
    chain.write_text(certificate + key.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(chain)
    context.load_verify_locations(cadata=authority.ca_pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags = ssl.VerifyFlags(NO_CHECK_TIME)
    context.set_alpn_protocols(["http/1.1"])
    chain.unlink()
    return context


def _key() -> Any:
    """A new key; an elliptic one is made at once and signs fast."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from sanb.tokens import keys

    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return keys.given(pem.decode())


def _server(app: App, context: ssl.SSLContext) -> uvicorn.Server:
    import uvicorn

    from sanb.http.protocol import Protocol

    config = uvicorn.Config(
        app, http=Protocol, ws=_websockets,  # type: ignore[arg-type] # made when it is needed
        lifespan="on", log_level="critical",
        access_log=False, server_header=False, proxy_headers=False, timeout_graceful_shutdown=1, timeout_keep_alive=120,
        ssl_context_factory=lambda config, default: context, h11_max_incomplete_event_size=64 * 1024,
    )
    return uvicorn.Server(config)


def _websockets(**options: Any) -> Any:
    from sanb.http.websockets import WebSockets

    return WebSockets(**options)


def serve(plane: ControlPlane, **options: Any) -> Served:
    """Serve a cluster; see `Served`."""
    return Served(plane, **options)
