#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs of the kinds that people write for boards, unchanged (tests/python/programs): with the names of the board's pins, under the
module's older names, with a print in the loop, and byte by byte under the quirk.

Each answers, survives i2cdetect in all its ways, and survives a controller that gives up in the middle of each of its transfers."""

import re
import subprocess
import sys
import unittest

from targets import SOURCE

sys.path.insert(1, f"{SOURCE}/tests/linux/examples")
import test_impatient

PROGRAMS = f"{SOURCE}/tests/python/programs"
QUIRK = {"I2CTARGET_QUIRKS": "circuitpython-rp2040"}


class ProgramTest(test_impatient.Impatient):
    def begin(self, name, board=None, **environment):
        """The program on this board.  It writes without a buffer, as on a board."""
        clean = {key: value for key, value in test_impatient.ENVIRONMENT.items() if not key.startswith("I2CTARGET_B")}
        program = subprocess.Popen([sys.executable, "-u", f"{PROGRAMS}/{name}.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**clean, "I2CTARGET_DIR": self.relay.directory, **({"I2CTARGET_BOARD": board} if board else {}), **environment})
        self.addCleanup(self.end_program, program)
        return program

    def finish(self, program):
        """What it has said: (output, errors)"""
        self.assertIsNone(program.poll())
        program.terminate()
        return program.communicate(timeout=20)

    def survives_detection(self, program, *addresses):
        self.ask("true", wait=addresses[0])
        for options in "", "-q ", "-r ", "-a ":
            status, text = self.ask(f"i2cdetect -y {options}1")
            self.assertEqual(status, 0)
            found = re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1])
            self.assertEqual(found, [f"{address:02x}" for address in addresses], options)
        self.assertIsNone(program.poll())

    def asks(self, *exchanges):
        for transfer, answer in exchanges:
            self.assertEqual(self.ask(f"i2ctransfer -y 1 {transfer}"), (0, answer), transfer)


class Pins(ProgramTest):
    """With the names of pins that the boards have."""

    def test_gp(self):
        program = self.begin("memory_gp", "raspberry_pi_pico")
        self.survives_detection(program, 0x42)
        self.asks(("w4@0x42 0x06 1 2 3", ""), ("w1@0x42 0x06 r2", "0x01 0x02"), ("w1@0x42 0x00 r1", "0x03"))
        self.serves_on(program, 0x42, "w1@0x42 0x00 r3", "w2@0x42 0x05 0x5a", "w1@0x42 0x05 r1", "0x5a")
        self.assertEqual(self.finish(program), ("", ""))

    def test_d(self):
        program = self.begin("mirror_d", "adafruit_feather_rp2040")
        self.survives_detection(program, 0x36)
        self.asks(("w3@0x36 1 2 3", ""), ("r3@0x36", "0x03 0x02 0x01"))
        self.serves_on(program, 0x36, "w2@0x36 1 2 r2", "w2@0x36 0x0a 0x0b", "r2@0x36", "0x0b 0x0a")
        self.assertEqual(self.finish(program), ("", ""))

    def test_scl1(self):
        program = self.begin("thermometer_stemma", "adafruit_qtpy_rp2040")
        self.survives_detection(program, 0x48)
        self.asks(("r2@0x48", "0x15 0x80"), ("w2@0x48 0xff 0x00 r2", "0xff 0x00"))
        self.serves_on(program, 0x48, "w2@0x48 0x10 0x00 r2", "w2@0x48 0x19 0x40", "r2@0x48", "0x19 0x40")
        self.assertEqual(self.finish(program), ("", ""))

    def test_tx(self):
        program = self.begin("switches_tx", "feather_m4_express")
        self.survives_detection(program, 0x20, 0x21)
        self.asks(("w2@0x20 3 1", ""), ("w2@0x20 0 1", ""), ("w2@0x20 3 0", ""), ("r1@0x20", "0x01"))
        self.assertNotEqual(self.ask("i2ctransfer -y 1 w3@0x20 0 2 0")[0], 0)
        self.serves_on(program, 0x20, "w2@0x20 7 1 r1", "w2@0x20 7 1", "r1@0x21", "0x81")
        self.assertEqual(self.finish(program), ("", ""))

    def test_a(self):
        program = self.begin("knobs_a", "feather_m4_express")
        self.survives_detection(program, 0x50, 0x51, 0x52, 0x53)
        self.asks(("w1@0x53 0x77", ""), ("r1@0x53", "0x77"), ("r1@0x50", "0x11"))
        self.serves_on(program, 0x51, "w2@0x51 1 2 r2", "w1@0x51 0x5a", "r1@0x51", "0x5a")
        self.assertEqual(self.finish(program), ("", ""))


class Habits(ProgramTest):
    def test_older_names(self):
        program = self.begin("counter_old")
        self.survives_detection(program, 0x48)
        self.asks(("w1@0x48 7", ""), ("r1@0x48", "0x07"), ("r1@0x48", "0x08"))
        self.serves_on(program, 0x48, "w1@0x48 1 r1", "w1@0x48 0x55", "r1@0x48", "0x55")
        said, warnings = self.finish(program)
        self.assertEqual(said, "")
        self.assertEqual([re.search(r"py:(\d+): DeprecationWarning: (\S+)", line)[2] for line in warnings.splitlines() if "Warning" in line],
                         ["i2cperipheral", "close()"])

    def test_a_print_in_the_loop(self):
        program = self.begin("log_print")
        self.survives_detection(program, 0x40)
        self.asks(("w2@0x40 1 2 r1", "0x02"))
        self.serves_on(program, 0x40, "w2@0x40 1 2 r2", "w1@0x40 0x5a", "r1@0x40", "0x5a")
        said, errors = self.finish(program)
        self.assertEqual(errors, "")
        self.assertTrue(said.startswith("waiting\naddress 0x40 write start\n  got nothing\n"), said[:200])
        self.assertIn("address 0x40 write start\n  got 0102\naddress 0x40 read restart\n  given 1\n", said)

    def test_a_byte_a_request(self):
        program = self.begin("bytes_rp2040", "raspberry_pi_pico", **QUIRK)
        self.survives_detection(program, 0x41)
        self.asks(("w4@0x41 0x81 0x2a 0x82 0x2b", ""), ("w1@0x41 0x81 r2", "0x2a 0x2a"), ("w1@0x41 0x82 r1", "0x2b"))
        self.serves_on(program, 0x41, "w2@0x41 0x83 0x01 r1", "w2@0x41 0x83 0x5a", "w1@0x41 0x83 r1", "0x5a")
        self.assertEqual(self.finish(program), ("", ""))

    def test_it_needs_the_quirk(self):
        program = self.begin("bytes_rp2040", "raspberry_pi_pico")
        self.ask("i2cdetect -y -q 1", wait=0x41)
        said, errors = program.communicate(timeout=20)
        self.assertEqual((said, program.returncode), ("", 1))
        self.assertTrue(errors.endswith("IndexError: bytearray index out of range\n"), errors)


class InC(test_impatient.Impatient):
    def test_registers_under_the_quirk(self):
        """The example, without any change to it."""
        program = self.run_example("registers", env={**test_impatient.ENVIRONMENT, "I2CTARGET_DIR": self.directory, **QUIRK})
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01", wait=0x40), (0, "0x00"))
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0x02"), (0, ""))  # two requests of one byte: both choose a register
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x40 0x01 r2"), (0, "0x00 0x00"))  # two requests: no 0xff
        self.assertEqual(self.ask("i2cdetect -y 1")[0], 0)
        self.assertIsNone(program.poll())


if __name__ == "__main__":
    unittest.main()
