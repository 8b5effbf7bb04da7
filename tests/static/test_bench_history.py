#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench/history.py keeps every figure of every run under its own name."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import history  # noqa: E402

ONE = """Some Processor 9000, 2 processors, gcc -O2; load before: 0.10

The simulation
  1 target                                                     10.28 Mbit/s       goal: at least 30: NOT reached
  8 targets                                                     8.42 Mbit/s

The same, pinned
  1 target                                                      4.50 ping-pongs   goal: at most 4.2: NOT reached
"""
TWO = ONE.replace("10.28", "20.00").replace("8 targets  ", "112 targets")


class History(unittest.TestCase):
    def setUp(self):
        self.first = history.add("", ONE, "day 1")
        self.second = history.add(self.first, TWO, "day 2")

    def test_a_figure_is_its_title_and_its_words(self):
        runs, table = history.read_table(self.first)
        self.assertEqual(runs, ["day 1, Some Processor 9000"])
        self.assertEqual(
            table,
            {
                ("The simulation", "1 target", "Mbit/s"): ["10.28"],
                ("The simulation", "8 targets", "Mbit/s"): ["8.42"],
                ("The same, pinned", "1 target", "ping-pongs"): ["4.50"],
            },
        )

    def test_a_run_is_a_column(self):
        runs, table = history.read_table(self.second)
        self.assertEqual(len(runs), 2)
        self.assertEqual(table[("The simulation", "1 target", "Mbit/s")], ["10.28", "20.00"])
        self.assertEqual(table[("The simulation", "8 targets", "Mbit/s")], ["8.42", ""])
        self.assertEqual(table[("The simulation", "112 targets", "Mbit/s")], ["", "8.42"])

    def test_output_without_figures_is_an_error(self):
        with self.assertRaises(SystemExit):
            history.add(self.first, "nothing was measured\n", "day 3")


if __name__ == "__main__":
    unittest.main()
