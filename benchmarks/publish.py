"""Puts the kept results into the README and draws their pictures: `python -m benchmarks.publish`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.plots import draw
from benchmarks.results import read_results
from benchmarks.settings import RESULTS
from benchmarks.table import render, write_into
from benchmarks.worker import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, help="JSON file of the results")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md", help="file with the markers")
    parser.add_argument("--images", type=Path, default=ROOT / "docs" / "images", help="folder for the pictures")
    given = parser.parse_args()
    results = read_results(given.results)
    if not results:
        raise SystemExit(f"There are no results in {given.results}; run `make bench` first.")
    for path in draw(results, given.images):
        print(f"drawn: {path}")
    write_into(given.readme, render(results))
    print(f"written: {given.readme}")


if __name__ == "__main__":
    main()
