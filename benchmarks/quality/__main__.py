"""Fine-tune for a job by tltk, the Hugging Face Trainer or both, and keep figures of the same rows by the same scorer.

    python -m benchmarks.quality JOB --data FOLDER [--of Trainer tltk] [--seeds 0 1 2]
    python -m benchmarks.quality JOB --data FOLDER --of Trainer --seeds 0 --choose

Trains with each seed and keeps figures in RESULTS/quality_JOB.json, where those of other systems and seeds stay. With
`--choose` the first system tries the job's grid of settings before, with the first seed, and keeps those that are best
on the validation rows: from then on they hold for every system. The Trainer needs torch and accelerate, the figures of
entities need seqeval.
"""

from __future__ import annotations

import argparse
import os
import pkgutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality import jobs
from benchmarks.quality.results import Results
from benchmarks.quality.running import Running, find_job

RESULTS = Path(__file__).parents[1] / "results"
_QUICK_ROWS = 64


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    given = _parse(arguments)
    # Read by OpenMP when torch is imported, which is later.
    os.environ["OMP_NUM_THREADS"] = str(given.threads)
    for name in given.jobs:
        job = find_job(name)
        splits = job.rows(given.data)
        results = Results(given.results / f"quality_{name}.json")
        if given.quick:
            job.SETTINGS = job.SETTINGS.changed({"epochs": 1})
            splits = splits.first(_QUICK_ROWS)
        running = Running(name, job, splits, results, given.keep)
        if given.choose:
            running.choose(given.of[0], given.seeds[0])
        for seed in given.seeds:
            for system in given.of:
                running.measure(system, seed)
        _show(name, results)


def _show(name: str, results: Results) -> None:
    for system, figures in results.summary().items():
        for figure, found in figures.items():
            value = f"{found['mean']:.4f} +- {found['spread']:.4f} ({found['seeds']} seeds)"
            print(f"{name:14} {system:8} {figure:24} {value}")


def known_jobs() -> list[str]:
    """Return the names of all jobs."""
    return sorted(module.name for module in pkgutil.iter_modules(jobs.__path__))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = known_jobs()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("jobs", nargs="+", choices=known, metavar="JOB", help=", ".join(known))
    parser.add_argument("--data", type=Path, default=os.environ.get("TLTK_BENCHMARK_DATA", "../shared/data"))
    parser.add_argument(
        "--of", nargs="+", choices=("Trainer", "tltk", "tltk-best"), default=["Trainer", "tltk"], help="systems"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--choose", action="store_true", help="choose the settings first")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the figures (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="folder for the predictions of the test rows, as JSON")
    parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default: %(default)s)")
    parser.add_argument(
        "--quick", action="store_true", help="64 rows, one epoch, to see that it works; give --results too"
    )
    given = parser.parse_args(arguments)
    if not Path(given.data).is_dir():
        parser.error(f"--data: no folder {given.data}")
    if given.quick and given.results == RESULTS:
        parser.error("--quick would write its figures among the kept ones: give another folder by --results")
    return given


if __name__ == "__main__":
    main()
