# SPDX-License-Identifier: MIT
"""Tests of the firmware with the module: a board that serves, and what a controller on its wires asks."""

import os

from session import Session
import emulator  # noqa: E402 (session knows where it is)

FIRMWARE = os.environ["FIRMWARE"]
SCL, SDA = 5, 4
BOTH = 1 << SCL | 1 << SDA

with open(f"{emulator.ROOT}/examples/registers.py", encoding="utf-8") as file:
    REGISTERS = file.read()

BEGIN = "import board\nfrom i2ctarget import I2CTarget\n"


class Board:
    """What the tests do with the board's wires."""

    violations = ()

    def begin(self, scl_hz=100000):
        self.board = Session(FIRMWARE, SCL, SDA, scl_hz)
        self.addCleanup(self.board.close)
        self.board.boot()

    def judge(self):
        state = self.board.state()
        violations = [text.split(" at ")[0] for text in state["violations"]]
        self.assertEqual((state["findings"], violations, state["everHigh"]), ([], list(self.violations), 0))
        self.assertEqual(state["everDriving"] & ~BOTH, 0)
        return state

    def serve(self, program):
        self.board.start(program)
        self.board.attend()

    def get(self, register):
        result = self.board.transfer({"address": 0x40, "write": [register]}, {"address": 0x40, "read": 1})
        self.assertEqual(result["result"], "done")
        return result["read"][1][0]

    def put(self, register, value):
        self.assertEqual(self.board.transfer({"address": 0x40, "write": [register, value]})["result"], "done")

    def answers(self, address=0x40):
        return self.board.transfer({"address": address, "write": b""})["result"] == "done"

    def found(self):
        """The addresses that i2cdetect finds: a read where a quick write could do harm."""
        found = []
        for address in range(0x08, 0x78):
            is_read = address >> 3 == 6 or address >> 4 == 5
            result = self.board.transfer({"address": address, "read": 1} if is_read else {"address": address, "write": b""})["result"]
            self.assertIn(result, ("done", "address NACK"))
            found += [address] if result == "done" else []
        return found
