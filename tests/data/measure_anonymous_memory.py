"""Print the peak of anonymous memory that reading a generated CSV adds to that of a tiny one (bytes; Linux)."""

from __future__ import annotations

import random
import sys
import threading
from pathlib import Path

from tltk.data.read import read
from tltk.recipe import DataSection


def write_rows(path: Path, rows: int) -> None:
    """Write sentences of 3 to 40 words."""
    draw = random.Random(0)
    words = ["a", "film", "good", "bad", "plot", "scene", "is", "was", "not", "very", "with", "of", "in", "dull"]
    sentences = [" ".join(draw.choices(words, k=draw.choice([3, 8, 12, 20, 40]))) for _ in range(1000)]
    with path.open("w") as file:
        file.write("text,label\n")
        for row in range(rows):
            file.write(f"{row} {sentences[draw.randrange(1000)]},{draw.randrange(2)}\n")


def anonymous_bytes() -> int:
    """Return the RssAnon of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024


def main(path: Path, rows: int, cache: Path) -> None:
    """Read a tiny file to pay for imports, then the large one under watch."""
    write_rows(path, rows)
    tiny = path.with_name("tiny.csv")
    write_rows(tiny, 1000)
    read(DataSection(path=str(tiny)), cache=cache)
    baseline = peak = anonymous_bytes()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.002):
            peak = max(peak, anonymous_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    read(DataSection(path=str(path)), cache=cache)
    done.set()
    watcher.join()
    print(peak - baseline)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
