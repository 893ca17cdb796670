"""The page about identity: its code runs as it stands there."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "identity.md"


def test_the_code_of_the_page_runs_from_top_to_bottom() -> None:
    pytest.importorskip("networkx")
    pytest.importorskip("matplotlib")
    told, names = StringIO(), dict[str, object]()
    with redirect_stdout(told):
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
            exec(compile(block, str(PAGE), "exec"), names)
    refused, worthless, denied, *instead = told.getvalue().splitlines()
    assert refused.startswith('403 secrets is forbidden: User "system:serviceaccount:shop:web" cannot list resource "secrets"')
    assert worthless == "not allowed: the token is worth nothing: service account token has expired"
    assert denied.startswith("not allowed: secrets is forbidden")
    assert instead[-1].endswith("get, list pods")
