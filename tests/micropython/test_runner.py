#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""run.py and the stand-in for unittest can fail: tests that are wrong in one way each, and what must be said of them."""

import ast
import os
import subprocess
import sys
import unittest

SOURCE = os.environ["SOURCE_DIR"]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*arguments):
    done = subprocess.run([sys.executable, f"{HERE}/run.py", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=100, check=False)
    return done.returncode, done.stdout


class Runner(unittest.TestCase):
    def assert_fails(self, name, words):
        status, said = run("wrong.py", name)
        self.assertNotEqual(status, 0, said)
        self.assertRegex(said, words)

    def test_wrong(self):
        for name, words in (
            ("Wrong.test_equal", r"AssertionError: 1 != 2[\s\S]*0 passed, 1 failed"),
            ("Wrong.test_raises_nothing", "not raised[\\s\\S]*1 failed"),
            ("Wrong.test_raises_another", "KeyError[\\s\\S]*1 failed"),
            ("Wrong.test_says_another", "not found in[\\s\\S]*1 failed"),
            ("Wrong.test_thread", "ZeroDivisionError[\\s\\S]*1 failed"),
            ("Wrong.test_sub", "in {'n': 2}[\\s\\S]*1 failed"),
            ("Wrong.test_host", "Failure: AttributeError[\\s\\S]*1 failed"),
            ("Wrong.test_clean_up", "RuntimeError[\\s\\S]*1 failed"),
            ("Wrong.test_exit", "ended before the tests did"),
            ("Wrong.test_no_such", "0 passed, 0 failed"),
        ):
            with self.subTest(name):
                self.assert_fails(name, words)

    def test_left_out(self):
        status, said = run("wrong.py", "Right")
        self.assertEqual(status, 0, said)
        self.assertIn("left out: Right.test_b: MicroPython starts no processes", said)
        self.assertIn("1 passed, 0 failed, 1 left out", said)

    def test_nothing_is_forgotten(self):
        """What ran and what was left out are all tests of the file."""
        for name in "test_semantics.py", "test_lengths.py":
            with open(f"{SOURCE}/tests/python/{name}", encoding="utf-8") as file:
                tree = ast.parse(file.read())
            tests = {f"{case.name}.{test.name}" for case in tree.body if isinstance(case, ast.ClassDef)
                     for test in case.body if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")}
            _, said = run(name, "--list")
            self.assertEqual(set(said.split()), tests)


if __name__ == "__main__":
    unittest.main()
