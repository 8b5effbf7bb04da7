# SPDX-License-Identifier: MIT
"""Bus servers for tests.  Each test class has its own directory, and nothing that it starts outlives it."""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import protocol

COMMAND = os.environ["BUILD_DIR"] + "/i2ctarget"


def wait_until(condition, what, seconds=10):
    """Poll a condition until it is true.  Returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.005)


def ignoring(*numbers):
    """For Popen's preexec_fn: the program starts with these signals ignored, as under nohup or in a shell's background job."""

    def ignore():
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)

    return ignore


def has_signal(pid, mask, number):
    """Is the signal in a mask of the process: SigIgn, SigBlk, SigCgt?"""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        masks = dict(line.split(":", 1) for line in status)
    return bool(int(masks[mask], 16) >> number - 1 & 1)


class Bus:
    """A running `i2ctarget bus`."""

    def __init__(self, *options, number=1, **popen):
        self.number = number
        self.process = subprocess.Popen([COMMAND, "bus", str(number), *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, **popen)
        self.ready = self.read_line()

    @property
    def pid(self):
        return self.process.pid

    def read_line(self, seconds=10):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return None
        return self.process.stdout.readline()

    def stop(self, number=signal.SIGTERM):
        """End it.  Returns (exit status, stdout after the ready line, stderr)."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_kib(self):
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class BusTest(unittest.TestCase):
    """A test with a directory for sockets; `self.start()` gives it a bus."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-test-")
        os.environ["I2CTARGET_DIR"] = self.directory
        os.environ.pop("I2CTARGET_BUS", None)
        self.addCleanup(shutil.rmtree, self.directory)

    def start(self, *options, **keywords):
        bus = Bus(*options, **keywords)
        self.addCleanup(self.end, bus)
        self.assertEqual(bus.ready, f"bus {bus.number} ready\n")
        return bus

    @staticmethod
    def end(bus):
        if bus.process.poll() is None:
            bus.process.kill()
        bus.process.communicate(timeout=20)

    def command(self, *arguments, **keywords):
        """Run `i2ctarget …` to its end."""
        return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=30, **keywords)

    def opened(self, peer):
        """A peer that is closed when the test ends."""
        self.addCleanup(peer.close)
        return peer

    def controller(self, **keywords):
        return self.opened(protocol.Controller(**keywords))

    def target(self, addresses=(0x40,), **keywords):
        return self.opened(protocol.Target(addresses=addresses, **keywords))

    def monitor(self, **keywords):
        return self.opened(protocol.Monitor(**keywords))

    def assert_works(self, address=0x33):
        """On a new connection, a new target answers a new controller at once."""
        with protocol.Controller() as controller, protocol.Target(addresses=[address]) as target:
            controller.send_read_byte_data(address, 0x0C)
            call = target.next_call()
            target.commit(call.serial, count=1)
            call = target.next_call()
            self.assertEqual(target.records[1][:1] + target.records[1][2:], (protocol.RECEIVED, b"\x0c"))
            target.commit(call.serial, count=1, data=b"\x5a", waiting=1)
            self.assertEqual(controller.reply(), (0, b"\x5a"))
