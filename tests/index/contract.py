"""What every kind of index promises, written once; scikit-learn's brute force is the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_distances
from sklearn.neighbors import NearestNeighbors

from tltk.errors import BundleError, DataError
from tltk.index import Index

WIDTH = 24
TEXTS = [f"text {number}" for number in range(1500)]


def embed(texts: Sequence[str]) -> np.ndarray:
    """Return vectors of length 1 that depend on the text alone; those of a thousand texts lie in clusters."""
    vectors = []
    for text in texts:
        if not isinstance(text, str):
            raise DataError(f"{text!r} is no text.")
        number = int(text.split()[1])
        cluster = np.random.default_rng(number % 40).normal(size=WIDTH)
        vectors.append(cluster + 0.7 * np.random.default_rng([7, number]).normal(size=WIDTH))
    made = np.array(vectors, "float32")
    return made / np.linalg.norm(made, axis=1, keepdims=True)


class IndexContract:
    """Base class of the tests of one kind."""

    kind: str
    recall = 1.0
    """Share of the true ten nearest that must be found."""

    @pytest.fixture(scope="class")
    def index(self) -> Index:
        return Index.make(TEXTS, embed=embed, identity="a", kind=self.kind)

    def test_finds_the_nearest(self, index: Index) -> None:
        queries = [f"query {number}" for number in range(2000, 2100)]
        oracle = NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute").fit(embed(TEXTS))
        places = oracle.kneighbors(embed(queries), return_distance=False)
        found = index.search(queries, k=10)
        shares = [
            len({hit["position"] for hit in hits} & set(true)) / 10 for hits, true in zip(found, places, strict=True)
        ]
        assert np.mean(shares) >= self.recall
        cosines = 1 - cosine_distances(embed(queries), embed(TEXTS))
        for hits, of_query in zip(found, cosines, strict=True):
            scores, positions = [hit["score"] for hit in hits], [hit["position"] for hit in hits]
            np.testing.assert_allclose(scores, of_query[positions], atol=1e-5)
            assert scores == sorted(scores, reverse=True)
            assert all(hit["text"] == TEXTS[hit["position"]] for hit in hits)

    def test_empty_texts_are_left_out_and_the_others_keep_their_positions(self, tmp_path: Path) -> None:
        index = Index.make(["", "text 1", " \n", "text 2"], embed=embed, identity="a", kind=self.kind)
        opened = Index.load(index.save(tmp_path / "index"), embed=embed, identity="a")
        for made in (index, opened):
            assert len(made) == 2
            found = {hit["position"]: hit["text"] for hit in made.search("text 1", k=9)}
            assert found == {1: "text 1", 3: "text 2"}
        with pytest.raises(DataError, match="All of the 2 texts to index are empty"):
            Index.make(["", " "], embed=embed, identity="a", kind=self.kind)

    def test_a_text_finds_itself_first(self, index: Index) -> None:
        (hit,) = index.search("text 77", k=1)
        assert (hit["text"], hit["position"]) == ("text 77", 77)
        assert hit["score"] == pytest.approx(1, abs=1e-5)

    def test_a_saved_one_finds_the_same(self, index: Index, tmp_path: Path) -> None:
        opened = Index.load(index.save(tmp_path / "index"), embed=embed, identity="a")
        assert len(opened) == len(TEXTS)
        assert opened.search(["text 5", "query 9"], k=4) == index.search(["text 5", "query 9"], k=4)
        index.save(tmp_path / "index")  # an index is replaced

    def test_a_changed_byte_is_refused_by_name(self, index: Index, tmp_path: Path) -> None:
        folder = index.save(tmp_path / "index")
        file = max(folder.iterdir(), key=lambda path: path.stat().st_size)
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        with pytest.raises(BundleError, match=file.name):
            Index.load(folder, embed=embed, identity="a")

    def test_as_many_are_found_as_are_asked_for_among_equal_ones(self) -> None:
        index = Index.make(["text 0", *["text 1"] * 1999], embed=embed, identity="a", kind=self.kind)
        for hits in index.search(["query 2", "text 1"], k=1000):
            assert len({hit["position"] for hit in hits}) == 1000
            assert all(hit["score"] <= 1.0001 for hit in hits)

    def test_few_texts_are_all_found(self) -> None:
        index = Index.make(TEXTS[:3], embed=embed, identity="a", kind=self.kind)
        assert {hit["position"] for hit in index.search("text 1", k=50)} == {0, 1, 2}
        assert index.search([], k=2) == []


def refuses_wrong_use(folder: Path) -> None:
    """See that mistakes are told in words."""
    index = Index.make(TEXTS[:3], embed=embed, identity="a")
    with pytest.raises(DataError, match="Got k=0"):
        index.search("text 1", k=0)
    for queries in ("  ", ["text 1", ""]):
        with pytest.raises(DataError, match="is empty"):
            index.search(queries)
    assert len(index.search("text 1", k=np.int64(2))) == 2
    with pytest.raises(DataError, match="Got no texts"):
        Index.make([], embed=embed, identity="a")
    for wrong in ([1, 2], ["text 1", None]):
        with pytest.raises(DataError, match="is no text"):
            Index.make(wrong, embed=embed, identity="a")
    with pytest.raises(DataError, match="'exat'.*Did you mean 'exact'"):
        Index.make(TEXTS, embed=embed, identity="a", kind="exat")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="no index"):
        index.save(folder)
    with pytest.raises(BundleError, match="another Bundle"):
        Index.load(index.save(folder / "index"), embed=embed, identity="b")
    document = folder / "index" / "index.json"
    document.write_text(document.read_text().replace('"texts.arrow"', '"other.arrow"'))
    with pytest.raises(BundleError, match=r"index\.json: Its list of files lacks texts\.arrow"):
        Index.load(folder / "index", embed=embed, identity="a")
    with pytest.raises(BundleError, match=r"no index\.json"):
        Index.load(folder, embed=embed, identity="a")
