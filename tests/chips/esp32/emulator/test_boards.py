#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One end-to-end test for each of the 8 boards with an ESP32-C3, and for one with an ESP32, an ESP32-S2 and an ESP32-S3: its own image runs and answers
on its own pins, and no other pad does anything."""

import csv
import os
import sys
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/board")
import emulated  # noqa: E402
import images  # noqa: E402

CHIP, MCU, HZ, CPU_HZ = "esp32c3", "ESP32-C3", 100000, 160000000


def rows():
    with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["mcu"] == MCU]


def boards():
    """board → (image, SCL, SDA), as `make firmware-all CHIP=esp32c3` prints them; those that name no pins have spare ones."""
    done = images.firmware("all", "registers", chip=CHIP, pins=images.SPARE_PINS)
    if done.returncode:
        raise AssertionError(done.stderr)
    with open(f"{images.DIRECTORY}/{CHIP}/selected", encoding="utf-8") as file:
        return {board: (f"{images.DIRECTORY}/{CHIP}/{board}/registers.bin", scl, sda) for board, scl, sda, _ in map(str.split, file)}


class Boards(unittest.TestCase):
    cpu_hz = CPU_HZ

    @classmethod
    def setUpClass(cls):
        cls.pins, cls.seen = {}, {}
        try:
            cls.pins = boards()
            cls.seen = emulated.probe_all(CHIP, cls.pins, HZ)
        except AssertionError as error:
            print(error)  # then each board's test fails

    def judge(self, board):
        self.assertIn(board, self.seen)
        seen = self.seen[board]
        self.assertNotIn("error", seen)
        self.assertEqual((seen["findings"], seen["violations"], seen["faults"], seen["trouble"]), ([], [], 0, ""))
        self.assertEqual((seen["before"], seen["set"], seen["after"]), (0, "done", 0xAA))
        self.assertEqual((seen["registers"], seen["found"], seen["unclear"]), (16, [0x40, 0x41], 0))
        self.assertEqual(seen["strangersStretchNs"], 0)
        self.judge_pins(seen, sorted(self.pins[board][1:], key=lambda name: int(name[4:])))

    def judge_pins(self, seen, ours):
        listening = seen["listening"]
        self.assertEqual((listening["hz"], listening["everDriving"], listening["violations"]), (self.cpu_hz, [], 0))
        for report in listening, seen:
            self.assertEqual(report["outputs"], ours)
        # What is driven high is a finding.
        self.assertEqual(seen["everDriving"], ours)

    def test_there_are_8(self):
        self.assertEqual(len(rows()), 8)
        self.assertEqual({row["board_id"] for row in rows()}, set(self.seen))
        worst = max(self.seen.values(), key=lambda seen: seen.get("longestStretchNs", 0))
        print(f"  emulator, {HZ // 1000} kHz: longest interrupt {worst.get('longestHandler')} cycles, "
              f"longest stretch {worst.get('longestStretchNs')} ns")


class Xtensa(unittest.TestCase):
    """The other chips of the family."""

    def judge(self, chip, board, scl, sda):
        image = images.build(board, "registers", chip=chip) + ".bin"
        boards = Boards()
        boards.pins, boards.seen = {board: (image, scl, sda)}, {board: emulated.probe(chip, image, scl, sda, HZ)}
        boards.cpu_hz = 240000000
        boards.judge(board)
        print(f"  emulator, {chip}, {HZ // 1000} kHz: longest interrupt {boards.seen[board]['longestHandler']} cycles, "
              f"longest stretch {boards.seen[board]['longestStretchNs']} ns")

    def test_esp32(self):
        self.judge("esp32", "unexpectedmaker_tinypico", "GPIO22", "GPIO21")

    def test_esp32s2(self):
        self.judge("esp32s2", "adafruit_feather_esp32s2", "GPIO4", "GPIO3")

    def test_esp32s3(self):
        self.judge("esp32s3", "adafruit_feather_esp32s3_nopsram", "GPIO4", "GPIO3")


def add_tests():
    """Adds a test for each board of the table."""
    for row in rows():
        board = row["board_id"]
        name = "test_" + "".join(letter if letter.isalnum() else "_" for letter in board)
        setattr(Boards, name, lambda self, board=board: self.judge(board))


add_tests()

if __name__ == "__main__":
    unittest.main()
