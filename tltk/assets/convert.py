"""Datasets as their authors packed them, made into files that a reader can read."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from tltk.assets.preset import Preset
from tltk.errors import AssetError

Rows = Iterator[tuple[str, ...]]


def convert(preset: Preset, folder: Path) -> Path:
    """Write the preset's one file beside its members in `folder`, check it against its checksum, and return it.

    The same members always give the same bytes: UTF-8, `\\n` line ends, quotes only where CSV needs them.

    Raises:
        AssetError: the result is not the pinned one.
    """
    conversion = preset.conversion
    assert conversion is not None
    rows = CONVERSIONS[conversion.function](folder)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    if digest != conversion.sha256:
        raise AssetError(
            f"{conversion.name} came out with sha256 {digest}; expected {conversion.sha256}.",
            where=preset.name,
            hint="Nothing of it is kept. Report it to the authors of tltk, with the version of Python.",
        )
    result = folder / conversion.name
    result.write_bytes(content)
    return result


def movie_snippets(folder: Path) -> Rows:
    """Yield text and mean score (-4..4, as the authors printed it) of each snippet.

    The source is UTF-8 with CRLF line ends: number, tab, score, tab, text. Quotes are ordinary characters in it.
    Nothing of the text is changed: a few HTML escapes (`&amp;`) and doubled single quotes are the authors' own.
    """
    lines = (folder / "movieReviewSnippets_GroundTruth.txt").read_bytes().decode("utf-8").split("\r\n")
    yield "text", "score"
    for line in lines:
        _, score, text = line.split("\t")
        yield text, score


def chinese_reviews(folder: Path) -> Rows:
    """Yield each distinct Chinese review once, with its label, negative ones first.

    The source is UTF-8, one review a line, most of them more than once. A text that stands on both sides says nothing
    and is left out, and so are empty lines.
    """
    sides = {}
    for label, name in (("negative", "neg.txt"), ("positive", "pos.txt")):
        lines = (folder / name).read_bytes().decode("utf-8").split("\n")
        sides[label] = dict.fromkeys(line.strip() for line in lines if line.strip())
    both = sides["negative"].keys() & sides["positive"].keys()
    yield "text", "label"
    for label, texts in sides.items():
        yield from ((text, label) for text in texts if text not in both)


def topic_news(folder: Path) -> Rows:
    """Yield each article, its headline first, with the name of its folder; in the order of folders and numbers.

    The source is UTF-8, one article a file, blank lines between headline and paragraphs. White space at the ends of an
    article goes, nothing else. Some articles stand there twice.
    """
    yield "text", "label"
    for file in sorted(folder.glob("*/*.txt"), key=lambda path: path.relative_to(folder).parts):
        content = file.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("latin-1")  # sports/199.txt alone, for its pound sign
        yield text.strip(), file.parent.name


CONVERSIONS: dict[str, Callable[[Path], Rows]] = {
    "chinese_reviews": chinese_reviews,
    "movie_snippets": movie_snippets,
    "topic_news": topic_news,
}
