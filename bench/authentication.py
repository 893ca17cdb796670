"""What it costs to know whose a token is: TokenReviews that a cluster answers, against PyJWT alone."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import jwt

from bench.measure import Row, at_least, seconds, told
from sanb import Cluster
from sanb.apiserver.request import Request
from sanb.tokens import authority as tokens
from sanb.values import quiet_gc
from sanb.views.framearrays import load_pandas

TOKENS = 300
REPEATS = 15
FRAMED = 10_000
UNTIMED: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


def _decoded(cluster: Cluster, texts: list[str]) -> float:
    """Seconds of one bare `jwt.decode`; virtual time is not this machine's, so times are not looked at."""
    key, audience = cluster.authority.signing.public, cluster.authority.issuer
    start = perf_counter()
    for text in texts:
        jwt.decode(text, key, ["RS256"], audience=audience, options=UNTIMED)
    return (perf_counter() - start) / len(texts)


def _reviewed(cluster: Cluster, requests: list[Request]) -> float:
    """Seconds of one TokenReview: asked of the cluster, decided, answered, and written into the journal."""
    ask = cluster.request
    start = perf_counter()
    answers: Any = [ask(request).body["status"] for request in requests]
    took = perf_counter() - start
    assert all(answer["authenticated"] for answer in answers)
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
    framed = max(100, int(FRAMED * scale))
    bare, fresh, cached = (min(one[n] for one in found) for n in range(3))
    instead = f"{1 / bare:,.0f}/s with jwt.decode"
    return [
        at_least("TokenReviews, each of a token never seen before", f"{1 / fresh:,.0f}/s", instead, bare / fresh, 0.5),
        at_least("the same within ten seconds", f"{1 / cached:,.0f}/s", instead, bare / cached, 5.0),
        told(f"the frame of credentials of {framed:,} tokens, none of them signed", f"{_framed(framed):.2f} s"),
    ]


def _framed(count: int) -> float:
    """Seconds of the frame of so many requested tokens."""
    cluster = Cluster("1.36", seed=1, nodes=0)
    cluster.create("sa", "web")
    for _ in range(count):
        cluster.request(Request("create", "serviceaccounts", "default", "web", "token", {"spec": {}}))
    load_pandas()
    return seconds(lambda: cluster.frames.credentials)
