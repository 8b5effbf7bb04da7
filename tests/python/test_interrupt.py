#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2ctarget.interrupt: a program waits for the output line of a device."""

import fcntl
import os
import resource
import select
import stat
import sys
import tempfile
import unittest

sys.path.insert(1, os.environ["BUILD_DIR"] + "/python")

from i2ctarget.interrupt import Interrupt
from i2ctarget.privatebus import PrivateBus

COMMAND = os.environ["BUILD_DIR"] + "/i2ctarget"


class Pipe(unittest.TestCase):
    """The other end is written here."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/int"
        self.line = Interrupt(self.path)
        self.addCleanup(self.line.close)

    def pull(self, text):
        self.device = getattr(self, "device", None) or os.open(self.path, os.O_WRONLY)
        os.write(self.device, text)

    def is_readable(self, seconds=0.0):
        return bool(select.select([self.line], [], [], seconds)[0])

    def test_the_fifo_is_made_and_removed(self):
        mode = os.stat(self.path).st_mode
        self.assertEqual((stat.S_ISFIFO(mode), mode & 0o777), (True, 0o600))
        with Interrupt(self.path):
            pass
        self.assertTrue(os.path.exists(self.path))
        self.line.close()
        self.line.close()
        self.assertFalse(os.path.exists(self.path))
        with self.assertRaisesRegex(ValueError, "^this Interrupt is closed$"):
            self.line.fileno()

    def test_what_is_no_fifo(self):
        with self.assertRaises(FileExistsError):
            Interrupt(os.path.dirname(self.path))
        with self.assertRaises(FileNotFoundError):
            Interrupt(f"{os.path.dirname(self.path)}/no/where")

    def test_before_the_device(self):
        self.assertEqual((self.line.level, self.line.changes(), self.is_readable()), (None, [], False))
        with self.assertRaisesRegex(TimeoutError, "^the line was not low within 0.01 s$"):
            self.line.wait(False, 0.01)

    def test_changes(self):
        self.pull(b"1\n0\n")
        self.assertTrue(self.is_readable())
        self.assertEqual((self.line.changes(), self.line.level), ([True, False], False))
        self.assertFalse(self.is_readable())
        self.pull(b"1")
        self.assertEqual((self.line.changes(), self.line.level), ([], False))
        self.pull(b"\n")
        self.assertEqual((self.line.changes(), self.line.level), ([True], True))

    def test_wait(self):
        self.pull(b"1\n0\n1\n")
        self.line.wait(False, 0)  # a pulse counts
        self.line.wait(True, 0)
        with self.assertRaisesRegex(TimeoutError, "^the line was not low"):
            self.line.wait(False, 0.01)

    def test_wait_takes_a_number(self):
        self.pull(b"0\n")
        self.line.wait(0, 0)
        self.line.wait(0, 0)

    def test_wait_with_a_high_descriptor(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2048), hard))
        self.line._fd, low = fcntl.fcntl(self.line.fileno(), fcntl.F_DUPFD_CLOEXEC, 1500), self.line.fileno()
        os.close(low)
        with self.assertRaises(TimeoutError):
            self.line.wait(False, 0.01)

    def test_the_end(self):
        self.pull(b"1\n0\n")
        os.close(self.device)
        self.line.wait(False)
        self.assertTrue(self.is_readable())
        with self.assertRaisesRegex(EOFError, "^the device has ended$"):
            self.line.changes()
        with self.assertRaises(EOFError):
            self.line.wait(True)

    def test_a_device_that_ends_without_a_word(self):
        """It was there, so the descriptor is readable for ever.  Another one may follow."""
        self.assertEqual(self.line.changes(), [])
        os.close(os.open(self.path, os.O_WRONLY))
        self.assertTrue(self.is_readable())
        for call in self.line.changes, lambda: self.line.wait(True, 0.01):
            with self.assertRaisesRegex(EOFError, "^the device has ended$"):
                call()
        self.pull(b"0\n")
        self.line.wait(False, 0)


class Device(unittest.TestCase):
    def test_of_a_private_bus(self):
        """The expander's INT, until its port is read."""
        with PrivateBus() as bus:
            line, other = bus.interrupt(), bus.interrupt()
            self.assertNotEqual(line.place, other.place)
            device = bus.start([COMMAND, "device", "pca9555", "--interrupt", line.place], wait=0x20, stdin=-1, stdout=-3)
            line.wait(True)
            device.stdin.write(b"pin 3 low\n")
            device.stdin.flush()
            line.wait(False)
            bus.run(["i2cget", "-y", "1", "0x20", "0x00"])
            line.wait(True)
            self.assertEqual(line.changes(), [])
            device.stdin.close()
        with self.assertRaises(ValueError):
            line.fileno()


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin"
    unittest.main()
