"""Texts that can be searched by meaning."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from tltk.errors import BundleError, DataError, did_you_mean
from tltk.folders import atomic_folder, write_json
from tltk.index.kind import IndexKind, index_kinds
from tltk.manifest import check_files, list_files

DOCUMENT = "index.json"
_TEXTS = "texts.arrow"
_FORMAT, _FORMAT_VERSION = "tltk-index", 2

Embed: TypeAlias = Callable[[Sequence[str]], np.ndarray]
"""Makes vectors of length 1, float32 [texts, width], of texts."""

Hit: TypeAlias = dict[str, Any]
"""A text that was found: `text`, `score` (the cosine), `position` (among the texts that the index was made of)."""


class Index:
    """Texts and their vectors, searched by the likeness of meaning.

    Use `Bundle.index(texts)` to make one and `Bundle.open_index(folder)` to open a saved one. The folder holds
    `index.json` (kind, counts, which Bundle made it, and the sha256 of every file), the texts as an Arrow file and the
    vectors in the kind's own file; it contains no pickle and no absolute path.

    Args:
        texts: the texts, an Arrow array of strings.
        kind: their vectors.
        embed: makes vectors of queries.
        identity: hash of the Bundle that makes the vectors.
        positions: where each text stood among those that were given, int64; None where all are here.

    Example:
        >>> index = tltk.embedder().index(["A cat sleeps.", "Shares fell."])  # doctest: +SKIP
        >>> index.search("The stock market", k=1)  # doctest: +SKIP
        [{'text': 'Shares fell.', 'score': 0.52, 'position': 1}]
    """

    def __init__(
        self, texts: pa.Array, kind: IndexKind, *, embed: Embed, identity: str, positions: np.ndarray | None = None
    ) -> None:
        self.texts = texts
        self.kind = kind
        self.identity = identity
        self.positions = positions
        self._embed = embed

    @classmethod
    def make(cls, texts: Sequence[str], *, embed: Embed, identity: str, kind: str = "exact") -> Index:
        """Return an index of texts.

        Args:
            texts: at least one that is not empty; equal ones stay apart. Empty ones (blanks alone) are left out, since
                their vectors mean nothing and lie near everything.
            embed: makes their vectors, and later those of queries.
            identity: hash of the Bundle that makes the vectors.
            kind: "exact", or "hnsw" for millions of texts.

        Raises:
            DataError: there are no texts, an item is not a text, or there is no such kind.
            EnvironmentProblem: the kind's library is not installed.
        """
        part = index_kinds.get(kind, where="kind")
        if not len(texts):
            raise DataError("Got no texts to index.", hint="Give one at least.")
        if not all(isinstance(text, str) for text in texts):
            embed(texts)  # which tells of what is no text, before Arrow does in words of its own
        positions = np.array([position for position, text in enumerate(texts) if text.strip()], np.int64)
        if not len(positions):
            raise DataError(f"All of the {len(texts):,} texts to index are empty.", hint="Give one that is not.")
        kept = list(texts) if len(positions) == len(texts) else [texts[position] for position in positions]
        return cls(
            pa.array(kept, pa.large_string()),
            part.make(embed(kept)),
            embed=embed,
            identity=identity,
            positions=None if len(kept) == len(texts) else positions,
        )

    def __len__(self) -> int:
        return len(self.texts)

    def search(self, queries: str | Sequence[str], k: int = 10) -> Any:
        """Return the texts most alike to a query, or to each of several, the most alike first.

        Args:
            queries: a text, or a list of texts.
            k: how many to find; all where there are fewer.

        Returns:
            a list of hits, or for a list of queries a list of such lists.

        Raises:
            DataError: `k` is below 1, or a query is empty or not a text.
        """
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
            raise DataError(f"Got k={k!r}; expected a whole number of at least 1.", hint="Give 1 or more.")
        if not isinstance(queries, Iterable) or isinstance(queries, Mapping):
            raise DataError(f"Got {type(queries).__name__} for queries.", hint="Give a text, or a list of texts.")
        asked = [queries] if isinstance(queries, str) else list(queries)
        if not asked:
            return []
        for number, query in enumerate(asked):
            if isinstance(query, str) and not query.strip():
                raise DataError("The query is empty.", where=f"queries[{number}]", hint="Give some words.")
        cosines, positions = self.kind.search(self._embed(asked), min(int(k), len(self)))
        found = [
            [
                {"text": self.texts[place].as_py(), "score": score, "position": self._position(place)}
                for score, place in zip(scores, places, strict=True)
            ]
            for scores, places in zip(cosines.tolist(), positions.tolist(), strict=True)
        ]
        return found[0] if isinstance(queries, str) else found

    def _position(self, place: int) -> int:
        return place if self.positions is None else int(self.positions[place])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the index into a folder, whole or not at all; an older index there is replaced.

        Raises:
            DataError: the folder holds other files than an index.
            EnvironmentProblem: it cannot be written.
        """
        folder = Path(path)
        check_place(folder, overwrite=True)
        with atomic_folder(folder) as new:
            table = pa.table({"text": self.texts, **({} if self.positions is None else {"position": self.positions})})
            with pa.OSFile(str(new / _TEXTS), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            self.kind.write(new)
            document = {
                "format": _FORMAT,
                # An older reader would count the texts that are there, and give other positions.
                "format_version": 1 if self.positions is None else _FORMAT_VERSION,
                "kind": self.kind.name,
                "texts": len(self),
                "bundle": self.identity,
                "files": list_files(new, skip=DOCUMENT),
            }
            write_json(new / DOCUMENT, document)
        return folder

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, embed: Embed, identity: str) -> Index:
        """Open a saved index, after checking every file against its sha256.

        Args:
            path: the folder.
            embed: makes vectors of queries.
            identity: hash of the Bundle that does; it must be the one that made the index.

        Raises:
            BundleError: it is no index, a file is damaged, or another Bundle made it.
            EnvironmentProblem: the kind's library is not installed.
        """
        folder = Path(path)
        document = _document(folder)
        if _TEXTS not in document["files"]:
            raise BundleError(f"Its list of files lacks {_TEXTS}.", where=str(folder / DOCUMENT), hint="Make it again.")
        check_files(folder, document["files"])
        if document["bundle"] != identity:
            raise BundleError(
                "The index was made by another Bundle, whose vectors mean something else.",
                where=str(folder),
                hint="Open it with the Bundle that made it, or make it again: bundle.index(texts).save(folder).",
            )
        if document["kind"] not in index_kinds.names():
            raise BundleError(
                f"Got an index of kind {document['kind']!r}.",
                where=str(folder / DOCUMENT),
                hint=did_you_mean(document["kind"], index_kinds.names()),
            )
        kind = index_kinds.get(document["kind"]).read(folder)
        with pa.memory_map(str(folder / _TEXTS)) as file:
            table = pa.ipc.open_file(file).read_all()
        texts = table.column("text").combine_chunks()
        positions = table.column("position").to_numpy() if "position" in table.column_names else None
        return cls(texts, kind, embed=embed, identity=identity, positions=positions)

    def __repr__(self) -> str:
        return f"Index({len(self):,} texts, kind={self.kind.name!r})"


def check_place(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that an index would not go into.

    Raises:
        DataError: it holds other files than an index, or an index that is not to be replaced.
    """
    if (folder / DOCUMENT).is_file():
        if not overwrite:
            raise DataError(
                "The folder holds an index.",
                where=str(folder),
                hint="Choose another place (--output), or give --overwrite to replace it.",
            )
    elif folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise DataError("Found files that are no index.", where=str(folder), hint="Choose a new or empty folder.")


def _document(folder: Path) -> dict[str, Any]:
    path = folder / DOCUMENT
    hint = "Give the folder of an index, as Index.save or `tltk index build` wrote it."
    if not path.is_file():
        raise BundleError(
            f"Found no {DOCUMENT}." if folder.is_dir() else "There is no such folder.", where=str(folder), hint=hint
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        wanted = {"kind": str, "bundle": str, "files": dict, "format_version": int}
        sound = document["format"] == _FORMAT and all(isinstance(document[name], kind) for name, kind in wanted.items())
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"The file is damaged ({error!r}).", where=str(path), hint=hint) from error
    if not sound or document["format_version"] > _FORMAT_VERSION:
        raise BundleError("The file is of no index, or of a newer tltk's.", where=str(path), hint=hint)
    return document
