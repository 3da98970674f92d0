"""The gate as a Keras callback, for Keras 3 and for tf-keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.gate import Gate
from benchmarks.resident import peak_bytes


def gate_callback(base: type, gate: Gate, *, rows: Sequence[int], tokens: Sequence[int], **facts: Any) -> Any:
    """Return a callback that opens and closes the gate around training steps.

    Args:
        base: `keras.callbacks.Callback` or that of tf-keras.
        gate: the gate.
        rows: rows of each step of the training, in order.
        tokens: their useful tokens.
        **facts: told with "ready".
    """

    class GateCallback(base):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__()
            self.seen = 0
            self.begun = False
            self.peak = 0

        def on_train_begin(self, logs: Any = None) -> None:
            if not self.begun:  # a resumed epoch is a fit of its own
                self.begun = True
                gate.ready(**facts)

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.before = self.seen

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            # Reading a variable waits for the step. `batch` is the last of several where one execution does several.
            self.model.optimizer.iterations.numpy()
            first, self.seen = self.seen, self.before + batch + 1
            gate.step(rows=sum(rows[first : self.seen]), tokens=sum(tokens[first : self.seen]), steps=self.seen - first)

        def on_test_begin(self, logs: Any = None) -> None:
            gate.pause()

        def on_test_end(self, logs: Any = None) -> None:
            gate.resume()

        def on_train_end(self, logs: Any = None) -> None:
            self.peak = peak_bytes()
            gate.finish()

    return GateCallback()
