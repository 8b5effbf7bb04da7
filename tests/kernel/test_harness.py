#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests of the tests in the guest: whatever is wrong with a guest, its result is red, and says what.

Environment: BUILD_DIR, and optionally KERNEL_CACHE.
"""

import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import groups as groupfiles  # noqa: E402
import report as reports  # noqa: E402

BUILD_DIR = os.environ["BUILD_DIR"]


class Judge(unittest.TestCase):
    """The report, line by line."""

    def setUp(self):
        group = groupfiles.Group(pathlib.Path("some.sh"), checks=[("one", ""), ("two", "")])
        self.report = reports.Report([group])

    def hear(self, *lines):
        for line in lines:
            self.report.line(line, 0.0)
        self.report.finish()

    def good(self):
        return ["group some", "begin some.setup", "pass some.setup", "begin some.one", "pass some.one",
                "begin some.two", "pass some.two", "begin some.teardown", "pass some.teardown", "end 2 0"]

    def test_all_is_well(self):
        self.hear(*self.good())
        self.assertTrue(self.report.good, self.report.troubles)

    def test_every_line_is_needed(self):
        for line in self.good()[1:]:
            self.setUp()
            self.hear(*(other for other in self.good() if other != line))
            self.assertFalse(self.report.good, f"without {line!r}")

    def test_no_line_may_come_twice(self):
        for number, line in enumerate(self.good()[1:], 1):
            self.setUp()
            self.hear(*self.good()[:number], line, *self.good()[number:])
            self.assertFalse(self.report.good, f"twice {line!r}")

    def test_wrong_counts(self):
        self.hear(*self.good()[:-1], "end 3 0")
        self.assertFalse(self.report.good)

    def test_garbage(self):
        for garbage in ("", "passed", "begin", "begin other.check", "pass some.two", "\x00", "finish x", "stopped x"):
            self.setUp()
            self.hear(garbage, *self.good())
            self.assertFalse(self.report.good, repr(garbage))

    def test_nothing_comes_after_the_end(self):
        self.hear(*self.good(), "say something")
        self.assertFalse(self.report.good)

    def log(self, *lines):
        self.hear(*self.good())
        self.report.kernel_log("\r\n".join(lines))
        return [name for name, result in self.report.results.items() if not result.passed], self.report.troubles

    def test_complaint_of_the_kernel(self):
        begin, end = "[ 1.0] i2ctarget: begin some.one", "[ 3.0] i2ctarget: end some.one"
        complaint = "[ 2.0] i2c i2c-1: failure reading data"
        self.assertEqual(self.log(begin, complaint, end), (["some.one"], []))
        self.setUp()
        failed, troubles = self.log(begin, end, complaint)
        self.assertEqual((failed, len(troubles)), ([], 1))
        self.setUp()
        self.report.results["some.one"].expected_log.append("failure reading")
        self.assertEqual(self.log(begin, complaint, end), ([], []))


class Guests(unittest.TestCase):
    """Guests with something wrong; each is a machine that boots."""

    def run_groups(self, *names):
        """Exit status and output of run.py on some of the wrong groups."""
        cache = os.environ.get("KERNEL_CACHE")
        done = subprocess.run([sys.executable, HERE / "run.py", BUILD_DIR, "--groups", HERE / "wrong", "--only", *names,
                               *(["--cache", cache] if cache else [])], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def verdicts(self, output):
        """name → ok or FAIL."""
        words = (line.split() for line in output.splitlines())
        return {line[1]: line[0] for line in words if len(line) > 1 and line[0] in ("ok", "FAIL")}

    def test_panic(self):
        status, output = self.run_groups("panics")
        self.assertEqual(status, 1, output)
        verdicts = self.verdicts(output)
        self.assertEqual([verdicts[f"panics.{check}"] for check in ("before", "panics", "after")], ["ok", "FAIL", "FAIL"])
        self.assertIn("Kernel panic - not syncing: sysrq triggered crash", output)

    def test_hang(self):
        status, output = self.run_groups("hangs")
        self.assertEqual(status, 1, output)
        self.assertIn("not within 21 s", output)
        self.assertEqual(self.verdicts(output)["hangs.after"], "FAIL", output)

    def test_lie(self):
        status, output = self.run_groups("lies")
        self.assertEqual(status, 1, output)
        verdicts = self.verdicts(output)
        self.assertEqual((verdicts["lies.told"], verdicts["lies.left_out"]), ("ok", "FAIL"), output)

    def test_the_rest(self):
        status, output = self.run_groups("fails", "garbage", "setup")
        self.assertEqual(status, 1, output)
        verdicts = self.verdicts(output)
        right = ["right", "kernel_expected", "leaves_process", "that_was_killed"]
        wrong = ["fails", "compares", "slow", "kernel_complains"]
        self.assertEqual([verdicts[f"fails.{check}"] for check in right], ["ok"] * 4, output)
        self.assertEqual([verdicts[f"fails.{check}"] for check in wrong], ["FAIL"] * 4, output)
        self.assertEqual(verdicts["setup.never"], "FAIL", output)
        self.assertIn("not a line of a report", output)
        self.assertIn("not within 2 s", output)
        self.assertIn("wanted '1', got '2'", output)


if __name__ == "__main__":
    unittest.main()
