"""Vectors of texts from memory, streams and files, by the interface and the command line; and what is found by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tltk
from tltk.bundle import Bundle
from tltk.cli import main
from tltk.errors import DataError, RecipeError

TEXTS = ["a gripping film", "dull , loud and far too long", "the story", "naïve café 北京"] * 5


@pytest.fixture(scope="module")
def bundle(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tltk.embedder(str(tiny_bert_folder), output=tmp_path_factory.mktemp("embedder") / "bundle")


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command line in this process; return its standard output."""

    def call(*arguments: Any) -> str:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert exit_.value.code == 0, err
        return out

    return call


def test_texts_come_as_lists_arrays_columns_streams_and_files(bundle: Bundle, tmp_path: Path) -> None:
    expected = bundle.embed(TEXTS)
    assert (expected.shape, expected.dtype) == ((20, 32), np.float32)
    lines = tmp_path / "texts.txt"
    lines.write_text("\n".join(TEXTS), encoding="utf-8")
    for given in (tuple(TEXTS), np.array(TEXTS), pd.Series(TEXTS), iter(TEXTS), lines):
        np.testing.assert_allclose(bundle.embed(given), expected, atol=1e-6)
    for given in (pd.DataFrame({"text": TEXTS, "n": 1}), pa.table({"text": TEXTS}), [{"text": text} for text in TEXTS]):
        np.testing.assert_allclose(bundle.embed(given), expected, atol=1e-6)
    assert bundle.embed(TEXTS[0]).shape == (32,)
    assert bundle.embed([]).shape == (0, 32)


@pytest.mark.parametrize("wrong", [["a", 3], [("a", "b")], 3, {"text": "a"}, np.array("a film")])
def test_what_is_no_text_is_named(bundle: Bundle, wrong: Any) -> None:
    for use in (bundle.embed, bundle.index):
        with pytest.raises(DataError, match="Got "):
            use(wrong)


@pytest.mark.parametrize("batch_size", [0, -3, 2.5, True])
def test_batches_of_no_row_are_refused(bundle: Bundle, batch_size: Any) -> None:
    with pytest.raises(DataError, match=f"Got batch_size={batch_size}; expected a whole number of at least 1"):
        bundle.embed("a", batch_size=batch_size)


def test_a_table_without_texts_is_refused(bundle: Bundle) -> None:
    for use in (bundle.embed, bundle.index):
        with pytest.raises(DataError, match=r"no column 'text'; the columns are 'Text'"):
            use(pd.DataFrame({"Text": TEXTS}))


def test_an_index_takes_what_is_embedded(bundle: Bundle) -> None:
    forms: list[Any] = [pd.DataFrame({"text": TEXTS}), pa.array(TEXTS), [[text] for text in TEXTS], iter(TEXTS)]
    for given in (*forms, [{"text": text} for text in TEXTS]):
        assert bundle.index(given).texts.to_pylist() == TEXTS


@pytest.mark.parametrize("queries", [None, 3, {"text": "a"}])
def test_queries_that_are_no_texts_are_refused(bundle: Bundle, queries: Any) -> None:
    with pytest.raises(DataError, match="Got .* for queries"):
        bundle.index(TEXTS).search(queries)


def test_no_length_is_no_default(tiny_bert_folder: Path) -> None:
    with pytest.raises(RecipeError, match=r"backbone\.max_length: Got 0"):
        tltk.embedder(str(tiny_bert_folder), max_length=0)


def test_the_onnx_engine_embeds_the_same(bundle: Bundle) -> None:
    opened = tltk.load(bundle.path, engine="onnx")
    np.testing.assert_allclose(opened.embed(TEXTS), bundle.embed(TEXTS), atol=1e-5)


