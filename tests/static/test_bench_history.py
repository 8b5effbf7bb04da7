#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench/history.py keeps every figure of every run under its own name."""

import pathlib
import subprocess
import tempfile
import unittest

COMMAND = pathlib.Path(__file__).resolve().parents[2] / "bench/history.py"

ONE = """Some Processor 9000, 2 processors, gcc -O2; load before: 0.10

The simulation
  1 target                                                     10.28 Mbit/s       goal: at least 30: NOT reached
  8 targets                                                     8.42 Mbit/s

The same, pinned
  1 target                                                     27.33 us
    in ping-pongs                                               4.50              goal: at most 4.2: NOT reached
"""
TWO = ONE.replace("10.28", "20.00").replace("8 targets  ", "112 targets")


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


class History(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.file = pathlib.Path(directory.name, "HISTORY.md")

    def add(self, output):
        """What the file's table has, line by line."""
        done = subprocess.run([COMMAND, self.file], input=output, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, output)
        return [cells(line) for line in self.file.read_text(encoding="utf-8").splitlines() if line.startswith("|")]

    def test_a_figure_is_its_title_and_its_words(self):
        head, _, *rows = self.add(ONE)
        self.assertRegex(head[3], r"^\d{4}-\d\d-\d\d \S+, Some Processor 9000$")
        self.assertEqual(
            rows,
            [
                ["The simulation", "1 target", "Mbit/s", "10.28"],
                ["The simulation", "8 targets", "Mbit/s", "8.42"],
                ["The same, pinned", "1 target", "us", "27.33"],
                ["The same, pinned", "1 target, in ping-pongs", "", "4.50"],
            ],
        )

    def test_figures_of_no_machine(self):
        head, _, *rows = self.add("\nAn emulated chip\n  a byte                93.00 cycles       goal: at most 100: reached\n")
        self.assertRegex(head[3], r"^\d{4}-\d\d-\d\d \S+$")
        self.assertEqual(rows, [["An emulated chip", "a byte", "cycles", "93.00"]])

    def test_a_figure_that_can_not_be_read_is_no_title(self):
        done = subprocess.run([COMMAND, self.file], input=ONE.replace("8.42 Mbit/s", "8"), capture_output=True, text=True, check=False)
        self.assertRegex(done.stderr, "^bench: this is no figure: 8 targets +8$")
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse(self.file.exists())

    def test_a_run_is_a_column(self):
        self.add(ONE)
        head, _, *rows = self.add(TWO)
        self.assertEqual(len(head), 5)
        self.assertIn(["The simulation", "1 target", "Mbit/s", "10.28", "20.00"], rows)
        self.assertIn(["The simulation", "8 targets", "Mbit/s", "8.42", ""], rows)
        self.assertIn(["The simulation", "112 targets", "Mbit/s", "", "8.42"], rows)

    def test_output_without_figures_is_an_error(self):
        self.add(ONE)
        before = self.file.read_text(encoding="utf-8")
        done = subprocess.run([COMMAND, self.file], input="nothing was measured\n", capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, "bench: there is no figure in the output\n"))
        self.assertEqual(self.file.read_text(encoding="utf-8"), before)


if __name__ == "__main__":
    unittest.main()
