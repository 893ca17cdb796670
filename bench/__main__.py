"""Measure everything and print a table; `--readme` puts it into the README."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib import import_module
from pathlib import Path

from bench.measure import table

PARTS = ("store", "kernel", "cluster", "views", "lab", "kubectl", "authentication", "authorization", "serving")
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


def main() -> int:
    """Returns 1 if a ratio is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="which parts; all by default")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is 100,000 objects")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    options = parser.parse_args()
    rows = []
    for part in options.parts or PARTS:
        print(f"{part} …", file=sys.stderr, flush=True)
        rows += import_module(f"bench.{part}").rows(options.scale)
    text = f"CPython {platform.python_version()}, {platform.machine()}, everything measured in one run.\n\n{table(rows)}"
    print(text)
    if options.readme:
        _into(Path("README.md"), text)
    return int(not all(row.holds for row in rows))


def _into(path: Path, text: str) -> None:
    old = path.read_text()
    head, _, rest = old.partition(BEGIN)
    tail = rest.partition(END)[2]
    path.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
