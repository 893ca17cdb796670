"""The formats that strings of custom resources may have to have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Final

from sanb.apiserver.types import scalars

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_DURATION: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w)(?:(?:\d+(?:\.\d*)?|\.\d+)"
                              r"(?:ns|us|µs|μs|ms|s|m|h|d|w))*|0")
_HOST: Final = re.compile(r"(?=.{1,255}$)(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.?)+")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SHORT: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_LONG: Final = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


def _parses(parse: Callable[[str], object], *errors: type[Exception]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except errors:
            return False
        return True

    return check


def _date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _parses(date.fromisoformat, ValueError)(text)


def _network(text: str) -> bool:
    return "/" in text and _parses(lambda one: ip_network(one, strict=False), ValueError)(text)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "byte": _parses(scalars.base64, ValueError),
    "cidr": _network,
    "date": _date,
    "date-time": _parses(scalars.time, ValueError),
    "duration": _matches(_DURATION),
    "email": _matches(_EMAIL),
    "hostname": _matches(_HOST),
    "ipv4": _parses(IPv4Address, AddressValueError),
    "ipv6": _parses(IPv6Address, AddressValueError),
    "k8s-long-name": _matches(_LONG),
    "k8s-short-name": _matches(_SHORT),
    "uuid": _matches(_UUID), "uuid3": _matches(_UUID), "uuid4": _matches(_UUID), "uuid5": _matches(_UUID),
}
"""Formats that are checked; all others are not."""


@lru_cache(maxsize=4096)
def fits(form: str, text: str) -> bool:
    """Whether a text has the format."""
    check = FORMATS.get(form)
    return check is None or check(text)
