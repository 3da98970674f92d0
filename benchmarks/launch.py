"""From a competitor and a job to the start of its worker."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

from benchmarks.competitors import Competitor
from benchmarks.job import Job
from benchmarks.settings import Settings
from benchmarks.worker import Worker


def launcher(settings: Settings, competitor: Competitor, job: Job, part: str) -> Callable[[], Worker] | None:
    """Return what starts the competitor's worker, or None (and say so) where its environment is not there."""
    python = settings.environments.python(competitor.environment)
    if python is None:
        print(f"!! {competitor.name}: no environment {competitor.environment!r} in {settings.environments.folder}")
        return None
    folder = settings.work / part / slug(competitor.name)
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier run left there is no result of this one
    given = replace(job, output=str(folder), options={**job.options, **competitor.options})
    command = [python, "-m", f"benchmarks.workers.{competitor.worker}", str(given.write(folder / "job.json"))]
    return lambda: Worker(competitor.name, command, log=folder / "log.txt")


def launchers(
    settings: Settings, competitors: tuple[Competitor, ...], job: Job, part: str
) -> dict[str, Callable[[], Worker]]:
    """Return what starts each wanted competitor, by name."""
    wanted = [one for one in competitors if one.kind == "gemm" or settings.wanted(one.name)]
    found = {one.name: launcher(settings, one, job, part) for one in wanted}
    return {name: start for name, start in found.items() if start is not None}


def slug(name: str) -> str:
    """Return a name that a folder may have."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())
