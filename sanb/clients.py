"""Who acts with a credential and nothing else: the bearer of a token, or a user with a certificate.

Users are not objects. The cluster knows them by what their certificate says, everywhere; a ServiceAccount is an object of
one namespace, and its tokens end with it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from sanb import entropy
from sanb.apiserver.request import ADMIN, ANONYMOUS, NOBODY, Request, Response, UserInfo
from sanb.apiserver.resources import Resource
from sanb.errors import UsageError
from sanb.tokens.ca import times
from sanb.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sanb.cluster import Cluster
    from sanb.tokens.keys import Key

ADDRESS: Final = "https://127.0.0.1:6443"
"""Where a kubeconfig says that the cluster is while it is not served."""
SHARED: Final = ("profile", "now", "seed", "store", "world", "lock", "exec", "run")
"""What kubectl needs of a cluster besides its answers."""


class Client(Verbs):
    """The verbs and kubectl of somebody who shows a credential: `c.client(token).list("pods", namespace="shop")`."""

    def __init__(self, cluster: Cluster, name: str, show: Callable[[Request], Request]) -> None:
        self._cluster = cluster
        self._name = name
        self._show = show

    def request(self, request: Request) -> Response:
        """Send a request with the credential.

        Raises:
            ApiError: 401, the credential is worth nothing (any more); or what the server refuses the request with.
        """
        return self._cluster.request(self._show(request) if request.user is ADMIN else request)

    def resources(self) -> Mapping[str, Resource]:
        """The kinds that there are now, by id."""
        return self._cluster.resources()

    def __getattr__(self, name: str) -> Any:
        if name not in SHARED:
            raise AttributeError(f"a client has the verbs of the API and kubectl, and no {name!r}")
        return getattr(self._cluster, name)

    def __repr__(self) -> str:
        return f"<client: {self._name}>"


def bearer(cluster: Cluster, token: Callable[[], str], name: str = "a bearer token") -> Client:
    """Whoever shows the token, which is read anew for every request; who shows none is anonymous."""

    def shown(request: Request) -> Request:
        text = token()
        return request._replace(user=NOBODY, token=text) if text else request._replace(user=ANONYMOUS)

    return Client(cluster, name, shown)


class User:
    """A person with a key and a certificate of the cluster's CA, which says the name and the groups.

    Attributes:
        name, groups: who this is.
        key, certificate: PEM texts.
        info: the user as the API server knows it.
    """

    def __init__(self, cluster: Cluster, name: str, groups: tuple[str, ...], key: str, certificate: str) -> None:
        self._cluster = cluster
        self.name, self.groups, self.key, self.certificate = name, groups, key, certificate

    @property
    def info(self) -> UserInfo:
        """The user as the API server knows it."""
        return UserInfo(self.name, groups=(*self.groups, "system:authenticated"))

    def client(self) -> Client:
        """Act as this user: `jane.client().list("pods")`; 401 when the certificate has expired."""
        return Client(self._cluster, self.name, self._shown)

    def _shown(self, request: Request) -> Request:
        from sanb.http.identity import certified

        return request._replace(user=certified(ssl.PEM_cert_to_DER_cert(self.certificate), self._cluster.now))

    def kubeconfig(self, url: str = "", *, namespace: str = "default") -> str:
        """A kubeconfig as text: for `url`, or where the cluster is served.

        Parameters:
            url: the address of the API server.
            namespace: where kubectl works when nobody says.
        """
        from sanb.http.kubeconfig import certified
        from sanb.yamltext import to_yaml

        cluster = self._cluster
        where = url or cluster.address or ADDRESS
        return to_yaml(certified(where, cluster.authority.ca_pem, self.name, self.certificate, self.key, namespace))

    def __repr__(self) -> str:
        return f"<user {self.name}{f' of {chr(44).join(self.groups)}' if self.groups else ''}>"


class Users:
    """`c.users.create("jane", groups=["dev"])`: people, who are no objects of the cluster and belong to no namespace."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def create(self, name: str, groups: Iterable[str] = ()) -> User:
        """Sign a certificate for somebody, good for a year of virtual time. The cluster stores nothing of it.

        That there is one is seen in `c.frames.credentials` only, which sees more than a real cluster knows.

        Parameters:
            name: the user name; becomes the certificate's common name.
            groups: become its organizations.

        Raises:
            UsageError: there is no name, or the groups are one text.
        """
        if not name or isinstance(groups, str):
            raise UsageError(f"no user {name!r} of {groups!r}: give a name and a list of groups, users.create('jane', ['dev'])")
        cluster, members = self._cluster, tuple(groups)
        key = self._key(name)
        certificate = cluster.authority.client_certificate(key, name, members, cluster.now)
        cluster.note_certificate(name, members, cluster.now, *times(certificate))
        return User(cluster, name, members, key.pem, certificate)

    def _key(self, name: str) -> Key:
        """From the pool, as the cluster's own keys; random ones for a cluster with random keys."""
        from sanb.tokens import keys

        cluster = self._cluster
        if cluster.authority.signing.name.startswith("random-"):
            return keys.generate()
        pool = keys.pool()
        return pool[entropy.draw(cluster.seed, "user key", name) % len(pool)]

    def __repr__(self) -> str:
        return "<users are not objects: create(name, groups) signs a certificate>"
