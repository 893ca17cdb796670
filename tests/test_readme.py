"""What the README shows works as it stands there."""

from __future__ import annotations

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from sanb import ApiError

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_tour_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifests").mkdir()
    shutil.copy(str(files("sanb.examples") / "bookshop.yaml"), tmp_path / "manifests")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 3
    names: dict[str, object] = {}
    for block in blocks:
        try:
            exec(compile(block, "README.md", "exec"), names)
        except ApiError as refusal:  # the tour says of one line that it is refused
            assert refusal.reason == "Forbidden"
            rest = block[block.index("with c.serve()"):]
            exec(compile(rest, "README.md", "exec"), names)
    assert (tmp_path / "run.json").exists()


PAGES = [page for folder in (ROOT, ROOT / "docs", ROOT / "examples") for page in sorted(folder.glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text())
    for link in links:
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)", target.read_text(), re.MULTILINE) if heading else []
        assert not heading or heading in [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings], link
