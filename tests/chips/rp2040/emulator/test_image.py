#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One board's images in the emulator: clocks, faults, restarts, speeds, how long answers take, a controller that ignores stretching, and what
sigrok decodes from the wires."""

import json
import os
import re
import struct
import subprocess
import tempfile
import unittest

import emulator
import images

SCL, SDA = 5, 4
BOTH = 1 << SCL | 1 << SDA
PINS = {"SCL": "GPIO5", "SDA": "GPIO4"}


def crc16(data):
    """CRC-16-ARC."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def situation(what, example, *words):
    """The result of image.js."""
    return json.loads(emulator.node("image.js", what, images.build("raspberry_pi_pico", example, PINS) + ".uf2", *map(str, words)))


class Image(unittest.TestCase):
    def assert_clean(self, seen, driving=BOTH):
        self.assertEqual((seen["findings"], seen["violations"], seen["everHigh"]), ([], [], 0))
        self.assertEqual(seen["everDriving"] & ~driving, 0)

    def test_clocks(self):
        seen = situation("clocks", "registers")
        self.assert_clean(seen)
        self.assertEqual((seen["sysHz"], seen["refHz"]), (125e6, 12e6))
        self.assertTrue(750 <= 12 * seen["multiplier"] <= 1600, seen)
        self.assertEqual(seen["dividers"] >> 16 & 7, 6)
        self.assertEqual(seen["dividers"] >> 12 & 7, 2)
        self.assertEqual(seen["tick"] & 0x3FF, 1 << 9 | 12)  # the emulator's TIMER runs without it
        self.assertEqual(seen["tenMs"], 10000)
        self.assertGreaterEqual(256 * seen["settle"] / 12e6, 0.063)

    def test_a_program_that_gives_up(self):
        symbols = images.symbols(images.build("raspberry_pi_pico", "registers", PINS) + ".elf")
        seen = situation("fail", "registers", symbols["i2ctarget_board_fail"][0], symbols["i2ctarget_board_error"][0])
        self.assert_clean(seen)
        self.assertEqual((seen["error"], seen["functions"], seen["isMasked"]), (-22, [31, 31], True))

    def test_a_fault_lets_the_wires_go(self):
        seen = situation("fault", "registers")
        self.assert_clean(seen)
        self.assertTrue(seen["held"] >> SCL & 1, "the target should hold SCL here")
        self.assertEqual((seen["after"], seen["isAsleep"]), (0, True))

    def test_a_restart_lets_the_wires_go(self):
        seen = situation("restart", "registers")
        self.assertEqual((seen["findings"], seen["everHigh"], seen["everDriving"]), ([], 0, BOTH))
        self.assertTrue(seen["held"] >> SCL & 1, "the target should hold SCL here")
        self.assertEqual(seen["after"], 0)
        self.assertEqual((seen["before"], seen["set"], seen["got"]), (0, "done", 0xAA))

    def test_speeds(self):
        for scl_hz in 100000, 400000, 1000000:
            with self.subTest(scl_hz):
                seen = situation("speed", "registers", scl_hz)
                self.assert_clean(seen)
                self.assertEqual(seen["got"], [register * 17 ^ 0x5A for register in range(16)])
                for result, stretch_ns in seen["strangers"]:
                    self.assertEqual(result, "address NACK")
                    self.assertLessEqual(stretch_ns, 0 if scl_hz <= 400000 else 1000)
                print(f"  emulator, {scl_hz // 1000} kHz: longest interrupt {seen['worstHandler']} cycles, "
                      f"longest stretch {seen['longestStretchNs']:.0f} ns")


class Quirk(unittest.TestCase):
    def test_each_byte_is_a_request(self):
        """And an address alone is none."""
        seen = situation("quirk", os.path.dirname(os.path.abspath(__file__)) + "/quirk.c")
        self.assertEqual((seen["findings"], seen["violations"], seen["everHigh"], seen["everDriving"]), ([], [], 0, BOTH))
        self.assertEqual((seen["alone"], seen["written"], seen["read"], seen["both"]), ("done", "done", [4, 5, 6], [8, 9]))


