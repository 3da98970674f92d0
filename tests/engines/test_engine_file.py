"""Engine files in the cache: made once, checked, healed, and shared by processes."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from tltk.bundle import Bundle
from tltk.engines.engine_file import engine_folder, open_engine_file, weight_kind
from tltk.errors import EngineError
from tltk.run import Run


def never() -> None:
    raise AssertionError("The model was built although the file is there.")


def opened(bundle: Bundle, precision: str = "float32", model=None):
    return open_engine_file(
        engine_folder(bundle.identity),
        precision,
        model=model or (lambda: bundle.built),
        activation=bundle.task.activation,
        max_length=32,
    )


def test_it_is_made_once(run: Run, empty_cache: Path) -> None:
    made = opened(run.bundle)
    assert made.path.is_relative_to(empty_cache)
    assert 0 < made.largest_difference < 1e-5
    assert opened(run.bundle, model=never) == made
    assert sorted(path.name for path in made.path.parent.iterdir() if path.suffix != ".lock") == [
        "float32.json",
        "float32.onnx",
    ]


def test_a_damaged_one_is_made_anew_and_told(run: Run, empty_cache: Path, capsys: pytest.CaptureFixture) -> None:
    made = opened(run.bundle)
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert opened(run.bundle) == made
    assert " ".join(capsys.readouterr().err.split()).count("is damaged; it is made anew") == 1
    made.path.with_suffix(".json").write_text("{}")
    assert opened(run.bundle) == made
    assert json.loads(made.path.with_suffix(".json").read_text())["largest_difference"] == made.largest_difference


def test_other_weights_or_another_recipe_make_another_folder(run: Run) -> None:
    document = {**run.bundle.document, "files": {"encoder/model.safetensors": {"sha256": "0", "bytes": 1}}}
    assert engine_folder(Bundle(run.bundle.path, document).identity) != engine_folder(run.bundle.identity)
    figures = {**run.bundle.document, "metrics": {"validation": {}}}
    assert engine_folder(Bundle(run.bundle.path, figures).identity) == engine_folder(run.bundle.identity)


def test_one_that_gives_other_numbers_is_refused(run: Run, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tltk.engines import onnx_encoder

    monkeypatch.setattr(onnx_encoder, "MASKED", 0.0)
    with pytest.raises(EngineError, match="differs from the model"):
        opened(run.bundle)
    assert not [path for path in empty_cache.rglob("*") if "onnx" in path.suffix]


def _open_in_process(path: Path, results) -> None:
    bundle = Bundle.load(path)
    results.put(opened(bundle).largest_difference)


def test_two_processes_make_one(run: Run, empty_cache: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_open_in_process, args=(run.bundle.path, results)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert found[0] == found[1]
    assert len(list(empty_cache.rglob("*.onnx"))) == 1


def test_weights_have_seven_bits_where_products_would_overflow() -> None:
    assert weight_kind("int8", frozenset({"avx2", "avx512_vnni"})) == "int8"
    assert weight_kind("int8", frozenset({"avx_vnni"})) == "int8"
    assert weight_kind("int8", frozenset({"avx2"})) == "int7"
    assert weight_kind("int8", frozenset()) == "int8"  # no x86 processor
    assert weight_kind("float32", frozenset({"avx2"})) == "float32"
