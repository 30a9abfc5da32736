"""Signals end a process however they come."""

import signal
import subprocess
import sys
import time

_WAITS = """
import signal, threading
from sergek.adapters.processes.signals import on_signals
stop = threading.Event()
on_signals((signal.SIGTERM, signal.SIGINT), stop.set)
print("ready", flush=True)
while not stop.is_set():
    stop.wait(0.0001)
"""


def test_signals_in_a_row_end_a_process_that_waits() -> None:
    """Twenty processes that enter and leave a wait all the time end after two signals at once."""
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", _WAITS], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            child.send_signal(signal.SIGTERM)
            child.send_signal(signal.SIGINT)
            began = time.monotonic()
            while child.poll() is None and time.monotonic() - began < 20:
                time.sleep(0.01)
            code = child.poll()
            child.kill()
        assert code == 0
