"""Tokenise a table once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from tltk.data import encoded_cache
from tltk.data.encoded import Encoded
from tltk.data.fingerprint import encoding_fingerprint
from tltk.data.layout import Layout
from tltk.data.progress import rows_bar
from tltk.data.tokenization import TextEncoder, TokenChunk


def encode(
    table: pa.Table,
    tokenizer: Any,
    *,
    text_columns: Sequence[str],
    max_length: int,
    layout: Layout | None = None,
    cache: Path | None = None,
    fingerprint: str | None = None,
    progress: bool = True,
    where: Callable[[int], str] | None = None,
) -> Encoded:
    """Tokenise the text columns of a table, in parallel, once.

    With a `cache` the tokens are streamed to disk, memory-mapped, and found again by the next call with the same
    rows, tokenizer, columns and length; memory stays constant. Without one they are kept in memory.

    Args:
        table: the rows.
        tokenizer: a Hugging Face fast tokenizer; it is not changed.
        text_columns: one text column, or two for a pair; any number where the layout keeps texts apart.
        max_length: most tokens in a row, special tokens included; longer texts are cut and counted (`truncated`).
        layout: how texts become rows (windows, texts apart), and whether their places are kept.
        cache: the folder for encoded tables.
        fingerprint: hash of the table's content, needed with `cache`.
        progress: whether to draw a progress bar (on a terminal's standard error, or in a notebook).
        where: names the place of a row, for errors; "row n" when not given.

    Returns:
        The encoded rows of each row of the table, in its order: one each, but where the layout makes more.

    Raises:
        DataError: a text is missing, a column is not text, or the first text of a pair leaves no room for windows.
        RecipeError: `max_length` leaves no room for text.
        EnvironmentProblem: no fast tokenizer, or the disk is full.
    """

    def start() -> tuple[TextEncoder, Iterator[TokenChunk]]:
        encoder = TextEncoder(tokenizer, texts=len(text_columns), max_length=max_length, layout=layout)
        return encoder, _shown(encoder.chunks(table, text_columns, where=where), table.num_rows, progress)

    if cache is None:
        encoder, chunks = start()
        return encoder.gather(chunks)
    if fingerprint is None:
        raise ValueError("Got a cache without a fingerprint of the table, so its rows could not be told apart.")
    key = encoding_fingerprint(fingerprint, tokenizer, text_columns=text_columns, max_length=max_length, layout=layout)
    folder = Path(cache) / key[:32]
    with encoded_cache.locked(folder):
        found = encoded_cache.load(folder)
        if found is None or found.example_count != table.num_rows:
            encoded_cache.write(folder, *start())
            found = encoded_cache.load(folder)
            assert found is not None
    return found


def _shown(chunks: Iterator[TokenChunk], total: int, progress: bool) -> Iterator[TokenChunk]:
    """Pass chunks on under a progress bar with rate and time left."""
    with rows_bar("Tokenising", total, shown=progress) as advance:
        for chunk in chunks:
            yield chunk
            advance(len(chunk.counts))
