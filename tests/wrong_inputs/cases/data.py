"""Files, columns, rows and labels that do not fit the recipe."""

from __future__ import annotations

import gzip
import json
from functools import partial

from tests.reviews import make_reviews
from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
data = partial(wrong, CASES)


def check(place: Workplace, path: str, *settings: str) -> list[str]:
    """Return the arguments that check a file of rows by a recipe."""
    return ["check", place.recipe(f"data: {{{', '.join([f'path: {path}', *settings])}}}")]


@data("The file is not there", where="review.csv", what="no such file", advice="Did you mean 'reviews.csv'?")
def missing_file(place: Workplace):
    place.reviews()
    return check(place, "review.csv")


@data("Two files are not there", where="data.path review.csv", what="2 files are not there", advice="'reviews.csv'?")
def missing_files(place: Workplace):
    place.reviews()
    return check(place, "review.csv", "validation_path: more.csv")


@data(
    "Neither column is there", where="reviews.csv:1", what="'txt' or 'lab'", advice="mean 'text'? Did you mean 'label'?"
)
def missing_columns(place: Workplace):
    return check(place, place.reviews(), "text: txt, label: lab")


@data("The file is empty", where="reviews.csv", what="The file is empty", advice="Give a file with")
def empty_file(place: Workplace):
    return check(place, place.write("reviews.csv", ""))


@data("The file has a header and no rows", where="reviews.csv", what="no rows", advice="Give a file")
def header_only(place: Workplace):
    return check(place, place.write("reviews.csv", "text,label\n"))


@data("No reader for the file", where="data.path", what="format of 'reviews.xlsx'", advice="Set data.source")
def unknown_suffix(place: Workplace):
    return check(place, place.write("reviews.xlsx", b"PK\x03\x04"))


@data("A folder of several formats", where="data.path", what="csv (a.csv), jsonl (b.jsonl)", advice="data.source")
def several_formats(place: Workplace):
    for name in ("a.csv", "b.jsonl"):
        place.write(f"reviews/{name}", "")
    return check(place, "reviews")


@data("An unknown reader", where="data.source", what="'cvs'", advice="Did you mean 'csv'?")
def unknown_reader(place: Workplace):
    return check(place, place.reviews(), "source: cvs")


@data("The text column is not there", where="reviews.csv:1", what="'txt'", advice="Did you mean 'text'?")
def missing_text_column(place: Workplace):
    return check(place, place.reviews(), "text: txt")


@data("The label column is not there", where="reviews.csv:1", what="'lable'", advice="Did you mean 'label'?")
def missing_label_column(place: Workplace):
    return check(place, place.reviews(), "label: lable")


@data("The file has no header row", where="reviews.csv:1", what="'text'", advice="data.columns")
def no_header(place: Workplace):
    rows = make_reviews(40)
    lines = [f"{text},{label}\n" for text, label in zip(rows["text"], rows["label"], strict=True)]
    return check(place, place.write("reviews.csv", "".join(lines)))


@data("Columns set apart by semicolons", where="reviews.csv:1", what="'text;label'", advice="Set data.delimiter: ';'")
def semicolons(place: Workplace):
    return check(place, place.write("reviews.csv", "text;label\ngood;1\nbad;0\n"))


@data("A quote that is never closed", where="reviews.csv:3", what="never closed", advice="Close the quote")
def unclosed_quote(place: Workplace):
    return check(place, place.write("reviews.csv", 'text,label\ngood,1\n"bad,0\nfine,1\n'))


@data("A row with too many fields", where="reviews.csv:3", what="3 fields; expected 2", advice="double quotes")
def wrong_field_count(place: Workplace):
    return check(place, place.write("reviews.csv", "text,label\ngood,1\nbad, very bad,0\n"))


@data(
    "A row without a text (empty, NaN or null)",
    where="reviews.jsonl:2",
    what="'text' is missing",
    advice="on_error: skip",
)
def missing_text(place: Workplace):
    return check(place, place.write("reviews.jsonl", '{"text": "good", "label": 1}\n{"text": NaN, "label": 0}\n'))


@data("A row without a label", where="reviews.csv:3", what="label", advice="on_error: skip")
def missing_label(place: Workplace):
    return check(place, place.write("reviews.csv", "text,label\ngood,1\nbad,\n"))


@data("Another encoding than declared", where="reviews.csv:3", what="Byte 0xe8", advice="set data.encoding")
def wrong_encoding(place: Workplace):
    return check(place, place.write("reviews.csv", "text,label\ngood,1\ntr\u00e8s caf\u00e9,0\n".encode("latin-1")))


