"""Trained models that are damaged, and what is asked of them."""

from __future__ import annotations

import json
import shutil
from functools import partial

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
bundle = partial(wrong, CASES)


def predict(place: Workplace, *arguments: str) -> list[str]:
    """Return the arguments that predict good rows."""
    return ["predict", "bundle", *(arguments or (place.write("rows.txt", "a gripping film\n"),))]


@bundle(
    "One flipped byte", where="bundle", what="encoder/model.safetensors has another sha256", advice="Copy the whole"
)
def flipped_byte(place: Workplace):
    path = place.bundle() / "encoder" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return predict(place)


@bundle("A file of the Bundle is gone", where="bundle", what="encoder/config.json is missing", advice="Copy the whole")
def missing_file(place: Workplace):
    (place.bundle() / "encoder" / "config.json").unlink()
    return predict(place)


@bundle(
    "A list of files that leads out of the Bundle",
    where="bundle",
    what="../../secret lies outside",
    advice="Copy the whole",
)
def path_traversal(place: Workplace):
    from tltk.manifest import checksum

    def add(document: dict) -> dict:
        document["files"]["../../secret"] = {"sha256": "0" * 64, "bytes": 1}
        return {**document, "checksum": checksum(document)}

    place.edit_json(place.bundle() / "tltk.json", add)
    return predict(place)


@bundle("A Bundle of a newer tltk", where="bundle/tltk.json", what="version 99", advice="Install tltk")
def newer_format(place: Workplace):
    place.edit_json(place.bundle() / "tltk.json", {"format_version": 99, "tltk": "9.0"})
    return predict(place)


@bundle("A folder that is no Bundle", where="bundle", what="no tltk.json", advice="Give the folder of a Bundle")
def no_bundle(place: Workplace):
    (place.folder / "bundle").mkdir()
    return predict(place)


@bundle("A folder that is not there", where="runs/quick", what="no such folder", advice="Give the folder of a Bundle")
def missing_folder(place: Workplace):
    return ["predict", "runs/quick", place.write("rows.txt", "a film\n")]


@bundle("A file to predict without the text column", where="rows.csv:1", what="'text'", advice="--text")
def predict_missing_column(place: Workplace):
    place.bundle()
    return predict(place, place.write("rows.csv", "review,stars\na gripping film,5\n"))


@bundle("A file to predict that is not there", where="rows.cvs", what="no such file", advice="Did you mean 'rows.csv'?")
def predict_missing_file(place: Workplace):
    place.bundle()
    place.write("rows.csv", "text\na gripping film\n")
    return predict(place, "rows.cvs")


@bundle(
    "A text file to predict that is not UTF-8", where="rows.txt:2", what="Byte 0xe9", advice="Save the file as UTF-8"
)
def predict_wrong_encoding(place: Workplace):
    place.bundle()
    return predict(place, place.write("rows.txt", "a film\nun caf\u00e9\n".encode("latin-1")))


@bundle(
    "A label to score that the model does not know",
    where="rows.csv:3",
    what="'mixed'",
    advice="Known: negative, positive",
)
def evaluate_unknown_label(place: Workplace):
    place.bundle()
    rows = place.write("rows.csv", "text,label\na gripping film,positive\na film,mixed\n")
    return ["evaluate", "bundle", rows]


@bundle("An unknown export format", where="format", what="'onx'", advice="Did you mean 'onnx'?")
def unknown_format(place: Workplace):
    place.bundle()
    return ["export", "bundle", "onx"]


@bundle(
    "An export into a folder of other files", where="thesis", what="files that are no export", advice="Choose a new"
)
def export_over_other_files(place: Workplace):
    place.bundle()
    place.write("thesis/chapter.txt", "mine")
    return ["export", "bundle", "savedmodel", "--output", "thesis"]


@bundle("The output folder of another Run", where="run", what="another recipe", advice="--overwrite")
def folder_of_another_run(place: Workplace):
    shutil.copytree(place.originals.run, place.folder / "run")
    return ["fit", place.good_recipe(), "--output", "run"]


@bundle("An output folder with files that are no Run", where="thesis", what="no Run", advice="--overwrite")
def folder_of_other_files(place: Workplace):
    place.write("thesis/chapter.txt", "mine")
    return ["fit", place.good_recipe(), "--output", "thesis"]


@bundle("A Run whose record is damaged", where="run/run.json", what="damaged", advice="Delete it")
def damaged_record(place: Workplace):
    shutil.copytree(place.originals.run, place.folder / "run")
    (place.folder / "run" / "run.json").write_text(json.dumps({})[:1])
    return ["fit", place.good_recipe(), "--output", "run"]


@bundle(
    "A precision that the engine does not have",
    where="precision",
    what="Got 'int8'; the keras engine computes in float32 or bfloat16",
    advice="take the onnx engine",
)
def precision_of_another_engine(place: Workplace):
    place.bundle()
    return predict(place, place.write("rows.txt", "a film\n"), "--engine", "keras", "--precision", "int8")


@bundle(
    "A precision that is none",
    where="--precision",
    what="'--precision': 'bf16' is not one of",
    advice="'bfloat16'",
    exit_code=2,
)
def unknown_precision(place: Workplace):
    place.bundle()
    return predict(place, place.write("rows.txt", "a film\n"), "--precision", "bf16")


@bundle(
    "A text column of standard input",
    where="--text",
    what="Standard input has no columns",
    advice="Leave it out",
    exit_code=2,
)
def column_of_standard_input(place: Workplace):
    return predict(place, "-", "--text", "review")


@bundle("A text column of a file of lines", where="rows.txt", what="one text a line", advice="Leave it out (--text)")
def column_of_a_file_of_lines(place: Workplace):
    place.bundle()
    return predict(place, place.write("rows.txt", "a film\n"), "--text", "review")


@bundle("An engine that is none, in Python", where="engine", what="Got engine 'onxx'", advice="Did you mean 'onnx'?")
def unknown_engine(place: Workplace):
    import tltk

    path = place.bundle()
    return lambda: tltk.load(path, engine="onxx")


@bundle(
    "A cache where the engine's file cannot be kept",
    where="occupied/engines",
    what="The engine file cannot be written: Not a directory",
    advice="set TLTK_CACHE",
)
def cache_for_engines_cannot_be_written(place: Workplace):
    place.write("occupied", "")
    place.bundle()
    place.monkeypatch.setenv("TLTK_CACHE", str(place.folder / "occupied"))
    return predict(place, place.write("rows.txt", "a film\n"), "--engine", "onnx")
