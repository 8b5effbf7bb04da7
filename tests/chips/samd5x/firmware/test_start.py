#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""From the boot loader to main() and what follows a fatal error, executed in the emulator (tests/chips/samd5x/emulator)."""

import os
import sys
import tempfile
import unittest

sys.path[:0] = [os.environ["SOURCE_DIR"] + folder for folder in ("/tests/firmware", "/tests/emulator/board")]
import emulated
import images

PROGRAMS = os.environ["SOURCE_DIR"] + "/tests/chips/samd5x/firmware/programs"
BOARD, SCL, SDA = "feather_m4_express", "PA13", "PA12"


class Start(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="i2ctarget-firmware-")
        cls.addClassCleanup(folder.cleanup)
        cls.directory = folder.name

    def run_text(self, name, text):
        """What the emulator reports of a program."""
        path = f"{self.directory}/{name}.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = images.firmware(BOARD, f"--source={path}", chip="samd5x")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.probe(name, SCL, SDA, 100000)

    def probe(self, name, scl, sda, hz):
        report = emulated.probe("samd5x", f"{images.DIRECTORY}/samd5x/{BOARD}/{name}.uf2", scl, sda, hz)
        self.assertNotIn("error", report)
        self.assertEqual((report["findings"], report["violations"]), ([], []))
        return report

    def run_program(self, name, first_line=""):
        """programs/NAME.c"""
        with open(f"{PROGRAMS}/{name}.c", encoding="utf-8") as file:
            text = first_line + "\n" + file.read()
        return self.run_text(name, text.replace('"answer.h"', f'"{os.environ["SOURCE_DIR"]}/tests/firmware/answer.h"'))

    def hold(self, action):
        """The program does this while it holds SCL before the ACK bit of 0xAA."""
        return self.run_program("hold", f"#define ACTION {action}")

    def assert_is_silent(self, report):
        """Pins are inputs, and the bus is free: each of the 112 probes got its NACK."""
        self.assertEqual((report["muxed"], report["outputs"], report["found"], report["unclear"]), ([], [], [], 0))
        self.assertEqual((report["before"], report["after"]), (0, -1))
        self.assertEqual(report["set"], "data NACK")

    def test_memory_is_there(self):
        """Data, zeroed data, constants, a table in the flash, the floating-point unit."""
        report = self.run_program("memory")
        self.assertEqual((report["before"], report["found"]), (1 + 0 + 2 + 4 + 8, [0x40]))
        self.assertEqual((report["faults"], report["listening"]["hz"]), (0, 120000000))
        self.assertEqual(report["listening"]["muxed"], [SDA, SCL])

    def test_time_goes_on_without_a_target(self):
        self.assertEqual(self.run_program("time")["before"], 3)

    def test_a_fault_lets_the_wires_go(self):
        report = self.hold("fault()")
        self.assertEqual(report["faults"], 1)
        self.assert_is_silent(report)

    def test_a_program_that_gives_up(self):
        report = self.hold("i2ctarget_board_fail(-5)")
        self.assertEqual(report["faults"], 0)
        self.assert_is_silent(report)

    def test_a_restart_lets_the_wires_go(self):
        """The boot loader starts us again, with the SERCOM and its interrupts on, and SCL held.  That takes a third of a millisecond, so
        the very next transfer may come too early."""
        report = self.hold("restart()")
        self.assertEqual((report["set"], report["found"]), ("data NACK", [0x40]))
        self.assertEqual((report["faults"], report["everDriving"]), (0, [SDA, SCL]))
        self.assertLess(report["longestStretchNs"], report["listening"]["ns"] // 2)  # let go at once, not when a new target begins

    def test_an_interrupt_of_before_does_not_disturb(self):
        """The new program has no handlers for them."""
        report = self.hold("(disturb(), restart())")
        self.assertEqual((report["found"], report["faults"]), ([0x40], 0))

    def test_pins_that_the_processor_watches(self):
        """An example on two pins that no SERCOM has: the vectors of their EXTINTs lead to the port.  100 kHz are what its header promises."""
        for scl, sda in ("PA05", "PA02"), ("PB23", "PA30"):
            done = images.firmware(BOARD, "registers", chip="samd5x", pins={"SCL": scl, "SDA": sda})
            self.assertEqual(done.returncode, 0, done.stderr)
            report = self.probe("registers", scl, sda, hz=100000)
            self.assertEqual((report["before"], report["set"], report["after"], report["found"]), (0, "done", 0xAA, [0x40, 0x41]))
            self.assertEqual((report["faults"], report["everDriving"]), (0, sorted([scl, sda])))


if __name__ == "__main__":
    unittest.main()
