from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tltk.evaluation import (
    ReportContent,
    confident_mistakes,
    evaluate_classification,
    notebook_html,
    report_html,
    write_report,
)

EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 7 * 7 }}"
VOID = {"meta", "br", "img", "hr", "input", "link"}


class Page(HTMLParser):
    """Collects elements and visible text, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _content(labels: list[str], *, text: Any = "a text", **changes: Any) -> ReportContent:
    generator = np.random.default_rng(0)
    truth = np.arange(60) % len(labels)
    scores = generator.dirichlet(np.ones(len(labels)), 60)
    evaluation = evaluate_classification(truth, scores, labels).to_dict()
    mistakes = [{**mistake, "text": text, "where": "r.csv:1"} for mistake in confident_mistakes(truth, scores, labels)]
    values = {
        "name": "reviews",
        "created": "2031-02-03T04:05:06+00:00",
        "seconds": 75.0,
        "task": "text-classification",
        "backbone": "all-MiniLM-L6-v2",
        "evaluations": {"validation": evaluation, "test": evaluation},
        "history": {"loss": [0.5, 0.4], "val_loss": [0.5, 0.45]},
        "best_epoch": 2,
        "training": {"steps": 1234, "precision": "float32", "resumed_from": None},
        "data": {
            "rows": {"train": 480, "test": 60},
            "labels": {"train": dict.fromkeys(labels, 7), "test": dict.fromkeys(labels, 2)},
            "truncated": 3,
            "duplicates": {"counts": {"train in test": 5}, "dropped": {}},
            "warnings": ["train: 2 rows have an empty text."],
            "sources": {
                "train": {
                    "reader": "csv",
                    "origins": ["r.csv"],
                    "rows": 540,
                    "skipped": 4,
                    "skipped_reasons": {"missing text": 4},
                    "skipped_file": "skipped.jsonl",
                    "empty_texts": 2,
                }
            },
        },
        "mistakes": mistakes,
        "recipe": "name: reviews\n",
        "environment": {"keras": "3.15.1"},
    }
    return ReportContent(**{**values, **changes})


def test_a_report_tells_what_it_was_given() -> None:
    content = _content(["negative", "positive"])
    page = Page(report_html(content))
    test = content.evaluations["test"]["metrics"]
    for expected in (
        "reviews",
        "3 February 2031, 04:05 UTC",
        "1 min 15 s",
        f"{test['accuracy']:.4f}",
        f"{test['auc']:.4f}",
        "1,234",
        "train in test",
        "4 broken rows were skipped (missing text: 4)",
        "2 rows have an empty text",
        "skipped.jsonl",
        "name: reviews",
        "3.15.1",
        "r.csv:1",
    ):
        assert expected in page.text, expected
    assert "resumed" not in page.text


@pytest.mark.parametrize(
    ("windows", "sentence"),
    [(False, "Texts are cut after 128 tokens."), (True, "Longer texts are read in windows of 128 tokens.")],
)
def test_what_becomes_of_long_texts_is_told(windows: bool, sentence: str) -> None:
    content = _content(["negative", "positive"])
    content.data.update(max_length=128, windows=windows)
    page = Page(report_html(content))
    assert sentence in page.text
    assert ("3 texts were longer" in page.text) is not windows
    content.data.update(truncated=0)
    assert "were cut" not in Page(report_html(content)).text


@pytest.mark.parametrize("of_examples", [True, False])
def test_an_accuracy_of_parts_of_examples_has_no_standard_error(of_examples: bool) -> None:
    evaluation = {"metrics": {"accuracy": 0.2}, "n": 2, "of_examples": of_examples}
    content = ReportContent(name="tags", evaluations={"test": evaluation})
    assert ("±" in Page(report_html(content)).text) is of_examples


@pytest.mark.parametrize("number", [2, 13, 41])
def test_every_label_has_its_row(number: int) -> None:
    page = report_html(_content([f"label-{index:02}" for index in range(number)]))
    Page(page)
    table = page[page.index("precision") :]
    for index in range(number):
        assert f'<td class="label">label-{index:02}</td>' in table


def test_nothing_from_data_or_recipe_becomes_markup() -> None:
    content = _content(
        [EVIL, "b"],
        text=[EVIL, EVIL],
        name=EVIL,
        task=EVIL,
        backbone=EVIL,
        created=EVIL,
        recipe=EVIL,
        environment={EVIL: EVIL},
        training={EVIL: EVIL},
        warnings=[EVIL],
        history={EVIL: [0.1, 0.2]},
    )
    text = report_html(content)
    page = Page(text)
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "iframe", "object", "link", "form", "base"}
    assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
    assert "{{ 7 * 7 }}" in page.text
    assert page.text.count("<script>alert('x')</script>") > 10


def test_a_report_asks_no_server_for_anything() -> None:
    text = report_html(_content(["negative", "positive"]))
    page = Page(text)
    for tag, attributes in page.elements:
        for key in ("src", "href", "xlink:href", "action", "data"):
            address = attributes.get(key)
            assert address is None or address.startswith(("#", "data:image/")), (tag, address)
    assert not re.search(r"@import|url\((?!#)", text)
    policy = next(values["content"] for tag, values in page.elements if values.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_ids_are_unique() -> None:
    ids = [attributes["id"] for _, attributes in Page(report_html(_content(["a", "b"]))).elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 10


def test_a_report_can_be_made_again_from_json() -> None:
    content = _content(["negative", "positive"])
    again = ReportContent.from_dict({**json.loads(json.dumps(content.to_dict())), "from_the_future": 1})
    assert report_html(again) == report_html(content)


def test_what_is_missing_is_left_out() -> None:
    page = Page(report_html(ReportContent(name="bare")))
    assert "bare" in page.text
    assert not [tag for tag, _ in page.elements if tag == "section"]


def test_a_figure_that_is_not_defined_says_why() -> None:
    evaluation = evaluate_classification(np.array([0, 0]), np.array([[0.9, 0.1], [0.8, 0.2]]), ["a", "b"]).to_dict()
    page = Page(report_html(ReportContent(name="r", evaluations={"test": evaluation})))
    assert "no example has the label b" in page.text


def test_figures_of_a_task_without_labels_are_shown() -> None:
    evaluation = {"metrics": {"pearson": 0.8123}, "n": 9}
    page = Page(report_html(ReportContent(name="r", evaluations={"validation": evaluation})))
    assert "0.8123" in page.text
    assert "Validation figures" in page.text


def test_writing_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    assert write_report(path, ReportContent(name="new")) == path
    assert "new" in path.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_notebook_shows_the_report_in_a_closed_frame() -> None:
    content = _content(["a", "b"], name=EVIL)
    page = Page(notebook_html(content))
    [(tag, attributes)] = page.elements
    assert (tag, attributes["sandbox"]) == ("iframe", "")
    assert attributes["srcdoc"] == report_html(content)
