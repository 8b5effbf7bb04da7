#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MicroPython's firmware without our module, in the emulator: what the tests with it rely on, namely the boot ROM, the flash, USB."""

import os
import struct
import unittest

from session import BoardError, Session

FIRMWARE = os.environ["FIRMWARE"]


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


class Stock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.board = Session(FIRMWARE)
        cls.addClassCleanup(cls.board.close)
        cls.banner = cls.board.boot()

    def tearDown(self):
        state = self.board.state()
        self.assertEqual((state["findings"], state["violations"], state["everDriving"]), ([], [], 0))

    def test_the_prompt(self):
        self.assertRegex(self.banner, r"^MicroPython v1\.\d+\.\d+ on .*; Raspberry Pi Pico with RP2040\r\nType \"help\(\)\".*\r\n>>> $")

    def test_clocks(self):
        self.assertEqual(self.board.exec("import machine\nprint(machine.freq())"), "125000000\n")

    def test_arithmetic(self):
        """With the boot ROM's floats: to the last bit what IEEE 754 says."""
        said = self.board.exec("import struct\nfor n in range(-40, 40):\n x, y = n / 64 + 1 / 128, n * 7 / 256 - 3\n"
                               " print(struct.pack('<6f', x + y, x - y, x * y, x / y, x * 1e30, 1e-3 / x).hex(), int(x * 4096), x < y)")
        for n, line in zip(range(-40, 40), said.splitlines(), strict=True):
            x, y = n / 64 + 1 / 128, n * 7 / 256 - 3
            expected = [single(value) for value in (x + y, x - y, x * y, x / y, x * single(1e30), single(1e-3) / x)]
            self.assertEqual(line.split(), [struct.pack("<6f", *expected).hex(), str(int(x * 4096)), str(x < y)], n)

    def test_a_file_outlives_a_soft_reset(self):
        data = bytes(n * 7 & 0xFF for n in range(5000))
        self.board.put("folder/deep/file", data)
        self.assertIn("soft reboot", self.board.soft_reset())
        said = self.board.exec("with open('/folder/deep/file', 'rb') as f: data = f.read()\n"
                               "print(data == bytes(n * 7 & 0xff for n in range(5000)))")
        self.assertEqual(said, "True\n")

    def test_flash_takes_its_time(self):
        """45 ms for a sector, 0.4 ms for each of its 16 pages; interrupts are off meanwhile, and time goes on."""
        said = self.board.exec("import rp2, time\nflash = rp2.Flash()\nbegan = time.ticks_us()\nflash.ioctl(6, 100)\n"
                               "erased = time.ticks_us()\nflash.writeblocks(100, bytes(4096), 0)\n"
                               "print(erased - began, time.ticks_us() - erased)")
        erase_us, program_us = map(int, said.split())
        self.assertTrue(45000 <= erase_us < 46000 and 6400 <= program_us < 9000, said)

    def test_ctrl_c(self):
        self.board.start("print('begun')\nwhile True: pass")
        self.board.wait("begun")
        self.board.interrupt()
        output, traceback = self.board.finish()
        self.assertEqual(output, "\r\n")
        self.assertIn("KeyboardInterrupt", traceback)

    def test_an_error(self):
        with self.assertRaisesRegex(BoardError, "ZeroDivisionError"):
            self.board.exec("1 / 0")

    def test_sleep_takes_emulated_time(self):
        before = self.board.state()["seconds"]
        self.board.exec("import time\ntime.sleep(1.5)")
        self.assertTrue(1.5 <= self.board.state()["seconds"] - before < 1.7)

    def test_pins_are_on_the_wires(self):
        """SDA is low while the board drives it; then a controller finds nobody."""
        self.board.exec("import machine\npin = machine.Pin(4, machine.Pin.OPEN_DRAIN, value=1)")
        self.assertEqual(self.board.transfer({"address": 0x40, "write": b""})["result"], "address NACK")
        self.assertEqual(self.board.state()["driving"], 0)


if __name__ == "__main__":
    unittest.main()
