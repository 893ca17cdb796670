"""Addresses: a node gets blocks of 254, its Pods get one after the other."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from sanb.apiserver.client import Api
from sanb.values import Obj, dig

FIRST: Final = 2
"""The first address of a block that a Pod gets; .1 is the bridge."""
BLOCK: Final = 255
BLOCKS: Final = (10, 244)
"""Blocks are 10.244.0.0/24, 10.244.1.0/24 and so on."""


def host_address(machine: Obj) -> str:
    """The InternalIP of a node; one drawn from its name where its status has none."""
    for address in (machine.get("status") or {}).get("addresses") or ():
        if address.get("type") == "InternalIP":
            return str(address["address"])
    drawn = blake2b(str(dig(machine, "metadata", "name", default="")).encode(), digest_size=2).digest()
    return f"10.128.{drawn[0]}.{2 + drawn[1] % 253}"


def pod_address(api: Api, node: str) -> str:
    """The next free address of a node."""
    block, number = api.recall(("block", node)) or ("", BLOCK)
    if number >= BLOCK:
        block, number = _block(api, "" if block else node), FIRST
    api.keep(("block", node), (block, number + 1))
    return f"{block}{number}"


def _block(api: Api, node: str) -> str:
    """The first three numbers of the podCIDR of `node`; of a block that no node has where it has none, or for ""."""
    given = dig(api.cached("nodes", "", node), "spec", "podCIDR", default="") if node else ""
    if given:
        return str(given).rpartition(".")[0] + "."
    taken = {str(dig(node, "spec", "podCIDR", default="")).rpartition(".")[0] for node in api.cached_list("nodes")}
    number = api.recall(("blocks",)) or 0
    first, second = BLOCKS
    while f"{first}.{second + number // 256}.{number % 256}" in taken:
        number += 1
    api.keep(("blocks",), number + 1)
    return f"{first}.{second + number // 256}.{number % 256}."
