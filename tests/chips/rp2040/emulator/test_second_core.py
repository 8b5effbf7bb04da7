#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same images of the same boards, executed by another core (tests/emulator/cortexm): what both agree about does not come from a defect of
one of them."""

import os
import sys
import unittest

import test_boards

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/board")
import emulated  # noqa: E402


def as_boards_js(report):
    """The report in the words of boards.js."""
    if "error" in report:
        return report
    listening = report["listening"]
    own = {"misuse": [0, 0], "everHigh": 0, "worstHandler": report["longestHandler"]}  # the model's findings say it otherwise
    return {**report, **own, "listening": {"everDriving": listening["everDriving"], "clkSys": listening["hz"],
                                           "edges": listening["violations"]}}


class SecondCore(test_boards.Boards):
    CORE = "our own"
    HZ = 100000

    @classmethod
    def execute(cls, pins):
        words = {board: (test_boards.image_of(board), str(scl), str(sda)) for board, (scl, sda) in pins.items()}
        return {board: as_boards_js(report) for board, report in emulated.probe_all("rp2040", words, cls.HZ).items()}

    def judge(self, board):
        super().judge(board)
        seen = self.seen[board]
        self.assertEqual((seen["registers"], seen["unclear"], seen["faults"], seen["trouble"]), (16, 0, 0, ""))
        self.assertEqual(seen["strangersStretchNs"], 0)


class SecondCoreFast(SecondCore):
    CORE = "our own at 400 kHz"
    HZ = 400000


if __name__ == "__main__":
    unittest.main()
