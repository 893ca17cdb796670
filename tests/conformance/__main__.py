"""`python -m tests.conformance [--http] [--minor 1.36] [scenario prefix ...]`: steps agreed by minor and area."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from tests.conformance.compare import short
from tests.conformance.conform import MINORS, Result, play, play_served, results
from tests.conformance.report import markdown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minor", action="append", choices=MINORS)
    parser.add_argument("--show", type=int, default=2, help="differing paths printed a scenario")
    parser.add_argument("--min", type=float, default=0.0, help="share of steps below which to fail")
    parser.add_argument("--http", action="store_true", help="serve the clusters and play over HTTPS")
    parser.add_argument("--write", type=Path, help="write the table of agreement here, as Markdown")
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    found = []
    for result in results(tuple(options.minor or MINORS), tuple(options.only), play_served if options.http else play):
        found.append(result)
        _print(result, options.show)
    for minor in options.minor or MINORS:
        print(f"== {minor}: {_totals(r for r in found if r.minor == minor)}")
    for group in sorted({r.scenario.split("-")[0] for r in found}):
        print(f"   {group}: {_totals(r for r in found if r.scenario.split('-')[0] == group)}")
    print(_totals(found))
    if options.write:
        options.write.write_text(markdown(found), encoding="utf-8")
    steps = sum(r.steps for r in found)
    if steps and sum(r.agreed for r in found) / steps < options.min:
        raise SystemExit(1)


def _print(result: Result, show: int) -> None:
    if not result.differences:
        return
    steps = sorted({difference[0] for difference in result.differences})
    print(f"{result.minor}/{result.scenario}: {len(steps)} of {result.steps} steps differ: {steps}")
    for number, path, wanted, got in result.differences[:show]:
        print(f"    step {number} {path}: want {short(wanted)} got {short(got)}")


def _totals(found: Iterable[Result]) -> str:
    listed = list(found)
    agreed, steps = sum(r.agreed for r in listed), sum(r.steps for r in listed)
    whole = sum(not r.differences for r in listed)
    share = f" ({agreed / steps:.1%})" if steps else ""
    return f"steps {agreed}/{steps}{share} scenarios {whole}/{len(listed)}"


if __name__ == "__main__":
    main()
