"""JSON Lines: the contract, and broken lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.readers.contract import ReaderContract
from tltk.data import Dataset, read
from tltk.errors import DataError
from tltk.recipe import DataSection


def read_jsonl(tmp_path: Path, content: bytes | str, **changes: Any) -> Dataset:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    whole = {"validation": None, "test": None}
    return read(DataSection(path=str(file), split=whole, **changes), cache=tmp_path / "cache", training=False)


class TestJsonLines(ReaderContract):
    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        # The line break: a file with no byte in it is another mistake than one with no row.
        (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        return {"path": str(folder / "rows.jsonl")}

    def place(self, number: int) -> str:
        return f"rows.jsonl:{number + 1}"


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.integers(0, 3)),
        min_size=1,
        max_size=20,
    ),
    ascii_only=st.booleans(),
)
def test_whatever_json_writes_is_read_back(tmp_path: Path, rows: list[tuple[str, int]], ascii_only: bool) -> None:
    lines = [json.dumps({"label": label, "text": text}, ensure_ascii=ascii_only) for text, label in rows]
    train = read_jsonl(tmp_path, "\n".join(lines))["train"]
    assert list(zip(train.texts(), train.labels(), strict=True)) == [(text, str(label)) for text, label in rows]


GOOD = '{"text": "fine", "label": 1}\n'


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("{broken", "bad JSON", "The line is not JSON"),
        ('{"text": "a", "label": 1', "bad JSON", "The line is not JSON"),
        ("[" * 100_000, "bad JSON", "The line is not JSON"),
        ('["text", 1]', "no object", "Got a JSON list; expected an object"),
        ('{"txet": "a", "label": 1}', "missing key", "There is no key 'text'.*Did you mean 'txet'"),
        ('{"text": 5, "label": 1}', "text is no string", "Got 5 of type int in column 'text'; expected text"),
        ('{"text": NaN, "label": 1}', "missing text", "missing"),
        ('{"text": null, "label": 1}', "missing text", "missing"),
        ('{"text": "a", "label": null}', "missing label", "Column 'label': The label is missing"),
        ('{"text": "a", "label": NaN}', "missing label", "Column 'label': The label is missing"),
        ('{"text": "a", "label": ["x"]}', "unusable label", "expected a string or a number"),
        ('{"text": "half \\ud83d", "label": 1}', "half a character", "lone surrogate"),
        ('{"text": "a", "label": "\\ud83d"}', "half a character", "lone surrogate"),
    ],
)
def test_broken_lines_are_named_or_skipped(tmp_path: Path, line: str, kind: str, message: str) -> None:
    content = GOOD + line + "\n" + GOOD
    with pytest.raises(DataError, match=rf"rows\.jsonl:2: .*{message}"):
        read_jsonl(tmp_path, content)
    dataset = read_jsonl(tmp_path, content, on_error="skip")
    assert dataset["train"].texts() == ["fine", "fine"]
    assert dataset.report.sources["train"].skipped_reasons == {kind: 1}


def test_a_key_that_no_row_has_is_not_to_be_skipped(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the keys are 'tokens', 'tags'. Set data.text and data.label") as caught:
        read_jsonl(tmp_path, '{"tokens": ["Rome"], "tags": ["O"]}\n' * 2)
    assert "on_error" not in str(caught.value)
    assert str(caught.value).count("'tags'") == 1


def test_undecodable_line_is_named_or_skipped(tmp_path: Path) -> None:
    content = GOOD.encode() + b'{"text": "caf\xe9", "label": 0}\n' + GOOD.encode()
    with pytest.raises(DataError, match=r"rows\.jsonl:2: Byte 0xe9 at byte 42"):
        read_jsonl(tmp_path, content)
    assert len(read_jsonl(tmp_path, content, on_error="skip")["train"]) == 2


def test_a_last_line_that_is_cut_short_is_named_with_its_character(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.jsonl:2: .*\(Unterminated string starting at character 10\)"):
        read_jsonl(tmp_path, GOOD + '{"text": "a')


def test_a_json_array_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one object a line"):
        read_jsonl(tmp_path, '[\n{"text": "a", "label": 1}\n]\n')


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.jsonl: The file is empty"):
        read_jsonl(tmp_path, "")


def test_true_and_numbers_as_labels(tmp_path: Path) -> None:
    content = "".join(f'{{"text": "a", "label": {label}}}\n' for label in ("true", "1", "1.0", "0.5", '"x"'))
    assert read_jsonl(tmp_path, content)["train"].labels() == ["true", "1", "1", "0.5", "x"]
