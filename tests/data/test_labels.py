"""One spelling for each value, however it came; and what is missing is said to be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.kinds.missing import MISSING
from tltk.data import (
    AnswersKind,
    ClassKind,
    LabelKind,
    LabelSetKind,
    NumbersKind,
    ScoreKind,
    SpansKind,
    TagsKind,
    read,
)
from tltk.data.labels import LabelFault, spell
from tltk.errors import DataError
from tltk.recipe import DataSection

KINDS = [ClassKind(), LabelSetKind(), LabelSetKind(("a",)), NumbersKind(), ScoreKind(), TagsKind(), SpansKind()]


@pytest.mark.parametrize("kind", [*KINDS, AnswersKind()], ids=lambda kind: kind.name)
@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_label_is_said_to_be_missing_by_every_kind(kind: LabelKind, missing: Any) -> None:
    with pytest.raises(LabelFault, match="is missing"):
        kind.clean(["a"], [missing])


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_text_or_group_is_named_by_its_row(tmp_path: Path, missing: Any) -> None:
    for columns, message in (
        ({"text": ["a", missing], "site": ["x", "y"]}, "row 1: The text in column 'text' is missing"),
        ({"text": ["a", "b"], "site": ["x", missing]}, "row 1: Column 'site'.* has "),
    ):
        with pytest.raises(DataError, match=message):
            read(DataSection(split={"group": "site"}), memory=columns | {"label": [0, 1]}, cache=tmp_path)


@pytest.mark.parametrize(
    ("decimal", "spelling"),
    [
        ("1.50", "1.5"),
        ("2", "2"),
        ("2.00", "2"),
        ("-0.0", "0"),
        ("0E-500", "0"),
        ("1E+2", "100"),
        ("0.1", "0.1"),
        ("1e-7", repr(1e-7)),
        ("9" * 38, "9" * 38),
        ("12345678901234567890.1234567890", "12345678901234567890.123456789"),
        ("1e400", "1E+400"),
        ("inf", repr(float("inf"))),
        ("-inf", repr(float("-inf"))),
    ],
)
def test_decimals_are_spelled_as_other_numbers(decimal: str, spelling: str) -> None:
    assert spell(Decimal(decimal)) == spelling


@pytest.mark.parametrize("value", ["NaN", "sNaN", "inf", "-inf", "1e400"])
@pytest.mark.parametrize("kind", [NumbersKind(), ScoreKind()], ids=lambda kind: kind.name)
def test_decimals_that_are_no_finite_number_are_refused(kind: LabelKind, value: str) -> None:
    with pytest.raises(LabelFault):
        kind.clean(["a"], [Decimal(value)])


@pytest.mark.parametrize("value", [np.array([1, 2]), [1, 2], {"a": 1}, b"a"])
def test_what_is_no_label_is_refused(value: Any) -> None:
    with pytest.raises(LabelFault, match="expected a string or a number"):
        spell(value)


@pytest.mark.parametrize("value", [["a"], {"a": 1}, [{"a": 1}]])
def test_columns_of_lists_and_mappings_are_no_labels_and_no_groups(tmp_path: Path, value: Any) -> None:
    table = pa.table({"text": ["a", "b"], "odd": [value, value], "stars": [0, 1]})
    with pytest.raises(DataError, match="row 0: Column 'odd': Got label .*expected a string or a number"):
        read(DataSection(label="odd"), memory=table, cache=tmp_path)
    with pytest.raises(DataError, match=r"row 0: Column 'odd', which keeps rows together .*, has "):
        read(DataSection(label="stars", split={"group": "odd"}), memory=table, cache=tmp_path)


def test_decimal_columns_of_parquet_are_labels_and_numbers(tmp_path: Path) -> None:
    stars = pa.array([Decimal("1.50"), Decimal("2.00"), Decimal("-3.25")], pa.decimal128(38, 2))
    pq.write_table(pa.table({"text": ["a", "b", "c"], "label": stars}), tmp_path / "rows.parquet")
    section = DataSection(path=str(tmp_path / "rows.parquet"), split={"validation": None, "test": None})
    assert read(section, cache=tmp_path)["train"].labels() == ["1.5", "2", "-3.25"]
    assert read(section, cache=tmp_path, kind=NumbersKind())["train"].numbers().tolist() == [[1.5], [2.0], [-3.25]]
    signs = read(section.model_copy(update={"binarize": DataSection(binarize={}).binarize}), cache=tmp_path)
    assert signs["train"].labels() == ["positive", "positive", "negative"]