class Answers(unittest.TestCase):
    """How long a 24C02 takes to answer, at most; and that the README says so."""

    README = "ports/rp2040/README.md"
    CYCLES_MAX, LOW_NS_MAX = 100, 1280  # SCL is low for 1300 ns at least (UM10204 Table 10, Fast-mode)
    OFF = 3  # cycles by which a compiler of the same version may differ

    def assert_documented(self, pattern, *measured):
        found = re.search(pattern, images.read(f"{images.SOURCE}/{self.README}").decode())
        self.assertIsNotNone(found, f"{self.README} no longer says: {pattern}")
        for said, value in zip(found.groups(), measured, strict=True):
            self.assertLessEqual(abs(int(said) - value), self.OFF, f"{self.README}: {found[0]}; measured: {measured}")

    def test_within_a_low_phase(self):
        seen = situation("answers", "eeprom", 400000)
        cycles, low_ns = seen["cycles"], seen["lowNs"]
        for kind in "address", "written", "read":
            self.assertLessEqual(cycles[kind][1], self.CYCLES_MAX, kind)
        for when in "programming", "else":
            self.assertLessEqual(low_ns[when], self.LOW_NS_MAX, when)
        self.assert_documented(r"a byte read from it \| (\d+) to (\d+), (\d+) to (\d+) cycles", *cycles["written"], *cycles["read"])
        self.assert_documented(r"for its address \| (\d+) to (\d+) cycles; (\d+) to (\d+) while it programs",
                               *cycles["address"], *cycles["programming"])
        self.assert_documented(r"nothing is visible \| 1\.(\d+) µs; 1\.(\d+) µs while it programs",
                               *(low_ns[when] / 10 - 100 for when in ("else", "programming")))

    def test_when_the_interrupt_is_entered_again(self):
        cycles = situation("answers", "eeprom", 100000)["cycles"]
        quick = [cycles[kind] for kind in ("address", "written", "read")]
        self.assert_documented(r"entered again \| (\d+) to (\d+) cycles; (\d+) while it programs",
                               min(least for least, _ in quick), max(most for _, most in quick), cycles["programming"][1])


class NoStretching(unittest.TestCase):
    def judge(self, example, scl_hz):
        seen = situation("eeprom", example, scl_hz)
        self.assertEqual((seen["findings"], seen["violations"], seen["everHigh"], seen["everDriving"]), ([], [], 0, BOTH))
        self.assertEqual((seen["result"], seen["isEqual"]), ("done", True))
        self.assertEqual(seen["longestStretchNs"], 0)
        return seen

    def test_eeprom_100k(self):
        seen = self.judge("eeprom", 100000)
        self.assertTrue(10 < seen["polls"][0] <= seen["polls"][1] < 60, seen["polls"])  # 5 ms, polled every 0.2 ms

    def test_eeprom_400k(self):
        self.judge("eeprom", 400000)


class Hat(unittest.TestCase):
    """The ID EEPROM of a HAT, and a controller that ignores stretching."""

    def judge(self, scl_hz):
        seen = situation("hat", "hat_eeprom", scl_hz)
        self.assertEqual((seen["findings"], seen["violations"], seen["everHigh"]), ([], [], 0))
        image = bytes(seen["bytes"])
        signature, version, _, atoms, length = struct.unpack("<4sBBHI", image[:12])
        self.assertEqual((signature, version, length), (b"R-Pi", 1, len(image)))
        at = 12
        for _ in range(atoms):
            size, = struct.unpack_from("<I", image, at + 4)
            self.assertEqual(crc16(image[at : at + 8 + size]), 0)  # a message with its own CRC
            at += 8 + size
        self.assertEqual(at, length)
        self.assertEqual(seen["longestStretchNs"], 0)
        print(f"  emulator, {scl_hz // 1000} kHz: longest interrupt {seen['worstHandler']} cycles")

    def test_100k(self):
        self.judge(100000)

    def test_400k(self):
        self.judge(400000)


class Sigrok(unittest.TestCase):
    def test_the_waveform(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(situation("trace", "registers", directory + "/board.vcd")["violations"], [])
            done = subprocess.run(["sigrok-cli", "-i", directory + "/board.vcd", "-I", "vcd", "-P", "i2c:scl=SCL:sda=SDA",
                                   "-A", "i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write"],
                                  capture_output=True, text=True, check=True)
        words = [line.removeprefix("i2c-1: ") for line in done.stdout.splitlines()]
        get = "Start,Write,Address write: 40,ACK,Data write: 01,ACK,Start repeat,Read,Address read: 40,ACK,Data read: {},NACK,Stop"
        self.assertEqual(",".join(words), ",".join([
            get.format("00"), "Start,Write,Address write: 40,ACK,Data write: 01,ACK,Data write: AA,ACK,Stop", get.format("AA"),
            "Start,Write,Address write: 42,NACK,Stop",
            "Start,Read,Address read: 40,ACK,Data read: FF,ACK,Data read: FF,ACK,Data read: FF,NACK,Stop",
            "Start,Write,Address write: 40,ACK,Data write: 10,ACK,Data write: 01,NACK,Stop"]))


if __name__ == "__main__":
    unittest.main()