@data("An encoding that does not exist", where="data.encoding", what="'utf-9'", advice="utf-8")
def unknown_encoding(place: Workplace):
    return check(place, place.reviews(), "encoding: utf-9")


@data("A line that is not JSON", where="reviews.jsonl:2", what="not JSON", advice="on_error: skip")
def bad_json_line(place: Workplace):
    return check(place, place.write("reviews.jsonl", '{"text": "good", "label": 1}\n{"text": "bad", "label": 0\n'))


@data(
    "A JSON file that is one array, not lines",
    where="reviews.jsonl:1",
    what="looks like one JSON array",
    advice="one object a line",
)
def json_array(place: Workplace):
    rows = [{"text": "good", "label": 1}, {"text": "bad", "label": 0}]
    return check(place, place.write("reviews.jsonl", json.dumps(rows, indent=1)))


@data(
    "JSON Lines with other keys", where="reviews.jsonl:1", what="no key 'text'", advice="Set data.text and data.label"
)
def other_keys(place: Workplace):
    return check(place, place.write("reviews.jsonl", '{"review": "good", "stars": 1}\n{"review": "bad", "stars": 0}\n'))


@data(
    "A key that one row lacks",
    where="reviews.jsonl:2",
    what="no key 'label'; the keys are 'text'",
    advice="on_error: skip",
)
def key_of_one_row(place: Workplace):
    return check(place, place.write("reviews.jsonl", '{"text": "good", "label": 1}\n{"text": "bad"}\n'))


@data("A gzip file that is cut short", where="reviews.csv.gz", what="damaged or cut short", advice="Fetch or compress")
def corrupt_gzip(place: Workplace):
    whole = gzip.compress((place.folder / place.reviews()).read_bytes())
    return check(place, place.write("reviews.csv.gz", whole[:200]))


@data(
    "A file that is not Parquet",
    where="reviews.parquet",
    what="Parquet file cannot be read",
    advice="Write or fetch it again",
)
def not_parquet(place: Workplace):
    return check(place, place.write("reviews.parquet", "text,label\ngood,1\nbad,0\n"))


@data(
    "One class only",
    where="data.label",
    what="Every training row has the label 'positive'",
    advice="Check the label column",
)
def one_class(place: Workplace):
    return check(place, place.reviews(label=["positive"] * 40))


@data("Too few rows to hold some out", where="data.split", what="2 rows are too few", advice="Give more rows")
def too_few_rows(place: Workplace):
    return check(place, place.write("reviews.csv", "text,label\ngood,1\nbad,0\n"))


@data(
    "A label in the test file that training does not have", where="test.csv:3", what="'mixed'", advice="Mend the label"
)
def unseen_label(place: Workplace):
    place.write("test.csv", "text,label\na good film,positive\na film,mixed\n")
    return check(place, place.reviews(), "test_path: test.csv")


@data(
    "Labels other than those the recipe lists",
    where="reviews.csv:2",
    what="not in task.labels",
    advice="Name all labels",
)
def label_not_listed(place: Workplace):
    place.reviews()
    return ["check", place.recipe("data: {path: reviews.csv}", "task: {labels: [positive, neutral]}")]


@data(
    "A label that is no number, to be binarized",
    where="reviews.csv:2",
    what="'negative'; expected a number",
    advice="on_error: skip",
)
def label_no_number(place: Workplace):
    return check(place, place.reviews(), "binarize: {threshold: 0}")


@data("The same texts in training and test", where="reviews.csv:2", what="1 train in test", advice="duplicates: drop")
def duplicates(place: Workplace):
    row = make_reviews(1)
    place.write("test.csv", f"text,label\n{row['text'][0]},negative\n")
    return check(place, place.reviews(), "test_path: test.csv", "split: {duplicates: error}")


@data("An unknown dataset", where="data.name", what="'movie-snippet'", advice="Did you mean 'movie-snippets'?")
def unknown_dataset(place: Workplace):
    return ["check", place.recipe("data: {source: asset, name: movie-snippet}")]


@data(
    "A folder that holds no dataset",
    where="data.path folder",
    what="neither dataset_dict.json",
    advice="Save the dataset there",
)
def not_a_saved_dataset(place: Workplace):
    (place.folder / "folder").mkdir()
    return check(place, "folder", "source: hf_disk")