@pytest.mark.parametrize("suffix", ["npy", "parquet"])
def test_a_file_of_texts_becomes_a_file_of_vectors(
    suffix: str, bundle: Bundle, invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tltk.text_embedder.LARGEST", 3)  # several chunks
    table, output = tmp_path / "texts.csv", tmp_path / f"vectors.{suffix}"
    pd.DataFrame({"number": range(20), "sentence": TEXTS}).to_csv(table, index=False)
    invoke("embed", bundle.path, table, "--text", "sentence", "--normalize", "-o", output)
    if suffix == "npy":
        found = np.load(output, mmap_mode="r", allow_pickle=False)
    else:
        columns = pq.read_table(output)
        assert columns.column("text").to_pylist() == TEXTS
        found = np.array(columns.column("embedding").to_pylist(), "float32")
    np.testing.assert_allclose(found, bundle.embed(TEXTS, normalize=True), atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["texts.csv", output.name]


def test_an_index_is_built_and_searched_from_the_command_line(bundle: Bundle, invoke: Any, tmp_path: Path) -> None:
    lines = tmp_path / "texts.txt"
    lines.write_text("\n".join(TEXTS[:4]), encoding="utf-8")
    invoke("index", "build", bundle.path, lines, "-o", tmp_path / "index")
    out = invoke("index", "search", bundle.path, tmp_path / "index", TEXTS[1], TEXTS[3], "-k", 2)
    hits = [json.loads(line) for line in out.splitlines()]
    assert [hit["text"] for hit in hits[::2]] == [TEXTS[1], TEXTS[3]]
    assert [hit["position"] for hit in hits[::2]] == [1, 3]
    expected = bundle.index(lines).search([TEXTS[1], TEXTS[3]], k=2)
    assert hits == [{"query": query, **hit} for query, of in zip(TEXTS[1:4:2], expected, strict=True) for hit in of]


def test_a_checkpoint_that_was_not_trained_embeds_from_the_command_line(
    tiny_bert_folder: Path, bundle: Bundle, invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path / "cache"))
    lines = tmp_path / "texts.txt"
    lines.write_text("\n".join(TEXTS[:4]), encoding="utf-8")
    invoke("embed", tiny_bert_folder, lines, "-o", tmp_path / "vectors.npy")
    np.testing.assert_allclose(np.load(tmp_path / "vectors.npy"), bundle.embed(TEXTS[:4]), atol=1e-6)
    invoke("index", "build", tiny_bert_folder, lines, "-o", tmp_path / "index")
    out = invoke("index", "search", tiny_bert_folder, tmp_path / "index", TEXTS[1], "-k", 1)
    assert json.loads(out)["position"] == 1


def test_what_embeds_is_told_from_its_name(tiny_bert_folder: Path, bundle: Bundle, tmp_path: Path) -> None:
    from tltk.cli._embedding import is_checkpoint

    for name in ("all-MiniLM-L6-v2", "some/checkpoint", tiny_bert_folder):
        assert is_checkpoint(str(name))
    for name in (bundle.path, tmp_path, tmp_path / "nothing", "./nothing", "~/nothing"):
        assert not is_checkpoint(str(name))
    with pytest.raises(tltk.TltkError, match=r"There is no such folder\..*tltk\.embedder"):
        tltk.load(tmp_path / "nothing")
    with pytest.raises(tltk.TltkError, match=r"Found no tltk\.json\..*tltk\.embedder"):
        tltk.load(tiny_bert_folder)


def test_an_index_that_is_there_is_replaced_only_when_told(bundle: Bundle, invoke: Any, tmp_path: Path) -> None:
    lines = tmp_path / "texts.txt"
    lines.write_text("\n".join(["", *TEXTS[:2]]), encoding="utf-8")
    build = ("index", "build", bundle.path, lines, "-o", tmp_path / "index")
    invoke(*build)
    before = (tmp_path / "index" / "index.json").stat().st_mtime_ns
    with pytest.raises(AssertionError, match=r"The folder holds an index\..*--overwrite"):
        invoke(*build)
    assert (tmp_path / "index" / "index.json").stat().st_mtime_ns == before
    invoke(*build, "--overwrite")
    out = invoke("index", "search", bundle.path, tmp_path / "index", TEXTS[1], "-k", 3)
    assert json.loads(out.splitlines()[0])["position"] == 2
    assert len(out.splitlines()) == 2


def test_how_many_empty_texts_an_index_leaves_out_is_told(bundle: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(bundle.index(["", "a film", " "])) == 1
    assert "2 empty text(s) left out of the index" in capsys.readouterr().err
