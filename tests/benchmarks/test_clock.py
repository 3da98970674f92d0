"""The time of a part."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from benchmarks.clock import Clock, stop_on_interrupt


@pytest.fixture
def interrupts() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_no_limit_is_never_over() -> None:
    assert not Clock().over()
    assert not Clock().share(3).over()


def test_a_share_of_nothing_is_nothing() -> None:
    assert Clock(0).share(2).over()
    assert not Clock(60).share(2).over()


def test_shares_stop_with_the_whole() -> None:
    clock = Clock(60)
    share = clock.share(2)
    clock.stop.set()
    assert share.over()
    assert share.stopped()


def test_the_first_ctrl_c_asks_and_the_second_ends(interrupts: None) -> None:
    stop = threading.Event()
    stop_on_interrupt(stop)
    os.kill(os.getpid(), signal.SIGINT)
    assert stop.is_set()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
