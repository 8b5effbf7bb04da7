#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs a test of tests/python, or one of this folder, in MicroPython's unix port.

    run.py TEST.py [CLASS.TEST…]

The targets are in MicroPython.  What it lacks (bus servers, controllers, signals, other programs) is done here, in CPython, for the
stand-ins (stand_in/host.py): each line from there that begins with \\x02 is a question.

Environment: SOURCE_DIR, BUILD_DIR, MICROPYTHON (the program); I2CTARGET_MPY (a folder with a loaded module, instead of the built-in one).
"""

import ast
import os
import re
import select
import signal
import subprocess
import sys
import time

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
PROGRAM = os.environ["MICROPYTHON"]
HERE = os.path.dirname(os.path.abspath(__file__))
PATH = [*filter(None, [os.getenv("I2CTARGET_MPY")]), f"{HERE}/stand_in", HERE, f"{SOURCE}/tests/python", ".frozen"]
SILENCE_S = 30  # a MicroPython that says nothing for so long hangs
sys.path[1:1] = [f"{SOURCE}/tests/linux"]

import protocol  # noqa: E402
from answers import Answers  # noqa: E402
from buses import BusTest  # noqa: E402


class Tools:
    """What is done to MicroPython from outside."""

    def __init__(self, process):
        self.process = process
        self.timers = []

    def interrupt_after(self, seconds):
        """Ctrl-C, later: MicroPython waits by then."""
        self.timers.append(subprocess.Popen(["sh", "-c", f"sleep {seconds}; kill -INT {self.process.pid}"]))

    def run(self, *command):
        """Another program to its end: (exit status, what it printed)."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, check=False)
        return done.returncode, done.stdout

    def addresses(self, names):
        """Where its C library has these functions."""
        with open(f"/proc/{self.process.pid}/maps", encoding="ascii") as maps:
            base, path = next((int(line.split("-")[0], 16), line.split()[5]) for line in maps if re.search(r"/libc[.-].*so", line))
        listed = subprocess.run(["nm", "-D", "--defined-only", path], stdout=subprocess.PIPE, text=True, check=True).stdout
        symbols = {words[2].split("@")[0]: int(words[0], 16) for words in map(str.split, listed.splitlines()) if words[1] in "TW"}
        return [base + symbols[name] for name in names]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def end(self):
        for timer in self.timers:
            timer.wait()


class Host(Answers):
    """Answers the questions of one MicroPython."""

    def __init__(self, process):
        super().__init__({"protocol": lambda: protocol, "bus test": BusTest, "tools": lambda: self.tools})
        self.process = process
        self.tools = Tools(process)

    def end(self, result):
        self.tools.end()
        return super().end(result)

    def serve(self):
        for line in self.lines():
            if not line.startswith("\x02"):
                print(line, end="", flush=True)
                continue
            answer = self.answer(ast.literal_eval(line[1:]))
            self.process.stdin.write(repr(answer).encode() + b"\n")
            self.process.stdin.flush()

    def lines(self):
        """What it says, line by line, until it ends, or is silent for too long."""
        descriptor, rest = self.process.stdout.fileno(), b""
        while select.select([descriptor], [], [], SILENCE_S)[0]:
            more = os.read(descriptor, 65536)
            if not more:
                return
            *lines, rest = (rest + more).split(b"\n")
            yield from (line.decode() + "\n" for line in lines)
        print(f"MicroPython has said nothing for {SILENCE_S} s")
        self.process.kill()


def main():
    test = sys.argv[1]
    process = subprocess.Popen([PROGRAM, "-X", "heapsize=4M", f"{HERE}/stand_in/main.py", test.removesuffix(".py"), *sys.argv[2:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT,
                               env=os.environ | {"MICROPYPATH": ":".join(PATH)},
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    host = Host(process)
    began = time.monotonic()
    host.serve()
    status = process.wait(timeout=20)
    if host.result is None:
        print(f"MicroPython ended before the tests did: exit status {status}")
        return 1
    if "--list" not in sys.argv:
        print(f"{test} in MicroPython: {time.monotonic() - began:.1f} s")
    return status != 0 or host.result[1] != 0 or host.result[0] == 0


if __name__ == "__main__":
    sys.exit(main())
