"""Who a call comes from: certificate first, then token, then nobody."""

from __future__ import annotations

import ssl

import pytest

import sanb
from sanb.apiserver.request import ADMIN, ANONYMOUS, NOBODY, UserInfo
from sanb.errors import ApiError
from sanb.http.identity import identify

YEAR = 366 * 86400.0
BEARER = {"authorization": "Bearer t0ken"}


@pytest.fixture(scope="module")
def jane() -> tuple[bytes, float]:
    """A certificate, and when it was signed."""
    c = sanb.Cluster("1.36", seed=1, nodes=0)
    return ssl.PEM_cert_to_DER_cert(c.users.create("jane", groups=["dev"]).certificate), c.now


def test_a_certificate_counts_before_a_token(jane: tuple[bytes, float]) -> None:
    certificate, now = jane
    user = UserInfo("jane", groups=("dev", "system:authenticated"))
    assert identify({}, certificate, "admin-token", now) == (user, "")
    assert identify(BEARER, certificate, "admin-token", now) == (user, "")


def test_a_certificate_that_is_over_leaves_it_to_the_token_if_there_is_one(jane: tuple[bytes, float]) -> None:
    certificate, now = jane
    assert identify(BEARER, certificate, "admin-token", now + YEAR) == (NOBODY, "t0ken")
    with pytest.raises(ApiError, match="Unauthorized"):
        identify({}, certificate, "admin-token", now + YEAR)


def test_without_anything_one_is_anonymous_and_the_token_of_admin_is_known() -> None:
    assert identify({}, None, "admin-token", 0.0) == (ANONYMOUS, "")
    assert identify({"authorization": "bearer admin-token"}, None, "admin-token", 0.0) == (ADMIN, "")
    assert identify({"authorization": "Basic x"}, None, "admin-token", 0.0) == (ANONYMOUS, "")
