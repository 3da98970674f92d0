"""The one Keras backend tltk runs on: checked before Keras is imported, and its start-up chatter turned down."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tltk.errors import EnvironmentProblem

_HINT = (
    "Set KERAS_BACKEND=tensorflow (or unset it) before Python starts, and start a fresh process: "
    "Keras chooses its backend once, when it is first imported."
)
# What TensorFlow's C++ parts say at level INFO or WARNING before they know about any log level.
_CHATTER = re.compile(rb"^(WARNING: All log messages before absl::InitializeLog|[IW]\d{4} \d\d:\d\d:)")


def require_tensorflow() -> None:
    """Make sure that Keras runs on TensorFlow, choosing that backend where none has been chosen yet.

    Call it before the first `import keras`. Sets `KERAS_BACKEND=tensorflow` if it is not set (a `~/.keras/keras.json`
    then has no say), turns TensorFlow's logs down to errors unless `TF_CPP_MIN_LOG_LEVEL` is set, and imports
    TensorFlow and Keras (3 seconds, once) without their greetings.

    Raises:
        EnvironmentProblem: `KERAS_BACKEND` names another backend, Keras already runs on another one, or TensorFlow
            is not installed.

    Example:
        >>> require_tensorflow()
        >>> import keras
        >>> keras.backend.backend()
        'tensorflow'
    """
    asked = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if asked != "tensorflow":
        raise _wrong_backend(f"Got KERAS_BACKEND={asked!r}; tltk runs on the TensorFlow backend of Keras.")
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "backend") and keras.backend.backend() != "tensorflow":
        raise _wrong_backend(f"Keras runs on {keras.backend.backend()!r} in this process; tltk runs on TensorFlow.")
    if "tensorflow" not in sys.modules:
        _import_tensorflow()


def _import_tensorflow() -> None:
    quiet = os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") == "3"
    for name in ("tensorflow", "absl"):
        logger = logging.getLogger(name)
        if quiet and logger.level == logging.NOTSET:
            logger.setLevel(logging.ERROR)
    try:
        with _without_chatter() if quiet else _as_it_is(), _without_collecting():
            importlib.import_module("tensorflow")
            importlib.import_module("keras")
    except ImportError as error:
        raise EnvironmentProblem(
            f"TensorFlow cannot be imported ({error}).",
            where="environment",
            hint="Install it with: pip install 'tensorflow>=2.21,<3'.",
        ) from error


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Import without looking for garbage: there is none among modules, and looking takes a fifth of the time.

    What was imported is then left out of later searches too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what is written to the stderr of the process, and let through at the end what is not chatter."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError):  # no stderr at all: nothing to keep quiet
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            for line in held:
                if not _CHATTER.match(line):
                    os.write(2, line)


def _wrong_backend(message: str) -> EnvironmentProblem:
    return EnvironmentProblem(message, where="environment", hint=_HINT)
