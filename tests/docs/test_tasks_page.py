"""What docs/tasks.md says is so: samples are read, recipes load, options and figures are those of the tasks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.paths import ROOT
from tltk.data import read
from tltk.recipe import DataSection, TaskSection, load_recipe
from tltk.tasks import create_task, tasks

PAGE = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
TEXTS = ("text", "tokens", "sentence1", "sentence2", "query", "passage", "like", "unlike", "question", "context")
WHOLE = {"validation": None, "test": None, "duplicates": "allow"}


class Sample(NamedTuple):
    """Lines of a file, and the words beside them that say what they are."""

    task: str
    words: str
    lines: list[str]


def samples() -> Iterator[Sample]:
    for task in tasks.names():
        for row in re.findall(r"^\| (.*`) \|$", SECTIONS[task], flags=re.MULTILINE):
            words, _, cell = row.rpartition(" | ")
            yield Sample(task, words, [line.replace("\\|", "|") for line in re.findall(r"`([^`]+)`", cell)])


def yaml(text: str) -> Any:
    return YAML(typ="safe").load(text)


def columns_of(sample: Sample) -> list[str]:
    first = sample.lines[0]
    if first.startswith('{"data"'):
        return ["question", "context", "answers"]
    if first.startswith("{"):
        return list(yaml(first))
    return first.split(",") if "," in first else ["tokens", "tags"]


def suffix_of(sample: Sample) -> str:
    first = sample.lines[0]
    if first.startswith('{"data"'):
        return "json"
    return "jsonl" if first.startswith("{") else "csv" if "," in first else "conll"


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: f"{sample.task}: {sample.lines[0]:.30}")
def test_every_sample_is_read(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / f"rows.{suffix_of(sample)}"
    path.write_text("\n".join(sample.lines) + "\n", encoding="utf-8")
    columns = columns_of(sample)
    texts, labels = [name for name in columns if name in TEXTS], [name for name in columns if name not in TEXTS]
    changes = {
        field: yaml(value) for field, value in re.findall(r"`data\.(label_names|binarize): ({.*?})`", sample.words)
    }
    options: dict[str, Any] = {"format": "spans"} if "format: spans" in sample.words else {}
    if objective := re.match(r"`(cosine|multiple-negatives|triplet)`", sample.words):
        options["objective"] = objective[1]
    data = DataSection(
        source="squad" if path.suffix == ".json" else "auto",
        path=str(path),
        text=texts if len(texts) > 1 else texts[0],
        split=WHOLE,
        **({"label": labels if len(labels) > 1 else labels[0]} if labels else {}),
        **changes,
    )
    task = create_task(TaskSection(name=sample.task, options=options))
    task.text_columns(data)
    rows = read(data, seed=0, cache=tmp_path / "cache", kind=task.label_kind(data), training=False)["train"]
    wanted = {"csv": len(sample.lines) - 1, "jsonl": len(sample.lines), "conll": 1, "json": 2}
    assert len(rows) == wanted[path.suffix[1:]]


@pytest.mark.parametrize("task", tasks.names())
def test_every_task_has_a_section_with_a_recipe_and_its_options(task: str) -> None:
    section = SECTIONS[task]
    (recipe,) = re.findall(r"```yaml\n(.*?)```", section, flags=re.DOTALL)
    assert load_recipe(yaml(recipe)).task.name == task
    options = set(inspect.signature(tasks.get(task)).parameters) - {"labels"}
    named = {*options, *tasks.get(task).headline}
    assert named == {name for name in named if f"`{name}`" in section}
