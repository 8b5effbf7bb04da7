#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""From the boot ROM to main() and what follows a fatal error, executed in the emulator (tests/chips/esp32/emulator).
usage: test_start.py CHIP[-core1]; -core1: main() is on the second core"""

import os
import sys
import tempfile
import unittest

sys.path[:0] = [os.environ["SOURCE_DIR"] + folder for folder in ("/tests/firmware", "/tests/emulator/board")]
import emulated
import images

HERE = os.environ["SOURCE_DIR"] + "/tests/chips/esp32/firmware"
ANSWER = os.environ["SOURCE_DIR"] + "/tests/firmware/answer.h"
BOARDS = {"esp32": ("unexpectedmaker_tinypico", "GPIO22", "GPIO21"), "esp32s2": ("adafruit_feather_esp32s2", "GPIO4", "GPIO3"),
          "esp32s3": ("adafruit_feather_esp32s3_nopsram", "GPIO4", "GPIO3"), "esp32c3": ("adafruit_qtpy_esp32c3", "GPIO6", "GPIO5")}
CYCLES_PER_US = {"esp32": 240, "esp32s2": 240, "esp32s3": 240, "esp32c3": 160}
CHIP, _, ON_SECOND = sys.argv.pop(1).partition("-core")


class Executed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="i2ctarget-firmware-")
        cls.addClassCleanup(folder.cleanup)
        cls.directory = folder.name

    def run_program(self, name, first_line=""):
        """What the emulator reports of programs/NAME.c."""
        with open(f"{HERE}/programs/{name}.c", encoding="utf-8") as file:
            text = first_line + "\n" + file.read().replace('"answer.h"', f'"{ANSWER}"')
        path = f"{self.directory}/{name}.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        board, scl, sda = BOARDS[CHIP]
        done = images.firmware(board, f"--source={path}", chip=CHIP, pins={"CORE": ON_SECOND})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = emulated.probe(CHIP, f"{images.DIRECTORY}/{CHIP}/{board}/{name}.bin", scl, sda, watches=ON_SECOND == "1")
        self.assertNotIn("error", report)
        self.assertEqual(report["violations"], [])
        return report

    def assert_is_silent(self, report):
        """Pins are inputs, and the bus is free: each of the 112 probes got its NACK."""
        self.assertEqual((report["outputs"], report["found"], report["unclear"]), ([], [], 0))
        self.assertEqual((report["before"], report["after"]), (0, -1))
        self.assertEqual(report["set"], "data NACK")


class Start(Executed):
    def test_memory_is_there(self):
        """Data, zeroed data, constants, what other chips leave in the flash, arithmetic of 64 bits."""
        report = self.run_program("memory")
        self.assertEqual((report["before"], report["found"], report["findings"]), (1 + 0 + 2 + 4 + 8, [0x40], []))
        self.assertEqual((report["faults"], report["listening"]["hz"]), (0, CYCLES_PER_US[CHIP] * 1000000))
        self.assertEqual(set(report["listening"]["outputs"]), set(BOARDS[CHIP][1:]))

    def test_time_goes_on_without_a_target(self):
        report = self.run_program("time", f"#define CYCLES_PER_US {CYCLES_PER_US[CHIP]}")
        self.assertEqual((report["before"], report["findings"]), (3, []))

    def test_a_fault_lets_the_wires_go(self):
        report = self.run_program("hold", "#define ACTION fault()")
        self.assertEqual(report["faults"], 1)
        self.assert_is_silent(report)

    def test_a_program_that_gives_up(self):
        report = self.run_program("hold", "#define ACTION i2ctarget_board_fail(-5)")
        self.assertEqual((report["faults"], report["findings"]), (0, []))
        self.assert_is_silent(report)


FIRST_CORE = """\
#include <i2ctarget/board.h>
static volatile int held, counted;
#define ACTION %s
void i2ctarget_board_other_core(void) { %s; }
"""
# main() drives SCL again and again.
ENABLE = {"esp32": "0x3FF44024 = 1 << 22", "esp32s3": "0x60004024 = 1 << 4"}.get(CHIP)
HOLD, WHEN_HELD = f"for (held = 1;;) *(volatile uint32_t *){ENABLE}", "while (!held) continue; "


@unittest.skipUnless(ON_SECOND, "main() is on the first core")
class FirstCore(Executed):
    """It has a function of the program, while main() has the second core."""

    def run_both(self, action, statements):
        return self.run_program("hold", FIRST_CORE % (action, statements))

    def test_it_gives_up(self):
        """The second core, which holds SCL, does not go on."""
        report = self.run_both(HOLD, WHEN_HELD + "i2ctarget_board_fail(-5)")
        self.assertEqual((report["faults"], report["findings"]), (0, []))
        self.assert_is_silent(report)

    def test_it_has_a_fault(self):
        report = self.run_both(HOLD, WHEN_HELD + 'for (;;) __asm volatile("ill")')
        self.assertEqual(report["faults"], 1)
        self.assert_is_silent(report)

    def test_it_returns(self):
        """It sleeps then; main() goes on."""
        report = self.run_both("counted = 0", "while (counted < 100) counted++")
        self.assertEqual((report["otherCore"]["instructions"], report["faults"], report["findings"]), (0, 0, []))
        self.assertEqual((report["before"], report["set"], report["found"]), (0, "done", [0x40]))


if __name__ == "__main__":
    unittest.main()
