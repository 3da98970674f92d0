from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tltk.backend import require_tensorflow
from tltk.errors import EnvironmentProblem


def test_another_backend_asked_for_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(EnvironmentProblem, match=r"KERAS_BACKEND='jax'.*Set KERAS_BACKEND=tensorflow"):
        require_tensorflow()


def test_another_backend_already_running_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with pytest.raises(EnvironmentProblem, match="runs on 'torch' in this process"):
        require_tensorflow()


def test_fresh_process_gets_tensorflow_without_its_greetings_and_keeps_other_words() -> None:
    unset = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    code = """
import importlib, os
from tltk import backend
real = importlib.import_module
def speaking(*names):
    if names[0] == "tensorflow":
        os.write(2, b"a word that matters\\n")
    return real(*names)
backend.importlib.import_module = speaking
backend.require_tensorflow()
import keras, tensorflow as tf
print(keras.backend.backend(), float(tf.reduce_sum(tf.ones(3))))
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "tensorflow 3.0"
    assert set(done.stderr.splitlines()) == {"a word that matters"}
