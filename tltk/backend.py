"""The one Keras backend tltk runs on: checked before Keras is imported, and its start-up chatter turned down."""

from __future__ import annotations

import logging
import os
import sys

from tltk.errors import EnvironmentProblem

_HINT = (
    "Set KERAS_BACKEND=tensorflow (or unset it) before Python starts, and start a fresh process: "
    "Keras chooses its backend once, when it is first imported."
)


def require_tensorflow() -> None:
    """Make sure that Keras runs on TensorFlow, choosing that backend where none has been chosen yet.

    Call it before the first `import keras`. Sets `KERAS_BACKEND=tensorflow` if it is not set (a `~/.keras/keras.json`
    then has no say), and keeps TensorFlow's C++ and Python logs to errors unless `TF_CPP_MIN_LOG_LEVEL` says otherwise.
    Imports nothing itself, so it is cheap to call twice.

    Raises:
        EnvironmentProblem: `KERAS_BACKEND` names another backend, or Keras already runs on another one.

    Example:
        >>> require_tensorflow()
        >>> import os; os.environ["KERAS_BACKEND"]
        'tensorflow'
    """
    quiet_tensorflow()
    asked = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if asked != "tensorflow":
        raise EnvironmentProblem(
            f"Got KERAS_BACKEND={asked!r}; tltk runs on the TensorFlow backend of Keras.",
            where="environment",
            hint=_HINT,
        )
    keras = sys.modules.get("keras")
    if keras is None or not hasattr(keras, "backend"):
        return
    running = keras.backend.backend()
    if running != "tensorflow":
        raise EnvironmentProblem(
            f"Keras runs on the {running!r} backend in this process; tltk runs on TensorFlow.",
            where="environment",
            hint=_HINT,
        )


def quiet_tensorflow() -> None:
    """Keep TensorFlow's logs to errors; what the user set in the environment stands."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("tensorflow", "absl"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.ERROR)
