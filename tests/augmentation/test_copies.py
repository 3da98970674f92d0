"""Changed copies of rows: their table, their labels, their fingerprint."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.augmentation.checkpoint import write_tiny_masked_bert
from tests.augmentation.test_labels import ANSWERS, ENTITIES
from tests.reviews import make_reviews
from tltk.augmentation.copies import CopiesReport, make_copies, originals_of
from tltk.data import Rows, Source, whole_file
from tltk.data.dataset import ROW
from tltk.errors import EnvironmentProblem, RecipeError
from tltk.recipe import AugmentSection


def rows_of(columns: dict[str, Any], *, text: tuple[str, ...] = ("text",), batch: int = 7, label: Any = None) -> Rows:
    """Return rows of a table in several record batches."""
    count = len(next(iter(columns.values())))
    arrays = {name: pa.array(values, label if name == "label" else None) for name, values in columns.items()}
    table = pa.table({**arrays, ROW: pa.array(range(count), pa.int64())})
    table = pa.Table.from_batches(table.to_batches(max_chunksize=batch))
    return Rows(Source("train", table, text, "label" if "label" in columns else None, "f" * 64))


def copies(
    rows: Rows, cache: Path, *, seed: int = 0, checkpoint: Path = Path(), **section: Any
) -> tuple[Rows, CopiesReport]:
    section = {"methods": ["deletion", "typos"], **section}
    return make_copies(rows, AugmentSection(**section), seed=seed, checkpoint=checkpoint, cache=cache, progress=False)


@pytest.fixture
def reviews() -> Rows:
    return rows_of(make_reviews(50))


def test_every_row_is_copied_with_its_columns_and_its_label(reviews: Rows, tmp_path: Path) -> None:
    made, report = copies(reviews, tmp_path, copies=3)
    assert made.table.select(reviews.table.column_names).schema == reviews.table.schema
    assert originals_of(made, reviews).tolist() == 3 * list(range(50))
    assert len(made) == report.rows == 3 * 50
    assert report.unchanged == 0
    assert made.column(ROW).to_pylist() == 3 * list(range(50))
    assert made.labels() == 3 * reviews.labels()
    assert all(new != old for new, old in zip(made.texts(), 3 * reviews.texts(), strict=True))
    assert len(set(made.texts())) > 140


def test_the_same_settings_give_the_same_copies_and_others_do_not(reviews: Rows, tmp_path: Path) -> None:
    first, report = copies(reviews, tmp_path / "a", seed=3)
    again, again_report = copies(reviews, tmp_path / "b", seed=3)
    assert first.table == again.table
    assert (first.source.fingerprint, report) == (again.source.fingerprint, again_report)
    for other in ({"seed": 4}, {"copies": 2}, {"share": 0.5}, {"methods": {"deletion": 0.1, "typos": 0.2}}):
        made, _ = copies(reviews, tmp_path / "a", **{"seed": 3, **other})
        assert made.source.fingerprint != first.source.fingerprint
        assert made.texts() != first.texts()
    assert copies(reviews, tmp_path / "a", seed=3, copies=2)[0].texts()[:50] == first.texts()
    assert copies(reviews, tmp_path / "a", seed=3, methods=["typos", "deletion"])[0].table == first.table
    own, _ = make_copies(
        reviews, AugmentSection(methods=["deletion", "typos"], seed=3), seed=9, checkpoint=Path(), cache=tmp_path
    )
    assert own.table == first.table


def test_a_row_is_changed_alike_whatever_rows_stand_beside_it(reviews: Rows, tmp_path: Path) -> None:
    whole, _ = copies(reviews, tmp_path)
    some, _ = copies(reviews.take([41, 3, 17]), tmp_path)
    assert some.column(ROW).to_pylist() == [3, 17, 41]
    assert originals_of(some, reviews.take([41, 3, 17])).tolist() == [1, 2, 0]
    assert some.texts() == whole.texts([3, 17, 41])


def test_a_second_call_makes_nothing_anew(reviews: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = copies(reviews, tmp_path)
    monkeypatch.setattr("tltk.augmentation.copies.change_rows", None)
    again = copies(reviews, tmp_path)
    assert (again[0].table, again[1]) == (first[0].table, first[1])


def test_an_interruption_leaves_nothing(reviews: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tltk.augmentation.copies.change_rows", interrupted)
        with pytest.raises(KeyboardInterrupt):
            copies(reviews, tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".lock"]
    assert len(copies(reviews, tmp_path)[0]) == 50


def test_a_share_of_the_rows(reviews: Rows, tmp_path: Path) -> None:
    made, report = copies(reviews, tmp_path, share=0.3, copies=2)
    places = made.column(ROW).to_pylist()
    assert report.rows == 2 * 15
    assert places[:15] == places[15:] == sorted(set(places))


def test_rows_without_anything_to_change_are_left_out(tmp_path: Path) -> None:
    made, report = copies(rows_of({"text": ["!", "a good film", "", "?"], "label": ["a", "b", "c", "d"]}), tmp_path)
    assert (made.labels(), report.rows, report.unchanged) == (["b"], 1, 3)
    made, report = copies(rows_of({"text": ["!", ""], "label": ["a", "b"]}), tmp_path / "other")
    assert (len(made), report.rows, report.unchanged, report.examples) == (0, 0, 2, [])


def test_each_text_of_a_pair_is_changed(tmp_path: Path) -> None:
    texts = make_reviews(20)["text"]
    rows = rows_of({"a": texts, "b": texts[::-1], "label": [1.5] * 20}, text=("a", "b"), label=pa.float64())
    made, report = copies(rows, tmp_path)
    assert all(a != c and b != d for (a, b), (c, d) in zip(made.texts(), rows.texts(), strict=True))
    assert made.labels() == [1.5] * 20
    assert len(report.examples[0]["before"]) == 2


def test_rows_without_labels(tmp_path: Path) -> None:
    made, _ = copies(rows_of({"text": make_reviews(5)["text"]}), tmp_path)
    assert len(made) == 5


def test_entities_lie_on_the_same_words(tmp_path: Path) -> None:
    words = ["ALPHA", "BETA", "GAMMA"]
    texts, labels = [], []
    for number in range(60):
        first, second = words[number % 3], words[(number + 1) % 3]
        texts.append(f"somebody called {first} really met {second} {second} in town, and nobody minded it")
        labels.append([_entity(texts[-1], first), _entity(texts[-1], f"{second} {second}")])
    rows = rows_of({"text": texts, "label": labels}, label=ENTITIES)
    made, report = copies(rows, tmp_path, methods={"swap": 0.2, "deletion": 0.3})
    assert report.rows == 60
    assert made.table.schema.field("label").type == ENTITIES
    whole = 0
    for place, old, text, found in zip(
        made.column(ROW).to_pylist(),
        [texts[place] for place in made.column(ROW).to_pylist()],
        made.texts(),
        made.labels(),
        strict=True,
    ):
        assert len(found) == 2
        for before, after in zip(labels[place], found, strict=True):
            kept = text[after["start"] : after["end"]]
            assert kept
            assert set(kept.split()) <= set(old[before["start"] : before["end"]].split())
            assert after["label"] == before["label"]
            assert kept == kept.strip()
            whole += kept == old[before["start"] : before["end"]]
    assert whole > 60


def test_answers_are_what_stands_there(tmp_path: Path) -> None:
    contexts = [f"the film number {number} was told by a wonderful actor in town" for number in range(40)]
    answers = [[{"text": "a wonderful actor", "start": text.index("a wonderful actor")}] for text in contexts]
    rows = rows_of(
        {"question": ["who told it then"] * 40, "text": contexts, "label": answers},
        text=("question", "text"),
        label=ANSWERS,
    )
    made, report = copies(rows, tmp_path, methods={"typos": 0.5, "swap": 0.2})
    assert report.rows == 40
    for (_, context), (answer,) in zip(made.texts(), made.labels(), strict=True):
        assert context[answer["start"] :].startswith(answer["text"])
        assert len(answer["text"].split()) == 3
        assert context[: answer["start"]].endswith(" ")


def test_examples_are_rows_before_and_after(reviews: Rows, tmp_path: Path) -> None:
    made, report = copies(reviews, tmp_path)
    assert len(report.examples) == 8
    for row, example in enumerate(report.examples):
        assert example == {"where": reviews.where(row), "before": reviews.texts([row]), "after": made.texts([row])}


def test_examples_found_in_the_cache_tell_where_the_rows_stand_today(reviews: Rows, tmp_path: Path) -> None:
    for origin in ("yesterday.csv", "today.csv"):
        source = replace(reviews.source, parts=((0, origin),), counts_lines=True)
        _, report = copies(Rows(source), tmp_path)
        assert [example["where"] for example in report.examples] == [f"{origin}:{row}" for row in range(8)]


def test_what_synonyms_say_depends_on_the_checkpoint(tmp_path: Path) -> None:
    rows = rows_of(make_reviews(10))
    found = []
    for seed in (0, 1):
        checkpoint = write_tiny_masked_bert(tmp_path / str(seed), seed=seed)
        made, report = copies(rows, tmp_path / "cache", methods=["typos", "synonyms", "casing"], checkpoint=checkpoint)
        assert list(report.methods) == ["synonyms", "casing", "typos"]
        found.append(made)
    assert found[0].source.fingerprint != found[1].source.fingerprint
    assert found[0].texts() != found[1].texts()


def test_an_unknown_name_is_told(reviews: Rows, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"augment.methods.*'typo'.*Did you mean 'typos'"):
        copies(reviews, tmp_path, methods=["typo"])


def test_a_full_disk_is_told(reviews: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match=r"There is no room left on the disk\. Make room"):
        copies(reviews, tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".lock"]


def test_a_cache_that_cannot_be_written_is_told(reviews: Rows, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentProblem, match="TLTK_CACHE"):
        copies(reviews, tmp_path / "file" / "cache")


def _entity(text: str, words: str) -> dict[str, Any]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "label": words[:1]}
