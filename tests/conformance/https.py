"""The `api` that `run.play` needs, over HTTPS: a served cluster and the `requests` library."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from sanb.controlplane import ControlPlane
from sanb.http.serve import Served, serve


class Https:
    """`api` of `run.play`: the calls that a client makes, with the bearer token of the admin."""

    def __init__(self, api: Served, ca: Path) -> None:
        self.base = api.url
        self._token = api.token
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca)

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str | None] | None = None,
        auth: str | None = None, stream: bool = False, timeout: float = 60,
    ) -> requests.Response:
        """Send one request."""
        given: dict[str, str | None] = {"Accept": "application/json", "User-Agent": "python-requests/2"}
        if auth != "none":
            given["Authorization"] = f"Bearer {auth or self._token}"
        data = None
        if body is not None:
            given["Content-Type"] = "application/json"
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        given.update(headers or {})
        kept = {name: value for name, value in given.items() if value is not None}
        return self._session.request(method, self.base + path, data=data, headers=kept, stream=stream, timeout=timeout)

    def json(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        """Send one request and read the answer."""
        answer = self.call(method, path, body, **options)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text

    def close(self) -> None:
        """Close what is kept open."""
        self._session.close()


@contextmanager
def served(plane: ControlPlane) -> Iterator[Https]:
    """The plane, served; its time goes on only where the scenario lets it."""
    with serve(plane, clock="manual") as api, tempfile.TemporaryDirectory() as folder:
        ca = Path(folder) / "ca.crt"
        ca.write_text(api.ca)
        client = Https(api, ca)
        try:
            yield client
        finally:
            client.close()
