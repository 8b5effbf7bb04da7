# SPDX-License-Identifier: MIT
"""`i2ctarget device` as a process, and i2c-tools that ask it."""

import os
import select
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest, wait_until

TOOLS = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"}


class Device:
    """One device; `ready` is the line it prints when it serves."""

    def __init__(self, *arguments, **popen):
        self.process = subprocess.Popen([COMMAND, "device", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, bufsize=0, **popen)
        self.ready = self.line()

    @staticmethod
    def next_line(pipe):
        """Without reading ahead."""
        text = b""
        while not text.endswith(b"\n"):
            if not select.select([pipe], [], [], 10)[0]:
                raise AssertionError(f"not within 10 s: the end of the line {text!r}")
            byte = os.read(pipe.fileno(), 1)
            if not byte:
                break
            text += byte
        return text.decode().rstrip("\n")

    def line(self):
        """The next line that it prints."""
        return self.next_line(self.process.stdout)

    def lines(self, count):
        return [self.line() for _ in range(count)]

    def complaint(self):
        """The next line on standard error."""
        return self.next_line(self.process.stderr)

    def tell(self, *lines):
        """Lines on standard input."""
        self.process.stdin.write("".join(line + "\n" for line in lines).encode())

    def tell_no_more(self, text=""):
        """The end of its standard input, perhaps after a line that does not end."""
        self.process.stdin.write(text.encode())
        self.process.stdin.close()
        self.process.stdin = None

    def end(self, number=signal.SIGTERM):
        """(exit status, the rest of what it said, stderr)"""
        if self.process.poll() is None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode(), err.decode()


class DeviceTest(BusTest):
    def device(self, *arguments, ready=True, **popen):
        device = Device(*arguments, **popen)
        self.addCleanup(self.kill, device)
        if ready:
            self.assertRegex(device.ready or "", " ready$", device.ready or device.process.stderr)
        return device

    @staticmethod
    def kill(device):
        if device.process.poll() is None:
            device.process.kill()
        device.process.communicate(timeout=20)

    def ask(self, command):
        """Runs a command.  Returns (exit status, output)."""
        done = subprocess.run([COMMAND, "exec", "--", *command.split()], capture_output=True, text=True, timeout=30,
                              env={**TOOLS, "I2CTARGET_DIR": self.directory})
        return done.returncode, (done.stdout + done.stderr).strip()

    def transfer(self, words):
        """The bytes that i2ctransfer got."""
        status, text = self.ask(f"i2ctransfer -y 1 {words}")
        self.assertEqual(status, 0, text)
        return [int(word, 16) for word in text.split()]

    def until(self, command, expected):
        """Repeats a command until its answer is the expected one: a line on standard input takes
        effect a moment later."""
        wait_until(lambda: self.ask(command) == expected, f"{command}: {expected}")

    def fails(self, *arguments):
        """For a command that can not run: (exit status, its message).  The directory of buses does not exist, so it ends in
        any case."""
        done = self.command("device", *arguments, env={**os.environ, "I2CTARGET_DIR": f"{self.directory}/no/where"})
        self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1), done.stderr)
        return done.returncode, done.stderr.rstrip("\n")

    def refused(self, *arguments):
        """Wrong arguments.  Returns the message."""
        status, complaint = self.fails(*arguments)
        self.assertEqual(status, 2, complaint)
        return complaint
