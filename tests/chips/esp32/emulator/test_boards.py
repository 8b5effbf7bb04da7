#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One end-to-end test for each of the 80 boards with an ESP32, ESP32-S2, ESP32-S3 or ESP32-C3: its own image runs and answers on its own
pins, and no other pad does anything."""

import csv
import os
import sys
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/board")
import emulated  # noqa: E402
import images  # noqa: E402

HZ = 100000
FAST_HZ = 400000
TOO_FAST_HZ = 1000000


def rows(mcu):
    with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["mcu"] == mcu]


def boards(chip):
    """board → (image, SCL, SDA), as `make firmware-all CHIP=…` prints them; those that name no pins have spare ones."""
    done = images.firmware("all", "registers", chip=chip, pins=images.SPARE_PINS)
    if done.returncode:
        raise AssertionError(done.stderr)
    with open(f"{images.DIRECTORY}/{chip}/selected", encoding="utf-8") as file:
        return {board: (f"{images.DIRECTORY}/{chip}/{board}/registers.bin", scl, sda) for board, scl, sda, _ in map(str.split, file)}


class Answers:
    CPU_HZ = 240000000
    EDGES = {}  # cycles at 100 kHz: ports/esp32/README.md

    @classmethod
    def setUpClass(cls):
        cls.pins, cls.seen, cls.fast, cls.too_fast = {}, {}, {}, {}
        try:
            cls.pins = boards(cls.CHIP)
            cls.seen = emulated.probe_all(cls.CHIP, cls.pins, HZ)
            cls.fast = emulated.probe_all(cls.CHIP, cls.pins, FAST_HZ)
            cls.too_fast = emulated.probe_all(cls.CHIP, cls.pins, TOO_FAST_HZ)
        except AssertionError as error:
            print(error)  # then each board's test fails

    def judge(self, board):
        self.assertIn(board, self.seen)
        self.judge_answers(board, self.seen[board])
        self.judge_edges(board, self.seen[board])
        self.judge_fast(board, self.fast[board])
        self.judge_harm(board, self.too_fast[board], is_answered=False)

    def judge_edges(self, board, seen):
        if board != "adafruit_qtpy_esp32_pico":  # its pads are in two banks, and a look is two accesses
            emulated.assert_edges(self, seen, self.EDGES)

    def judge_fast(self, board, seen):
        self.judge_answers(board, seen)

    def judge_harm(self, board, seen, is_answered=True):
        """Whatever it answers: it misuses nothing, holds nobody's message, and lets go of the lines."""
        self.assertNotIn("error", seen)
        self.assertEqual((seen["findings"], seen["violations"], seen["faults"], seen["trouble"]), ([], [], 0, ""))
        self.assertEqual((seen["falselyAcknowledged"], seen["unclear"], seen["strangersStretchNs"]), (0, 0, 0))
        self.assertLessEqual(set(seen["found"]), {0x40, 0x41})
        self.judge_pins(seen, sorted(self.pins[board][1:], key=lambda name: int(name[4:])), is_answered)

    def judge_answers(self, board, seen):
        self.judge_harm(board, seen)
        self.assertEqual((seen["before"], seen["set"], seen["after"]), (0, "done", 0xAA))
        self.assertEqual((seen["registers"], seen["found"], seen["missed"]), (16, [0x40, 0x41], 0))

    def judge_pins(self, seen, ours, is_answered):
        listening = seen["listening"]
        self.assertEqual((listening["hz"], listening["everDriving"], listening["violations"]), (self.CPU_HZ, [], 0))
        for report in listening, seen:
            self.assertEqual(report["outputs"], ours)
        # What is driven high is a finding.
        self.assertLessEqual(set(seen["everDriving"]), set(ours))
        if is_answered:
            self.assertEqual(seen["everDriving"], ours)

    def test_they_are_all(self):
        self.assertEqual(len(rows(self.MCU)), self.COUNT)
        self.assertEqual({row["board_id"] for row in rows(self.MCU)}, set(self.seen))
        for hz, reports in (HZ, self.seen), (FAST_HZ, self.fast):
            worst = max(reports.values(), key=lambda seen: seen.get("longestStretchNs", 0))
            print(f"  emulator, {self.CHIP}, {hz // 1000} kHz: longest interrupt {worst.get('longestHandler')} cycles, "
                  f"longest stretch {worst.get('longestStretchNs')} ns, missed {worst.get('missed')}")


