#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs a test of tests/python on the emulated chip, in MicroPython's firmware.

    suite.py TEST.py [CLASS.TEST…]

The targets are on the chip.  The controller is on the chip's own wires: it is asked for by the stand-ins, with lines over the REPL that begin
with \\x02, as in tests/micropython.  A test's files are compiled by MicroPython's mpy-cross and go over the REPL, too.

Environment: SOURCE_DIR, BUILD_DIR, FIRMWARE (a UF2 file), MPY_CROSS (the compiler); FILES: a folder with files that are put on the chip's flash
first (a firmware without the module gets it so).
"""

import ast
import base64
import errno
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ["SOURCE_DIR"]
sys.path[1:1] = [f"{SOURCE}/tests/micropython"]

from answers import Answers  # noqa: E402
from session import Session  # noqa: E402

# The first that has a file.
FOLDERS = [f"{HERE}/stand_in", f"{SOURCE}/tests/micropython/stand_in", f"{SOURCE}/tests/python", f"{SOURCE}/tests/micropython"]
SHARED = ["unittest", "host", "bench", "capabilities", "targets", "microcontroller", "protocol", "socket"]
SCL_HZ = 400000
REPLY_S, SILENCE_S = 2, 10  # of emulated time
RESULTS = {"address NACK": -errno.ENXIO, "data NACK": -errno.EIO, "arbitration lost": -errno.EAGAIN, "aborted": -errno.ETIMEDOUT}


class Controller:
    """The one on the wires, as tests/linux/protocol.py has it.  Each transfer has two halves, so one thread can play both ends."""

    def __init__(self, board):
        self.board = board

    def send_transfer(self, messages):
        self.board.begin(*({"address": address, "read": what} if isinstance(what, int) else {"address": address, "write": bytes(what)}
                           for address, what in messages))

    def has_more(self):
        """Devices answer in interrupts, so whoever receives the reply runs the chip meanwhile."""
        return True

    def transfer_reply(self):
        reply = self.board.reply(REPLY_S)
        if reply["result"] != "done":
            return RESULTS[reply["result"]], []
        return len(reply["read"]), [bytes(read) for read in reply["read"] if read is not None]


class Bench:
    def __init__(self, board):
        self.board = board

    def controller(self):
        return Controller(self.board)

    def assert_works(self):
        """The wires are free: a stranger's message is not acknowledged, and not held either."""
        if self.board.is_running():
            self.board.reply(REPLY_S)
        result = self.board.transfer({"address": 0x33, "write": b"\1"})
        state = self.board.state()
        if (result["result"], state["driving"]) != ("address NACK", 0):
            raise AssertionError(f"{result}, {state}")

    def end(self):
        """After a test whose targets are gone: what runs on the wires comes to an end."""
        if self.board.is_running():
            self.board.reply(REPLY_S)


class Chip(Answers):
    """The chip, and the answers to what it asks."""

    def __init__(self, board, modules):
        super().__init__({"bench": lambda: Bench(board)})
        self.board, self.modules = board, modules
        self.began = []  # (ns of emulated time, the test that began)

    def piece(self, name, at, size):
        return "piece", self.modules[name][at : at + size]

    def run(self, program):
        """To its end.  Returns the traceback."""
        self.board.start(program)
        while True:
            line = self.board.wait_for_line(SILENCE_S)
            if line is None:
                return self.board.finish()[1]
            if line.startswith("\x02"):
                kind, value = answer = self.answer(ast.literal_eval(line[1:]))
                self.board.type((base64.b64encode(value).decode() if kind == "piece" else repr(answer)) + "\r")
            elif line:
                self.began.append((self.board.state()["seconds"] * 1e9, line))
                print(line, flush=True)

    def test_at(self, ns):
        return next((test for began, test in reversed(self.began) if began <= ns), "")


def compiled(names, directory):
    """The files of the tests, as mpy-cross makes them: {name: bytes}."""
    modules = {}
    for name in names:
        source = next(path for folder in FOLDERS if os.path.exists(path := f"{folder}/{name}.py"))
        subprocess.run([os.environ["MPY_CROSS"], "-o", f"{directory}/{name}.mpy", source], check=True)
        with open(f"{directory}/{name}.mpy", "rb") as file:
            modules[f"{name}.mpy"] = file.read()
    return modules


def begin(modules, test, wanted):
    with open(f"{HERE}/stand_in/begin.py", encoding="utf-8") as file:
        return f"SIZES = { {name: len(data) for name, data in modules.items()} }\nTEST = {test!r}\nWANTED = {wanted!r}\n" + file.read()


def is_wrong(chip, violation):
    """A target that deinit() ends in the middle of an acknowledge bit lets both lines go at once, and SCL may be high."""
    moved = re.fullmatch(r"SDA moved while SCL was high at (\d+) ns", violation)
    return not moved or "deinit" not in chip.test_at(int(moved[1]))


def judge(board, chip):
    """What pico.js and the checker found during the tests."""
    state = board.state()
    found = state["findings"] + [text for text in state["violations"] if is_wrong(chip, text)] + (["a line was driven high"] if state["everHigh"] else [])
    for text in found:
        print(f"FOUND: {text}")
    return not found


def main():
    name, *wanted = sys.argv[1:]
    test = name.removesuffix(".py")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        modules = compiled([*SHARED, test], directory)
    with Session(os.environ["FIRMWARE"], scl_hz=SCL_HZ) as board:
        board.boot()
        folder = os.environ.get("FILES")
        for file in sorted(os.listdir(folder)) if folder else []:
            with open(f"{folder}/{file}", "rb") as content:
                board.put(file, content.read())
        chip = Chip(board, modules)
        traceback = chip.run(begin(modules, test, wanted))
        print(traceback, end="")
        is_good = judge(board, chip) and chip.result is not None and chip.result[0] > 0 and chip.result[1] == 0
        print(f"{name} on the chip: {board.state()['seconds']:.1f} s of emulated time, {time.monotonic() - began:.0f} s")
    return not is_good


if __name__ == "__main__":
    sys.exit(main())
