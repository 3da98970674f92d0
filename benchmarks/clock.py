"""The time that a part may take, and the Ctrl-C that ends it early."""

from __future__ import annotations

import math
import signal
import threading
import time
from typing import Any


class Clock:
    """Tells when a part is to stop; what was measured by then is reported.

    Args:
        minutes: from now; None sets no limit.
        stop: shared by the clocks of a whole run: set, it ends them all.

    Example:
        >>> Clock().over(), Clock(0).over()
        (False, True)
    """

    def __init__(self, minutes: float | None = None, stop: threading.Event | None = None) -> None:
        self.stop = stop or threading.Event()
        self._end = math.inf if minutes is None else time.monotonic() + 60 * minutes

    def over(self) -> bool:
        """Tell whether the time is over, or Ctrl-C was pressed."""
        return self.stopped() or time.monotonic() >= self._end

    def stopped(self) -> bool:
        """Tell whether Ctrl-C was pressed."""
        return self.stop.is_set()

    def share(self, of: int) -> Clock:
        """Return a clock of an equal share of what is left: for one of so many things still to be done."""
        left = max(0.0, self._end - time.monotonic()) / 60
        return Clock(None if math.isinf(left) else left / of, self.stop)


def stop_on_interrupt(stop: threading.Event) -> None:
    """Let the first Ctrl-C set an event; the second ends the process as ever."""

    def handle(*_: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print(
            "\n!! Stopping after the running turn, and keeping what there is; Ctrl-C once more ends at once.",
            flush=True,
        )

    signal.signal(signal.SIGINT, handle)
