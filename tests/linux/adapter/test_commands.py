#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget attach` and `bus --attach` where they must fail early: what they print, and that they leave nothing
behind.

What they do with a kernel is tested in a virtual machine, which has its own."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest

NOBODY = 65534


class NotRoot(BusTest):
    def run_as_nobody(self, *arguments):
        user = NOBODY if os.geteuid() == 0 else None
        environment = dict(os.environ, I2CTARGET_DIR=self.directory + "/none")
        with open(COMMAND, "rb") as command:  # only root may have access to its directory
            return subprocess.run([COMMAND, *arguments], executable=f"/proc/self/fd/{command.fileno()}", pass_fds=[command.fileno()],
                                  capture_output=True, text=True, timeout=30, user=user, env=environment)

    def test_only_root_can_attach(self):
        for arguments in ("attach", "1"), ("bus", "1", "--attach"), ("bus", "--attach"):
            done = self.run_as_nobody(*arguments)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertEqual(done.stderr, f"i2ctarget {arguments[0]}: only root can attach a bus to the kernel: try sudo\n")
        self.assertEqual(os.listdir(self.directory), [])


class Calls(BusTest):
    def test_wrong_calls(self):
        for arguments, text in ((("1", "2"), 'one bus at a time, not "2" too'), (("65536",), '"65536" is no bus number: 0 to 65535'),
                                (("--speed", "1"), "there is no option --speed"), (("-x",), "there is no option -x")):
            done = self.command("attach", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr, f"i2ctarget attach: {text} (i2ctarget attach --help)\n")


if __name__ == "__main__":
    unittest.main()
