# SPDX-License-Identifier: MIT
"""What CPython's tests have around them: processes, threads, signals, servers.  tests/micropython/stand_in/bench.py is MicroPython's."""

import contextlib
import os
import signal
import socket
import struct
import threading
import time
import unittest

import protocol
from buses import BusTest, wait_until  # noqa: F401 (for the tests)
from capabilities import LACKED_BY_MICROPYTHON, LACKED_ON_A_CHIP

# Where a target is, in words; the largest number of seconds to be tried; bytes of a long message; of very many combinations each so-many-th.
PLACE, HUGE, LONG, THIN = "bus 1", 1e300, 8192, 1
now = time.monotonic


def needs(capability):
    """A test, or a class of tests, for which MicroPython lacks something."""
    assert capability in LACKED_BY_MICROPYTHON | LACKED_ON_A_CHIP, capability
    return lambda test: test


def frame(kind, payload):
    return struct.pack("<IHH", len(payload), kind, 0) + payload


def events(held, *records, glitches=0, stretches=0, longest_us=0):
    """An EVENTS of a server; held: the number of the hold, or 0."""
    return frame(protocol.EVENTS, struct.pack("<5I", glitches, stretches, longest_us, held, 0) + b"".join(records))


def record(kind, serial, value=0, number=0, data=b"", is_read=0):
    """One of its records."""
    return struct.pack("<BBBBII", kind, value, is_read, 0, serial, number) + data


class Bench(BusTest):
    """What a TargetTest is built on."""

    @contextlib.contextmanager
    def fake_bus(self, number, serve=lambda peer, offer: None):
        """A server, in a thread of this process, that says what no decent one does.

        It lets one target listen; then serve(peer, offer) speaks: offer(n) comes before the EVENTS that hold with number n."""

        def offer(hold):
            os.pwrite(memory, struct.pack("<I", hold << 3), 0)

        def play():
            peer, _ = listener.accept()
            with peer:
                peer.recv(8 + 40)
                peer.sendall(frame(protocol.WELCOME, struct.pack("<HHII", protocol.VERSION, 0, number, 100000)))
                peer.recv(8 + 20)
                socket.send_fds(peer, [frame(protocol.LISTENING, b"")], [memory])
                serve(peer, offer)
                is_over.wait(10)

        memory = os.memfd_create("claims")
        self.addCleanup(os.close, memory)
        os.truncate(memory, 4096)
        listener = self.opened(socket.socket(socket.AF_UNIX))
        listener.bind(f"{self.directory}/bus-{number}")
        listener.listen()
        is_over = threading.Event()
        with Later(play):
            try:
                yield
            finally:
                is_over.set()


class Later:
    """Something done by a thread, so that the test can wait for its effect; its exception is raised on leaving."""

    def __init__(self, call, *arguments):
        self.error = None
        self.result = None
        self.thread = threading.Thread(target=self.run, args=(call, arguments), daemon=True)

    def run(self, call, arguments):
        try:
            self.result = call(*arguments)
        except BaseException as error:  # told by join()
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.thread.join(timeout=20)
        assert not self.thread.is_alive(), "the thread still runs"
        if self.error and exception[0] is None:
            raise self.error


@contextlib.contextmanager
def signalled(number, seconds=0.1):
    """A signal to this process, again and again.

    One alone may be missed: Python looks for signals between two steps, so one in the moment before a call waits does not wake it."""

    def send():
        while not is_over.wait(seconds):
            os.kill(os.getpid(), number)

    is_over = threading.Event()
    with Later(send):
        try:
            yield
        finally:
            is_over.set()
