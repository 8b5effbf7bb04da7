# SPDX-License-Identifier: MIT
"""I2CTargets in the test's own process, asked by a controller that is no part of the project's library (tests/linux/protocol.py).

A call of the controller has two halves, so one thread can play both ends: send, serve, look at the reply.
"""

import contextlib
import os
import signal
import socket
import struct
import sys
import threading

BUILD = os.environ["BUILD_DIR"]
SOURCE = os.environ["SOURCE_DIR"]
PYTHON_PATH = [f"{BUILD}/python", f"{BUILD}/python/i2ctarget/fallback"]
sys.path[1:1] = [f"{SOURCE}/tests/linux"] + PYTHON_PATH

import protocol
from buses import BusTest, wait_until  # noqa: F401 (wait_until is for the tests)
from i2ctarget import End, I2CTarget, I2CTargetRequest  # noqa: F401
from microcontroller import pin

EIO, ENXIO, ETIMEDOUT = -5, -6, -110


def frame(kind, payload):
    return struct.pack("<IHH", len(payload), kind, 0) + payload


def events(held, *records, glitches=0, stretches=0, longest_us=0):
    """An EVENTS of a server; held: the number of the hold, or 0."""
    return frame(protocol.EVENTS, struct.pack("<4I", glitches, stretches, longest_us, held) + b"".join(records))


def record(kind, serial, value=0, number=0, data=b"", is_read=0):
    """One of its records."""
    return struct.pack("<BBBBII", kind, value, is_read, 0, serial, number) + data


class TargetTest(BusTest):
    """A bus 1, and what hangs on it."""

    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def device(self, addresses=(0x40,), smbus=False, number=1):
        device = I2CTarget(getattr(pin, f"SCL{number}"), getattr(pin, f"SDA{number}"), addresses, smbus)
        self.addCleanup(device.deinit)
        return device

    def both(self, addresses=(0x40,), **keywords):
        """A target, and a controller that has begun nothing yet."""
        return self.device(addresses, **keywords), self.controller()

    def writes(self, data, address=0x40):
        """A target whose controller writes these bytes to it: (request, controller)."""
        device, controller = self.both((address,))
        controller.send_transfer([(address, bytes(data))])
        request = device.request(timeout=5)
        self.addCleanup(lambda: device)  # a target that is collected leaves the bus
        return request, controller

    def reads(self, count, address=0x40):
        """A target whose controller reads that many bytes from it."""
        device, controller = self.both((address,))
        controller.send_transfer([(address, count)])
        request = device.request(timeout=5)
        self.addCleanup(lambda: device)
        return request, controller

    @contextlib.contextmanager
    def fake_bus(self, number, serve=lambda peer, offer: None):
        """A server, in a thread of this process, that says what no decent one does.

        It lets one target listen; then serve(peer, offer) speaks: offer(n) comes before the EVENTS that hold with number n."""

        def offer(hold):
            os.pwrite(memory, struct.pack("<I", hold << 2), 0)

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

    def settle(self, controller):
        """The server tells a controller first, its targets right after: a further transfer shows that they have been told."""
        for _ in range(2):
            controller.send_transfer([(0x3F, b"")])
            self.assertEqual(controller.transfer_reply()[0], ENXIO)

    def raises(self, error_number, call, *arguments, **keywords):
        """The OSError with this errno; its message."""
        with self.assertRaises(OSError) as raised:
            call(*arguments, **keywords)
        self.assertEqual(raised.exception.errno, error_number)
        return raised.exception.strerror


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
