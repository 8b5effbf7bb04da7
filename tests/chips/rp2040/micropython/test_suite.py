#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""suite.py can fail: tests that are wrong in one way each (tests/micropython/wrong.py), and what must be said of them."""

import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Suite(unittest.TestCase):
    def run_suite(self, *wanted):
        done = subprocess.run([sys.executable, f"{HERE}/suite.py", "wrong.py", *wanted], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=600, check=False)
        return done.returncode, done.stdout

    def test_wrong(self):
        status, said = self.run_suite("Wrong.test_equal", "Wrong.test_raises_nothing", "Wrong.test_sub", "Right")
        self.assertNotEqual(status, 0, said)
        for words in ("AssertionError: 1 != 2", "not raised", "in {'n': 2}", "left out: Right.test_b: MicroPython starts no processes",
                      "1 passed, 3 failed, 1 left out"):
            self.assertIn(words, said)

    def test_none(self):
        status, said = self.run_suite("Wrong.test_no_such")
        self.assertNotEqual(status, 0, said)
        self.assertIn("0 passed, 0 failed", said)


if __name__ == "__main__":
    unittest.main()
