#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the tests in the guest: whatever is wrong with a guest, its result is red, and says what.  Boots some.

Environment: BUILD_DIR, and optionally KERNEL_CACHE.
"""

import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
BUILD_DIR = os.environ["BUILD_DIR"]


class Guests(unittest.TestCase):
    """Guests with something wrong.  Each is a machine that boots; they do so side by side."""

    RUNS = {"dies": ["panics"], "hangs": ["hangs"], "lives": ["fails", "garbage", "liar", "setup", "truth"]}

    @classmethod
    def setUpClass(cls):
        cache = os.environ.get("KERNEL_CACHE")
        command = [sys.executable, HERE / "run.py", BUILD_DIR, "--groups", HERE / "wrong",
                   "--jobs", "2", *(["--cache", cache] if cache else [])]
        running = {name: subprocess.Popen([*command, "--work", name, "--only", *groups], stdout=subprocess.PIPE,
                                          stderr=subprocess.STDOUT, text=True) for name, groups in cls.RUNS.items()}
        cls.output = {name: process.communicate()[0] for name, process in running.items()}
        cls.status = {name: process.returncode for name, process in running.items()}

    def verdicts(self, run, group, checks):
        """What was said of these checks, after it was certain that the whole run is red."""
        self.assertEqual(self.status[run], 1, self.output[run])
        lines = (line.split() for line in self.output[run].splitlines())
        said = {line[1]: line[0] for line in lines if len(line) > 1 and line[0] in ("ok", "FAIL")}
        return [said[f"{group}.{check}"] for check in checks.split()]

    def test_panic(self):
        self.assertEqual(self.verdicts("dies", "panics", "before panics after"), ["ok", "FAIL", "FAIL"])
        self.assertIn("Kernel panic - not syncing: sysrq triggered crash", self.output["dies"])

    def test_hang(self):
        self.assertEqual(self.verdicts("hangs", "hangs", "hangs after"), ["FAIL", "FAIL"])
        self.assertIn("not within 22 s", self.output["hangs"])

    def test_lie(self):
        self.assertEqual(self.verdicts("lives", "truth", "told left_out"), ["ok", "FAIL"])

    def test_what_is_right_among_what_is_wrong(self):
        self.assertEqual(self.verdicts("lives", "fails", "right kernel_expected leaves_process that_was_killed"),
                         ["ok"] * 4, self.output["lives"])

    def test_failures(self):
        self.assertEqual(self.verdicts("lives", "fails", "fails compares slow kernel_complains"), ["FAIL"] * 4)
        for reason in ("wanted '1', got '2'", "not within 2 s", "kernel: [", "WARNING: CPU: 0 PID: 1 at nowhere"):
            self.assertIn(reason, self.output["lives"])

    def test_setup_and_garbage(self):
        self.assertEqual(self.verdicts("lives", "setup", "setup never"), ["FAIL", "FAIL"])
        self.assertIn("not a line of a report: 'passed all'", self.output["lives"])


if __name__ == "__main__":
    unittest.main()
