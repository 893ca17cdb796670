"""What it costs to know whose a token is: TokenReviews decided by the API server, against PyJWT alone."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import jwt

from bench.measure import Row, at_least
from sanb import Cluster
from sanb.apiserver.request import Request
from sanb.tokens import authority as tokens
from sanb.values import quiet_gc

TOKENS = 500
REPEATS = 5
UNTIMED: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


def _decoded(cluster: Cluster, texts: list[str]) -> float:
    """Seconds of one bare `jwt.decode`; virtual time is not this machine's, so times are not looked at."""
    key, audience = cluster.authority.signing.public, cluster.authority.issuer
    start = perf_counter()
    for text in texts:
        jwt.decode(text, key, ["RS256"], audience=audience, options=UNTIMED)
    return (perf_counter() - start) / len(texts)


def _reviewed(cluster: Cluster, requests: list[Request]) -> float:
    """Seconds of one TokenReview, with what it leaves in the server's memory."""
    handle, store, now = cluster.server.handle, cluster.store, cluster.now
    good = 0
    start = perf_counter()
    for request in requests:
        decision: Any = handle(store, now, request)
        for key, value, until in decision.learned:
            store.memory.put(key, value, until, now)
        good += decision.response.body["status"]["authenticated"]
    took = perf_counter() - start
    assert good == len(requests)
    return took / len(requests)


def rows(scale: float) -> list[Row]:
    """TokenReviews that are decided anew, and those of the last ten seconds again."""
    cluster = Cluster("1.36", seed=1, nodes=0)
    cluster.create("sa", "web")
    count = max(100, int(TOKENS * scale))
    texts = [cluster.kubectl("create token web").stdout for _ in range(count)]
    requests = [Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": one}}) for one in texts]
    found = []
    with quiet_gc():
        for _ in range(REPEATS):
            bare = _decoded(cluster, texts)
            tokens._signed_by.cache_clear()
            cluster.store.memory.clear()
            found.append((bare, _reviewed(cluster, requests), _reviewed(cluster, requests)))
    bare, fresh, cached = (min(one[n] for one in found) for n in range(3))
    instead = f"{1 / bare:,.0f}/s with jwt.decode"
    return [
        at_least("TokenReviews, each of a token never seen before", f"{1 / fresh:,.0f}/s", instead, bare / fresh, 0.5),
        at_least("the same within ten seconds", f"{1 / cached:,.0f}/s", instead, bare / cached, 5.0),
    ]
