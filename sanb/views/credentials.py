"""The frame of credentials: every token and certificate that there is, whose it is, and what it is worth now.

It is computed on read, since time alone ends credentials; only the journal, which grows, is read on from the last look.
Nothing is signed for it: claims are judged as the API server judges them, and whether the key still counts is known.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sanb.apiserver import authn
from sanb.apiserver.authn_legacy import LAST_USED
from sanb.apiserver.relations import ACCOUNT_NAME, TOKEN_TYPE
from sanb.apiserver.request import UserInfo
from sanb.apiserver.view import View
from sanb.times import parse
from sanb.tokens import claims
from sanb.tokens.authority import NotOurs, unverified
from sanb.values import Lazy, Obj, dig
from sanb.views.framearrays import Cells
from sanb.views.framecolumns import BOOL, CATEGORY, TEXT, TIME, Column, Row

NAME: Final = "credentials"
KUBELET: Final = "kubelet"
COLUMNS: Final = (
    Column("kind", CATEGORY, "token Secret, mounted token, requested token, static token or certificate"),
    Column("subject", TEXT, "user name that it stands for"),
    Column("namespace", CATEGORY, "of the ServiceAccount; missing: a user, who belongs to none"),
    Column("held_by", TEXT, "the Secret or Pod that holds it, kind/name; missing: whoever asked for it, or nobody any more"),
    Column("audience", CATEGORY, "who should accept it, separated by commas; missing: the API server"),
    Column("bound_to", TEXT, "the object it dies with, kind/name; missing: only the ServiceAccount, or nothing"),
    Column("issued", TIME, "when it was signed for"),
    Column("expires", TIME, "when its life ends by itself; missing: never"),
    Column("last_used", TIME, "when it last told the API server who asks; missing: never"),
    Column("valid", BOOL, "the API server accepts it now"),
    Column("why", TEXT, "why it is not accepted, in the server's words; missing: it is"),
)
DOC: Final = (
    "One row per token Secret, then one per token that was issued, per static token and per certificate, in order of issue.\n\n"
    "Computed on read: time alone makes credentials invalid. Nothing is signed for it. `valid` is what the server would find\n"
    "now; what it has just accepted it goes on accepting for ten seconds. Of a certificate, `last_used` is when a user of its\n"
    "name and groups last asked."
)


class Documented(NamedTuple):
    """What the documentation of a frame is made of."""

    columns: tuple[Column, ...]
    doc: str


DOCUMENTED: Final = Documented(COLUMNS, DOC)
EXPIRED: Final = "the certificate has expired"
EARLY: Final = "the certificate is not valid yet"


class Issued(NamedTuple):
    """A token that a TokenRequest was answered with; `mount` tells apart what a kubelet keeps, None: somebody asked."""

    token: Lazy
    mount: tuple[Any, ...] | None


class Credentials:
    """The rows of the frame, made anew when anything has happened or time has passed."""

    def __init__(self) -> None:
        self.columns = COLUMNS
        self.cells = [Cells(column) for column in COLUMNS]
        self._mark: tuple[Any, ...] = ()
        self._position = 0
        self._issued: list[Issued] = []
        self._newest: dict[tuple[Any, ...], Lazy] = {}
        self._used: dict[str | UserInfo, float] = {}
        self._texts: dict[str, str] = {}

    def refresh(self, cp: Any) -> bool:
        """Make the rows anew; tells whether anything may have changed."""
        server = getattr(cp, "server", None)
        if server is None or server.authority is None:
            return False
        mark = (cp.now, cp.store.rev, len(cp.world.journal), server, server.authority, cp.certificates)
        if mark == self._mark:
            return False
        self._read(cp.world.journal)
        view = View(cp.store, cp.now, cp.profile, cp.seed)
        rows = [*self._secrets(view, server), *self._tokens(view, server), *self._static(server), *self._people(cp)]
        values = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
        self.cells = [Cells(*pair) for pair in zip(COLUMNS, values, strict=True)]
        self._mark = mark
        return True

    # ------------------------------------------------------------------ what was issued and used

    def _read(self, journal: Any) -> None:
        """Take in the calls since the last look."""
        for entry in journal.after(self._position):
            kept, request = entry.kept, entry.request
            if kept.__class__ is Lazy:
                self._take(kept, entry)
            elif kept is not None:
                self._used[self._token(kept)] = entry.time
            if entry.code != 401 and not entry.actor and entry.cause is None:  # Events of components have a cause
                self._used[self._token(request.shown) if request.shown else request.user] = entry.time
        self._position = len(journal)

    def _take(self, token: Lazy, entry: Any) -> None:
        mount = None
        if entry.actor.partition("/")[0] == KUBELET:
            said, seconds = token.args[1], dig(entry.request.body, "spec", "expirationSeconds")
            mount = (dig(said, "kubernetes.io", "pod", "uid"), said["sub"], tuple(said["aud"]), seconds)
            self._newest[mount] = token
        self._issued.append(Issued(token, mount))

    def _token(self, text: str) -> str:
        """What stands for a token that was shown: what it says, so that no other one has to be signed to be compared."""
        known = self._texts.get(text)
        if known is None:
            try:
                known = repr(unverified(text))
            except NotOurs:
                known = text
            self._texts[text] = known
        return known

    def _use(self, said: Obj) -> float | None:
        """When a token that says this last told who asks."""
        return self._used.get(repr(said)) if self._texts else None

    # ------------------------------------------------------------------ rows

    def _secrets(self, view: View, server: Any) -> Iterator[Row]:
        for version in view.table.scan("secrets"):
            secret = version.last
            value = (secret.get("data") or {}).get("token")
            if secret.get("type") == TOKEN_TYPE and value is not None and len(value):
                yield self._secret(view, server, secret, value)

    def _secret(self, view: View, server: Any, secret: Obj, value: Any) -> Row:
        fields = secret["metadata"]
        space, name = fields["namespace"], fields["name"]
        if value.__class__ is Lazy and value.args[1:3] == (space, name):
            said = claims.legacy(*value.args[1:])
            used, why = self._use(said), authn.worth(view, server.authority, said, value.args[0])
        else:
            text = _plain(str(value))
            used, why = self._used.get(self._token(text)), token_refused(view, server, text)
        label = (fields.get("labels") or {}).get(LAST_USED)
        noted = [parse(f"{label}T00:00:00Z")] if label else []
        subject = claims.subject(space, (fields.get("annotations") or {}).get(ACCOUNT_NAME, ""))
        holder = f"secret/{name}"
        return ("token Secret", subject, space, holder, None, holder, fields.get("creationTimestamp"), None,
                max([*noted, *([used] if used is not None else [])], default=None), not why, why or None)

    def _tokens(self, view: View, server: Any) -> Iterator[Row]:
        own = server.authority.api_audiences
        for token, mount in self._issued:
            tag, said = token.args
            private = said["kubernetes.io"]
            why = authn.worth(view, server.authority, said, tag)
            audience = None if tuple(said["aud"]) == own else ",".join(said["aud"])
            kind = "requested token" if mount is None else "mounted token"
            yield (kind, said["sub"], private["namespace"], self._holder(view, token, mount, private), audience, _bound(private),
                   said["iat"], said["exp"], self._use(said), not why, why or None)

    def _holder(self, view: View, token: Lazy, mount: tuple[Any, ...] | None, private: Obj) -> str | None:
        """The Pod in which a token is mounted: the kubelet holds the newest one, for as long as there is the Pod."""
        if mount is None or self._newest[mount] is not token:
            return None
        pod = view.get("pods", private["namespace"], private["pod"]["name"])
        return f"pod/{private['pod']['name']}" if pod is not None and pod["metadata"]["uid"] == mount[0] else None

    def _static(self, server: Any) -> Iterator[Row]:
        for token, user in server.static.items():
            yield "static token", user.name, None, None, None, None, None, None, self._used.get(token), True, None

    def _people(self, cp: Any) -> Iterator[Row]:
        for name, groups, issued, begins, expires in cp.certificates:
            used = self._used.get(UserInfo(name, groups=(*groups, authn.AUTHENTICATED)))
            why = certificate_refused(begins, expires, cp.now)
            yield "certificate", name, None, None, None, None, issued, expires, used, not why, why or None


def _plain(value: str) -> str:
    """The token in a Secret's data; anything that is no base64 is no token either."""
    try:
        return b64decode(value).decode()
    except ValueError:
        return value


def token_refused(view: View, server: Any, token: str, audiences: Sequence[str] = ()) -> str:
    """What the API server says of a token as text; "" if it accepts it for these audiences (none: its own)."""
    verdict = authn.authenticate(view, server, token, audiences)
    return "" if verdict.user is not None else verdict.error or authn.UNKNOWN


def certificate_refused(begins: float, expires: float, now: float) -> str:
    """Why a certificate that counts between these times is not accepted now; "" if it is."""
    return EXPIRED if now > expires else EARLY if now < begins else ""


def _bound(private: Obj) -> str | None:
    """The object that a token dies with; a Pod's token only mentions the Pod's node."""
    for kind in ("pod", "secret", "node"):
        if kind in private:
            return f"{kind}/{private[kind]['name']}"
    return None
