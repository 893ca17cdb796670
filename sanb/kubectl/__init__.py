"""kubectl's verbs in process, with the output of each minor's kubectl (SEM 12)."""

from __future__ import annotations

from sanb.kubectl.result import Result
from sanb.kubectl.run import run

__all__ = ["Result", "run"]
