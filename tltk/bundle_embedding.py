"""What a Bundle whose model embeds can besides: vectors of texts, files of them, and indexes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.bundle_predictor import make_embedder
from tltk.console import say
from tltk.errors import BundleError, DataError

if TYPE_CHECKING:
    import numpy as np

    from tltk.index import Index
    from tltk.predictor import Predictor
    from tltk.recipe import Recipe
    from tltk.tasks import Task
    from tltk.text_embedder import Embedder


class EmbeddingBundle:
    """The part of a `Bundle` that embeds; of a task whose outputs are no embeddings it refuses."""

    path: Path

    if TYPE_CHECKING:

        @property
        def task(self) -> Task: ...

        @property
        def recipe(self) -> Recipe: ...

        @property
        def identity(self) -> str: ...

        @property
        def predictor(self) -> Predictor: ...

    def embedder(self, *, batch_size: int | None = None) -> Embedder:
        """Return what makes vectors of single texts, on the engine and in the precision of the Bundle.

        Args:
            batch_size: rows of 16 tokens in one forward pass; the recipe's `evaluate.batch_size` when not given.

        Raises:
            BundleError: the Bundle's task gives no embeddings.
            DataError: `batch_size` is below 1.
        """
        if not self.task.embeds:
            raise BundleError(
                f"The Bundle is of task {self.task.name!r}, whose outputs are no embeddings.",
                where=str(self.path),
                hint="Train one of task similarity, or take a checkpoint as it is: tltk.embedder(name).",
            )
        if batch_size is not None and (
            isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1
        ):
            raise DataError(
                f"Got batch_size={batch_size!r}; expected a whole number of at least 1.", hint="Give 1 or more."
            )
        return make_embedder(self.predictor, batch_size)

    def embed(self, texts: Any, *, batch_size: int | None = None, normalize: bool = False) -> np.ndarray:
        """Return the vector of one text, or of many, of a model that embeds (task `similarity`).

        Args:
            texts: a text; a list, array or column of texts; a table with a column `text`; any other iterable of texts;
                or a `pathlib.Path` to a file (csv, tsv, jsonl, parquet with a column `text`; anything else is one text
                a line).
            batch_size: rows of 16 tokens in one forward pass; the recipe's `evaluate.batch_size` when not given.
            normalize: whether to make vectors of length 1, whose dot product is the cosine.

        Returns:
            float32 [width] for one text, else [texts, width]. `embedder().stream(texts)` yields parts of it instead.

        Raises:
            BundleError: the Bundle's task gives no embeddings.
            DataError: an item is not a text, or the file lacks the text column.

        Example:
            >>> bundle.embed(["A man is eating.", "Somebody eats."]).shape  # doctest: +SKIP
            (2, 384)
        """
        return self.embedder(batch_size=batch_size).embed(self._read(texts), normalize=normalize)

    def embed_file(
        self,
        path: str | os.PathLike[str],
        output: str | os.PathLike[str],
        *,
        text: str | None = None,
        batch_size: int | None = None,
        normalize: bool = False,
    ) -> tuple[int, int]:
        """Write the vectors of a file's texts to another file, in constant memory; return their number and width.

        Args:
            path: the file, read as `embed` does.
            output: `.npy` or `.parquet`; see `tltk.embeddings_output.write_embeddings`.
            text: the column, if not `text`.
            batch_size: as for `embed`.
            normalize: as for `embed`.

        Raises:
            BundleError: the Bundle's task gives no embeddings.
            DataError: the file lacks the column, has no texts, or the output has another suffix.
        """
        from tltk.embeddings_output import write_embeddings, writer_for

        writer_for(Path(output))  # before anything is computed
        vectors = self.embedder(batch_size=batch_size).stream(self._read(Path(path), text), normalize=normalize)
        return write_embeddings(vectors, Path(output))

    def index(self, texts: Any, *, text: str | None = None, kind: str = "exact") -> Index:
        """Return an index of texts, in which the most alike to a query are found.

        Args:
            texts: as for `embed`; they are kept in the index. Empty ones are left out, and how many is told; positions
                stay those among all texts.
            text: the column of a file, if not `text`.
            kind: "exact" compares a query with every text; "hnsw" finds nearly all of the nearest among millions
                (`pip install "tltk[search]"`).

        Raises:
            BundleError: the Bundle's task gives no embeddings.
            DataError: there are no texts, an item is not a text, or there is no such kind.

        Example:
            >>> index = bundle.index(["A cat sleeps.", "Shares fell."])  # doctest: +SKIP
            >>> index.search("The stock market", k=1)  # doctest: +SKIP
            [{'text': 'Shares fell.', 'score': 0.52, 'position': 1}]
        """
        from tltk.index import Index

        embedder = self.embedder()
        listed = embedder.texts(self._read(texts, text))
        index = Index.make(listed, embed=embedder.unit_vectors, identity=self.identity, kind=kind)
        if left_out := len(listed) - len(index):
            say(f"{left_out:,} empty text(s) left out of the index; positions are those among all {len(listed):,}.")
        return index

    def open_index(self, path: str | os.PathLike[str]) -> Index:
        """Open an index that this Bundle made and `Index.save` wrote.

        Raises:
            BundleError: it is no index, a file is damaged, or another Bundle made it.
        """
        from tltk.index import Index

        return Index.load(path, embed=self.embedder().unit_vectors, identity=self.identity)

    def _read(self, texts: Any, column: str | None = None) -> Iterable[str]:
        """Return texts as they were given, or those of a file, lazily."""
        if not isinstance(texts, os.PathLike):
            return texts
        from tltk.prediction_input import single_texts

        return single_texts(Path(texts), self.recipe.data, self.task, column)
