from __future__ import annotations

import sys

import pytest

from tests.index.contract import TEXTS, IndexContract, embed
from tltk.errors import EnvironmentProblem
from tltk.index import Index

pytest.importorskip("usearch", reason='the extra is not installed: pip install "tltk[search]"')


class TestHnsw(IndexContract):
    kind = "hnsw"
    recall = 0.99


def test_without_the_library_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch", None)
    with pytest.raises(EnvironmentProblem, match=r"tltk\[search\]"):
        Index.make(TEXTS[:3], embed=embed, identity="a", kind="hnsw")
