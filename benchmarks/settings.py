"""The command line."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.clock import Clock
from benchmarks.environments import Environments
from benchmarks.worker import ROOT

PARTS = ("training", "long", "prediction", "memory", "first-answer", "pipeline")
RESULTS = ROOT / "benchmarks" / "results" / "bench.json"

_EPILOG = """\
training      fine-tuning MiniLM-L6 on SST-2 sentences: throughput, accuracy, FLOP utilisation, peak memory
long          the same with 110 million weights, on short and on long texts; throughput alone
prediction    100,000 sentences (--rows), tokenisation included
memory        peak memory of `tltk predict` by the length of its file
first-answer  a new process until its first answer
pipeline      what the input pipeline costs a training step

With the defaults all of it takes some 90 minutes on two cores; `--epochs 3` is for accuracy, and takes 40 more.
Results are written after each part; the first Ctrl-C keeps those of the running one too.

Without the benchmark data, the quickstart's movie-review snippets take its place where they can.
"""


@dataclass(frozen=True)
class Settings:
    """What was asked for.

    Args:
        parts: the parts to run.
        environments: where the peers are.
        data: folder of the benchmark data, or None.
        work: folder for what is made on the way: rows, trained models, logs.
        output: JSON file of the results; parts that are not run again stay as they are.
        quick: a few steps of everything, to see that it works; no figures to keep.
        rounds: timed segments of each competitor.
        epochs: of the trainings.
        at_once: workers that are alive together.
        names: competitors to run, by the beginnings of their names; empty runs all.
        rows: sentences to predict.
        minutes: for each part; None sets no limit.
        clock: of the running part.
    """

    parts: tuple[str, ...]
    environments: Environments
    data: Path | None
    work: Path
    output: Path
    quick: bool
    rounds: int
    epochs: int
    at_once: int
    names: tuple[str, ...]
    rows: int = 100_000
    minutes: float | None = None
    clock: Clock = field(default_factory=Clock)

    def wanted(self, name: str) -> bool:
        """Tell whether a competitor is to run."""
        return not self.names or any(name.lower().startswith(one.lower()) for one in self.names)


def parse_settings(arguments: list[str] | None = None) -> Settings:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.description = "tltk beside its peers, alternating in one run."
    parser.epilog = _EPILOG
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help="parts to run")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers", help="folder of the peers' environments")
    parser.add_argument("--data", type=Path, help="folder of the benchmark data [TLTK_BENCHMARK_DATA, ../shared/data]")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "bench", help="folder for what is made on the way")
    parser.add_argument("--output", type=Path, help="JSON file of the results [benchmarks/results/bench.json]")
    parser.add_argument("--quick", action="store_true", help="a few steps of everything, to see that it works")
    parser.add_argument("--rounds", type=int, default=20, help="timed segments of each competitor")
    parser.add_argument("--epochs", type=int, default=1, help="epochs of the trainings [1]; 3 to compare accuracy")
    parser.add_argument("--rows", type=int, default=100_000, help="sentences to predict [100000]")
    parser.add_argument(
        "--minutes",
        type=float,
        help="for each part: it then stops after the running round and reports what it has (a training no accuracy)",
    )
    parser.add_argument("--at-once", type=int, default=12, help="workers alive together (each takes 1 to 3 GB)")
    parser.add_argument("--names", nargs="+", default=[], help="only competitors whose names begin so")
    given = parser.parse_args(arguments)
    work = given.work.absolute() / "quick" if given.quick else given.work.absolute()  # its models are worth nothing
    return Settings(
        parts=tuple(part for part in PARTS if part in given.only),
        environments=Environments(given.peers),
        data=find_data(given.data),
        work=work,
        output=given.output or (work / "results.json" if given.quick else RESULTS),
        quick=given.quick,
        rounds=2 if given.quick else given.rounds,
        epochs=1 if given.quick else given.epochs,
        at_once=given.at_once,
        names=tuple(given.names),
        rows=384 if given.quick else given.rows,
        minutes=given.minutes,
    )


def find_data(given: Path | None) -> Path | None:
    """Return the folder of the benchmark data: the given one, that of the environment, or the usual one."""
    if given is not None and not given.is_dir():
        raise SystemExit(f"There is no folder {given} (--data).")
    named = os.environ.get("TLTK_BENCHMARK_DATA")
    for folder in (given, Path(named) if named else None, ROOT.parent / "shared" / "data"):
        if folder is not None and folder.is_dir():
            return folder.absolute()
    return None