class Boards(Answers, unittest.TestCase):
    CHIP, MCU, COUNT, CPU_HZ = "esp32c3", "ESP32-C3", 8, 160000000
    EDGES = {"quiet": 96, "moved": 269, "event": 2606}


class Esp32(Answers, unittest.TestCase):
    CHIP, MCU, COUNT = "esp32", "ESP32", 7
    EDGES = {"quiet": 204, "moved": 488, "event": 4009}

    def judge_fast(self, board, seen):
        """
        It must see a START before SCL falls, and is too late for a few behind a STOP.  Pads of the other bank are looked at later, so that board
        misses more.
        """
        self.judge_harm(board, seen)
        self.assertEqual((seen["registers"], seen["found"]), (16, [0x40, 0x41]))
        self.assertLessEqual(seen["missed"], 80 if board == "adafruit_qtpy_esp32_pico" else 10)


class Esp32S2(Answers, unittest.TestCase):
    CHIP, MCU, COUNT = "esp32s2", "ESP32-S2", 45
    EDGES = {"quiet": 114, "moved": 371, "event": 4140}


class Esp32S3(Answers, unittest.TestCase):
    CHIP, MCU, COUNT = "esp32s3", "ESP32-S3", 20
    EDGES = {"quiet": 94, "moved": 313, "event": 3024}


class Watch(unittest.TestCase):
    """The core watches while it waits: the same probes, and no message is missed, on ESP32 at 400 kHz either."""

    BOARDS = {
        "esp32": ("unexpectedmaker_tinypico", "GPIO22", "GPIO21"),
        "esp32s2": ("adafruit_feather_esp32s2", "GPIO4", "GPIO3"),
        "esp32s3": ("unexpectedmaker_feathers3", "GPIO9", "GPIO8"),
        "esp32c3": ("adafruit_qtpy_esp32c3", "GPIO6", "GPIO5"),
    }

    @classmethod
    def setUpClass(cls):
        program = f"{os.environ['SOURCE_DIR']}/tests/chips/esp32/firmware/programs/watch.c"
        cls.images = {chip: images.build(board, program, chip=chip) for chip, (board, _, _) in cls.BOARDS.items()}

    def probe(self, chip, hz):
        seen = emulated.probe(chip, self.images[chip] + ".bin", *self.BOARDS[chip][1:], hz, watches=True)
        self.assertNotIn("error", seen)
        self.assertEqual((seen["findings"], seen["violations"], seen["faults"], seen["trouble"]), ([], [], 0, ""))
        self.assertEqual((seen["falselyAcknowledged"], seen["unclear"], seen["strangersStretchNs"]), (0, 0, 0))
        self.assertLessEqual(set(seen["found"]), {0x40, 0x41})
        return seen

    def test_quicker_does_no_harm(self):
        """Clocks that are missed become no address: nobody else's message is held."""
        for chip in self.BOARDS:
            with self.subTest(chip=chip):
                self.probe(chip, TOO_FAST_HZ)

    def test_nothing_is_missed(self):
        for chip in self.BOARDS:
            for hz in HZ, FAST_HZ:
                with self.subTest(chip=chip, hz=hz):
                    seen = self.probe(chip, hz)
                    self.assertEqual((seen["registers"], seen["found"], seen["missed"]), (16, [0x40, 0x41], 0))
                    self.assertLess(seen["longestStretchNs"], 20000)


def add_tests():
    """Adds a test for each board of the table."""
    for family in Boards, Esp32, Esp32S2, Esp32S3:
        for row in rows(family.MCU):
            board = row["board_id"]
            name = "test_" + "".join(letter if letter.isalnum() else "_" for letter in board)
            setattr(family, name, lambda self, board=board: self.judge(board))


add_tests()

if __name__ == "__main__":
    unittest.main()
