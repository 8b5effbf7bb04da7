#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The host's side of the tests in the guest, without a guest: the judge of its report, the groups, and where the kernel is from."""

import os
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import groups as groupfiles  # noqa: E402
import kernel as kernels  # noqa: E402
import report as reports  # noqa: E402
import run  # noqa: E402


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

    def test_no_check_may_run_twice(self):
        again = ["begin some.one", "pass some.one"]
        self.hear(*self.good()[:5], *again, *self.good()[5:])
        self.assertFalse(self.report.good)

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

    def test_what_comes_too_late(self):
        self.hear(*self.good()[:3])
        self.report.stopped("not within 5 s")
        self.assertEqual(self.report.results["some.one"].why, "not run")
        self.setUp()
        self.hear(*self.good()[:4])
        self.report.stopped("not within 5 s")
        self.assertEqual(self.report.results["some.one"].why, "not within 5 s")
        self.assertFalse(self.report.good)


class Groups(unittest.TestCase):
    """What a file of checks says about itself."""

    def test_header_and_checks(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "some.sh"
            path.write_text("# modules: a b\n# seconds: 7\n# machine: other\n\nhelper() { :; }\n\n"
                            "# what it checks\ncheck_one() { :; }\n\ncheck_two() {\n    :\n}\n", encoding="ascii")
            group = groupfiles.read(path)
        self.assertEqual((group.name, group.modules, group.seconds, group.machine), ("some", ["a", "b"], 7, "other"))
        self.assertEqual(group.checks, [("one", "what it checks"), ("two", "")])
        self.assertEqual(group.takes, 2)

    def test_time_that_is_said(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "some.sh"
            path.write_text("# takes: 40\n\n# what it checks\ncheck_one() { :; }\n", encoding="ascii")
            self.assertEqual(groupfiles.read(path).takes, 40)

    def test_dealt_out_by_time(self):
        groups = [groupfiles.Group(pathlib.Path(f"{name}.sh"), takes=takes, machine=machine)
                  for name, takes, machine in (("a", 5, ""), ("b", 20, ""), ("c", 30, ""), ("d", 9, "other"), ("e", 4, ""))]
        dealt = [(name, [group.name for group in held]) for name, _, held in run.deal(groups, 2)]
        self.assertEqual(dealt, [("other", ["d"]), ("plain-1", ["c"]), ("plain-2", ["a", "b", "e"])])

    def test_ours(self):
        groups = groupfiles.read_all(HERE / "groups")
        self.assertGreater(len(groups), 5)
        for group in groups:
            self.assertTrue(group.checks, f"{group.name} has no checks")
            for name, title in group.checks:
                self.assertTrue(title, f"{group.name}.{name} does not say what it checks")


class Downloads(unittest.TestCase):
    """Where the kernel is from, with an apt that is played."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.cache = self.directory / "cache"
        self.cache.mkdir()
        self.addCleanup(os.environ.update, {"PATH": os.environ["PATH"]})
        os.environ["PATH"] = f"{self.directory}:{os.environ['PATH']}"
        self.play("apt-cache", "exit 100")
        self.play("apt-get", "exit 100")

    def play(self, name, script):
        path = self.directory / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
        path.chmod(0o755)

    def test_there_is_none(self):
        with self.assertRaisesRegex(kernels.Trouble, "No kernel to test with.*(\n.*)*I2CTARGET_KERNEL_DEB"):
            kernels.current(self.cache)

    def test_the_lists_are_old(self):
        self.play("apt-cache", "printf 'Version: 1\\nArchitecture: all\\n'")
        self.play("apt-get", f'case "$*" in *update*) touch {self.directory}/fresh;; '
                             f"*) test -e {self.directory}/fresh && touch some_1_all.deb;; esac")
        self.assertEqual(kernels.Apt(self.cache).fetch("some"), self.cache / "some_1_all.deb")
        self.assertTrue((self.directory / "fresh").exists())

    def test_what_is_there_is_not_fetched(self):
        self.play("apt-cache", "printf 'Version: 2:1\\nArchitecture: all\\n'")
        (self.cache / "some_2%3a1_all.deb").touch()
        self.assertEqual(kernels.Apt(self.cache).fetch("some").name, "some_2%3a1_all.deb")


if __name__ == "__main__":
    unittest.main()
