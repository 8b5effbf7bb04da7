#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One end-to-end test for each board: its own image runs and answers on its own pins, and no other pad does
anything."""

import csv
import json
import subprocess
import unittest

import emulator
import images

PADS = range(30)
NO_FUNCTION, PAD_AT_RESET = 0x1F, 0x56
PIO0, PIO1 = 6, 7
PULL_DOWN, PULL_UP, INPUT_ENABLE, OUTPUT_DISABLE, SLEW_FAST, SCHMITT = 1 << 2, 1 << 3, 1 << 6, 1 << 7, 1 << 0, 1 << 1


def boards():
    """board → (SCL, SDA), as `make firmware-all` prints them."""
    done = images.firmware("all", "registers", pins=images.SPARE_PINS)
    if done.returncode:
        raise AssertionError(done.stderr)
    with open(images.DIRECTORY + "/rp2040/selected", encoding="utf-8") as file:
        return {board: (int(scl[4:]), int(sda[4:])) for board, scl, sda, _ in map(str.split, file)}


def image_of(board):
    return f"{images.DIRECTORY}/rp2040/{board}/registers.uf2"


class Boards(unittest.TestCase):
    CORE = "rp2040js"

    @staticmethod
    def execute(pins):
        """board → what boards.js reports."""
        words = []
        for board, (scl, sda) in pins.items():
            words += [image_of(board), board, str(scl), str(sda)]
        return {seen.pop("board"): seen for seen in map(json.loads, emulator.node("boards.js", *words).splitlines())}

    @classmethod
    def setUpClass(cls):
        cls.pins, cls.seen = {}, {}
        try:
            cls.pins = boards()
            cls.seen = cls.execute(cls.pins)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            print(error)  # then each board's test fails

    def judge(self, board):
        self.assertIn(board, self.seen)
        seen = self.seen[board]
        self.assertNotIn("error", seen)
        self.assertEqual((seen["findings"], seen["violations"], seen["misuse"]), ([], [], [0, 0]))
        self.assertEqual((seen["before"], seen["set"], seen["after"]), (0, "done", 0xAA))
        self.assertEqual(seen["found"], [0x40, 0x41])
        self.judge_pads(seen, self.pins[board])

    def judge_pads(self, seen, ours):
        self.assertEqual(seen["listening"], {"everDriving": 0, "clkSys": 125000000, "edges": 0})
        self.assertEqual(seen["everDriving"], 1 << ours[0] | 1 << ours[1])
        self.assertEqual(seen["everHigh"], 0)
        for gpio in PADS:
            ctrl, pad = seen["pins"][gpio]["ctrl"], seen["pins"][gpio]["pad"]
            if gpio in ours:
                self.assertIn(ctrl & 0x1F, (PIO0, PIO1), gpio)
                self.assertEqual(pad & (PULL_UP | PULL_DOWN | INPUT_ENABLE | OUTPUT_DISABLE | SLEW_FAST | SCHMITT),
                                 PULL_UP | INPUT_ENABLE | SCHMITT, gpio)
            else:
                self.assertEqual((ctrl, pad), (NO_FUNCTION, PAD_AT_RESET), gpio)

    def test_there_are_52(self):
        self.assertEqual((len(self.pins), len(self.seen)), (52, 52))
        worst = max(self.seen.values(), key=lambda seen: seen.get("worstHandler", 0))
        print(f"  emulator, {self.CORE}: longest interrupt {worst.get('worstHandler')} cycles, longest stretch {worst.get('longestStretchNs')} ns")


def add_tests():
    """Adds a test for each board of the table."""
    with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["mcu"] == "RP2040":
                board = row["board_id"]
                setattr(Boards, "test_" + board.replace("-", "_").replace(".", "_"), lambda self, board=board: self.judge(board))


add_tests()

if __name__ == "__main__":
    unittest.main()
