#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Both cores of an ESP32 and of an ESP32-S3 execute an image of this test's own (image.S).  usage: test_two_cores.py CHIP"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = os.environ["SOURCE_DIR"] + "/tests/chips/esp32/emulator/two_cores"
PROGRAM = os.environ["BUILD_DIR"] + "/tests/chips/esp32/emulator/two_cores_"
CHIP = sys.argv.pop(1)
NUMBER, CODE, DATA = {"esp32": (0, 0x40080000, 0x3FFB0000), "esp32s3": (9, 0x40378000, 0x3FC98000)}[CHIP]
HZ = {"esp32": 40000000, "esp32s3": 20000000}[CHIP]  # as the ROM leaves it
NS = 10000000
PERIOD, PINGS = 4000, 16  # of image.S
RUNSTALL, ENTRY = {"esp32": ("3ff0002c", "3ff00038"), "esp32s3": ("600c0000", "600c0004")}[CHIP]
ORDER_NAMES = "core 1 does not start in this order: "
COUNT, TICKS, ANSWERS, PRID, LEVELS = 0, 1, 2, 5, 7


def tool(name, *words):
    return subprocess.run(["xtensa-lx106-elf-" + name, *words], capture_output=True, text=True, check=True).stdout


def build(folder, order):
    """(path of the image, address of its results)"""
    elf, path = f"{folder}/{order}.elf", f"{folder}/{order}.bin"
    tool("gcc", "-nostdlib", "-mtext-section-literals", f"-D{CHIP.upper()}", f"-DORDER={order}", f"-Wl,-Ttext={CODE:#x},-Tdata={DATA:#x},-e,first",
         HERE + "/image.S", "-o", elf)
    symbols = {name: int(value, 16) for name, _, value, *_ in map(str.split, tool("nm", "--format=posix", elf).splitlines())}
    segments = b""
    checksum = 0xEF
    for section, address in (".text", CODE), (".data", DATA):
        tool("objcopy", "-O", "binary", "-j", section, elf, path)
        with open(path, "rb") as file:
            content = file.read()
        content += bytes(-len(content) % 4)
        for byte in content:
            checksum ^= byte
        segments += struct.pack("<II", address, len(content)) + content
    data = struct.pack("<BBBBI4xH10x", 0xE9, 2, 0, 0, symbols["first"], NUMBER) + segments
    data += bytes(15 - len(data) % 16) + bytes([checksum])
    with open(path, "wb") as file:
        file.write(data)
    return path, symbols["results"]


class TwoCores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="i2ctarget-two-cores-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name

    def execute(self, order, ns=NS):
        path, results = build(self.folder, order)
        done = subprocess.run([PROGRAM + CHIP, path, hex(results), "24", str(ns)], capture_output=True, text=True, timeout=60, check=True)
        report = json.loads(done.stdout)
        words = report.pop("words")
        report.update(first=words[:8], second=words[8:16], left=words[16:22], shared=words[22])
        return report

    def assert_both_run(self, report):
        self.assertEqual((report["findings"], report["faults"], report["trouble"][:17]), ([], 0, "it takes too long"))
        first, second = report["first"], report["second"]
        self.assertEqual((first[PRID], second[PRID]), (0xCDCD, 0xABAB))
        # Neither counts while the other one has the lock, nor is one of them starved.
        self.assertGreater(min(first[COUNT], second[COUNT]), HZ // 20000)
        self.assertIn(report["shared"] - first[COUNT] - second[COUNT], (0, 1, 2))
        # Each has its own timer.  The ROM of the second core has taken 40,000 cycles.
        cycles = HZ * NS // 10**9
        self.assertEqual((first[TICKS], second[TICKS]), ((cycles - 300) // PERIOD, (cycles - 40000 - 300) // PERIOD))
        # Interrupts from core to core, until one of them has had enough.
        self.assertEqual((first[ANSWERS], second[ANSWERS]), (PINGS, PINGS - 1))

    def test_published_order(self):
        self.assert_both_run(self.execute(0))

    def test_address_first(self):
        self.assert_both_run(self.execute(4))

    @unittest.skipIf(CHIP == "esp32", "it has no CPU GPIO")
    def test_cpu_gpio_of_the_second_core(self):
        """Channel 0 of core 1 is on a pad, and follows core 1 alone."""
        report = self.execute(0)
        self.assertEqual((report["second"][LEVELS], report["first"][LEVELS], report["findings"]), (0x000100, 0, []))

    def test_every_run_is_the_same(self):
        self.assertEqual(self.execute(0), self.execute(0))

    def test_what_the_rom_leaves(self):
        stack, ps, intenable, vecbase, interrupt, word = self.execute(0)["left"]
        self.assertNotEqual(stack % 4, 0)
        self.assertEqual((vecbase, interrupt, word), (0x40000000, 1 << 6 | 1 << 15 | 1 << 16, 0xA5A5A5A5))
        self.assertEqual((ps, intenable), {"esp32": (0x40020, 0), "esp32s3": (0x4002F, 0xFFFFFFFF)}[CHIP])

    def assert_first_alone(self, report, findings):
        self.assertEqual([finding.rsplit(" at ", 1)[0] for finding in report["findings"]], findings)
        self.assertEqual(report["second"], [0] * 8)
        self.assertGreater(report["first"][COUNT], HZ // 3000)

    def test_without_a_clock(self):
        self.assert_first_alone(self.execute(1), [ORDER_NAMES + RUNSTALL])

    def test_stalled(self):
        self.assert_first_alone(self.execute(2), [ORDER_NAMES + RUNSTALL, ORDER_NAMES + ENTRY])

    def test_in_reset(self):
        self.assert_first_alone(self.execute(3), [])

    def test_without_an_address(self):
        self.assert_first_alone(self.execute(6), [])

    def test_address_without_code(self):
        report = self.execute(5)
        self.assertEqual(report["trouble"], "an exception whose vector is not in memory at 40000340")
        self.assertIn("on core 1", report["findings"][0])


if __name__ == "__main__":
    unittest.main()
