import _thread
import os
import signal
import threading
from collections.abc import Callable

import pytest

from stream_of_worship.admin import background


def test_work_returns_its_value():
    assert background.run(lambda check: 42) == 42


def test_its_errors_come_through():
    def work(check: Callable[[], None]) -> None:
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        background.run(work)


def test_it_runs_beside_the_main_thread_which_stays_free_for_signals():
    assert background.run(lambda check: threading.current_thread()) is not threading.main_thread()


def test_an_interrupt_is_answered_while_the_work_goes_on_and_stops_it_at_its_next_report():
    go_on, stopped = threading.Event(), threading.Event()

    def work(check: Callable[[], None]) -> None:
        threading.Timer(0.05, _interrupt_main).start()
        go_on.wait(10)
        try:
            check()
        except background.Stopped:
            stopped.set()
            raise

    with pytest.raises(KeyboardInterrupt):
        background.run(work)
    assert not stopped.is_set()
    assert any(t.is_alive() for t in threading.enumerate() if t.name == background.NAME)  # so `leave` waits for it
    go_on.set()
    assert stopped.wait(10)


def test_work_that_takes_too_long_is_left_and_stops_at_its_next_report():
    go_on, stopped = threading.Event(), threading.Event()

    def work(check: Callable[[], None]) -> None:
        go_on.wait(10)
        try:
            check()
        except background.Stopped:
            stopped.set()
            raise

    with pytest.raises(background.TimeUpError):
        background.run(work, timeout=0.05)
    go_on.set()
    assert stopped.wait(10)


def test_work_that_is_done_in_time_is_not():
    assert background.run(lambda check: 42, timeout=60) == 42


def _interrupt_main() -> None:
    if os.name == "nt":
        _thread.interrupt_main()
    else:  # a real signal, which wakes the main thread from its wait
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_leaving_passes_the_exit_code_on():
    with pytest.raises(SystemExit) as leaving:
        background.leave(3)
    assert leaving.value.code == 3
